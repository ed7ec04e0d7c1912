"""全景导览图 as geometry: where items and materials stand and what joins them.

Three columns, the whole at the left, its items in the middle, their materials at the right, each material
at the height of the items that ask for it, so that few links cross.  Pure; px at a zoom of 1.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

from app.domain.bundle import Composition

ROOT = (176, 72)
ITEM = (300, 64)
MATERIAL = (280, 36)
GAP_X, ITEM_GAP, MATERIAL_GAP, EDGE = 96, 20, 10, 24


class NodeKind(Enum):
    WHOLE = "whole"
    ITEM = "item"
    MATERIAL = "material"


@dataclass(frozen=True, slots=True)
class Node:
    """`key`: "" of the whole, an item's code, or "m<n>" of the n-th material.

    `shared`: how many items ask for it.
    """

    key: str
    kind: NodeKind
    title: str
    x: int
    y: int
    w: int
    h: int
    shared: int = 1


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

    def node(self, key: str) -> Node | None:
        return next((node for node in self.nodes if node.key == key), None)

    def beside(self, key: str) -> frozenset[str]:
        """The nodes joined to one, itself included."""
        ends = {link.end for link in self.links if link.start == key}
        return frozenset({key} | ends | {link.start for link in self.links if link.end == key})


def panorama(title: str, composition: Composition) -> Panorama:
    rows = _ordered(composition)
    items_height = _column(len(composition.parts), ITEM[1], ITEM_GAP)
    rows_height = _column(len(rows), MATERIAL[1], MATERIAL_GAP)
    height = max(items_height, rows_height, ROOT[1]) + 2 * EDGE
    item_x = EDGE + ROOT[0] + GAP_X
    row_x = item_x + ITEM[0] + GAP_X
    nodes = [Node("", NodeKind.WHOLE, title, EDGE, (height - ROOT[1]) // 2, *ROOT)]
    top = (height - items_height) // 2
    for n, part in enumerate(composition.parts):
        y = top + n * (ITEM[1] + ITEM_GAP)
        nodes.append(Node(part.code, NodeKind.ITEM, part.name, item_x, y, *ITEM))
    top = (height - rows_height) // 2
    for n, index in enumerate(rows):
        shared = composition.materials[index]
        y = top + n * (MATERIAL[1] + MATERIAL_GAP)
        kind, name = NodeKind.MATERIAL, shared.material.name
        nodes.append(Node(f"m{index}", kind, name, row_x, y, *MATERIAL, len(shared.items)))
    return Panorama(tuple(nodes), tuple(_links(composition)), row_x + MATERIAL[0] + EDGE, height)


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
