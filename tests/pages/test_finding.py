"""A sheet on a table is found, wherever it lies; what is no sheet is not."""

import io

import numpy as np
import pytest
import zxingcpp
from hypothesis import example, given, settings
from hypothesis import strategies as st
from PIL import Image

from app.pages.tools import Tools
from app.ports import Picture
from tests.pages import table

TOOLS = Tools()


@settings(max_examples=12)
@given(st.integers(0, 10**6))
def test_the_corners_of_a_sheet_are_found_within_a_dot(seed: int) -> None:
    at = table.pose(seed)
    seen = table.picture(table.photograph(at, table.paper(), 1280))
    found = TOOLS.find_page(seen)
    assert found is not None
    off = (np.array(found) - np.array(at.corners)) * [seen.width, seen.height]
    assert np.hypot(*off.T).max() < 1.0


@settings(max_examples=2)
@example(1334)  # with corners two dots off, its writing was no longer that of the sheet
@given(st.integers(0, 10**6))
def test_a_straightened_sheet_is_the_sheet_again(seed: int) -> None:
    """Its writing lies where it lay, and its QR can be read."""
    at = table.pose(seed)
    photo = table.photograph(at, table.paper(), 2592)
    page = Image.open(io.BytesIO(TOOLS.straighten(table.jpeg(photo), TOOLS.find_page(table.picture(photo)))))
    assert page.size == (1654, 2339)
    assert table.likeness(page, table.paper()) > 0.9  # a dot off costs thin writing a tenth of it
    assert [code.text for code in zxingcpp.read_barcodes(page)] == [table.QR_TEXT]


@pytest.mark.parametrize("seed", range(6))
def test_an_empty_table_has_no_sheet(seed: int) -> None:
    dice = np.random.default_rng(seed)
    dots = np.full((720, 960, 3), table.TABLES[seed], float) + dice.normal(0, 4, (720, 960, 3))
    assert TOOLS.find_page(Picture(960, 720, np.clip(dots, 0, 255).astype(np.uint8).tobytes())) is None


def test_a_sheet_that_leaves_the_picture_is_not_taken_for_whole() -> None:
    at = table.pose(3)
    photo = table.photograph(at, table.paper(), 960)
    left = int(min(x for x, _ in at.corners) * 960) + 60
    assert TOOLS.find_page(table.picture(photo.crop((left, 0, 960, 720)), 960)) is None


@settings(max_examples=20)
@given(st.integers(1, 64), st.integers(1, 64), st.integers(0, 255))
def test_any_small_picture_is_looked_at_without_harm(width: int, height: int, grey: int) -> None:
    assert TOOLS.find_page(Picture(width, height, bytes([grey]) * (3 * width * height))) is None


def test_without_opencv_nothing_is_found_and_nothing_breaks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.pages.tools.find_spec", lambda _name: None)
    tools = Tools()
    assert not tools.finds_pages
    assert tools.find_page(Picture(1, 1, b"\0\0\0")) is None
