"""Lines over USB: readers that speak SDT by four endpoints, and printers of the printer class.

    to the reader      EP 02  preamble and LEN (7 bytes)      EP 06  CMD … CHK
    from the reader    EP 81  preamble and LEN                EP 85  SW1 … CHK

(DEVICES facts §A1; full speed, packets of 64 bytes.)  The driver above sees one stream of frames, as on a
serial line.  A printer has a bulk OUT and mostly a bulk IN endpoint and needs no framing at all.
"""

import time
from typing import Any

import usb.util

from app.errors import DeviceNotFoundError, DeviceTimeoutError
from devices.line import READ_S, WRITE_S
from devices.sdt_frames import PREAMBLE
from devices.usb_bus import PRINTER_CLASS, Claimed, find_printer, find_reader, printer_interfaces

OUT_HEAD, OUT_BODY, IN_HEAD, IN_BODY = 0x02, 0x06, 0x81, 0x85
HEAD = len(PREAMBLE) + 2
_PACKET = 64
_MOST = 4096  # bytes of one transfer, a multiple of every packet size
_GLANCE_S = 0.001
_BIDIRECTIONAL = 2  # bInterfaceProtocol


def open_usb_reader(url: str) -> "UsbReaderLine":
    """Raises DeviceNotFoundError."""
    return UsbReaderLine(Claimed(find_reader(url), _reader_interface))


def open_usb_printer(url: str) -> "UsbPrinterLine":
    """Raises DeviceNotFoundError."""
    device = find_printer(url)
    return UsbPrinterLine(Claimed(device, lambda configuration: _printer_interface(device, configuration)))


class UsbReaderLine:
    """A vendor-class SDT reader."""

    def __init__(self, claimed: Claimed) -> None:
        self._claimed = claimed
        self._due = 0  # bytes of an answer whose head has come
        self.sent = 0

    def read(self, wait_s: float = READ_S) -> bytes:
        """The next piece, head or body; where nothing comes from the one it is looked for at the other."""
        if self._due:
            return self._body(wait_s) or self._head(_GLANCE_S)
        return self._head(wait_s) or self._body(_GLANCE_S)

    def _head(self, wait_s: float) -> bytes:
        data = self._claimed.read(IN_HEAD, _PACKET, wait_s)
        if data:
            self._due = _due_after(data)
        return data

    def _body(self, wait_s: float) -> bytes:
        # asked for no more packets than are due: a body of whole packets has no short one to end it
        size = -(-self._due // _PACKET) * _PACKET or _MOST
        data = self._claimed.read(IN_BODY, size, wait_s)
        self._due = max(0, self._due - len(data))
        return data

    def write(self, data: bytes, deadline_s: float = WRITE_S) -> None:
        """One frame: its head to one endpoint, its body to the other."""
        ends = time.monotonic() + deadline_s
        self._due = 0
        for endpoint, part in ((OUT_HEAD, data[:HEAD]), (OUT_BODY, data[HEAD:])):
            if part:
                self._put(endpoint, part, ends)

    def _put(self, endpoint: int, part: bytes, ends: float) -> None:
        if self._claimed.write(endpoint, part, ends - time.monotonic()) < len(part):
            raise DeviceTimeoutError("the reader takes no more bytes")
        self.sent += len(part)

    def is_broken(self) -> bool:
        return self._claimed.is_broken()

    def close(self) -> None:
        self._claimed.close()


class UsbPrinterLine:
    """A printer of the USB printer class; one that cannot talk back only listens."""

    def __init__(self, claimed: Claimed) -> None:
        self._claimed = claimed
        outs, ins = _bulk_endpoints(claimed.interface)
        self._out, self._in = outs[0], ins[0] if ins else 0
        self.sent = 0

    def read(self, wait_s: float = READ_S) -> bytes:
        """Does not wait where the printer has nothing to answer by."""
        return self._claimed.read(self._in, _MOST, wait_s or _GLANCE_S) if self._in else b""

    def write(self, data: bytes, deadline_s: float = WRITE_S) -> None:
        ends = time.monotonic() + deadline_s
        while data:
            left = ends - time.monotonic()
            taken = self._claimed.write(self._out, data[:_MOST], left) if left > 0 else 0
            if not taken:
                raise DeviceTimeoutError("the printer takes no more bytes")
            self.sent += taken
            data = data[taken:]

    def is_broken(self) -> bool:
        return self._claimed.is_broken()

    def close(self) -> None:
        self._claimed.close()


def _due_after(head: bytes) -> int:
    """Bytes of the frame that are still to come after its head, wherever in the head the preamble ends."""
    mark = head.find(PREAMBLE[-2:])
    size = head[mark + 2 : mark + 4] if mark >= 0 else b""
    return max(0, mark + 4 + int.from_bytes(size, "big") - len(head)) if len(size) == 2 else 0


def _reader_interface(configuration: Any) -> Any:
    for interface in configuration:
        found = {int(endpoint.bEndpointAddress) for endpoint in interface}
        if {OUT_HEAD, OUT_BODY, IN_HEAD, IN_BODY} <= found:
            return interface
    raise DeviceNotFoundError("this USB device has not the endpoints of an SDT reader")


def _printer_interface(device: Any, configuration: Any) -> Any:
    """The alternate setting by which the printer can answer, if it has one."""
    fitting = [
        interface
        for interface in configuration
        if interface.bInterfaceClass == PRINTER_CLASS and _bulk_endpoints(interface)[0]
    ]
    known = {(i.bInterfaceNumber, i.bAlternateSetting) for i in printer_interfaces(device)}
    fitting = [i for i in fitting if (i.bInterfaceNumber, i.bAlternateSetting) in known]
    if not fitting:
        raise DeviceNotFoundError("this USB device has no printer's interface")
    return min(fitting, key=lambda interface: interface.bInterfaceProtocol != _BIDIRECTIONAL)


def _bulk_endpoints(interface: Any) -> tuple[list[int], list[int]]:
    """The addresses of the bulk endpoints, OUT and IN."""
    outs: list[int] = []
    ins: list[int] = []
    for endpoint in interface:
        if usb.util.endpoint_type(endpoint.bmAttributes) == usb.util.ENDPOINT_TYPE_BULK:
            address = int(endpoint.bEndpointAddress)
            (ins if address & usb.util.ENDPOINT_IN else outs).append(address)
    return outs, ins
