"""查验: is a receipt genuine?  Scanned, pasted or a PDF; answered here, with or without the line."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QFrame, QLayout, QVBoxLayout, QWidget

from app.domain.deadline import DueDate
from app.domain.device import DeviceEvent, Scanned
from app.domain.receipt import Receipt, Verdict
from app.domain.scanned_code import CodeKind, ScannedCode, classify
from app.errors import AppError, ReceiptNotGenuineError, TrustError
from ui.desk import Desk
from ui.files import FileChoices
from ui.widgets.kit import Kit, box, clear, col, row
from ui.words import due_day


class VerifyPage(QWidget):
    """`open_case(number)`: a genuine receipt of this very station is to be looked at."""

    open_case = Signal(str)

    def __init__(self, kit: Kit, desk: Desk, files: FileChoices) -> None:
        super().__init__()
        self._kit, self._desk, self._files = kit, desk, files
        self._texts = texts = desk.office.texts
        self._asked = 0
        self.field = kit.field(hint=texts["inspect.hint"], name="verify_text", h=48)
        self.check = kit.button(texts["inspect.check"], "primary", "Enter", name="verify_check", h=48)
        self._choose = kit.button(texts["inspect.choose"], "secondary", "Ctrl+O", name="verify_pdf", h=48)
        self._result: QVBoxLayout = QVBoxLayout()
        self._result.setSpacing(12)
        self._lay_out()
        self.field.returnPressed.connect(self._check_text)
        self.check.clicked.connect(self._check_text)
        self._choose.clicked.connect(self.choose)
        shortcut = QShortcut(QKeySequence("Ctrl+O"), self)
        shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        shortcut.activated.connect(self.choose)
        self._show_idle()

    def _lay_out(self) -> None:
        kit, texts = self._kit, self._texts
        head = row(
            kit.text(texts["ui.nav.verify"], "h2"), 8, kit.text(texts["inspect.lead"], "body", "muted"), None
        )
        entry = row(self.field, self.check, self._choose, gap=8)
        result = QFrame()
        result.setProperty("role", "card")
        self._result.setContentsMargins(32, 24, 32, 24)
        result.setLayout(self._result)
        layout = col(box(head, fixed=(0, 40)), box(entry), result, gap=12)
        layout.setStretch(2, 1)
        layout.setContentsMargins(16, 12, 16, 12)
        self.setLayout(layout)

    def entered(self) -> None:
        self.field.setFocus()
        self._desk.office.devices.trigger_scan(True)

    def left(self) -> None:
        self._desk.office.devices.trigger_scan(False)

    def device_event(self, event: DeviceEvent) -> None:
        if isinstance(event, Scanned):
            self._scanned(classify(event.text))

    def _scanned(self, code: ScannedCode) -> None:
        """What is no receipt is said by its kind, and not put into the field."""
        if code.kind is CodeKind.RECEIPT:
            self.verify_text(code.text)
            return
        self._asked += 1  # an answer still under way is for another paper
        self.field.clear()
        told = self._texts.say(f"scanned.{code.kind.value}.title", number=code.shown)
        self._show_message("warn", self._texts["inspect.not_receipt"], told)

    def verify_text(self, text: str) -> None:
        self.field.setText(text.strip())
        self._check_text()

    def choose(self) -> None:
        path = self._files.open_pdf(self)
        if path is not None:
            self.verify_file(path)

    def verify_file(self, path: Path) -> None:
        self.field.setText(path.name)
        verifier = self._desk.office.verifier

        def work() -> Verdict | None:
            try:
                data = self._files.read(path)
            except OSError:
                return None
            return verifier.verify(data)

        self._run(work)

    def _check_text(self) -> None:
        text, verifier = self.field.text().strip(), self._desk.office.verifier
        if not text:
            self.field.setFocus()
            return
        self._run(lambda: verifier.verify(text))

    def _run(self, work: Callable[[], Verdict | None]) -> None:
        self._asked += 1
        ticket = self._asked
        self._show_message("primary", self._texts["inspect.checking"], "")
        catalog = self._desk.office.catalog

        def judge() -> tuple[Verdict | None, str]:
            verdict = work()
            named = catalog.hits([verdict.claims.item_code]) if verdict else ()
            return verdict, named[0].name if named else ""

        self._desk.tasks.run(
            self._desk.catalog_executor,
            judge,
            owner=self,
            done=lambda found: self._done(*found) if ticket == self._asked else None,
            failed=lambda error: self._failed(error) if ticket == self._asked else None,
        )

    # -- the answer --------------------------------------------------------------------------------

    def _show_idle(self) -> None:
        clear(self._result)
        kit, texts = self._kit, self._texts
        self._result.addStretch(1)
        self._result.addLayout(row(None, kit.icon("shield", 64, "primary", 1.2), None))
        for key, role, tone in (("inspect.idle", "title", "ink"), ("inspect.idle_note", "body", "muted")):
            self._result.addWidget(kit.text(texts[key], role, tone, wrap=True, align="center"))
        self._result.addStretch(1)

    def _show_message(self, tone: str, title: str, body: str) -> None:
        clear(self._result)
        self._result.addWidget(self._kit.message(tone, title, body, name="verdict"))
        self._result.addStretch(1)

    def _done(self, verdict: Verdict | None, item_name: str) -> None:
        """`item_name`: what this station's catalog calls the item, "" where it does not know it."""
        if verdict is None:
            self._show_message(
                "warn", self._texts["inspect.unreadable"], self._texts["inspect.unreadable_note"]
            )
            return
        clear(self._result)
        kit, texts = self._kit, self._texts
        note = texts["inspect.genuine_pdf" if verdict.receipt else "inspect.genuine_qr"]
        self._result.addWidget(kit.message("ok", texts["inspect.genuine"], note, name="verdict"))
        if verdict.station.demo:
            self._result.addWidget(kit.message("primary", texts["inspect.demo"], texts["inspect.demo_note"]))
        for key, value in self._facts(verdict, item_name):
            self._result.addLayout(self._fact(texts[f"inspect.fact.{key}"], value))
        if verdict.claims.station_id == self._desk.office.station.station_id:
            number = verdict.claims.number
            look = kit.button(texts["inspect.open_case"], "secondary", name="verify_open")
            look.clicked.connect(lambda: self.open_case.emit(number))
            self._result.addLayout(row(look, None))
        self._result.addStretch(1)

    def _facts(self, verdict: Verdict, item_name: str) -> list[tuple[str, str]]:
        claims, station = verdict.claims, verdict.station
        texts = self._texts
        line = texts["inspect.offline" if claims.offline else "inspect.online"]
        facts = [
            ("number", claims.number),
            ("station", f"{station.site} {station.station_id}"),
            ("received", f"{claims.received_at:%Y-%m-%d %H:%M}"),
            ("line", line),
        ]
        if verdict.receipt is None:
            named = texts.say("inspect.item_named", name=item_name, code=claims.item_code)
            return [*facts, ("item", named if item_name else claims.item_code)]
        return [*facts, *self._receipt_facts(verdict.receipt)]

    def _receipt_facts(self, receipt: Receipt) -> list[tuple[str, str]]:
        return [
            ("item", receipt.item_name),
            ("department", receipt.department),
            ("applicant", f"{receipt.applicant_name[:1]}* {receipt.document_number}"),
            ("materials", self._texts["ui.comma"].join(m.name for m in receipt.materials)),
            ("answer", due_day(self._texts, DueDate(receipt.answer_by, receipt.answer_provisional))),
        ]

    def _fact(self, label: str, value: str) -> QLayout:
        caption = self._kit.text(label, "body", "muted")
        caption.setFixedWidth(96)
        return row(caption, self._kit.text(value, "body", wrap=True), gap=8)

    def _failed(self, error: AppError) -> None:
        if isinstance(error, ReceiptNotGenuineError):
            reason = self._texts.code("receipt_fault", str(error.values.get("reason", "")))
            body = reason + self._texts["inspect.not_genuine_note"]
            self._show_message("stop", self._texts["inspect.not_genuine"], body)
        elif isinstance(error, TrustError):
            self._show_message("stop", self._texts["inspect.not_genuine"], self._texts.error(error))
        else:
            self._show_message("warn", self._texts["inspect.undecided"], self._texts.error(error))
