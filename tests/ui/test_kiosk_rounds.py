"""What the kiosk does by itself ends with its window."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from threading import Event

from pytestqt.qtbot import QtBot

from app.errors import StoppedByPersonError
from app.ports import SyncReport
from tests.patience import PATIENCE_S
from tests.ui.kiosk_drive import visitor

BEAT_S = 0.01


class Endless:
    """`app.ports.CatalogSync` on a line that stands still: it tells how far it is, and never gets further."""

    def __init__(self) -> None:
        self.begun, self.stopped, self.given_up = Event(), Event(), Event()

    def run(self, progress: Callable[[int, int], None] | None = None) -> SyncReport:
        self.begun.set()
        while not self.given_up.wait(BEAT_S):
            try:
                if progress is not None:
                    progress(1, 2)
            except StoppedByPersonError:
                self.stopped.set()
                raise
        return SyncReport("v2026.11.20", 75, changed=False)


def test_a_fetch_under_way_ends_with_the_window(tmp_path: Path, qtbot: QtBot) -> None:
    fetch = Endless()
    with visitor(tmp_path, qtbot) as person:
        shell = person.shell
        shell.desk = replace(shell.desk, office=replace(shell.desk.office, catalog_sync=fetch))
        shell.rounds.sync()
        assert fetch.begun.wait(PATIENCE_S)
        try:
            shell.stop()
            assert fetch.stopped.wait(PATIENCE_S)
        finally:
            fetch.given_up.set()
