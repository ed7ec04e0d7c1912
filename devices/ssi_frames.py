"""Zebra's (Symbol's) Simple Serial Interface, the packets of its scanners: pure codec.

    length   bytes from here to the end of the data, without the checksum
    opcode   D0 acknowledged · D1 refused (data: why) · F3 a code, first byte its symbology · F6 an event …
    source   00 the scanner, 04 the host
    status   bit 0: sent once more · bit 1: more packets of the same code follow
    data
    checksum two's complement of the sum of all bytes before it, 16 bit, high byte first

Every packet but an acknowledgement wants `HOST_ACK`, else it is sent once more.  A scanner that
was not set to packets sends codes as they are; what is no packet with a good checksum passes.
(Simple Serial Interface programmer's guide, 72E-40451.)
"""

CMD_ACK, CMD_NAK = 0xD0, 0xD1
DECODE_DATA = 0xF3
OPCODES = frozenset({CMD_ACK, CMD_NAK, DECODE_DATA, 0xA3, 0xA6, 0xC6, 0xF6, 0xB1, 0xB2, 0xB4})
SCANNER, HOST = 0x00, 0x04
_SENT_AGAIN, _MORE = 0x01, 0x02
_HEAD = 4
_ENDED = b"\r"


def checksum(packet: bytes) -> bytes:
    """Two bytes for everything before them."""
    return (-sum(packet) & 0xFFFF).to_bytes(2, "big")


def frame(opcode: int, data: bytes = b"", source: int = HOST, status: int = 0) -> bytes:
    """A whole packet.  Raises ValueError when it does not fit one (251 bytes of data)."""
    if len(data) > 255 - _HEAD:
        raise ValueError("too long for one packet")
    packet = bytes((_HEAD + len(data), opcode, source, status)) + data
    return packet + checksum(packet)


HOST_ACK = frame(CMD_ACK)


class SsiFilter:
    """Bytes in; out come codes, each ended by CR, and whatever is no packet."""

    def __init__(self) -> None:
        self._held = b""
        self._code = b""
        self._last = b""
        self._replies = b""

    @property
    def waiting(self) -> bool:
        return bool(self._held)

    @property
    def replies(self) -> bytes:
        """What is due, once."""
        due, self._replies = self._replies, b""
        return due

    def feed(self, data: bytes) -> bytes:
        data, self._held = self._held + data, b""
        out = b""
        while data:
            size = packet_size(data)
            if size is None:
                self._held = data
                break
            out += self._packet(data[: size - 2]) if size else data[:1]
            data = data[size or 1 :]
        return out

    def end(self) -> bytes:
        """Silence: plain characters were a code; half a packet was nothing, the scanner sends it again."""
        held, self._held = self._held, b""
        return held if len(held) == 1 else b""

    def _packet(self, packet: bytes) -> bytes:
        opcode, status, data = packet[1], packet[3], packet[_HEAD:]
        if opcode in (CMD_ACK, CMD_NAK):
            return b""
        self._replies += HOST_ACK
        if opcode != DECODE_DATA or (status & _SENT_AGAIN and data == self._last):
            return b""
        self._last = data
        self._code += data[1:]
        if status & _MORE:
            return b""
        code, self._code = self._code, b""
        return code + _ENDED


def packet_size(data: bytes) -> int | None:
    """Bytes of the packet `data` begins with, checksum included; 0: none; None: it may become one."""
    if data[0] < _HEAD:
        return 0
    if data[1:2] and data[1] not in OPCODES:
        return 0
    if data[2:3] and data[2] != SCANNER:
        return 0
    size = data[0] + 2
    if len(data) < size:
        return None
    return size if checksum(data[: size - 2]) == data[size - 2 : size] else 0
