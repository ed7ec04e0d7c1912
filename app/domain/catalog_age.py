"""How long a catalog may go unproved: fresh → ageing → stale → refused, by whole days.

The age counts from the moment the gateway signed, for the last time this station has seen, what is
in force (`CatalogInfo.verified_at`), not from the day the catalog was made: one that has not changed for
a year and was proved this morning is fresh.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from app.domain.catalog import CatalogInfo


class Freshness(Enum):
    """FRESH, AGEING: cases as always, AGEING is said.  STALE: cases are received only, marked for a look
    at the newer catalog, and nothing is decided here.  REFUSED: no case is received."""

    FRESH = "fresh"
    AGEING = "ageing"
    STALE = "stale"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class AgeLimits:
    """Days from which each holds; 0 < ageing < stale < refused."""

    ageing_days: int = 7
    stale_days: int = 30
    refused_days: int = 90

    def judge(self, days: int) -> Freshness:
        if days >= self.refused_days:
            return Freshness.REFUSED
        if days >= self.stale_days:
            return Freshness.STALE
        return Freshness.AGEING if days >= self.ageing_days else Freshness.FRESH


def age_days(info: CatalogInfo, now: datetime, known: datetime | None = None) -> int:
    """Whole days since the catalog was proved, by the latest time that is known of.

    `known`: the latest time this station has written down; a clock that was set back makes nothing younger.
    """
    proved = info.verified_at or info.published_at
    return max(0, (max(now, known or now) - proved).days)
