"""What every driver offers the hub, and how it says how its device is.

A driver is thin: one open line, the codec of its protocol, deadlines and a cancel.
It knows nothing of threads, reconnecting or the core; it lets out only DeviceErrors.
"""

from dataclasses import dataclass, field

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


_STATUS_OF_REASON = {
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
