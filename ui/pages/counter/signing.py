"""The applicant's signature of one intake: asked for, kept with the draft, taken away again.

It belongs to who signed: with another applicant or agent on the page it is dropped.
"""

from enum import Enum

from PySide6.QtCore import QObject, QSize, Qt, Signal
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QApplication, QFrame, QLabel

from app.domain.material_file import FileRole, MaterialFile, MediaType
from app.errors import AppError, FileGoneError
from app.services import materials
from app.services.office import Office
from app.texts import Texts
from ui.desk import Desk
from ui.pages.counter.session import IntakeSession
from ui.pages.counter.steps import set_text
from ui.widgets.kit import Kit, clear, row

THUMB = (72, 28)
Signed = tuple[MaterialFile, bytes]


class SigningState(Enum):
    NONE = "none"
    ASKED = "asked"
    KEEPING = "keeping"
    SIGNED = "signed"


class Signing(QObject):
    """`changed`: state or picture; `asked`: bring a pad before the person; `withdrawn`: take it away."""

    changed = Signal()
    asked = Signal()
    withdrawn = Signal()
    trouble = Signal(object)

    def __init__(self, desk: Desk, session: IntakeSession) -> None:
        super().__init__(session)
        self._desk, self._session = desk, session
        self.state = SigningState.NONE
        self.picture = b""
        self._file: MaterialFile | None = None
        self._draft = session.intake.draft_id
        self._signer = self._people()
        session.changed.connect(self._look)

    @property
    def name(self) -> str:
        """Of who has to sign, masked: the agent stands at the counter, where there is one."""
        intake = self._session.intake
        person = intake.agent or intake.applicant
        return person.masked_name if person else ""

    def ask(self) -> None:
        self._signer = self._people()
        self._enter(SigningState.ASKED)
        self.asked.emit()

    def leave(self) -> None:
        """Nobody signed."""
        if self.state is SigningState.ASKED:
            self._enter(SigningState.SIGNED if self._file else SigningState.NONE)
            self.withdrawn.emit()

    def keep(self, png: bytes) -> None:
        """Signed: durable before it is said to be."""
        if self.state is not SigningState.ASKED:
            return
        self._enter(SigningState.KEEPING)
        office, draft, signer, old = self._desk.office, self._draft, self._signer, self._file
        self._desk.tasks.run(
            self._desk.store_executor,
            lambda: _keep(office, draft, png, old),
            owner=self,
            done=lambda file: self._found(draft, signer, (file, png)),
            failed=self._failed,
        )
        self.withdrawn.emit()

    def remove(self) -> None:
        file, office = self._file, self._desk.office
        if file is None:
            return
        self._file, self.picture = None, b""
        self._enter(SigningState.NONE)
        self._desk.tasks.run(
            self._desk.store_executor,
            lambda: materials.drop(office, file.file_id),
            owner=self,
            done=lambda _none: None,
            failed=self.trouble.emit,
        )

    def _look(self) -> None:
        """Another draft has its own signature, or none; another person none."""
        if self._session.intake.draft_id != self._draft:
            self.leave()
            self._draft, self._signer = self._session.intake.draft_id, self._people()
            self._file, self.picture = None, b""
            self._enter(SigningState.NONE)
            self._load()
        elif self._people() != self._signer:
            self.leave()
            self._signer = self._people()
            self.remove()

    def _load(self) -> None:
        office, draft, signer = self._desk.office, self._draft, self._signer
        self._desk.tasks.run(
            self._desk.store_executor,
            lambda: _load(office, draft),
            owner=self,
            done=lambda found: self._found(draft, signer, found),
            failed=self.trouble.emit,
        )

    def _found(self, draft: str, signer: tuple[str, ...], found: Signed | None) -> None:
        if draft != self._draft or found is None:
            return
        self._file, self.picture = found
        if signer == self._signer:
            self._enter(SigningState.SIGNED)
        else:  # somebody else stood on the page before it was safe
            self.remove()

    def _failed(self, error: AppError) -> None:
        self._enter(SigningState.SIGNED if self._file else SigningState.NONE)
        self.trouble.emit(error)

    def _people(self) -> tuple[str, ...]:
        intake = self._session.intake
        return tuple(p.number + p.full_name if p else "" for p in (intake.applicant, intake.agent))

    def _enter(self, state: SigningState) -> None:
        self.state = state
        self.changed.emit()


def _keep(office: Office, draft: str, png: bytes, old: MaterialFile | None) -> MaterialFile:
    """The new one is safe before the old one goes."""
    file = materials.keep(office, draft, png, MediaType.PNG, 1, role=FileRole.SIGNATURE)
    if old is not None:
        materials.drop(office, old.file_id)
    return file


def _load(office: Office, draft: str) -> Signed | None:
    found = [f for f in materials.files_of_draft(office, draft) if f.role is FileRole.SIGNATURE]
    if not found:
        return None
    try:
        return found[-1], materials.content(office, found[-1].file_id)
    except FileGoneError:
        materials.drop(office, found[-1].file_id)  # else the case would be handed in with it
        raise


class SignatureLine(QFrame):
    """One line near the decision: ask, wait, or what was signed."""

    def __init__(self, kit: Kit, texts: Texts, signing: Signing) -> None:
        super().__init__()
        self._kit, self._texts, self._signing = kit, texts, signing
        self.setObjectName("signature_line")
        self._line = row(gap=4)
        self._line.setContentsMargins(0, 0, 0, 0)
        self.setLayout(self._line)
        signing.changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """The focus stays on the line: from a button that goes, Qt would pass it on to any other."""
        focus = QApplication.focusWidget()
        if focus is not None and self.isAncestorOf(focus):
            self.setFocus()
        clear(self._line)
        signing, texts = self._signing, self._texts
        if signing.state is SigningState.NONE:
            self._button("ask", "secondary", signing.ask)
            self._line.addStretch(1)
            return
        word = self._kit.text("", "body", "muted", name="signature_state")
        set_text(word, texts[f"signature.state.{signing.state.value}"])
        if signing.state is SigningState.SIGNED:
            set_text(word, texts["signature.state.signed"], "ok")
            self._line.addWidget(self._kit.icon("done", 18, "ok", 2))
        self._line.addWidget(word)
        if signing.picture and signing.state is SigningState.SIGNED:
            thumb = QLabel()
            thumb.setObjectName("signature_picture")
            thumb.setPixmap(picture_of(signing.picture, self.devicePixelRatioF()))
            self._line.addWidget(thumb)
        self._line.addStretch(1)
        if signing.state is SigningState.SIGNED:
            self._button("again", "quiet", signing.ask)
            self._button("remove", "quiet", signing.remove)
        elif signing.state is SigningState.ASKED:
            self._button("withdraw", "quiet", signing.leave)

    def _button(self, key: str, kind: str, act: object) -> None:
        button = self._kit.button(self._texts[f"signature.{key}"], kind, name=f"signature_{key}", h=28)
        button.clicked.connect(act)
        self._line.addWidget(button)


def picture_of(png: bytes, ratio: float) -> QPixmap:
    """The signature in a size for one line, sharp at the screen's `ratio`."""
    pixmap = QPixmap()
    pixmap.loadFromData(png)
    small = pixmap.scaled(
        QSize(*THUMB) * ratio, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
    )
    small.setDevicePixelRatio(ratio)
    return small
