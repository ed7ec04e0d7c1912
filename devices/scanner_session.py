"""The scanner's session: what is scanned becomes an event; while somebody waits it is kept alight."""

from contextlib import suppress
from typing import Protocol

from app.domain.device import DeviceTrouble, Scanned
from app.errors import DeviceError, DeviceProtocolError
from app.ports import Clock
from devices.driver import Condition
from devices.registry import DeviceLine
from devices.scanner_profiles import profile_of
from devices.session import Emit, Session


class CodeScanner(Protocol):
    """What a driver of a scanner offers; `poll` does the waiting, `pause_s` comes after it.

    `lit`: whether it was told to look for a code; `trigger` tells it, quietly where that cannot be.
    """

    @property
    def pause_s(self) -> float: ...
    @property
    def lit(self) -> bool: ...
    def check(self) -> Condition: ...
    def poll(self) -> list[Scanned]: ...
    def trigger(self, on: bool) -> None: ...


class ScannerSession(Session[CodeScanner]):
    def __init__(self, device: DeviceLine, clock: Clock, emit: Emit) -> None:
        """Raises SettingsError for a driver or a profile nobody has written."""
        profile_of(device.profile)
        self._wanted = False
        super().__init__(device, clock, emit)

    def trigger(self, on: bool) -> None:
        """From any thread; holds for a scanner that is plugged in later, too."""
        self._wanted = on

    def _tick(self, driver: CodeScanner) -> float:
        try:
            if driver.lit != self._wanted:
                driver.trigger(self._wanted)
            for scanned in driver.poll():
                self._emit(scanned)
        except DeviceProtocolError as error:
            self._emit(DeviceTrouble(self.device.kind, error.code))
        return driver.pause_s

    def _drop(self) -> None:
        """A scanner we let go of does not stay alight."""
        if self._driver is not None and self._driver.lit:
            with suppress(DeviceError):
                self._driver.trigger(False)
        super()._drop()
