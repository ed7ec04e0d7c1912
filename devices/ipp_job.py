"""One job at an IPP printer or a spooler, from sending to its end, and what became of it.

    completed, and the printer is heard out            CONFIRMED
    completed, said by a spooler that only sends        UNKNOWN: it has handed over bytes, no more
    completed with errors                               UNKNOWN
    canceled or aborted before a sheet came out         FAILED: it never comes out behind our back
    canceled or aborted later                           UNKNOWN
    no end by the deadline, or a person takes it back   Cancel-Job, then as above; UNKNOWN if it has no end
    the answer to Print-Job is lost                     looked for by its name, then as above; else UNKNOWN

`completed` of the job is the only proof (RFC 8011, 5.3.7): accepting it is none, and a spooler says
`processing` for ever when its printer is dead.  A job is named after the machine and a number, never after
a person.  What a spooler keeps of a finished job (CUPS: the file itself, for a day) is purged; jobs of ours
that outlived their time, because the program or the line died, are taken back when they are found
(`drop_expired`).
"""

import hashlib
import logging
import platform
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from threading import Event
from uuid import uuid4

from app.domain.printing import PrintOutcome, PrintState
from app.errors import (
    DeviceBusyError,
    DeviceError,
    DeviceNotFoundError,
    DeviceProtocolError,
    DeviceTimeoutError,
    PrinterFaultError,
    PrinterPausedError,
    PrinterUnsupportedError,
    PrintUnprovenError,
    StoppedByPersonError,
)
from devices import ipp_codec as ipp
from devices import ipp_state
from devices.driver import Condition
from devices.ipp_client import DEFAULT_S, IppClient, IppRefusedError, Operation
from devices.ipp_codec import Attributes, GroupTag, Tag, Value
from devices.ipp_state import PrinterState

RAW = "application/vnd.cups-raw"
EXPIRED_S = 150  # no print of ours is given more time
_PAUSES_S = (0.2, 0.3, 0.5, 1.0)
_RESERVE_S = 6.0  # of the deadline, for taking back
_ANSWER_S = 4.0
_STANDS_S = 2.0  # a job without a new sheet for so long stands still
_COMPLETED, _ENDED, _PROCESSING = 9, 7, 5
_JOB = (
    "job-id",
    "job-name",
    "job-state",
    "job-state-reasons",
    "job-impressions-completed",
    "job-media-sheets-completed",
    "time-at-creation",
    "time-at-processing",
    "job-printer-up-time",
)
_NOT_FOUND = 0x0406
_UNSUPPORTED = (0x040A, 0x040B, 0x0411)  # document format, attributes or values, compression
_PAUSED, _BUSY = 0x0506, 0x0507  # not accepting jobs; busy with another

Tell = Callable[[Condition], None]
logger = logging.getLogger(__name__)


def keywords(*found: str) -> ipp.Values:
    return tuple(Value(Tag.KEYWORD, word) for word in found)


def look(client: IppClient, deadline_s: float = DEFAULT_S) -> PrinterState:
    """How the printer is now.  Raises DeviceError."""
    asked = {"requested-attributes": keywords(*ipp_state.WANTED)}
    try:
        answer = client.ask(Operation.GET_PRINTER, asked, deadline_s=deadline_s)
    except IppRefusedError as error:
        raise _refusal(error) from error
    return ipp_state.state_of(answer.group(GroupTag.PRINTER))


@dataclass(frozen=True, slots=True)
class _Seen:
    """A job as the printer tells it.  `sheets` (or sides) that came out, None when it does not count."""

    job_id: int
    name: str
    state: int
    reasons: frozenset[str]
    sheets: int | None
    begun: bool
    age_s: int

    @property
    def ended(self) -> bool:
        return self.state >= _ENDED


def _seen(said: Attributes) -> _Seen:
    counted = [ipp.number(said, f"job-{what}-completed") for what in ("impressions", "media-sheets")]
    known = [count for count in counted if count is not None]
    state = ipp.number(said, "job-state") or 0
    now, born = ipp.number(said, "job-printer-up-time"), ipp.number(said, "time-at-creation")
    return _Seen(
        ipp.number(said, "job-id") or 0,
        ipp.word(said, "job-name"),
        state,
        frozenset(ipp.words(said, "job-state-reasons")),
        max(known) if known else None,
        ipp.number(said, "time-at-processing") is not None or _PROCESSING <= state < _ENDED,
        0 if now is None or born is None else max(0, now - born),
    )


class JobDesk:
    """The jobs of this machine at one printer."""

    def __init__(self, client: IppClient) -> None:
        self._client = client
        self._prefix = f"receipt-{hashlib.sha256(platform.node().encode()).hexdigest()[:8]}-"

    # -- one job -------------------------------------------------------------------------------------

    def run(
        self,
        printer: PrinterState,
        document: tuple[str, bytes],
        job: Attributes,
        ends: float,
        dropped: Event,
        tell: Tell,
    ) -> PrintOutcome:
        """Print `document` (its MIME type and bytes) and follow it to its end; never raises a DeviceError.

        Of raw bytes nobody but the spooler says that they are done, so they are never confirmed.
        """
        name, mime = f"{self._prefix}{uuid4().hex[:12]}", document[0]
        before = self._client.sent
        try:
            job_id = self._submit(name, document, job, ends)
        except DeviceError as error:
            if isinstance(error, IppRefusedError) or self._client.sent == before:
                return failed(_refusal(error))
            found = self._lost(name, ends)
            if found is None:
                return unknown(error)
            job_id = found
        trust = Trust(printer.proves and mime != RAW, not printer.spooler)
        follower = _Follower(self, trust, job_id, ends, dropped, tell)
        try:
            return follower.follow()
        finally:
            if printer.spooler:
                self.purge(job_id)

    def _submit(self, name: str, document: tuple[str, bytes], job: Attributes, ends: float) -> int:
        mime, data = document
        described = {
            "job-name": (Value(Tag.NAME, name),),
            "ipp-attribute-fidelity": (Value(Tag.BOOLEAN, False),),
            "document-format": (Value(Tag.MIME, mime),),
        }
        left_s = max(ends - time.monotonic(), 1.0)
        answer = self._client.ask(Operation.PRINT_JOB, described, job, data, min(left_s, 30.0))
        job_id = ipp.number(answer.group(GroupTag.JOB), "job-id")
        if job_id is None:
            raise DeviceProtocolError("a job without a number")
        return job_id

    def _lost(self, name: str, ends: float) -> int | None:
        """The number of a job whose acceptance was not heard."""
        for which in ("not-completed", "completed"):
            try:
                found = next((job for job in self._jobs(which, ends) if job.name == name), None)
            except DeviceError:
                return None
            if found is not None:
                return found.job_id
        return None

    def see(self, job_id: int, deadline_s: float) -> _Seen:
        """Raises DeviceError."""
        asked = {**_number(job_id), "requested-attributes": keywords(*_JOB)}
        answer = self._client.ask(Operation.GET_JOB, asked, deadline_s=deadline_s)
        return _seen(answer.group(GroupTag.JOB))

    def look(self, deadline_s: float) -> PrinterState:
        return look(self._client, deadline_s)

    def cancel(self, job_id: int, deadline_s: float) -> None:
        """Raises DeviceError; a job that has ended already is no error."""
        try:
            self._client.ask(Operation.CANCEL_JOB, _number(job_id), deadline_s=deadline_s)
        except IppRefusedError as error:
            logger.debug("cancel: %s", error)

    def purge(self, job_id: int) -> None:
        """Have a spooler forget an ended job and its file."""
        asked = {**_number(job_id), "purge-job": (Value(Tag.BOOLEAN, True),)}
        try:
            self._client.ask(Operation.CANCEL_JOB, asked, deadline_s=_ANSWER_S)
        except DeviceError as error:
            logger.debug("purge: %s", error)

    # -- what is left of former lives ----------------------------------------------------------------

    def drop_expired(self) -> int:
        """Take back jobs of this machine that outlived their time; returns how many.  Raises DeviceError."""
        late = [
            job
            for job in self._jobs("not-completed", time.monotonic() + _ANSWER_S)
            if job.name.startswith(self._prefix) and job.age_s > EXPIRED_S
        ]
        for job in late:
            self.cancel(job.job_id, _ANSWER_S)
        if late:
            logger.warning("took back %d forgotten prints", len(late))
        return len(late)

    def _jobs(self, which: str, ends: float) -> Iterator[_Seen]:
        asked = {
            "which-jobs": keywords(which),
            "requested-attributes": keywords(*_JOB),
            "limit": (Value(Tag.INTEGER, 200),),
        }
        left_s = min(_ANSWER_S, max(ends - time.monotonic(), 0.5))
        answer = self._client.ask(Operation.GET_JOBS, asked, deadline_s=left_s)
        return (_seen(said) for said in answer.all_of(GroupTag.JOB))


@dataclass(frozen=True, slots=True)
class Trust:
    """What to believe: `ends`, that a completed job is on paper; `counts`, its count of sheets.

    A spooler counts what it has drawn, printed or not (CUPS 2.4 counts two sheets for a printer that is off).
    """

    ends: bool
    counts: bool


def _number(job_id: int) -> Attributes:
    return {"job-id": (Value(Tag.INTEGER, job_id),)}


class _Follower:
    """Looks at one job until it has ended or is taken back."""

    def __init__(
        self, desk: JobDesk, trust: Trust, job_id: int, ends: float, dropped: Event, tell: Tell
    ) -> None:
        self._desk, self._trust, self._job_id = desk, trust, job_id
        self._dropped, self._tell = dropped, tell
        self._ends = ends
        self._gives_up = ends - min(_RESERVE_S, (ends - time.monotonic()) / 3)
        self._begun = False
        self._sheets: int | None = None
        self._moved_at = time.monotonic()
        self._problem: DeviceError | None = None

    def follow(self) -> PrintOutcome:
        rounds = 0
        while True:
            job = self._see()
            if job is not None and job.ended:
                return self._judge(job, self._problem or PrinterFaultError("aborted", part=""))
            if isinstance(self._problem, IppRefusedError):
                return unknown(self._problem)  # the printer does not know its job any more
            if job is not None:
                self._look()
            if self._dropped.is_set():
                return self._take_back(StoppedByPersonError())
            if time.monotonic() >= self._gives_up:
                return self._take_back(self._problem or DeviceTimeoutError("no end of the job"))
            self._dropped.wait(_PAUSES_S[min(rounds, len(_PAUSES_S) - 1)])
            rounds += 1

    def _see(self) -> _Seen | None:
        """The job now; None, with the problem kept, while the printer does not answer."""
        try:
            job = self._desk.see(self._job_id, min(_ANSWER_S, max(self._ends - time.monotonic(), 0.5)))
        except DeviceError as error:
            self._problem = error
            return None
        self._begun = self._begun or job.begun
        if job.sheets != self._sheets:
            self._sheets, self._moved_at = job.sheets, time.monotonic()
        return job

    def _look(self) -> None:
        """Tell how the printer is, and remember what keeps it from printing."""
        try:
            state = self._desk.look(_ANSWER_S)
        except DeviceError as error:
            self._problem = error
            return
        waiting = time.monotonic() - self._moved_at > _STANDS_S
        self._problem = ipp_state.problem_of(state, waiting)
        self._tell(ipp_state.condition(state, waiting))

    def _take_back(self, cause: DeviceError | StoppedByPersonError) -> PrintOutcome:
        """Cancel, and wait for the printer to say that it has stopped."""
        now = time.monotonic()
        until = max(min(self._ends, now + _RESERVE_S), now + 1.0)
        while (left_s := until - time.monotonic()) > 0:
            try:
                self._desk.cancel(self._job_id, min(left_s, _ANSWER_S))
                job = self._desk.see(self._job_id, min(left_s, _ANSWER_S))
            except DeviceError as error:
                logger.debug("taking back: %s", error)
                job = None
            if job is not None and job.ended and "processing-to-stop-point" not in job.reasons:
                return self._judge(job, cause)
            time.sleep(min(left_s, _PAUSES_S[0]))
        return unknown(cause)

    def _judge(self, job: _Seen, cause: DeviceError | StoppedByPersonError) -> PrintOutcome:
        if job.state != _COMPLETED:
            return unknown(cause) if self._came_out(job) else failed(cause)
        if "job-completed-with-errors" in job.reasons:
            return unknown(PrinterFaultError("completed with errors", part=""))
        if not self._trust.ends:
            return unknown(PrintUnprovenError())
        return PrintOutcome(PrintState.CONFIRMED)

    def _came_out(self, job: _Seen) -> bool:
        """Whether paper may have come out of a job that did not complete."""
        if not (self._begun or job.begun):
            return False
        return not self._trust.counts or job.sheets != 0


def _refusal(error: DeviceError) -> DeviceError:
    status = error.status if isinstance(error, IppRefusedError) else 0
    if status in _UNSUPPORTED:
        return PrinterUnsupportedError(str(error))
    if status == _PAUSED:
        return PrinterPausedError(str(error))
    if status == _BUSY:
        return DeviceBusyError(str(error))
    return DeviceNotFoundError(str(error)) if status == _NOT_FOUND else error


def failed(error: DeviceError | StoppedByPersonError) -> PrintOutcome:
    logger.info("print failed: %s", error.code)
    return PrintOutcome(PrintState.FAILED, error.code)


def unknown(error: DeviceError | StoppedByPersonError) -> PrintOutcome:
    logger.info("print outcome unknown: %s", error.code)
    return PrintOutcome(PrintState.UNKNOWN, error.code)
