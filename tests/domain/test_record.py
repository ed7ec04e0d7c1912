"""The one JSON form: every value comes back as it went, and what is no value is refused."""

import json
from dataclasses import dataclass, fields
from datetime import date, datetime
from enum import IntEnum
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.catalog.demo import demo_items
from app.domain import record
from app.domain.case import Application, Case, CaseState, Contact, Delivery, Organisation, TakenMaterial
from app.domain.catalog import Item, Question
from app.domain.hall_time import CHINA
from app.domain.identity import DocumentKind, IdentityDocument, Sex
from app.domain.numbering import NumberBlock


class Many(IntEnum):
    TWO = 2


@dataclass(frozen=True)
class Pair:
    two: Any
    one: Any


@dataclass(frozen=True)
class Alone:
    only: Any


texts = st.text(max_size=12)
moments = st.datetimes(timezones=st.just(CHINA))
documents = st.builds(
    IdentityDocument,
    kind=st.sampled_from(DocumentKind),
    name=texts,
    number=texts,
    sex=st.none() | st.sampled_from(Sex),
    birth=st.none() | st.dates(),
    valid_to=st.none() | st.dates(),
    long_term=st.booleans(),
)
taken = st.builds(TakenMaterial, texts, texts, *[st.integers(0, 9)] * 4)
applications = st.builds(
    Application,
    request_id=texts,
    item_code=texts,
    applicant=documents,
    answers=st.dictionaries(texts, st.frozensets(texts, max_size=3), max_size=3),
    materials=st.none() | st.lists(taken, max_size=3).map(tuple),
    contact=st.builds(Contact, texts),
    delivery=st.builds(Delivery, address=texts),
    organisation=st.none() | st.builds(Organisation, texts, texts),
    agent=st.none() | documents,
    identity_confirmed=st.none() | st.booleans(),
    doubtful_read=st.booleans(),
)
cases = st.builds(
    Case,
    case_id=texts,
    number=texts,
    application=applications,
    item_name=texts,
    catalog_version=texts,
    station_id=texts,
    state=st.sampled_from(CaseState),
    received_at=moments,
    materials=st.lists(taken, max_size=3).map(tuple),
    offline=st.booleans(),
)


@given(cases)
def test_a_case_comes_back(case: Case) -> None:
    text = record.dumps(case)
    assert record.loads(Case, text) == case
    assert record.dumps(record.loads(Case, text)) == text


@pytest.mark.parametrize("item", demo_items(), ids=lambda item: item.name)
def test_an_item_comes_back(item: Item) -> None:
    assert record.loads(Item, record.dumps(item)) == item


scalars = st.none() | st.booleans() | st.integers() | st.floats() | texts | st.sampled_from((*Sex, Many.TWO))
values = st.recursive(
    scalars | st.dates() | moments | st.binary(max_size=5) | st.frozensets(texts) | documents | applications,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.lists(inner, max_size=4).map(tuple)
        | st.dictionaries(texts, inner, max_size=4)
        | st.builds(Pair, inner, inner)
        | st.builds(Alone, inner)
    ),
    max_leaves=12,
)


@given(values)
def test_it_is_written_as_the_json_library_writes_the_plain_value(value: object) -> None:
    """Byte for byte: what was signed and stored before stays as it is."""
    plain = json.dumps(record.plain(value), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert record.dumps(value) == plain


def test_equal_values_have_equal_texts() -> None:
    one, two = frozenset({"b", "a", "c"}), frozenset({"c", "a", "b"})
    assert record.dumps({"x": one}) == record.dumps({"x": two}) == '{"x":["a","b","c"]}'


def test_a_newer_writer_and_an_older_reader() -> None:
    block = NumberBlock("b", 1, 2)
    assert record.build(NumberBlock, record.plain(block) | {"added_later": 7}) == block
    assert record.build(Question, {"id": "q", "question": "?", "options": []}) == Question("q", "?", ())


@pytest.mark.parametrize(
    "data",
    [
        None,
        7,
        "text",
        [],
        {},
        {"block_id": "b", "first": 1},
        {"block_id": "b", "first": "1", "last": 2},
        {"block_id": "b", "first": True, "last": 2},
        {"block_id": "b", "first": 1.0, "last": 2},
        {"block_id": None, "first": 1, "last": 2},
        {"block_id": ["b"], "first": 1, "last": 2},
    ],
)
def test_what_is_no_value_is_refused(data: object) -> None:
    with pytest.raises(ValueError, match=r"."):
        record.build(NumberBlock, data)


@given(cases, st.data())
def test_a_field_of_another_type_is_a_value_error_and_nothing_else(case: Case, data: st.DataObject) -> None:
    plain = record.plain(case)
    name = data.draw(st.sampled_from([field.name for field in fields(Case)]))
    odd = data.draw(st.sampled_from([None, 7, "x", [], {}, [7], {"x": 1}, True, "2026-13-45"]))
    try:
        record.build(Case, plain | {name: odd})
    except ValueError:
        return
    assert record.plain(record.build(Case, plain | {name: odd})) is not None


@given(st.text(max_size=30))
def test_no_text_upsets_the_reader(text: str) -> None:
    try:
        record.loads(NumberBlock, text)
    except ValueError:
        return
    assert isinstance(json.loads(text), dict)


def test_dates_and_bytes() -> None:
    assert record.plain({"d": date(2026, 11, 20), "b": b"\x00\xff"}) == {"d": "2026-11-20", "b": "00ff"}
    moment = datetime(2026, 11, 20, 9, tzinfo=CHINA)
    assert record.plain(moment) == "2026-11-20T09:00:00+08:00"
