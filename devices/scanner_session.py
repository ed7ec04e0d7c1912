"""The scanner's session: what is scanned becomes an event."""

from typing import Protocol

from app.domain.device import DeviceTrouble, Scanned
from app.errors import DeviceProtocolError
from devices.driver import Condition
from devices.session import Session


class CodeScanner(Protocol):
    """What a driver of a scanner offers; `poll` does the waiting."""

    def check(self) -> Condition: ...
    def poll(self) -> list[Scanned]: ...


class ScannerSession(Session[CodeScanner]):
    def _tick(self, driver: CodeScanner) -> float:
        try:
            for scanned in driver.poll():
                self._emit(scanned)
        except DeviceProtocolError as error:
            self._emit(DeviceTrouble(self.device.kind, error.code))
        return 0.0
