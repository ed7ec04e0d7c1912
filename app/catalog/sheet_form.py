"""The form of the spreadsheet (XLSX): its sheets, columns and words, out of resources/catalog/xlsx.toml.

What the sheets carry of an item is `carried`; the rest (steps, cross-region modes …) only the
native format has.
"""

import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from app.domain.catalog import Item, Result
from app.texts import RESOURCES

ITEMS, QUESTIONS, RULES, WINDOWS, FEES, FAQ = "items", "questions", "rules", "windows", "fees", "faq"


@dataclass(frozen=True, slots=True)
class Column:
    """`kind`: see the head of the resource file.  `words`: what is understood (NFKC) → its value;
    `offered`: one word a value.
    """

    key: str
    title: str
    kind: str
    width: int
    example: object
    needed: bool
    words: Mapping[str, str]
    offered: tuple[str, ...]

    def word(self, value: str) -> str:
        """The offered word of a value; "" for a value without one."""
        return next((w for w in self.offered if self.words[unicodedata.normalize("NFKC", w)] == value), "")


@dataclass(frozen=True, slots=True)
class Sheet:
    key: str
    title: str
    columns: tuple[Column, ...]


@dataclass(frozen=True, slots=True)
class Form:
    """`skip`: what the code of a row that is not imported begins with."""

    skip: str
    guide_sheet: str
    note: str
    sheets: tuple[Sheet, ...]


@cache
def form() -> Form:
    table = tomllib.loads((RESOURCES / "catalog" / "xlsx.toml").read_text(encoding="utf-8"))
    sheets = tuple(
        Sheet(s["key"], s["title"], tuple(_column(c, table["word"]) for c in s["columns"]))
        for s in table["sheet"]
    )
    return Form(table["skip"], table["guide_sheet"], table["note"].strip(), sheets)


def _column(table: Mapping[str, Any], words: Mapping[str, Mapping[str, str]]) -> Column:
    kind, _, name = table["kind"].partition(":")
    known = words.get(name or kind, {})
    first: dict[str, str] = {}
    for word, value in known.items():
        first.setdefault(value, word)
    return Column(
        table["key"],
        table["title"],
        kind,
        table["width"],
        table["example"],
        table.get("needed", False),
        {unicodedata.normalize("NFKC", word): value for word, value in known.items()},
        tuple(first.values()),
    )


def carried(item: Item) -> Item:
    """The part of an item that the sheets have a place for."""
    return replace(
        item,
        department_code=item.code[:18],
        cross_region=(),
        steps=(),
        applicants=(),
        body_nature="",
        parent_code="",
        parent_name="",
        booking_url="",
        system="",
        demo=False,
        draft=False,
        type_code=item.code[21:23],
        results=tuple(Result(result.name) for result in item.results),
    )
