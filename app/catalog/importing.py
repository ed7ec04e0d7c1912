"""Read a file of service items handed in by an administrator: what can be used, and what cannot.

    native      {"items": [Item records], "bundles": [Bundle records]}, docs/catalog-native.schema.json
    xlsx        the spreadsheet that a department fills in, resources/catalog/xlsx.toml
    gd-portal   the portal's records, one JSON object after another (or in a list)

A record that cannot be understood is counted and left out, never fatal.
"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from app.catalog.portal import portal_item
from app.catalog.xlsx_reading import Place, Rows, read_workbook
from app.domain import record
from app.domain.bundle import question_key
from app.domain.catalog import Bundle, Item
from app.domain.catalog_rules import Severity, check_catalog, check_item
from app.errors import CatalogFileError

NATIVE, GD_PORTAL, XLSX = "native", "gd-portal", "xlsx"
FORMATS = (NATIVE, GD_PORTAL, XLSX)
_PACKED = b"PK\x03\x04"

LARGEST = 1 << 30
_BROKEN = object()


@dataclass(frozen=True, slots=True)
class ImportReport:
    """`warnings`: rule → count (words: `catalog_warning.<rule>`); `dropped`: records left out.

    `places`: what is wrong in the cells of a spreadsheet.
    """

    items: int
    with_materials: int
    warnings: Mapping[str, int] = field(default_factory=dict)
    dropped: int = 0
    places: tuple[Place, ...] = ()


@dataclass(frozen=True, slots=True)
class ImportedItems:
    items: tuple[Item, ...]
    report: ImportReport
    bundles: tuple[Bundle, ...] = ()


def read_items(file: Path, format_name: str = "") -> ImportedItems:
    """All usable items of `file`, marked as drafts; of a code that comes twice the last one stays.

    Args:
        format_name: one of FORMATS, or "" to tell it from the content.

    Raises:
        CatalogFileError: the file cannot be read, is not of that format, or has no usable item.
    """
    values, format_name, sheets = _values(file, format_name)
    warnings: Counter[str] = Counter()
    items: dict[str, Item] = {}
    dropped = sheets.dropped
    for value in _records(values, format_name):
        item = _item(value, format_name, warnings)
        if item is None:
            dropped += 1
            continue
        warnings["code_twice"] += item.code in items
        items[item.code] = replace(item, draft=True)
    if not items and not sheets.places:
        raise CatalogFileError("no usable item", file=file.name)
    warnings.update(finding.rule for finding in check_catalog(items.values()))
    bundles = _bundles(values, items, warnings) if format_name == NATIVE else {}
    report = _report(items, warnings, dropped, sheets)
    return ImportedItems(tuple(items.values()), report, tuple(bundles.values()))


def _bundles(values: list[Any], items: Mapping[str, Item], warnings: Counter[str]) -> dict[str, Bundle]:
    """Those whose items are all in the file and whose shared questions are questions of theirs."""
    found: dict[str, Bundle] = {}
    for value in values:
        listed = value.get("bundles", []) if isinstance(value, dict) else []
        for entry in listed if isinstance(listed, list) else [_BROKEN]:
            try:
                bundle = record.build(Bundle, entry)
            except ValueError:
                warnings["broken_bundle"] += 1
                continue
            fits = _fits(bundle, items)
            warnings["bundle_items"] += not fits
            if fits:
                found[bundle.code] = bundle
    return found


def _fits(bundle: Bundle, items: Mapping[str, Item]) -> bool:
    if not bundle.code or not bundle.items or not set(bundle.items) <= items.keys():
        return False
    known = {question_key(code, q.id) for code in bundle.items for q in items[code].questions}
    return all(key in known for group in bundle.same for key in group)


def _values(file: Path, format_name: str) -> tuple[list[Any], str, Rows]:
    """The values of a file, what they are, and what its sheets (if it has any) are told of."""
    data = _bytes(file)
    if format_name in ("", XLSX) and (data.startswith(_PACKED) or format_name == XLSX):
        rows = read_workbook(data, file.name)
        return [{"items": rows.items}], NATIVE, rows
    values = list(_json_values(_text(data, file.name)))
    format_name = format_name or _format_of(values)
    if format_name not in FORMATS:
        raise CatalogFileError("unknown format", file=file.name)
    return values, format_name, Rows()


def _report(items: Mapping[str, Item], warnings: Counter[str], dropped: int, sheets: Rows) -> ImportReport:
    with_materials = sum(bool(item.rules) for item in items.values())
    counts = {rule: count for rule, count in sorted(warnings.items()) if count}
    return ImportReport(len(items), with_materials, counts, dropped, tuple(sheets.places))


def _bytes(file: Path) -> bytes:
    try:
        if file.stat().st_size > LARGEST:
            raise CatalogFileError("too large", file=file.name)
        return file.read_bytes()
    except OSError as error:
        raise CatalogFileError(type(error).__name__, file=file.name) from error


def _text(data: bytes, file_name: str) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise CatalogFileError(type(error).__name__, file=file_name) from error


def _json_values(text: str) -> Iterator[Any]:
    """Every JSON value one after another; after a broken one, go on at the next line with a `{`."""
    decoder, at = json.JSONDecoder(), 0
    while True:
        while at < len(text) and text[at].isspace():
            at += 1
        if at == len(text):
            return
        try:
            value, at = decoder.raw_decode(text, at)
            yield value
        except (ValueError, RecursionError):
            yield _BROKEN
            following = text.find("\n{", at)
            at = len(text) if following < 0 else following + 1


def _format_of(values: list[Any]) -> str:
    first = next((value for value in values if value is not _BROKEN), None)
    if isinstance(first, list):
        first = next(iter(first), None)
    if isinstance(first, dict):
        return NATIVE if "items" in first else GD_PORTAL if "TASK_CODE" in first else ""
    return ""


def _records(values: list[Any], format_name: str) -> Iterator[Any]:
    for value in values:
        if format_name == NATIVE and isinstance(value, dict):
            items = value.get("items")
            yield from items if isinstance(items, list) else [_BROKEN]
        elif format_name == GD_PORTAL and isinstance(value, list):
            yield from value
        else:
            yield value


def _item(value: Any, format_name: str, warnings: Counter[str]) -> Item | None:
    """The item of one record; None (counted) when it cannot be understood or leaves no way on."""
    rules: tuple[str, ...] = ()
    try:
        if not isinstance(value, dict):
            raise ValueError("not an object")
        if format_name == NATIVE:
            item = _native(value)
        else:
            item, rules = portal_item(value)
    except ValueError:
        warnings["broken_record"] += 1
        return None
    faults = [finding.rule for finding in check_item(item) if finding.severity is Severity.ERROR]
    warnings.update(faults or rules)
    return None if faults else item


def _native(value: dict[str, Any]) -> Item:
    item = record.build(Item, value)
    if not item.code.strip() or not item.name.strip():
        raise ValueError("code or name is empty")
    return item
