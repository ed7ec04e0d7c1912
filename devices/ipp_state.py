"""What a printer says of itself, in our words: its state, its troubles, what it can do.

`printer-state-reasons` are keywords with an optional weight at the end (RFC 8011, 5.4.12): `-report` and
`-warning` do not keep it from printing, `-error` does, and no weight counts as an error.  Most printers
report an empty second tray as a warning; it is believed when the printer has stopped, when no A4 is loaded
(`media-ready`), or when a job stands still.  Keywords after
RFC 8011, 5.4.12, and PWG 5100.9.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from app.errors import (
    DeviceError,
    DeviceTimeoutError,
    PrinterCoverError,
    PrinterFaultError,
    PrinterJamError,
    PrinterPaperError,
    PrinterPausedError,
    PrinterTonerError,
)
from devices import ipp_codec as ipp
from devices.driver import Condition, condition_of
from devices.ipp_codec import Attributes

WANTED = (
    "printer-state",
    "printer-state-reasons",
    "printer-is-accepting-jobs",
    "printer-make-and-model",
    "document-format-supported",
    "sides-supported",
    "copies-supported",
    "color-supported",
    "media-supported",
    "media-ready",
    "media-source-supported",
    "print-color-mode-supported",
    "print-scaling-supported",
    "job-cancel-after-supported",
    "cups-version",
    "device-uri",
)
PDF = "application/pdf"
STOPPED = 5
A4 = "iso_a4_210x297mm"  # PWG 5101.1
_NO_PAPER = frozenset({"media-empty", "media-needed"})
_WEIGHTS = ("-error", "-warning", "-report")
_ERRORS: tuple[tuple[frozenset[str], DeviceError], ...] = (
    (
        frozenset({"cover-open", "door-open", "interlock-open", "input-tray-missing"}),
        PrinterCoverError("cover open"),
    ),
    (frozenset({"media-jam", "media-path-jam"}), PrinterJamError("jam")),
    (_NO_PAPER, PrinterPaperError("no paper")),
    (
        frozenset({"toner-empty", "marker-supply-empty", "marker-waste-full", "developer-empty"}),
        PrinterTonerError("no toner"),
    ),
)
_OFFLINE = frozenset({"offline", "connecting-to-device", "timed-out", "shutdown"})
_PAUSED = frozenset({"paused", "moving-to-paused", "stopping", "hold-new-jobs"})
_LOW = {
    "paper": frozenset({"media-low"}),
    "toner": frozenset({"toner-low", "marker-supply-low", "marker-waste-almost-full"}),
}
_PROVING = frozenset({"ipp", "ipps", "dnssd", "ippusb"})  # ways on which the spooler hears the printer out


@dataclass(frozen=True, slots=True)
class PrinterState:
    """One look at a printer.  `reasons` without their weight, `errors` those that keep it from printing."""

    stopped: bool
    accepting: bool
    reasons: frozenset[str]
    errors: frozenset[str]
    said: Attributes

    @property
    def takes_pdf(self) -> bool:
        return PDF in ipp.words(self.said, "document-format-supported")

    @property
    def spooler(self) -> bool:
        return bool(ipp.word(self.said, "cups-version"))

    @property
    def proves(self) -> bool:
        """Whether `completed` means paper.  A spooler that only hands over bytes says it too early."""
        if not self.spooler:
            return True
        return ipp.word(self.said, "device-uri").partition(":")[0] in _PROVING

    def supports(self, name: str, value: str) -> bool:
        return value in ipp.words(self.said, f"{name}-supported")


def state_of(said: Attributes) -> PrinterState:
    weighed = dict(_weighed(word) for word in ipp.words(said, "printer-state-reasons"))
    stopped = ipp.number(said, "printer-state") == STOPPED
    ready = ipp.words(said, "media-ready")
    unloaded = bool(ready) and A4 not in ready
    return PrinterState(
        stopped,
        ipp.flag(said, "printer-is-accepting-jobs") is not False,
        frozenset(weighed) - {"none"},
        frozenset(
            reason
            for reason, error in weighed.items()
            if error or stopped or (unloaded and reason in _NO_PAPER)
        )
        - {"none"},
        said,
    )


def _weighed(word: str) -> tuple[str, bool]:
    for weight in _WEIGHTS:
        if word.endswith(weight):
            return word.removesuffix(weight), weight == "-error"
    return word, True


def problem_of(state: PrinterState, waiting: bool = False) -> DeviceError | None:
    """Why this printer will not print now.

    `waiting`: a job has been standing still, so that what is only a warning counts too.
    """
    standing = state.reasons if waiting else state.errors
    found = next((error for reasons, error in _ERRORS if reasons & standing), None)
    if found is not None:
        return found
    if state.reasons & _OFFLINE:
        return DeviceTimeoutError("the printer is off or cannot be reached")
    if state.reasons & _PAUSED or not state.accepting:
        return PrinterPausedError("paused")
    return PrinterFaultError("stopped", part="") if state.stopped else None


def condition(state: PrinterState, waiting: bool = False) -> Condition:
    problem = problem_of(state, waiting)
    base = Condition() if problem is None else condition_of(problem)
    simulated = ipp.word(state.said, "printer-make-and-model") == DEMO_MODEL
    return Condition(base.status, base.reason, dict(_facts(state)), simulated, tuple(_capabilities(state)))


DEMO_MODEL = "EMULATOR"


def _facts(state: PrinterState) -> Iterator[tuple[str, str]]:
    for part, reasons in _LOW.items():
        if reasons & state.reasons:
            yield part, "near_end"
    if model := ipp.word(state.said, "printer-make-and-model"):
        yield "model", model


def _capabilities(state: PrinterState) -> Iterator[str]:
    if state.takes_pdf:
        yield "pdf"
    if state.supports("sides", "two-sided-long-edge"):
        yield "duplex"
    if ipp.flag(state.said, "color-supported"):
        yield "colour"
    if (ipp.number(state.said, "copies-supported") or 1) > 1:
        yield "copies"
    if len(ipp.words(state.said, "media-source-supported")) > 1:
        yield "trays"
