"""测试页 of a receipt printer: what a technician looks at, and nothing that could pass for a receipt.

A ruler over the printable width (a wrong width shows at once: an end is missing or the line
breaks), tones from light to black, the printer's own characters beside drawn ones, a QR.
"""

from collections.abc import Iterator, Sequence

from PIL import Image, ImageDraw

from app.domain.printing import SlipPaper
from app.receipts import strip
from app.receipts.escpos import COLUMN, Align, Feed, Line, Op, Raster, Span, Style, columns
from app.receipts.fonts import load
from app.receipts.lines import wrap
from app.receipts.slip import qr_raster
from app.texts import Texts

_PLAIN, _BOLD = Style(), Style(bold=True)
_TITLE, _BAND = Style(bold=True, wide=2, high=2), Style(bold=True, reverse=True)
_MM = 8  # dots
_SHORT, _MIDDLE, _LONG = 8, 14, 22  # dots a tick of the ruler is high: each mm, five, ten
_TONES = (8, 4, 2, 1)  # a tone is one dot in so many, in each direction
_TONE_ROWS = 40
_QR = "TEST"


def trial_slip(texts: Texts, paper: SlipPaper, lines: Sequence[str]) -> bytes:
    """ESC/POS bytes; `lines` say whose printer it is, which, and when."""
    return strip.composed(list(operations(texts, paper, lines)), paper)


def operations(texts: Texts, paper: SlipPaper, lines: Sequence[str]) -> Iterator[Op]:
    width = paper.dots
    room = width // COLUMN
    yield from _said(texts["paper.test.title"], room // 2, _TITLE, Align.CENTRE)
    yield from _said(texts["paper.test.no_receipt"], room, _BOLD, Align.CENTRE)
    yield from strip.rule(width)
    for line in lines:
        yield from _said(line, room)
    yield from strip.rule(width)
    yield from _said(texts.say("paper.test.ruler", mm=width // _MM), room)
    yield Feed(6)
    yield _ruler(width)
    yield Feed(10)
    yield from _said(texts["paper.test.tones"], room)
    yield Feed(6)
    yield _tones(width)
    yield Feed(10)
    for key in ("own_font", "drawn_font"):
        yield from _said(texts[f"paper.test.{key}"], room)
    yield Feed(8)
    yield from _said(texts["paper.test.styles"], room - 2, _BAND, Align.CENTRE)
    yield Feed(8)
    yield qr_raster(_QR, width)
    yield Feed(8)
    end = "end_cut" if paper.cutter else "end_tear"
    yield from _said(texts[f"paper.test.{end}"], room, _PLAIN, Align.CENTRE)


def _said(text: str, room: int, style: Style = _PLAIN, align: Align = Align.LEFT) -> Iterator[Op]:
    for part in wrap(load().printable(text), room, columns):
        yield Line((Span(part.rstrip(" "), style),), align)


def _ruler(width: int) -> Raster:
    """Ticks down from a line over all dots, a full-height one at either end."""
    image = Image.new("1", (width, _LONG), 1)
    draw = ImageDraw.Draw(image)
    draw.line((0, 0, width - 1, 0), fill=0)
    for mm in range(width // _MM + 1):
        long = _LONG if mm % 10 == 0 else _MIDDLE if mm % 5 == 0 else _SHORT
        draw.line((mm * _MM, 0, mm * _MM, long - 1), fill=0)
    draw.line((width - 1, 0, width - 1, _LONG - 1), fill=0)
    return strip.raster(image)


def _tones(width: int) -> Raster:
    image = Image.new("1", (width, _TONE_ROWS), 1)
    step = width // len(_TONES)
    for number, apart in enumerate(_TONES):
        for x in range(number * step, (number + 1) * step, apart):
            for y in range(0, _TONE_ROWS, apart):
                image.putpixel((x, y), 0)
    return strip.raster(image)
