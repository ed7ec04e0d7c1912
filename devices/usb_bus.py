"""USB devices of this machine by pyusb: finding them, knowing what they are, claiming one.

    usb://                        the first ID reader, or receipt printer, that is known as one
    usb://0400:c35a               by vendor and product id (hex)
    usb://0400:c35a/SERIAL        by its serial number, or by where it is plugged in (BUS-PORT.PORT…)

Ids of readers: DEVICES facts §A1, from several makers' drivers.  Printers: USB Device Class Definition for
Printing Devices 1.1 (class 7; GET_DEVICE_ID; the IEEE 1284 id names the languages a printer speaks).
A kernel driver that has the interface (usblp) is put aside while we have it, and put back.
"""

import errno
import logging
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import quote, unquote

import usb.core
import usb.util

from app.domain.device import DeviceKind
from app.errors import DeviceNotFoundError

READER_IDS = frozenset({(0x0400, 0xC35A), (0x0483, 0x5652), (0x2B19, 0x0200), (0x0103, 0x6066)})
PRINTER_CLASS = 7
_IPP_OVER_USB = 4  # bInterfaceProtocol: HTTP inside, not a printer's own language
_GET_DEVICE_ID, _GET_STATUS = (0xA1, 0), (0x80, 0)
_SHORT_MS = 300
_SYSTEM = Path("/sys/bus/usb/devices")
_LONGEST_ID = 1024
_PAGE_LANGUAGES = ("PCL", "POSTSCRIPT", "PDF", "PWG", "URF", "GDI", "ZJS", "SPL", "HBP", "ESCPL2", "CAPT")
_SLIP_LANGUAGES = ("ESC/POS", "ESCPOS", "EPSON", "ESC_POS", "POS")
_URL = re.compile(r"usb:(//)?((?P<vendor>[0-9a-f]{4}):(?P<product>[0-9a-f]{4})(/(?P<where>.+))?)?/?", re.I)

logger = logging.getLogger(__name__)
Fits = Callable[[Any], bool]


@dataclass(frozen=True, slots=True)
class UsbDevice:
    """`kind`: a guess, None where there is no telling; `ids`: VID:PID in hex; `serial` may be ""."""

    kind: DeviceKind | None
    url: str
    name: str
    ids: str = ""
    serial: str = ""


def usb_devices() -> list[UsbDevice]:
    """ID readers and printers plugged in now, none of them opened for work; never raises."""
    try:
        return [_described(device) for device in _plugged() if _is_reader(device) or _is_printer(device)]
    except DeviceNotFoundError as error:
        logger.debug("no USB devices: %s", error)
        return []


def find_reader(url: str) -> Any:
    """The pyusb device; ids that the URL names need not be known to us.  Raises DeviceNotFoundError."""
    return _find(url, _is_reader)


def find_printer(url: str) -> Any:
    """Raises DeviceNotFoundError."""
    return _find(url, lambda device: _is_printer(device) and _kind(device) is not DeviceKind.A4_PRINTER)


def _find(url: str, known: Fits) -> Any:
    match = _URL.fullmatch(url)
    if match is None:
        raise DeviceNotFoundError("not a USB address: usb://VID:PID/SERIAL")
    if match["vendor"] is None:
        return _first(known)
    ids = (int(match["vendor"], 16), int(match["product"], 16))
    where = unquote(match["where"] or "")
    return _first(
        lambda device: _ids(device) == ids and (not where or where in (_path(device), _serial(device)))
    )


def _first(fits: Fits) -> Any:
    for device in _plugged():
        if fits(device):
            return device
    raise DeviceNotFoundError("no such USB device is plugged in")


def _plugged() -> Iterator[Any]:
    """Every USB device.  Raises DeviceNotFoundError, where libusb is missing too."""
    try:
        yield from usb.core.find(find_all=True)
    except usb.core.NoBackendError as error:
        raise DeviceNotFoundError("libusb is not installed, so no USB device can be opened") from error
    except (usb.core.USBError, NotImplementedError) as error:
        raise DeviceNotFoundError(f"USB: {error}") from error


# -- what it is --------------------------------------------------------------------------------------


def _described(device: Any) -> UsbDevice:
    vendor, product = _ids(device)
    serial = _serial(device)
    ids = f"{vendor:04x}:{product:04x}"
    words = [_text(device, "manufacturer"), _text(device, "product")]
    url = f"usb://{ids}/{quote(serial or _path(device), safe='')}"
    return UsbDevice(_kind(device), url, " ".join(filter(None, words)) or ids, ids.upper(), serial)


def _kind(device: Any) -> DeviceKind | None:
    if _is_reader(device):
        return DeviceKind.ID_READER
    speaks = _languages(device)
    if any(word in speaks for word in _PAGE_LANGUAGES):
        return DeviceKind.A4_PRINTER
    return DeviceKind.RECEIPT_PRINTER if any(word in speaks for word in _SLIP_LANGUAGES) else None


def _ids(device: Any) -> tuple[int, int]:
    return int(device.idVendor), int(device.idProduct)


def _is_reader(device: Any) -> bool:
    return _ids(device) in READER_IDS


def _is_printer(device: Any) -> bool:
    return next(printer_interfaces(device), None) is not None


def printer_interfaces(device: Any) -> Iterator[Any]:
    """The interfaces (all alternate settings) that take a printer's own language."""
    with suppress(usb.core.USBError):
        for configuration in device:
            for interface in configuration:
                own = interface.bInterfaceProtocol != _IPP_OVER_USB
                if interface.bInterfaceClass == PRINTER_CLASS and own:
                    yield interface


def _languages(device: Any) -> str:
    """The command sets of the IEEE 1284 id, in capitals; "" when the device does not say."""
    interface = next(printer_interfaces(device), None)
    if interface is None:
        return ""
    if known := _told_to_the_kernel(device, interface):
        return _command_sets(known)
    index = interface.bInterfaceNumber << 8 | interface.bAlternateSetting
    try:
        answer = device.ctrl_transfer(*_GET_DEVICE_ID, 0, index, _LONGEST_ID, _SHORT_MS)
    except (usb.core.USBError, NotImplementedError):
        return ""
    finally:
        usb.util.dispose_resources(device)
    return _command_sets(bytes(answer)[2:].decode("ascii", "replace"))


def _told_to_the_kernel(device: Any, interface: Any) -> str:
    """What Linux's usblp has asked already; while it has the printer we cannot ask."""
    number, configuration = interface.bInterfaceNumber, device[interface.configuration].bConfigurationValue
    try:
        return (_SYSTEM / f"{_path(device)}:{configuration}.{number}" / "ieee1284_id").read_text(
            "ascii", "replace"
        )
    except OSError:
        return ""


def _command_sets(device_id: str) -> str:
    fields = dict(part.partition(":")[::2] for part in device_id.upper().split(";"))
    return fields.get("CMD") or fields.get("COMMAND SET", "")


def _path(device: Any) -> str:
    """Where it is plugged in, as the system names it: the bus, then the ports from hub to hub."""
    return f"{device.bus}-{'.'.join(map(str, device.port_numbers or ()))}"


def _serial(device: Any) -> str:
    return _text(device, "serial_number")


def _text(device: Any, name: str) -> str:
    """A string of the device; "" where it has none, or where it may not be asked."""
    try:
        return str(getattr(device, name) or "").strip(" \0")
    except (usb.core.USBError, ValueError, NotImplementedError):
        return ""
    finally:
        usb.util.dispose_resources(device)


# -- one device claimed ------------------------------------------------------------------------------


class Claimed:
    """An open device with one interface that nobody else has; what breaks raises DeviceNotFoundError."""

    def __init__(self, device: Any, choose: Callable[[Any], Any]) -> None:
        """`choose` gives the interface of a configuration.  Raises DeviceNotFoundError."""
        self._device: Any = device
        self._put_aside = False
        try:
            self.interface = choose(_configuration(device))
            self._number = int(self.interface.bInterfaceNumber)
            self._claim()
        except (usb.core.USBError, NotImplementedError, ValueError) as error:
            usb.util.dispose_resources(device)
            _lost("open", error)
        except DeviceNotFoundError:
            usb.util.dispose_resources(device)
            raise

    def _claim(self) -> None:
        with suppress(NotImplementedError):  # systems on which no kernel driver stands in the way
            if self._device.is_kernel_driver_active(self._number):
                self._device.detach_kernel_driver(self._number)
                self._put_aside = True
        usb.util.claim_interface(self._device, self._number)
        if self.interface.bAlternateSetting:
            self._device.set_interface_altsetting(self.interface)

    def read(self, endpoint: int, size: int, wait_s: float) -> bytes:
        """At most `size` bytes, a multiple of the packet's; b"" when nothing came in time."""
        try:
            return bytes(self._open().read(endpoint, size, _milliseconds(wait_s)))
        except usb.core.USBError as error:
            return b"" if _is_timeout(error) else _lost("read", error)

    def write(self, endpoint: int, data: bytes, wait_s: float) -> int:
        """The number of bytes taken, 0 when none were in time."""
        try:
            return int(self._open().write(endpoint, data, _milliseconds(wait_s)))
        except usb.core.USBError as error:
            return 0 if _is_timeout(error) else _lost("write", error)

    def is_broken(self) -> bool:
        """Whether the device has gone, by the request every device must answer."""
        try:
            self._open().ctrl_transfer(*_GET_STATUS, 0, 0, 2, _SHORT_MS)
        except usb.core.USBError as error:
            return bool(error.errno == errno.ENODEV)
        except (DeviceNotFoundError, NotImplementedError):
            return self._device is None
        return False

    def close(self) -> None:
        device, self._device = self._device, None
        if device is None:
            return
        with suppress(usb.core.USBError, NotImplementedError):
            usb.util.release_interface(device, self._number)
            if self._put_aside:
                device.attach_kernel_driver(self._number)
        with suppress(usb.core.USBError):
            usb.util.dispose_resources(device)

    def _open(self) -> Any:
        """pyusb opens a device again when it is used after closing: not here."""
        if self._device is None:
            raise DeviceNotFoundError("closed")
        return self._device


def _configuration(device: Any) -> Any:
    try:
        return device.get_active_configuration()
    except usb.core.USBError as error:
        if error.errno is not None:
            raise
        device.set_configuration()  # fresh from the plug, nobody has configured it
        return device.get_active_configuration()


def _milliseconds(seconds: float) -> int:
    return max(1, round(seconds * 1000))  # 0 would mean for ever


def _is_timeout(error: usb.core.USBError) -> bool:
    return isinstance(error, usb.core.USBTimeoutError) or error.errno in (errno.ETIMEDOUT, errno.EINTR)


def _lost(what: str, error: Exception) -> NoReturn:
    """The cause says who has the device, or that this user may not open it (devices/driver.py)."""
    refused = getattr(error, "errno", None) == errno.EACCES
    cause = PermissionError(errno.EACCES, "not allowed to open USB devices") if refused else error
    raise DeviceNotFoundError(f"{what}: {error}") from cause
