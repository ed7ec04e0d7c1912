"""Frames of the SDT / SAM_V protocol of Chinese ID-card readers: pure functions, no I/O.

    request   AA AA AA 96 69 | LEN (2, big endian) | CMD | PARA | DATA… | CHK
    response  AA AA AA 96 69 | LEN (2, big endian) | SW1 | SW2 | SW3 | DATA… | CHK

LEN counts everything after itself, CHK is the XOR of everything from LEN up to the byte
before CHK.  Sources: 东信's protocol notes and several drivers that agree (docs/adr/0011).

Readers in the field send a stray byte inside the preamble (AA 00 AA AA 96 69) or after
the frame, so the decoder hunts for the preamble and never counts on fixed sizes.  A frame
with a preamble inside is none, though its checksum may fit (one in 256 does): it is the
beginning of one answer and the whole of the next.  No text of a card can hold those bytes,
and one photo in some thousand million.
"""

import re
from dataclasses import dataclass

PREAMBLE = b"\xaa\xaa\xaa\x96\x69"
LONGEST = 0x1000  # the longest answer in use is 0x090A (text, photo, fingerprint)
SHORTEST_REQUEST = 3  # CMD PARA CHK
SHORTEST_RESPONSE = 4  # SW1 SW2 SW3 CHK

# three AA with at most one stray byte after the first or the second, then 96 69
_HUNT = re.compile(rb"\xaa(?:[^\xaa]?\xaa|\xaa[^\xaa])\xaa\x96\x69", re.DOTALL)
_LONGEST_PREAMBLE = 6
_LEN = 2


class Command:
    """CMD and PARA as one number."""

    RESET = 0x10FF
    SAM_STATUS = 0x11FF
    SAM_ID = 0x12FF
    FIND = 0x2001
    SELECT = 0x2002
    READ = 0x3001
    READ_NEWEST_ADDRESS = 0x3003
    READ_WITH_FINGERPRINT = 0x3010


# What a reader may answer at.  60 xx would change that for other programs of this machine too: not sent.
SPEEDS = (115200, 57600, 38400, 19200, 9600)


@dataclass(frozen=True, slots=True)
class Request:
    command: int
    data: bytes = b""


@dataclass(frozen=True, slots=True)
class Response:
    """`status` is SW3; SW1 and SW2 may carry the card's own words when something failed."""

    status: int
    data: bytes = b""
    sw1: int = 0
    sw2: int = 0


def encode_request(command: int, data: bytes = b"") -> bytes:
    return frame(command.to_bytes(2, "big") + data)


def encode_response(status: int, data: bytes = b"") -> bytes:
    return frame(bytes((0, 0, status)) + data)


def frame(body: bytes) -> bytes:
    checked = (len(body) + 1).to_bytes(_LEN, "big") + body
    return PREAMBLE + checked + bytes([checksum(checked)])


def checksum(data: bytes) -> int:
    """XOR of all bytes, by folding them as one large number: much faster than byte by byte."""
    folded, size = int.from_bytes(data, "little"), 1 << max(len(data) - 1, 0).bit_length()
    while size > 1:
        size //= 2
        folded = (folded >> 8 * size) ^ (folded & ((1 << 8 * size) - 1))
    return folded


def as_request(body: bytes) -> Request:
    return Request(int.from_bytes(body[:2], "big"), body[2:])


def as_response(body: bytes) -> Response:
    return Response(body[2], body[3:], body[0], body[1])


class FrameDecoder:
    """Finds whole, checked frames in a stream that may be cut, glued or littered anywhere."""

    def __init__(self, shortest: int = SHORTEST_RESPONSE) -> None:
        self._shortest = shortest
        self._buffer = b""
        self.damaged = 0  # heads that no good frame followed

    def clear(self) -> None:
        self._buffer = b""
        self.damaged = 0

    @property
    def waiting(self) -> int:
        """Bytes of a frame that has begun and not ended."""
        return len(self._buffer)

    def feed(self, data: bytes) -> list[bytes]:
        """The bodies (between LEN and CHK) of the frames that are complete now."""
        self._buffer += data
        bodies: list[bytes] = []
        while (head := _HUNT.search(self._buffer)) is not None:
            start = head.end()
            end = self._claimed_end(start)
            # a preamble within says that the frame was cut off, and the next one has begun
            cut_off = _HUNT.search(self._buffer, start, end) is not None
            if end > len(self._buffer) and not cut_off:
                self._buffer = self._buffer[head.start() :]
                return bodies
            if end and not cut_off and checksum(self._buffer[start:end]) == 0:
                bodies.append(self._buffer[start + _LEN : end - 1])
                self._buffer = self._buffer[end:]
            else:
                self.damaged += 1
                self._buffer = self._buffer[start:]
        self._buffer = _possible_preamble(self._buffer)
        return bodies

    def _claimed_end(self, start: int) -> int:
        """Where the frame whose LEN stands at `start` should end, 0 if it is none; LEN may be incomplete."""
        length = self._buffer[start : start + _LEN]
        if len(length) < _LEN:
            return start + _LEN
        size = int.from_bytes(length, "big")
        return start + _LEN + size if self._shortest <= size <= LONGEST else 0


def _possible_preamble(buffer: bytes) -> bytes:
    """The tail that may be the beginning of a preamble."""
    tail = buffer[-(_LONGEST_PREAMBLE - 1) :]
    start = tail.find(PREAMBLE[:1])
    return tail[start:] if start >= 0 else b""
