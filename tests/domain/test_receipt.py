"""The canonical receipt: one form, and nothing else is taken for it."""

import json
from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.hall_time import CHINA
from app.domain.receipt import Receipt, ReceiptMaterial, canonical, digest, parse

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=10)
moments = st.datetimes(timezones=st.just(CHINA))
materials = st.builds(ReceiptMaterial, texts, *[st.integers(0, 9)] * 4)
receipts = st.builds(
    Receipt,
    number=texts,
    situation=st.lists(texts, max_size=3).map(tuple),
    materials=st.lists(materials, max_size=3).map(tuple),
    applicant_name=texts | st.sampled_from(["欧阳𬭚", "𠮷", "阿卜杜·热合曼"]),
    received_at=moments,
    promise_days=st.none() | st.integers(0, 400),
    promised_by=st.none() | st.dates(),
    number_valid=st.none() | st.booleans(),
)
PLAIN = Receipt(
    number="441900A12-261120-000217-8",
    case_id="3f0c",
    station_id="441900A12",
    site="演示大厅",
    item_code="x",
    item_name="居住证签注（演示）",
    department="演示·公安局",
    situation=("快到期",),
    catalog_version="v1",
    applicant_name="演示·某",
    document_kind="resident",
    document_number="1101**********002X",
    machine_read=True,
    organisation="",
    agent_name="",
    phone="138****0000",
    delivery="pickup",
    materials=(ReceiptMaterial("居民身份证", 1, 1, 1, 1),),
    received_at=datetime(2026, 11, 20, 9, tzinfo=CHINA),
    starts=date(2026, 11, 20),
    starts_provisional=False,
    answer_by=date(2026, 11, 27),
    answer_provisional=False,
    promise_days=5,
    promised_by=date(2026, 11, 27),
    operator_id="1001",
    operator_name="演示员",
    channel="counter",
    offline=False,
    demo=True,
)


@given(receipts)
def test_a_receipt_comes_back(receipt: Receipt) -> None:
    data = canonical(receipt)
    assert parse(data) == receipt
    assert canonical(parse(data)) == data


def test_the_form_is_fixed() -> None:
    """Sorted keys, no white space, UTF-8: papers issued today must verify for ever."""
    data = canonical(PLAIN)
    text = data.decode()
    loaded = json.loads(text)
    assert list(loaded) == sorted(loaded)
    assert text == json.dumps(loaded, ensure_ascii=False, separators=(",", ":"))
    assert '"received_at":"2026-11-20T09:00:00+08:00"' in text and "居住证签注" in text


@given(receipts, st.data())
def test_a_changed_byte_is_no_longer_this_receipt(receipt: Receipt, data: st.DataObject) -> None:
    original = canonical(receipt)
    at = data.draw(st.integers(0, len(original) - 1))
    changed = bytearray(original)
    changed[at] ^= data.draw(st.integers(1, 255))
    assert digest(bytes(changed), b"s" * 16) != digest(original, b"s" * 16)
    with suppress(ValueError):
        assert parse(bytes(changed)) != receipt


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text + " ",
        lambda text: " " + text,
        lambda text: text.replace(":", ": ", 1),
        lambda text: json.dumps(json.loads(text), sort_keys=True, separators=(",", ":")),  # \u escapes
        lambda text: json.dumps(json.loads(text) | {"extra": 1}, ensure_ascii=False),
        lambda text: text.replace("T09:00:00+08:00", "T09:00:00.000+08:00"),
        lambda text: text.replace('"demo":true', '"demo":true,"demo":true'),
        lambda text: "[]",
        lambda text: "{}",
        lambda text: "",
        lambda text: "[" * 100_000,
        lambda text: text.replace('"materials":[', '"materials":[7,'),
        lambda text: text.replace('"received_at":"', '"received_at":"x'),
    ],
)
def test_other_spellings_are_refused(change) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse(change(canonical(PLAIN).decode()).encode())


@given(st.binary(max_size=60))
def test_no_bytes_upset_the_reader(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse(data)


def test_the_salt_makes_equal_receipts_unlike() -> None:
    data = canonical(PLAIN)
    assert digest(data, b"a" * 16) != digest(data, b"b" * 16)
    assert digest(data, b"a" * 16) == digest(canonical(replace(PLAIN)), b"a" * 16)
