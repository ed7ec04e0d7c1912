"""A printer that hangs holds up nothing but its own paper (ADR 0004)."""

from collections.abc import Iterator
from pathlib import Path
from threading import Event

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.patience import PATIENCE_S
from tests.ui.clerk import Clerk
from tests.ui.fakes import bench
from ui.pages.counter.receiving import Stage


@pytest.fixture
def clerk(tmp_path: Path, qtbot: QtBot) -> Iterator[Clerk]:
    with bench(tmp_path) as hall, Clerk.at_counter(hall, qtbot) as clerk:
        yield clerk


def test_the_store_answers_while_the_printer_hangs(clerk: Clerk) -> None:
    clerk.fill()
    gate = clerk.hall.devices.gate = Event()
    clerk.press(Qt.Key.Key_F9)
    try:
        clerk.wait(lambda: clerk.intake.receiving.stage is Stage.PRINTING)
        clerk.hall.executors[0].submit(clerk.hall.cases).result(timeout=PATIENCE_S)
    finally:
        gate.set()
    clerk.wait(lambda: clerk.intake.receiving.stage is Stage.SETTLED)
