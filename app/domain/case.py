"""A case (办件): one applicant asking for one service item."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import Enum

from app.domain.catalog import Channel, Necessity
from app.domain.identity import IdentityDocument
from app.domain.situation import NO_ANSWERS, Answers
from app.errors import IllegalTransitionError


class CaseState(Enum):
    RECEIVED = "received"
    WITHDRAWN = "withdrawn"


_NEXT: Mapping[CaseState, frozenset[CaseState]] = {
    CaseState.RECEIVED: frozenset({CaseState.WITHDRAWN}),
    CaseState.WITHDRAWN: frozenset(),
}


class DeliveryWay(Enum):
    """How the result reaches the applicant; the word is `delivery.<value>`."""

    PICKUP = "pickup"
    MAIL = "mail"


@dataclass(frozen=True, slots=True, repr=False)
class Contact:
    phone: str = ""


@dataclass(frozen=True, slots=True, repr=False)
class Delivery:
    way: DeliveryWay = DeliveryWay.PICKUP
    address: str = ""


@dataclass(frozen=True, slots=True, repr=False)
class Organisation:
    """The enterprise an item is asked for; the person at the counter is then its handler (经办人)."""

    name: str
    uscc: str = ""


@dataclass(frozen=True, slots=True)
class TakenMaterial:
    """`originals` / `copies`: sheets received; `how`: key under `collect.` (paper, card, scan …)."""

    material_id: str
    name: str
    due_originals: int
    due_copies: int
    originals: int
    copies: int
    necessity: Necessity = Necessity.REQUIRED
    how: str = "paper"

    @property
    def complete(self) -> bool:
        return self.originals >= self.due_originals and self.copies >= self.due_copies


@dataclass(frozen=True, slots=True)
class Application:
    """Everything a clerk, a kiosk or a calling program has gathered; nothing is stored yet.

    `materials` None means "all of them, as many as asked for".  `request_id` makes the
    hand-in repeatable: the same one twice is one case.  `identity_confirmed` is 人证一致
    as the clerk judged it; None where nobody could (kiosk).  `doubtful_read`: the reader gave the applicant's
    card two ways, and nobody has typed it in instead.
    """

    request_id: str
    item_code: str
    applicant: IdentityDocument
    answers: Answers = field(default_factory=lambda: NO_ANSWERS)
    materials: tuple[TakenMaterial, ...] | None = None
    contact: Contact = Contact()
    delivery: Delivery = Delivery()
    organisation: Organisation | None = None
    agent: IdentityDocument | None = None
    identity_confirmed: bool | None = None
    doubtful_read: bool = False
    operator_id: str = ""
    operator_name: str = ""
    channel: Channel = Channel.COUNTER


@dataclass(frozen=True, slots=True)
class Case:
    """A case as stored.  `case_id` (UUID) is for machines, `number` for people; neither is reused."""

    case_id: str
    number: str
    application: Application
    item_name: str
    catalog_version: str
    station_id: str
    state: CaseState
    received_at: datetime
    materials: tuple[TakenMaterial, ...]
    offline: bool = False
    platform_number: str = ""

    def withdraw(self) -> "Case":
        if CaseState.WITHDRAWN not in _NEXT[self.state]:
            raise IllegalTransitionError(f"{self.state.value} -> withdrawn")
        return replace(self, state=CaseState.WITHDRAWN)


@dataclass(frozen=True, slots=True, repr=False)
class CaseLine:
    """One row of a list of cases: no more than a list shows."""

    case_id: str
    number: str
    applicant_masked_name: str
    item_name: str
    received_at: datetime
    operator_id: str
    uploaded: bool
    print_state: str
    platform_number: str = ""
    files: int = 0
    files_sent: int = 0
    refused: bool = False


@dataclass(frozen=True, slots=True, repr=False)
class Draft:
    """What has been entered so far; `body` is JSON that only `app.flows.drafting` reads and writes."""

    draft_id: str
    operator_id: str
    changed_at: datetime
    body: str
