"""全景导览图 as geometry: where items and materials stand and what joins them.

Three columns, the whole at the left, its items in the middle, their materials at the right, each material
at the height of the items that ask for it, so that few links cross.  The columns share the width there is,
so that words keep their size.  Pure; px at a zoom of 1.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

from app.domain.bundle import Composition

ROOT_H, ITEM_H, MATERIAL_H = 96, 76, 44
ITEM_GAP, MATERIAL_GAP, EDGE, HEAD = 16, 10, 8, 36
NARROWEST, WIDEST = 700, 1240
_GAP, _ROOT, _ITEM = 7, 20, 43  # percent: of the width, and of what the gaps leave of it


class NodeKind(Enum):
    WHOLE = "whole"
    ITEM = "item"
    MATERIAL = "material"


@dataclass(frozen=True, slots=True)
class Node:
    """`key`: "" of the whole, an item's code, or "m<n>" of the n-th material.

    `shared`: how many items ask for it.  `number`: which item in the row it is.
    """

    key: str
    kind: NodeKind
    title: str
    x: int
    y: int
    w: int
    h: int
    shared: int = 1
    number: int = 0


@dataclass(frozen=True, slots=True)
class Link:
    """From one node's right edge to another's left, by their keys."""

    start: str
    end: str
    shared: bool = False


@dataclass(frozen=True, slots=True)
class Panorama:
    nodes: tuple[Node, ...]
    links: tuple[Link, ...]
    width: int
    height: int
    columns: tuple[tuple[int, int], ...] = ()  # x and width of each

    def node(self, key: str) -> Node | None:
        return next((node for node in self.nodes if node.key == key), None)

    def beside(self, key: str) -> frozenset[str]:
        """The nodes joined to one, itself included."""
        ends = {link.end for link in self.links if link.start == key}
        return frozenset({key} | ends | {link.start for link in self.links if link.end == key})


def panorama(title: str, composition: Composition, width: int = WIDEST) -> Panorama:
    """`width`: the room there is; no less and no more of it is used than words can do with."""
    rows = _ordered(composition)
    whole, items, materials = columns = _columns(max(NARROWEST, min(WIDEST, width)))
    items_height = _column(len(composition.parts), ITEM_H, ITEM_GAP)
    rows_height = _column(len(rows), MATERIAL_H, MATERIAL_GAP)
    body = max(items_height, rows_height, ROOT_H)
    nodes = [Node("", NodeKind.WHOLE, title, whole[0], HEAD + (body - ROOT_H) // 2, whole[1], ROOT_H)]
    top = HEAD + (body - items_height) // 2
    for n, part in enumerate(composition.parts):
        y = top + n * (ITEM_H + ITEM_GAP)
        nodes.append(Node(part.code, NodeKind.ITEM, part.name, items[0], y, items[1], ITEM_H, number=n + 1))
    top = HEAD + (body - rows_height) // 2
    for n, index in enumerate(rows):
        shared = composition.materials[index]
        y = top + n * (MATERIAL_H + MATERIAL_GAP)
        kind, name = NodeKind.MATERIAL, shared.material.name
        at = (materials[0], y, materials[1], MATERIAL_H)
        nodes.append(Node(f"m{index}", kind, name, *at, shared=len(shared.items)))
    total = materials[0] + materials[1] + EDGE
    return Panorama(tuple(nodes), tuple(_links(composition)), total, HEAD + body + EDGE, columns)


def _columns(width: int) -> tuple[tuple[int, int], tuple[int, int], tuple[int, int]]:
    gap = width * _GAP // 100
    left = width - 2 * EDGE - 2 * gap
    root, item = left * _ROOT // 100, left * _ITEM // 100
    item_x = EDGE + root + gap
    row_x = item_x + item + gap
    return (EDGE, root), (item_x, item), (row_x, width - EDGE - row_x)


def _column(count: int, height: int, gap: int) -> int:
    return max(0, count * height + (count - 1) * gap)


def _ordered(composition: Composition) -> Sequence[int]:
    """Materials by the mean height of the items that ask for them, as they come where that is equal."""
    place = {part.code: n for n, part in enumerate(composition.parts)}

    def middle(index: int) -> float:
        items = composition.materials[index].items
        return sum(place[code] for code in items) / len(items)

    return sorted(range(len(composition.materials)), key=middle)


def _links(composition: Composition) -> Iterator[Link]:
    for part in composition.parts:
        yield Link("", part.code)
    for index, shared in enumerate(composition.materials):
        for code in shared.items:
            yield Link(code, f"m{index}", len(shared.items) > 1)
