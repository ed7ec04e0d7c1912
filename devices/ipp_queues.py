"""The search of this machine's print queues, for find-devices.

CUPS-Get-Printers (operation 4002, "CUPS Implementation of IPP") needs no queue's name.  A queue without a
driver calls itself `Local Raw Printer` and takes a receipt printer's bytes as they are; one that takes PDF is
a page printer.  What else there is (a label printer's own language) is listed as a stranger.
"""

from collections.abc import Sequence

from app.domain.device import DeviceKind, FoundDevice
from app.errors import DeviceNotFoundError
from devices import ipp_codec as ipp
from devices.ipp_client import CUPS_SOCKET, IppClient, Operation, Target, target_of
from devices.ipp_codec import Attributes, GroupTag
from devices.ipp_job import keywords
from devices.ipp_state import DEMO_MODEL, PDF

SEARCH_S = 3.0
_WANTED = ("printer-name", "printer-info", "printer-make-and-model", "document-format-supported")
_RAW = "Local Raw Printer"


def spooler(pipe: str = CUPS_SOCKET) -> Target:
    """The spooler of this machine itself, not one of its queues."""
    target = target_of("cups:", pipe)
    return Target(target.host, target.port, "/", "ipp://localhost/", pipe=target.pipe, spooler=True)


def search_queues(target: Target | None = None) -> Sequence[FoundDevice]:
    """Every queue; none where no spooler runs.  Raises DeviceTimeoutError, DeviceProtocolError."""
    asked = {"requested-attributes": keywords(*_WANTED)}
    try:
        answer = IppClient(target or spooler()).ask(Operation.CUPS_GET_PRINTERS, asked, deadline_s=SEARCH_S)
    except DeviceNotFoundError:
        return ()
    queues = (_found(said) for said in answer.all_of(GroupTag.PRINTER))
    return tuple(queue for queue in queues if queue is not None)


def _found(said: Attributes) -> FoundDevice | None:
    name = ipp.word(said, "printer-name")
    if not name:
        return None
    model = ipp.word(said, "printer-make-and-model")
    title = ipp.word(said, "printer-info") or model or name
    facts = {"queue": "raw" if model == _RAW else "driver"} | ({"model": model} if model else {})
    if model == DEMO_MODEL:
        facts["simulated"] = "yes"
    kind, driver = _use(model, ipp.words(said, "document-format-supported"))
    return FoundDevice(f"cups:{name}", kind, driver, title, facts=facts)


def _use(model: str, formats: Sequence[str]) -> tuple[DeviceKind | None, str]:
    if model == _RAW:
        return DeviceKind.RECEIPT_PRINTER, "cups_raw"
    if not formats or PDF in formats:
        return DeviceKind.A4_PRINTER, "ipp"
    return None, ""
