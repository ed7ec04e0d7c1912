"""One cell of the spreadsheet: what a person typed there, as a value `app.domain.record` builds from."""

import re
import unicodedata
from datetime import date, datetime, timedelta
from typing import Any

from app.catalog.sheet_form import Column
from app.catalog.xlsx_writing import SOFT

_HARD = re.compile("[\n;\uff1b]")
_DATE = re.compile(r"(\d{4})\D?(\d{1,2})\D?(\d{1,2})\D?")
_COUNT = re.compile(r"(\d{1,4})(\.0*)?")
_FORMULA_ERRORS = frozenset(
    {"#REF!", "#N/A", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!", "#GETTING_DATA", "#SPILL!"}
)
_EXCEL_DAY_0 = date(1899, 12, 30)


class CellError(ValueError):
    """`rule` of the finding."""

    def __init__(self, rule: str) -> None:
        super().__init__(rule)
        self.rule = rule


def cell_value(column: Column, value: Any) -> Any:
    """None for an empty cell.  Raises CellError."""
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    if value in _FORMULA_ERRORS:
        raise CellError("formula_error")
    if column.kind == "date":
        return _date(value)
    if column.kind == "code":
        return _code(value)
    text = _text(value)
    if column.kind == "count":
        return _count(text)
    if column.kind in ("flag", "word", "theme"):
        return _word(column, text)
    if column.kind in ("words", "names", "lines"):
        return _several(column, text)
    return _condition(text) if column.kind == "when" else text


def _text(value: Any) -> str:
    """As it stands in the cell: a whole number without `.0`, a day without its time."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, datetime):
        value = value.date() if value.time() == datetime.min.time() else value
    text = str(value).replace("\r\n", "\n").replace("\u00a0", " ").replace("_x000D_", "")
    return text.strip()


def _narrow(text: str) -> str:
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text))


def _code(value: Any) -> str:
    if not isinstance(value, str):
        raise CellError("code_as_number")  # Excel keeps fifteen digits of it
    return _narrow(value).upper()


def _count(text: str) -> int:
    match = _COUNT.fullmatch(_narrow(text))
    if match is None:
        raise CellError("not_count")
    return int(match[1])


def _date(value: Any) -> str:
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    try:
        if isinstance(value, (int, float)) and 20_000 < value < 80_000:
            return (_EXCEL_DAY_0 + timedelta(days=int(value))).isoformat()
        match = _DATE.fullmatch(_narrow(str(value)))
        if match is None:
            raise CellError("not_date")
        return date(int(match[1]), int(match[2]), int(match[3])).isoformat()
    except (ValueError, OverflowError):
        raise CellError("not_date") from None


def _word(column: Column, text: str) -> Any:
    value = column.words.get(_narrow(text))
    if value is None:
        raise CellError("not_offered")
    return value == "true" if column.kind == "flag" else value


def _several(column: Column, text: str) -> list[Any]:
    split = _HARD if _HARD.search(text) or column.kind == "lines" else SOFT
    parts = list(dict.fromkeys(part.strip() for part in split.split(text) if part.strip()))
    return sorted(_word(column, part) for part in parts) if column.kind == "words" else parts


def _condition(text: str) -> list[dict[str, str]]:
    """`kind=first|replace; why=lost`"""
    choices = []
    for part in re.split("[;\n]", unicodedata.normalize("NFKC", text)):
        question, equals, options = part.partition("=")
        if part.strip() and not (equals and question.strip() and options.strip()):
            raise CellError("not_condition")
        wanted = [option.strip() for option in options.split("|")]
        choices += [{"question_id": question.strip(), "option_id": o} for o in wanted if o]
    return choices
