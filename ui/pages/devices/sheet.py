"""开门自检单 on screen: the verdict, devices with what a person can try, and the station itself."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from app.domain.device import DeviceKind
from app.domain.operator import Operator
from app.domain.readiness import Opening, ReadinessRow, ReadinessSheet, RowState
from app.errors import AppError, StoreError
from app.services.readiness_print import sheet_pdf
from ui.desk import Desk
from ui.files import FileChoices
from ui.pages.counter.steps import set_text
from ui.readiness import ReadinessCheck
from ui.trials import BY_HAND, READ, SCAN, Trials
from ui.widgets.kit import Kit, Part, box, clear, col, row, stack

NAME_PX = 168
MARKS = {
    RowState.FINE: ("done", "ok"),
    RowState.MIND: ("warning", "warn"),
    RowState.STOP: ("fail", "stop"),
    RowState.UNCHECKED: ("todo", "muted"),
}
VERDICTS = {Opening.OPEN: "ok", Opening.LIMITED: "warn", Opening.CLOSED: "stop", Opening.UNKNOWN: "primary"}
_DEVICES = {kind.value: kind for kind in DeviceKind}


class SheetView(QWidget):
    """`closed`: back to the list (Esc)."""

    closed = Signal()

    def __init__(
        self, kit: Kit, desk: Desk, check: ReadinessCheck, trials: Trials, files: FileChoices
    ) -> None:
        super().__init__()
        self._kit, self._desk, self._texts = kit, desk, desk.office.texts
        self._check, self._trials, self._files = check, trials, files
        self._operator: Operator | None = None
        self._shown: object = None
        self._saved = ("", "")
        self._verdict, self._left, self._right = QVBoxLayout(), QVBoxLayout(), QVBoxLayout()
        self._when = kit.text("", "body", "muted", name="sheet_when")
        self._lay_out()
        check.changed.connect(self.refresh)
        keys = (("Esc", self._close), ("F5", self._again), ("F9", check.print), ("Ctrl+S", self.save))
        for key, slot in keys:
            shortcut = QShortcut(QKeySequence(key), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.setAutoRepeat(False)  # a key held down is one page
            shortcut.activated.connect(slot)

    def _lay_out(self) -> None:
        kit, texts = self._kit, self._texts
        self._back = kit.button(texts["readiness.back"], "quiet", "Esc", "", "sheet_back")
        self._back.clicked.connect(self._close)
        self._save = kit.button(texts["readiness.save"], "secondary", "Ctrl+S", name="sheet_save")
        self._save.clicked.connect(self.save)
        self._print = kit.button(texts["readiness.print"], "primary", "F9", name="sheet_print")
        self._print.clicked.connect(self._check.print)
        self._anew = kit.button(texts["readiness.again"], "secondary", "F5", name="sheet_again")
        self._anew.clicked.connect(self._again)
        title = kit.text(texts["readiness.title"], "h2", name="sheet_title")
        head = row(self._back, title, 8, self._when, None, self._anew, self._save, self._print, gap=8)
        for part in (self._verdict, self._left, self._right):
            part.setContentsMargins(0, 0, 0, 0)
            part.setSpacing(0)
        cards = row(
            self._card("readiness.devices", self._left), self._card("readiness.station", self._right), gap=16
        )
        cards.setStretch(0, 1)
        cards.setStretch(1, 1)
        layout = col(box(head, fixed=(0, 40)), self._verdict, cards, gap=12)
        layout.setContentsMargins(16, 12, 16, 12)
        self.setLayout(layout)

    def _card(self, title: str, rows: QVBoxLayout) -> QFrame:
        kit = self._kit
        head = box(
            row(kit.text(self._texts[title], "title"), None), (16, 0, 16, 0), role="row", fixed=(0, 44)
        )
        return box(col(head, rows, None, gap=0), role="card")

    # -- coming and going ------------------------------------------------------------------------

    def open(self, operator: Operator | None) -> None:
        self._operator, self._saved = operator, ("", "")
        self.take_focus()
        self._again()

    def take_focus(self) -> None:
        """The keys of this page work from the first moment."""
        self._back.setFocus()

    def let_go(self) -> None:
        """The page is left: nobody waits for a card or a code here any more."""
        for kind, what in list(self._trials.running.items()):
            if what in (READ, SCAN):
                self._trials.skip(kind)

    def _close(self) -> None:
        self.let_go()
        self.closed.emit()

    def _again(self) -> None:
        who = self._operator
        self._check.begin(who.name if who else "", who.operator_id if who else "")
        self.refresh()

    # -- what is shown ---------------------------------------------------------------------------

    def refresh(self) -> None:
        """Drawn anew only when something did change, so that nothing flickers under a hand."""
        if not self.isVisible():
            return
        sheet, check = self._check.sheet, self._check
        now = (
            sheet.rows,
            check.running,
            dict(self._trials.running),
            check.printing,
            check.printed,
            self._saved,
        )
        if now == self._shown:
            return
        self._shown = now
        focus = self.focusWidget()
        name = focus.objectName() if focus is not None else ""
        self._draw(sheet)
        kept = self.findChild(QWidget, name) if name else None
        (kept or self._back).setFocus()

    def _draw(self, sheet: ReadinessSheet) -> None:
        texts, running = self._texts, self._check.running
        set_text(
            self._when,
            texts["readiness.checking"] if running else texts.say("readiness.at", time=f"{sheet.at:%H:%M}"),
        )
        self._anew.setEnabled(not running)
        self._print.setEnabled(not running and not self._check.printing)
        self._print.setText(texts["readiness.printing" if self._check.printing else "readiness.print"])
        self._save.setEnabled(not running)
        clear(self._verdict)
        self._verdict.addWidget(self._message(sheet, running))
        for layout, wanted in ((self._left, True), (self._right, False)):
            clear(layout)
            for line in sheet.rows:
                if (line.area in _DEVICES) is wanted:
                    layout.addWidget(self._row(line))

    def _message(self, sheet: ReadinessSheet, running: bool) -> QFrame:
        texts = self._texts
        if running:
            return self._kit.message("primary", texts["readiness.checking"], "", name="verdict_note")
        body = texts["ui.comma"].join(sheet.stops) or texts["readiness.list"].join(sheet.limits)
        title = texts[f"readiness.opening.{sheet.opening.value}"]
        said = [*self._check.printed_words()[1:], self._saved[1]]
        note = self._kit.text(
            texts["ui.dot"].join(s for s in said if s), "caption", "muted", name="sheet_printed"
        )
        return self._kit.message(VERDICTS[sheet.opening], title, body, note, name="verdict_note")

    def _row(self, line: ReadinessRow) -> QFrame:
        kit = self._kit
        icon, tone = MARKS[line.state]
        name = kit.text(line.name, "strong")
        name.setFixedWidth(NAME_PX)
        ink = "ink" if line.state in (RowState.FINE, RowState.UNCHECKED) else tone
        words: list[Part] = [kit.text(self._hint(line) or line.sentence, "body", ink, wrap=True)]
        if line.advice and line.state is not RowState.FINE:
            words.append(kit.text(line.advice, "caption", "muted", wrap=True))
        parts: list[Part] = [kit.icon(icon, 20, tone, 2), name, stack(*words)]
        if line.trial:
            parts.append(self._trial(line))
        inside = row(*parts, gap=8)
        inside.setStretch(2, 1)
        frame = box(inside, (16, 8, 16, 8), f"row_{line.area}", role="row")
        state = self._texts[f"readiness.state.{line.state.value}"]
        frame.setAccessibleName(f"{line.name} {state} {line.sentence}")
        return frame

    def _hint(self, line: ReadinessRow) -> str:
        """While a person is asked to do something, what."""
        kind = _DEVICES.get(line.area)
        what = self._trials.running.get(kind) if kind else None
        return self._texts[f"readiness.now.{what}"] if what in (READ, SCAN) else ""

    def _trial(self, line: ReadinessRow) -> QWidget:
        kind, what = _DEVICES[line.area], BY_HAND[line.trial]
        running = self._trials.running.get(kind)
        if running == what and what in (READ, SCAN):
            skip = self._kit.button(self._texts["readiness.skip"], "secondary", name=f"skip_{line.area}")
            skip.clicked.connect(lambda _=False: self._trials.skip(kind))
            return skip
        go = self._kit.button(
            self._texts[f"readiness.try.{line.trial}"], "secondary", name=f"try_{line.area}"
        )
        go.setEnabled(running is None)
        go.clicked.connect(lambda _=False: self._trials.run(kind, what))
        return go

    # -- paper -----------------------------------------------------------------------------------

    def save(self) -> None:
        """Ctrl+S: the sheet as a PDF, where the person says."""
        office = self._desk.office
        if self._check.running:
            return
        name, pdf = sheet_pdf(office, self._check.sheet)
        path = self._files.save_pdf(self, name)
        if path is None:
            return
        try:
            self._files.write(path, pdf)
            self._saved = ("ok", self._texts.say("readiness.saved", file=path.name))
        except (AppError, OSError) as error:
            trouble = error if isinstance(error, AppError) else StoreError(str(error.errno))
            self._saved = ("stop", self._texts.error(trouble))
        self.refresh()
