"""Straightened pages, and the document they are joined to."""

import io
import subprocess

import pytest
from PIL import Image

from app.domain.page import WHOLE
from app.pages.straightening import LARGEST_PAGE, skew
from app.pages.tools import Tools
from tests.pages import table

TOOLS = Tools()


def size(data: bytes) -> tuple[int, int]:
    return Image.open(io.BytesIO(data)).size


@pytest.mark.parametrize("degrees", (-3.0, -1.0, 0.0, 2.0, 4.0))
def test_writing_is_made_level(degrees: float) -> None:
    turned = table.paper().rotate(degrees, fillcolor=(250, 250, 247))
    assert skew(turned) == pytest.approx(-degrees, abs=0.3)
    level = Image.open(io.BytesIO(TOOLS.straighten(table.jpeg(turned))))
    assert abs(skew(level)) <= 0.3


def test_a_page_is_turned_clockwise() -> None:
    page = Image.new("RGB", (400, 600), "white")
    page.paste((0, 0, 200), (0, 0, 100, 100))  # blue at the top left
    for turns, corner in ((0, (20, 20)), (1, (580, 20)), (2, (380, 580)), (3, (20, 380))):
        out = Image.open(io.BytesIO(TOOLS.straighten(table.jpeg(page), WHOLE, turns)))
        assert out.size == ((400, 600) if turns % 2 == 0 else (600, 400))
        red, _, blue = out.getpixel(corner)
        assert blue > red + 80


def test_what_a_camera_says_of_its_turn_is_heeded_and_then_forgotten() -> None:
    page = Image.new("RGB", (600, 400), "white")
    exif = Image.Exif()
    exif[0x0112] = 6  # held upright
    exif[0x010E] = "a remark"
    out = TOOLS.straighten(table.jpeg(page, exif=exif))
    assert size(out) == (400, 600)
    assert not Image.open(io.BytesIO(out)).getexif()


def test_a_page_is_never_larger_than_promised() -> None:
    noise = Image.effect_noise((1654, 2339), 120).convert("RGB")
    assert len(TOOLS.straighten(table.jpeg(noise))) <= LARGEST_PAGE


def test_the_same_photograph_gives_the_same_page_and_document() -> None:
    photo = table.jpeg(table.photograph(table.pose(5), table.paper(), 1280))
    corners = table.pose(5).corners
    one, other = TOOLS.straighten(photo, corners, 1), TOOLS.straighten(photo, corners, 1)
    assert one == other
    assert TOOLS.join([one, one]) == TOOLS.join([other, other])


def test_a_document_holds_the_pages_as_they_are_and_says_nothing_else(tmp_path) -> None:  # type: ignore[no-untyped-def]
    pages = [
        TOOLS.straighten(table.jpeg(table.paper())),
        TOOLS.straighten(table.jpeg(table.paper()), WHOLE, 1),
    ]
    file = tmp_path / "pages.pdf"
    file.write_bytes(TOOLS.join(pages))
    said = subprocess.run(["pdfinfo", str(file)], capture_output=True, text=True, check=True)
    assert not said.stderr
    words = dict(line.partition(":")[::2] for line in said.stdout.splitlines())
    assert words["Pages"].strip() == "2"
    assert not {"Title", "Author", "Creator", "Producer", "CreationDate", "ModDate"} & set(words)
    subprocess.run(["pdfimages", "-j", str(file), str(tmp_path / "p")], check=True)
    assert [(tmp_path / f"p-00{n}.jpg").read_bytes() for n in (0, 1)] == pages


def test_a_page_is_shown_as_it_is() -> None:
    page = TOOLS.straighten(table.jpeg(table.paper()))
    for data in (page, TOOLS.join([page])):
        shown = TOOLS.show(data, 0, 620)
        image = Image.frombytes("RGB", (shown.width, shown.height), shown.rgb)
        assert table.likeness(image, table.paper()) > 0.97


def test_nothing_cannot_be_joined() -> None:
    with pytest.raises(ValueError):
        TOOLS.join([])
