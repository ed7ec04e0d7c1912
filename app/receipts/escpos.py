"""What a receipt printer prints, as operations, and the operations as ESC/POS bytes.

Facts from Epson's ESC/POS reference and DEVICES §C:

    1B 40        initialise                   1B 52 00   international set: USA ($ stays $)
    1D 50 x y    motion units of 1/x, 1/y inch: 203, so that every distance below is in dots
    1B 61 n      0 left, 1 centre, 2 right    1B 33 n    line pitch in dots
    1B 45 n      bold on or off               1B 2D n    underline
    1D 21 n      size, wide << 4 | high       1D 42 n    white on black
    1C 26 .. 1C 2E                            double-byte text between them, GB18030
    1D 76 30 00 xL xH yL yH …                 raster, x bytes wide, y rows, bit set = black
    1B 4A n      feed n dots                  1D 56 42 00   feed to the knife and cut; printers without
                                              one are fed to the edge the slip is torn off at

Every style is sent in full before every piece of text: nothing depends on what came before.
Printers' fonts know the two-byte characters of GBK; a line with any other character goes
as a raster, drawn by app/receipts/strip.py on the same grid of columns.  One column is 12
dots, a Chinese character two columns.  A raster is cut into slices, since small printers
buffer no more (255 rows, or what the paper says), except where a caller asks for one piece: a
sliced QR shows seams that readers stumble over.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

from app.domain.printing import SlipPaper

COLUMN = 12  # dots of a Latin character, half of a Chinese one
CELL = 24  # dots of a line's height at single size
PITCH = 32  # dots from line to line
INITIALISE = b"\x1b\x40\x1b\x52\x00\x1d\x50\xcb\xcb"
PLAIN_PAPER = SlipPaper()
CUT = b"\x1d\x56\x42\x00"


class Align(IntEnum):
    LEFT = 0
    CENTRE = 1
    RIGHT = 2


@dataclass(frozen=True, slots=True)
class Style:
    """`wide`, `high`: times single size."""

    bold: bool = False
    wide: int = 1
    high: int = 1
    reverse: bool = False


@dataclass(frozen=True, slots=True)
class Span:
    text: str
    style: Style = Style()


@dataclass(frozen=True, slots=True)
class Line:
    """One printed line.  Its text must fit: the layout counts columns, the printer would break anywhere."""

    spans: tuple[Span, ...]
    align: Align = Align.LEFT

    @property
    def columns(self) -> int:
        return sum(columns(span.text) * span.style.wide for span in self.spans)

    @property
    def high(self) -> int:
        return max((span.style.high for span in self.spans), default=1)

    @property
    def pitch(self) -> int:
        """Dots from the top of this line to the top of the next."""
        return PITCH + CELL * (self.high - 1)


@dataclass(frozen=True, slots=True)
class Raster:
    """Rows of `stride` bytes, centred on the paper; `whole`: never sliced."""

    stride: int
    rows: int
    data: bytes
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Feed:
    dots: int


Op = Line | Raster | Feed


def columns(text: str) -> int:
    """Columns `text` takes at single width: two for a Chinese character, by East Asian width otherwise."""
    return sum(_width(character) for character in text)


def _width(character: str) -> int:
    if character < "\u0080":
        return 1
    return 2 if _two_bytes(character) or unicodedata.east_asian_width(character) in "WFA" else 1


def _two_bytes(character: str) -> bool:
    """Whether the printer's own font has it: a double-byte character of GBK."""
    try:
        code = character.encode("gbk")
    except UnicodeEncodeError:
        return False
    return len(code) == 2 and code == character.encode("gb18030")


def in_printer_font(text: str) -> bool:
    return all(" " <= character <= "~" or _two_bytes(character) for character in text)


# -- bytes -------------------------------------------------------------------------------------------


def encode(ops: Sequence[Op], paper: SlipPaper = PLAIN_PAPER) -> bytes:
    """A whole slip, from initialise to cut.  Lines must be in the printer's font (see `in_printer_font`)."""
    body = b"".join(_encoded(op, paper.slice_rows) for op in ops)
    return INITIALISE + body + _feed(paper.feed) + (CUT if paper.cutter else b"")


def _encoded(op: Op, slice_rows: int) -> bytes:
    if isinstance(op, Line):
        return _line(op)
    return _raster(op, slice_rows) if isinstance(op, Raster) else _feed(op.dots)


def _line(line: Line) -> bytes:
    head = bytes((0x1B, 0x61, line.align, 0x1B, 0x33, line.pitch))
    return head + b"".join(_span(span) for span in line.spans) + b"\n"


def _span(span: Span) -> bytes:
    s = span.style
    size = (s.wide - 1) << 4 | (s.high - 1)
    style = bytes((0x1B, 0x45, s.bold, 0x1B, 0x2D, 0, 0x1D, 0x21, size, 0x1D, 0x42, s.reverse))
    data = span.text.encode("gb18030")
    return style + (data if span.text.isascii() else b"\x1c\x26" + data + b"\x1c\x2e")


def _raster(raster: Raster, slice_rows: int) -> bytes:
    step = raster.rows if raster.whole else slice_rows
    parts = [b"\x1b\x61\x01"]
    for top in range(0, raster.rows, step):
        rows = min(step, raster.rows - top)
        size = raster.stride.to_bytes(2, "little") + rows.to_bytes(2, "little")
        part = raster.data[top * raster.stride : (top + rows) * raster.stride]
        parts.append(b"\x1d\x76\x30\x00" + size + part)
    return b"".join(parts)


def _feed(dots: int) -> bytes:
    whole, rest = divmod(dots, 255)
    return b"\x1b\x4a\xff" * whole + (bytes((0x1B, 0x4A, rest)) if rest else b"")
