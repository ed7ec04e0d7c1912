"""The newest catalog every few hours, quietly: what it changed `ui.changes` tells, a failure its age."""

import logging
import random
from collections.abc import Callable
from threading import Event

from PySide6.QtCore import QObject, QTimer, Signal

from app.errors import AppError, StoppedByPersonError
from app.services.catalog_sync import SyncOutcome, sync
from ui.desk import Desk
from ui.status import FILES_S

HOUR_MS = 3_600_000
WAIT_MS = 60_000
JITTER = 0.2  # of the period, so that the terminals of a city do not all come at once
logger = logging.getLogger(__name__)


def period_ms(hours: float) -> int:
    """Until the next round, a little more or less."""
    return round(hours * HOUR_MS * (1 + random.uniform(-JITTER, JITTER)))


class CatalogRound(QObject):
    """`busy()`: a case is being received right now, or someone syncs already; then it waits a minute."""

    finished = Signal()

    def __init__(self, desk: Desk, busy: Callable[[], bool], parent: QObject) -> None:
        super().__init__(parent)
        self._desk, self._busy = desk, busy
        self._stopped = Event()
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self.due)

    def start(self) -> None:
        """The first round comes a period from now: the window's start has its own sync."""
        office = self._desk.office
        if office.catalog_sync is not None and office.sync_hours:
            self._timer.start(period_ms(office.sync_hours))

    def stop(self) -> None:
        """Ends a fetch that is under way too: the window does not stay for it."""
        self._stopped.set()
        self._timer.stop()

    def _unless_stopped(self, _done: int, _total: int) -> None:
        if self._stopped.is_set():
            raise StoppedByPersonError

    def due(self) -> None:
        if self._busy():
            self._timer.start(WAIT_MS)
            return
        office = self._desk.office
        self._desk.tasks.run(
            self._desk.sync_executor,
            lambda: sync(office, self._unless_stopped, FILES_S),
            owner=self,
            done=self._synced,
            failed=self._failed,
        )

    def _synced(self, outcome: SyncOutcome) -> None:
        logger.info("catalog %s, %s", outcome.catalog_version, "new" if outcome.changed else "as before")
        self._next()

    def _failed(self, error: AppError) -> None:
        logger.info("no sync: %s", error.code)
        self._next()

    def _next(self) -> None:
        self.finished.emit()
        if not self._stopped.is_set():
            self.start()
