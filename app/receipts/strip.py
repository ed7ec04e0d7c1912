"""A slip as dots: lines of rare characters for the printer, and the whole slip as a picture.

The same grid of columns as in the printer, so that the preview breaks where the paper
breaks.  1 is white and 0 black in the pictures here, as Pillow's mode "1" has it.
"""

from collections.abc import Sequence
from functools import cache, reduce
from itertools import groupby

from PIL import Image, ImageChops, ImageDraw, ImageFont

from app.domain.printing import SlipPaper, SlipText
from app.receipts import fonts
from app.receipts.escpos import (
    CELL,
    COLUMN,
    Align,
    Feed,
    Line,
    Op,
    Raster,
    Span,
    columns,
    encode,
    in_printer_font,
)

_HANZI, _LATIN = 24, 21  # font sizes that fill the printer's cells
_BASE = 21  # rows from the top of a cell to the base line
_INK = 110  # darker than this is printed
_FINE = 4  # pixels a dot at which a fallback face is drawn
_GAIN = 1.2
_WHITE, _BLACK = 255, 0


def composed(ops: Sequence[Op], paper: SlipPaper) -> bytes:
    """ESC/POS bytes of a slip laid out for `paper.dots`, its text as this printer prints Chinese."""
    way = drawn if paper.text is SlipText.RASTER else drawable
    return encode(way(ops, paper.dots), paper)


def drawable(ops: Sequence[Op], width: int) -> list[Op]:
    """`ops` with every line that the printer's font cannot print replaced by its picture."""
    return [_line_or_picture(op, width) for op in ops]


def drawn(ops: Sequence[Op], width: int) -> list[Op]:
    """`ops` without any text: what stands between feeds and whole images becomes one picture each."""
    parts: list[Op] = []
    for alone, group in groupby(ops, key=lambda op: isinstance(op, Feed) or _is_whole(op)):
        together = list(group)
        parts += together if alone else [raster(picture(together, width).convert("1"))]
    return parts


def _is_whole(op: Op) -> bool:
    return isinstance(op, Raster) and op.whole


def _line_or_picture(op: Op, width: int) -> Op:
    if not isinstance(op, Line) or all(in_printer_font(span.text) for span in op.spans):
        return op
    picture = Image.new("1", (width, op.pitch), 1)
    picture.paste(line_picture(op, width), (0, 0))
    return raster(picture)


def raster(picture: Image.Image, whole: bool = False) -> Raster:
    """A mode "1" picture as printer rows; bits beyond its width are white."""
    stride = (picture.width + 7) // 8
    padded = Image.new("1", (stride * 8, picture.height), 1)
    padded.paste(picture, (0, 0))
    return Raster(stride, picture.height, bytes(b ^ 0xFF for b in padded.tobytes()), whole)


def unraster(op: Raster) -> Image.Image:
    inverted = bytes(b ^ 0xFF for b in op.data)
    return Image.frombytes("1", (op.stride * 8, op.rows), inverted)


def picture(ops: Sequence[Op], width: int) -> Image.Image:
    """The printed slip, `width` dots wide, mode "L"."""
    parts = [_op_picture(op, width) for op in ops]
    sheet = Image.new("L", (width, sum(height for _, height in parts)), _WHITE)
    top = 0
    for image, height in parts:
        if image is not None:
            sheet.paste(image.convert("L"), ((width - image.width) // 2, top))
        top += height
    return sheet


def _op_picture(op: Op, width: int) -> tuple[Image.Image | None, int]:
    if isinstance(op, Feed):
        return None, op.dots
    if isinstance(op, Raster):
        return unraster(op), op.rows
    return line_picture(op, width), op.pitch


def line_picture(line: Line, width: int) -> Image.Image:
    """One line in its columns, without the white below it."""
    height = CELL * line.high
    image = Image.new("1", (width, height), 1)
    spare = width - line.columns * COLUMN
    left = {Align.LEFT: 0, Align.CENTRE: spare // 2, Align.RIGHT: spare}[line.align]
    for span in line.spans:
        piece = _span_picture(span)
        image.paste(piece, (left, height - piece.height))
        left += piece.width
    return image


def _span_picture(span: Span) -> Image.Image:
    style = span.style
    image = Image.new("L", (columns(span.text) * COLUMN, CELL), _WHITE)
    left = 0
    for run in fonts.load().runs(span.text, style.bold):
        for character in run.text:
            cell = columns(character) * COLUMN
            image.paste(_glyph(run.font, character, cell), (left, 0))
            left += cell
    if style.wide > 1 or style.high > 1:
        size = (image.width * style.wide, image.height * style.high)
        image = image.resize(size, Image.Resampling.BICUBIC)
    dots = image.point([_BLACK if value < _INK else _WHITE for value in range(256)])
    return (ImageChops.invert(dots) if style.reverse else dots).convert("1", dither=Image.Dither.NONE)


@cache
def _glyph(font: fonts.FontFile, character: str, cell: int) -> Image.Image:
    """One character in its cell; what is wider than the cell is narrowed, never cut."""
    own = font in (fonts.load().regular, fonts.load().bold)
    if not own:
        return _strengthened(_drawn(font, character, cell, _FINE), cell)
    image = _drawn(font, character, cell)
    return image if image.width == cell else image.resize((cell, CELL), Image.Resampling.LANCZOS)


def _drawn(font: fonts.FontFile, character: str, cell: int, fine: int = 1) -> Image.Image:
    """At `fine` pixels a dot, at least as wide as its cell."""
    face = _face(font, fine * (_HANZI if cell == CELL else _LATIN))
    left, _, right, _ = face.getbbox(character, anchor="ls")
    width = max(round(right) - min(0, round(left)), 1)
    room = max(width, round(face.getlength(character)))
    image = Image.new("L", (max(room, cell * fine), CELL * fine), _WHITE)
    middle = image.width / 2
    ImageDraw.Draw(image).text((middle, _BASE * fine), character, font=face, fill=_BLACK, anchor="ms")
    return image


def _strengthened(image: Image.Image, cell: int) -> Image.Image:
    """In its cell, with the level hairlines of a Ming face made a whole dot thick, or they would not print.

    A line of one dot that lies across two rows covers half of each, hence the gain: half is ink.
    Upright strokes are thick enough and stay as they are, or a dense character would run together.
    """
    moved = (ImageChops.offset(image, 0, by) for by in (-1, 1))
    thick = reduce(ImageChops.darker, moved, image)
    dots = thick.resize((cell, CELL), Image.Resampling.BOX)
    return dots.point([max(0, round(_WHITE - _GAIN * (_WHITE - value))) for value in range(256)])


@cache
def _face(font: fonts.FontFile, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(font.path), size, layout_engine=ImageFont.Layout.BASIC)


def rule(width: int) -> list[Op]:
    """A dashed line, two dots high, with white around it."""
    image = Image.new("1", (width, 2), 1)
    draw = ImageDraw.Draw(image)
    for left in range(0, width, 12):
        draw.rectangle((left, 0, left + 7, 1), fill=0)
    return [Feed(7), raster(image), Feed(15)]
