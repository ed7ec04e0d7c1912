"""The roll in the emulated printer: carries commands out as dots, eight to a millimetre.

The head of an 80 mm printer has 576 dots, of a 58 mm one 384.  A Chinese character takes
24 × 24 dots, a Latin one 12 × 24.  Double-byte text is read as such only between FS & and
FS ., and only two-byte characters are known, like the ROM of such a printer: four-byte
ones come out wrong here as they would there.

The picture of a slip has a strip at its edge that says 演示 EMULATED: never on the paper itself,
so that what is read off the slip (its QR too) is exactly what was sent.
"""

import math
from dataclasses import dataclass, field
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from devices.emulators.escpos_commands import Command

DOTS = {80: 576, 58: 384}
FONT = Path(__file__).parent.parent.parent / "resources" / "fonts" / "NotoSansSC_400Regular.ttf"
_CELL = 24
_LINE = 30  # 1/6 inch at 203 dpi, nearly
_LIFT = 6
_DARK = 140
STRIP = 40
MARGIN = 32  # 4 mm
_STRIP_EVERY = 220
_EDGE = "演示 EMULATED"

Font = ImageFont.FreeTypeFont | ImageFont.ImageFont


@dataclass
class Style:
    bold: bool = False
    underline: bool = False
    reverse: bool = False
    wide: int = 1
    high: int = 1
    align: int = 0
    double_byte: bool = False


@dataclass
class Slip:
    """One piece of paper as it lies below the cutter."""

    picture: Image.Image
    lines: list[str]
    data: bytes
    cut: bool = True


@dataclass
class _Line:
    """What stands in the line buffer."""

    cells: list[tuple[str, int, Style]] = field(default_factory=list)  # text, width in dots, style
    dots: int = 0


class Paper:
    """Carries out commands; `tear` gives the slip and begins a new one."""

    def __init__(self, width_mm: int = 80) -> None:
        self._width = DOTS.get(width_mm, width_mm * 8 - 64)
        self._fonts: dict[int, Font] = {}
        self._glyphs: dict[tuple[object, ...], Image.Image] = {}
        self._reset()
        self._new()

    @property
    def has_print(self) -> bool:
        return bool(self._rows) or bool(self._line.cells)

    @property
    def lines(self) -> list[str]:
        return [*self._lines, *self._text_of_open_line()]

    def tear(self, cut: bool = True) -> Slip:
        """Take off what has been printed so far."""
        if self._line.cells:
            self._end_line()
        slip = Slip(self._picture(), self._lines, bytes(self._data), cut)
        self._new()
        return slip

    def carry_out(self, command: Command, raw: bytes) -> None:
        """One command of the data stream.  Unknown ones do nothing, as on a printer."""
        self._data += raw
        name, rest = command
        if name == "text":
            self._write(rest)
        elif name in ("LF", "FF"):
            self._end_line()
        elif name == "HT":
            self._write(b" ")
        elif name == "GS v":
            self._raster(rest)
        elif name == "ESC *":
            self._bit_image(rest)
        elif name == "GS (" and rest[:1] == b"k":
            self._symbol(rest[3:])
        elif name == "GS (" and rest[:1] == b"L":
            self._graphics(rest[3:])
        elif name == "GS 8":
            self._graphics(rest[5:])
        else:
            self._style_command(name, rest)

    # -- styles ---------------------------------------------------------------------------------------

    def _style_command(self, name: str, rest: bytes) -> None:
        value = rest[0] if rest else 0
        style = self._style
        match name:
            case "ESC @":
                self._reset()
            case "ESC !":
                style.bold, style.underline = bool(value & 0x08), bool(value & 0x80)
                style.high, style.wide = 1 + bool(value & 0x10), 1 + bool(value & 0x20)
            case "GS !":
                style.wide, style.high = 1 + (value >> 4 & 7), 1 + (value & 7)
            case "FS !":
                style.wide, style.high = 1 + bool(value & 0x04), 1 + bool(value & 0x08)
            case "FS W":
                style.wide = style.high = 1 + (value & 1)
            case "ESC E" | "ESC G":
                style.bold = bool(value & 1)
            case "ESC -" | "FS -":
                style.underline = bool(value & 3)
            case "GS B":
                style.reverse = bool(value & 1)
            case "ESC a":
                style.align = value - 48 if value >= 48 else value
            case "FS &" | "FS .":
                style.double_byte = name == "FS &"
            case _:
                self._feed_command(name, rest)

    def _feed_command(self, name: str, rest: bytes) -> None:
        value = rest[0] if rest else 0
        match name:
            case "ESC 2":
                self._pitch = _LINE
            case "ESC 3":
                self._pitch = value
            case "ESC d":
                self._end_line() if self._line.cells else None
                self._feed(self._pitch * value)
            case "ESC J":
                self._end_line(feed=False) if self._line.cells else None
                self._feed(value)
            case "ESC $":
                self._move_to(int.from_bytes(rest, "little"))

    def _reset(self) -> None:
        self._style = Style()
        self._pitch = _LINE
        self._half = b""
        self._symbol_data = b""
        self._stored: tuple[Image.Image, int, int] | None = None

    def _new(self) -> None:
        self._rows: list[Image.Image] = []
        self._line = _Line()
        self._lines: list[str] = []
        self._data = bytearray()

    # -- text -----------------------------------------------------------------------------------------

    def _write(self, data: bytes) -> None:
        """Latin text takes half a cell a byte; of double-byte text each pair of bytes takes a whole one."""
        data, self._half = self._half + data, b""
        while data:
            size = 2 if self._style.double_byte and 0x81 <= data[0] <= 0xFE else 1
            if len(data) < size:
                self._half = data
                return
            if size == 2 and data[1] < 0x40:  # not in the ROM; the second byte prints as what it is
                self._put("?", _CELL // 2)
                data = data[1:]
                continue
            code, data = data[:size], data[size:]
            self._put(_character(code, "gb18030" if size == 2 else "cp437"), _CELL * size // 2)

    def _put(self, character: str, dots: int) -> None:
        style = self._style
        dots *= style.wide
        if self._line.dots + dots > self._width:
            self._end_line()
        self._line.cells.append((character, dots, Style(**vars(style))))
        self._line.dots += dots

    def _move_to(self, dots: int) -> None:
        gap = min(dots, self._width) - self._line.dots
        if gap > 0:
            self._line.cells.append((" ", gap, Style(**vars(self._style))))
            self._line.dots += gap

    def _text_of_open_line(self) -> list[str]:
        return ["".join(text for text, _, _ in self._line.cells)] if self._line.cells else []

    def _end_line(self, feed: bool = True) -> None:
        line, self._line = self._line, _Line()
        self._lines.append("".join(text for text, _, _ in line.cells))
        height = max((_CELL * style.high for _, _, style in line.cells), default=0)
        if not line.cells:
            self._feed(self._pitch)
            return
        row = Image.new("1", (self._width, height), 1)
        left = self._left(line.dots)
        for text, dots, style in line.cells:
            row.paste(self._glyph(text, dots, style), (left, height - _CELL * style.high))
            left += dots
        self._rows.append(row)
        if feed:
            self._feed(max(0, self._pitch - height))

    def _left(self, dots: int) -> int:
        return {1: (self._width - dots) // 2, 2: self._width - dots}.get(self._style.align, 0)

    def _glyph(self, text: str, dots: int, style: Style) -> Image.Image:
        """Drawn once: a slip repeats its characters, and ten thousand slips repeat them all."""
        key = (text, dots, *vars(style).values())
        if key not in self._glyphs:
            self._glyphs[key] = self._new_glyph(text, dots, style)
        return self._glyphs[key]

    def _new_glyph(self, text: str, dots: int, style: Style) -> Image.Image:
        cell = Image.new("L", (dots // style.wide, _CELL), 255)
        drawn = self._drawn(text, style.bold)
        if drawn.width > cell.width:  # a Latin letter of the text font is wider than a printer's
            drawn = drawn.resize((cell.width, _CELL), Image.Resampling.BOX)
        cell.paste(drawn, ((cell.width - drawn.width) // 2, 0))
        if style.underline:
            ImageDraw.Draw(cell).line((0, _CELL - 1, cell.width, _CELL - 1), fill=0)
        cell = cell.resize((dots, _CELL * style.high), Image.Resampling.NEAREST)
        black = cell.point(lambda value: 255 if value > _DARK else 0)
        return black.point(lambda value: 255 - value).convert("1") if style.reverse else black.convert("1")

    def _drawn(self, text: str, bold: bool) -> Image.Image:
        """One character in its own width."""
        font = self._font()
        picture = Image.new("L", (math.ceil(font.getlength(text)) + bold, _CELL), 255)
        draw = ImageDraw.Draw(picture)
        for shift in range(1 + bold):
            # the font's own line is higher than its em: lift it into the cell
            draw.text((shift, -_LIFT), text, font=font, fill=0)
        return picture

    def _font(self) -> Font:
        if _CELL not in self._fonts:
            there = FONT.exists()
            self._fonts[_CELL] = (
                ImageFont.truetype(str(FONT), _CELL - 2) if there else ImageFont.load_default(_CELL - 2)
            )
        return self._fonts[_CELL]

    def _feed(self, dots: int) -> None:
        if dots > 0:
            self._rows.append(Image.new("1", (self._width, dots), 1))

    # -- pictures and symbols ---------------------------------------------------------------------------

    def _raster(self, rest: bytes) -> None:
        mode, columns, rows = (
            rest[1],
            int.from_bytes(rest[2:4], "little"),
            int.from_bytes(rest[4:6], "little"),
        )
        if columns and rows:
            self._paste(_bits(columns * 8, rows, rest[6:]), 1 + (mode & 1), 1 + (mode >> 1 & 1))

    def _bit_image(self, rest: bytes) -> None:
        mode, columns = rest[0], int.from_bytes(rest[1:3], "little")
        deep = 24 if mode in (32, 33) else 8
        if columns:
            lying = _bits(deep, columns, rest[3:])
            standing = lying.transpose(Image.Transpose.TRANSPOSE)
            self._paste(standing, 1 if mode in (1, 33) else 2, 3 if deep == 8 else 1)

    def _paste(self, picture: Image.Image, wide: int, high: int) -> None:
        if self._line.cells:
            self._end_line()
        picture = picture.resize((picture.width * wide, picture.height * high), Image.Resampling.NEAREST)
        row = Image.new("1", (self._width, picture.height), 1)
        row.paste(picture, (max(0, self._left(picture.width)), 0))
        self._rows.append(row)

    def _symbol(self, rest: bytes) -> None:
        """A QR the printer would make itself (GS ( k): told in words only."""
        if rest[:2] == b"1P":
            self._symbol_data = rest[3:]
        elif rest[:2] == b"1Q":
            self._lines.append(f"[QR {self._symbol_data.decode('utf-8', 'replace')}]")
            row = Image.new("1", (self._width, 160), 1)
            ImageDraw.Draw(row).rectangle((self._width // 2 - 80, 0, self._width // 2 + 79, 159), outline=0)
            self._rows.append(row)

    def _graphics(self, rest: bytes) -> None:
        """GS ( L and GS 8 L: a raster is stored (function 112) and printed (2 or 50)."""
        if rest[:2] == b"0p" and len(rest) >= 10:
            wide, high = rest[3], rest[4]
            columns, rows = int.from_bytes(rest[6:8], "little"), int.from_bytes(rest[8:10], "little")
            self._stored = (_bits((columns + 7) // 8 * 8, rows, rest[10:]), wide, high) if columns else None
        elif rest[:2] in (b"02", b"0\x02") and self._stored is not None:
            self._paste(*self._stored)
            self._stored = None

    def _picture(self) -> Image.Image:
        """The paper is wider than the head: MARGIN on every side, and the strip beside it."""
        height = sum(row.height for row in self._rows) + 2 * MARGIN
        wide = self._width + 2 * MARGIN
        sheet = Image.new("L", (wide + STRIP, height), 255)
        top = MARGIN
        for row in self._rows:
            sheet.paste(row.convert("L"), (MARGIN, top))
            top += row.height
        sheet.paste(self._edge(height), (wide, 0))
        return sheet

    def _edge(self, height: int) -> Image.Image:
        strip = Image.new("L", (height, STRIP), 225)
        draw = ImageDraw.Draw(strip)
        for left in range(10, max(height - _STRIP_EVERY + 30, 11), _STRIP_EVERY):
            draw.text((left, 2), _EDGE, font=self._font(), fill=90)
        return strip.transpose(Image.Transpose.ROTATE_270)


def _bits(width: int, height: int, data: bytes) -> Image.Image:
    """Dots from bytes, a set bit is black, the highest bit first."""
    inverted = bytes(byte ^ 0xFF for byte in data)
    return Image.frombytes("1", (width, height), inverted.ljust(width // 8 * height, b"\xff"))


def _character(code: bytes, encoding: str) -> str:
    try:
        return code.decode(encoding)
    except UnicodeDecodeError:
        return "?"
