"""全景导览图 as geometry: nothing lies on anything else, and every relation is a link."""

import re
from collections.abc import Sequence
from itertools import combinations
from unicodedata import normalize

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdfium2 import PdfDocument
from PySide6.QtGui import QFont, QFontMetricsF
from PySide6.QtWidgets import QApplication

from app.catalog.demo import demo_bundles, demo_items
from app.domain.bundle import compose
from app.domain.catalog import Bundle, Item
from app.texts import load
from ui.pages.catalog.composition import CompositionView, filled
from ui.pages.catalog.panorama_layout import HEAD, NARROWEST, WIDEST, Node, NodeKind, Panorama, panorama
from ui.pages.catalog.panorama_paint import broken
from ui.pages.catalog.panorama_pdf import pages
from ui.widgets.kit import Kit

ITEMS = {item.code: item for item in demo_items()}


def apart(a: Node, b: Node) -> bool:
    return a.x + a.w <= b.x or b.x + b.w <= a.x or a.y + a.h <= b.y or b.y + b.h <= a.y


def sound(picture: Panorama, items: Sequence[Item], bundle: Bundle | None) -> None:
    whole = compose(items, bundle, filled(items, bundle, {}))
    assert all(apart(a, b) for a, b in combinations(picture.nodes, 2))
    assert all(n.x >= 0 and n.x + n.w <= picture.width for n in picture.nodes)
    assert all(n.y >= 0 and n.y + n.h <= picture.height for n in picture.nodes)
    drawn = {(link.start, link.end) for link in picture.links if link.start}
    asked = {(code, f"m{n}") for n, shared in enumerate(whole.materials) for code in shared.items}
    assert drawn == asked
    assert {link.end for link in picture.links if not link.start} == {part.code for part in whole.parts}


@pytest.mark.parametrize("bundle", demo_bundles(), ids=lambda b: b.code)
def test_a_bundle_is_drawn_whole(bundle: Bundle) -> None:
    items = [ITEMS[code] for code in bundle.items]
    sound(panorama(bundle.name, compose(items, bundle, filled(items, bundle, {}))), items, bundle)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.sampled_from(sorted(ITEMS)), min_size=1, max_size=8, unique=True))
def test_any_items_can_be_drawn(codes: list[str]) -> None:
    items = [ITEMS[code] for code in codes]
    picture = panorama("x", compose(items, None, filled(items, None, {})))
    sound(picture, items, None)
    shared = {node.key for node in picture.nodes if node.shared > 1}
    assert shared == {link.end for link in picture.links if link.shared}
    assert all(picture.node(key).kind is NodeKind.MATERIAL for key in shared)  # type: ignore[union-attr]


@settings(max_examples=30, deadline=None)
@given(st.lists(st.sampled_from(sorted(ITEMS)), min_size=1, max_size=5, unique=True))
def test_every_question_of_a_composition_gets_an_answer(codes: list[str]) -> None:
    items = [ITEMS[code] for code in codes]
    answers = filled(items, None, {})
    assert all(answers.get(q.key) for q in compose(items, None, answers).questions)
    assert filled(items, None, answers) == answers


@pytest.mark.parametrize("width", [0, 700, 728, 1000, 1240, 9000])
def test_the_columns_use_the_room_there_is(width: int) -> None:
    items = list(ITEMS.values())[:6]
    whole = compose(items, None, filled(items, None, {}))
    picture = panorama("x", whole, width)
    assert picture.width == max(NARROWEST, min(WIDEST, width))
    assert all(apart(a, b) for a, b in combinations(picture.nodes, 2))
    assert [n.number for n in picture.nodes if n.kind is NodeKind.ITEM] == list(range(1, 7))


@pytest.mark.parametrize("count", [1, 5, 30])
@pytest.mark.parametrize("tall", [300.0, 900.0])
def test_every_node_is_whole_on_some_page(count: int, tall: float) -> None:
    items = list(ITEMS.values())[:count]
    picture = panorama("x", compose(items, None, filled(items, None, {})))
    tops = list(pages(picture, tall))
    for node in picture.nodes[1:]:
        assert any(top + (HEAD if top else 0) <= node.y and node.y + node.h <= top + tall for top in tops)
    assert tops == sorted(set(tops))


@pytest.mark.parametrize(("count", "least"), [(1, 1), (5, 1), (30, 3)])
def test_the_pdf_says_every_name(looks: QApplication, count: int, least: int) -> None:
    items = list(ITEMS.values())[:count]
    view = CompositionView(Kit(), load())
    view.show_items(items)
    document = PdfDocument(view.pdf("版本 7"))
    words = "".join(document[n].get_textpage().get_text_range() for n in range(len(document)))
    plain = normalize("NFKC", "".join(words.split()))  # fonts share glyphs between characters and radicals
    assert len(document) >= least and "全景导览图" in plain and "版本7" in plain
    for item in items:
        seen = "".join(c if c in plain else "." for c in item.name[:6])
        assert seen.count(".") < 3 and re.search(re.escape(seen).replace(r"\.", "."), plain), item.name
    document.close()
    view.deleteLater()


def test_a_name_is_broken_before_its_bracket() -> None:
    metrics = QFontMetricsF(QFont())
    name = "保安员证核发(遗失补发保安员证)"
    width = metrics.horizontalAdvance(name) - 4
    assert list(broken(metrics, name, width, 2)) == ["保安员证核发", "(遗失补发保安员证)"]
    assert list(broken(metrics, name, width * 2, 2)) == [name]
    (one,) = broken(metrics, name, width / 2, 1)
    assert "…" in one
