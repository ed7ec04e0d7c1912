"""The log of a device: each failure and recovery once, a loose contact in one line."""

import logging

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.change_log import CALM_S, CHANGES, ChangeLog

LOST = "device.not_found"


class Hand:
    """A clock moved by hand."""

    def __init__(self) -> None:
        self.at = 1000.0

    def __call__(self) -> float:
        return self.at


def said(caplog: pytest.LogCaptureFixture) -> list[str]:
    lines = [record.getMessage() for record in caplog.records]
    caplog.clear()
    return lines


@pytest.fixture
def hand(caplog: pytest.LogCaptureFixture) -> Hand:
    caplog.set_level(logging.INFO, "devices")
    return Hand()


def test_failures_far_apart_are_each_said_once(hand: Hand, caplog: pytest.LogCaptureFixture) -> None:
    log = ChangeLog("scanner", hand)
    for _ in range(20):
        log.changed(LOST)
        hand.at += CALM_S
        log.changed("")
        hand.at += CALM_S
        assert said(caplog) == [f"scanner: {LOST}", "scanner: ok"]


def test_a_flapping_device_is_one_line_after_it_has_calmed(
    hand: Hand, caplog: pytest.LogCaptureFixture
) -> None:
    log = ChangeLog("scanner", hand)
    for _ in range(500):
        log.changed(LOST)
        hand.at += 1
        log.changed("")
        log.settle()
    lines = said(caplog)
    assert lines[:CHANGES] == [f"scanner: {LOST}", "scanner: ok"] * (CHANGES // 2)
    assert len(lines) == CHANGES + 1
    hand.at += CALM_S
    log.settle()
    log.settle()
    assert said(caplog) == [f"scanner: ok after {1000 - CHANGES} changes"]
    log.changed(LOST)
    assert said(caplog) == [f"scanner: {LOST}"]


@given(st.lists(st.floats(0, 3 * CALM_S), max_size=200))
def test_nothing_is_lost_and_the_lines_are_bounded(pauses: list[float]) -> None:
    """Every change is a line or is counted in one; never more than a few lines a minute."""
    hand, heard, source = Hand(), _Heard(), logging.getLogger("devices.session")
    before = source.level
    source.setLevel(logging.INFO)
    source.addHandler(heard)
    try:
        log = ChangeLog("scanner", hand)
        for number, pause in enumerate(pauses):
            log.changed("" if number % 2 else LOST)
            hand.at += pause
        hand.at += CALM_S
        log.settle()
    finally:
        source.removeHandler(heard)
        source.setLevel(before)
    said = [record.args for record in heard.records if isinstance(record.args, tuple)]
    plain = sum(len(args) == 2 for args in said)
    counted = sum(int(str(args[2])) for args in said if len(args) == 3)
    assert plain + counted == len(pauses)
    minutes = sum(pauses) / CALM_S + 1
    assert len(heard.records) <= (CHANGES + 2) * (minutes + 1)


class _Heard(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)
