"""What is plugged in, as the system says it, and which lines this process is using.

`token_of` is cheap enough to be asked twice a second: it changes when what is behind a line may have come,
gone or become ours to open, so nobody has to wait out a back-off after plugging a cable in again.
"""

import os
import sys
from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

from serial.tools import list_ports

AUTO = "auto"
NETWORK = "socket://"
_USB = Path("/sys/bus/usb/devices")


def is_auto(line: str) -> bool:
    """`auto`, or `auto LINE LINE …`: among these."""
    return line.split()[:1] == [AUTO]


def named_in(line: str) -> tuple[str, ...]:
    """The lines an `auto` line is confined to; () for all there are."""
    return tuple(line.split()[1:])


def is_network(line: str) -> bool:
    """Whether a try to open it costs nothing and is the only way to know."""
    return any(one.startswith(NETWORK) for one in (named_in(line) if is_auto(line) else (line,)))


def token_of(line: str) -> Hashable:
    """A value that changes when another try on this line may succeed; None where only a try can tell."""
    if is_auto(line):
        named = named_in(line)
        return tuple(token_of(one) for one in named) if named else _everything()
    if line.startswith("/"):
        return _node(line)
    return None if "://" in line and not line.startswith("usb") else _everything()


def _node(path: str) -> Hashable:
    """Also who may open it: udev grants that a moment after the port has appeared."""
    try:
        found = Path(path).stat()
    except OSError:
        return None
    return found.st_ino, getattr(found, "st_rdev", 0), found.st_mode, found.st_uid, found.st_gid


if sys.platform == "win32":
    import winreg

    def _everything() -> Hashable:
        """The serial ports by the registry's own list: far cheaper than asking for their names."""
        try:
            with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, r"HARDWARE\DEVICEMAP\SERIALCOMM") as key:
                return frozenset(winreg.EnumValue(key, n)[:2] for n in range(winreg.QueryInfoKey(key)[1]))
        except OSError:  # there is none yet
            return frozenset()
else:

    def _everything() -> Hashable:
        try:
            ports = Path("/dev").stat().st_mtime_ns
        except OSError:
            ports = 0
        try:
            return ports, frozenset(os.listdir(_USB))  # noqa: PTH208  (a tenth of iterdir's price)
        except OSError:
            return ports, frozenset()


# -- serial ports --------------------------------------------------------------------------------

# Makers of code scanners, by the vendor ids of usb.ids
_SCANNER_MAKERS = frozenset({0x0536, 0x05E0, 0x05F9, 0x065A, 0x0C2E, 0x1EAB})


@dataclass(frozen=True, slots=True)
class Port:
    """A serial port of this machine.  `usb`: VID:PID in hex, "" on a board's own port; `name` for people."""

    line: str
    name: str = ""
    usb: str = ""
    serial: str = ""
    is_scanner: bool = False


def serial_ports() -> tuple[Port, ...]:
    """Every serial port, those on USB first: something that is plugged in is rather there."""
    ports = [_port(found) for found in list_ports.comports()]
    return tuple(sorted(ports, key=lambda port: (not port.usb, port.line)))


def _port(found: object) -> Port:
    vendor, product = getattr(found, "vid", None), getattr(found, "pid", None)
    name = str(getattr(found, "description", "") or "")
    words = name.lower()
    return Port(
        str(getattr(found, "device", "")),
        "" if name == "n/a" else name,
        f"{vendor:04X}:{product:04X}" if vendor is not None and product is not None else "",
        str(getattr(found, "serial_number", "") or ""),
        vendor in _SCANNER_MAKERS or "scanner" in words or "barcode" in words,
    )


# -- who uses what --------------------------------------------------------------------------------


class PortBook:
    """The lines of this process that nobody may probe: the configured ones, and those found and in use."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._taken: list[str] = []

    def reserve(self, line: str) -> None:
        """A configured line: kept, whether or not something is plugged in there."""
        with self._lock:
            self._taken.append(line)

    def try_take(self, line: str) -> bool:
        """Take a line that nobody has."""
        with self._lock:
            free = not self._has(line)
            if free:
                self._taken.append(line)
            return free

    def release(self, line: str) -> None:
        with self._lock:
            if line in self._taken:
                self._taken.remove(line)

    @contextmanager
    def taking(self, line: str) -> Iterator[bool]:
        """Hold a line for as long as the block takes; gives False when somebody has it."""
        free = self.try_take(line)
        try:
            yield free
        finally:
            if free:
                self.release(line)

    def _has(self, line: str) -> bool:
        """Compared when asked: a link of /dev/serial/by-id leads somewhere only while it is plugged in."""
        wanted = _same(line)
        return any(_same(taken) == wanted for taken in self._taken)


def _same(line: str) -> str:
    return os.path.realpath(line) if line.startswith("/") else line.lower()


BOOK = PortBook()  # a port is open once in a process, whoever opened it
