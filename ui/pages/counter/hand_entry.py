"""Typing in a document when there is no card: a child, a passport, a forgotten card.

Every keystroke makes a new `IdentityDocument`, so the draft has it; what is typed is
never refused, only marked.  Date of birth and sex come from the number where it carries them.
"""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QFrame

from app.domain.identity import (
    DocumentKind,
    IdentityDocument,
    birth_in,
    id_number_valid,
    sex_in,
)
from app.texts import Texts
from ui.pages.counter.steps import set_text
from ui.widgets.kit import Kit, restyle, row

KINDS = (
    DocumentKind.RESIDENT,
    DocumentKind.HOUSEHOLD_REGISTER,
    DocumentKind.HMT_RESIDENCE,
    DocumentKind.HMT_PERMIT,
    DocumentKind.PASSPORT,
    DocumentKind.FOREIGNER_2023,
    DocumentKind.OTHER,
)
NUMBER_LONGEST = 32


def typed_document(kind: DocumentKind, name: str, number: str) -> IdentityDocument | None:
    """What was typed, as a document; None when nothing was."""
    name, number = name.strip(), number.strip().upper().replace(" ", "")
    if not name and not number:
        return None
    plain = IdentityDocument(kind, name, number)
    if not plain.number_valid:
        return plain
    sex = None if number.startswith("9") else sex_in(number)
    return IdentityDocument(kind, name, number, sex=sex, birth=birth_in(number))


class HandEntry(QFrame):
    """`edited(document or None)` at every keystroke; `finished` at Enter; `cancelled` at 取消."""

    edited = Signal(object)
    finished = Signal()
    cancelled = Signal()

    def __init__(self, kit: Kit, texts: Texts, prefix: str) -> None:
        super().__init__()
        self._texts = texts
        self.kind = QComboBox()
        self.kind.setObjectName(f"{prefix}_kind")
        self.kind.setAccessibleName(texts["counter.hand_kind"])
        for kind in KINDS:
            self.kind.addItem(texts.code("document", kind.value), kind)
        self.kind.setFixedWidth(148)
        self.name = kit.field(hint=texts["counter.hand_name"], name=f"{prefix}_name")
        self.name.setFixedWidth(132)
        self.number = kit.field(hint=texts["counter.hand_number"], name=f"{prefix}_number")
        self.number.setMaxLength(NUMBER_LONGEST)
        self.number.setMinimumWidth(190)
        self._verdict = kit.text("", "caption", "muted", name=f"{prefix}_check")
        self.done = kit.button(texts["counter.hand_done"], "secondary", "Enter", name=f"{prefix}_done")
        self.stop = kit.button(texts["counter.hand_cancel"], "quiet", name=f"{prefix}_cancel")
        line = row(self.kind, self.name, self.number, self._verdict, self.done, self.stop, gap=8)
        line.setStretch(2, 1)
        self.setLayout(line)
        self.kind.activated.connect(self._edited)
        for field in (self.name, self.number):
            field.textEdited.connect(self._edited)
            field.returnPressed.connect(self._enter)
        self.done.clicked.connect(self._finish)
        self.stop.clicked.connect(self.cancelled)
        self._judge()

    def document(self) -> IdentityDocument | None:
        kind: DocumentKind = self.kind.currentData()
        return typed_document(kind, self.name.text(), self.number.text())

    def show_document(self, document: IdentityDocument | None) -> None:
        """Fill the fields, unless they say it already (the cursor must not jump while typing)."""
        if document == self.document():
            return
        kinds = list(KINDS)
        kind = document.kind if document else DocumentKind.RESIDENT
        self.kind.setCurrentIndex(kinds.index(kind) if kind in kinds else 0)
        self.name.setText(document.name if document else "")
        self.number.setText(document.number if document else "")
        self._judge()

    def start_at(self) -> None:
        """Put the cursor where the next input is expected."""
        (self.number if self.name.text() and not self.number.text() else self.name).setFocus()

    def _edited(self) -> None:
        self._judge()
        self.edited.emit(self.document())

    def _enter(self) -> None:
        if not self.name.text().strip():
            self.name.setFocus()
        elif not self.number.text().strip():
            self.number.setFocus()
        else:
            self.finished.emit()

    def _finish(self) -> None:
        self._enter()

    def _judge(self) -> None:
        """The check of the number, live: how many characters, right or wrong."""
        document = self.document()
        number = document.number if document else ""
        ready = bool(document and document.name and number)
        self.done.setEnabled(ready)
        if not number or document is None or document.number_valid is None:
            set_text(self._verdict, "", "muted")
        elif len(number) < 18:
            set_text(self._verdict, self._texts.say("counter.hand_count", n=len(number)), "muted")
        elif id_number_valid(number):
            set_text(self._verdict, self._texts["counter.hand_good"], "ok")
        else:
            set_text(self._verdict, self._texts["counter.hand_bad"], "stop")
        self._verdict.setVisible(bool(self._verdict.text()))
        restyle(self.number, verdict=str(self._verdict.property("tone")))
