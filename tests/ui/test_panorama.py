"""全景导览图 as geometry: nothing lies on anything else, and every relation is a link."""

from collections.abc import Sequence
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.catalog.demo import demo_bundles, demo_items
from app.domain.bundle import compose
from app.domain.catalog import Bundle, Item
from ui.pages.catalog.composition import filled
from ui.pages.catalog.panorama_layout import Node, NodeKind, Panorama, panorama

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
