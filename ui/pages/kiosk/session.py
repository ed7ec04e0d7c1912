"""Everything one person has told this machine.

A page is drawn from the session and forgotten; what must outlive a page stands here and
nowhere else, so that forgetting a person is dropping one object.
"""

from dataclasses import dataclass, field, fields

from app.domain.catalog import ItemHit
from app.domain.operator import Operator
from app.domain.printing import PrintJob
from app.errors import AppError
from app.flows.intake import Intake
from app.services.intake import Received
from ui.readiness import ReadinessCheck


@dataclass(frozen=True, slots=True)
class Place:
    """A page by name; `index` tells the question, or the sheet of a list."""

    name: str
    index: int = 0


@dataclass(frozen=True, slots=True)
class Notice:
    """A sentence the current page must say; gone with the next page."""

    tone: str
    title: str
    body: str = ""


@dataclass(slots=True)
class Session:
    locale: str
    elder: bool = False
    place: Place = Place("attract")
    trail: list[Place] = field(default_factory=list)
    intake: Intake = field(default_factory=Intake)
    sheet: int = 0  # of a list that has several
    theme: str = ""
    query: str = ""
    found: tuple[ItemHit, ...] = ()
    found_for: str = ""  # the query that `found` answers
    number: str = ""  # typed document number
    name: str = ""  # typed name
    spelling: str = ""  # letters of the character being looked for
    paperless: bool = False  # told that there is no paper, and went on
    card_read: bool = False
    card_seen_at: float | None = None  # monotonic; the card was seen again after the case was stored
    notice: Notice | None = None
    error: AppError | None = None
    sending: bool = False
    received: Received | None = None
    modules: tuple[tuple[bool, ...], ...] = ()  # of the receipt's QR
    job: PrintJob | None = None
    printing: bool = False
    uploaded: bool | None = None
    refused: bool = False  # the gateway did not take it: staff must see to it
    help_at: str = ""  # clock time at which help was called
    told_at: str = ""  # clock time at which trouble was written down
    operator: Operator | None = None  # staff page only
    staff_id: str = ""
    staff_pin: str = ""
    open_prints: int = 0
    check: ReadinessCheck | None = None  # the staff's readiness sheet

    def forget(self) -> None:
        """Blank every field, so that whoever still holds this object holds nothing of the person."""
        blank = Session(self.locale, self.elder)
        for each in fields(self):
            setattr(self, each.name, getattr(blank, each.name))

    def altered(self, locale: str) -> bool:
        """Whether the first page looks different from how the next person should find it."""
        return self.elder or self.locale != locale or bool(self.help_at)


@dataclass(frozen=True, slots=True)
class Farewell:
    """What may lie on the machine when a session has ended: no personal data."""

    card: bool
    paper: bool
    stored: bool
