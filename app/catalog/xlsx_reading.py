"""Read the spreadsheet (XLSX) back: rows to items, and what is wrong by sheet, row and column.

Tolerant where people differ (order of columns, full-width digits, spaces, merged cells, dates
as dates or text, a title above the header), strict where a wrong guess would change what is
asked of a citizen: a row that a situation, a material or a fee cannot be read from leaves its
whole item out.  A formula counts by the value that was saved with it.
"""

import io
import re
import unicodedata
import warnings
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn
from xml.etree import ElementTree

from openpyxl import load_workbook
from openpyxl.utils.cell import range_boundaries

from app.catalog.sheet_form import FAQ, FEES, ITEMS, QUESTIONS, RULES, WINDOWS, Column, Sheet, form
from app.catalog.xlsx_cells import CellError, cell_value
from app.domain.catalog import COUNTS, NECESSITY
from app.errors import CatalogFileError

LARGEST_FILE = 40 << 20
LARGEST_UNPACKED = 400 << 20
MOST_PARTS = 2000
MOST_ROWS = 200_000
MOST_COLUMNS = 120
_SPOILT = "spoilt"  # key of a row that its item cannot do without, and that cannot be read
_HEAD_WITHIN = 6  # rows in which the header is looked for
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


@dataclass(frozen=True, slots=True)
class Place:
    """A finding in a file; `row` as the spreadsheet counts, `column` its title, both empty for a sheet.

    The words are `catalog_sheet.<rule>`.
    """

    sheet: str
    row: int
    column: str
    rule: str


@dataclass(slots=True)
class Rows:
    """What was read: `spoilt` are codes of items that must not be used."""

    items: list[dict[str, Any]] = field(default_factory=list)
    places: list[Place] = field(default_factory=list)
    spoilt: set[str] = field(default_factory=set)
    dropped: int = 0  # rows of items


Row = tuple[int, Mapping[str, Any]]
"""Its number, and column key → value as `app.domain.record` builds from."""


def read_workbook(data: bytes, file_name: str = "") -> Rows:
    """Records of items, those that can be used, in the order of the sheet.

    Raises CatalogFileError: no spreadsheet, not this form, or too large to be one.
    """
    _bounded(data, file_name)
    try:
        return _read(data, file_name)
    except CatalogFileError:
        raise
    except Exception as error:  # what a damaged package makes the reader stumble over is open-ended
        raise CatalogFileError(type(error).__name__, file=file_name) from error


def _refuse(why: str, file_name: str) -> NoReturn:
    raise CatalogFileError(why, file=file_name)


def _bounded(data: bytes, file_name: str) -> None:
    """Refuse what would not fit into memory or refers to itself, before anything is unpacked."""
    if len(data) > LARGEST_FILE:
        _refuse("too large", file_name)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            parts = package.infolist()
            if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > LARGEST_UNPACKED:
                _refuse("too large unpacked", file_name)
            for part in parts:
                with package.open(part) as opened:
                    if part.filename.endswith((".xml", ".rels")) and b"<!" in opened.read(400):
                        _refuse("declares a document type", file_name)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError) as error:
        raise CatalogFileError(type(error).__name__, file=file_name) from error


def _read(data: bytes, file_name: str) -> Rows:
    out = Rows()
    rows: dict[str, list[Row]] = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # extensions of other programs that it leaves out
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
    try:
        known = {_bare(name): name for name in book.sheetnames}
        for sheet in form().sheets:
            name = known.get(_bare(sheet.title))
            if name is None:
                if sheet.key == ITEMS:
                    _refuse("no sheet of items", file_name)
                out.places.append(Place(sheet.title, 0, "", "no_sheet"))
                rows[sheet.key] = []
                continue
            page = book[name]
            merged = _merged(data, getattr(page, "_worksheet_path"))  # noqa: B009 (no public name for it)
            rows[sheet.key] = list(_sheet(page, merged, sheet, out, file_name))
    finally:
        book.close()
    _assemble(rows, out)
    return out


def _bare(text: object) -> str:
    """A title without what people add: spaces, the star, other widths."""
    return re.sub(r"[\s*]", "", unicodedata.normalize("NFKC", str(text)))


def _merged(data: bytes, path: str) -> Mapping[tuple[int, int], tuple[int, int]]:
    """(row, column) inside a merged area → its first cell, which holds the value; areas of records only."""
    inside: dict[tuple[int, int], tuple[int, int]] = {}
    with zipfile.ZipFile(io.BytesIO(data)) as package, package.open(path.lstrip("/")) as sheet:
        for _, element in ElementTree.iterparse(sheet):
            if element.tag == f"{_MAIN}mergeCell":
                left, top, right, bottom = (edge or 1 for edge in range_boundaries(element.get("ref", "")))
                if (right - left + 1) * (bottom - top + 1) <= MOST_ROWS and len(inside) <= MOST_ROWS:
                    cells = ((r, c) for r in range(top, bottom + 1) for c in range(left, right + 1))
                    inside.update((cell, (top, left)) for cell in cells)
            if element.tag in (f"{_MAIN}row", f"{_MAIN}mergeCell"):
                element.clear()
    return inside


def _sheet(
    page: Any, merged: Mapping[tuple[int, int], tuple[int, int]], sheet: Sheet, out: Rows, file_name: str
) -> Iterator[Row]:
    columns: Mapping[int, Column] = {}
    firsts: dict[tuple[int, int], Any] = {}
    wanted = set(merged.values())
    for number, cells in enumerate(page.iter_rows(values_only=True, max_col=MOST_COLUMNS), start=1):
        if number > MOST_ROWS:
            _refuse("too many rows", file_name)
        values = list(cells)
        for at, value in enumerate(values):
            if (number, at + 1) in wanted:
                firsts[number, at + 1] = value
            elif value is None and (number, at + 1) in merged:
                values[at] = firsts.get(merged[number, at + 1])
        if not columns:
            columns = _header(values, sheet)
            if columns:
                _tell_columns(values, columns, sheet, out)
            elif number >= _HEAD_WITHIN:
                break
        elif any(value not in (None, "") for value in values):
            yield from _row(number, values, columns, sheet, out)
    if not columns:
        if sheet.key == ITEMS:
            _refuse("no header", file_name)
        out.places.append(Place(sheet.title, 0, "", "no_header"))


def _header(values: list[Any], sheet: Sheet) -> Mapping[int, Column]:
    """Index → column, when this row is the header: it has every column that must be filled in."""
    titles = {_bare(column.title): column for column in sheet.columns}
    found: dict[int, Column] = {}
    for at, value in enumerate(values):
        column = titles.get(_bare(value)) if value is not None else None
        if column is not None and column not in found.values():
            found[at] = column
    return found if all(c in found.values() for c in sheet.columns if c.needed) else {}


def _tell_columns(values: list[Any], columns: Mapping[int, Column], sheet: Sheet, out: Rows) -> None:
    for at, value in enumerate(values):
        if value not in (None, "") and at not in columns:
            out.places.append(Place(sheet.title, 1, str(value).strip()[:40], "unknown_column"))


def _row(
    number: int, values: list[Any], columns: Mapping[int, Column], sheet: Sheet, out: Rows
) -> Iterator[Row]:
    """The row with what could be read; what could not is told, and unsaid where that does no harm."""
    row: dict[str, Any] = {}
    faulty: list[Column] = []
    code_at = next(at for at, column in columns.items() if column.key == "code")
    if str(values[code_at] or "").strip().startswith(form().skip):
        return
    for at, column in columns.items():
        try:
            row[column.key] = cell_value(column, values[at] if at < len(values) else None)
        except CellError as error:
            out.places.append(Place(sheet.title, number, column.title, error.rule))
            row[column.key] = None
            faulty.append(column)
    if sheet.key != ITEMS and any(c.kind in ("when", "count", "code") for c in faulty):
        row[_SPOILT] = True
    yield number, row


# -- rows to items -----------------------------------------------------------------------------------


def _assemble(rows: Mapping[str, list[Row]], out: Rows) -> None:
    titles = {sheet.key: sheet for sheet in form().sheets}
    found: dict[str, dict[str, Any]] = {}
    for number, row in rows[ITEMS]:
        if _whole(number, row, titles[ITEMS], out):
            if row["code"] in found:
                first = titles[ITEMS]
                out.places.append(Place(first.title, number, first.columns[0].title, "code_twice"))
            found[row["code"]] = _item(row)
        else:
            out.dropped += 1
    for key in (QUESTIONS, RULES, WINDOWS, FEES, FAQ):
        _attach(found, _filled(rows[key], key), titles[key], out)
    for code in out.spoilt & found.keys():
        del found[code]
        out.dropped += 1
    out.items = list(found.values())


def _whole(number: int, row: Mapping[str, Any], sheet: Sheet, out: Rows) -> bool:
    """Whether every column is filled in that must be; tells those that are not."""
    empty = [c for c in sheet.columns if c.needed and not row.get(c.key)]
    told = {(place.row, place.column) for place in out.places if place.sheet == sheet.title}
    for column in empty:
        if (number, column.title) not in told:
            out.places.append(Place(sheet.title, number, column.title, "empty"))
    return not empty


def _item(row: Mapping[str, Any]) -> dict[str, Any]:
    item = {key: value for key, value in row.items() if value is not None}
    for name in ("legal", "promise"):
        count, unit = item.pop(name, None), item.pop(f"{name}_unit", None)
        if count is not None:
            item[name] = {"count": count, **({"unit": unit} if unit else {})}
    item["results"] = [{"name": name} for name in item.get("results", [])]
    item["department_code"], item["type_code"] = row["code"][:18], row["code"][21:23]
    item.setdefault("case_type", "other")
    return {"audience": [], "channels": ["counter"]} | item


def _filled(rows: Iterable[Row], key: str) -> Iterator[Row]:
    """Rows of one item, or one question, stand together: what is the same need not be said again."""
    code: str | None = None
    question: dict[str, Any] = {}
    for number, row in rows:
        filled = dict(row)
        again = filled.get("code") in (None, code)
        filled["code"] = code = filled.get("code") or code
        if key == QUESTIONS:
            if again and filled.get("question_id") in (None, question.get("question_id")):
                filled |= {k: question.get(k) for k in question if filled.get(k) is None}
            question = {k: filled.get(k) for k in ("question_id", "question", "multiple", "when", "help")}
        yield number, filled


def _attach(found: Mapping[str, dict[str, Any]], rows: Iterable[Row], sheet: Sheet, out: Rows) -> None:
    for number, row in rows:
        code = str(row.get("code") or "")
        if code and code not in found:
            out.places.append(Place(sheet.title, number, sheet.columns[0].title, "unknown_code"))
        elif row.get(_SPOILT) or not _whole(number, row, sheet, out):
            out.spoilt.add(code)
        else:
            values = {key: value for key, value in row.items() if value is not None and key != "code"}
            _ATTACH[sheet.key](found[code], values, number, sheet, out)


def _question(item: dict[str, Any], row: dict[str, Any], number: int, sheet: Sheet, out: Rows) -> None:
    questions = item.setdefault("questions", [])
    asked = next((q for q in questions if q["id"] == row["question_id"]), None)
    if asked is None:
        asked = {k: row[k] for k in ("question", "multiple", "when", "help") if k in row}
        asked |= {"id": row["question_id"], "options": []}
        questions.append(asked)
    option = {k: row[k] for k in ("label", "hint", "refusal") if k in row}
    asked["options"].append(option | {"id": row["option_id"]})


def _rule(item: dict[str, Any], row: dict[str, Any], number: int, sheet: Sheet, out: Rows) -> None:
    when = row.pop("when", [])
    unsaid = [] if "necessity" in row else [NECESSITY]
    if "originals" not in row and "copies" not in row:
        out.places.append(Place(sheet.title, number, "", "no_counts"))
        row["originals"] = 1
        unsaid.insert(0, COUNTS)
    rules = item.setdefault("rules", [])
    material = {"id": f"m{len(rules) + 1}", "originals": 0, "copies": 0, "unsaid": unsaid} | row
    rules.append({"material": material, "when": when})


def _under(name: str) -> Any:
    def attach(item: dict[str, Any], row: dict[str, Any], number: int, sheet: Sheet, out: Rows) -> None:
        item.setdefault(name, []).append({"name": "", **row} if name == WINDOWS else row)

    return attach


_ATTACH: Mapping[str, Any] = {
    QUESTIONS: _question,
    RULES: _rule,
    WINDOWS: _under(WINDOWS),
    FEES: _under(FEES),
    FAQ: _under(FAQ),
}
