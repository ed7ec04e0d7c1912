"""Codes from the scanner at the counter: each kind goes where it belongs, and what is typed stays.

A number fills only what is empty; what would take the place of something is a question.  No code
is shown whole, and none is opened.
"""

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QAbstractButton

from app.domain.case import Organisation
from app.domain.identity import document_kind_of
from app.domain.scanned_code import CodeKind, ScannedCode, classify
from ui.pages.counter.coming import Coming
from ui.pages.counter.hand_entry import typed_document
from ui.pages.counter.receiving import Stage

NAME = "scan"  # of the notice


class Scans(Coming):
    """`receipt(text)`: to be verified; `searched(text)`: an item by it; `filled`: an applicant's number."""

    receipt = Signal(str)
    searched = Signal(str)
    filled = Signal()

    def take(self, text: str) -> None:
        """While a case is being stored or printed nothing comes in between, save a receipt after it."""
        code = classify(text)
        stage = self._receiving.stage
        if not code.text or stage not in (Stage.IDLE, Stage.SETTLED):
            return
        self._notices.drop(NAME)
        if code.kind is CodeKind.RECEIPT:
            self._receipt(code)
        elif stage is Stage.IDLE:
            self._sort(code)

    def _sort(self, code: ScannedCode) -> None:
        if code.kind is CodeKind.ID_NUMBER:
            self._number(code)
        elif code.kind is CodeKind.USCC:
            self._uscc(code)
        elif code.kind is CodeKind.UNKNOWN:
            search = self._button("search", "secondary")
            search.clicked.connect(lambda: self._leave(lambda: self.searched.emit(code.text)))
            self._say(code, "unknown", search)
        else:
            self._say(code, code.kind.value)

    # -- each kind -------------------------------------------------------------------------------

    def _receipt(self, code: ScannedCode) -> None:
        if self._session.intake.empty or self._receiving.stage is Stage.SETTLED:
            self.receipt.emit(code.text)
            return
        look = self._button("verify", "secondary")
        look.clicked.connect(lambda: self._leave(lambda: self.receipt.emit(code.text)))
        self._say(code, "receipt", look)

    def _number(self, code: ScannedCode) -> None:
        applicant, sheet = self._session.intake.applicant, self._sheet
        if sheet.agent.waiting and not sheet.agent.entry.number.text():
            self._as_agent(code)
        elif applicant is None or not applicant.number:
            self._as_applicant(code)
        elif applicant.number == code.text:
            self._say(code, "same")
        else:
            swap, agent = self._button("swap", "secondary"), self._button("agent", "secondary")
            swap.clicked.connect(lambda: self._leave(lambda: self._as_applicant(code, keep_name=False)))
            agent.clicked.connect(lambda: self._leave(lambda: self._as_agent(code)))
            self._say(code, "other", swap, agent)

    def _as_applicant(self, code: ScannedCode, *, keep_name: bool = True) -> None:
        intake = self._session.intake
        name = intake.applicant.name if intake.applicant and keep_name else ""
        document = typed_document(document_kind_of(code.text), name, code.text)
        self._session.apply(intake.with_applicant(document))
        self.filled.emit()

    def _as_agent(self, code: ScannedCode) -> None:
        agent = self._sheet.agent
        document = typed_document(document_kind_of(code.text), agent.entry.name.text(), code.text)
        agent.wanted = True
        self._session.apply(replace(self._session.intake, agent=document))

    def _uscc(self, code: ScannedCode) -> None:
        organisation = self._session.intake.organisation or Organisation("")
        if not self._sheet.organisation.isVisible():
            self._say(code, "uscc")
        elif organisation.uscc in ("", code.text):
            self._as_organisation(code)
        else:
            swap = self._button("swap_uscc", "secondary")
            swap.clicked.connect(lambda: self._leave(lambda: self._as_organisation(code)))
            self._say(code, "other_uscc", swap)

    def _as_organisation(self, code: ScannedCode) -> None:
        intake = self._session.intake
        organisation = replace(intake.organisation or Organisation(""), uscc=code.text)
        self._session.apply(replace(intake, organisation=organisation))

    # -- words -----------------------------------------------------------------------------------

    def _button(self, key: str, role: str) -> QAbstractButton:
        return self._kit.button(self._texts[f"scanned.act.{key}"], role, name=f"scan_{key}", h=28)

    def _leave(self, act: Callable[[], None] = lambda: None) -> None:
        self._notices.drop(NAME)
        act()

    def _say(self, code: ScannedCode, key: str, *acts: QAbstractButton) -> None:
        leave = self._button("leave", "quiet")
        leave.clicked.connect(lambda: self._leave())
        title = self._texts.say(f"scanned.{key}.title", number=code.shown)
        self._notices.say(NAME, "warn", title, self._texts[f"scanned.{key}.body"], *acts, leave)
        self.noticed.emit()
