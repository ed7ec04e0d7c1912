"""`catalog check` and `catalog template`: the quality of a file or catalog, and the form to fill in."""

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.commands.output import emit
from app.domain.catalog import Item
from app.domain.catalog_quality import UNSAID, by_rule, check_quality
from app.domain.catalog_rules import CatalogFinding
from app.errors import CatalogFileError, NoCatalogError
from app.texts import Texts, load

if TYPE_CHECKING:
    from app.catalog.importing import ImportReport

_PAGE = 500


def check(args: argparse.Namespace) -> int:
    """Exit 0 whatever is found: a finding is advice."""
    from app.catalog.importing import read_items

    texts = load()
    imported = read_items(args.file) if args.file else None
    items = {i.code: i for i in (imported.items if imported else _all_items(args.data))}
    findings = list(check_quality(items.values()))
    listed = [_finding(texts, finding, items[finding.item_code]) for finding in findings]
    rules = [
        {
            "rule": row.rule,
            "field": row.field,
            "severity": row.severity.value,
            "count": row.count,
            "sentence": sentence(texts, row.rule, row.field),
        }
        for row in by_rule(findings)
    ]
    answer = {"items": len(items), "rules": rules, "findings": listed}
    if imported is not None:
        report = imported.report
        answer |= {
            "warnings": dict(report.warnings),
            "dropped": report.dropped,
            "places": places(report),
        }
    emit(args, answer, _words(texts, answer))
    return 0


def template(args: argparse.Namespace) -> int:
    """Write the spreadsheet; with `--data` it holds the items of that catalog.  Raises CatalogFileError."""
    from app.atomic_file import translated, write_atomically
    from app.catalog.xlsx_writing import workbook_of

    out: Path = args.out
    if out.suffix.lower() != ".xlsx":
        raise CatalogFileError("not an .xlsx name", file=out.name)
    items = list(_all_items(args.data)) if args.data else []
    with translated(out):
        out.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(out, workbook_of(items), mode=0o644)
    emit(args, {"file": str(out), "items": len(items)})
    return 0


def places(report: "ImportReport") -> list[dict[str, Any]]:
    """Faults in cells, each with its sentence."""
    texts = load()
    return [
        {
            "sheet": place.sheet,
            "row": place.row,
            "column": place.column,
            "rule": place.rule,
            "sentence": texts[f"catalog_sheet.{place.rule}"],
        }
        for place in report.places
    ]


def _all_items(data: Path) -> Iterator[Item]:
    from app.catalog.source import CatalogFolder

    catalog = CatalogFolder(data)
    try:
        if catalog.info() is None:
            raise NoCatalogError
        page = catalog.items("", _PAGE)
        while page:
            yield from page
            page = catalog.items(page[-1].code, _PAGE)
    finally:
        catalog.close()


def sentence(texts: Texts, rule: str, field: str) -> str:
    said = texts.code("catalog_field", field)
    return (
        texts.say(f"catalog_warning.{rule}", field=said)
        if rule == UNSAID
        else texts[f"catalog_warning.{rule}"]
    )


def _finding(texts: Texts, finding: CatalogFinding, item: Item) -> dict[str, Any]:
    return {
        "item": finding.item_code,
        "name": item.name,
        "department": item.department,
        "field": finding.field,
        "rule": finding.rule,
        "severity": finding.severity.value,
        "sentence": sentence(texts, finding.rule, finding.field),
    }


def _words(texts: Texts, answer: dict[str, Any]) -> str:
    """What a person reads: faults in cells, then how often each rule was found."""
    lines = [
        "  ".join(filter(None, (p["sheet"], str(p["row"] or ""), p["column"], p["sentence"])))
        for p in answer.get("places", ())
    ]
    for row in answer["rules"]:
        severity = texts[f"catalog_severity.{row['severity']}"]
        lines.append(f"{severity}  {row['count']:>6}  {row['sentence']}")
    return "\n".join(lines) or texts["catalog_sheet.fine"]
