"""A USB bus whose devices are emulators in their own processes: a backend for pyusb.

What libusb would pass to a device goes to the emulator's socket, what the emulator sends comes back by the
endpoints of a real reader (head and body apart) or printer.  Unplugging the emulator is ENODEV here.
"""

import errno
import select
import socket
import time
from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import usb.backend
import usb.core

from tests.patience import PATIENCE_S

BULK = 2
READER_ENDPOINTS = (0x02, 0x06, 0x81, 0x85)
PRINTER_ENDPOINTS = (0x01, 0x82)


@dataclass(eq=False)
class Played:
    """One device on the bus; `address` is where its emulator listens."""

    address: tuple[str, int]
    ids: tuple[int, int] = (0x0400, 0xC35A)
    serial: str = ""
    product: str = "DEMO READER"
    ports: tuple[int, ...] = (1,)
    interface_class: int = 0xFF
    protocols: tuple[int, ...] = (0,)  # one alternate setting each
    endpoints: tuple[int, ...] = READER_ENDPOINTS
    device_id: str = ""
    kernel_driver: bool = False
    configured: bool = True
    plugged: bool = True
    refuses: int = 0  # errno of every opening
    stalls: bool = False  # takes no bytes
    breaks: int = 0  # errno of every transfer
    claimed: set[int] = field(default_factory=set)
    alternate: int = 0


class Handle:
    """An open device: the socket, and what of a frame is still to be given out."""

    def __init__(self, device: Played) -> None:
        self.device = device
        try:
            self.socket = socket.create_connection(device.address, timeout=PATIENCE_S)
        except OSError:
            raise usb.core.USBError("No such device", -4, errno.ENODEV) from None
        self.socket.setblocking(False)
        self.incoming = b""
        self.outgoing = b""
        self.body_due = 0

    def gone(self) -> bool:
        try:
            return self.socket.recv(1, socket.MSG_PEEK) == b""
        except BlockingIOError:
            return False
        except OSError:
            return True

    def receive(self, enough: int, timeout_ms: int) -> None:
        """Wait until so many bytes are there.  Raises USBError."""
        ends = time.monotonic() + timeout_ms / 1000
        while len(self.incoming) < enough:
            if not select.select([self.socket], [], [], max(0.0, ends - time.monotonic()))[0]:
                raise usb.core.USBTimeoutError("Operation timed out", -7, errno.ETIMEDOUT)
            try:
                data = self.socket.recv(65536)
            except OSError:
                data = b""
            if not data:
                raise usb.core.USBError("No such device", -4, errno.ENODEV)
            self.incoming += data

    def take(self, count: int) -> bytes:
        data, self.incoming = self.incoming[:count], self.incoming[count:]
        return data

    def head(self, timeout_ms: int) -> bytes:
        if self.body_due:
            raise usb.core.USBTimeoutError("Operation timed out", -7, errno.ETIMEDOUT)
        self.receive(9, timeout_ms)
        mark = self.incoming[:7].find(b"\x96\x69")
        if mark < 0:
            return self.take(7)
        self.body_due = int.from_bytes(self.incoming[mark + 2 : mark + 4], "big")
        return self.take(mark + 4)

    def body(self, size: int, timeout_ms: int) -> bytes:
        if not self.body_due:
            raise usb.core.USBTimeoutError("Operation timed out", -7, errno.ETIMEDOUT)
        self.receive(1, timeout_ms)
        data = self.take(min(size, self.body_due))
        self.body_due -= len(data)
        return data


class PlayedBus(usb.backend.IBackend):  # type: ignore[misc]
    """What libusb would be; `log` tells what was asked of the kernel."""

    def __init__(self, *devices: Played) -> None:
        self.devices = list(devices)
        self.log: list[str] = []

    def enumerate_devices(self) -> Iterator[Played]:
        yield from [device for device in self.devices if device.plugged]

    def get_device_descriptor(self, dev: Played) -> Any:
        vendor, product = dev.ids
        return SimpleNamespace(
            bLength=18, bDescriptorType=1, bcdUSB=0x110, bDeviceClass=0, bDeviceSubClass=0, bDeviceProtocol=0,
            bMaxPacketSize0=64, idVendor=vendor, idProduct=product, bcdDevice=1, iManufacturer=0, iProduct=2,
            iSerialNumber=3 if dev.serial else 0, bNumConfigurations=1, address=self.devices.index(dev) + 1,
            bus=1, port_number=dev.ports[-1], port_numbers=dev.ports, speed=2,
        )  # fmt: skip

    def get_configuration_descriptor(self, dev: Played, config: int) -> Any:
        if config:
            raise IndexError(config)
        return SimpleNamespace(
            bLength=9, bDescriptorType=2, wTotalLength=0, bNumInterfaces=1, bConfigurationValue=1,
            iConfiguration=0, bmAttributes=0x80, bMaxPower=50, extra_descriptors=[],
        )  # fmt: skip

    def get_interface_descriptor(self, dev: Played, intf: int, alt: int, config: int) -> Any:
        if intf or alt >= len(dev.protocols):
            raise IndexError(intf)
        return SimpleNamespace(
            bLength=9, bDescriptorType=4, bInterfaceNumber=0, bAlternateSetting=alt,
            bNumEndpoints=len(dev.endpoints), bInterfaceClass=dev.interface_class, bInterfaceSubClass=1,
            bInterfaceProtocol=dev.protocols[alt], iInterface=0, extra_descriptors=[],
        )  # fmt: skip

    def get_endpoint_descriptor(self, dev: Played, ep: int, intf: int, alt: int, config: int) -> Any:
        return SimpleNamespace(
            bLength=7, bDescriptorType=5, bEndpointAddress=dev.endpoints[ep], bmAttributes=BULK,
            wMaxPacketSize=64, bInterval=0, bRefresh=0, bSynchAddress=0, extra_descriptors=[],
        )  # fmt: skip

    def open_device(self, dev: Played) -> Handle:
        if dev.refuses:
            raise usb.core.USBError("refused", -3, dev.refuses)
        return Handle(dev)

    def close_device(self, dev_handle: Handle) -> None:
        dev_handle.socket.close()

    def get_configuration(self, dev_handle: Handle) -> int:
        return 1 if dev_handle.device.configured else 0

    def set_configuration(self, dev_handle: Handle, config_value: int) -> None:
        dev_handle.device.configured = True

    def set_interface_altsetting(self, dev_handle: Handle, intf: int, altsetting: int) -> None:
        dev_handle.device.alternate = altsetting

    def claim_interface(self, dev_handle: Handle, intf: int) -> None:
        if intf in dev_handle.device.claimed or dev_handle.device.kernel_driver:
            raise usb.core.USBError("Resource busy", -6, errno.EBUSY)
        dev_handle.device.claimed.add(intf)

    def release_interface(self, dev_handle: Handle, intf: int) -> None:
        dev_handle.device.claimed.discard(intf)

    def is_kernel_driver_active(self, dev_handle: Handle, intf: int) -> bool:
        return dev_handle.device.kernel_driver

    def detach_kernel_driver(self, dev_handle: Handle, intf: int) -> None:
        self.log.append("detach")
        dev_handle.device.kernel_driver = False

    def attach_kernel_driver(self, dev_handle: Handle, intf: int) -> None:
        self.log.append("attach")
        dev_handle.device.kernel_driver = True

    def bulk_write(self, dev_handle: Handle, ep: int, intf: int, data: "array[int]", timeout: int) -> int:
        device = dev_handle.device
        if device.breaks:
            raise usb.core.USBError("broken", -1, device.breaks)
        if device.stalls:
            raise usb.core.USBTimeoutError("Operation timed out", -7, errno.ETIMEDOUT)
        self.log.append(f"{ep:02X} {len(data)}")
        dev_handle.outgoing += data.tobytes()
        if ep != 0x02:
            outgoing, dev_handle.outgoing = dev_handle.outgoing, b""
            try:
                dev_handle.socket.sendall(outgoing)
            except OSError:
                raise usb.core.USBError("No such device", -4, errno.ENODEV) from None
        return len(data)

    def bulk_read(self, dev_handle: Handle, ep: int, intf: int, buff: "array[int]", timeout: int) -> int:
        assert timeout > 0, "for ever"
        assert len(buff) % 64 == 0, "not whole packets: what is longer would overflow"
        if dev_handle.device.breaks:
            raise usb.core.USBError("broken", -1, dev_handle.device.breaks)
        if ep == 0x81:
            data = dev_handle.head(timeout)
        elif ep == 0x85:
            data = dev_handle.body(len(buff), timeout)
        else:
            dev_handle.receive(1, timeout)
            data = dev_handle.take(len(buff))
        buff[: len(data)] = array("B", data)
        return len(data)

    def ctrl_transfer(
        self, dev_handle: Handle, bmRequestType: int, bRequest: int, wValue: int, wIndex: int, data: Any,
        timeout: int,
    ) -> int:  # fmt: skip
        device = dev_handle.device
        if dev_handle.gone():
            raise usb.core.USBError("No such device", -4, errno.ENODEV)
        match bmRequestType, bRequest:
            case 0x80, 0:
                answer = b"\x00\x00"
            case 0x80, 6:
                answer = _string({0: "\u0409", 2: device.product, 3: device.serial}[wValue & 0xFF])
            case 0xA1, 0 if device.device_id:
                answer = (len(device.device_id) + 2).to_bytes(2, "big") + device.device_id.encode()
            case _:
                raise usb.core.USBError("Pipe error", -9, errno.EPIPE)
        data[: len(answer)] = array("B", answer)
        return len(answer)


def _string(text: str) -> bytes:
    raw = text.encode("utf-16-le")
    return bytes((len(raw) + 2, 3)) + raw
