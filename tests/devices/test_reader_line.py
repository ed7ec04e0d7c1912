"""Readers on serial lines whose speed nobody has said, over pseudo terminals that have one."""

from contextlib import closing
from threading import Event

import pytest

from app.domain.device import DeviceKind
from app.errors import DeviceNotFoundError, DeviceTimeoutError
from devices.emulators.cards import PRESETS
from devices.line import SerialLine, open_line
from devices.reader_line import ReaderLines
from devices.registry import DeviceLine, entry_for
from devices.sdt_reader import SdtReader
from tests.devices.emulators import Emulated, emulator

SPEEDS = [
    "38400",
    *(pytest.param(speed, marks=pytest.mark.devices) for speed in ("115200", "57600", "19200", "9600")),
]


@pytest.mark.parametrize("speed", SPEEDS)
def test_the_speed_of_a_reader_is_found_and_remembered(speed: str) -> None:
    with emulator("sdt", "--listen", "pty", "--speed", speed) as device:
        lines = ReaderLines()
        for _ in range(2):
            with closing(lines.open(device.url)) as line:
                assert lines.speeds == {device.url: int(speed)}
                found = SdtReader(line).read(Event())
            assert found is not None
            assert found.document == PRESETS["resident"].document
            device.command("put resident")


def test_a_reader_set_to_another_speed_is_found_again() -> None:
    with emulator("sdt", "--listen", "pty", "--speed", "115200") as device:
        lines = ReaderLines()
        with closing(lines.open(device.url)) as line:
            assert isinstance(line, SerialLine)
            assert SdtReader(line).check().simulated
        device.command("speed 19200")
        with closing(lines.open(device.url)) as line:
            assert SdtReader(line).check().simulated
        assert lines.speeds == {device.url: 19200}


@pytest.mark.devices
def test_a_configured_speed_is_the_only_one_tried() -> None:
    with emulator("sdt", "--listen", "pty", "--speed", "9600") as device:
        with closing(ReaderLines().open(device.url, 9600)) as line:
            assert SdtReader(line).check().simulated
        with closing(ReaderLines().open(device.url, 38400)) as line, pytest.raises(DeviceTimeoutError):
            SdtReader(line).read(Event())


@pytest.mark.devices
def test_a_reader_that_knows_no_module_questions_is_found_by_looking_for_a_card() -> None:
    with emulator("sdt", "--listen", "pty", "--speed", "9600", "--fault", "dead@sam") as device:
        lines = ReaderLines()
        lines.open(device.url).close()
        assert lines.speeds == {device.url: 9600}


@pytest.mark.devices
def test_a_silent_reader_lets_go_of_its_line() -> None:
    with emulator("sdt", "--listen", "pty", "--fault", "dead") as device:
        with pytest.raises(DeviceTimeoutError):
            ReaderLines().open(device.url)
        open_line(device.url).close()  # nobody holds it


def test_a_plain_socket_has_no_speed(sdt: Emulated) -> None:
    lines = ReaderLines()
    with closing(lines.open(sdt.url)) as line:
        assert SdtReader(line).check().simulated
    assert lines.speeds == {}


def test_a_port_that_does_not_know_the_speed() -> None:
    with (
        emulator("sdt", "--listen", "pty") as device,
        closing(open_line(device.url)) as line,
        pytest.raises(DeviceNotFoundError),
    ):
        assert isinstance(line, SerialLine)
        line.set_speed(-1)


def test_the_registry_leaves_the_speed_to_the_search() -> None:
    with emulator("sdt", "--listen", "pty", "--speed", "57600") as device:
        configured = DeviceLine(DeviceKind.ID_READER, "sdt", device.url)
        entry = entry_for(configured)
        with closing(entry.open(configured, configured.baudrate or entry.baudrate)) as line:
            assert entry.make(line, configured).check().capabilities == ("no_photo_decoding",)
