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
    page_staff_sign_in  field_number, field_pin, key_…, enter
    page_staff        probe, open_sheet, home, exit_program
    page_staff_sheet  sheet_again, sheet_print, row_<area>
    every page        foot_back, foot_leave, foot_help, foot_size, foot_language, staff_corner, title, notice
    over a page       still_here: stay, drop
"""

import logging
import time
from collections.abc import Callable
from concurrent.futures import Executor
from typing import TypeVar

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QGuiApplication

from app.domain.device import CardRead, DeviceEvent, Scanned
from app.errors import AppError
from app.texts import Texts, load
from ui.desk import Desk
from ui.pages.kiosk import frame, records
from ui.pages.kiosk.board import Board
from ui.pages.kiosk.book import PAGES
from ui.pages.kiosk.idle import IdleWatch
from ui.pages.kiosk.page import Page
from ui.pages.kiosk.presence import Presence
from ui.pages.kiosk.rounds import Rounds
from ui.pages.kiosk.session import Farewell, Notice, Place, Session
from ui.pages.kiosk.window import KioskWindow
from ui.profile import Profile
from ui.wedge import WedgeWatch

logger = logging.getLogger(__name__)

TICK_MS = 500
T = TypeVar("T")


class KioskShell(KioskWindow):
    """A `Guide` for the pages it shows.  `monotonic` is the clock of the idle watch, in seconds."""

    def __init__(
        self, desk: Desk, profile: Profile, *, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self.desk, self.profile, self.monotonic = desk, profile, monotonic
        self.board = Board()
        self.session = self._fresh()
        self.farewell = Farewell(card=False, paper=False, stored=False)
        self.texts: Texts = load(self.session.locale)
        self._by_person = True
        self._stale = False
        super().__init__(profile, self.texts["kiosk.brand"])
        self.presence = Presence(self, monotonic)
        self.rounds = Rounds(self, self)
        self.wedge = WedgeWatch(self)
        self.wedge.scanned.connect(lambda text: self._device(Scanned(text)))
        self.touched.connect(self.presence.touched)
        self.fitted.connect(self._refit)
        self._refit()
        desk.office.devices.listen(desk.tasks.relay(self._device, self))
        self._timer = QTimer(self, interval=TICK_MS)
        self._timer.timeout.connect(self.tick)
        self._timer.start()
        self.rounds.start()

    def stop(self) -> None:
        """End for good: no more timers, no card is looked for, the window closes."""
        self._timer.stop()
        self.rounds.stop()
        self.wedge.stop()
        self._attend(Page)
        self.let_close()
        self.close()

    @property
    def idle(self) -> IdleWatch:
        return self.presence.watch

    # -- from page to page -----------------------------------------------------------------------

    def go(self, name: str, index: int = 0) -> None:
        if PAGES[self.session.place.name].keeps_trail and self.session.place != Place(name, index):
            self.session.trail.append(self.session.place)
        self.swap(name, index)

    def swap(self, name: str, index: int = 0) -> None:
        place, session = Place(name, index), self.session
        changed = place.name != session.place.name
        if place != session.place:
            session.notice = None
        session.place = place
        if changed:
            self._attend(PAGES[name])
            PAGES[name].entered(self)
        self.redraw()

    def _attend(self, page: type[Page]) -> None:
        """Have the devices look for what the page waits for, and for nothing else."""
        devices = self.desk.office.devices
        devices.watch_cards(page.watches_cards)
        devices.trigger_scan(page.scans)

    def back(self) -> None:
        if self.session.trail:
            place = self.session.trail.pop()
            self.swap(place.name, place.index)
        else:
            self.leave()

    def redraw(self) -> None:
        self._stale = False
        if self._by_person:
            self.presence.touched()
        elif self.page is not None and self.page.name == self.session.place.name and finger_down():
            self._stale = True  # a button under a finger is not taken away: later, by the tick
            return
        self.put(PAGES[self.session.place.name](self), self.session.place)
        self.presence.raise_question()

    def _refit(self) -> None:
        """The window has another size, or the session another look."""
        self.texts = load(self.session.locale)
        self.presence.drop_question()
        self.dress(elder=self.session.elder)
        self.redraw()

    # -- begin and end of a session --------------------------------------------------------------

    def _fresh(self) -> Session:
        return Session(locale=self.profile.locales[0])

    def home(self) -> None:
        """The first page, as the next person should find it."""
        self._wipe("home")
        self.session = self._fresh()
        self._attend(Page)
        if self.board.ready and self.board.closed(self.desk) is not None:
            self.session.place = Place("closed")
        self._refit()
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
        self.desk.office.devices.drop_prints()  # what has not come out is not for the next person
        self.presence.drop_question()
        self.session = Session(locale=old.locale, elder=old.elder)
        clipboard = QGuiApplication.clipboard()
        if clipboard is not None:
            clipboard.clear()
        if old.place.name in ("attract", "leaving", "closed"):
            return
        logger.info("session wiped (%s)", how)
        office, draft_id = self.desk.office, old.intake.draft_id
        old.forget()
        self._store(lambda: records.forget(office, draft_id, how))

    # -- what happens ----------------------------------------------------------------------------

    def tick(self) -> None:
        """Twice a second: who is there, what time it is, what the page waits for."""
        self._without_person(self._tick)

    def _tick(self) -> None:
        self.presence.tick()
        if self._stale:
            self.redraw()
        if self.page is not None:
            frame.show_time(self.page, self)
            self.page.tick()

    def _device(self, event: DeviceEvent) -> None:
        self.wedge.hear(event)
        if isinstance(event, (CardRead, Scanned)):
            self.presence.touched()
        page = self.page
        if page is not None:
            self._without_person(lambda: page.device(event))

    def _without_person(self, act: Callable[[], None]) -> None:
        """Do what no touch has asked for: it is no sign of life."""
        before, self._by_person = self._by_person, False
        try:
            act()
        finally:
            self._by_person = before

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
        session, refused = self.session, failed or self._say_error
        if hold:
            self.idle.hold()

        def arrived(tell: Callable[[], None]) -> None:
            if hold:
                self.idle.release()
            if session is self.session:
                self._without_person(tell)

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
        """Larger type: a list starts again at its first sheet, since fewer entries fit."""
        session = self.session
        session.elder, session.sheet = on, 0
        if PAGES[session.place.name].is_list:
            session.place = Place(session.place.name)
        self._refit()

    def set_locale(self, locale: str) -> None:
        self.session.locale = locale
        self._refit()
        self.back()

    def exit_program(self) -> None:
        if self.profile.may_exit:
            self.stop()


def finger_down() -> bool:
    return QGuiApplication.mouseButtons() != Qt.MouseButton.NoButton
