"""The conversation of an intake, free of any toolkit: what has been entered, and what follows from it.

One frozen value; every change makes a new one.  The counter shows it on one page, the
kiosk asks for it a question at a time; both ask it the same things.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from uuid import uuid4

from app.domain.case import Application, Contact, Delivery, Organisation, TakenMaterial
from app.domain.catalog import Channel, Item, Material, Question
from app.domain.deadline import Deadlines, WorkCalendar, deadlines
from app.domain.identity import IdentityDocument
from app.domain.operator import Operator
from app.domain.precheck import Finding, check
from app.domain.situation import Answers, first_options, materials_for, reached, unanswered


@dataclass(frozen=True, slots=True)
class Taking:
    """What came of one material."""

    originals: int
    copies: int
    how: str = "paper"


@dataclass(frozen=True, slots=True)
class BundleRow:
    """The items of a 一件事 in turn, of which an intake is one; it goes with the draft, and outlives a crash.

    By item code: all of them in their order, the answers given, those received.  `taken`: paper at
    hand, by a material's name.
    """

    codes: tuple[str, ...]
    answers: Mapping[str, Answers]
    done: frozenset[str] = frozenset()
    taken: Mapping[str, Taking] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Tally:
    due: int
    taken: int

    @property
    def missing(self) -> int:
        return self.due - self.taken


@dataclass(frozen=True, slots=True)
class Intake:
    """`draft_id` also becomes the request id, so that a repeated hand-in is one case."""

    draft_id: str = field(default_factory=lambda: uuid4().hex)
    applicant: IdentityDocument | None = None
    doubtful: bool = False
    item: Item | None = None
    answers: Answers = field(default_factory=dict)
    takings: Mapping[str, Taking] = field(default_factory=dict)
    contact: Contact = Contact()
    delivery: Delivery = Delivery()
    organisation: Organisation | None = None
    agent: IdentityDocument | None = None
    identity_confirmed: bool | None = None
    row: BundleRow | None = None

    @property
    def empty(self) -> bool:
        return self.applicant is None and self.item is None and not self.contact.phone

    # -- changes ---------------------------------------------------------------------------------

    def with_applicant(self, document: IdentityDocument | None, doubtful: bool = False) -> "Intake":
        """Another document means that nobody has compared the face yet.

        The same one once more (a reader that was plugged in again, a card that was moved) takes
        nothing back that was said about it, and a doubtful read never replaces a card that was read.
        """
        if not _same_document(self.applicant, document):
            return replace(self, applicant=document, doubtful=doubtful, identity_confirmed=None)
        if doubtful and self.applicant is not None and self.applicant.machine_read:
            return self
        return replace(self, applicant=document, doubtful=doubtful)

    def with_item(self, item: Item | None, *, preselect: bool) -> "Intake":
        answers: Answers = first_options(item) if item is not None and preselect else {}
        return replace(self, item=item, answers=answers, takings={})

    def with_answer(self, question: Question, option_id: str, *, preselect: bool) -> "Intake":
        """Choose (a multiple question: toggle) an option; answers below it that fell away are dropped."""
        now = self.answers.get(question.id, frozenset())
        chosen = now ^ {option_id} if question.multiple else frozenset({option_id})
        answers = {**self.answers, question.id: chosen}
        if self.item is None:
            return self
        kept = {q.id: answers[q.id] for q in reached(self.item, answers) if q.id in answers}
        if preselect:
            kept = _filled(self.item, kept)
        due = {material_key(m) for m in materials_for(self.item, kept)}
        return replace(self, answers=kept, takings={k: t for k, t in self.takings.items() if k in due})

    def with_taking(self, material: Material, taking: Taking | None) -> "Intake":
        takings = {k: t for k, t in self.takings.items() if k != material_key(material)}
        if taking is not None:
            takings[material_key(material)] = taking
        return replace(self, takings=takings)

    def with_all_taken(self) -> "Intake":
        """As many as asked for of everything; what came as a file stays one."""
        takings = {material_key(m): Taking(m.originals, m.copies, self._how(m)) for m in self.materials()}
        return replace(self, takings=takings)

    def with_file(self, material: Material, how: str) -> "Intake":
        """A file of the material was taken: it stands for as many as are asked for."""
        now = self.taking(material) or Taking(0, 0)
        originals, copies = max(now.originals, material.originals), max(now.copies, material.copies)
        return self.with_taking(material, Taking(originals, copies, how))

    def _how(self, material: Material) -> str:
        taking = self.taking(material)
        return "paper" if taking is None else taking.how

    # -- what follows ----------------------------------------------------------------------------

    def questions(self) -> tuple[Question, ...]:
        return () if self.item is None else reached(self.item, self.answers)

    def open_questions(self) -> tuple[Question, ...]:
        return () if self.item is None else unanswered(self.item, self.answers)

    def materials(self) -> tuple[Material, ...]:
        return () if self.item is None else materials_for(self.item, self.answers)

    def taking(self, material: Material) -> Taking | None:
        return self.takings.get(material_key(material))

    def tally(self) -> Tally:
        rows = self.materials()
        return Tally(len(rows), sum(self.complete(m) for m in rows))

    def complete(self, material: Material) -> bool:
        """Whether all sheets that are due have been taken."""
        taking = self.taking(material)
        return (
            taking is not None and taking.originals >= material.originals and taking.copies >= material.copies
        )

    def deadlines(self, today: date, calendar: WorkCalendar) -> Deadlines:
        return deadlines(today, None if self.item is None else self.item.promise_days, calendar)

    def findings(self, channel: Channel, today: date, calendar: WorkCalendar) -> tuple[Finding, ...]:
        """The live pre-check; empty until there are an applicant and an item."""
        if self.item is None or self.applicant is None:
            return ()
        application = self.application(channel, None)
        return check(self.item, application, self.deadlines(today, calendar), today)

    def application(self, channel: Channel, operator: Operator | None) -> Application:
        """What is handed in.  Raises ValueError while applicant or item are missing (a caller's bug)."""
        if self.applicant is None or self.item is None:
            raise ValueError("applicant and item come first")
        rows = tuple(self._row(m) for m in self.materials())
        return Application(
            request_id=self.draft_id,
            item_code=self.item.code,
            applicant=self.applicant,
            answers=self.answers,
            materials=rows,
            contact=self.contact,
            delivery=self.delivery,
            organisation=self.organisation,
            agent=self.agent,
            identity_confirmed=self.identity_confirmed,
            doubtful_read=self.doubtful,
            operator_id=operator.operator_id if operator else "",
            operator_name=operator.name if operator else "",
            channel=channel,
        )

    def _row(self, m: Material) -> TakenMaterial:
        t = self.taking(m) or Taking(0, 0, "none")
        return TakenMaterial(m.id, m.name, m.originals, m.copies, t.originals, t.copies, m.necessity, t.how)


def _same_document(one: IdentityDocument | None, other: IdentityDocument | None) -> bool:
    """By what stands on it; two documents without a number are never the same."""
    if one is None or other is None or not one.number:
        return False
    return (one.kind, one.number, one.full_name) == (other.kind, other.number, other.full_name)


def material_key(material: Material) -> str:
    return material.id or material.name


def _filled(item: Item, answers: Answers) -> dict[str, frozenset[str]]:
    """Answers with the first option wherever a reached question has none."""
    filled = dict(answers)
    for question in item.questions:
        if question in reached(item, filled) and not filled.get(question.id):
            filled[question.id] = frozenset({question.options[0].id})
    return filled
