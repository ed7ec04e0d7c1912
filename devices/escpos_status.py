"""What an ESC/POS printer answers, as facts: pure functions, no I/O.

    10 04 n     real-time status n = 1…4: one byte 0xx1xx10, answered even when the printer has stopped
    1D 72 n     status in the order of the data: one byte with bits 4 and 7 clear
    1D 61 n     automatic status: four bytes: one 0xx1xx00, then three with bits 4 and 7 clear
    1D 28 48 06 00 30 30 d1…d4   process id, in the order of the data: 37 22 d1…d4 00
    1D 49 n     names: 5F … 00
    10 05 02    go on after an error that can be recovered from, without what was in the buffers
    10 14 08 …  clear the buffers: 37 25 00 when it has been done
    11, 13      XON and XOFF, which a serial line may throw in anywhere

Source: Epson's reference pages dle_eot, dle_enq, gs_lr, gs_la, gs_lparen_ch, dle_dc4_fn8 (facts in
docs/adr/0012 and 0074).
"""

import re
from dataclasses import dataclass, replace

ASK_PRINTER, ASK_OFFLINE, ASK_ERROR, ASK_PAPER = (bytes((0x10, 0x04, n)) for n in (1, 2, 3, 4))
ASK_PAPER_IN_ORDER = b"\x1d\x72\x01"
ASK_MODEL = b"\x1d\x49\x43"
TELL_CHANGES = b"\x1d\x61\x0e"  # on line or off, errors, paper: at once and after every change
RECOVER = b"\x10\x05\x02"
INITIALISE = b"\x1b\x40"
CLEAR_BUFFERS = b"\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08"
CLEARED = b"\x37\x25\x00"
_NAME = 0x5F
_BLOCKS = (_NAME, 0x37)
_PROCESS_ID = b"\x37\x22"
_FLOW = b"\x11\x13"
_LONGEST_BLOCK = 128
_ID = re.compile(rb"[ -~]{4}")


def ask_process_id(mark: bytes) -> bytes:
    """Have four printable characters said back when everything before has been processed."""
    if not _ID.fullmatch(mark):
        raise ValueError("a process id is four printable characters")
    return b"\x1d\x28\x48\x06\x00\x30\x30" + mark


@dataclass(frozen=True, slots=True)
class PrinterState:
    """What is known of a printer; answers add to it."""

    offline: bool = False
    cover_open: bool = False
    paper_end: bool = False
    near_end: bool = False
    error: bool = False
    cutter: bool = False
    recoverable: bool = False
    unrecoverable: bool = False
    overheated: bool = False
    feeding: bool = False

    @property
    def stopped(self) -> bool:
        return self.offline or self.cover_open or self.paper_end or self.error

    @property
    def can_recover(self) -> bool:
        """Whether RECOVER may help, once somebody has put right what was wrong."""
        return (self.cutter or self.recoverable) and not self.unrecoverable

    @property
    def paper(self) -> str:
        """`ok`, `near_end` or `out`."""
        return "out" if self.paper_end else "near_end" if self.near_end else "ok"

    @property
    def faulty_part(self) -> str:
        """`cutter`, `head` or `unknown`."""
        return "cutter" if self.cutter else "head" if self.overheated else "unknown"


def with_answer(state: PrinterState, request: bytes, answer: int) -> PrinterState:
    """Add what one real-time answer says."""
    return _READERS[request](state, answer)


def with_in_order_answer(state: PrinterState, answer: int) -> PrinterState:
    """Add the answer to ASK_PAPER_IN_ORDER; some clones say 0F for paper out."""
    return replace(state, near_end=bool(answer & 0x03), paper_end=bool(answer & 0x0C))


def from_automatic(four: bytes) -> PrinterState:
    """The state an automatic status (four bytes) tells."""
    first, second, third = four[0], four[1], four[2]
    return PrinterState(
        offline=bool(first & 0x08),
        cover_open=bool(first & 0x20),
        feeding=bool(first & 0x40),
        error=bool(second & 0x6C),
        recoverable=bool(second & 0x04),
        cutter=bool(second & 0x08),
        unrecoverable=bool(second & 0x20),
        overheated=bool(second & 0x40),
        near_end=bool(third & 0x03),
        paper_end=bool(third & 0x0C),
    )


def _read_printer(state: PrinterState, answer: int) -> PrinterState:
    return replace(state, offline=bool(answer & 0x08))


def _read_offline(state: PrinterState, answer: int) -> PrinterState:
    return replace(
        state,
        cover_open=bool(answer & 0x04),
        feeding=bool(answer & 0x08),
        paper_end=bool(answer & 0x20),
        error=bool(answer & 0x40),
    )


def _read_error(state: PrinterState, answer: int) -> PrinterState:
    return replace(
        state,
        recoverable=bool(answer & 0x04),
        cutter=bool(answer & 0x08),
        unrecoverable=bool(answer & 0x20),
        overheated=bool(answer & 0x40),
    )


def _read_paper(state: PrinterState, answer: int) -> PrinterState:
    """The paper sensor keeps its last value while the cover is open, so an end seen before stays."""
    return replace(state, near_end=bool(answer & 0x0C), paper_end=state.paper_end or bool(answer & 0x60))


_READERS = {
    ASK_PRINTER: _read_printer,
    ASK_OFFLINE: _read_offline,
    ASK_ERROR: _read_error,
    ASK_PAPER: _read_paper,
}


@dataclass(frozen=True, slots=True)
class RealTime:
    """Answer to a real-time request; which one, only the asker knows."""

    byte: int


@dataclass(frozen=True, slots=True)
class InOrder:
    """Answer to ASK_PAPER_IN_ORDER: everything sent before it has been processed."""

    byte: int

    @property
    def is_paper(self) -> bool:
        """Whether it can be one: the bits that mean nothing are clear, as they are not in most noise."""
        return self.byte & 0x60 == 0


@dataclass(frozen=True, slots=True)
class Automatic:
    """Four bytes the printer sent of its own accord."""

    four: bytes


@dataclass(frozen=True, slots=True)
class Block:
    """A block with a header, without its final NUL."""

    data: bytes

    @property
    def name(self) -> str | None:
        """The name in an answer to ASK_MODEL."""
        return self.data[1:].decode("ascii", "replace") if self.data[0] == _NAME else None

    @property
    def process_id(self) -> bytes | None:
        """The four characters of `ask_process_id`, said back."""
        return self.data[2:] if self.data[:2] == _PROCESS_ID and len(self.data) == 6 else None

    @property
    def is_cleared(self) -> bool:
        return self.data == CLEARED[:-1]


Answer = RealTime | InOrder | Automatic | Block


class AnswerDecoder:
    """Tells the printer's answers apart in a stream cut anywhere; XON, XOFF and noise are dropped."""

    def __init__(self) -> None:
        self._open = b""

    def clear(self) -> None:
        self._open = b""

    def feed(self, data: bytes) -> list[Answer]:
        answers: list[Answer] = []
        for byte in data.translate(None, _FLOW):
            answers += self._take(byte)
        return answers

    def _take(self, byte: int) -> list[Answer]:
        if self._open[:1] and self._open[0] in _BLOCKS:
            return self._in_block(byte)
        if self._open:
            return self._in_automatic(byte)
        if byte in _BLOCKS or byte & 0x93 == 0x10:
            self._open = bytes([byte])
            return []
        if byte & 0x93 == 0x12:
            return [RealTime(byte)]
        return [InOrder(byte)] if byte & 0x90 == 0 else []

    def _in_block(self, byte: int) -> list[Answer]:
        if byte:
            self._open = self._open + bytes([byte]) if len(self._open) < _LONGEST_BLOCK else b""
            return []
        block, self._open = self._open, b""
        return [Block(block)]

    def _in_automatic(self, byte: int) -> list[Answer]:
        if byte & 0x90:  # not the rest of an automatic status after all
            self._open = b""
            return self._take(byte)
        self._open += bytes([byte])
        if len(self._open) < 4:
            return []
        four, self._open = self._open, b""
        return [Automatic(four)]
