"""The kiosk ("莞家政务" 自助终端): one full-screen window, one session at a time, touch only.

The shell owns the session, the way from page to page, the idle watch and the wipe; pages
(`ui.pages.kiosk`) are drawn from the session and hold nothing.  The page is laid out for
1080 x 1920 (landscape: its own layout) and fitted into whatever the window is.

Names a test or the tour can go by (`shell.findChild(QWidget, name)`; the page shown is
`page_<name>`, also `shell.session.place.name`):

    page_attract      start (live once the machine has looked at itself)
    page_trouble      go_on, not_now            page_closed
    page_themes       theme_<theme>, search, more_themes
    page_items        item_<code>, page_prev, page_next
    page_search       key_A … key_Z, key_erase, key_empty, item_<code>
    page_consent      agree, disagree
    page_card         no press: a CardRead of the devices goes on; hand, no_card
    page_no_card      try_again
    page_hand_number  key_0 … key_9, key_X, next
    page_hand_name    key_A …, choice_<character>, next
    page_check        yes, no
    page_question     option_<option id>, next, page_prev, page_next (one page a question)
    page_materials    material_<id>, all_taken, next
    page_phone        key_0 … key_9, key_erase, key_empty, without_phone, next
    page_delivery     delivery_pickup, delivery_mail, next
    page_summary      submit
    page_sending      (dead submit)             page_failed   again
    page_receipt      paper_printing | paper_confirmed | paper_failed | paper_unknown | paper_paperless,
                      came_out, not_out, print_again, receipt_qr, finish
    page_leaving      home
    page_language     locale_<locale>
    page_staff_sign_in  field_number, field_pin, key_…, enter     page_staff  probe, home, exit_program
    every page        foot_back, foot_leave, foot_help, foot_size, foot_language, staff_corner, title, notice
    over a page       still_here: stay, drop
"""

import logging
import time
from collections.abc import Callable
from concurrent.futures import Executor
from typing import TypeVar

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import (
    QCloseEvent,
    QColor,
    QGuiApplication,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QFrame, QWidget

from app.domain.device import CardRead, DeviceEvent, Scanned
from app.errors import AppError
from app.texts import Texts, load
from ui.desk import Desk
from ui.pages.kiosk import frame, records
from ui.pages.kiosk.board import Board
from ui.pages.kiosk.book import PAGES
from ui.pages.kiosk.idle import IdleWatch
from ui.pages.kiosk.kit import KioskKit
from ui.pages.kiosk.page import Page
from ui.pages.kiosk.rounds import Rounds
from ui.pages.kiosk.session import Farewell, Notice, Place, Session
from ui.pages.kiosk.still_here import StillHere
from ui.profile import Profile

logger = logging.getLogger(__name__)

TICK_MS = 500
LEAST = (270, 480)
T = TypeVar("T")


class KioskShell(QWidget):
    """A `Guide` for the pages it shows.  `monotonic` is the clock of the idle watch, in seconds."""

    def __init__(
        self, desk: Desk, profile: Profile, *, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        super().__init__()
        self.desk, self.profile, self.monotonic = desk, profile, monotonic
        self.board = Board()
        self.session = self._fresh()
        self.farewell = Farewell(False, False, False)
        self.texts: Texts = load(self.session.locale)
        self.setObjectName("kiosk")
        self.setWindowTitle(self.texts["kiosk.brand"])
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        if profile.full_screen:
            self.setWindowFlag(Qt.WindowType.FramelessWindowHint)
        self.setMinimumSize(*LEAST)
        self._ending = False
        self._by_person = True
        self._pressed_at: Page | None = None
        self._asking: StillHere | None = None
        self._stage = QFrame(self)
        self._stage.setObjectName("window")
        self._page: Page | None = None
        self.kit = KioskKit(profile.scale, profile.least_size, elder=False)
        self.idle = IdleWatch(
            monotonic, self._idle_limit, profile.countdown_seconds, ask=self._ask, over=self._nobody_there
        )
        self.rounds = Rounds(self, self)
        self._timer = QTimer(self, interval=TICK_MS)
        self._timer.timeout.connect(self.tick)
        self.resize(*profile.least_size)
        self._fit()
        desk.office.devices.listen(desk.tasks.relay(self._device, self))
        self._timer.start()
        self.rounds.start()

    def stop(self) -> None:
        """End for good: no more timers, no card is looked for, the window closes."""
        self._ending = True
        self._timer.stop()
        self.rounds.stop()
        self.desk.office.devices.watch_cards(False)
        self.close()

    # -- from page to page -----------------------------------------------------------------------

    def go(self, name: str, index: int = 0) -> None:
        if PAGES[self.session.place.name].keeps_trail:
            self.session.trail.append(self.session.place)
        self.swap(name, index)

    def swap(self, name: str, index: int = 0) -> None:
        place, session = Place(name, index), self.session
        changed = place.name != session.place.name
        if place != session.place:
            session.notice = None
        session.place = place
        if changed:
            self.desk.office.devices.watch_cards(PAGES[name].watches_cards)
            PAGES[name].entered(self)
        self.redraw()

    def back(self) -> None:
        if self.session.trail:
            place = self.session.trail.pop()
            self.swap(place.name, place.index)
        else:
            self.leave()

    def redraw(self) -> None:
        if self._by_person:
            self.idle.touched()
        self._put(PAGES[self.session.place.name](self))

    def _put(self, page: Page) -> None:
        """Show a page; the old one goes with everything it said."""
        old, self._page = self._page, page
        if page.layout() is None:
            frame.assemble(page)
        page.setParent(self._stage)
        page.setGeometry(self._stage.rect())
        page.show()
        if old is not None:
            old.hide()
            old.setParent(None)
            old.deleteLater()
        if self._asking is not None:
            self._asking.raise_()

    @property
    def page(self) -> Page | None:
        return self._page

    # -- begin and end of a session --------------------------------------------------------------

    def _fresh(self) -> Session:
        return Session(locale=self.profile.locales[0])

    def home(self) -> None:
        """The first page, as the next person should find it."""
        self._wipe("home")
        self.session = self._fresh()
        self._dress()
        self.session.place = Place("attract")
        self.desk.office.devices.watch_cards(False)
        if self.board.ready and self.board.closed(self.desk) is not None:
            self.session.place = Place("closed")
        self.redraw()
        self.rounds.look()

    def leave(self) -> None:
        session = self.session
        paper = session.job is not None or session.printing
        self.farewell = Farewell(session.card_read, paper, session.received is not None)
        self._wipe("left")
        if self.farewell.card or self.farewell.stored:
            self.swap("leaving")
        else:
            self.home()

    def _wipe(self, how: str) -> None:
        """Forget the person: memory, draft, clipboard, the pages that showed it.  The log proves it."""
        old = self.session
        self._drop_question()
        self.session = Session(locale=old.locale, elder=old.elder)
        clipboard = QGuiApplication.clipboard()
        if clipboard is not None:
            clipboard.clear()
        if old.place.name in ("attract", "leaving", "closed") and old.intake.empty:
            return
        logger.info("session wiped (%s)", how)
        office, draft_id = self.desk.office, old.intake.draft_id
        self._store(lambda: records.forget(office, draft_id, how))

    def _nobody_there(self) -> None:
        logger.info("nobody there for %d s", self._idle_limit())
        self.leave()

    # -- idle ------------------------------------------------------------------------------------

    def _idle_limit(self) -> int:
        if not PAGES[self.session.place.name].idles and not self.session.altered(self.profile.locales[0]):
            return 0
        if self.session.place.name == "leaving":
            return 0
        return self.profile.elder_idle_seconds if self.session.elder else self.profile.idle_seconds

    def _ask(self, left: int) -> None:
        if not PAGES[self.session.place.name].idles:
            self.home()  # nobody to ask: only the looks of the first page were changed
        elif self._asking is None:
            self._asking = StillHere(self, self._stage, self._stay, self.leave)
        else:
            self._asking.count(left)

    def _stay(self) -> None:
        self._drop_question()
        self.idle.touched()

    def _drop_question(self) -> None:
        if self._asking is not None:
            self._asking.hide()
            self._asking.setParent(None)
            self._asking.deleteLater()
            self._asking = None

    def tick(self) -> None:
        """Twice a second: who is there, what time it is, what the page waits for."""
        self._by_person = False
        self.idle.tick()
        if self._asking is not None and not self.idle.asking:
            self._drop_question()
        if self._page is not None:
            frame.show_time(self._page, self)
            self._page.tick()
        self._by_person = True

    # -- what pages may ask ----------------------------------------------------------------------

    def work(
        self,
        executor: Executor,
        job: Callable[[], T],
        done: Callable[[T], None],
        failed: Callable[[AppError], None] | None = None,
        *,
        hold: bool = True,
    ) -> None:
        session = self.session
        if hold:
            self.idle.hold()

        def arrived(tell: Callable[[], None]) -> None:
            if hold:
                self.idle.release()
            if session is self.session:
                self._by_person = False
                try:
                    tell()
                finally:
                    self._by_person = True

        refused = failed or self._say_error
        self.desk.tasks.run(
            executor,
            job,
            owner=self,
            done=lambda result: arrived(lambda: done(result)),
            failed=lambda error: arrived(lambda: refused(error)),
        )

    def _say_error(self, error: AppError) -> None:
        self.session.notice = Notice("stop", self.texts["kiosk.error"], self.texts.error(error))
        self.redraw()

    def note(self, action: str) -> None:
        office = self.desk.office
        self._store(lambda: records.note(office, action))

    def _store(self, job: Callable[[], None]) -> None:
        """Write something down that no page waits for."""
        self.desk.tasks.run(
            self.desk.store_executor,
            job,
            owner=self,
            done=lambda _: None,
            failed=lambda error: logger.error("not written down: %s", error.code),
        )

    def call_help(self) -> None:
        self.session.help_at = f"{self.desk.office.clock.now():%H:%M}"
        self.note("help.called")
        self.redraw()

    def set_elder(self, on: bool) -> None:
        self.session.elder = on
        self.session.place = Place(
            self.session.place.name, 0 if _is_list(self.session.place) else self.session.place.index
        )
        self._dress()
        self.redraw()

    def set_locale(self, locale: str) -> None:
        self.session.locale = locale
        self._dress()
        self.back()

    def exit_program(self) -> None:
        if self.profile.may_exit:
            self.stop()

    # -- the window ------------------------------------------------------------------------------

    def _dress(self) -> None:
        """Kit, texts and style for the session as it is now."""
        self.texts = load(self.session.locale)
        self.kit = KioskKit(self.profile.scale, (self.width(), self.height()), elder=self.session.elder)
        self._stage.setStyleSheet(self.kit.sheet())
        width, height = self.kit.size()
        self._stage.setGeometry((self.width() - width) // 2, (self.height() - height) // 2, width, height)

    def _fit(self) -> None:
        self._drop_question()
        self._dress()
        self._by_person = False
        self.redraw()
        self._by_person = True

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._page is not None and event.size() != event.oldSize():
            self._fit()

    def paintEvent(self, _event: QPaintEvent) -> None:
        p = QPainter(self)
        p.fillRect(self.rect(), QColor(self.kit.pal.surface))
        p.end()

    def closeEvent(self, event: QCloseEvent) -> None:
        """A kiosk is not closed by a key or a gesture."""
        if self._ending or self.profile.may_exit:
            event.accept()
        else:
            event.ignore()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.idle.touched()
        event.accept()

    def showEvent(self, event: QEvent) -> None:
        handle = self.windowHandle()
        if handle is not None:
            handle.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Touches of the whole window; the second half of a double touch never lands on the next page."""
        kind = event.type()
        if kind in (QEvent.Type.MouseButtonPress, QEvent.Type.TouchBegin, QEvent.Type.KeyPress):
            self._pressed_at = self._page
            if self._asking is None:
                self.idle.touched()
        elif kind is QEvent.Type.MouseButtonDblClick and self._pressed_at is not self._page:
            return True
        return False

    # -- devices ---------------------------------------------------------------------------------

    def _device(self, event: DeviceEvent) -> None:
        if isinstance(event, (CardRead, Scanned)) and self._asking is None:
            self.idle.touched()
        if self._page is not None:
            self._by_person = False
            try:
                self._page.device(event)
            finally:
                self._by_person = True


def _is_list(place: Place) -> bool:
    return place.name in ("themes", "items", "search", "materials")
