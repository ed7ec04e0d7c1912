"""The ESC/POS language as the emulated printer hears it: bytes in, whole commands out.

A command is (name, parameters); text comes as ("text", bytes).  Only lengths are known here,
what a command means is for the paper (escpos_paper) and the printer (escpos).
Source: Epson's ESC/POS reference, facts only.
"""

from collections.abc import Iterator

Command = tuple[str, bytes]

_CONTROL = {0x09: "HT", 0x0A: "LF", 0x0C: "FF", 0x0D: "CR", 0x18: "CAN"}
# how many parameter bytes follow ESC x, GS x, FS x, DLE x
_ESC = {
    "@": 0, "2": 0, "L": 0, "S": 0, "i": 0, "m": 0, "\x0c": 0,
    "!": 1, " ": 1, "-": 1, "3": 1, "=": 1, "?": 1, "E": 1, "G": 1, "J": 1, "K": 1, "M": 1, "R": 1,
    "T": 1, "V": 1, "a": 1, "d": 1, "e": 1, "t": 1, "u": 1, "v": 0, "{": 1, "%": 1, "r": 1, "U": 1,
    "$": 2, "\\": 2, "c": 2, "B": 2, "p": 3, "W": 8,
    "\x06": 1,  # a probe of another maker's language; ours says nothing
}  # fmt: skip
_GS = {
    "!": 1, "B": 1, "H": 1, "I": 1, "T": 1, "a": 1, "b": 1, "f": 1, "h": 1, "r": 1, "w": 1, "/": 1, "j": 1,
    "$": 2, "L": 2, "P": 2, "W": 2, "\\": 2, "^": 3, ":": 0, "E": 1,
}  # fmt: skip
_FS = {"&": 0, ".": 0, "!": 1, "-": 1, "W": 1, "C": 1, "S": 2, "p": 2, "g": 0}
_LEADS = {0x1B: ("ESC", _ESC), 0x1D: ("GS", _GS), 0x1C: ("FS", _FS)}


class CommandReader:
    """Incremental: a command that is not complete waits for its rest."""

    def __init__(self) -> None:
        self._buffer = b""

    def rest(self) -> bytes:
        """What has not been given out yet."""
        return self._buffer

    def clear(self) -> None:
        self._buffer = b""

    def add(self, data: bytes) -> None:
        self._buffer += data

    def commands(self) -> Iterator[tuple[Command, bytes]]:
        """Each whole command with the bytes it was made of."""
        while self._buffer:
            size = _size(self._buffer)
            if size is None or size > len(self._buffer):
                return
            raw, self._buffer = self._buffer[:size], self._buffer[size:]
            yield _command(raw), raw


def is_known(command: Command) -> bool:
    """Whether the reader knew this command, or took two bytes for one it never heard of."""
    lead, _, letter = command[0].partition(" ")
    if lead == "DLE":
        return letter in ("04", "05", "14")
    tables = {"ESC": (_ESC, "*D("), "GS": (_GS, "v(8kV"), "FS": (_FS, "(")}
    if lead not in tables:
        return True
    table, special = tables[lead]
    return letter in table or letter in special


def _command(raw: bytes) -> Command:
    first = raw[0]
    if first in _LEADS:
        return f"{_LEADS[first][0]} {chr(raw[1])}", raw[2:]
    if first == 0x10:
        return (f"DLE {raw[1]:02X}", raw[2:]) if len(raw) > 1 else ("DLE", b"")
    if first < 0x20:
        return _CONTROL.get(first, "nothing"), b""
    return "text", raw


def _size(data: bytes) -> int | None:
    """Length of the command that `data` begins with; None when even that needs more bytes."""
    first = data[0]
    if first in _LEADS:
        return _size_of_led(data) if len(data) > 1 else None
    if first == 0x10:
        return _size_of_real_time(data)
    return 1 if first < 0x20 else _size_of_text(data)


def _size_of_text(data: bytes) -> int:
    for index, byte in enumerate(data):
        if byte < 0x20:
            return index
    return len(data)


def _size_of_real_time(data: bytes) -> int | None:
    if len(data) < 2:
        return None
    if data[1] == 0x14:
        if len(data) < 3:
            return None
        return 10 if data[2] == 8 else 5
    return 3 if data[1] in (0x04, 0x05) else 1


def _size_of_led(data: bytes) -> int | None:
    lead, (_, table) = data[0], _LEADS[data[0]]
    letter = chr(data[1])
    special = {(0x1B, "*"): _bit_image, (0x1B, "D"): _tabs, (0x1D, "v"): _raster, (0x1D, "k"): _barcode}
    if (lead, letter) in special:
        return special[lead, letter](data)
    if (lead, letter) == (0x1D, "8"):
        return 7 + int.from_bytes(data[3:7], "little") if len(data) >= 7 else None
    if letter == "(" and lead in (0x1D, 0x1B, 0x1C):
        return 5 + int.from_bytes(data[3:5], "little") if len(data) >= 5 else None
    if (lead, letter) == (0x1D, "V"):
        return (4 if data[2] in (65, 66, 97, 98, 103, 104) else 3) if len(data) >= 3 else None
    return 2 + table.get(letter, 0)


def _bit_image(data: bytes) -> int | None:
    if len(data) < 5:
        return None
    return 5 + int.from_bytes(data[3:5], "little") * (3 if data[2] in (32, 33) else 1)


def _tabs(data: bytes) -> int | None:
    end = data.find(b"\0", 2)
    return end + 1 if end >= 0 else None


def _raster(data: bytes) -> int | None:
    if len(data) < 8:
        return None
    return 8 + int.from_bytes(data[4:6], "little") * int.from_bytes(data[6:8], "little")


def _barcode(data: bytes) -> int | None:
    if len(data) < 4:
        return None
    if data[2] >= 65:
        return 4 + data[3]
    end = data.find(b"\0", 3)
    return end + 1 if end >= 0 else None
