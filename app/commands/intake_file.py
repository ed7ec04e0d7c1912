"""The JSON another program hands to `intake`, checked and turned into an Application.

    item_code   text                                       required
    situation   {question id: option id | [option ids]}
    applicant   "read" | {name, number, kind?, sex?, birth?, phone? …}      required
    materials   "all" | [{name, originals, copies}]
    decision    "receive"
    request_id, operator, contact {phone} | text, delivery {way, address} | way, organisation {name, uscc},
    agent {name, number, …}                                optional

Unknown keys are refused: a misspelt "delivery" must not silently become 自取; so are keys that
come twice.  Texts have a longest length and no control characters; a line break is a space.
"""

import json
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import uuid4

from app.domain.case import Application, Contact, Delivery, DeliveryWay, Organisation, TakenMaterial
from app.domain.catalog import Channel
from app.domain.identity import (
    DocumentKind,
    IdentityDocument,
    Sex,
    birth_in,
    id_number_valid,
    sex_in,
    tidy_number,
)
from app.domain.situation import Answers
from app.errors import InvalidInputError
from app.texts import load

KEYS = frozenset(
    [
        "item_code",
        "situation",
        "applicant",
        "materials",
        "decision",
        "request_id",
        "operator",
        "contact",
        "delivery",
        "organisation",
        "agent",
    ]
)
_DOCUMENT_KEYS = frozenset(
    [
        "name",
        "number",
        "kind",
        "sex",
        "nation",
        "birth",
        "address",
        "authority",
        "valid_from",
        "valid_to",
        "english_name",
        "nationality",
        "pass_number",
        "issue_count",
        "card_version",
    ]
)
LONGEST = 300  # characters; no name, address or id comes near it, and every paper has room for it
LONGEST_SHORT = 60  # numbers, telephones, ids of people
LONGEST_MATERIAL = 2000  # as long as a catalog may say it
_BREAKS = re.compile(r"[\t-\r\x1c-\x1f\x85\u2028\u2029]+")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_READ_BACK = frozenset({"number_valid", "doubtful"})  # what read-id says besides; of no weight when typed in


@dataclass(frozen=True, slots=True)
class IntakeFile:
    """`application(document)` makes the application; `document` comes from the reader when `from_reader`."""

    request_id: str
    from_reader: bool
    application: Callable[[IdentityDocument | None, Channel], Application]


def load_json(data: bytes) -> Any:
    """The document in a file: UTF-8, with or without the mark some editors put first.

    Raises ValueError, RecursionError (nested too deeply), InvalidInputError (a key comes twice).
    """
    return json.loads(data.decode("utf-8-sig"), object_pairs_hook=_once_each)


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    table = dict(pairs)
    if len(table) < len(pairs):
        names = [name for name, _ in pairs]
        raise InvalidInputError(field=next(name for name in names if names.count(name) > 1))
    return table


def parse(data: Any) -> IntakeFile:
    """Raises InvalidInputError naming the field at fault."""
    table = _object(data, "$")
    for key in table.keys() - KEYS:
        raise InvalidInputError(field=key)
    if table.get("decision", "receive") != "receive":
        raise InvalidInputError(field="decision")
    item_code = _text(table.get("item_code"), "item_code")
    request_id = _text(table.get("request_id", uuid4().hex), "request_id")
    answers = _answers(table.get("situation") or {})
    materials = _materials(table.get("materials", "all"))
    contact = _contact(table.get("contact"))
    delivery = _delivery(table.get("delivery"))
    organisation = _organisation(table.get("organisation"))
    agent = None if table.get("agent") is None else _agent(table["agent"])
    operator = _optional_text(table.get("operator"), "operator", LONGEST_SHORT)
    from_reader = table.get("applicant") == "read"
    typed = None if from_reader else _document(table.get("applicant"), "applicant")

    def application(document: IdentityDocument | None, channel: Channel) -> Application:
        applicant = document or typed
        if applicant is None:
            raise InvalidInputError(field="applicant")
        return Application(
            request_id=request_id,
            item_code=item_code,
            applicant=applicant,
            answers=answers,
            materials=materials,
            contact=contact,
            delivery=delivery,
            organisation=organisation,
            agent=agent,
            operator_id=operator,
            channel=channel,
        )

    return IntakeFile(request_id, from_reader, application)


def _object(value: Any, where: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise InvalidInputError(field=where)
    return value


def _text(value: Any, where: str, longest: int = LONGEST) -> str:
    """Trimmed, a line break as a space; refused when nothing in it can be seen."""
    text = _BREAKS.sub(" ", value).strip() if isinstance(value, str) else ""
    kinds = {unicodedata.category(character) for character in text}
    if not text or len(text) > longest or kinds & {"Cc", "Cs"} or all(kind[0] in "CZ" for kind in kinds):
        raise InvalidInputError(field=where)
    return text


def _optional_text(value: Any, where: str, longest: int = LONGEST) -> str:
    return "" if value is None or value == "" else _text(value, where, longest)


def _number(value: Any, where: str) -> str:
    return tidy_number(_optional_text(value, where, LONGEST_SHORT))


def _answers(value: Any) -> Answers:
    answers = {}
    for question, chosen in _object(value, "situation").items():
        options = chosen if isinstance(chosen, list) else [chosen]
        if not all(isinstance(option, str) for option in options):
            raise InvalidInputError(field=f"situation.{question}")
        answers[question] = frozenset(options)
    return answers


def _materials(value: Any) -> tuple[TakenMaterial, ...] | None:
    if value == "all":
        return None
    if not isinstance(value, list):
        raise InvalidInputError(field="materials")
    rows: list[TakenMaterial] = []
    for place, row in enumerate(value):
        where = f"materials[{place}]"
        table = _object(row, where)
        for key in table.keys() - {"name", "originals", "copies"}:
            raise InvalidInputError(field=f"{where}.{key}")
        originals, copies = (_count(table.get(k, 0), f"{where}.{k}") for k in ("originals", "copies"))
        name = _text(table.get("name"), f"{where}.name", LONGEST_MATERIAL)
        if any(row.name == name for row in rows):
            raise InvalidInputError(field=f"{where}.name")
        rows.append(TakenMaterial("", name, 0, 0, originals, copies))
    return tuple(rows)


def _count(value: Any, where: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= 9999:
        raise InvalidInputError(field=where)
    return value


def _contact(value: Any) -> Contact:
    if value is None:
        return Contact()
    if isinstance(value, str):
        return Contact(_phone(value))
    table = _object(value, "contact")
    for key in table.keys() - {"phone"}:
        raise InvalidInputError(field=f"contact.{key}")
    return Contact(_phone(table.get("phone")))


def _phone(value: Any) -> str:
    blank = isinstance(value, str) and not value.strip()
    text = "" if blank else _optional_text(value, "contact.phone", LONGEST_SHORT)
    return unicodedata.normalize("NFKC", text)


def _delivery(value: Any) -> Delivery:
    if value is None:
        return Delivery()
    table = {"way": value} if isinstance(value, str) else _object(value, "delivery")
    for key in table.keys() - {"way", "address"}:
        raise InvalidInputError(field=f"delivery.{key}")
    way = _way(table.get("way", DeliveryWay.PICKUP.value))
    return Delivery(way, _optional_text(table.get("address"), "delivery.address"))


def _way(value: Any) -> DeliveryWay:
    """By its code, or by a word people use for it (自取, 邮寄)."""
    for way in DeliveryWay:
        words = load()[f"intake_file.{way.value}"].split()
        if value == way.value or value in words:
            return way
    raise InvalidInputError(field="delivery.way")


def _organisation(value: Any) -> Organisation | None:
    if value is None:
        return None
    table = _object(value, "organisation")
    for key in table.keys() - {"name", "uscc"}:
        raise InvalidInputError(field=f"organisation.{key}")
    return Organisation(
        _text(table.get("name"), "organisation.name"), _number(table.get("uscc"), "organisation.uscc")
    )


def _agent(value: Any) -> IdentityDocument:
    agent = _document(value, "agent")
    if not agent.full_name:
        raise InvalidInputError(field="agent.name")
    return agent


def _document(value: Any, where: str) -> IdentityDocument:
    """A typed document (未经机读); sex and birth are taken from a good number when they are not given."""
    table = _object(value, where)
    for key in table.keys() - _DOCUMENT_KEYS - _READ_BACK:
        raise InvalidInputError(field=f"{where}.{key}")
    texts = {k: _optional_text(table.get(k), f"{where}.{k}") for k in _DOCUMENT_KEYS}
    number = _number(table.get("number"), f"{where}.number")
    good = id_number_valid(number)
    return IdentityDocument(
        kind=_kind(texts["kind"], number, f"{where}.kind"),
        name=texts["name"],
        number=number,
        sex=_sex(texts["sex"], f"{where}.sex") or (sex_in(number) if good else None),
        nation=texts["nation"],
        birth=_day(texts["birth"], f"{where}.birth") or (birth_in(number) if good else None),
        address=texts["address"],
        authority=texts["authority"],
        valid_from=_day(texts["valid_from"], f"{where}.valid_from"),
        valid_to=None if texts["valid_to"] == _LONG_TERM else _day(texts["valid_to"], f"{where}.valid_to"),
        long_term=texts["valid_to"] == _LONG_TERM,
        english_name=texts["english_name"],
        nationality=texts["nationality"],
        pass_number=texts["pass_number"],
        issue_count=texts["issue_count"],
        card_version=texts["card_version"],
    )


_LONG_TERM = "\u957f\u671f"  # what a card without an end says (长期)


def _kind(text: str, number: str, where: str) -> DocumentKind:
    if not text:
        if number.startswith("9") and len(number) == 18:
            return DocumentKind.FOREIGNER_2023
        if number[:2] in ("81", "82", "83") and len(number) == 18:
            return DocumentKind.HMT_RESIDENCE
        return DocumentKind.RESIDENT
    try:
        return DocumentKind(text)
    except ValueError as error:
        raise InvalidInputError(field=where) from error


def _sex(text: str, where: str) -> Sex | None:
    if not text:
        return None
    for sex in Sex:
        if text in (sex.value, load().code("sex", sex.value)):
            return sex
    raise InvalidInputError(field=where)


def _day(text: str, where: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text if _DAY.fullmatch(text) else "")
    except ValueError as error:
        raise InvalidInputError(field=where) from error
