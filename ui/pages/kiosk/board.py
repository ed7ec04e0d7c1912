"""What the machine knows of itself: nothing here is about a person, so it outlives a session."""

from collections import Counter
from dataclasses import dataclass

from app.domain.catalog import Audience, ItemHit
from app.domain.device import DeviceHealth, DeviceKind, DeviceStatus
from app.errors import AppError, NoCatalogError, NotEnrolledError, NumbersExhaustedError
from app.services.printing import PRINTERS
from app.services.station_status import StationStatus
from ui.desk import Desk

MOST_ITEMS = 2000


@dataclass(slots=True)
class Board:
    """`hits`: the items a person can ask for here, by rank.  `error`: why the last look failed."""

    hits: tuple[ItemHit, ...] = ()
    status: StationStatus | None = None
    error: AppError | None = None
    listed: bool = False

    @property
    def ready(self) -> bool:
        """Both looks have come back once."""
        return self.error is not None or (self.listed and self.status is not None)

    @property
    def online(self) -> bool:
        return self.status is not None and self.status.online

    def closed(self, desk: Desk) -> AppError | None:
        """Why no case can be received here now, or None."""
        if self.error is not None:
            return self.error
        if self.status is None:
            return None
        if desk.office.sealer is None or not self.status.enrolled:
            return NotEnrolledError()
        if self.status.catalog is None or self.status.catalog.draft or (self.listed and not self.hits):
            return NoCatalogError()
        return None if self.status.sequences_left else NumbersExhaustedError()

    def themes(self) -> tuple[tuple[str, int], ...]:
        """(theme, items), the theme of the best-ranked item first."""
        return tuple(Counter(hit.theme for hit in self.hits).items())

    def of_theme(self, theme: str) -> tuple[ItemHit, ...]:
        return tuple(hit for hit in self.hits if hit.theme == theme)


def for_persons(hits: tuple[ItemHit, ...]) -> tuple[ItemHit, ...]:
    """An item for enterprises only needs the enterprise's name, which cannot be written here."""
    return tuple(hit for hit in hits if Audience.PERSON in hit.audience)


def health_of(desk: Desk, kind: DeviceKind) -> DeviceHealth | None:
    return next((h for h in desk.office.devices.health() if h.kind is kind), None)


def works(desk: Desk, kind: DeviceKind) -> bool:
    health = health_of(desk, kind)
    return health is not None and health.works


def prints(desk: Desk) -> bool:
    """Whether one at least of the papers handed out here can be printed."""
    return any(works(desk, PRINTERS[form]) for form in desk.office.papers)


def starting(desk: Desk) -> bool:
    """A device that has not answered for the first time yet is neither well nor ill."""
    return any(h.status is DeviceStatus.STARTING for h in desk.office.devices.health())


def simulated(desk: Desk) -> bool:
    return any(h.simulated for h in desk.office.devices.health())
