"""The window part of `make bench-catalog`: key press → painted list, in the real counter page.

The page, its shell, its executors and the store are the program's own; devices and gateway are the tests'.
"during a sync": a thread of the same program unpacks, hashes, writes and flushes the whole catalog, again
and again, as the sync does.
"""

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import statistics
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from PySide6.QtCore import QEvent, QObject
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.catalog.file import CatalogFile
from app.domain.catalog import Channel
from app.packed import pack, unpack
from tests.ui.fakes import Bench, bench, settle
from ui.pages.counter.page import IntakePage
from ui.profile import PROFILES
from ui.shells.counter import CounterShell
from ui.theme import load_fonts

_PATIENCE_S = 20.0


class _Painted(QObject):
    """Counts how often the list was painted."""

    def __init__(self) -> None:
        super().__init__()
        self.times = 0

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint:
            self.times += 1
        return False


def measure(catalog: Path, folder: Path, typed: Sequence[str]) -> None:
    app = QApplication.instance() or QApplication(sys.argv[:1])
    app.setStyle("Fusion")  # type: ignore[union-attr]
    load_fonts()
    packed = folder / "catalog.zst"
    pack(catalog, packed)
    with bench(folder / "hall") as hall:
        hall.catalog.file.close()
        hall.catalog.file = CatalogFile(catalog)
        with _shell(hall) as shell:
            page = shell.intake
            page.begin("x")
            _keys(page, typed[:4])
            print("\n| key press → painted list | p50 ms | p99 ms | worst |\n|---|---|---|---|")
            _report("nothing else going on", _keys(page, typed))
            with _syncing(packed, folder, catalog.stat().st_size):
                _report("during a full sync", _keys(page, typed))


@contextmanager
def _shell(hall: Bench) -> Iterator[CounterShell]:
    shell = CounterShell(hall.desk(), PROFILES[Channel.COUNTER], hall.files)
    shell.resize(1366, 768)
    shell.show()
    shell.activateWindow()
    settle(hall)
    try:
        yield shell
    finally:
        shell.stop()
        settle(hall)
        shell.close()


def _keys(page: IntakePage, typed: Sequence[str]) -> list[float]:
    """Types each text key by key; ms from each key until its list is painted."""
    row = page.sheet.item
    took: list[float] = []
    row.search()
    field = row.field
    painted = _Painted()
    row.hits().list.viewport().installEventFilter(painted)
    row.hits()._empty.installEventFilter(painted)
    for text in typed:
        field.clear()
        _until(lambda: row.settled)
        for key in text:
            before, begun = painted.times, time.perf_counter()
            QTest.keyClick(field, key) if key.isascii() else field.insert(key)
            _until(lambda before=before: row.settled and painted.times > before)
            took.append((time.perf_counter() - begun) * 1e3)
            _rest(0.03)
    return took


def _until(done: Callable[[], bool]) -> None:
    end = time.perf_counter() + _PATIENCE_S
    while not done():
        QApplication.processEvents()
        if time.perf_counter() > end:
            raise TimeoutError


def _rest(seconds: float) -> None:
    """As between two keys of a quick hand."""
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        QApplication.processEvents()
        time.sleep(0.001)


@contextmanager
def _syncing(packed: Path, folder: Path, length: int) -> Iterator[None]:
    over = threading.Event()
    rounds: list[int] = []

    def sync() -> None:
        while not over.is_set():
            unpack(packed, folder / "new.sqlite", length)
            rounds.append(1)

    thread = threading.Thread(target=sync)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
        print(f"(the whole catalog came {len(rounds)} times meanwhile)")


def _report(name: str, took: Sequence[float]) -> None:
    ordered = sorted(took)
    at = min(len(ordered) - 1, round(len(ordered) * 0.99))
    middle = statistics.median(took)
    print(f"| {name} ({len(took)} keys) | {middle:.1f} | **{ordered[at]:.1f}** | {ordered[-1]:.1f} |")
