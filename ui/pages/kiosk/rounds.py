"""What the kiosk does by itself: look at its own state, deliver the outbox, fetch the catalog.

Everything runs on its own executor; a page is drawn again only when what it says has changed.
"""

import logging
from threading import Event
from typing import Protocol

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QWidget

from app.domain.catalog import ItemHit
from app.errors import AppError, StoppedByPersonError
from app.services.catalog_sync import SyncOutcome, sync
from app.services.station_status import StationStatus, look
from ui.catalog_round import period_ms
from ui.desk import Desk
from ui.pages.kiosk.board import MOST_ITEMS, Board, for_persons
from ui.pages.kiosk.session import Session
from ui.profile import Profile
from ui.status import FILES_S, Relay

logger = logging.getLogger(__name__)

LOOK_MS = 15_000
RETRY_MS = 15 * 60_000  # nobody stands by to sync by hand


class Host(Protocol):
    """The shell, as far as the rounds know it."""

    desk: Desk
    profile: Profile
    board: Board
    session: Session

    def redraw(self) -> None: ...
    def home(self) -> None: ...


class Rounds:
    """`owner` lives as long as the window: results that come later are dropped."""

    def __init__(self, host: Host, owner: QWidget) -> None:
        self._host, self._owner = host, owner
        self._looking = self._listing = self._syncing = False
        self._stopped = Event()
        self._relay = Relay(host.desk, owner)
        self._look_timer = QTimer(owner, interval=LOOK_MS)
        self._look_timer.timeout.connect(self.look)
        self._sync_timer = QTimer(owner, singleShot=True)
        self._sync_timer.timeout.connect(self.sync)

    def start(self) -> None:
        self._relay.start()
        self._look_timer.start()
        self.look()
        self.sync()

    def stop(self) -> None:
        """Ends a fetch that is under way too: the window does not stay for it."""
        self._stopped.set()
        self._relay.stop()
        self._look_timer.stop()
        self._sync_timer.stop()

    # -- state of the machine --------------------------------------------------------------------

    def look(self) -> None:
        """Ask store, line and catalog; a look that is under way is not doubled."""
        desk = self._host.desk
        if not self._looking:
            self._looking = True
            desk.tasks.run(
                desk.relay_executor,
                lambda: look(desk.office),
                owner=self._owner,
                done=self._seen,
                failed=self._unseen,
            )
        if not self._host.board.hits:
            self._list()

    def _list(self) -> None:
        """Fetch the items anew: while there are none, and with every new catalog."""
        desk = self._host.desk
        if not self._listing:
            self._listing = True
            desk.tasks.run(
                desk.catalog_executor,
                self._items,
                owner=self._owner,
                done=self._listed,
                failed=self._unlisted,
            )

    def _items(self) -> tuple[ItemHit, ...]:
        found = self._host.desk.office.catalog.search("", MOST_ITEMS, self._host.profile.channel)
        return for_persons(tuple(found))

    def _seen(self, status: StationStatus) -> None:
        self._looking, board = False, self._host.board
        before, known = self._said(), board.status
        board.status, board.error = status, None
        if known is not None and known.catalog != status.catalog:
            self._list()
        self._say_changes(before)

    def _unseen(self, error: AppError) -> None:
        self._looking, before = False, self._said()
        logger.warning("the machine cannot look at itself: %s", error.code)
        self._host.board.error = error
        self._say_changes(before)

    def _listed(self, hits: tuple[ItemHit, ...]) -> None:
        self._listing, board = False, self._host.board
        before = self._said()
        board.hits, board.listed = hits, True
        self._say_changes(before)

    def _unlisted(self, error: AppError) -> None:
        logger.warning("no items: %s", error.code)
        self._listed(())

    def _said(self) -> tuple[object, ...]:
        board = self._host.board
        closed = board.closed(self._host.desk)
        return board.ready, len(board.hits), None if closed is None else closed.code

    def _say_changes(self, before: tuple[object, ...]) -> None:
        """Only a page that nobody uses is changed under the eyes of whoever looks at it."""
        name = self._host.session.place.name
        if self._said() == before or name not in ("attract", "closed"):
            return
        closed = self._host.board.ready and self._host.board.closed(self._host.desk) is not None
        if closed == (name == "closed"):
            self._host.redraw()
        else:
            self._host.home()

    # -- the catalog -----------------------------------------------------------------------------

    def sync(self) -> None:
        """Fetch the newest catalog.  Without it the last one goes on; the staff page tells its version."""
        desk = self._host.desk
        if self._syncing or desk.office.catalog_sync is None:
            return
        self._syncing = True
        desk.tasks.run(
            desk.sync_executor,
            lambda: sync(desk.office, self._unless_stopped, FILES_S),
            owner=self._owner,
            done=self._synced,
            failed=self._unsynced,
        )

    def _unless_stopped(self, _done: int, _total: int) -> None:
        if self._stopped.is_set():
            raise StoppedByPersonError

    def _next(self, wait_ms: int) -> None:
        """The next round comes by itself, unless the site wants none."""
        self._syncing = False
        if wait_ms and not self._stopped.is_set():
            self._sync_timer.start(wait_ms)

    def _synced(self, outcome: SyncOutcome) -> None:
        self._next(period_ms(self._host.desk.office.sync_hours))
        if outcome.changed:
            logger.info("catalog %s with %d items", outcome.catalog_version, outcome.items)
            self.look()

    def _unsynced(self, error: AppError) -> None:
        self._next(RETRY_MS if self._host.desk.office.sync_hours else 0)
        logger.info("no sync: %s", error.code)
