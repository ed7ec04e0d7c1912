"""Who destroys widgets that nobody holds any more."""

import gc
import threading
from concurrent.futures import ThreadPoolExecutor

from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from tests.patience import PATIENCE_MS
from ui.garbage import collected_here

RINGS = 2000  # Python would have collected a few of them at once


class Ring(QObject):
    """Holds itself, so that only the collector can end it."""

    ended_on: "list[threading.Thread]" = []

    def __init__(self) -> None:
        super().__init__()
        self.me = self

    def __del__(self) -> None:
        Ring.ended_on.append(threading.current_thread())


def test_rings_end_on_the_windows_thread_whoever_allocates(qtbot: QtBot) -> None:
    Ring.ended_on.clear()
    with collected_here(), ThreadPoolExecutor(1) as pool:
        for _ in range(RINGS):
            Ring()
        pool.submit(lambda: [[[]] for _ in range(100_000)]).result()
        assert Ring.ended_on == [], "not by a thread that allocates"
        qtbot.waitUntil(lambda: len(Ring.ended_on) == RINGS, timeout=PATIENCE_MS)
    assert set(Ring.ended_on) == {threading.main_thread()}


def test_python_collects_again_when_the_window_is_gone(qtbot: QtBot) -> None:
    with collected_here():
        assert not gc.isenabled()
    assert gc.isenabled()
