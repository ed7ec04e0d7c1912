"""What the kiosk does by itself: as often as the site says, and not beyond its window."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from threading import Event

import pytest
from pytestqt.qtbot import QtBot

from app.errors import OfflineError, StoppedByPersonError
from app.ports import SyncReport
from tests.patience import PATIENCE_S
from tests.ui.kiosk_drive import visitor
from ui.catalog_round import HOUR_MS, JITTER
from ui.pages.kiosk.rounds import RETRY_MS

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


class Once:
    """Each run ends as the test says: an error is raised, None is well."""

    def __init__(self, *ends: Exception | None) -> None:
        self._ends = list(ends)

    def run(self, progress: Callable[[int, int], None] | None = None) -> SyncReport:
        end = self._ends.pop(0)
        if end is not None:
            raise end
        return SyncReport("v2026.11.20", 75, changed=False)


@pytest.mark.parametrize("hours", [0, 4])
def test_rounds_come_as_often_as_the_site_says_and_sooner_after_a_failure(
    hours: int, tmp_path: Path, qtbot: QtBot
) -> None:
    with visitor(tmp_path, qtbot) as person:
        shell, rounds = person.shell, person.shell.rounds
        sync = Once(OfflineError(), None)
        office = replace(shell.desk.office, catalog_sync=sync, sync_hours=hours)
        shell.desk = replace(shell.desk, office=office)
        timer = rounds._sync_timer
        for least, most in (
            (RETRY_MS, RETRY_MS),
            (HOUR_MS * hours * (1 - JITTER), HOUR_MS * hours * (1 + JITTER)),
        ):
            rounds.sync()
            person.wait(lambda: not rounds._syncing)
            assert timer.isActive() == (hours > 0)
            assert not hours or least <= timer.interval() <= most
