"""Colours that can be read, pictures that are shipped, a font that draws rare names."""

from dataclasses import fields
from pathlib import Path

import pytest
from PySide6.QtGui import QFont, QFontMetrics, QRawFont
from PySide6.QtWidgets import QApplication

from ui import icons, theme


@pytest.mark.parametrize(("palette", "floor"), [(theme.NORMAL, 4.5), (theme.STRONG, 7.0)])
def test_every_text_can_be_read_on_every_ground(palette: theme.Palette, floor: float) -> None:
    bad = [
        (a, b, round(theme.contrast(a, b), 2))
        for a, b in theme.text_pairs(palette)
        if theme.contrast(a, b) < floor
    ]
    assert not bad


@pytest.mark.parametrize("palette", [theme.NORMAL, theme.STRONG])
def test_borders_and_rings_can_be_seen(palette: theme.Palette) -> None:
    assert all(theme.contrast(a, b) >= 3 for a, b in theme.edge_pairs(palette))


def test_contrast_agrees_with_the_known_ends_of_the_scale() -> None:
    assert theme.contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert theme.contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)


def test_the_pictures_of_the_style_sheet_are_shipped_as_drawn(tmp_path: Path) -> None:
    icons.export(tmp_path, theme.sheet_pictures())
    for name, colour in theme.sheet_pictures():
        shipped = icons.sheet_file(name, colour)
        assert shipped.read_bytes() == (tmp_path / shipped.name).read_bytes()


@pytest.mark.parametrize("scale", [theme.COUNTER, theme.CUSTOMER, theme.KIOSK, theme.elder(theme.KIOSK)])
def test_a_style_sheet_leaves_nothing_unfilled(scale: theme.Scale) -> None:
    sheet = theme.style_sheet(scale, theme.NORMAL)
    assert "${" not in sheet and "None" not in sheet
    assert sheet.count("{") == sheet.count("}")


def test_no_other_file_names_a_colour() -> None:
    root = Path(theme.__file__).parent
    palette = {getattr(theme.NORMAL, f.name) for f in fields(theme.NORMAL)}
    for file in root.rglob("*.py"):
        if file.name not in ("theme.py", "qr.py") and "kiosk" not in file.parts:
            text = file.read_text(encoding="utf-8")
            assert not [colour for colour in palette if colour in text], file.name


@pytest.mark.parametrize("character", "测𬭚䶮㛃")
def test_the_shipped_font_draws_rare_names(looks: QApplication, character: str) -> None:
    assert theme.FAMILY in theme.load_fonts()
    font = QFont(theme.FAMILY)
    font.setPixelSize(24)
    raw = QRawFont.fromFont(font)
    assert raw.familyName() == theme.FAMILY
    assert (
        raw.supportsCharacter(ord(character))
        if ord(character) < 0x10000
        else raw.glyphIndexesForString(character) != [0]
    )
    assert QFontMetrics(font).horizontalAdvance(character) > 0


def test_every_icon_can_be_drawn(looks: QApplication) -> None:
    assert all(not icons.pixmap(name, 24, "#000000").toImage().isNull() for name in icons.SHAPES)
