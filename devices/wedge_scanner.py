"""A scanner that types its codes as a keyboard does: there is no line and nothing to ask.

The window sees the keys (ui/wedge.py); here it only has its place among the devices, so that
the status line, the device page and the readiness sheet know of it.
"""

from app.domain.device import DeviceStatus, Scanned
from devices.driver import Condition
from devices.scanner_profiles import ScannerProfile

CAPABILITY = "wedge"
_PAUSE_S = 60.0


class KeyboardLine:
    """In the place of a line."""

    sent = 0

    def read(self, wait_s: float = 0.0) -> bytes:
        return b""

    def write(self, data: bytes, deadline_s: float = 0.0) -> None:
        """Nothing can be said to a keyboard."""

    def close(self) -> None:
        """Nothing is open."""


class WedgeScanner:
    pause_s = _PAUSE_S
    lit = False

    def __init__(self, profile: ScannerProfile) -> None:
        prefix = (f"{CAPABILITY}_{profile.prefix}",) if profile.prefix else ()
        self._condition = Condition(DeviceStatus.ONLINE, capabilities=(CAPABILITY, *prefix))

    def check(self) -> Condition:
        return self._condition

    def poll(self) -> list[Scanned]:
        return []

    def trigger(self, on: bool) -> None:
        """It has a trigger of its own."""
