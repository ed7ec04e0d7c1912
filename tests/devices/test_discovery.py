"""What is plugged in, found out by real bytes: ours, strangers, and ports that another program has."""

import contextlib
import json
import os
import subprocess
import sys
import termios
import threading
from collections.abc import Iterator, Sequence

import pytest
from serial.tools import list_ports
from serial.tools.list_ports_common import ListPortInfo

from app.commands import main
from app.domain.device import DeviceKind, FoundDevice
from app.errors import DeviceNotFoundError
from devices.asking import who_is
from devices.discovery import find_devices, start_finding
from devices.plugged import BOOK, Port
from tests.devices.emulators import ROOT, Emulated, emulator
from tests.devices.strange import chatter, echo, mute, noise, strange_port, strange_server
from tests.patience import PATIENCE_S

READER, PRINTER, SCANNER = DeviceKind.ID_READER, DeviceKind.RECEIPT_PRINTER, DeviceKind.SCANNER

HOLDER = """
import sys, serial
port = serial.Serial(sys.argv[1], exclusive=True)
print("held", flush=True)
sys.stdin.read()
"""


@pytest.fixture(autouse=True)
def no_ports_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(list_ports, "comports", list)


@contextlib.contextmanager
def held_elsewhere(path: str) -> Iterator[None]:
    """Another program has the port."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, path], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline()
        yield
        assert process.stdin is not None
        process.stdin.close()


def by_line(found: Sequence[FoundDevice]) -> dict[str, FoundDevice]:
    return {device.line: device for device in found}


@pytest.mark.devices
def test_every_sort_of_port_at_once(sdt: Emulated, escpos: Emulated) -> None:
    with (
        emulator("sdt", "--listen", "pty") as reader,
        emulator("escpos", "--listen", "pty") as printer,
        strange_port(echo) as echoing,
        strange_port(noise(1)) as noisy,
        strange_port(chatter) as talking,
        strange_port(mute) as silent,
        strange_server(echo) as far_echo,
        strange_port(mute) as locked,
        held_elsewhere(locked),
    ):
        steps: list[tuple[int, int]] = []
        lines = [
            reader.url,
            printer.url,
            echoing,
            noisy,
            talking,
            silent,
            far_echo,
            locked,
            sdt.url,
            escpos.url,
        ]
        found = by_line(
            find_devices([*lines, "/dev/no-such-port"], lambda *step: steps.append(step), searches=())
        )
    kinds = {line: device.kind for line, device in found.items() if device.kind}
    assert kinds == {reader.url: READER, printer.url: PRINTER, sdt.url: READER, escpos.url: PRINTER}
    assert found[reader.url].facts | {"id": "DEMO"} == {"sam": "DEMO", "simulated": "yes", "id": "DEMO"}
    assert (found[printer.url].name, found[printer.url].driver) == ("EMULATOR", "escpos")
    states = {line: device.facts["state"] for line, device in found.items() if not device.kind}
    assert states == {
        echoing: "talks",
        noisy: "talks",
        talking: "talks",
        silent: "silent",
        far_echo: "talks",
        locked: "in_use",
        "/dev/no-such-port": "gone",
    }
    assert steps == [(n, 11) for n in range(1, 12)]


@pytest.mark.devices
@pytest.mark.parametrize("seed", range(20))
def test_no_noise_is_taken_for_a_device(seed: int) -> None:
    with strange_server(noise(seed)) as line:
        assert who_is(Port(line)).kind is None


def test_no_slip_is_soiled_by_the_question_for_a_reader() -> None:
    """A printer that answers nothing takes the reader's question for text: it is thrown away."""
    sent: list[bytes] = []

    def listen(data: bytes) -> bytes:
        sent.append(data)
        return b""

    with strange_port(listen) as port:
        who_is(Port(port), speeds=(9600,))
    heard = b"".join(sent)
    assert heard.startswith(b"\x10\x04\x01")
    assert heard.rpartition(b"\xaa\xaa\xaa\x96\x69")[2].endswith(b"\x1b\x40")


def test_a_reader_in_need_of_service_is_a_reader() -> None:
    with emulator("sdt", "--fault", "sam_not_authorised") as reader:
        found = who_is(Port(reader.url))
    assert (found.kind, found.driver) == (READER, "sdt")


def test_a_port_is_left_as_it_was() -> None:
    with strange_port(mute) as path:
        descriptor = os.open(path, os.O_RDWR | os.O_NOCTTY)
        try:
            before = termios.tcgetattr(descriptor)
            who_is(Port(path), speeds=(9600,))
            assert termios.tcgetattr(descriptor) == before
        finally:
            os.close(descriptor)


def test_a_line_in_use_here_is_not_asked(sdt: Emulated) -> None:
    BOOK.reserve(sdt.url)
    try:
        [found] = find_devices([sdt.url], searches=())
    finally:
        BOOK.release(sdt.url)
    assert (found.kind, found.facts) == (None, {"state": "in_use"})


def test_a_scanner_is_known_by_its_maker(monkeypatch: pytest.MonkeyPatch) -> None:
    with strange_port(mute) as path:
        port = ListPortInfo(path)
        port.description, port.vid, port.pid, port.serial_number = "USB CDC", 0x1EAB, 0x0006, "S1"
        monkeypatch.setattr(list_ports, "comports", lambda: [port])
        [found] = find_devices(searches=())
    assert (found.kind, found.driver, found.name, found.line) == (SCANNER, "serial", "USB CDC", path)
    assert found.facts == {"usb": "1EAB:0006", "usb_serial": "S1", "id": "S1"}


@pytest.mark.devices
def test_a_search_that_never_returns_or_breaks_hides_nothing(sdt: Emulated) -> None:
    hold = threading.Event()

    def hangs() -> Sequence[FoundDevice]:
        hold.wait(PATIENCE_S)
        return ()

    def breaks() -> Sequence[FoundDevice]:
        raise DeviceNotFoundError("no bus")

    queue = FoundDevice("ipp://localhost/printers/a4", DeviceKind.A4_PRINTER, "ipp", "A4")
    found = find_devices([sdt.url], searches=(hangs, breaks, lambda: [queue]), total_s=1.5)
    hold.set()
    assert [device.kind for device in found] == [DeviceKind.A4_PRINTER, READER]


def test_a_cancel_ends_the_search() -> None:
    cancelled = threading.Event()
    cancelled.set()
    with strange_port(mute) as silent:
        found = start_finding([silent], over=cancelled.is_set).result(PATIENCE_S)
    assert all(device.kind is None for device in found if device.line == silent)


def test_the_command_tells_a_technician(sdt: Emulated, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["find-devices", "--line", sdt.url]) == 0
    said = capsys.readouterr().out
    assert "身份证阅读器" in said
    assert f'[devices.id_reader]\ndriver = "sdt"\nline = "{sdt.url}"' in said


def test_the_command_tells_a_program(escpos: Emulated, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["find-devices", "--json", "--line", escpos.url]) == 0
    rows = {row["line"]: row for row in json.loads(capsys.readouterr().out)}
    assert (rows[escpos.url]["kind"], rows[escpos.url]["name"]) == ("receipt_printer", "EMULATOR")
