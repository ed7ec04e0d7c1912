"""Print jobs: a stored state machine, since a second receipt nobody asked for is a lie on paper.

    prepared ─► sent ─► confirmed | failed | unknown

`sent` is stored before the first byte leaves; what is found `sent` after a crash is
`unknown`.  Unknown is never retried by the machine: a person is asked.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum


class PrintState(Enum):
    PREPARED = "prepared"
    SENT = "sent"
    CONFIRMED = "confirmed"
    FAILED = "failed"
    UNKNOWN = "unknown"


class PaperForm(Enum):
    SLIP = "slip"
    A4 = "a4"


class PagePart(Enum):
    """What a sheet of an A4 receipt is for; its words are under `paper.part.<value>`."""

    ARCHIVE = "archive"
    APPLICANT = "applicant"
    STUB = "stub"


BOTH_PARTS = (PagePart.APPLICANT, PagePart.STUB)


class SlipText(Enum):
    """How a receipt printer gets Chinese text: as GB18030 characters of its own font, or drawn as dots."""

    GB18030 = "gb18030"
    RASTER = "raster"


@dataclass(frozen=True, slots=True)
class SlipPaper:
    """What a slip has to be composed for.

    `dots`: printable dots of a line; `cutter`: it cuts by itself; `slice_rows`: rows of one raster at most;
    `feed`: dots from the last line to the knife, or to the edge the slip is torn off at.
    """

    width_mm: int = 80
    dots: int = 576
    cutter: bool = True
    text: SlipText = SlipText.GB18030
    slice_rows: int = 255
    feed: int = 48


@dataclass(frozen=True, slots=True)
class DocumentOptions:
    """How a page document is printed.  `tray` "" is the printer's own choice."""

    copies: int = 1
    duplex: bool = False
    tray: str = ""


@dataclass(frozen=True, slots=True)
class PrintJob:
    """`copy_no` 1 is the first print; from 2 on it is a reprint (补打)."""

    job_id: str
    case_id: str
    form: PaperForm
    copy_no: int
    state: PrintState
    reason: str
    changed_at: datetime

    @property
    def reprint_no(self) -> int:
        return reprint_no(self.copy_no)


def reprint_no(copy_no: int) -> int:
    """Which reprint (补打 第 n 次) a copy is, on paper as on the screen: 0 for the first print."""
    return copy_no - 1


@dataclass(frozen=True, slots=True)
class PrintOutcome:
    """`reason` is the code of the error that explains a failure or a doubt ("" when confirmed)."""

    state: PrintState
    reason: str = ""


NEED = (
    PrintState.UNKNOWN,
    PrintState.SENT,
    PrintState.FAILED,
    PrintState.PREPARED,
    PrintState.CONFIRMED,
)


def neediest(jobs: Iterable[PrintJob]) -> PrintJob | None:
    """Of the papers of a case the one that most needs a person, after NEED; the first of equals."""
    return min(jobs, key=lambda job: NEED.index(job.state), default=None)
