"""Driver of a page printer by IPP: itself (`ipp://host/ipp/print`) or a queue of the spooler (`cups:QUEUE`).

Only PDF is sent.  A printer that wants rasters gets nothing: by the spooler, which turns the page into what
the printer understands, it always works.  A printer that needs a person gets nothing either; one that stops
in mid-job is waited for while there is time, and then the job is taken back (devices/ipp_job.py).  What a
spooler says of its printer is from the last job, so it keeps no job from being tried.
"""

import time
from threading import Event

from app.domain.printing import DocumentOptions, PrintOutcome
from app.errors import DeviceError, PrinterPausedError, PrinterUnsupportedError
from devices import ipp_codec as ipp
from devices import ipp_state
from devices.driver import Condition
from devices.ipp_client import IppClient, IppRefusedError, Operation
from devices.ipp_codec import Attributes, Tag, Value
from devices.ipp_job import JobDesk, Tell, failed, keywords, look
from devices.ipp_state import A4, PDF, PrinterState

SWEEP_S = 60.0
_LOOK_S = 5.0
_A4_SIZE = (("x-dimension", 21000), ("y-dimension", 29700))  # hundredths of a millimetre


class IppPrinter:
    """One printer."""

    def __init__(self, client: IppClient) -> None:
        self._client = client
        self._desk = JobDesk(client)
        self._swept = -SWEEP_S

    def check(self) -> Condition:
        """Ask the printer how it is, and take back forgotten jobs now and then.  Raises DeviceError."""
        state = look(self._client)
        if time.monotonic() - self._swept >= SWEEP_S:
            self._desk.drop_expired()
            self._swept = time.monotonic()
        return ipp_state.condition(state)

    def print(
        self, pdf: bytes, options: DocumentOptions, deadline_s: float, dropped: Event, tell: Tell
    ) -> PrintOutcome:
        """Print and find out what became of it; never raises a DeviceError.

        Takes `deadline_s` at most (and a second when the job has to be taken back at the very end).
        `dropped` takes it back; `tell` hears how the printer is meanwhile.
        """
        ends = time.monotonic() + deadline_s
        try:
            state = look(self._client, min(_LOOK_S, deadline_s / 2))
            problem = _hopeless(state, options)
            if problem is not None:
                tell(ipp_state.condition(state))
                return failed(problem)
            job = _job(state, options)
            self._validate(job)
        except DeviceError as error:
            return failed(error)
        return self._desk.run(state, (PDF, pdf), job, ends, dropped, tell)

    def _validate(self, job: Attributes) -> None:
        """Would the printer take it?  Raises PrinterUnsupportedError; a printer that cannot say is tried."""
        try:
            self._client.ask(
                Operation.VALIDATE_JOB, {"document-format": (Value(Tag.MIME, PDF),)}, job, deadline_s=_LOOK_S
            )
        except IppRefusedError as error:
            if error.status in _NOT_THIS_DOCUMENT:
                raise PrinterUnsupportedError(str(error)) from error


_NOT_THIS_DOCUMENT = (0x040A, 0x0411)  # document-format-not-supported, compression-not-supported


def _hopeless(state: PrinterState, options: DocumentOptions) -> DeviceError | None:
    """Why nothing shall be sent at all."""
    if not state.takes_pdf or options.copies > max(1, ipp.number(state.said, "copies-supported") or 1):
        return PrinterUnsupportedError("no PDF, or not so many copies")
    problem = ipp_state.problem_of(state)
    if state.spooler and not isinstance(problem, PrinterPausedError):
        return None
    return problem


def _job(state: PrinterState, options: DocumentOptions) -> Attributes:
    """The attributes of the job: only what the printer knows, since it would ignore or refuse the rest."""
    job: dict[str, ipp.Values] = {"media": keywords(A4)}
    if options.tray and state.supports("media-source", options.tray):
        size = {name: (Value(Tag.INTEGER, length),) for name, length in _A4_SIZE}
        tray = {"media-size": (Value(Tag.COLLECTION, size),), "media-source": keywords(options.tray)}
        job = {"media-col": (Value(Tag.COLLECTION, tray),)}
    if options.copies > 1:
        job["copies"] = (Value(Tag.INTEGER, options.copies),)
    sides = "two-sided-long-edge" if options.duplex else "one-sided"
    for name, value in (("sides", sides), ("print-color-mode", "monochrome"), ("print-scaling", "none")):
        if state.supports(name, value):
            job[name] = keywords(value)
    return job
