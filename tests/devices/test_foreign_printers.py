"""Our page printing against printers and a spooler that are not ours (make devices-test)."""

import socket
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Timer

import pytest

from app.domain.device import DeviceKind, DeviceStatus
from app.domain.printing import DocumentOptions, PrintOutcome, PrintState
from devices.cups_raw import CupsRawPrinter
from devices.ipp_client import IppClient, target_of
from devices.ipp_printer import IppPrinter
from devices.ipp_queues import search_queues
from devices.ipp_queues import spooler as spooler_at
from tests.devices.emulators import emulator
from tests.devices.foreign_services import (
    Spooler,
    announcing,
    foreign_printer,
    needs_services,
    spooler,
)
from tests.devices.test_ipp_printer import CONFIRMED, TWO, Ear, failed
from tests.patience import PATIENCE_S

pytestmark = [pytest.mark.devices, needs_services]

LONG_S = 90
SHORT_S = 8
_TRAY = "size{0}=iso_a4_210x297mm&type{0}=stationery&level{0}={1}"
REFILLED = f"media?{_TRAY.format(1, 250)}&{_TRAY.format(3, 25)}"
EMPTY = f"media?{_TRAY.format(1, 0)}&{_TRAY.format(3, 0)}"
# A job that runs out of paper, and goes on when somebody puts the file `paper` beside the script.
STARVED = """
here=$(dirname "$0")
[ -e "$here/paper" ] && exit 0
echo 'STATE: +media-empty' >&2
while [ ! -e "$here/paper" ] && kill -0 "$PPID" 2>/dev/null; do sleep 0.2; done
echo 'STATE: -media-empty' >&2
"""


@pytest.fixture(scope="module")
def env(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    with announcing(tmp_path_factory.mktemp("bus")) as found:
        yield found


@pytest.fixture(scope="module")
def cups() -> Iterator[Spooler]:
    with spooler() as found:
        yield found


def printer_at(line: str) -> IppPrinter:
    return IppPrinter(IppClient(target_of(line)))


def queue(cups: Spooler, name: str) -> IppClient:
    return IppClient(target_of(f"cups:{name}", cups.pipe))


def prints(
    driver: IppPrinter, deadline_s: float = LONG_S, dropped: Event | None = None, tell: Ear | None = None
) -> PrintOutcome:
    return driver.print(TWO, DocumentOptions(), deadline_s, dropped or Event(), tell or Ear())


def words_of(pdf: Path) -> str:
    return subprocess.run(["pdftotext", str(pdf), "-"], capture_output=True, check=True, text=True).stdout


# -- a printer -----------------------------------------------------------------------------------------


def test_a_foreign_printer_prints_what_we_sent(env: dict[str, str], tmp_path: Path) -> None:
    with foreign_printer(tmp_path / "plain", env) as (printer, _):
        driver = printer_at(printer.line)
        found = driver.check()
        assert found.status is DeviceStatus.ONLINE and "pdf" in found.capabilities
        assert prints(driver) == CONFIRMED
        (paper,) = printer.papers()
        assert paper.read_bytes() == TWO
        assert prints(printer_at(printer.line.replace("ipp://", "ipps://"))) == CONFIRMED


def test_a_foreign_judge_finds_the_printer_as_we_do(env: dict[str, str], tmp_path: Path) -> None:
    """ipptool and our client read the same attributes."""
    with foreign_printer(tmp_path / "judged", env) as (printer, _):
        command = ["ipptool", "-t", printer.line, "get-printer-attributes.test"]
        assert subprocess.run(command, capture_output=True, check=False, timeout=PATIENCE_S).returncode == 0
        assert printer_at(printer.line).check().facts["model"] == "Example Printer"


def test_our_own_printer_stands_before_the_foreign_judge(tmp_path: Path) -> None:
    with emulator("ipp", "--out", str(tmp_path), "--pace", "0.05") as printer:
        (tmp_path / "two.pdf").write_bytes(TWO)
        line = f"ipp://{printer.address}/ipp/print"
        for test in ("get-printer-attributes.test", "print-job.test"):
            command = ["ipptool", "-tvf", str(tmp_path / "two.pdf"), line, test]
            judged = subprocess.run(command, capture_output=True, check=False, timeout=PATIENCE_S, text=True)
            assert judged.returncode == 0, judged.stdout


def test_a_printer_without_paper_is_not_called_printed(env: dict[str, str], tmp_path: Path) -> None:
    with foreign_printer(tmp_path / "empty", env) as (printer, _):
        printer.web(EMPTY)
        driver = printer_at(printer.line)
        outcome = prints(driver, SHORT_S)  # it says so by a mere report, and takes the job
        assert outcome.state is not PrintState.CONFIRMED and outcome.reason == "device.printer_paper"
        printer.web(REFILLED)
        while (outcome := prints(driver)) == failed("busy"):  # with the job it was told to cancel
            time.sleep(0.5)
        assert outcome == CONFIRMED


def test_paper_that_ends_in_mid_job_is_taken_back(env: dict[str, str], tmp_path: Path) -> None:
    with foreign_printer(tmp_path / "starved", env, STARVED) as (printer, _):
        ear = Ear()
        outcome = prints(printer_at(printer.line), SHORT_S, tell=ear)
        assert outcome.state is not PrintState.CONFIRMED
        assert outcome.reason == "device.printer_paper" and "device.printer_paper" in ear.reasons
        assert "Cancel-Job successful-ok" in (printer.folder / "log").read_text(encoding="utf-8")


def test_a_person_takes_a_job_back(env: dict[str, str], tmp_path: Path) -> None:
    with foreign_printer(tmp_path / "dropped", env, STARVED) as (printer, _):
        dropped = Event()
        Timer(2, dropped.set).start()
        outcome = prints(printer_at(printer.line), dropped=dropped)
        assert outcome.reason == "app.stopped" and outcome.state is not PrintState.CONFIRMED
        assert "Cancel-Job successful-ok" in (printer.folder / "log").read_text(encoding="utf-8")


def test_a_printer_killed_in_mid_job_leaves_a_question(env: dict[str, str], tmp_path: Path) -> None:
    with foreign_printer(tmp_path / "killed", env, STARVED) as (printer, process):
        Timer(2, process.kill).start()
        assert prints(printer_at(printer.line), SHORT_S).state is PrintState.UNKNOWN


def test_a_wrong_path_is_no_printer(env: dict[str, str], tmp_path: Path) -> None:
    with foreign_printer(tmp_path / "path", env) as (printer, _):
        wrong = printer.line.replace("/ipp/print", "/printers/none")
        assert prints(printer_at(wrong)) == failed("not_found")


def test_a_printer_that_wants_rasters_gets_nothing(env: dict[str, str], tmp_path: Path) -> None:
    with foreign_printer(tmp_path / "raster", env, formats="image/urf,image/pwg-raster") as (printer, _):
        assert prints(printer_at(printer.line)) == failed("printer_unsupported")
        assert list(printer.spool.iterdir()) == []


# -- the spooler ---------------------------------------------------------------------------------------


def test_a_queue_prints_and_keeps_nothing(cups: Spooler, env: dict[str, str], tmp_path: Path) -> None:
    with foreign_printer(tmp_path / "behind", env) as (printer, _):
        cups.add("lab", printer.line, "-m", "everywhere")
        assert prints(IppPrinter(queue(cups, "lab"))) == CONFIRMED
        (paper,) = printer.papers()
        assert "sheet 1" in words_of(paper) and "sheet 2" in words_of(paper)
    assert cups.kept() == [] and cups.jobs() == ""


def test_a_queue_whose_printer_is_dead_never_reads_as_printed(
    cups: Spooler, env: dict[str, str], tmp_path: Path
) -> None:
    with foreign_printer(tmp_path / "dead", env) as (printer, _):
        cups.add("dead", printer.line, "-m", "everywhere")
    began = time.monotonic()
    outcome = prints(IppPrinter(queue(cups, "dead")), SHORT_S)
    assert outcome.state is not PrintState.CONFIRMED and time.monotonic() - began < SHORT_S + 5
    assert cups.jobs() == "" and cups.kept() == []  # nothing prints when it comes back


def test_a_paused_queue_gets_nothing(cups: Spooler, env: dict[str, str], tmp_path: Path) -> None:
    with foreign_printer(tmp_path / "paused", env) as (printer, _):
        cups.add("paused", printer.line, "-m", "everywhere")
        subprocess.run(["cupsdisable", "-h", cups.pipe, "paused"], check=True, timeout=PATIENCE_S)
        driver = IppPrinter(queue(cups, "paused"))
        assert driver.check().reason == "device.printer_paused"
        assert prints(driver) == failed("printer_paused")
        subprocess.run(["cupsenable", "-h", cups.pipe, "paused"], check=True, timeout=PATIENCE_S)
        assert cups.jobs() == "" and printer.papers() == []


def test_the_spooler_prints_on_our_own_printer(cups: Spooler, tmp_path: Path) -> None:
    """A foreign client judges our emulator."""
    with emulator("ipp", "--out", str(tmp_path), "--pace", "0.05") as printer:
        cups.add("ours", f"ipp://{printer.address}/ipp/print", "-m", "everywhere")
        assert prints(IppPrinter(queue(cups, "ours"))) == CONFIRMED
        (job,) = printer.command("printed")["printed"]
        assert job["sheets"] == 2


# -- raw slips -----------------------------------------------------------------------------------------


@contextmanager
def receipt_printer() -> Iterator[tuple[int, "Future[bytes]"]]:
    """A printer on port 9100 that says nothing: the port, and what came on its first connection."""
    with socket.create_server(("127.0.0.1", 0)) as server, ThreadPoolExecutor(1) as pool:
        server.settimeout(LONG_S)

        def take() -> bytes:
            with server.accept()[0] as client:
                return b"".join(iter(lambda: client.recv(65536), b""))

        yield server.getsockname()[1], pool.submit(take)


def test_raw_bytes_arrive_untouched_and_are_not_called_printed(cups: Spooler) -> None:
    slip = bytes(range(256)) * 20
    with receipt_printer() as (port, came):
        cups.add("raw", f"socket://127.0.0.1:{port}", "-m", "raw")
        outcome = CupsRawPrinter(queue(cups, "raw")).print(slip, LONG_S)
        assert outcome == PrintOutcome(PrintState.UNKNOWN, "device.print_unproven")
        assert came.result(LONG_S) == slip
    assert cups.kept() == []


def test_raw_bytes_for_a_dead_printer_are_taken_back(cups: Spooler) -> None:
    cups.add("nobody", "socket://127.0.0.1:9", "-m", "raw")
    outcome = CupsRawPrinter(queue(cups, "nobody")).print(b"slip", SHORT_S)
    assert outcome.state is not PrintState.CONFIRMED and outcome.reason != "device.print_unproven"
    assert cups.jobs() == "" and cups.kept() == []


def test_queues_are_found_by_asking_the_spooler(cups: Spooler) -> None:
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        cups.add("found", f"socket://127.0.0.1:{nobody.getsockname()[1]}", "-m", "raw")
    found = {device.line: device for device in search_queues(spooler_at(cups.pipe))}
    assert (found["cups:found"].kind, found["cups:found"].driver) == (DeviceKind.RECEIPT_PRINTER, "cups_raw")


def test_a_queue_that_is_not_there(cups: Spooler) -> None:
    assert CupsRawPrinter(queue(cups, "none")).print(b"slip", SHORT_S).state is PrintState.FAILED
