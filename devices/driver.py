"""What every driver offers the hub, and how it says how its device is.

A driver is thin: one open line, the codec of its protocol, deadlines and a cancel.
It knows nothing of threads, reconnecting or the core; it lets out only DeviceErrors.
"""

import errno
import sys
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

from app.domain.device import DeviceStatus
from app.errors import DeviceError


@dataclass(frozen=True, slots=True)
class Condition:
    """How a device is: status, the error code that explains it ("" when ONLINE), facts, what it can do."""

    status: DeviceStatus = DeviceStatus.ONLINE
    reason: str = ""
    facts: dict[str, str] = field(default_factory=dict)
    simulated: bool = False
    capabilities: tuple[str, ...] = ()


@runtime_checkable
class SelfTesting(Protocol):
    """A driver that can have its device show that it works: a test page, a beep."""

    def self_test(self) -> Condition:
        """Raises DeviceError."""
        ...


_STATUS_OF_REASON = {
    "device.busy": DeviceStatus.BUSY,
    "device.not_configured": DeviceStatus.NO_DEVICE,
    "device.not_found": DeviceStatus.NO_DEVICE,
    "device.timeout": DeviceStatus.OFFLINE,
    "device.protocol": DeviceStatus.OFFLINE,
    "device.printer_paper": DeviceStatus.USER_ERROR,
    "device.printer_cover": DeviceStatus.USER_ERROR,
    "device.printer_jam": DeviceStatus.USER_ERROR,
    "device.printer_toner": DeviceStatus.USER_ERROR,
    "device.printer_paused": DeviceStatus.USER_ERROR,
}


def condition_of(error: DeviceError) -> Condition:
    """The condition an error leaves a device in."""
    return Condition(_STATUS_OF_REASON.get(error.code, DeviceStatus.HARDWARE_ERROR), error.code)


IN_USE, NO_ACCESS, GONE = "in_use", "no_access", "gone"


def why_closed(error: DeviceError) -> str:
    """Why a line did not open: another program has it, this one may not, or there is none."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, BlockingIOError) or getattr(cause, "errno", None) == errno.EBUSY:
            return IN_USE
        if isinstance(cause, PermissionError):
            return IN_USE if sys.platform == "win32" else NO_ACCESS
        cause = cause.__cause__ or cause.__context__
    return GONE
