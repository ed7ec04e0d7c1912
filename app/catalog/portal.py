"""The item records of the Guangdong portal (format `gd-portal`): one JSON object after another.

What the records do not say stays unsaid (None, ""), save where the model needs a value:
a material is named without counts and is taken as one original that is necessary, the kind
of case (办件类型) is `other`, and every item is offered at the counter (docs/adr/0042).
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from app.domain.catalog import (
    Audience,
    CaseType,
    Channel,
    Item,
    Material,
    MaterialRule,
    Necessity,
    Period,
    parse_item_code,
)
from app.texts import RESOURCES

_DAYS = re.compile(r"(\d+)\((\w+)\)")


@dataclass(frozen=True)
class _Words:
    """resources/catalog/gd_portal.toml."""

    absent: frozenset[str]
    working_days: str
    list_signs: str
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
        legal=_working_days(record, "handle_time"),
        promise=_working_days(record, "handle_time_limit"),
        visits=_count(record, "visit_number"),
        rules=_materials(record),
        everyday_names=_everyday_names(record, name),
        theme=_theme(record),
        conditions=_said(record, "accept_standard"),
        phone=_said(record, "consult_phone"),
    )
    return item, tuple(_warnings(record, item))


def _warnings(record: Mapping[str, Any], item: Item) -> Iterator[str]:
    for field, days in (("handle_time", item.legal), ("handle_time_limit", item.promise)):
        if _said(record, field) and days is None:
            yield "not_working_days"
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


def _working_days(record: Mapping[str, Any], field: str) -> Period | None:
    match = _DAYS.fullmatch(_said(record, field))
    return Period(int(match[1])) if match and match[2] == _words().working_days else None


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
        MaterialRule(Material(f"m{number}", name, 1, 0, Necessity.REQUIRED))
        for number, name in enumerate(_list(record, "material_intro"), start=1)
    )
