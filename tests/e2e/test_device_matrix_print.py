"""Every fault of the emulated printers × each phase of a print: what the clerk sees, and what the store says.

    confirmed   "printed", the next person first
    failed      what is wrong and what to do, "print again" first; never comes out later by itself
    unknown     "has paper come out?", with yes and no; nobody but the clerk prints it again

Whatever happened, the case is stored, its PDF can be saved, and after the trouble has been mended one press
prints exactly one more paper, which says that it is a copy.  `confirmed` is never said without paper.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractItemView, QApplication

from app.domain.device import DeviceKind
from app.domain.printing import PaperForm, PrintJob, PrintState
from app.services.printing import DEADLINES_S
from devices.registry import DeviceLine
from tests.devices.emulators import Emulated, emulator
from tests.e2e.matrix_counter import Counter, counter
from tests.ui.conftest import QUIET
from ui.pages.counter.receiving import Upload
from ui.theme import load_fonts

pytestmark = pytest.mark.qt_log_ignore(QUIET, extend=True)
SLIP = """
fault                    before the first byte    seen before               between two prints
paper_out                failed printer_paper     failed printer_paper      failed printer_paper
paper_near_end           confirmed                confirmed                 confirmed
cover_open               failed printer_cover     failed printer_cover      failed printer_cover
hot                      failed printer_hot       failed printer_hot        failed printer_hot
silent                   failed timeout           failed timeout            failed timeout
mute                     failed timeout           failed timeout            failed timeout
unplug                   failed not_found         failed not_found          failed not_found
power_off                failed not_found         failed not_found          failed not_found
slow                     confirmed                -                         confirmed
noise                    confirmed                -                         confirmed
no_gs_h                  confirmed                -                         confirmed
no_gs_r                  unknown timeout          -                         unknown timeout
no_proof                 unknown timeout          -                         unknown timeout
"""
SLIP_UNDER_WAY = """
fault                    at its first bytes       in the middle             after the cut, before the proof
mute_after               unknown timeout          unknown timeout           unknown timeout
die_mid_slip             unknown not_found        unknown not_found         unknown not_found
dies_after               unknown not_found        unknown not_found         unknown not_found
paper_out_mid_slip       failed printer_paper     failed printer_paper      unknown printer_paper
cover_mid_slip           failed printer_cover     failed printer_cover      unknown printer_cover
eager                    unknown printer_paper    unknown printer_paper     unknown printer_paper
cutter                   -                        -                         unknown printer_fault
recoverable              -                        -                         unknown printer_fault
"""
A4 = """
fault        before it is sent           on its first sheet     on its second sheet     after its last sheet
paper_out    failed printer_paper        failed printer_paper   unknown printer_paper   unknown printer_paper
cover_open   failed printer_cover        failed printer_cover   unknown printer_cover   unknown printer_cover
jam          failed printer_jam          failed printer_jam     unknown printer_jam     unknown printer_jam
toner_empty  failed printer_toner        failed printer_toner   unknown printer_toner   unknown printer_toner
paused       failed printer_paused       failed printer_paused  unknown printer_paused  unknown printer_paused
silent       failed timeout              unknown timeout        unknown timeout         unknown timeout
drips        failed timeout              unknown timeout        unknown timeout         unknown timeout
garbage      failed protocol             unknown protocol       unknown protocol        unknown protocol
refuses      failed protocol             unknown protocol       unknown protocol        unknown protocol
dies_at      -                           unknown not_found      unknown not_found       unknown not_found
aborts_at    -                           failed printer_fault   unknown printer_fault   unknown printer_fault
ends_at      -                           failed printer_paper   unknown printer_paper   unknown printer_paper
unplug       failed not_found            -                      -                       -
hangs_up     confirmed                   -                      -                       -
loses        unknown not_found           -                      -                       -
raster_only  failed printer_unsupported  -                      -                       -
slow         confirmed                   -                      -                       -
errors       -                           -                      -                       unknown printer_fault
stuck        -                           unknown timeout        -                       -
amnesia      -                           -                      -                       unknown protocol
"""
QUICK = {
    "slip-paper_out-seen before", "slip-die_mid_slip-in the middle",
    "a4-raster_only-before it is sent",
}  # fmt: skip
ORDERS = {
    "paper_out": "paper out", "paper_near_end": "paper near_end", "cover_open": "cover open",
    "power_off": "power off", "unplug": "unplug",
}  # fmt: skip
ORDERS_A4 = {
    "paper_out": "paper 0", "cover_open": "cover open", "jam": "jam on", "toner_empty": "toner empty",
    "paused": "pause", "unplug": "unplug", "slow": "pace 2",
}  # fmt: skip
WORDS = {
    PrintState.CONFIRMED: "counter.done.confirmed",
    PrintState.FAILED: "counter.done.failed",
    PrintState.UNKNOWN: "counter.done.question",
}
MENDED = ("plug", "power on", "fault none", "paper ok", "cover closed")
MENDED_A4 = ("plug", "fault none", "paper full", "cover closed", "jam off", "toner ok", "resume", "pace 0.4")
PACE_S = "0.4"


@dataclass(frozen=True)
class Cell:
    fault: str
    phase: str
    state: PrintState
    reason: str


def cells(name: str, *tables: str) -> list[object]:
    found = []
    for table in tables:
        (_, *phases), *rows = (
            [part.strip() for part in line.split("  ") if part.strip()] for line in table.strip().splitlines()
        )
        for fault, *all_ in rows:
            for phase, said in zip(phases, all_, strict=True):
                if said != "-":
                    state, _, reason = said.partition(" ")
                    code = f"device.{reason}" if reason else ""
                    cell = Cell(fault, phase, PrintState(state), code)
                    key = f"{name}-{fault}-{phase}"
                    marks = () if key in QUICK else (pytest.mark.devices,)
                    found.append(pytest.param(cell, id=key, marks=marks))
    return found


@dataclass
class Roll:
    """A printer as the matrix handles it: what it is told, and what has come out of it whole."""

    kind: DeviceKind
    form: PaperForm
    process: Emulated
    start: Callable[[str], Emulated]
    folder: Path = Path()

    def mend(self) -> None:
        if self.process.process.poll() is not None:
            self.process = self.start(self.process.address)
        for order in MENDED if self.form is PaperForm.SLIP else MENDED_A4:
            self.process.command(order)

    @property
    def papers(self) -> int:
        if self.form is PaperForm.A4:
            return len(list(self.folder.rglob("doc-*.pdf")))
        return sum(slip["cut"] for slip in self.process.command("printed")["slips"])


@pytest.fixture(autouse=True)
def healthy() -> None:
    """No hall of the other tests is needed here; `ready` mends."""


@pytest.fixture(scope="module")
def opened(qapp: QApplication, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ExitStack]:
    qapp.setStyle("Fusion")
    load_fonts()
    with ExitStack() as stack:
        yield stack


@pytest.fixture(scope="module")
def till(opened: ExitStack, tmp_path_factory: pytest.TempPathFactory) -> tuple[Counter, Roll]:
    """A counter with a receipt printer."""
    folder = tmp_path_factory.mktemp("till")
    process = opened.enter_context(emulator("escpos"))
    device = DeviceLine(DeviceKind.RECEIPT_PRINTER, "escpos", process.url)
    window = opened.enter_context(counter(folder / "hall", [device]))
    return window, Roll(DeviceKind.RECEIPT_PRINTER, PaperForm.SLIP, process, lambda _address: process)


@pytest.fixture(scope="module")
def office(opened: ExitStack, tmp_path_factory: pytest.TempPathFactory) -> tuple[Counter, Roll]:
    """A counter with a page printer."""
    folder = tmp_path_factory.mktemp("office")

    numbers = count()

    def start(address: str) -> Emulated:
        out = folder / "pages" / str(next(numbers))
        return opened.enter_context(emulator("ipp", "--pace", PACE_S, "--listen", address, "--out", str(out)))

    process = start("127.0.0.1:0")
    device = DeviceLine(DeviceKind.A4_PRINTER, "ipp", f"ipp://{process.address}/ipp/print")
    window = opened.enter_context(counter(folder / "hall", [device], (PaperForm.A4,)))
    return window, Roll(DeviceKind.A4_PRINTER, PaperForm.A4, process, start, folder / "pages")


def ready(window: Counter, roll: Roll) -> None:
    """An intake that only wants F9, at a printer that is well."""
    roll.mend()
    window.begin_anew()
    window.clerk.wait(lambda: window.is_well(roll.kind))
    window.type_applicant()
    window.ask_for()


def print_once(window: Counter) -> None:
    window.decide()
    window.settled()


# -- what every cell asserts --------------------------------------------------------------------------


def assert_told(window: Counter, roll: Roll, cell: Cell, copy_no: int) -> None:
    """Store and screen say the same; the PDF is to be had whatever the printer does."""
    job = window.jobs(roll.form)[-1]
    assert (job.state, job.reason, job.copy_no) == (cell.state, cell.reason, copy_no)
    clerk, texts = window.clerk, window.texts
    title = WORDS[cell.state]
    if cell.state is PrintState.CONFIRMED and copy_no > 1:
        title = "counter.done.confirmed_copy"
    clerk.wait(lambda: texts.say(title, n=copy_no - 1) in clerk.words("outcome_print"))
    question = cell.state is PrintState.UNKNOWN
    assert (clerk.sees("came_out"), clerk.sees("not_out")) == (question, question)
    assert clerk.button("next").isEnabled() is not question
    assert clerk.button("print_again").isEnabled() is not question
    if cell.state is PrintState.FAILED:
        assert texts.trouble(cell.reason, part="") in clerk.words("outcome_print")
        assert clerk.button("print_again").text().strip() == texts["counter.done.again"]
    saved = len(clerk.hall.files.written)
    clerk.click("save_pdf")
    clerk.wait(lambda: clerk.sees("outcome_saved") and len(clerk.hall.files.written) == saved + 1)
    assert clerk.hall.files.written[-1].read_bytes().startswith(b"%PDF")


def assert_nothing_more_comes(window: Counter, roll: Roll, cell: Cell, papers: int) -> None:
    """Mended, the printer prints nothing by itself; one press prints exactly one copy."""
    roll.mend()
    window.clerk.wait(lambda: window.is_well(roll.kind))
    jobs = window.jobs(roll.form)
    assert jobs[-1].state is cell.state and roll.papers == papers
    if cell.state is PrintState.UNKNOWN:
        window.clerk.click("not_out")
        window.clerk.wait(lambda: window.jobs(roll.form)[-1].state is PrintState.FAILED)
        window.clerk.wait(lambda: window.clerk.button("print_again").isEnabled())
    window.clerk.press(Qt.Key.Key_F7)
    window.clerk.wait(lambda: len(window.jobs(roll.form)) == len(jobs) + 1)
    window.settled()
    newest = window.jobs(roll.form)[-1]
    assert (newest.state, newest.copy_no) == (PrintState.CONFIRMED, len(jobs) + 1)
    late = cell.fault == "stuck"  # it obeyed no cancel, so the first comes out after all: hence the question
    assert roll.papers == papers + 1 + late
    said = window.texts.say("counter.done.confirmed_copy", n=newest.reprint_no)
    window.clerk.wait(lambda: said in window.clerk.words("outcome_print"))


# -- slips --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("cell", cells("slip", SLIP, SLIP_UNDER_WAY))
def test_a_fault_in_a_phase_of_a_slip(till: tuple[Counter, Roll], cell: Cell) -> None:
    window, roll = till
    ready(window, roll)
    copy_no = 1
    if cell.phase == "between two prints":
        print_once(window)
        copy_no = 2
    before = roll.papers
    where = {"at its first bytes": " 1", "after the cut, before the proof": " cut"}.get(cell.phase, "")
    where = "" if cell.fault in ("cutter", "recoverable") else where
    roll.process.command(ORDERS.get(cell.fault, f"fault {cell.fault}{where}"))
    if cell.phase == "seen before":
        window.clerk.wait(lambda: not window.is_well(roll.kind))
    if copy_no == 2:
        window.clerk.press(Qt.Key.Key_F7)
        window.clerk.wait(lambda: len(window.jobs()) == 2)
        window.settled()
    else:
        print_once(window)
    assert_told(window, roll, cell, copy_no)
    papers = roll.papers
    assert papers - before in ((1,) if cell.state is PrintState.CONFIRMED else (0, 1))
    if cell.state is PrintState.FAILED:
        assert papers == before
    assert_nothing_more_comes(window, roll, cell, papers)


# -- pages --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("cell", cells("a4", A4))
def test_a_fault_in_a_phase_of_a_page(office: tuple[Counter, Roll], cell: Cell) -> None:
    window, roll = office
    ready(window, roll)
    before = roll.papers
    sheet = {"on its first sheet": 1, "on its second sheet": 2, "after its last sheet": 3}.get(cell.phase, 0)
    order = ORDERS_A4.get(cell.fault, f"fault {cell.fault} {sheet or 1}")
    by_itself = cell.fault.endswith("_at") or cell.fault in ("errors", "stuck", "amnesia")
    roll.process.command(f"at {sheet} {order}" if sheet and not by_itself else order)
    print_once(window)
    assert_told(window, roll, cell, 1)
    papers = roll.papers
    assert papers - before in ((1,) if cell.state is PrintState.CONFIRMED else (0, 1))
    assert_nothing_more_comes(window, roll, cell, papers)


# -- nothing else stops -------------------------------------------------------------------------------


@dataclass
class Hall:
    window: Counter
    reader: Emulated
    till: Roll
    office: Roll


@pytest.fixture(scope="module")
def both(opened: ExitStack, tmp_path_factory: pytest.TempPathFactory) -> Hall:
    """A counter with a reader and both printers, which hands out both papers."""
    folder = tmp_path_factory.mktemp("both")
    reader = opened.enter_context(emulator("sdt", "--no-card"))
    slips = opened.enter_context(emulator("escpos"))
    pages = opened.enter_context(emulator("ipp", "--pace", PACE_S, "--out", str(folder / "pages")))
    devices = [
        DeviceLine(DeviceKind.ID_READER, "sdt", reader.url),
        DeviceLine(DeviceKind.RECEIPT_PRINTER, "escpos", slips.url),
        DeviceLine(DeviceKind.A4_PRINTER, "ipp", f"ipp://{pages.address}/ipp/print"),
    ]
    window = opened.enter_context(counter(folder / "hall", devices, (PaperForm.SLIP, PaperForm.A4)))
    till = Roll(DeviceKind.RECEIPT_PRINTER, PaperForm.SLIP, slips, lambda _address: slips)
    return Hall(
        window, reader, till, Roll(DeviceKind.A4_PRINTER, PaperForm.A4, pages, lambda _address: pages)
    )


def look_around(window: Counter) -> None:
    """Search the cases, look at other pages and devices; every one answers."""
    number = window.newest().number
    window.shell.go("cases")
    window.clerk.wait(lambda: window.clerk.find(QAbstractItemView, "cases").model().rowCount() > 0)
    window.shell.cases.show_number(number)
    window.clerk.wait(lambda: number in window.clerk.words())
    window.shell.go("verify")
    window.clerk.wait(lambda: window.clerk.sees("verify_text"))
    window.shell.go("devices")
    window.shell.devices.open(DeviceKind.ID_READER.value)
    window.clerk.wait(lambda: window.clerk.sees("device_note"))
    window.shell.go("intake")


@pytest.mark.devices
def test_everything_else_goes_on_while_a_slip_hangs(both: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not a word more in mid-slip: other pages and the reader work, the case is stored and sent."""
    monkeypatch.setitem(DEADLINES_S, PaperForm.SLIP, 12.0)
    window, reader = both.window, both.reader
    both.office.mend()
    ready(window, both.till)
    both.till.process.command("fault mute_after 1")
    window.decide()
    receiving = window.shell.intake.receiving
    assert [job.state for job in window.jobs()] == [PrintState.SENT]
    window.clerk.wait(lambda: receiving.upload is Upload.DONE)
    look_around(window)
    reader.command("put rare")
    window.clerk.wait(lambda: window.shell.intake.arrivals.waiting is not None)
    assert window.jobs()[-1].state is PrintState.SENT, "the slip has hung all the time"
    window.settled()
    assert window.jobs()[-1].state is PrintState.UNKNOWN
    assert window.jobs(PaperForm.A4)[-1].state is PrintState.CONFIRMED
    window.clerk.click("came_out")
    window.clerk.wait(lambda: window.applicant() is not None)  # the next one's card has waited
    reader.command("lift")


@pytest.mark.devices
def test_the_next_person_is_served_while_pages_hang(both: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    """The page printer stalls in mid-job: another card, another case, its slip; then the pages come."""
    monkeypatch.setitem(DEADLINES_S, PaperForm.A4, 60.0)
    window, reader = both.window, both.reader
    both.office.mend()
    ready(window, both.till)
    both.office.process.command("at 1 fault silent")
    window.decide()
    first = window.newest()
    window.clerk.wait(lambda: window.clerk.button("next").isEnabled())
    look_around(window)
    window.clerk.press(Qt.Key.Key_F8)
    window.clerk.wait(lambda: window.applicant() is None)
    reader.command("put moved")
    window.clerk.wait(lambda: window.applicant() is not None)
    window.ask_for()
    window.decide()
    second = window.newest()
    assert second.number != first.number
    window.clerk.wait(lambda: [job.state for job in window.jobs()] == [PrintState.CONFIRMED])
    assert jobs_of(window, first.case_id)[PaperForm.A4].state is PrintState.SENT, "it has hung all the time"
    both.office.mend()
    window.settled()
    assert jobs_of(window, first.case_id)[PaperForm.A4].state is PrintState.CONFIRMED
    assert window.jobs(PaperForm.A4)[-1].state is PrintState.CONFIRMED
    reader.command("lift")


def jobs_of(window: Counter, case_id: str) -> dict[PaperForm, PrintJob]:
    with window.office.store.begin() as work:
        return {job.form: job for job in work.prints_of(case_id)}
