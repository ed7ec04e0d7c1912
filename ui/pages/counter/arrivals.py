"""Cards that arrive from the reader, whatever has the focus: where each belongs (codes: `scans`).

An empty page or an unfinished typed entry takes a card as the applicant, an open agent's
row as the agent; another person's card in the middle of a case is a question, never a
silent swap; a card laid down after a case begins the next one.  The same card read once
more (the reader was plugged in again, the card was moved) changes nothing.
"""

from threading import Event

from PySide6.QtCore import Signal

from app.domain.device import CardRead, DeviceEvent, DeviceKind, DeviceTrouble, Scanned
from app.errors import AppError
from app.flows.intake import Intake
from ui.pages.counter.coming import Around, Coming
from ui.pages.counter.receiving import Stage
from ui.pages.counter.scans import Scans
from ui.words import sentence

READ_S = 5.0


class Arrivals(Coming):
    """`taken`: an applicant came; `next_wanted`: a card began the next case; `by_hand`: no card to be had."""

    taken = Signal()
    next_wanted = Signal()
    by_hand = Signal()

    def __init__(self, around: Around) -> None:
        super().__init__(around)
        self.scans = Scans(around)
        self.scans.noticed.connect(self.noticed)
        around.receiving.stored.connect(lambda *_: around.sheet.portrait.forget())
        self._reading = False
        self.waiting: CardRead | None = None

    def event_came(self, event: DeviceEvent) -> None:
        if isinstance(event, CardRead):
            self.card(event)
        elif isinstance(event, Scanned):
            self.scans.take(event.text)
        elif isinstance(event, DeviceTrouble) and event.kind is DeviceKind.ID_READER:
            self._unread(sentence(self._texts, event.code))

    def read_again(self) -> None:
        """F2: one read now, for a card that lies there already."""
        if self._reading or self._receiving.stage is not Stage.IDLE:
            return
        self._reading = True
        self._desk.tasks.follow(
            self._desk.office.devices.read_card(READ_S, Event()),
            owner=self,
            done=self._read,
            failed=self._not_read,
        )

    def settle(self) -> None:
        """A case came to its end: a card laid down meanwhile begins the next, if paper is in hand."""
        if self.waiting is not None and self._receiving.in_hand:
            self.next_wanted.emit()

    def repeats(self, card: CardRead) -> bool:
        """Whether it is the card of this case, read once more: it moves neither page nor cursor."""
        received, applicant = self._receiving.received, self._session.intake.applicant
        if received is not None:
            applicant = received.case.application.applicant
        elif self._sheet.applicant.editing or self._sheet.agent.waiting:
            return False
        now = (card.document.number, card.document.full_name)
        return (
            applicant is not None
            and applicant.machine_read
            and now == (applicant.number, applicant.full_name)
        )

    def card(self, card: CardRead) -> None:
        self._notices.drop("reader")
        applicant = self._session.intake.applicant
        if self._receiving.stage is not Stage.IDLE:
            self._keep_for_next(card)
        elif self.repeats(card):
            self._notices.drop("card")
            self._session.apply(self._with(card))
            self._sheet.portrait.take(card)
        elif self._sheet.agent.waiting:
            self._sheet.agent.take(card.document)
        elif applicant is None or applicant.number == card.document.number or not applicant.number:
            self.take(card)
        else:
            self._ask(card)

    def _keep_for_next(self, card: CardRead) -> None:
        """The card of the case itself, still lying there, begins nothing."""
        received = self._receiving.received
        if received is None or received.case.application.applicant.number != card.document.number:
            self.waiting = card
            self.settle()

    def take(self, card: CardRead) -> None:
        """The card counts at once; `taken` shows its fields, what follows from them comes after."""
        self._notices.drop("card", "error")
        self._sheet.applicant.leave_entry()
        self._session.apply_soon(self._with(card))
        self._sheet.portrait.take(card)
        self.taken.emit()

    def _with(self, card: CardRead) -> Intake:
        return self._session.intake.with_applicant(card.document, card.doubtful)

    def _ask(self, card: CardRead) -> None:
        texts, kit = self._texts, self._kit
        swap = kit.button(texts["counter.other.swap"], "secondary", name="other_swap", h=28)
        agent = kit.button(texts["counter.other.agent"], "secondary", name="other_agent", h=28)
        leave = kit.button(texts["counter.other.leave"], "quiet", name="other_leave", h=28)
        swap.clicked.connect(lambda: self.take(card))
        agent.clicked.connect(lambda: self._is_agent(card))
        leave.clicked.connect(lambda: self._notices.drop("card"))
        title = texts.say("counter.other.title", name=card.document.masked_name)
        self._notices.say("card", "warn", title, texts["counter.other.body"], swap, agent, leave)

    def _is_agent(self, card: CardRead) -> None:
        self._notices.drop("card")
        self._sheet.agent.take(card.document)

    def _read(self, card: CardRead) -> None:
        self._reading = False
        self.card(card)

    def _not_read(self, error: AppError) -> None:
        self._reading = False
        self._unread(self._texts.error(error))

    def _unread(self, why: str) -> None:
        if self._receiving.stage is not Stage.IDLE:
            return
        hand = self._kit.button(self._texts["counter.type_instead"], "secondary", name="type_instead", h=28)
        hand.clicked.connect(self.by_hand)
        self._notices.say("reader", "warn", self._texts["counter.card_trouble"], why, hand)
        self.noticed.emit()
