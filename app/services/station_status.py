"""What the status strip says, gathered in one go."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from app.domain.carried import Carried
from app.domain.catalog import CatalogInfo
from app.domain.catalog_age import AgeLimits, Freshness, age_days
from app.domain.outbox import OutboxSummary
from app.errors import RemoteError
from app.services.catalog_standing import latest_time
from app.services.office import Office

SKEW = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class StationStatus:
    """`online`: the gateway answered just now.  `skew`: this clock less the gateway's, if known."""

    online: bool
    enrolled: bool
    catalog: CatalogInfo | None
    outbox: OutboxSummary
    sequences_left: int
    received_today: int
    at: datetime
    skew: timedelta | None = None
    known: datetime | None = None  # the latest time this station has written down
    limits: AgeLimits = AgeLimits()
    carried: tuple[Carried, ...] = ()

    @property
    def clock_wrong(self) -> bool:
        return self.skew is not None and abs(self.skew) > SKEW

    def catalog_age_days(self) -> int | None:
        return None if self.catalog is None else age_days(self.catalog, self.at, self.known)

    @property
    def freshness(self) -> Freshness | None:
        age = self.catalog_age_days()
        return None if age is None else self.limits.judge(age)


def look(office: Office, timeout_s: float = 2.0) -> StationStatus:
    """Blocks up to `timeout_s` on the line.  Raises StoreError only."""
    skew = None
    online = False
    if office.gateway is not None:
        try:
            skew = office.clock.now() - office.gateway.health(timeout_s).now
            online = True
        except RemoteError:
            online = False
    now = office.clock.now()
    with office.store.begin() as work:
        return StationStatus(
            online,
            work.enrolment() is not None,
            office.catalog.info(),
            work.outbox_summary(),
            work.sequences_left(),
            work.count_cases(now.replace(hour=0, minute=0, second=0, microsecond=0)),
            now,
            skew,
            latest_time(work),
            office.catalog_limits,
            office.carried(),
        )
