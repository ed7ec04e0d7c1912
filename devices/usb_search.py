"""The search of the USB bus, for find-devices and the lines `auto`: readers are asked who they are.

A printer is not asked: its IEEE 1284 id says which language it speaks, and to one that says nothing
(kind None) no bytes are sent on a guess.
"""

from collections.abc import Sequence
from contextlib import closing, suppress
from dataclasses import replace

from app.domain.device import DeviceKind, FoundDevice
from app.errors import DeviceError
from devices.driver import IN_USE, why_closed
from devices.plugged import BOOK
from devices.sdt_reader import SdtReader
from devices.usb_bus import UsbDevice, usb_devices
from devices.usb_line import open_usb_reader

_DRIVERS = {DeviceKind.ID_READER: "sdt", DeviceKind.RECEIPT_PRINTER: "escpos"}


def search_usb() -> Sequence[FoundDevice]:
    """What is plugged in; those this process has open are listed, not asked."""
    return tuple(_found(device) for device in usb_devices())


def _found(device: UsbDevice) -> FoundDevice:
    serial = {"usb_serial": device.serial, "id": device.serial} if device.serial else {}
    driver = _DRIVERS.get(device.kind, "") if device.kind else ""
    found = FoundDevice(device.url, device.kind, driver, device.name, facts={"usb": device.ids} | serial)
    if device.kind is not DeviceKind.ID_READER:
        return found
    with BOOK.taking(device.url) as free:
        facts = _who_it_is(device.url) if free else {"state": IN_USE}
    return replace(found, facts=found.facts | facts)


def _who_it_is(url: str) -> dict[str, str]:
    try:
        with closing(open_usb_reader(url)) as line, suppress(DeviceError):
            condition = SdtReader(line).check()
            sam = condition.facts.get("sam", "")
            identity = {"sam": sam, "id": sam} if sam else {}
            return identity | ({"simulated": "yes"} if condition.simulated else {})
    except DeviceError as error:
        return {"state": why_closed(error)}
    return {}
