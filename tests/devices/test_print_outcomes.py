"""Each fault in each phase of a slip: what may be said of it, and what may never come out later.

never CONFIRMED without the printer's own word; never FAILED when the slip may be out; never a
piece of a FAILED slip after the paper is back.
"""

from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from threading import Event, Thread, Timer

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.printing import PrintOutcome, PrintState
from app.errors import DeviceError
from devices.escpos_printer import EscposPrinter
from devices.line import READ_S, WRITE_S, Line, open_line
from devices.printer_profiles import Proof, profile
from tests.devices.emulators import Emulated, emulator

CONFIRMED, FAILED, UNKNOWN = PrintState.CONFIRMED, PrintState.FAILED, PrintState.UNKNOWN
DEADLINE_S = 8.0
SHORT_S = 3.0  # for what will not be proven anyway
ROWS = 40
TEXT = b"\x1b@" + b"".join(b"line %02d of the slip\n" % row for row in range(ROWS))
SLIP = TEXT + b"\x1bJ\x30\x1dVB\x00"
HALF = len(SLIP) // 2

BEFORE, MIDDLE, AFTER, WAITING = "before", "middle", "after the last byte", "waiting"
CURES = ("fault none", "plug", "power on", "paper ok", "cover closed")


class Interrupted:
    """A line on which something happens to the printer when so many bytes of a slip have left."""

    def __init__(self, line: Line, at: int, happens: Event, cause: Thread) -> None:
        self._line, self._at, self._happens, self._cause = line, at, happens, cause
        self.sent = 0

    def read(self, wait_s: float = READ_S) -> bytes:
        return self._line.read(wait_s)

    def write(self, data: bytes, deadline_s: float = WRITE_S) -> None:
        """Only a slip is long enough to be interrupted."""
        cut = min(self._at, len(data))
        try:
            if len(data) >= len(SLIP) and not self._happens.is_set():
                self._line.write(data[:cut], deadline_s)
                self._happens.set()
                self._cause.join()
                data = data[cut:]
            self._line.write(data, deadline_s)
        finally:
            self.sent = self._line.sent

    def close(self) -> None:
        self._line.close()


@contextmanager
def trouble_at(device: Emulated, at: int, *commands: str) -> Iterator[EscposPrinter]:
    """A printer to which `commands` happen after `at` bytes of the slip."""
    for command in (*CURES, "forget"):
        device.command(command)
    happens = Event()

    def strike() -> None:
        happens.wait()
        for command in commands:
            device.command(command)

    cause = Thread(target=strike)
    with closing(open_line(device.url)) as line:
        printer = EscposPrinter(Interrupted(line, at, happens, cause), profile("plain"))
        printer.check()
        cause.start()
        try:
            yield printer
        finally:
            happens.set()
            cause.join()


def whole_slips(device: Emulated) -> int:
    """Pieces of paper with every line of the slip on them."""
    return sum(len(slip["lines"]) >= ROWS for slip in device.command("printed")["slips"])


def cure(device: Emulated) -> None:
    for command in CURES:
        device.command(command)


# what happens × after how many bytes: the states that may be told
MATRIX = [
    ("paper out", BEFORE, {FAILED}),
    ("cover open", BEFORE, {FAILED}),
    ("fault hot", BEFORE, {FAILED}),
    ("fault silent", BEFORE, {FAILED}),
    ("unplug", BEFORE, {FAILED}),
    ("power off", BEFORE, {FAILED}),
    ("fault none", BEFORE, {CONFIRMED}),
    ("paper near_end", BEFORE, {CONFIRMED}),
    ("fault noise", BEFORE, {CONFIRMED}),
    ("paper out", MIDDLE, {FAILED}),
    ("cover open", MIDDLE, {FAILED}),
    ("fault hot", MIDDLE, {UNKNOWN}),
    ("fault cutter", MIDDLE, {UNKNOWN}),
    ("fault recoverable", MIDDLE, {UNKNOWN}),
    ("fault silent", MIDDLE, {UNKNOWN}),
    ("fault mute", MIDDLE, {UNKNOWN}),
    ("unplug", MIDDLE, {UNKNOWN}),
    ("fault dies_after 100", MIDDLE, {UNKNOWN}),
    ("fault slow", MIDDLE, {CONFIRMED}),
    ("fault noise", MIDDLE, {CONFIRMED}),
    ("paper near_end", MIDDLE, {CONFIRMED}),
    # the text is complete by now, and perhaps the cut too
    ("paper out", AFTER, {CONFIRMED, UNKNOWN}),
    ("cover open", AFTER, {CONFIRMED, UNKNOWN}),
    ("fault silent", AFTER, {CONFIRMED, UNKNOWN}),
    ("fault mute", AFTER, {CONFIRMED, UNKNOWN}),
    ("unplug", AFTER, {CONFIRMED, UNKNOWN}),
    ("fault cutter", AFTER, {CONFIRMED, UNKNOWN}),
    # it never proves anything: what is wrong with it shows only while it is waited for
    ("fault no_proof", WAITING, {UNKNOWN}),
    ("fault no_gs_r", WAITING, {UNKNOWN}),
]
AT = {MIDDLE: HALF, AFTER: len(SLIP), WAITING: 0}


@pytest.mark.devices
@pytest.mark.parametrize(("happens", "phase", "may_be"), MATRIX)
def test_what_may_be_said(escpos: Emulated, happens: str, phase: str, may_be: set[PrintState]) -> None:
    if phase == BEFORE:
        outcome = printed_in_trouble(escpos, happens)
    else:
        with trouble_at(escpos, AT[phase], happens) as printer:
            outcome = printer.print(SLIP, SHORT_S if UNKNOWN in may_be else DEADLINE_S)
    assert outcome.state in may_be, outcome
    assert (outcome.reason == "") == (outcome.state is CONFIRMED)
    if outcome.state is FAILED:
        assert whole_slips(escpos) == 0
    elif outcome.state is CONFIRMED:
        assert whole_slips(escpos) == 1
    nothing_more_comes(escpos, outcome)


def printed_in_trouble(device: Emulated, happens: str) -> PrintOutcome:
    with trouble_at(device, 0) as printer:
        device.command(happens)
        return printer.print(SLIP, DEADLINE_S)


def nothing_more_comes(device: Emulated, outcome: PrintOutcome) -> None:
    """Put everything right, and have the printer finish whatever it still holds."""
    pieces = len(device.command("printed")["slips"])
    cure(device)
    with closing(open_line(device.url)) as line:
        printer = EscposPrinter(line)
        with suppress(DeviceError):
            printer.check()
            printer.check()
    if outcome.state is not UNKNOWN:
        assert len(device.command("printed")["slips"]) == pieces
        assert device.command("printed")["open_lines"] == []


@pytest.mark.parametrize("trouble", ["paper out", "cover open"])
def test_a_failed_slip_never_comes_after_a_refill_and_the_next_is_whole(
    escpos: Emulated, trouble: str
) -> None:
    with trouble_at(escpos, HALF, trouble) as printer:
        assert printer.print(SLIP, DEADLINE_S).state is FAILED
        cure(escpos)
        assert printer.check().reason == ""
        assert whole_slips(escpos) == 0
        escpos.command("forget")
        assert printer.print(SLIP, DEADLINE_S) == PrintOutcome(CONFIRMED)
    [slip] = escpos.command("printed")["slips"]
    assert slip["lines"][:ROWS] == [f"line {row:02} of the slip" for row in range(ROWS)]
    assert slip["cut"]


def test_the_text_out_and_only_the_cut_missing_is_not_failed(escpos: Emulated) -> None:
    """The question before feed and cut is answered, the last one is not: the slip hangs there complete."""
    with trouble_at(escpos, len(TEXT) + 3, "paper out") as printer:
        outcome = printer.print(SLIP, DEADLINE_S)
    assert outcome == PrintOutcome(UNKNOWN, "device.printer_paper")


@pytest.mark.devices
def test_a_clone_is_proven_by_process_id_and_its_late_answers_are_not_taken(escpos: Emulated) -> None:
    with trouble_at(escpos, 0) as printer:
        escpos.command("fault no_gs_r")
        printer.check()
    for command in ("fault no_gs_r", "forget"):
        escpos.command(command)
    with closing(open_line(escpos.url)) as line:
        printer = EscposPrinter(line)
        assert printer.check().facts["proof"] == "process_id"
        assert printer.print(SLIP, DEADLINE_S) == PrintOutcome(CONFIRMED)
        escpos.command("fault no_proof")
        assert printer.print(SLIP, 2.0).state is UNKNOWN
    assert escpos.command("printed")["unknown"] == []


@pytest.mark.devices
def test_a_printer_that_proves_nothing_says_so_and_is_believed_in_nothing(escpos: Emulated) -> None:
    for command in (*CURES, "fault no_proof", "forget"):
        escpos.command(command)
    with closing(open_line(escpos.url)) as line:
        printer = EscposPrinter(line)
        condition = printer.check()
        assert "print_proof" not in condition.capabilities
        assert printer.print(SLIP, DEADLINE_S) == PrintOutcome(UNKNOWN, "device.print_unproven")
    assert whole_slips(escpos) == 1


def test_a_mute_model_prints_and_asks_a_person_to_look(escpos: Emulated) -> None:
    for command in (*CURES, "fault mute", "forget"):
        escpos.command(command)
    with closing(open_line(escpos.url)) as line:
        printer = EscposPrinter(line, profile("mute"))
        assert printer.check().capabilities == ("cutter", "chinese_font")
        assert printer.print(SLIP, DEADLINE_S) == PrintOutcome(UNKNOWN, "device.print_unproven")
    assert whole_slips(escpos) == 1
    escpos.command("fault none")


def test_a_hot_head_is_waited_for(escpos: Emulated) -> None:
    """It stops in mid-slip and goes on by itself: the slip is whole, and nobody had to open the printer."""
    with trouble_at(escpos, HALF, "fault hot") as printer:
        cool = Timer(1.0, lambda: escpos.command("fault none"))
        cool.start()
        assert printer.print(SLIP, DEADLINE_S) == PrintOutcome(CONFIRMED)
        cool.join()
        escpos.command("fault hot")
        assert printer.check().reason == "device.printer_hot"
        assert printer.print(SLIP, DEADLINE_S) == PrintOutcome(FAILED, "device.printer_hot")
    assert whole_slips(escpos) == 1
    cure(escpos)


def test_an_error_somebody_put_right_is_left_behind(escpos: Emulated) -> None:
    with trouble_at(escpos, 0, "fault recoverable") as printer:
        assert printer.print(SLIP, DEADLINE_S) == PrintOutcome(UNKNOWN, "device.printer_fault")
        assert printer.check().reason == "device.printer_fault"
        escpos.command("fault none")
        escpos.command("forget")
        assert printer.print(SLIP, DEADLINE_S) == PrintOutcome(CONFIRMED)


def test_a_printer_without_a_cutter_gives_its_slip_too() -> None:
    with emulator("escpos", "--no-cutter", "--width-mm", "58") as device:
        with closing(open_line(device.url)) as line:
            printer = EscposPrinter(line, profile("clone58"))
            assert printer.print(TEXT + b"\x1bJ\x70", DEADLINE_S) == PrintOutcome(CONFIRMED)
            while not (slips := device.command("printed")["slips"]):
                pass
        assert slips[0]["cut"] is False


class Babbler:
    """A line on which a ready printer answers every question about itself, and `noise` to all else."""

    def __init__(self, noise: bytes) -> None:
        self._noise, self._said, self.sent = noise, b"", 0

    def read(self, wait_s: float = READ_S) -> bytes:
        said, self._said = self._said, b""
        return said

    def write(self, data: bytes, deadline_s: float = WRITE_S) -> None:
        self.sent += len(data)
        self._said += b"\x12" if data[:2] == b"\x10\x04" else self._noise

    def close(self) -> None:
        pass


@settings(max_examples=30, deadline=None)
@given(st.binary(max_size=200))
def test_no_noise_is_ever_a_process_id(noise: bytes) -> None:
    model = replace(profile("plain"), proof=Proof.PROCESS_ID)
    assert EscposPrinter(Babbler(noise), model).print(SLIP, 0.1).state is not CONFIRMED


@settings(max_examples=30, deadline=None)
@given(st.binary(max_size=200).map(lambda noise: bytes(b for b in noise if b & 0xF0 or b & 0x0C)))
def test_noise_without_an_answer_in_order_proves_nothing(noise: bytes) -> None:
    model = replace(profile("plain"), proof=Proof.GS_R)
    assert EscposPrinter(Babbler(noise), model).print(SLIP, 0.1).state is not CONFIRMED
