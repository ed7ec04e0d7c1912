"""The window of a counter (综窗): rail, status strip, and one page at a time.

Names a tour or a test may rely on (all found by `findChild` on the shell):

    nav_intake nav_cases nav_verify nav_devices nav_catalog nav_handover · help_button help_close
    sign_in_id sign_in_pin sign_in_button unlock_button pad_0 … pad_9 pad_erase
    enrol_code enrol_button enrol_outcome enrol_reopen (instead of the sign-in, until the station is known)
    start_field start_button restore_button forget_button often_1 … often_5
    hand_kind hand_name hand_number hand_done · agent_button agent_kind agent_name agent_number agent_done
    applicant_name face_same face_differs read_again · organisation uscc
    item_search hits (QListView) tab_all tab_often tab_recent item_name change_item
    situation_<question id>_<option id> · phone delivery_pickup delivery_mail address
    materials (QTableView) materials_all materials_tally · checks jump_<n> finding_<n>
    reason receive enlarge large_preview large_slip large_a4 large_close
    outcome outcome_number outcome_print outcome_upload next print_again save_pdf came_out not_out
    cases case_search detail_number case_reprint case_pdf case_came_out case_not_out
    verify_text verify_check verify_pdf verdict verify_open · notice_scan scan_<act>
    news_sheet changes_seen changes_open_<n> · notice_item_changed news_look changes_sheet changes_continue
    case_changed case_changes · catalog_search catalog_hits guide_name guide_use catalog_tab_<name>
    bundle_<n> bundle_use bundle_panorama panorama way_free · notice_series series_stop
    device_<key> device_note device_act device_full tested stop_sync check_again · bundle bundle_outcome
    find_devices finding stop_finding find_outcome found_<n> station_lines copy_lines
    open_sheet verdict_note row_<area> try_<area> skip_<area> sheet_again sheet_save sheet_print sheet_back
    status_network status_outbox status_catalog status_id_reader status_receipt_printer status_scanner

Keys: F1 help, F9 decision, Ctrl+1 … 5 pages, Ctrl+J 交接; the rest: `ui.pages.counter.page.bind_keys`.
"""

from collections.abc import Mapping, Sequence
from typing import Protocol

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QCloseEvent, QGuiApplication, QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QFrame, QStackedLayout, QVBoxLayout, QWidget

from app.domain.catalog import Item
from app.domain.device import CardRead, DeviceEvent, DeviceTrouble, Scanned
from app.domain.operator import Operator
from app.domain.situation import Answers
from ui import fault_page
from ui.catalog_round import CatalogRound
from ui.changes.sheet import ChangesSheet
from ui.changes.watch import KEY as CHANGES
from ui.changes.watch import CatalogWatch
from ui.desk import Desk
from ui.files import FileChoices
from ui.idle import IdleWatch
from ui.pages.cases.page import CasesPage
from ui.pages.catalog.keeping import Keeping
from ui.pages.catalog.page import CatalogPage
from ui.pages.counter.page import IntakePage
from ui.pages.counter.receiving import Stage
from ui.pages.devices import DevicesPage
from ui.pages.enrol import EnrolPage
from ui.pages.help import HelpCard
from ui.pages.sign_in import Reason, SignInPage
from ui.pages.sync_control import TELL_EVERY_MS
from ui.pages.verify import VerifyPage
from ui.profile import Profile
from ui.shells.customer import CustomerScreen
from ui.shells.rail import Entry, Rail
from ui.shells.strip import StatusStrip
from ui.status import Relay, StatusBoard
from ui.tasks import timed
from ui.theme import style_sheet
from ui.wedge import WedgeWatch
from ui.widgets.kit import FocusRing, Kit, col, row

FRAME_PX = 32
PAGES = (
    Entry("intake", "pen"),
    Entry("cases", "paper"),
    Entry("verify", "search"),
    Entry("devices", "printer"),
    Entry("catalog", "box"),
)


class Page(Protocol):
    def entered(self) -> None: ...
    def left(self) -> None: ...


class CounterShell(QFrame):
    """Open it, `start()` comes by itself with the first show; `stop()` before the executors end."""

    def __init__(self, desk: Desk, profile: Profile, files: FileChoices | None = None) -> None:
        super().__init__()
        self._desk, self._profile = desk, profile
        self._texts = desk.office.texts
        self._operator: Operator | None = None
        self._stopped = False
        kit = Kit(profile.scale)
        self._kit = kit
        self.setObjectName("window")
        self.setStyleSheet(style_sheet(kit.s, kit.pal))
        self.setMinimumSize(*profile.least_size)
        self.setWindowTitle(f"{self._texts['app.name']} · {desk.office.station.site}")
        chosen = files or FileChoices(self._texts)
        self.board = StatusBoard(desk, self)
        self.relay = Relay(desk, self)
        self.watch = CatalogWatch(desk, self.board, self)
        self.wedge = WedgeWatch(self)
        self.sign_in = SignInPage(kit, desk, self.board)
        self.enrol = EnrolPage(kit, desk, self.board)
        self.intake = IntakePage(kit, desk, profile, self.board, chosen)
        self.cases = CasesPage(kit, desk, self.board, chosen)
        self.verify = VerifyPage(kit, desk, chosen)
        self.devices = DevicesPage(kit, desk, self.board, chosen)
        self.catalog = CatalogPage(kit, desk, profile, chosen)
        self.round = CatalogRound(desk, self._receiving, self)
        self.customer = CustomerScreen(desk, kit, self, self.intake)
        self.rail = Rail(kit, self._texts, PAGES)
        self.strip = StatusStrip(kit, desk, self.board, self._hidden_lines())
        self._pages: dict[str, QWidget] = {
            "intake": self.intake,
            "cases": self.cases,
            "verify": self.verify,
            "devices": self.devices,
            "catalog": self.catalog,
        }
        self._current = ""
        self._lay_out()
        self.help = HelpCard(kit, self._texts, self)
        self.keeping = Keeping(kit, desk, self.board, self.catalog, self)
        self.news = ChangesSheet(kit, self._texts, self, "news_sheet")
        self.ring = FocusRing(self, None, kit.pal)
        self._wire()
        self._keys()
        self.idle = IdleWatch(profile.lock_after_seconds, self)
        self.idle.expired.connect(self.lock)
        self._start()

    # -- building ------------------------------------------------------------------------------------

    def _receiving(self) -> bool:
        """Between a decision and the next person, and while someone fetches the catalog already."""
        return self.devices.sync.running or self.intake.receiving.stage is not Stage.IDLE

    def _hidden_lines(self) -> tuple[str, ...]:
        """Lines the strip leaves to another place."""
        return ()

    def _bars(self) -> tuple[QWidget, ...]:
        """What stands between the strip and the page."""
        return ()

    def _lay_out(self) -> None:
        self._stack = QStackedLayout()
        for page in self._pages.values():
            self._stack.addWidget(page)
        body = QVBoxLayout()
        body.setSpacing(0)
        body.setContentsMargins(0, 0, 0, 0)
        for bar in (self.strip, *self._bars()):
            body.addWidget(bar)
        body.addLayout(self._stack, 1)
        work = QWidget()
        work.setLayout(row(self.rail, body, gap=0))
        self._outer = QStackedLayout()
        self._outer.addWidget(self.sign_in)
        self._outer.addWidget(work)
        self._outer.addWidget(self.enrol)
        holder = QWidget()
        holder.setLayout(self._outer)
        self.setLayout(col(holder, gap=0))

    def _wire(self) -> None:
        self.rail.chosen.connect(self.go)
        self.rail.handover.connect(self.hand_over)
        self.strip.opened.connect(self._open_device)
        self.strip.help.connect(self.help.open)
        self.sign_in.signed_in.connect(self._signed_in)
        self.sign_in.cancelled.connect(self._back_to_work)
        self.enrol.reopen.connect(fault_page.restart)
        self.intake.stored.connect(self.relay.run)
        self.intake.stored.connect(self.board.look)
        self.intake.show_receipt.connect(self._show_receipt)
        self.intake.show_case.connect(self._open_case)
        self.verify.open_case.connect(self._open_case)
        self.watch.changed.connect(lambda: self.strip.show_news(self.watch.line))
        self.watch.replaced.connect(self.intake.catalog_changed)
        self.intake.news.told.connect(lambda draft_id: self.watch.see([draft_id]))
        self.intake.stored.connect(self.watch.load)
        self.news.seen.connect(lambda: self.watch.see([c.subject_id for c in self.watch.unseen]))
        self.news.opened.connect(self._open_case)
        self.news.resumed.connect(self._resume_draft)
        self.catalog.begin.connect(self._begin_with)
        self.catalog.begin_series.connect(self._begin_series)
        self.intake.one_thing.changed.connect(self.catalog.bundles.view.mark_done)
        self.keeping.told.connect(self.relay.run)
        self.wedge.scanned.connect(lambda text: self.device_event(Scanned(text)))
        self.intake.devices_wanted.connect(self._open_device)
        self.devices.send_now.connect(self.relay.run)
        self.devices.sync.finished.connect(self.board.look)
        self.devices.sync.told.connect(self.board.fetching)
        self.round.finished.connect(self.board.look)
        self.relay.relayed.connect(lambda _report: self.board.look())

    def _keys(self) -> None:
        self._key("F1", self._toggle_help)
        self._key("Ctrl+J", self.hand_over)
        for number, name in enumerate(self._pages, 1):
            self._key(f"Ctrl+{number}", lambda n=name: self.go(n))

    def _key(self, key: str, slot: object) -> None:
        shortcut = QShortcut(QKeySequence(key), self)
        shortcut.setContext(Qt.ShortcutContext.WindowShortcut)
        shortcut.activated.connect(slot)

    # -- life ----------------------------------------------------------------------------------------

    def _start(self) -> None:
        devices = self._desk.office.devices
        devices.listen(self._desk.tasks.relay(self.device_event, self))
        self.board.start()
        self._desk.fetch_news.listen(self._desk.tasks.paced(self.board.fetching, self, TELL_EVERY_MS))
        self.relay.start()
        self.round.start()
        if self._desk.operator is not None:
            self._signed_in(self._desk.operator)
        elif self._desk.office.sealer is None:
            self._outer.setCurrentWidget(self.enrol)
            self.enrol.begin()
        else:
            self._show_sign_in(Reason.START)

    def showEvent(self, event: QShowEvent) -> None:
        """On a small screen a window frame would take what the page needs: fill the screen instead."""
        super().showEvent(event)
        self.customer.find_display()
        wide, tall = self._profile.least_size
        room = self.screen().availableGeometry()
        real = QGuiApplication.platformName() not in ("offscreen", "minimal")
        if real and (room.height() < tall + FRAME_PX or room.width() < wide + FRAME_PX):
            QTimer.singleShot(0, self.showFullScreen)

    def stop(self) -> None:
        """Keep the draft and end every timer; called once, before the executors are shut down."""
        if self._stopped:
            return
        self._stopped = True
        self.idle.stop()
        self.board.stop()
        self.relay.stop()
        self.round.stop()
        self.devices.sync.stop()
        self.wedge.stop()
        self.customer.stop()
        self.intake.stop()
        self._desk.office.devices.watch_cards(False)
        self._desk.office.devices.trigger_scan(False)

    def closeEvent(self, event: QCloseEvent) -> None:
        self.stop()
        super().closeEvent(event)

    # -- who works here --------------------------------------------------------------------------------

    def _show_sign_in(self, reason: Reason) -> None:
        self.help.hide()
        self.customer.set_locked(True)
        if self._current:
            self._page(self._current).left()
        self._outer.setCurrentIndex(0)
        self.sign_in.show_reason(reason, self._operator)
        self._desk.office.devices.watch_cards(False)
        self.idle.stop()

    def _signed_in(self, operator: Operator) -> None:
        """The same person after a lock finds everything as it was; another one finds an empty page."""
        same = self._operator is not None and self._operator.operator_id == operator.operator_id
        self._operator = operator
        self.strip.show_operator(operator)
        self.watch.signed_in(operator)
        self.devices.signed_in(operator)
        self.keeping.signed_in(operator)
        self.catalog.signed_in(operator)
        if not same:
            self.intake.sign_in(operator)
        self._back_to_work()
        if not same:
            self.go("intake")

    def _back_to_work(self) -> None:
        if self._operator is None:
            return
        self._outer.setCurrentIndex(1)
        self.customer.set_locked(False)
        self._desk.office.devices.watch_cards(True)
        if not self._desk.demo:  # nobody knows the PIN of the demo's operator
            self.idle.start()
        if self._current:
            self._page(self._current).entered()

    def hand_over(self) -> None:
        """交接: another person signs in; not in the middle of storing or printing a case."""
        if self._operator is not None and not self.intake.busy:
            self._show_sign_in(Reason.HANDOVER)

    def lock(self) -> None:
        if self._operator is not None and not self.intake.busy:
            self._show_sign_in(Reason.LOCKED)

    # -- pages -----------------------------------------------------------------------------------------

    def _page(self, name: str) -> Page:
        page: Page = self._pages[name]  # type: ignore[assignment]
        return page

    @timed
    def go(self, name: str) -> None:
        """Show a page; the one that was shown keeps its state."""
        if self._outer.currentIndex() != 1:
            return
        self.help.hide()
        if self._current and self._current != name:
            self._page(self._current).left()
        self._current = name
        self.rail.select(name)
        self._stack.setCurrentWidget(self._pages[name])
        self._page(name).entered()

    def _bring(self, name: str) -> None:
        if self._current != name:
            self.go(name)

    def _begin_with(self, code: str) -> None:
        """An item taken over from the catalog page."""
        self.go("intake")
        self.intake.begin_with(code)

    def _begin_series(self, items: Sequence[Item], answers: Mapping[str, Answers]) -> None:
        """Items of a bundle, as cases one after another."""
        self.go("intake")
        self.intake.begin_series(items, answers)

    def _resume_draft(self, draft_id: str) -> None:
        self.go("intake")
        self.intake.resume_draft(draft_id)

    def _open_device(self, key: str) -> None:
        if key == CHANGES:
            self.news.show_news(self.watch.unseen)
            return
        self.go("devices")
        if key:
            self.devices.open(key)

    def _show_receipt(self, text: str) -> None:
        self.go("verify")
        self.verify.verify_text(text)

    def _open_case(self, number: str) -> None:
        self.go("cases")
        self.cases.show_number(number)

    def _toggle_help(self) -> None:
        self.help.hide() if self.help.isVisible() else self.help.open()

    # -- devices ---------------------------------------------------------------------------------------

    def device_event(self, event: DeviceEvent) -> None:
        """On the GUI thread.  Cards belong to the intake, wherever one is; codes to the page in sight."""
        self.board.device_event(event)
        self.wedge.hear(event)
        self.idle.touch()
        if self._outer.currentIndex() != 1:
            return
        if isinstance(event, Scanned) and self._current == "verify":
            self.verify.device_event(event)
            return
        if isinstance(event, Scanned) and self._current == "devices" and self.devices.scanned():
            return
        if isinstance(event, DeviceTrouble) and self._current != "intake":
            return
        if isinstance(event, CardRead) and not self.intake.arrivals.repeats(event):
            self._bring("intake")
        self.intake.device_event(event)
