"""Write items as the spreadsheet (XLSX) a department fills in; without items it is the empty template.

Cells are text unless they are counts, so that Excel neither rounds a 31-digit code nor takes a
sentence that begins with "=" for a formula.
"""

import io
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from app.catalog.sheet_form import FAQ, FEES, ITEMS, QUESTIONS, RULES, WINDOWS, Column, Sheet, form
from app.domain import record
from app.domain.catalog import COUNTS, NECESSITY, Choice, Item, Material, Period

FILLABLE = 5000  # rows that drop-down lists reach
SOFT = re.compile("[\u3001\uff0c,]")
_HEAD = PatternFill("solid", fgColor="E8EEF6")
_NEEDED = PatternFill("solid", fgColor="FBE9C8")
_EXAMPLE = Font(color="808080", italic=True)


def workbook_of(items: Iterable[Item] = (), *, example: bool = True) -> bytes:
    """The file's bytes.  `example`: with the row that shows how to fill a sheet in, not imported."""
    book = Workbook()
    guide = book.active
    assert isinstance(guide, Worksheet)
    _guide(guide)
    rows = _rows(items)
    for sheet in form().sheets:
        page = book.create_sheet(sheet.title)
        _head(page, sheet)
        if example:
            _put(page, 2, [column.example for column in sheet.columns], _EXAMPLE)
        for number, row in enumerate(rows[sheet.key], start=3 if example else 2):
            _put(page, number, [_cell(column, row.get(column.key)) for column in sheet.columns])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _guide(page: Worksheet) -> None:
    page.title = form().guide_sheet
    page.column_dimensions["A"].width = 110
    for number, line in enumerate(form().note.splitlines(), start=1):
        cell = page.cell(number, 1, line)
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        cell.font = Font(bold=number == 1, size=16 if number == 1 else 12)


def _head(page: Worksheet, sheet: Sheet) -> None:
    page.freeze_panes = "C2"
    for number, column in enumerate(sheet.columns, start=1):
        letter = get_column_letter(number)
        cell = page.cell(1, number, column.title + ("*" if column.needed else ""))
        cell.font = Font(bold=True)
        cell.fill = _NEEDED if column.needed else _HEAD
        cell.alignment = Alignment(wrap_text=True, vertical="center")
        page.column_dimensions[letter].width = column.width
        if column.kind != "count":
            page.column_dimensions[letter].number_format = "@"
        if column.offered and column.kind in ("word", "flag", "theme"):
            _choices(page, f"{letter}2:{letter}{FILLABLE}", column)


def _choices(page: Worksheet, cells: str, column: Column) -> None:
    listed = DataValidation(type="list", formula1='"' + ",".join(column.offered) + '"', allow_blank=True)
    listed.errorStyle = "warning"
    page.add_data_validation(listed)
    listed.add(cells)


def _put(page: Worksheet, number: int, values: Iterable[Any], font: Font | None = None) -> None:
    for at, value in enumerate(values, start=1):
        if value in (None, ""):
            continue
        cell = page.cell(number, at)
        if isinstance(value, int):
            cell.value = value
        else:
            cell.value = ILLEGAL_CHARACTERS_RE.sub("", str(value))
            cell.data_type = "s"
            cell.number_format = "@"
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        if font is not None:
            cell.font = font


# -- items as rows ---------------------------------------------------------------------------------


def _rows(items: Iterable[Item]) -> Mapping[str, list[Mapping[str, Any]]]:
    """Sheet key → rows, each column key → plain value (as app.domain.record makes them)."""
    rows: dict[str, list[Mapping[str, Any]]] = {sheet.key: [] for sheet in form().sheets}
    for item in items:
        plain = record.plain(item)
        rows[ITEMS].append(plain | _periods(item) | {"results": [result.name for result in item.results]})
        rows[QUESTIONS] += _options(item)
        rows[RULES] += [
            _material(rule.material) | {"code": item.code, "when": rule.when} for rule in item.rules
        ]
        for key, values in ((WINDOWS, item.windows), (FEES, item.fees), (FAQ, item.faq)):
            rows[key] += [record.plain(value) | {"code": item.code} for value in values]
    return rows


def _material(material: Material) -> dict[str, Any]:
    """What its source does not say stays an empty cell."""
    plain: dict[str, Any] = record.plain(material)
    if COUNTS in material.unsaid:
        plain |= {"originals": None, "copies": None}
    return plain | ({"necessity": None} if NECESSITY in material.unsaid else {})


def _periods(item: Item) -> dict[str, Any]:
    def two(name: str, period: Period | None) -> dict[str, Any]:
        return {name: period and period.count, f"{name}_unit": period and period.unit.value}

    return two("legal", item.legal) | two("promise", item.promise)


def _options(item: Item) -> Iterator[Mapping[str, Any]]:
    for question in item.questions:
        asked = {
            "code": item.code,
            "question_id": question.id,
            "question": question.question,
            "multiple": question.multiple,
            "when": question.when,
            "help": question.help,
        }
        for option in question.options:
            yield asked | record.plain(option) | {"option_id": option.id}


def _cell(column: Column, value: Any) -> Any:
    if value is None or value == "":
        return None
    if column.kind == "when":
        return written_condition(value)
    if column.kind == "flag":
        return column.word("true" if value else "false")
    if column.kind == "words":
        return "\n".join(filter(None, map(column.word, value)))
    if column.kind in ("word", "theme"):
        return column.word(value)
    if column.kind in ("lines", "names"):
        alone = len(value) == 1 and column.kind == "names" and SOFT.search(value[0])
        return value[0] + ";" if alone else "\n".join(value)
    return value


def written_condition(when: Iterable[Choice]) -> str:
    """`kind=first|replace; why=lost`: any of these choices."""
    options: dict[str, list[str]] = {}
    for choice in when:
        options.setdefault(choice.question_id, []).append(choice.option_id)
    return "; ".join(f"{question}={'|'.join(chosen)}" for question, chosen in options.items())
