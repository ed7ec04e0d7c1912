"""The customer's screen: a second window on the second display, where there is one.

It shows the applicant what is being recorded, masked and nothing but their own; takes the
signature; thanks with the receipt's QR; and is empty as soon as the case ends or the clerk locks.
Displays come and go while the program runs.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtGui import QGuiApplication, QHideEvent, QMouseEvent, QScreen, QWindow
from PySide6.QtWidgets import QFrame, QStackedLayout, QVBoxLayout, QWidget

from app.services.office import Office
from ui import theme
from ui.desk import Desk
from ui.pages.counter.page import IntakePage
from ui.pages.counter.session import IntakeSession
from ui.pages.counter.signing import SigningState
from ui.pages.counter.steps import set_text
from ui.theme import style_sheet
from ui.widgets.kit import Kit, Painted, Part, box, clear, col, row
from ui.widgets.overlay import Overlay
from ui.widgets.qr import draw_modules
from ui.widgets.signature import SignatureCard
from ui.words import day, due_day

MOST_ROWS = 7
CLOCK_MS = 1_000
THANKS_MS = 60_000  # a QR is not left for the next person
QR_PX, QR_LEAST = 320, 200
SMALL_H = 700  # px: lower displays get smaller type
_WINDOW = (  # the keyboard stays at the counter
    Qt.WindowType.Window | Qt.WindowType.FramelessWindowHint | Qt.WindowType.WindowDoesNotAcceptFocus
)
Modules = Sequence[Sequence[bool]]


@dataclass(frozen=True, slots=True, repr=False)
class Shown:
    """What the applicant may see of the case: rows of caption and value, materials there and missing."""

    rows: tuple[tuple[str, str], ...]
    there: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


def shown(session: IntakeSession, office: Office) -> Shown | None:
    """None while there is no applicant."""
    intake, texts = session.intake, office.texts
    if intake.applicant is None:
        return None
    person = intake.applicant
    rows = [("applicant", f"{person.masked_name} {person.masked_number}".strip())]
    if intake.agent is not None:
        rows.append(("agent", intake.agent.masked_name))
    if intake.item is None:
        return Shown(tuple(rows))
    due = intake.deadlines(office.clock.now().date(), office.calendar)
    rows += [
        ("item", intake.item.name),
        ("starts", due_day(texts, due.starts)),
        ("answer", due_day(texts, due.answer_by)),
    ]
    there = tuple(m.name for m in intake.materials() if intake.complete(m))
    missing = tuple(m.name for m in intake.materials() if not intake.complete(m))
    return Shown(tuple(rows), there, missing)


class CustomerWindow(QFrame):
    """Four pages: idle, the case, the signature, thanks.  It decides nothing.  `height`: of its display."""

    def __init__(self, desk: Desk, height: int) -> None:
        super().__init__(None, _WINDOW)
        self.small = height < SMALL_H
        self._kit = kit = Kit(theme.CUSTOMER_SMALL if self.small else theme.CUSTOMER)
        self._office, self._texts = desk.office, desk.office.texts
        self.setObjectName("window")
        self.setStyleSheet(style_sheet(kit.s, kit.pal))
        self.setWindowTitle(self._texts["customer.window"])
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self.signature = SignatureCard(kit, self._texts)
        self._lines: QVBoxLayout = QVBoxLayout()
        self._thanks: QVBoxLayout = QVBoxLayout()
        self._pages = QStackedLayout(self)
        for page in (self._idle_page(), self._case_page(), self._sign_page(), self._thanks_page()):
            self._pages.addWidget(page)
        self._timer = QTimer(self, interval=CLOCK_MS)
        self._timer.timeout.connect(self._show_time)
        self._timer.start()
        self._show_time()

    def _idle_page(self) -> QWidget:
        kit = self._kit
        self._clock = kit.text("", "display", "primary", align="center", name="customer_clock")
        self._day = kit.text("", "h2", "muted", align="center")
        hall = kit.text(self._office.station.site, "h1", align="center", name="customer_hall")
        welcome = kit.text(self._texts["customer.welcome"], "h2", "muted", align="center")
        return box(col(None, hall, welcome, 32, self._clock, self._day, None, gap=16), name="customer_idle")

    def _case_page(self) -> QWidget:
        self._lines.setSpacing(12)
        return box(self._lines, self._margins, name="customer_case")

    @property
    def _margins(self) -> tuple[int, int, int, int]:
        return (32, 16, 32, 16) if self.small else (48, 40, 48, 40)

    def _sign_page(self) -> QWidget:
        return box(col(self.signature), (32, 32, 32, 32), name="customer_sign")

    def _thanks_page(self) -> QWidget:
        return box(self._thanks, self._margins, name="customer_thanks")

    def stop(self) -> None:
        self._timer.stop()
        self.hide()

    # -- what is shown -----------------------------------------------------------------------------

    def show_idle(self) -> None:
        """Nothing of anybody stays in the widgets."""
        clear(self._lines)
        clear(self._thanks)
        self.signature.pad.clear()
        self._pages.setCurrentIndex(0)

    def show_case(self, case: Shown) -> None:
        kit, texts = self._kit, self._texts
        clear(self._lines)
        self._lines.addWidget(kit.text(texts["customer.title"], "h1"))
        self._lines.addWidget(kit.text(texts["customer.lead"], "body", "muted", wrap=True))
        facts = [self._fact(texts[f"customer.{key}"], value) for key, value in case.rows]
        self._lines.addWidget(box(col(*facts, gap=8), (24, 20, 24, 20), role="card"))
        if case.there or case.missing:
            self._add_materials(case)
        self._lines.addStretch(1)
        self._pages.setCurrentIndex(1)

    def _add_materials(self, case: Shown) -> None:
        """As many lines as there is room for: one more would push the window over its display's edge."""
        for most in range(min(MOST_ROWS, len(case.there) + len(case.missing)), -1, -1):
            card = self._materials(case, most)
            self._lines.addWidget(card)
            if not most or self._lines.totalMinimumHeightForWidth(self.width()) <= self.height():
                return
            self._lines.removeWidget(card)
            card.deleteLater()

    def _fact(self, caption: str, value: str) -> QFrame:
        label = self._kit.text(caption, "body", "muted")
        label.setFixedWidth(200)
        line = row(label, self._kit.text(value, "strong", wrap=True), gap=16)
        line.setStretch(1, 1)
        return box(line)

    def _materials(self, case: Shown, most: int) -> QFrame:
        kit, texts = self._kit, self._texts
        head = texts.say("customer.materials", there=len(case.there), missing=len(case.missing))
        lines: list[Part] = [kit.text(head, "strong")]
        marked = [(name, "check", "ok", "ink") for name in case.there]
        marked += [(name, "clock", "warn", "warn") for name in case.missing]
        for name, icon, tone, ink in marked[:most]:
            words = name if ink == "ink" else texts.say("customer.missing", name=name)
            line = row(kit.icon(icon, 28, tone, 2), kit.text(words, "body", ink, wrap=True), gap=12)
            line.setStretch(1, 1)
            lines.append(box(line))
        if len(marked) > most:
            lines.append(kit.text(texts.say("customer.more", n=len(marked) - most), "body", "muted"))
        return box(col(*lines, gap=8), (24, 20, 24, 20), role="card")

    def ask_signature(self, name: str) -> None:
        self.signature.begin(name)
        self._pages.setCurrentIndex(2)

    def show_thanks(self, number: str, modules: Modules) -> None:
        kit, texts = self._kit, self._texts
        clear(self._thanks)
        code = Painted(lambda p, w, h: draw_modules(p, (w - min(w, h)) / 2, 0, min(w, h), modules))
        code.setMinimumHeight(QR_LEAST)
        code.setMaximumHeight(QR_PX)
        code.setObjectName("customer_qr")
        self._thanks.addStretch(1)
        for part in (
            kit.text(texts["customer.thanks"], "h1", align="center"),
            kit.text(texts.say("customer.number", number=number), "h2", "muted", align="center"),
            code,
            kit.text(texts["customer.scan"], "body", "muted", align="center", wrap=True),
        ):
            self._thanks.addWidget(part, 4 if part is code else 0)
            self._thanks.addSpacing(12)
        self._thanks.addStretch(1)
        self._pages.setCurrentIndex(3)

    def _show_time(self) -> None:
        now = self._office.clock.now()
        set_text(self._clock, f"{now:%H:%M}")
        set_text(self._day, day(self._texts, now.date()))


class _SignatureOverlay(Overlay):
    """A hand that slips off the pad closes nothing; Esc is 不签了."""

    def mousePressEvent(self, event: QMouseEvent) -> None:
        event.accept()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        if not event.spontaneous() and isinstance(self._card, SignatureCard):
            self._card.pad.clear()
            self._card.left.emit()


def _same_place(one: QScreen, other: QScreen) -> bool:
    """Two displays that show the same picture."""
    return one.geometry().intersects(other.geometry())


class CustomerScreen(QObject):
    """Leads the window by what happens at the counter, and finds it its display.

    Without a second display a signature is taken on an overlay over `counter`.
    """

    def __init__(self, desk: Desk, kit: Kit, counter: QWidget, intake: IntakePage) -> None:
        super().__init__(counter)
        self._desk, self._counter = desk, counter
        self._session, self._receiving = intake.session, intake.receiving
        self._signing, self._back = intake.bench.signing, intake.bench.side.signature
        self._locked = True
        self._thanked = ""
        self._followed: QWindow | None = None
        self.window: CustomerWindow | None = None
        self._card = SignatureCard(kit, desk.office.texts)
        self._card.setFixedSize(720, 440)
        self.overlay = _SignatureOverlay(counter, self._card, "signature_overlay")
        self._thanks_over = QTimer(self, interval=THANKS_MS, singleShot=True)
        self._thanks_over.timeout.connect(self._idle)
        self._wire()

    def _wire(self) -> None:
        self._take(self._card)
        self._session.changed.connect(self.refresh)
        self._receiving.changed.connect(self.refresh)
        self._signing.asked.connect(self._ask)
        self._signing.withdrawn.connect(self._withdraw)
        app = QGuiApplication.instance()
        if isinstance(app, QGuiApplication):
            app.screenAdded.connect(self.find_display)
            app.screenRemoved.connect(lambda gone: self.find_display(gone=gone))

    def _take(self, card: SignatureCard) -> None:
        card.done.connect(self._signing.keep)
        card.left.connect(self._signing.leave)

    # -- displays ----------------------------------------------------------------------------------

    def find_display(self, _new: QScreen | None = None, *, gone: QScreen | None = None) -> None:
        """The first display that does not show the counter; none: the window goes."""
        ours = self._counter.window().screen()
        self._follow(self._counter.window().windowHandle())
        others = [s for s in QGuiApplication.screens() if s not in (ours, gone) and not _same_place(s, ours)]
        if others:
            self.place(others[0])
        elif self.window is not None:
            self._drop_window()
            if self._signing.state is SigningState.ASKED:
                self._ask()

    def _follow(self, counter: QWindow | None) -> None:
        """Carried to the other display, the counter must not lie under this window."""
        if counter is not None and counter is not self._followed:
            self._followed = counter
            counter.screenChanged.connect(self.find_display)

    def place(self, screen: QScreen) -> None:
        """Fill a display with the window; it does not take the keyboard from the counter."""
        height = screen.geometry().height()
        if self.window is not None and self.window.small != (height < SMALL_H):
            self._drop_window()
        new = self.window is None
        if self.window is None:
            self.window = CustomerWindow(self._desk, height)
            self._take(self.window.signature)
        self.window.setScreen(screen)
        self.window.setGeometry(screen.geometry())
        self.window.show()
        if new and self._signing.state is SigningState.ASKED and not self.overlay.isVisible():
            self._ask()
        self.refresh()

    def stop(self) -> None:
        self._thanks_over.stop()
        self.overlay.hide()
        self._drop_window()

    def _drop_window(self) -> None:
        window, self.window, self._thanked = self.window, None, ""
        if window is not None:
            window.stop()
            window.close()
            window.deleteLater()

    # -- what happens at the counter -----------------------------------------------------------------

    def set_locked(self, locked: bool) -> None:
        """Nobody at the counter: nothing of anybody on either screen."""
        self._locked = locked
        if locked:
            self._signing.leave()
        self.refresh()

    def refresh(self) -> None:
        if self.window is None:
            return
        received = self._receiving.received
        if self._locked:
            self._idle()
        elif received is not None:
            self._thank(received.case.case_id, received.case.number, received.issued.qr_text)
        elif self._signing.state is not SigningState.ASKED:
            self._thanked = ""
            case = shown(self._session, self._desk.office)
            self._idle() if case is None else self.window.show_case(case)

    def _thank(self, case_id: str, number: str, qr_text: str) -> None:
        """Once a case; its QR is worked out beside."""
        if self._thanked == case_id:
            return
        self._thanked = case_id
        press = self._desk.office.press
        self._desk.tasks.run(
            self._desk.store_executor,
            lambda: press.qr_matrix(qr_text),
            owner=self,
            done=lambda modules: self._show_thanks(case_id, number, modules),
            failed=lambda _error: self._idle(),
        )

    def _show_thanks(self, case_id: str, number: str, modules: Modules) -> None:
        received = self._receiving.received
        if self.window is None or self._locked or received is None or received.case.case_id != case_id:
            return
        self.window.show_thanks(number, modules)
        self._thanks_over.start()

    def _idle(self) -> None:
        self._thanks_over.stop()
        if self.window is not None:
            self.window.show_idle()

    # -- the signature -------------------------------------------------------------------------------

    def _ask(self) -> None:
        if self.window is not None:
            self.window.ask_signature(self._signing.name)
        else:
            self._card.begin(self._signing.name)
            self.overlay.open()
            self._card.start_at()

    def _withdraw(self) -> None:
        if self.overlay.isVisible():
            self._back.setFocus()  # before it goes: Qt would pass the focus on to any button
            self.overlay.hide()
        self.refresh()
