"""The printer's answers, by the bit tables of the makers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices import escpos_status as status
from devices.escpos_status import AnswerDecoder, Automatic, Block, InOrder, PrinterState, RealTime


def after(request: bytes, byte: int) -> PrinterState:
    return status.with_answer(PrinterState(), request, byte)


def test_the_requests_are_the_published_bytes() -> None:
    asked = (status.ASK_PRINTER, status.ASK_OFFLINE, status.ASK_ERROR, status.ASK_PAPER)
    assert asked == (b"\x10\x04\x01", b"\x10\x04\x02", b"\x10\x04\x03", b"\x10\x04\x04")
    assert status.ASK_PAPER_IN_ORDER == b"\x1dr\x01"
    assert bytes((0x10, 0x14, 8, 1, 3, 20, 1, 6, 2, 8)) == status.CLEAR_BUFFERS


@pytest.mark.parametrize(
    "request_", [status.ASK_PRINTER, status.ASK_OFFLINE, status.ASK_ERROR, status.ASK_PAPER]
)
def test_idle_is_nothing_special(request_: bytes) -> None:
    assert after(request_, 0x12) == PrinterState()


@pytest.mark.parametrize(
    ("request_", "byte", "state"),
    [
        (status.ASK_PRINTER, 0x1A, PrinterState(offline=True)),
        (status.ASK_PRINTER, 0x16, PrinterState()),  # the drawer, which we have none of
        (status.ASK_OFFLINE, 0x16, PrinterState(cover_open=True)),
        (status.ASK_OFFLINE, 0x1A, PrinterState(feeding=True)),
        (status.ASK_OFFLINE, 0x32, PrinterState(paper_end=True)),
        (status.ASK_OFFLINE, 0x52, PrinterState(error=True)),
        (status.ASK_OFFLINE, 0x76, PrinterState(cover_open=True, paper_end=True, error=True)),
        (status.ASK_ERROR, 0x1A, PrinterState(cutter=True)),
        (status.ASK_ERROR, 0x32, PrinterState(unrecoverable=True)),
        (status.ASK_ERROR, 0x52, PrinterState(overheated=True)),
        (status.ASK_PAPER, 0x1E, PrinterState(near_end=True)),
        (status.ASK_PAPER, 0x72, PrinterState(paper_end=True)),
        (status.ASK_PAPER, 0x7E, PrinterState(near_end=True, paper_end=True)),
    ],
)
def test_each_bit_of_a_real_time_answer(request_: bytes, byte: int, state: PrinterState) -> None:
    assert after(request_, byte) == state


def test_a_paper_end_seen_by_the_stop_is_not_unseen_by_the_sensor() -> None:
    stopped = after(status.ASK_OFFLINE, 0x36)
    assert status.with_answer(stopped, status.ASK_PAPER, 0x12).paper == "out"


@pytest.mark.parametrize(("byte", "paper"), [(0x00, "ok"), (0x03, "near_end"), (0x0C, "out"), (0x0F, "out")])
def test_the_answer_in_order(byte: int, paper: str) -> None:
    assert status.with_in_order_answer(PrinterState(), byte).paper == paper


@pytest.mark.parametrize(
    ("four", "state"),
    [
        ("10 00 00 00", PrinterState()),
        ("38 00 00 00", PrinterState(offline=True, cover_open=True)),
        ("18 00 0F 00", PrinterState(offline=True, near_end=True, paper_end=True)),
        ("10 00 03 00", PrinterState(near_end=True)),
        ("18 08 00 00", PrinterState(offline=True, error=True, cutter=True)),
        ("58 00 00 00", PrinterState(offline=True, feeding=True)),
    ],
)
def test_automatic_status(four: str, state: PrinterState) -> None:
    assert AnswerDecoder().feed(bytes.fromhex(four)) == [Automatic(bytes.fromhex(four))]
    assert status.from_automatic(bytes.fromhex(four)) == state


def test_answers_of_all_kinds_are_told_apart() -> None:
    data = bytes.fromhex("12 10 00 0F 00 11 13 00 5F") + b"EMULATOR" + bytes.fromhex("00 37 25 00 0F 16")
    answers = [
        RealTime(0x12),
        Automatic(bytes.fromhex("10 00 0F 00")),
        InOrder(0x00),
        Block(b"\x5fEMULATOR"),
        Block(b"\x37\x25"),
        InOrder(0x0F),
        RealTime(0x16),
    ]
    assert AnswerDecoder().feed(data) == answers
    decoder = AnswerDecoder()
    assert [answer for byte in data for answer in decoder.feed(bytes([byte]))] == answers
    assert Block(b"\x5fEMULATOR").name == "EMULATOR"
    assert Block(b"\x37\x25").is_cleared


def test_a_broken_automatic_status_does_not_swallow_the_next_answer() -> None:
    assert AnswerDecoder().feed(b"\x10\x00\x12\x00") == [RealTime(0x12), InOrder(0x00)]


@given(st.binary(max_size=400))
def test_garbage_never_raises(garbage: bytes) -> None:
    decoder = AnswerDecoder()
    decoder.feed(garbage)
    decoder.clear()
    assert decoder.feed(b"\x12") == [RealTime(0x12)]


@given(st.integers(0, 255))
def test_every_byte_is_classified_by_the_published_masks(byte: int) -> None:
    answers = AnswerDecoder().feed(bytes([byte]))
    is_real_time = byte & 0x93 == 0x12
    assert answers == ([RealTime(byte)] if is_real_time else [InOrder(byte)] if byte & 0x90 == 0 else [])
