"""The window part of `make bench-catalog`: key press → painted list, in the real counter page.

The page, its shell, its executors and the store are the program's own; devices and gateway are the tests'.
"during a sync": the window's own fetching (app.commands.fetching) brings the whole catalog from a static
server, again and again.  "timer late": how late a timer of 5 ms comes in that window, and beside it in a
bare Qt program in the same moment, which is the machine's floor: only what goes beyond it is ours.
"""

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import shutil
import statistics
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from PySide6.QtCore import QEvent, QEventLoop, QObject, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.catalog.file import CatalogFile
from app.commands.fetching import CatalogFetch
from app.commands.window import LET_IN_S
from app.domain.catalog import Channel
from app.gateway.publishing import STATIONS, stations_document
from app.gateway.repository import Repository
from app.gateway.vault import Vault
from benchmarks.catalog_sync import _http, _publish
from benchmarks.late import Beat, BesideUs, figures
from tests.ui.fakes import Bench, bench, settle
from ui.garbage import collected_here
from ui.pages.counter.item_row import ItemRow
from ui.pages.counter.page import IntakePage
from ui.profile import PROFILES
from ui.shells.counter import CounterShell
from ui.theme import load_fonts

LOOK_S = 10.0


class _Painted(QObject):
    """Ends the wait once the list that answers the last key is painted and on the screen."""

    def __init__(self, row: ItemRow) -> None:
        super().__init__()
        self._row, self._loop = row, QEventLoop()

    def wait(self) -> None:
        """In the event loop as the program does, so that the interpreter is free meanwhile."""
        self._loop.exec()

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint and self._row.settled and self._loop.isRunning():
            QTimer.singleShot(0, self._loop.quit)  # after this paint event and its neighbours
        return False


def measure(catalog: Path, folder: Path, typed: Sequence[str]) -> None:
    app = QApplication.instance() or QApplication(sys.argv[:1])
    app.setStyle("Fusion")  # type: ignore[union-attr]
    load_fonts()
    sys.setswitchinterval(LET_IN_S)  # as the window does
    root = _published(catalog, folder)
    with bench(folder / "hall") as hall, BesideUs() as floor, _http(folder) as url:
        hall.catalog.file.close()
        hall.catalog.file = CatalogFile(catalog)
        with _shell(hall) as shell:
            page = shell.intake
            page.begin("x")
            _keys(page, typed[:4])
            print("\n| key press → painted list | p50 ms | p99 ms | worst |\n|---|---|---|---|")
            _report("nothing else going on", _keys(page, typed))
            with _syncing(url, root, folder):
                _report("during a full sync", _keys(page, typed))
            print("\n| timer late | p50 ms | p90 | p99 | worst |\n|---|---|---|---|---|")
            _lateness("nothing else going on", floor)
            with _syncing(url, root, folder):
                _lateness("during a full sync", floor)


def _published(catalog: Path, folder: Path) -> bytes:
    """The catalog in a repository's plain files under `folder`; its first root.json."""
    repository = Repository(folder / "repository", Vault(folder / "keys"))
    repository.publish({STATIONS: stations_document(())})
    _publish(repository, catalog, "bench", 1)
    return repository.first_root


@contextmanager
def _shell(hall: Bench) -> Iterator[CounterShell]:
    shell = CounterShell(hall.desk(), PROFILES[Channel.COUNTER], hall.files)
    shell.resize(1366, 768)
    shell.show()
    shell.activateWindow()
    settle(hall)
    try:
        with collected_here():
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
    field, painted = row.field, _Painted(row)
    row.hits().list.viewport().installEventFilter(painted)
    row.hits()._empty.installEventFilter(painted)
    for text in typed:
        field.clear()
        _rest(0.05)
        for key in text:
            begun = time.perf_counter()
            QTest.keyClick(field, key) if key.isascii() else field.insert(key)
            painted.wait()
            took.append((time.perf_counter() - begun) * 1e3)
            _rest(0.03)
    return took


def _rest(seconds: float) -> None:
    """As between two keys of a quick hand."""
    loop = QEventLoop()
    QTimer.singleShot(round(seconds * 1000), loop.quit)
    loop.exec()


def _lateness(name: str, floor: BesideUs) -> None:
    floor.since()
    with Beat() as beat:
        _rest(LOOK_S)
    print(f"| {name}: the window | {figures(beat.late)} |")
    print(f"| {name}: a bare program beside it | {figures(floor.since())} |", flush=True)


@contextmanager
def _syncing(url: str, root: bytes, folder: Path) -> Iterator[None]:
    over = threading.Event()
    rounds: list[int] = []
    data = folder / "synced"

    def sync() -> None:
        while not over.is_set():
            shutil.rmtree(data, ignore_errors=True)
            data.mkdir()
            CatalogFetch(url, data, root).run()
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
