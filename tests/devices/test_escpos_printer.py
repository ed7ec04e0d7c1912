"""Print outcomes against an emulated printer in its own process: certain only where it is."""

import socket
from collections.abc import Iterator
from contextlib import closing, contextmanager
from threading import Thread

import pytest

from app.domain.device import DeviceStatus
from app.domain.printing import PrintOutcome, PrintState
from devices.escpos_printer import EscposPrinter
from devices.line import open_line
from tests.devices.emulators import Emulated, emulator

CONFIRMED = PrintOutcome(PrintState.CONFIRMED)
DEADLINE_S = 15.0
SHORT_S = 0.8


def chinese(text: str) -> bytes:
    return b"\x1c&" + text.encode("gb18030") + b"\x1c."


SLIP = (
    b"\x1b@" + b"".join(chinese(f"第{n}行：演示，样张（￥）") + b"\n" for n in range(20)) + b"\x1dV\x42\x60"
)


@contextmanager
def printer_at(
    device: Emulated, fault: str = "none", paper: str = "ok", cover: str = "closed"
) -> Iterator[EscposPrinter]:
    for command in ("forget", f"fault {fault}", f"paper {paper}", f"cover {cover}"):
        device.command(command)
    with closing(open_line(device.url)) as line:
        yield EscposPrinter(line)


def outcome(device: Emulated, deadline_s: float = DEADLINE_S, **trouble: str) -> PrintOutcome:
    with printer_at(device, **trouble) as printer:
        return printer.print(SLIP, deadline_s)


def failed(code: str) -> PrintOutcome:
    return PrintOutcome(PrintState.FAILED, f"device.{code}")


def unknown(code: str) -> PrintOutcome:
    return PrintOutcome(PrintState.UNKNOWN, f"device.{code}")


def slips(device: Emulated) -> list[bool]:
    """For every piece of paper that came out: whether it was cut."""
    return [slip["cut"] for slip in device.command("printed")["slips"]]


def test_a_printed_slip_is_confirmed_by_the_printer(escpos: Emulated) -> None:
    assert outcome(escpos) == CONFIRMED
    [slip] = escpos.command("printed")["slips"]
    assert slip["lines"] == [f"第{n}行：演示，样张（￥）" for n in range(20)]
    assert slip["cut"]


def test_a_slow_printer_is_waited_for(escpos: Emulated) -> None:
    assert outcome(escpos, fault="slow") == CONFIRMED
    assert slips(escpos) == [True]


def test_a_roll_near_its_end_still_prints(escpos: Emulated) -> None:
    assert outcome(escpos, paper="near_end") == CONFIRMED


@pytest.mark.parametrize(
    ("trouble", "expected"),
    [
        ({"paper": "out"}, failed("printer_paper")),
        ({"cover": "open"}, failed("printer_cover")),
        ({"cover": "open", "paper": "out"}, failed("printer_cover")),
        ({"fault": "silent"}, failed("timeout")),
    ],
)
def test_a_printer_not_ready_gets_nothing(
    escpos: Emulated, trouble: dict[str, str], expected: PrintOutcome
) -> None:
    assert outcome(escpos, SHORT_S, **trouble) == expected
    assert escpos.command("printed") == {"slips": [], "open_lines": [], "unknown": []}


@pytest.mark.parametrize(
    ("fault", "expected", "paper"),
    [
        # it threw the rest away and said so: what hangs there will never become a slip
        ("paper_out_mid_slip", failed("printer_paper"), [False]),
        ("cover_mid_slip", failed("printer_cover"), [False]),
        # the text is complete, the cut is not
        ("cutter", unknown("printer_fault"), []),
        # it says "paper out" instead of printing, or after it: nobody knows
        ("eager", unknown("printer_paper"), []),
        ("die_mid_slip", unknown("not_found"), [False]),
        ("mute_after", unknown("timeout"), [True]),
        # a clone without GS r over the network proves by process id
        ("no_gs_r", CONFIRMED, [True]),
    ],
)
def test_trouble_in_mid_slip(escpos: Emulated, fault: str, expected: PrintOutcome, paper: list[bool]) -> None:
    slow = fault in ("paper_out_mid_slip", "cover_mid_slip", "cutter", "no_gs_r")
    assert outcome(escpos, DEADLINE_S if slow else SHORT_S, fault=fault) == expected
    assert slips(escpos) == paper


def test_a_printer_that_cannot_clear_its_buffers_leaves_a_doubt() -> None:
    with emulator("escpos", "--no-clears", "--fault", "paper_out_mid_slip") as device:
        with closing(open_line(device.url)) as line:
            assert EscposPrinter(line).print(SLIP, DEADLINE_S) == unknown("printer_paper")
        assert slips(device) == []


def test_a_refilled_printer_prints_the_next_slip_on_the_same_line(escpos: Emulated) -> None:
    with printer_at(escpos, fault="paper_out_mid_slip") as printer:
        assert printer.print(SLIP, DEADLINE_S) == failed("printer_paper")
        assert printer.check().reason == "device.printer_paper"
        escpos.command("fault none")
        escpos.command("paper ok")
        assert printer.print(SLIP, DEADLINE_S) == CONFIRMED
    assert slips(escpos) == [False, True]


def test_a_picture_whose_dots_look_like_questions(escpos: Emulated) -> None:
    """A printer answers 10 04 n even inside a raster: those answers must not be taken for ours."""
    dots = b"\x10\x04\x01\x10\x04\x02\x10\x04\x04\x00" * 30
    picture = b"\x1dv0\x00" + (10).to_bytes(2, "little") + (30).to_bytes(2, "little") + dots
    with printer_at(escpos) as printer:
        for _ in range(3):
            assert printer.print(picture + b"\n\x1dV\x00", DEADLINE_S) == CONFIRMED
    assert slips(escpos) == [True] * 3


def test_a_printer_that_takes_no_bytes_in_mid_slip() -> None:
    """It answers the first three questions and then reads no more: how much of the slip left nobody knows."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with closing(open_line(f"socket://127.0.0.1:{port}")) as line:
            client, _ = server.accept()
            with client:

                def answer() -> None:
                    for _ in range(3):
                        client.recv(3)
                        client.sendall(b"\x12")

                talk = Thread(target=answer)
                talk.start()
                assert EscposPrinter(line).print(bytes(20_000_000), SHORT_S) == unknown("timeout")
                talk.join()


@pytest.mark.parametrize(
    ("trouble", "status", "reason", "paper"),
    [
        ({}, DeviceStatus.ONLINE, "", "ok"),
        ({"paper": "near_end"}, DeviceStatus.ONLINE, "", "near_end"),
        ({"paper": "out"}, DeviceStatus.USER_ERROR, "device.printer_paper", "out"),
        ({"cover": "open"}, DeviceStatus.USER_ERROR, "device.printer_cover", "ok"),
    ],
)
def test_the_printer_says_how_it_is(
    escpos: Emulated, trouble: dict[str, str], status: DeviceStatus, reason: str, paper: str
) -> None:
    with printer_at(escpos, **trouble) as printer:
        condition = printer.check()
    assert (condition.status, condition.reason, condition.facts["paper"]) == (status, reason, paper)


def test_the_emulator_is_known_for_what_it_is(escpos: Emulated) -> None:
    with printer_at(escpos) as printer:
        assert printer.check().simulated


def test_a_jammed_cutter_is_a_hardware_error(escpos: Emulated) -> None:
    with printer_at(escpos, fault="cutter") as printer:
        printer.print(SLIP, DEADLINE_S)
        condition = printer.check()
    escpos.command("fault none")
    assert (condition.status, condition.facts["part"]) == (DeviceStatus.HARDWARE_ERROR, "cutter")


def test_over_a_pseudo_terminal_by_pyserial() -> None:
    with emulator("escpos", "--listen", "pty") as device:
        with closing(open_line(device.url, 9600)) as line:
            assert EscposPrinter(line).print(SLIP, DEADLINE_S) == CONFIRMED
        assert slips(device) == [True]
