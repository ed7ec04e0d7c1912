"""The rows about people: applicant, agent (代办人), organisation; and how the result gets home."""

from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QFrame, QStackedLayout, QWidget

from app.domain.case import Contact, Delivery, DeliveryWay, Organisation
from app.domain.catalog import Audience
from app.domain.identity import IdentityDocument
from app.texts import Texts
from ui.pages.counter.hand_entry import HandEntry
from ui.pages.counter.session import IntakeSession
from ui.pages.counter.steps import LOW_ROW, StepRow, set_text
from ui.widgets.kit import Kit, box, clear, row, stack
from ui.words import document_line


class _Words(QFrame):
    """Name with its marks over the line of facts."""

    def __init__(self, kit: Kit, name: str) -> None:
        super().__init__()
        self._kit = kit
        self._name = kit.text("", "title", name=name)
        self._facts = kit.text("", "body", "muted", name=f"{name}_facts")
        self._marks = row(gap=8)
        marks = QFrame()
        marks.setLayout(self._marks)
        self.setLayout(stack(row(self._name, marks, None, gap=8), self._facts, gap=2))
        self._shown: tuple[object, ...] = ()

    def show_words(self, name: str, facts: str, marks: tuple[tuple[str, str, str], ...]) -> None:
        """`marks`: (word, tone, icon) pills."""
        if (name, facts, marks) == self._shown:
            return
        self._shown = (name, facts, marks)
        set_text(self._name, name)
        set_text(self._facts, facts)
        clear(self._marks)
        for word, tone, icon in marks:
            self._marks.addWidget(self._kit.pill(word, tone, icon))


def document_marks(
    texts: Texts, document: IdentityDocument, doubtful: bool
) -> tuple[tuple[str, str, str], ...]:
    """What kind of document, whether a machine read it, and what is wrong with its number."""
    kind = texts.code("document", document.kind.value)
    if document.machine_read:
        marks = [(texts.say("counter.machine_read", kind=kind), "ok", "idcard")]
    else:
        marks = [(texts.say("counter.typed_in", kind=kind), "warn", "pen")]
    if doubtful:
        marks.append((texts["counter.doubtful"], "warn", "warning"))
    if document.number_valid is False:
        marks.append((texts["counter.number_bad"], "stop", "warning"))
    return tuple(marks)


class ApplicantRow(StepRow):
    """`again`: read the card once more; `agent_wanted`: open the row of the agent."""

    again = Signal()
    agent_wanted = Signal()
    entered = Signal()

    def __init__(self, kit: Kit, texts: Texts, session: IntakeSession, portrait: QWidget) -> None:
        super().__init__(kit, texts["counter.step.applicant"])
        self._session, self._texts = session, texts
        self._editing = False
        self.entry = HandEntry(kit, texts, "hand")
        self._words = _Words(kit, "applicant_name")
        self.same = kit.button(texts["counter.face_same"], "seg", "F6", name="face_same", on=False)
        self.differs = kit.button(texts["counter.face_differs"], "seg", name="face_differs", on=False)
        self._face = box(
            row(kit.text(texts["counter.face"], "body", "muted"), 4, self.same, self.differs, gap=4)
        )
        self._edit = kit.button(texts["counter.edit"], "quiet", name="hand_edit")
        self._again = kit.button(texts["counter.read_again"], "quiet", "F2", name="read_again")
        self._agent = kit.button(texts["counter.agent"], "quiet", "F4", name="agent_button")
        buttons = row(self._face, self._edit, self._again, self._agent, gap=4)
        shown = box(row(portrait, self._words, None, buttons, gap=8))
        self._pages = QStackedLayout()
        self._pages.addWidget(self.entry)
        self._pages.addWidget(shown)
        holder = QWidget()
        holder.setLayout(self._pages)
        self.put(holder, wide=holder)
        self._wire()

    def _wire(self) -> None:
        session = self._session
        self.entry.edited.connect(lambda d: session.apply(session.intake.with_applicant(d)))
        self.entry.finished.connect(self._finished)
        self.entry.cancelled.connect(self._cancelled)
        self.same.clicked.connect(lambda: session.confirm_face(True))
        self.differs.clicked.connect(lambda: session.confirm_face(False))
        self._edit.clicked.connect(self.edit)
        self._again.clicked.connect(self.again)
        self._agent.clicked.connect(self.agent_wanted)

    @property
    def editing(self) -> bool:
        return self._editing

    def edit(self, _checked: bool = False, *, start: bool = True) -> None:
        """Open the typed entry (also for a card nobody can read); `start`: put the cursor there."""
        self._editing = True
        self.refresh()
        if start:
            self.entry.start_at()

    def leave_entry(self) -> None:
        """What was being typed is done with; seen at the next `refresh`."""
        self._editing = False

    def close_entry(self) -> None:
        self.leave_entry()
        self.refresh()

    def refresh(self) -> None:
        intake, session = self._session.intake, self._session
        document = intake.applicant
        typing = document is None or self._editing
        self._pages.setCurrentIndex(0 if typing else 1)
        self.entry.show_document(None if document is not None and document.machine_read else document)
        self.entry.stop.setVisible(document is not None)
        if document is None:
            self.set_state("now")
            return
        name = (
            document.masked_name if session.profile.mask_identity and not session.profile.hand_entry else ""
        )
        self._words.show_words(
            name or document.full_name or "—",
            document_line(self._texts, document, session.profile.mask_identity),
            document_marks(self._texts, document, intake.doubtful),
        )
        self._face.setVisible(session.profile.compare_face)
        self.same.setChecked(intake.identity_confirmed is True)
        self.differs.setChecked(intake.identity_confirmed is False)
        self._edit.setVisible(not document.machine_read)
        self._agent.setVisible(intake.agent is None)
        self.set_state(self._state(document))

    def _state(self, document: IdentityDocument) -> str:
        intake, profile = self._session.intake, self._session.profile
        if self._editing or not document.number or not document.full_name:
            return "now"
        if intake.identity_confirmed is False:
            return "warn"
        return "now" if profile.compare_face and intake.identity_confirmed is None else "done"

    def _finished(self) -> None:
        self.close_entry()
        self.entered.emit()

    def _cancelled(self) -> None:
        document = self._session.intake.applicant
        if document is not None and not document.machine_read:
            self._session.apply(self._session.intake.with_applicant(None))
        self.close_entry()


class AgentRow(StepRow):
    """Who hands in for the applicant; a card read while this row is open is the agent's."""

    def __init__(self, kit: Kit, texts: Texts, session: IntakeSession) -> None:
        super().__init__(kit, texts["counter.step.agent"])
        self._session, self._texts = session, texts
        self.wanted = False
        self._editing = True
        self.entry = HandEntry(kit, texts, "agent")
        self._words = _Words(kit, "agent_name")
        self._remove = kit.button(texts["counter.agent_remove"], "quiet", name="agent_remove")
        self._edit = kit.button(texts["counter.edit"], "quiet", name="agent_edit")
        shown = box(row(self._words, None, self._edit, self._remove, gap=4))
        self._pages = QStackedLayout()
        self._pages.addWidget(self.entry)
        self._pages.addWidget(shown)
        holder = QWidget()
        holder.setLayout(self._pages)
        self.put(holder, wide=holder)
        self.entry.edited.connect(self._edited)
        self.entry.finished.connect(self._settle)
        self.entry.cancelled.connect(self.remove)
        self._remove.clicked.connect(self.remove)
        self._edit.clicked.connect(self.open)

    @property
    def waiting(self) -> bool:
        """Whether the next card belongs to the agent."""
        return self.wanted and self._editing

    def open(self) -> None:
        self.wanted, self._editing = True, True
        self.refresh()
        self.entry.start_at()

    def remove(self) -> None:
        self.wanted = False
        self._session.apply(replace(self._session.intake, agent=None))
        self.refresh()

    def take(self, document: IdentityDocument) -> None:
        self._editing = False
        self._session.apply(replace(self._session.intake, agent=document))
        self.refresh()

    def refresh(self) -> None:
        agent = self._session.intake.agent
        if agent is None and not self.wanted:
            self._editing = True
        self.setVisible(self.wanted or agent is not None)
        self._pages.setCurrentIndex(1 if agent is not None and not (self.wanted and self._editing) else 0)
        self.entry.show_document(agent)
        if agent is None:
            self.set_state("now")
            return
        masked = self._session.profile.mask_identity
        self._words.show_words(
            agent.full_name,
            document_line(self._texts, agent, masked),
            document_marks(self._texts, agent, False),
        )
        self.set_state("done" if agent.full_name and agent.number else "now")

    def _edited(self, document: IdentityDocument | None) -> None:
        self.wanted = True
        self._session.apply(replace(self._session.intake, agent=document))

    def _settle(self) -> None:
        self._editing = False
        self.refresh()


class OrganisationRow(StepRow):
    """The enterprise an item is asked for; shown only for items an enterprise may ask for."""

    def __init__(self, kit: Kit, texts: Texts, session: IntakeSession) -> None:
        super().__init__(kit, texts["counter.step.organisation"], LOW_ROW)
        self._session = session
        self.name = kit.field(hint=texts["counter.organisation_name"], name="organisation")
        self.uscc = kit.field(hint=texts["counter.organisation_uscc"], name="uscc")
        self.uscc.setFixedWidth(230)
        self.uscc.setMaxLength(18)
        self.put(self.name, self.uscc, 8, wide=self.name)
        self.name.textEdited.connect(self._edited)
        self.uscc.textEdited.connect(self._edited)

    def refresh(self) -> None:
        intake = self._session.intake
        self.setVisible(intake.item is not None and Audience.ENTERPRISE in intake.item.audience)
        organisation = intake.organisation or Organisation("")
        if self.name.text().strip() != organisation.name:
            self.name.setText(organisation.name)
        if self.uscc.text().strip().upper() != organisation.uscc:
            self.uscc.setText(organisation.uscc)
        only = intake.item is not None and intake.item.audience == frozenset({Audience.ENTERPRISE})
        self.set_state("done" if organisation.name else "now" if only else "todo")

    def _edited(self) -> None:
        name, uscc = self.name.text().strip(), self.uscc.text().strip().upper()
        organisation = Organisation(name, uscc) if name or uscc else None
        self._session.apply(replace(self._session.intake, organisation=organisation))


class WishesRow(StepRow):
    """Contact phone, and how the result gets home: 自取 or 邮寄 with an address."""

    def __init__(self, kit: Kit, texts: Texts, session: IntakeSession) -> None:
        super().__init__(kit, texts["counter.step.wishes"], LOW_ROW)
        self._session = session
        self.phone = kit.field(hint=texts["counter.phone_hint"], name="phone")
        self.phone.setFixedWidth(168)
        self.ways = QButtonGroup()
        self._buttons = {}
        for way in DeliveryWay:
            button = kit.button(
                texts.code("delivery", way.value), "seg", name=f"delivery_{way.value}", on=False
            )
            self._buttons[way] = button
            self.ways.addButton(button)
            button.clicked.connect(lambda _checked=False, w=way: self._choose(w))
        self.address = kit.field(hint=texts["counter.address_hint"], name="address")
        self.put(
            kit.text(texts["counter.phone"], "body", "muted"),
            self.phone,
            16,
            kit.text(texts["counter.delivery"], "body", "muted"),
            row(*self._buttons.values(), gap=4),
            self.address,
            None,
            wide=self.address,
        )
        self.phone.textEdited.connect(self._phoned)
        self.address.textEdited.connect(self._addressed)
        self.address.editingFinished.connect(lambda: self.address.setCursorPosition(0))  # its town is seen

    def refresh(self) -> None:
        intake = self._session.intake
        if self.phone.text().strip() != intake.contact.phone:
            self.phone.setText(intake.contact.phone)
        if self.address.text().strip() != intake.delivery.address:
            self.address.setText(intake.delivery.address)
        mail = intake.delivery.way is DeliveryWay.MAIL
        self._buttons[intake.delivery.way].setChecked(True)
        self.address.setVisible(mail)
        lacking = mail and not intake.delivery.address
        self.set_state("warn" if lacking else "done" if intake.contact.phone else "todo")

    def _phoned(self, text: str) -> None:
        self._session.apply(replace(self._session.intake, contact=Contact(text.strip())))

    def _addressed(self, text: str) -> None:
        delivery = replace(self._session.intake.delivery, address=text.strip())
        self._session.apply(replace(self._session.intake, delivery=delivery))

    def _choose(self, way: DeliveryWay) -> None:
        delivery: Delivery = replace(self._session.intake.delivery, way=way)
        self._session.apply(replace(self._session.intake, delivery=delivery))
        if way is DeliveryWay.MAIL:
            self.address.setFocus(Qt.FocusReason.OtherFocusReason)
