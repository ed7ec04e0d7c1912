"""Where the sheet of paper lies in a photograph of a table.

Sheets are searched in three ways, since none finds all of them: by how far colours are from
the table's, by brightness, and by edges.  Of the four-sided shapes found the one wins whose
sides lie on edges and that is large; its sides are then fitted as straight lines to the edge
itself, first where sheets are searched and then in the finer picture, which places the corners
within a third of a pixel of that one.  OpenCV (Apache-2.0) does the pixels.
"""

from collections.abc import Iterator
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from app.domain.page import Corners
from app.ports import Picture

LOOK = 640  # px, the long side in which sheets are searched
FINE = 1280  # px, the long side in which corners are placed
REACH, FINE_REACH = 7.0, 4.0  # px on either side of a line where its edge is looked for
LEAST_SHARE = 0.12  # of the picture: anything smaller is not the paper somebody wants kept
LEAST_SUPPORT = 0.35  # share of the outline that has to lie on an edge
RIM = 0.008  # of the long side: a corner so near the rim of the picture is where the sheet was cut off
SAMPLES = 96  # points of a side through which its line is fitted
STEP = 0.5  # px between two looks across the line
EDGE = 14.0  # grey levels a pixel: a step the eye takes for an edge

Array = NDArray[Any]


def find_page(picture: Picture) -> Corners | None:
    """None where nothing looks like a whole sheet."""
    rgb = np.frombuffer(picture.rgb, np.uint8).reshape(picture.height, picture.width, 3)
    fine, small = _shrunk(rgb, FINE), _shrunk(rgb, LOOK)
    grey = _smooth(small, 5)
    strength = _strength(grey)
    best, quad = 0.0, None
    for candidate in _candidates(small, grey):
        score = _score(candidate, strength)
        if score > best:
            best, quad = score, candidate
    if quad is None:
        return None
    fitted = _fit(quad, strength, REACH)
    if fine.shape != small.shape:
        ratio = np.array([fine.shape[1] / small.shape[1], fine.shape[0] / small.shape[0]])
        closer = _fit((fitted + 0.5) * ratio - 0.5, _strength(_smooth(fine, 3)), FINE_REACH)
        fitted = (closer + 0.5) / ratio - 0.5
    height, width = grey.shape
    rim = RIM * max(width, height)
    inside = (fitted > rim).all() and (fitted < [width - rim, height - rim]).all()
    if not inside or not _plausible(fitted, width, height):
        return None
    shares = [(float(x) / width, float(y) / height) for x, y in _in_order(fitted + 0.5)]
    return shares[0], shares[1], shares[2], shares[3]


def _shrunk(rgb: Array, long: int) -> Array:
    scale = min(1.0, long / max(rgb.shape[:2]))
    return cv2.resize(rgb, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA) if scale < 1 else rgb


def _smooth(rgb: Array, size: int) -> Array:
    return cv2.GaussianBlur(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY), (size, size), 0)


def _strength(grey: Array) -> Array:
    """Steepness in grey levels a pixel."""
    across = cv2.Sobel(grey, cv2.CV_32F, 1, 0, ksize=3)
    down = cv2.Sobel(grey, cv2.CV_32F, 0, 1, ksize=3)
    return cv2.magnitude(across, down) / 4


def _candidates(rgb: Array, grey: Array) -> Iterator[Array]:
    for mask in _masks(rgb, grey):
        found, _ = cv2.findContours(mask, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
        least = LEAST_SHARE * grey.size
        for contour in sorted(found, key=cv2.contourArea, reverse=True)[:6]:
            hull = cv2.convexHull(contour)
            if cv2.contourArea(hull) < least:
                break
            quad = _four_sided(hull)
            if quad is not None and _plausible(quad, grey.shape[1], grey.shape[0]):
                yield quad


def _masks(rgb: Array, grey: Array) -> Iterator[Array]:
    far = _distance_from_table(rgb)
    kernel = np.ones((5, 5), np.uint8)
    for values in (far, grey):
        _, mask = cv2.threshold(values, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
        yield cv2.morphologyEx(mask, cv2.MORPH_OPEN, kernel)
        yield cv2.morphologyEx(cv2.bitwise_not(mask), cv2.MORPH_OPEN, kernel)
    for low, high in ((20, 60), (50, 150)):
        edges = cv2.Canny(grey, low, high)
        yield cv2.morphologyEx(edges, cv2.MORPH_CLOSE, kernel)


def _distance_from_table(rgb: Array) -> Array:
    """How far every dot is from the colour that runs round the rim of the picture."""
    lab = cv2.cvtColor(rgb, cv2.COLOR_RGB2LAB).astype(np.float32)
    rim = np.concatenate([lab[:6].reshape(-1, 3), lab[-6:].reshape(-1, 3)])
    sides = np.concatenate([lab[:, :6].reshape(-1, 3), lab[:, -6:].reshape(-1, 3)])
    table = np.median(np.concatenate([rim, sides]), axis=0)
    far = np.linalg.norm(lab - table, axis=2)
    return np.asarray(np.clip(far * 2, 0, 255), np.uint8)


def _four_sided(hull: Array) -> Array | None:
    """The hull with its small corners cut off, if four sides are left."""
    around = cv2.arcLength(hull, True)
    for tolerance in (0.01, 0.02, 0.03, 0.045, 0.06):
        shape = cv2.approxPolyDP(hull, tolerance * around, True)
        if len(shape) == 4:
            return np.asarray(shape.reshape(4, 2), np.float64)
        if len(shape) < 4:
            return None
    return None


def _plausible(quad: Array, width: int, height: int) -> bool:
    """Convex, large, with corners a sheet can have, and not cut off by the rim of the picture."""
    if not cv2.isContourConvex(quad.astype(np.float32)):
        return False
    if cv2.contourArea(quad.astype(np.float32)) < LEAST_SHARE * width * height:
        return False
    for i in range(4):
        a, b = quad[i - 1] - quad[i], quad[(i + 1) % 4] - quad[i]
        cosine = abs(float(a @ b)) / (float(np.linalg.norm(a) * np.linalg.norm(b)) or 1.0)
        if cosine > 0.64:  # 50° to 130°
            return False
    ends = np.array([width - 1, height - 1])
    at_rim = np.concatenate([quad < 2.5, quad > ends - 2.5], axis=1)
    return not any((at_rim[i] & at_rim[i - 1]).any() for i in range(4))


def _score(quad: Array, strength: Array) -> float:
    """Share of the outline that lies on an edge, times the size; 0 for too little of it."""
    near = cv2.dilate(strength, np.ones((5, 5), np.uint8))
    points = np.concatenate([_along(quad[i], quad[(i + 1) % 4]) for i in range(4)])
    across = np.clip(np.rint(points), 0, [strength.shape[1] - 1, strength.shape[0] - 1]).astype(int)
    support = float((near[across[:, 1], across[:, 0]] > EDGE / 4).mean())
    if support < LEAST_SUPPORT:
        return 0.0
    return float(support**2 * cv2.contourArea(quad.astype(np.float32)) ** 0.5)


def _along(start: Array, end: Array) -> Array:
    share = np.linspace(0.06, 0.94, SAMPLES)[:, None]
    return np.asarray(start + share * (end - start))


def _fit(quad: Array, strength: Array, reach: float) -> Array:
    """Lines through the steepest points beside each side; the corners are where they meet."""
    lines = [_line(quad[i], quad[(i + 1) % 4], strength, reach) for i in range(4)]
    corners = [_meet(lines[i - 1], lines[i]) for i in range(4)]
    return np.array([c if c is not None and np.linalg.norm(c - q) < 25 else q
                     for c, q in zip(corners, quad, strict=True)])  # fmt: skip


def _line(start: Array, end: Array, strength: Array, reach: float) -> tuple[Array, Array]:
    """A point of the side and its direction."""
    way = (end - start) / (np.linalg.norm(end - start) or 1.0)
    normal = np.array([-way[1], way[0]])
    base = _along(start, end)
    steps = np.arange(-reach, reach + STEP / 2, STEP)
    probes = base[:, None, :] + steps[None, :, None] * normal
    values = cv2.remap(
        strength, probes[..., 0].astype(np.float32), probes[..., 1].astype(np.float32), cv2.INTER_LINEAR
    )
    values = values * (1 - 0.04 * np.abs(steps))  # of two equal edges the nearer one
    peaks = values.argmax(axis=1)
    steep = values[np.arange(len(base)), peaks] > EDGE / 6
    points = base[steep] + (steps[peaks] + STEP * _beside(values, peaks))[steep][:, None] * normal
    if len(points) < SAMPLES // 4:
        return start, way
    vx, vy, x, y = cv2.fitLine(points.astype(np.float32), cv2.DIST_HUBER, 0, 0.01, 0.01).ravel()
    return np.array([x, y], np.float64), np.array([vx, vy], np.float64)


def _beside(values: Array, peaks: Array) -> Array:
    """How far from its sample each peak lies, in samples: the top of the parabola through three of them."""
    rows, inner = np.arange(len(values)), np.clip(peaks, 1, values.shape[1] - 2)
    before, there, after = values[rows, inner - 1], values[rows, inner], values[rows, inner + 1]
    bend = before - 2 * there + after
    top = 0.5 * (before - after) / np.where(bend < 0, bend, -np.inf)
    return np.asarray(np.where(peaks == inner, np.clip(top, -0.5, 0.5), 0.0))


def _meet(one: tuple[Array, Array], other: tuple[Array, Array]) -> Array | None:
    (p, d), (q, e) = one, other
    both = np.array([d, -e]).T
    if abs(np.linalg.det(both)) < 0.05:
        return None
    share = np.linalg.solve(both, q - p)
    return np.asarray(p + share[0] * d)


def _in_order(quad: Array) -> Array:
    """Clockwise on screen from the corner nearest the top left."""
    middle = quad.mean(axis=0)
    around = quad[np.argsort(np.arctan2(quad[:, 1] - middle[1], quad[:, 0] - middle[0]))]
    return np.roll(around, -int(around.sum(axis=1).argmin()), axis=0)
