"""USB by pyusb over a played bus: real emulator bytes by a reader's and a printer's endpoints."""

import errno
import queue
import re
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from threading import Event

import pytest
import usb.backend.libusb0
import usb.backend.libusb1
import usb.backend.openusb

from app.domain.device import DeviceEvent, DeviceHealth, DeviceKind, DeviceStatus
from app.domain.printing import PrintOutcome, PrintState
from app.errors import (
    CardUnreadableError,
    DeviceBusyError,
    DeviceError,
    DeviceNotFoundError,
    DeviceProtocolError,
    DeviceTimeoutError,
)
from devices.auto_line import Seekers
from devices.driver import GONE, IN_USE, NO_ACCESS, why_closed
from devices.emulators.cards import PRESETS
from devices.emulators.sdt import PHOTO
from devices.escpos_printer import EscposPrinter
from devices.hub import DeviceHub
from devices.line import Line
from devices.plugged import BOOK, PortBook
from devices.registry import DeviceLine, entry_for
from devices.sdt_reader import SdtReader
from devices.usb_bus import READER_IDS, usb_devices
from devices.usb_search import search_usb
from tests.devices.emulators import ROOT, Emulated, emulator
from tests.devices.usb_played import PRINTER_ENDPOINTS, Played, PlayedBus
from tests.patience import PATIENCE_S

READER, PRINTER = DeviceKind.ID_READER, DeviceKind.RECEIPT_PRINTER
EPSON = "MFG:DEMO;CMD:ESC/POS;MDL:DEMO-80;CLS:PRINTER;"
LASER = "MFG:DEMO;CMD:PJL,PCL5E,POSTSCRIPT;MDL:DEMO-A4;CLS:PRINTER;"
SLIP = b"\x1b@hello\n\x1dV\x00"
Plug = Callable[..., PlayedBus]


@pytest.fixture
def plug(monkeypatch: pytest.MonkeyPatch) -> Iterator[Plug]:
    """Make a bus of these devices the machine's."""

    def plugged(*devices: Played) -> PlayedBus:
        bus = PlayedBus(*devices)
        monkeypatch.setattr(usb.backend.libusb1, "get_backend", lambda **_: bus)
        return bus

    monkeypatch.setattr("devices.sdt_reader.POLL_S", 0.0)
    return plugged


def reader(device: Emulated, **more: object) -> Played:
    device.command("fault none")
    device.command("put resident")
    return Played(("127.0.0.1", device.port), **more)  # type: ignore[arg-type]


def printer(device: Emulated, **more: object) -> Played:
    played: dict[str, object] = {
        "ids": (0x04B8, 0x0E15), "interface_class": 7, "protocols": (2,), "product": "DEMO PRINTER",
        "endpoints": PRINTER_ENDPOINTS, "device_id": EPSON,
    }  # fmt: skip
    return Played(("127.0.0.1", device.port), **(played | more))  # type: ignore[arg-type]


def opened(kind: DeviceKind, url: str) -> Line:
    """By the registry, as a session does."""
    device = DeviceLine(kind, "sdt" if kind is READER else "escpos", url)
    line: Line = entry_for(device).open(device, 0)
    return line


# -- readers -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "fault", ["none", "slow", "split", "stray", "corrupt", "glued", "doubled", "two_bits"]
)
def test_a_card_by_the_four_endpoints(plug: Plug, sdt: Emulated, fault: str) -> None:
    bus = plug(reader(sdt))
    sdt.command(f"fault {fault}")
    with closing(opened(READER, "usb://0400:c35a")) as line:
        driver = SdtReader(line)
        assert driver.check().simulated
        found = driver.read(Event())
    assert found is not None
    assert (found.document, found.doubtful, found.photo) == (PRESETS["resident"].document, False, PHOTO)
    assert bus.log[:2] == ["02 7", "06 3"]


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ("dead", DeviceTimeoutError),
        ("garbage", DeviceProtocolError),
        ("truncated", CardUnreadableError),
        ("corrupt_twice", CardUnreadableError),
        ("unplug_mid_read", DeviceNotFoundError),
    ],
)
def test_each_trouble_is_that_of_any_line(
    plug: Plug, sdt: Emulated, fault: str, error: type[DeviceError]
) -> None:
    plug(reader(sdt))
    sdt.command(f"fault {fault}")
    with closing(opened(READER, "usb://")) as line, pytest.raises(error):
        SdtReader(line).read(Event())


def test_one_reader_of_several_by_serial_number_or_place(plug: Plug, sdt: Emulated) -> None:
    first, second, third = (
        reader(sdt, serial="A 1", ports=(1, 2)),
        reader(sdt, serial="B", ports=(3,), ids=(0x0483, 0x5652)),
        reader(sdt, ports=(1, 4)),
    )
    first.plugged = False
    bus = plug(first, second, third)
    urls = {
        "usb://": second,
        "usb://0483:5652": second,
        "usb://0483:5652/B": second,
        "usb://0400:C35A/1-1.4": third,
    }
    for url, device in urls.items():
        with closing(opened(READER, url)):
            assert [one for one in bus.devices if one.claimed] == [device]
    assert not any(device.claimed for device in bus.devices)
    first.plugged = True
    with closing(opened(READER, "usb://0400:c35a/A%201")):
        assert first.claimed
    for url in ("usb://0400:c35a/B", "usb://0400:1234", "usb://nonsense", "usb://0483:5652/1-9"):
        with pytest.raises(DeviceNotFoundError):
            opened(READER, url)


@pytest.mark.parametrize(
    ("refusal", "why"), [(errno.EACCES, NO_ACCESS), (errno.EBUSY, IN_USE), (errno.ENODEV, GONE)]
)
def test_why_a_reader_does_not_open(plug: Plug, sdt: Emulated, refusal: int, why: str) -> None:
    plug(reader(sdt, refuses=refusal))
    with pytest.raises(DeviceNotFoundError) as raised:
        opened(READER, "usb://")
    assert why_closed(raised.value) == why


def test_a_device_without_a_readers_endpoints(plug: Plug, sdt: Emulated) -> None:
    plug(reader(sdt, endpoints=(0x01, 0x81)))
    with pytest.raises(DeviceNotFoundError):
        opened(READER, "usb://")


def test_a_reader_nobody_has_configured_yet(plug: Plug, sdt: Emulated) -> None:
    device = reader(sdt, configured=False)
    plug(device)
    with closing(opened(READER, "usb://")) as line:
        assert SdtReader(line).check().simulated
    assert device.configured


@pytest.mark.parametrize("broken", [errno.EPIPE, errno.EIO, errno.ENODEV])
def test_a_transfer_that_breaks(plug: Plug, sdt: Emulated, broken: int) -> None:
    device = reader(sdt)
    plug(device)
    with closing(opened(READER, "usb://")) as line:
        device.breaks = broken
        with pytest.raises(DeviceNotFoundError):
            line.write(b"\xaa" * 10)
        with pytest.raises(DeviceNotFoundError):
            line.read()


def test_a_reader_that_takes_no_bytes(plug: Plug, sdt: Emulated) -> None:
    plug(reader(sdt, stalls=True))
    with closing(opened(READER, "usb://")) as line, pytest.raises(DeviceTimeoutError):
        SdtReader(line).read(Event())


def test_a_closed_line_stays_closed(plug: Plug, sdt: Emulated) -> None:
    plug(reader(sdt))
    line = opened(READER, "usb://")
    line.close()
    line.close()
    with pytest.raises(DeviceNotFoundError):
        line.read()


def test_a_machine_without_libusb(monkeypatch: pytest.MonkeyPatch) -> None:
    for backend in (usb.backend.libusb1, usb.backend.libusb0, usb.backend.openusb):
        monkeypatch.setattr(backend, "get_backend", lambda **_: None)
    with pytest.raises(DeviceNotFoundError, match="libusb"):
        opened(READER, "usb://")
    assert usb_devices() == []


class Now:
    def now(self) -> datetime:
        return datetime.now(UTC)


def test_a_session_heals_when_the_plug_is_pulled_and_put_back(plug: Plug) -> None:
    with emulator("sdt") as device:
        played = reader(device)
        bus = plug(played)
        heard: queue.SimpleQueue[DeviceEvent] = queue.SimpleQueue()
        hub = DeviceHub([DeviceLine(READER, "sdt", "usb://0400:c35a")], Now())
        hub.listen(heard.put)
        try:
            assert hub.probe(READER).result(timeout=PATIENCE_S).status is DeviceStatus.ONLINE
            assert hub.read_card(PATIENCE_S, Event()).result(timeout=PATIENCE_S).photo == PHOTO
            played.plugged = False
            device.command("unplug")
            while _status(heard) is not DeviceStatus.NO_DEVICE:
                pass
            played.claimed.clear()  # the kernel forgets a device that has gone
            device.command("plug")
            played.plugged = True
            while _status(heard) is not DeviceStatus.ONLINE:
                pass
            assert hub.read_card(PATIENCE_S, Event()).result(timeout=PATIENCE_S).photo == PHOTO
        finally:
            hub.close()
    assert not bus.devices[0].claimed


def _status(heard: "queue.SimpleQueue[DeviceEvent]") -> DeviceStatus | None:
    event = heard.get(timeout=PATIENCE_S)
    return event.status if isinstance(event, DeviceHealth) else None


def test_a_reader_another_program_has_is_said_to_be_busy(plug: Plug, sdt: Emulated) -> None:
    played = reader(sdt)
    played.claimed.add(0)
    plug(played)
    hub = DeviceHub([DeviceLine(READER, "sdt", "usb://")], Now())
    try:
        assert hub.probe(READER).result(timeout=PATIENCE_S).reason == DeviceBusyError.code
    finally:
        hub.close()


# -- printers ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("url", ["usb://", "usb://04b8:0e15", "usb://04b8:0e15/P1"])
def test_a_slip_by_usb_and_the_kernel_gets_its_driver_back(plug: Plug, escpos: Emulated, url: str) -> None:
    device = printer(escpos, serial="P1", kernel_driver=True, protocols=(1, 2))
    bus = plug(device)
    with closing(opened(PRINTER, url)) as line:
        driver = EscposPrinter(line)
        assert driver.check().status is DeviceStatus.ONLINE
        assert driver.print(SLIP, 10.0) == PrintOutcome(PrintState.CONFIRMED)
        assert line.sent > len(SLIP)
    assert (bus.log[0], bus.log[-1]) == ("detach", "attach")
    assert (device.kernel_driver, device.alternate) == (True, 1)


def test_a_printer_that_only_listens(plug: Plug, escpos: Emulated) -> None:
    plug(printer(escpos, endpoints=(0x01,)))
    with closing(opened(PRINTER, "usb://")) as line:
        line.write(bytes(10_000))
        assert (line.sent, line.read()) == (10_000, b"")


def test_a_printer_that_takes_no_bytes(plug: Plug, escpos: Emulated) -> None:
    plug(printer(escpos, stalls=True))
    with closing(opened(PRINTER, "usb://")) as line:
        with pytest.raises(DeviceTimeoutError):
            line.write(SLIP, 0.1)
        assert line.sent == 0


def test_the_first_printer_is_no_page_printer(plug: Plug, escpos: Emulated) -> None:
    laser = printer(escpos, device_id=LASER)
    plug(laser, printer(escpos, protocols=(4,)))
    with pytest.raises(DeviceNotFoundError):
        opened(PRINTER, "usb://")
    plug(laser, printer(escpos, device_id="", ports=(7,)))
    with closing(opened(PRINTER, "usb://")):
        assert not laser.claimed


# -- finding -----------------------------------------------------------------------------------------


def test_what_is_plugged_in_and_what_it_may_be(plug: Plug, sdt: Emulated, escpos: Emulated) -> None:
    plug(
        reader(sdt, serial="R/1"),
        printer(escpos, ports=(2, 3)),
        printer(escpos, device_id=LASER, ports=(4,)),
        printer(escpos, device_id="", ports=(5,)),
        printer(escpos, interface_class=3),
        reader(sdt, ids=(0x1D6B, 1)),
    )
    assert [(device.kind, device.url, device.name) for device in usb_devices()] == [
        (READER, "usb://0400:c35a/R%2F1", "DEMO READER"),
        (PRINTER, "usb://04b8:0e15/1-2.3", "DEMO PRINTER"),
        (DeviceKind.A4_PRINTER, "usb://04b8:0e15/1-4", "DEMO PRINTER"),
        (None, "usb://04b8:0e15/1-5", "DEMO PRINTER"),
    ]


def test_an_auto_line_finds_the_reader_wherever_it_is_plugged_in(
    plug: Plug, sdt: Emulated, escpos: Emulated
) -> None:
    device, slip = reader(sdt, ports=(1,)), printer(escpos, ports=(2,))
    plug(slip, printer(escpos, device_id=LASER, ports=(3,)), device)
    seekers = Seekers(tuple, searches=(search_usb,), book=PortBook())
    for kind, driver, line in (
        (READER, "sdt", "usb://0400:c35a/1-1"),
        (PRINTER, "escpos", "usb://04b8:0e15/1-2"),
    ):
        assert seekers.of(DeviceLine(kind, driver, "auto")).seek(lambda: False).line == line
    seeker = Seekers(tuple, searches=(search_usb,), book=PortBook()).of(DeviceLine(READER, "sdt", "auto"))
    for ports, line in (((1,), "usb://0400:c35a/1-1"), ((4, 2), "usb://0400:c35a/1-4.2")):
        device.ports = ports
        assert seeker.seek(lambda: False).line == line
        seeker.lost()


def test_the_udev_rules_name_the_readers_we_know() -> None:
    """Who installs them may open what `usb://` looks for."""
    rules = (ROOT / "resources" / "devices" / "60-service-hall-usb.rules").read_text(encoding="ascii")
    named = re.findall(r'idVendor\}=="([0-9a-f]{4})", ATTR\{idProduct\}=="([0-9a-f]{4})"', rules)
    assert {(int(vendor, 16), int(product, 16)) for vendor, product in named} == READER_IDS


def test_a_device_that_may_not_be_opened_is_still_listed(plug: Plug, sdt: Emulated) -> None:
    plug(reader(sdt, refuses=errno.EACCES, serial="R1"))
    [found] = search_usb()
    assert (found.line, found.driver, found.facts) == (
        "usb://0400:c35a/1-1", "sdt", {"usb": "0400:C35A", "state": NO_ACCESS},
    )  # fmt: skip


def test_a_search_asks_readers_who_they_are_unless_this_program_has_them(plug: Plug, sdt: Emulated) -> None:
    plug(reader(sdt, serial="R1"))
    [found] = search_usb()
    assert (found.kind, found.facts["id"], found.facts["simulated"]) == (READER, "DEMO", "yes")
    with closing(opened(READER, found.line)):
        pass  # what is found can be opened
    with BOOK.taking(found.line):
        [found] = search_usb()
    assert (found.facts["state"], found.facts["id"]) == (IN_USE, "R1")
