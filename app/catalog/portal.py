"""The item records of the Guangdong portal (format `gd-portal`): one JSON object after another.

What the records do not say stays unsaid (None, ""), save where the model needs a value:
a material is named without counts and is taken as one original that is necessary (and marked as
unsaid), the kind of case (办件类型) is `other`, and every item is offered at the counter (docs/adr/0042).
"""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from app.domain.catalog import (
    COUNTS,
    NECESSITY,
    Audience,
    CaseType,
    Channel,
    DayUnit,
    Item,
    Material,
    MaterialRule,
    Necessity,
    Period,
    Window,
    parse_item_code,
)
from app.texts import RESOURCES, load

_BETWEEN_BODIES = re.compile(r"(?<=\uff09)\u3001")
_DAYS = re.compile(r"(\d+)\((\w+)\)")


@dataclass(frozen=True)
class _Words:
    """resources/catalog/gd_portal.toml."""

    absent: frozenset[str]
    window_absent: str
    window_mark: str
    list_signs: str
    yes: Sequence[str]
    no: Sequence[str]
    day_unit: Mapping[str, str]
    level: Mapping[str, str]
    audience: Mapping[str, str]
    theme: Mapping[str, str]


@cache
def _words() -> _Words:
    table = tomllib.loads((RESOURCES / "catalog" / "gd_portal.toml").read_text(encoding="utf-8"))
    return _Words(**{**table, "absent": frozenset(table["absent"])})


def portal_item(record: Mapping[str, Any]) -> tuple[Item, tuple[str, ...]]:
    """One record as an item, and the rules it warns by.

    Raises ValueError when code, name or department is missing or has another type.
    """
    code, name = _needed(record, "TASK_CODE"), _needed(record, "TASK_NAME")
    parsed = parse_item_code(code)
    item = Item(
        code=code,
        name=name,
        department=_needed(record, "DEPT_NAME"),
        department_code=parsed.uscc if parsed else _said(record, "ORGCODE"),
        audience=_audience(record),
        channels=frozenset(
            {Channel.COUNTER} | ({Channel.ONLINE} if record.get("ONLINECHECK") == "1" else set())
        ),
        type_code=_said(record, "TASK_TYPE"),
        case_type=CaseType.OTHER,
        legal=_period(record, "handle_time"),
        promise=_period(record, "handle_time_limit"),
        visits=_count(record, "visit_number"),
        rules=_materials(record),
        everyday_names=_everyday_names(record, name),
        theme=_theme(record),
        conditions=_said(record, "accept_standard"),
        phone=_said(record, "consult_phone"),
        variant=_said(record, "subTaskName"),
        joint_bodies=_joint_bodies(record),
        windows=_windows(record),
        complaint_phone=_said(record, "complain_phone"),
        topics=_list(record, "theme_category"),
        level=_words().level.get(_said(record, "matter_level"), ""),
        area=_said(record, "AREA_CODE_TEXT"),
        parent_code=_said(record, "parentCatalogId"),
        parent_name=_said(record, "parentCatalogName"),
        applicants=_list(record, "service_object_name"),
        online_url=_said(record, "URL"),
        booking=_flag(record, "online_book"),
        booking_url=_said(record, "online_book_addr"),
        courier=_flag(record, "courier_service"),
        system=_said(record, "bear_paltform"),
    )
    return item, tuple(_warnings(record, item))


def _warnings(record: Mapping[str, Any], item: Item) -> Iterator[str]:
    for field, days in (("handle_time", item.legal), ("handle_time_limit", item.promise)):
        if _said(record, field) and (days is None or days.unit is not DayUnit.WORKING_DAY):
            yield "not_working_days"
    word, code = _said(record, "TASK_TYPE_TEXT"), parse_item_code(item.code)
    if word and code and load().code(*code.type_word_key.rsplit(".", 1)) != word:
        yield "type_word"
    if not item.audience:
        yield "no_audience"


def _said(record: Mapping[str, Any], field: str) -> str:
    """The text of a field, "" where the portal writes that there is none."""
    value = record.get(field)
    text = value.strip() if isinstance(value, str) else ""
    return "" if text in _words().absent else text


def _needed(record: Mapping[str, Any], field: str) -> str:
    text = _said(record, field)
    if not text:
        raise ValueError(f"{field} is missing")
    return text


def _list(record: Mapping[str, Any], field: str) -> tuple[str, ...]:
    """The texts of a list field, once each; the portal writes a single word for "none"."""
    value = record.get(field)
    texts = [text.strip() for text in value if isinstance(text, str)] if isinstance(value, list) else []
    return tuple(dict.fromkeys(text for text in texts if text not in _words().absent))


def _audience(record: Mapping[str, Any]) -> frozenset[Audience]:
    known = _words().audience
    return frozenset(Audience(known[w]) for w in _list(record, "service_object_name") if w in known)


def _theme(record: Mapping[str, Any]) -> str:
    """The first of the portal's themes that the kiosk has a tile for."""
    known = _words().theme
    return next((known[word] for word in _list(record, "theme_category") if word in known), "")


def _period(record: Mapping[str, Any], field: str) -> Period | None:
    """`20(unit)`; None where the portal does not say, or says it in other words."""
    match = _DAYS.fullmatch(_said(record, field))
    unit = match and _words().day_unit.get(match[2])
    return Period(int(match[1]), DayUnit(unit)) if match and unit else None


def _flag(record: Mapping[str, Any], field: str) -> bool | None:
    said = record.get(field)
    return True if said in _words().yes else False if said in _words().no else None


def _windows(record: Mapping[str, Any]) -> tuple[Window, ...]:
    """The portal names a place, or says that there is no window."""
    said = _said(record, "handle_location")
    if not said or said == _words().window_absent:
        return ()
    return (Window(name="", address=said.removeprefix(_words().window_mark)),)


def _joint_bodies(record: Mapping[str, Any]) -> tuple[str, ...]:
    """Bodies one after another, each with its share in full-width brackets, which may hold commas."""
    said = _said(record, "co_department")
    return tuple(part for part in (part.strip() for part in _BETWEEN_BODIES.split(said)) if part)


def _count(record: Mapping[str, Any], field: str) -> int | None:
    text = _said(record, field)
    return int(text) if text.isascii() and text.isdigit() else None


def _everyday_names(record: Mapping[str, Any], name: str) -> tuple[str, ...]:
    signs = re.compile(f"[{re.escape(_words().list_signs)}]")
    names = [_said(record, "matter_name")]
    for field in ("matter_short", "matter_daily"):
        names += [part.strip() for part in signs.split(_said(record, field))]
    return tuple(dict.fromkeys(n for n in names if n and n != name))


def _materials(record: Mapping[str, Any]) -> tuple[MaterialRule, ...]:
    return tuple(
        MaterialRule(Material(f"m{number}", name, 1, 0, Necessity.REQUIRED, unsaid=(COUNTS, NECESSITY)))
        for number, name in enumerate(_list(record, "material_intro"), start=1)
    )
