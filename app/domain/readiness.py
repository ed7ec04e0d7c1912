"""Whether a station may open this morning: rows of facts, and what follows from them in degrees.

The thresholds stand here once, for the strip, the device page, the doctor and the paper (ADR 0083).
"""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

FEW_NUMBERS = 50
MEGABYTE = 1024 * 1024
LITTLE_DISK = 1024 * MEGABYTE  # bytes: time to make room
LEAST_DISK = 100 * MEGABYTE  # bytes: a day's cases and their pictures might not fit
NEEDED = frozenset({"store", "enrolment", "clock", "catalog", "numbers", "disk"})
"""Areas without which no case can be taken: neither line nor printer nor reader is among them."""


class RowState(Enum):
    """The word is `readiness.state.<value>`."""

    FINE = "fine"
    MIND = "mind"
    STOP = "stop"
    UNCHECKED = "unchecked"


class Opening(Enum):
    """In degrees; the sentence is `readiness.opening.<value>`.  UNKNOWN: nothing could be looked at."""

    OPEN = "open"
    LIMITED = "limited"
    CLOSED = "closed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class ReadinessRow:
    """`area`: a device kind's word or a thing of the station.  `limit`: what has to be done without, or "".

    `trial`: what a person can have it show (`read`, `page`, `scan`), "" where there is nothing to try.
    """

    area: str
    name: str
    state: RowState
    sentence: str
    advice: str = ""
    limit: str = ""
    trial: str = ""


@dataclass(frozen=True, slots=True)
class ReadinessSheet:
    """`simulated`: devices of the demo stand for real ones, which every paper says."""

    station_id: str
    site: str
    operator: str
    at: datetime
    simulated: bool
    rows: tuple[ReadinessRow, ...]

    @property
    def opening(self) -> Opening:
        states = {row.state for row in self.rows}
        if RowState.STOP in states:
            return Opening.CLOSED
        if states <= {RowState.UNCHECKED}:
            return Opening.UNKNOWN
        return Opening.LIMITED if self.limits else Opening.OPEN

    @property
    def limits(self) -> tuple[str, ...]:
        return tuple(row.limit for row in self.rows if row.limit)

    @property
    def stops(self) -> tuple[str, ...]:
        """What has to be put right before the station may open, by name."""
        return tuple(row.name for row in self.rows if row.state is RowState.STOP)
