"""Which drivers there are, and what one device of the station is.

A new device is a new line in the table: its driver gets an open line and offers what the
session of its kind needs (devices/session.py).  Other transports (USB, CUPS, PC/SC) come
with drivers that open their own.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from app.domain.device import DeviceKind
from app.errors import SettingsError
from devices.escpos_printer import EscposPrinter
from devices.line import Line, open_line
from devices.scanner import SerialScanner
from devices.sdt_reader import SdtReader


@dataclass(frozen=True, slots=True)
class DeviceLine:
    """One configured device.  `line`: a URL or a port; `baudrate` 0: the driver's usual one.

    `profile`: the table of its model in resources/devices; "" the plain one.
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


def _open(device: DeviceLine, baudrate: int) -> Line:
    return open_line(device.line, baudrate)


@dataclass(frozen=True, slots=True)
class DriverEntry:
    """`make` a driver on an open line; `open` that line; `baudrate` the driver's usual one."""

    make: Callable[[Line, DeviceLine], Any]
    baudrate: int
    open: Callable[[DeviceLine, int], Line] = _open


_DRIVERS: dict[DeviceKind, dict[str, DriverEntry]] = {
    DeviceKind.ID_READER: {"sdt": DriverEntry(lambda line, device: SdtReader(line), 115200)},
    DeviceKind.RECEIPT_PRINTER: {"escpos": DriverEntry(lambda line, device: EscposPrinter(line), 9600)},
    DeviceKind.SCANNER: {"serial": DriverEntry(lambda line, device: SerialScanner(line), 9600)},
}


def known_drivers(kind: DeviceKind) -> tuple[str, ...]:
    """The names station.toml may use for a device of this kind."""
    return tuple(_DRIVERS[kind])


def entry_for(device: DeviceLine) -> DriverEntry:
    """Raises SettingsError for a driver nobody has written."""
    try:
        return _DRIVERS[device.kind][device.driver]
    except KeyError as error:
        raise SettingsError(f"no driver {device.driver} for {device.kind.value}") from error
