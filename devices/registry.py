"""Which drivers there are, and what one device of the station is.

A new device is a new line in the table: its driver gets an open line and offers what the
session of its kind needs (devices/session.py).  Transports that are no serial port (USB,
makers' libraries, IPP, PC/SC) have a function that opens them.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from app.domain.device import DeviceKind, FoundDevice
from app.errors import SettingsError
from devices import printer_profiles
from devices.cups_raw import CupsRawPrinter
from devices.escpos_printer import EscposPrinter
from devices.ipp_client import IppClient, target_of
from devices.ipp_printer import IppPrinter
from devices.ipp_queues import search_queues
from devices.line import Line, open_line
from devices.reader_line import ReaderLines
from devices.scanner import SerialScanner
from devices.scanner_profiles import profile_of
from devices.sdt_reader import SdtReader
from devices.usb_line import open_usb_printer
from devices.usb_search import search_usb
from devices.wedge_scanner import KeyboardLine, WedgeScanner
from devices.wlt_photo import can_decode


@dataclass(frozen=True, slots=True)
class DeviceLine:
    """One configured device.  `line`: a URL or a port; `baudrate` 0: the driver's usual one.

    `profile`: the table of its model in resources/devices; "" the plain one.  `device_id`: of an `auto` line,
    the only device that will do (the `id` that find-devices shows).  `photo_decoder`: the plug-in of an ID
    reader and its arguments (devices/wlt_photo.py).
    """

    kind: DeviceKind
    driver: str
    line: str
    baudrate: int = 0
    width_mm: int = 80
    simulated: bool = False
    profile: str = ""
    tray: str = ""
    duplex: bool = False
    device_id: str = ""
    photo_decoder: tuple[str, ...] = ()


def _open(device: DeviceLine, baudrate: int) -> Line:
    return open_line(device.line, baudrate)


_readers = ReaderLines()


def _sdt_reader(line: Line, device: DeviceLine) -> SdtReader:
    return SdtReader(line, can_decode(device.photo_decoder))


def _reader(device: DeviceLine, baudrate: int) -> Line:
    return _readers.open(device.line, baudrate)


def _slip_printer(device: DeviceLine, baudrate: int) -> Line:
    return open_usb_printer(device.line) if device.line.startswith("usb:") else _open(device, baudrate)


def _printer(device: DeviceLine, baudrate: int) -> IppClient:
    return IppClient(target_of(device.line))


@dataclass(frozen=True, slots=True)
class DriverEntry:
    """`make` a driver on an open line; `open` that line; `baudrate` the driver's usual one."""

    make: Callable[[Any, DeviceLine], Any]
    baudrate: int
    open: Callable[[DeviceLine, int], Any] = _open


_DRIVERS: dict[DeviceKind, dict[str, DriverEntry]] = {
    DeviceKind.ID_READER: {"sdt": DriverEntry(_sdt_reader, 0, _reader)},
    DeviceKind.RECEIPT_PRINTER: {
        "escpos": DriverEntry(
            lambda line, device: EscposPrinter(line, printer_profiles.profile(device.profile)),
            9600,
            _slip_printer,
        ),
        "cups_raw": DriverEntry(lambda client, device: CupsRawPrinter(client), 0, _printer),
    },
    DeviceKind.A4_PRINTER: {"ipp": DriverEntry(lambda client, device: IppPrinter(client), 0, _printer)},
    DeviceKind.SCANNER: {
        "serial": DriverEntry(lambda line, device: SerialScanner(line, profile_of(device.profile)), 9600),
        "wedge": DriverEntry(
            lambda line, device: WedgeScanner(profile_of(device.profile)),
            0,
            lambda device, rate: KeyboardLine(),
        ),
    },
}

# Searches of what is not a serial port: USB devices, print queues.  Each takes a few seconds at most, asks
# what it finds what it is, and raises nothing but DeviceErrors.
Search = Callable[[], Sequence[FoundDevice]]
SEARCHES: tuple[Search, ...] = (search_usb, search_queues)


def known_drivers(kind: DeviceKind) -> tuple[str, ...]:
    """The names station.toml may use for a device of this kind."""
    return tuple(_DRIVERS[kind])


def entry_for(device: DeviceLine) -> DriverEntry:
    """Raises SettingsError for a driver nobody has written."""
    try:
        return _DRIVERS[device.kind][device.driver]
    except KeyError as error:
        raise SettingsError(f"no driver {device.driver} for {device.kind.value}") from error
