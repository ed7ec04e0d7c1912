"""Rare characters come from a Ming face, whose level strokes are thinner than a dot: none may be lost."""

import re
import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest
from PIL import Image, ImageDraw, ImageFont

from app.receipts import fonts, strip
from app.receipts.escpos import Line, Span, Style
from app.receipts.pen import POINT, Pen
from tests.receipts.judges import needs_hanazono, needs_poppler

pytestmark = needs_hanazono

EM = 240  # pixels of the large rendering
NAMES = "𠮷𠀀𡈽𢀖𣲷𥄫𦍌𨳒𪜀𠂢𠔿𡑮𡧃𠦄"  # extension B and C, none of them in our own font


@dataclass(frozen=True)
class Bar:
    """A level stroke, in ems from the left and from the base line downwards."""

    left: float
    right: float
    top: float
    bottom: float


def dark(image: Image.Image) -> list[bytes]:
    """Rows of dots as a printer without grey sees them, 1 for black."""
    data = image.convert("L").point([int(value < 128) for value in range(256)]).tobytes()
    return [data[at : at + image.width] for at in range(0, len(data), image.width)]


@cache
def bars(character: str) -> tuple[Bar, ...]:
    """The long level strokes of a character, found in a rendering ten times as large as the slip's."""
    (face_run,) = fonts.load().runs(character)
    assert face_run.font not in (fonts.load().regular, fonts.load().bold)
    face = ImageFont.truetype(str(face_run.font.path), EM)
    image = Image.new("L", (EM, EM + EM // 4), 255)
    ImageDraw.Draw(image).text((0, EM), character, font=face, fill=0, anchor="ls")
    found: list[list[tuple[int, int, int]]] = []
    for y, row in enumerate(dark(image)):
        for left, right in (run.span() for run in re.finditer(rb"\x01{68,}", row)):
            above = [b for b in found if b[-1][0] == y - 1 and b[-1][1] < right and left < b[-1][2]]
            if above:
                above[0].append((y, left, right))
            else:
                found.append([(y, left, right)])
    return tuple(
        Bar(max(b[1] for b in bar) / EM, min(b[2] for b in bar) / EM, bar[0][0] / EM - 1, bar[-1][0] / EM - 1)
        for bar in found
    )


def lost(character: str, rows: list[bytes], left: float, base: float, em: float) -> list[Bar]:
    """The level strokes that are not there, a character of `em` dots standing at (left, base)."""

    def there(bar: Bar) -> bool:
        first, last = round(left + bar.left * em) + 1, round(left + bar.right * em) - 1
        near = range(int(base + bar.top * em) - 1, int(base + bar.bottom * em) + 2)
        return any(all(rows[y][first:last]) for y in near)

    return [bar for bar in bars(character) if not there(bar)]


def test_the_samples_have_hairlines_to_lose() -> None:
    assert [len(bars(character)) for character in "𠮷𥄫𦍌"] == [4, 3, 3]
    thin = [bar for character in NAMES for bar in bars(character) if bar.bottom - bar.top < 1 / 24]
    assert len(thin) > 30


@pytest.mark.parametrize("character", NAMES)
@pytest.mark.parametrize("style", [Style(), Style(bold=True), Style(wide=2, high=2)])
def test_no_level_stroke_is_lost_on_the_slip(character: str, style: Style) -> None:
    image = strip.line_picture(Line((Span(character, style),)), 24 * style.wide)
    assert lost(character, dark(image), 0, 21 * style.high, 24 * style.high) == []


@pytest.mark.parametrize("character", NAMES[:6])
def test_nor_do_strokes_run_together(character: str) -> None:
    """Half of the cell at least stays white, and no row but of a stroke is black from side to side."""
    rows = dark(strip.line_picture(Line((Span(character),)), 24))
    assert sum(map(sum, rows)) < 24 * 24 * 0.5
    assert sum(sum(row) > 18 for row in rows) <= 2 * len(bars(character))


@needs_poppler
@pytest.mark.parametrize("bold", [False, True])
def test_no_level_stroke_is_lost_on_a4_at_200_dpi(bold: bool, tmp_path: Path) -> None:
    """Wherever a character stands between two rows of dots."""
    dots, size = 200 / 25.4, 10.5
    pen = Pen("", "", "", datetime(2026, 11, 20, tzinfo=UTC))
    places = [(c, 20 + 7.3 * n, 20 + 7.01 * shift) for n, c in enumerate(NAMES) for shift in range(8)]
    for character, x, y in places:
        pen.say(x, y, character, size, bold=bold)
    (tmp_path / "page.pdf").write_bytes(pen.finish())
    subprocess.run(["pdftoppm", "-r", "200", "-gray", "page.pdf", "page"], cwd=tmp_path, check=True)
    with Image.open(tmp_path / "page-1.pgm") as page:
        rows = dark(page)
    gone = [c for c, x, y in places if lost(c, rows, x * dots, y * dots, size * POINT * dots)]
    assert gone == []


@needs_poppler
def test_the_outline_of_a_rare_character_ends_with_it(tmp_path: Path) -> None:
    """What is said after it is drawn as if it had not been there."""
    boxes = []
    for first in ("田", "𠮷"):
        pen = Pen("", "", "", datetime(2026, 11, 20, tzinfo=UTC))
        pen.say(20, 20, first, 12)
        pen.say(20, 40, "莞家综窗 1234", 12)
        (tmp_path / "page.pdf").write_bytes(pen.finish())
        subprocess.run(["pdftoppm", "-r", "150", "-gray", "page.pdf", "page"], cwd=tmp_path, check=True)
        with Image.open(tmp_path / "page-1.pgm") as page:
            boxes.append(page.crop((0, 180, page.width, 300)).tobytes())
    assert boxes[0] == boxes[1]
