"""Sign-in by 工号 and PIN: at the start, after a lock, and for a hand-over (交接) without a restart.

Where too many tries have locked an operator out, a supervisor unlocks on the same form.
"""

from enum import Enum

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QLineEdit, QVBoxLayout, QWidget

from app.domain.operator import Operator
from app.errors import AppError, LockedOutError
from app.services.sign_in import sign_in, unlock
from ui.desk import Desk
from ui.pages.counter.steps import set_text
from ui.status import StatusBoard
from ui.widgets.kit import Kit, box, clear, col, row

KEYS = "123456789"


class Reason(Enum):
    """Why the page is shown; the words are `signin.<value>`."""

    START = "start"
    HANDOVER = "handover"
    LOCKED = "locked"
    UNLOCK = "unlock"


class SignInPage(QWidget):
    """`signed_in(Operator)`; `cancelled`: back to the work of the one who is signed in (hand-over only)."""

    signed_in = Signal(object)
    cancelled = Signal()

    def __init__(self, kit: Kit, desk: Desk, board: StatusBoard) -> None:
        super().__init__()
        self._kit, self._desk, self._board = kit, desk, board
        self._texts = desk.office.texts
        self._busy = False
        self._reason = self._before = Reason.START
        self._operator: Operator | None = None
        self._locked_out = ""
        station = desk.office.station
        texts = self._texts
        self._title = kit.text("", "h2", name="sign_in_title")
        self._lead = kit.text("", "body", "muted", wrap=True, name="sign_in_lead")
        self.number = kit.field(hint=texts["signin.number_hint"], name="sign_in_id", h=48)
        self.pin = kit.field(hint=texts["signin.pin_hint"], name="sign_in_pin", h=48)
        self.pin.setEchoMode(QLineEdit.EchoMode.Password)
        self.enter = kit.button(texts["signin.enter"], "primary", "Enter", name="sign_in_button", h=48)
        self._back = kit.button(texts["signin.back"], "quiet", "Esc", name="sign_in_back")
        self._back.setShortcut("Esc")
        self._line = kit.text("", "body", "muted", wrap=True, name="sign_in_line")
        self._trouble = QVBoxLayout()
        left = col(
            kit.text(f"{station.site} · {station.station_id}", "body", "muted"),
            self._title,
            self._lead,
            12,
            kit.text(texts["signin.number"], "caption", "muted"),
            self.number,
            4,
            kit.text(texts["signin.pin"], "caption", "muted"),
            self.pin,
            8,
            self._trouble,
            self.enter,
            row(self._back, None),
            None,
            self._line,
            gap=8,
        )
        card = box(row(box(left, fixed=(360, 0)), self._pad(), gap=32), (32, 32, 32, 24), role="card")
        card.setFixedWidth(360 + 32 + 248 + 64)
        card.setMinimumHeight(468)  # grows with what there is to say
        self.setLayout(col(None, row(None, card, None), None))
        self.number.returnPressed.connect(self.pin.setFocus)
        self.pin.returnPressed.connect(self._try)
        self.enter.clicked.connect(self._try)
        self._back.clicked.connect(self._go_back)
        board.ticked.connect(self._show_line)

    def _pad(self) -> QFrame:
        """Digits for a screen that is touched; they go where the cursor was last."""
        grid = QGridLayout()
        grid.setSpacing(8)
        for place, digit in enumerate((*KEYS, "", "0", "⌫")):
            if not digit:
                continue
            button = self._kit.button(digit, "pad", name=f"pad_{digit}", h=64, w=74)
            if digit == "⌫":
                button.setAccessibleName(self._texts["signin.erase"])
                button.setObjectName("pad_erase")
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            button.clicked.connect(lambda _checked=False, d=digit: self._press(d))
            grid.addWidget(button, place // 3, place % 3)
        holder = QWidget()
        holder.setLayout(grid)
        grid.setContentsMargins(0, 0, 0, 0)
        return box(col(None, holder, None, gap=0), fixed=(248, 0))

    def show_reason(self, reason: Reason, operator: Operator | None = None) -> None:
        """`operator`: who is signed in now (a lock asks for this one's PIN)."""
        self._reason, self._operator = reason, operator
        set_text(self._title, self._texts[f"signin.{reason.value}"])
        name = operator.name if operator else ""
        lead = self._texts.say(f"signin.{reason.value}_lead", name=name, operator=self._locked_out)
        set_text(self._lead, lead)
        self._back.setVisible(reason in (Reason.HANDOVER, Reason.UNLOCK))
        self.enter.setText(self._enter_word())
        self._begin(operator.operator_id if operator and reason is Reason.LOCKED else "")
        self._show_line()

    def _begin(self, number: str) -> None:
        self.number.setText(number)
        self.pin.clear()
        clear(self._trouble)
        (self.pin if number else self.number).setFocus()

    def _enter_word(self) -> str:
        return self._texts["signin.unlock_enter" if self._reason is Reason.UNLOCK else "signin.enter"]

    def _go_back(self) -> None:
        if self._reason is Reason.UNLOCK:
            self.show_reason(self._before, self._operator)
        else:
            self.cancelled.emit()

    def _press(self, key: str) -> None:
        field = self.number if self.number.hasFocus() else self.pin
        if key == "⌫":
            field.backspace()
        else:
            field.insert(key)

    def _show_line(self) -> None:
        """Offline says so, and what that means here."""
        known = self._board.status
        key = "checking" if known is None else "online" if known.online else "offline"
        set_text(self._line, self._texts[f"signin.line_{key}"], "warn" if key == "offline" else "muted")

    def _try(self) -> None:
        number, pin = self.number.text().strip(), self.pin.text()
        if self._busy:
            return
        if not number or not pin:
            (self.pin if number else self.number).setFocus()
            return
        self._set_busy(True)
        if self._reason is Reason.UNLOCK:
            self._unlock(number, pin)
        else:
            self._sign_in(number, pin)

    def _sign_in(self, number: str, pin: str) -> None:
        office = self._desk.office
        self._desk.tasks.run(
            self._desk.store_executor,
            lambda: sign_in(office, number, pin),
            owner=self,
            done=self._done,
            failed=lambda error: self._failed(error, number),
        )

    def _unlock(self, number: str, pin: str) -> None:
        office, locked_out = self._desk.office, self._locked_out
        self._desk.tasks.run(
            self._desk.store_executor,
            lambda: unlock(office, number, pin, locked_out),
            owner=self,
            done=lambda _none: self._unlocked(),
            failed=lambda error: self._failed(error, number),
        )

    def _set_busy(self, busy: bool) -> None:
        self._busy = busy
        self.enter.setEnabled(not busy)
        self.enter.setText(self._texts["signin.waiting"] if busy else self._enter_word())

    def _done(self, operator: Operator) -> None:
        self._set_busy(False)
        self.pin.clear()
        clear(self._trouble)
        self.signed_in.emit(operator)

    def _unlocked(self) -> None:
        """Back to the sign-in, with the number of the one who may try again."""
        self._set_busy(False)
        self.show_reason(self._before, self._operator)
        self._begin(self._locked_out)
        note = self._texts.say("signin.unlocked_note", operator=self._locked_out)
        self._say("ok", self._texts["signin.unlocked"], note)

    def _failed(self, error: AppError, number: str) -> None:
        self._set_busy(False)
        self.pin.clear()
        self.pin.setFocus()
        unlocking = self._reason is Reason.UNLOCK
        title = self._texts["signin.unlock_refused" if unlocking else "signin.refused"]
        self._say("stop", title, self._texts.error(error))
        if isinstance(error, LockedOutError) and not unlocking:
            self._offer_unlock(number)

    def _say(self, tone: str, title: str, body: str) -> None:
        clear(self._trouble)
        self._trouble.addWidget(self._kit.message(tone, title, body, name="sign_in_trouble"))

    def _offer_unlock(self, number: str) -> None:
        button = self._kit.button(self._texts["signin.unlock"], "secondary", name="unlock_button", h=36)
        button.clicked.connect(lambda: self._ask_supervisor(number))
        self._trouble.addWidget(button)

    def _ask_supervisor(self, number: str) -> None:
        self._locked_out, self._before = number, self._reason
        self.show_reason(Reason.UNLOCK, self._operator)
