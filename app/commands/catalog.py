"""Import a catalog draft, check its quality, make the spreadsheet to fill in, search, show one item."""

import argparse
from pathlib import Path

from app.commands import catalog_check
from app.commands.output import add_json, emit
from app.errors import NoCatalogError, UnknownItemError

FORMATS = ("gd-portal", "native", "xlsx")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    what = parser.add_subparsers(dest="what", required=True)
    importing = what.add_parser("import", help="make a local, unsigned draft")
    importing.add_argument("file", type=Path)
    importing.add_argument("--format", choices=FORMATS, default="", help="left out: told from the content")
    search = what.add_parser("search", help="best first")
    search.add_argument("text")
    search.add_argument("--limit", type=_limit, default=20)
    show = what.add_parser("show", help="one item")
    show.add_argument("code")
    for each in (importing, search, show):
        each.add_argument("--data", type=Path, required=True)
    check = what.add_parser("check", help="what an editor should look into")
    which = check.add_mutually_exclusive_group(required=True)
    which.add_argument("file", type=Path, nargs="?", help="a file as for import; nothing is changed")
    which.add_argument("--data", type=Path, help="the catalog of this station")
    template = what.add_parser("template", help="the spreadsheet a department fills in")
    template.add_argument("--out", type=Path, required=True, metavar="FILE.xlsx")
    template.add_argument("--data", type=Path, help="filled in already with the items of this catalog")
    for each in (importing, search, show, check, template):
        add_json(each)


def _limit(text: str) -> int:
    value = int(text)
    if not 1 <= value <= 1000:
        raise argparse.ArgumentTypeError("1 to 1000")
    return value


def run(args: argparse.Namespace) -> int:
    actions = {
        "import": _import,
        "search": _search,
        "show": _show,
        "check": catalog_check.check,
        "template": catalog_check.template,
    }
    return actions[args.what](args)


def _import(args: argparse.Namespace) -> int:
    from app.catalog.draft import import_draft

    report = import_draft(args.file, args.format, args.data)
    emit(
        args,
        {
            "items": report.items,
            "with_materials": report.with_materials,
            "warnings": dict(report.warnings),
            **({"dropped": report.dropped} if report.dropped else {}),
            **({"places": catalog_check.places(report)} if report.places else {}),
        },
    )
    return 0


def _search(args: argparse.Namespace) -> int:
    from app.catalog.source import CatalogFolder

    catalog = CatalogFolder(args.data)
    if catalog.info() is None:
        raise NoCatalogError
    hits = catalog.search(args.text, limit=args.limit)
    rows = [{"code": h.code, "name": h.name, "department": h.department} for h in hits]
    emit(args, rows, "\n".join(f"{h.code}  {h.name}  {h.department}" for h in hits))
    return 0


def _show(args: argparse.Namespace) -> int:
    from app.catalog.show import show
    from app.catalog.source import CatalogFolder

    catalog = CatalogFolder(args.data)
    if catalog.info() is None:
        raise NoCatalogError
    item = catalog.item(args.code)
    if item is None:
        raise UnknownItemError(code=args.code)
    emit(args, show(item))
    return 0
