"""A page printer over IPP: what is called printed is on paper, and what is taken back never comes out."""

import time
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from threading import Event, Timer
from types import SimpleNamespace

import pytest
from reportlab.pdfgen.canvas import Canvas

from app.domain.device import DeviceKind, DeviceStatus
from app.domain.printing import DocumentOptions, PrintOutcome, PrintState
from app.errors import DeviceNotFoundError, DeviceTimeoutError
from devices import ipp_job
from devices.driver import Condition
from devices.hub import DeviceHub
from devices.ipp_client import IppClient, Operation, target_of
from devices.ipp_job import EXPIRED_S
from devices.ipp_printer import IppPrinter
from devices.registry import DeviceLine
from tests.devices.emulators import Emulated, emulator
from tests.patience import PATIENCE_S
from tests.services.fakes import FakeClock

SHORT_S = 0.9  # for what answers nothing at all
SHORT_ENOUGH_S = 4.0  # for what begins well, and then never ends
CONFIRMED = PrintOutcome(PrintState.CONFIRMED)


def pages(count: int) -> bytes:
    kept = BytesIO()
    canvas = Canvas(kept, invariant=1)
    for number in range(count):
        canvas.drawString(90, 700, f"sheet {number + 1}")
        canvas.showPage()
    canvas.save()
    return kept.getvalue()


TWO = pages(2)


def failed(reason: str) -> PrintOutcome:
    return PrintOutcome(PrintState.FAILED, f"device.{reason}")


def unknown(reason: str) -> PrintOutcome:
    return PrintOutcome(PrintState.UNKNOWN, f"device.{reason}")


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("pages")


@pytest.fixture(scope="module")
def running(out: Path) -> Iterator[Emulated]:
    with emulator("ipp", "--out", str(out), "--pace", "0.02") as process:
        yield process


@pytest.fixture
def printer(running: Emulated) -> Emulated:
    for line in ("fault none", "paper full", "cover closed", "jam off", "toner ok", "resume", "pace 0.02"):
        running.command(line)
    running.command("forget")
    return running


def line_of(printer: Emulated) -> str:
    return f"ipp://{printer.address}/ipp/print"


class Ear:
    """Hears how the printer is while it prints."""

    def __init__(self) -> None:
        self.heard: list[Condition] = []

    def __call__(self, condition: Condition) -> None:
        self.heard.append(condition)

    @property
    def reasons(self) -> set[str]:
        return {condition.reason for condition in self.heard}


def print_it(
    printer: Emulated,
    options: DocumentOptions | None = None,
    deadline_s: float = PATIENCE_S,
    dropped: Event | None = None,
    tell: Ear | None = None,
    pdf: bytes = TWO,
) -> PrintOutcome:
    driver = IppPrinter(IppClient(target_of(line_of(printer))))
    return driver.print(pdf, options or DocumentOptions(), deadline_s, dropped or Event(), tell or Ear())


def printed(printer: Emulated) -> int:
    return len(printer.command("printed")["printed"])


def nothing_follows(printer: Emulated) -> bool:
    """After everything is put right: no job is left, and no paper comes."""
    before = printed(printer)
    for line in ("fault none", "paper full", "cover closed", "jam off", "toner ok", "resume"):
        printer.command(line)
    assert print_it(printer, pdf=pages(1)) == CONFIRMED
    return printed(printer) == before + 1


# -- well ----------------------------------------------------------------------------------------------


def test_what_is_confirmed_came_out_whole(printer: Emulated, out: Path) -> None:
    assert print_it(printer) == CONFIRMED
    (job,) = printer.command("printed")["printed"]
    assert job["sheets"] == 2 and (out / job["files"][0]).read_bytes() == TWO
    assert [Path(name).suffix for name in job["files"]] == [".pdf", ".png", ".png"]


def test_options_reach_the_printer_and_the_name_tells_nothing(printer: Emulated) -> None:
    assert print_it(printer, DocumentOptions(copies=2, duplex=True, tray="tray-2")) == CONFIRMED
    (job,) = printer.command("printed")["printed"]
    assert (job["copies"], job["sides"], job["tray"], job["sheets"]) == (
        2,
        "two-sided-long-edge",
        "tray-2",
        2,
    )
    assert job["name"].startswith("receipt-") and len(job["name"]) == 29


def test_a_tray_the_printer_lacks_is_its_own_choice(printer: Emulated) -> None:
    assert print_it(printer, DocumentOptions(tray="tray-9")) == CONFIRMED
    assert printer.command("printed")["printed"][0]["tray"] == ""


def test_an_answer_lost_on_the_way_is_looked_for(printer: Emulated) -> None:
    printer.command("fault hangs_up")
    assert print_it(printer) == CONFIRMED
    assert printed(printer) == 1


# -- troubles ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("trouble", "reason"),
    [
        ("paper 0", "printer_paper"),
        ("cover open", "printer_cover"),
        ("jam on", "printer_jam"),
        ("toner empty", "printer_toner"),
        ("pause", "printer_paused"),
        ("fault raster_only", "printer_unsupported"),
    ],
)
def test_a_printer_that_cannot_gets_nothing(printer: Emulated, trouble: str, reason: str) -> None:
    printer.command(trouble)
    ear = Ear()
    assert print_it(printer, tell=ear) == failed(reason)
    assert printer.command("status")["jobs"] == [] and nothing_follows(printer)


def test_more_copies_than_it_makes_are_not_fewer(printer: Emulated) -> None:
    assert print_it(printer, DocumentOptions(copies=50)) == failed("printer_unsupported")
    assert printer.command("status")["jobs"] == []


def test_paper_that_ends_is_waited_for(printer: Emulated) -> None:
    printer.command("fault ends_at 2")
    Timer(1.0, lambda: printer.command("paper full")).start()
    ear = Ear()
    assert print_it(printer, tell=ear) == CONFIRMED
    assert "device.printer_paper" in ear.reasons
    assert DeviceStatus.USER_ERROR in {condition.status for condition in ear.heard}


class Hurry(Ear):
    """As soon as it hears of a trouble there are five seconds left: a job is then taken back."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        super().__init__()
        self._on = 0.0
        monkeypatch.setattr(ipp_job, "time", SimpleNamespace(monotonic=lambda: time.monotonic() + self._on))
        self._ends = time.monotonic() + PATIENCE_S

    def __call__(self, condition: Condition) -> None:
        super().__call__(condition)
        if condition.reason and not self._on:
            self._on = self._ends - time.monotonic() - 5.0


@pytest.mark.parametrize(("sheet", "state"), [(1, PrintState.FAILED), (2, PrintState.UNKNOWN)])
def test_what_waits_for_paper_too_long_is_taken_back(
    monkeypatch: pytest.MonkeyPatch, printer: Emulated, sheet: int, state: PrintState
) -> None:
    """Nothing out: it failed.  One sheet out: a person has to look."""
    printer.command(f"fault ends_at {sheet}")
    assert print_it(printer, tell=Hurry(monkeypatch)) == PrintOutcome(state, "device.printer_paper")
    assert nothing_follows(printer)


def test_a_person_takes_it_back(printer: Emulated) -> None:
    printer.command("fault ends_at 1")
    dropped = Event()
    Timer(0.5, dropped.set).start()
    assert print_it(printer, dropped=dropped) == PrintOutcome(PrintState.FAILED, "app.stopped")
    assert nothing_follows(printer)


@pytest.mark.parametrize(
    ("fault", "outcome", "deadline_s"),
    [
        ("silent", failed("timeout"), SHORT_S),
        ("drips", failed("timeout"), SHORT_S),
        ("garbage", failed("protocol"), PATIENCE_S),
        ("refuses", failed("protocol"), PATIENCE_S),
        ("loses", unknown("not_found"), PATIENCE_S),
        ("aborts_at 1", failed("printer_fault"), PATIENCE_S),
        ("aborts_at 2", unknown("printer_fault"), PATIENCE_S),
        ("errors", unknown("printer_fault"), PATIENCE_S),
        ("stuck", unknown("timeout"), SHORT_ENOUGH_S),
        ("amnesia", unknown("protocol"), PATIENCE_S),
    ],
)
def test_faults_are_told_in_time(
    printer: Emulated, fault: str, outcome: PrintOutcome, deadline_s: float
) -> None:
    printer.command(f"fault {fault}")
    began = time.monotonic()
    assert print_it(printer, deadline_s=deadline_s) == outcome
    assert time.monotonic() - began < min(deadline_s + 30, PATIENCE_S)


def test_a_printer_that_dies_in_mid_job_leaves_a_question(tmp_path: Path) -> None:
    with emulator("ipp", "--pace", "0.02") as printer:
        printer.command("fault dies_at 2")
        assert print_it(printer, deadline_s=SHORT_ENOUGH_S) == unknown("not_found")
        assert print_it(printer, deadline_s=SHORT_S) == failed("not_found")


def test_forgotten_jobs_are_taken_back_when_they_are_found(printer: Emulated) -> None:
    """The program died while the printer had no paper."""
    printer.command("fault stuck")
    print_it(printer, deadline_s=SHORT_ENOUGH_S)
    printer.command("paper 0")
    printer.command("fault none")
    IppPrinter(IppClient(target_of(line_of(printer)))).check()
    assert printer.command("status")["jobs"][0]["state"] < 7  # it may be under way yet
    printer.command(f"age {EXPIRED_S + 5}")
    IppPrinter(IppClient(target_of(line_of(printer)))).check()
    assert [job["state"] for job in printer.command("status")["jobs"]] == [7]
    assert nothing_follows(printer)


# -- how it is -----------------------------------------------------------------------------------------


def condition(printer: Emulated) -> Condition:
    return IppPrinter(IppClient(target_of(line_of(printer)))).check()


def test_it_says_what_it_can_do(printer: Emulated) -> None:
    found = condition(printer)
    assert (found.status, found.reason, found.simulated) == (DeviceStatus.ONLINE, "", True)
    assert found.capabilities == ("pdf", "duplex", "copies", "trays")


@pytest.mark.parametrize(
    ("trouble", "reason"),
    [
        ("paper 0", "device.printer_paper"),
        ("cover open", "device.printer_cover"),
        ("jam on", "device.printer_jam"),
        ("toner empty", "device.printer_toner"),
        ("pause", "device.printer_paused"),
    ],
)
def test_it_says_what_it_lacks(printer: Emulated, trouble: str, reason: str) -> None:
    printer.command(trouble)
    assert (condition(printer).status, condition(printer).reason) == (DeviceStatus.USER_ERROR, reason)


def test_a_low_supply_is_a_fact_and_no_trouble(printer: Emulated) -> None:
    printer.command("toner low")
    found = condition(printer)
    assert found.status is DeviceStatus.ONLINE and found.facts["toner"] == "near_end"


@pytest.mark.parametrize(
    "line", ["", "http://x/", "ipp://", "ipp://host:99999/", "ipp://[", "socket://127.0.0.1:1"]
)
def test_what_is_no_address_is_refused(line: str) -> None:
    with pytest.raises(DeviceNotFoundError):
        target_of(line)


def test_addresses() -> None:
    assert target_of("ipp://10.0.0.5").uri == "ipp://10.0.0.5:631/ipp/print"
    assert target_of("ipps://[fd00::1]:444/ipp#sha256=AA:BB").fingerprint == "aabb"
    queue = target_of("cups:Hall 1", pipe="/nowhere")
    assert (queue.path, queue.port, queue.pipe) == ("/printers/Hall%201", 631, "")


def test_nobody_at_the_address_or_nobody_who_answers(printer: Emulated) -> None:
    with emulator("ipp") as gone:
        address = line_of(gone)
    with pytest.raises(DeviceNotFoundError):
        IppPrinter(IppClient(target_of(address))).check()
    printer.command("fault silent")
    with pytest.raises(DeviceTimeoutError):
        IppClient(target_of(line_of(printer))).ask(Operation.GET_PRINTER, deadline_s=0.3)


# -- behind the hub ------------------------------------------------------------------------------------


@pytest.fixture
def hub(printer: Emulated) -> Iterator[DeviceHub]:
    line = DeviceLine(DeviceKind.A4_PRINTER, "ipp", line_of(printer))
    hub = DeviceHub([line], FakeClock())
    yield hub
    hub.close()


def test_the_hub_prints_and_says_who_it_is(hub: DeviceHub, printer: Emulated) -> None:
    assert hub.print_document(TWO, DocumentOptions(), PATIENCE_S).result(PATIENCE_S) == CONFIRMED
    health = hub.probe(DeviceKind.A4_PRINTER).result(PATIENCE_S)
    assert health.status is DeviceStatus.ONLINE and health.simulated and "duplex" in health.capabilities


def test_tray_and_sides_are_the_stations_own(printer: Emulated) -> None:
    line = DeviceLine(DeviceKind.A4_PRINTER, "ipp", line_of(printer), tray="tray-1", duplex=True)
    hub = DeviceHub([line], FakeClock())
    try:
        assert hub.print_document(TWO, DocumentOptions(), PATIENCE_S).result(PATIENCE_S) == CONFIRMED
    finally:
        hub.close()
    (job,) = printer.command("printed")["printed"]
    assert (job["tray"], job["sides"], job["sheets"]) == ("tray-1", "two-sided-long-edge", 1)


def test_a_session_that_ends_takes_everything_back(hub: DeviceHub, printer: Emulated) -> None:
    """The one on its way, and the one that waits behind it."""
    printer.command("fault ends_at 1")
    first = hub.print_document(TWO, DocumentOptions(), PATIENCE_S)
    second = hub.print_document(TWO, DocumentOptions(), PATIENCE_S)
    ends = time.monotonic() + PATIENCE_S
    while not printer.command("status")["jobs"] and time.monotonic() < ends:
        time.sleep(0.02)
    hub.drop_prints()
    stopped = PrintOutcome(PrintState.FAILED, "app.stopped")
    assert first.result(PATIENCE_S) == stopped and second.result(PATIENCE_S) == stopped
    assert nothing_follows(printer)


def test_without_a_printer_nothing_fails() -> None:
    hub = DeviceHub([], FakeClock())
    outcome = hub.print_document(TWO, DocumentOptions(), 1).result(PATIENCE_S)
    hub.drop_prints()
    hub.close()
    assert outcome == failed("not_configured")
