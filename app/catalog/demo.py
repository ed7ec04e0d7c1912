"""The demo catalog: invented items of real shape, every one marked, read from resources/catalog/demo.

`common.toml` holds what items share (bodies, materials, recurring questions, sets of
materials), the other files the items themselves.  Two short notations keep them readable:

    material   "photo 2/0 optional if kind=first|replace"   key, originals/copies, necessity, condition;
               "@person" stands for the materials of that set
    question   "who" is the shared one; `when = "kind=first|replace"` asks it after one of these answers

and a code is the body's USCC and `task`: level, region, type, department, main, sub.
"""

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from app.domain.catalog import (
    Audience,
    Bundle,
    CaseType,
    Channel,
    Choice,
    CrossRegion,
    CrossRegionMode,
    Item,
    Material,
    MaterialRule,
    Necessity,
    Option,
    Period,
    Question,
    Result,
)
from app.texts import RESOURCES

FOLDER = RESOURCES / "catalog" / "demo"
_COMMON, _BUNDLES = "common.toml", "bundles.toml"

Table = Mapping[str, Any]


@cache
def demo_items(folder: Path = FOLDER) -> tuple[Item, ...]:
    """Every demo item, `demo` set, in the order of the files.

    Raises KeyError, ValueError for a file with a mistake: these are the program's own files.
    """
    common = tomllib.loads((folder / _COMMON).read_text(encoding="utf-8"))
    files = (path for path in sorted(folder.glob("*.toml")) if path.name not in (_COMMON, _BUNDLES))
    tables = (tomllib.loads(path.read_text(encoding="utf-8")) for path in files)
    return tuple(_item(item, common) for table in tables for item in table["item"])


@cache
def demo_bundles(folder: Path = FOLDER) -> tuple[Bundle, ...]:
    """The demo's 一件事, `demo` set.  Raises KeyError, ValueError for a file with a mistake."""
    mark = tomllib.loads((folder / _COMMON).read_text(encoding="utf-8"))["mark"]
    codes = {item.code[-12:]: item.code for item in demo_items(folder)}
    tables = tomllib.loads((folder / _BUNDLES).read_text(encoding="utf-8"))["bundle"]
    return tuple(_bundle(table, codes, mark) for table in tables)


def _bundle(table: Table, codes: Mapping[str, str], mark: str) -> Bundle:
    return Bundle(
        code=table["code"],
        name=table["name"] + mark,
        items=tuple(codes[tail] for tail in table["items"]),
        everyday_names=tuple(table["everyday"]),
        theme=table["theme"],
        promise=_period(table.get("days")),
        same=tuple(tuple(codes[k[:12]] + k[12:] for k in group) for group in table.get("same", ())),
        note=table["note"],
        demo=True,
    )


def _item(table: Table, common: Table) -> Item:
    body = common["body"][table["body"]]
    task = table["task"].split()
    legal_days, promise_days = table["days"]
    return Item(
        code=body["uscc"] + "".join(task),
        name=table["name"] + common["mark"],
        department=body["name"],
        department_code=body["uscc"],
        audience=frozenset(map(Audience, table["audience"])),
        channels=frozenset(map(Channel, table["channels"])),
        type_code=task[2],
        case_type=CaseType(table.get("case", CaseType.PROMISED.value)),
        legal=_period(legal_days),
        promise=_period(promise_days),
        visits=table["visits"],
        fee=table.get("fee", False),
        questions=tuple(_question(entry, common) for entry in table["questions"]),
        rules=tuple(_rules(table, common)),
        everyday_names=tuple(table["everyday"]),
        theme=table["theme"],
        cross_region=tuple(_cross_region(note) for note in table.get("cross", ())),
        decided_here=table.get("decided_here", False),
        conditions=table["conditions"],
        results=tuple(map(Result, table["results"])),
        phone=table.get("phone", common["phone"]),
        demo=True,
        variant=table.get("variant", ""),
    )


def _period(days: int | None) -> Period | None:
    return None if days is None else Period(days)


def _cross_region(note: str) -> CrossRegion:
    """`proxy scope`"""
    mode, _, scope = note.partition(" ")
    return CrossRegion(CrossRegionMode(mode), scope)


def _question(entry: str | Table, common: Table) -> Question:
    table = {"id": entry, **common["question"][entry]} if isinstance(entry, str) else entry
    return Question(
        id=table["id"],
        question=table["ask"],
        options=tuple(Option(*option) for option in table["options"]),
        multiple=table.get("multiple", False),
        when=_choices(table["when"]) if "when" in table else (),
        help=table.get("help", ""),
    )


def _choices(condition: str) -> tuple[Choice, ...]:
    """`kind=first|replace`"""
    question_id, _, options = condition.partition("=")
    return tuple(Choice(question_id, option) for option in options.split("|"))


def _rules(table: Table, common: Table) -> Iterator[MaterialRule]:
    known = {**common["material"], **table.get("material", {})}
    for entry in table["materials"]:
        notes = common["set"][entry[1:]] if entry.startswith("@") else [entry]
        yield from (_rule(note, known) for note in notes)


def _rule(note: str, known: Mapping[str, Table]) -> MaterialRule:
    key, *words = note.split()
    table = known[key]
    counts, necessity = table["n"], Necessity.REQUIRED
    when: tuple[Choice, ...] = ()
    while words:
        word = words.pop(0)
        if word == "if":
            when = _choices(words.pop(0))
        elif "/" in word:
            counts = word
        else:
            necessity = Necessity(word)
    originals, copies = map(int, counts.split("/"))
    texts = {field: table.get(field, "") for field in ("source", "form", "points")}
    returned = table.get("returned", False)
    material = Material(key, table["name"], originals, copies, necessity, returned=returned, **texts)
    return MaterialRule(material, when)
