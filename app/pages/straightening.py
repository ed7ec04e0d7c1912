"""From a photograph to an upright page: perspective, shape, white balance, size.

The shape of the sheet is recovered from its picture as in Zhang and He, "Whiteboard scanning
and image enhancement" (2007), section 3.1: a rectangle seen by a camera whose axis goes through
the middle of the picture has one possible ratio of sides.  What comes near A4 becomes A4.
"""

import io
from math import sqrt

import numpy as np
from PIL import Image, ImageOps
from PIL.Image import Resampling, Transform

from app.domain.page import WHOLE, Corners, Point
from app.pages.opening import opened

DPI = 200
SHORT, LONG = 1654, 2339  # A4 at 200 dots an inch
A4 = sqrt(2)
NEAR_A4 = 0.07
LARGEST_PAGE = 600_000  # bytes
_QUALITIES = (85, 78, 70, 62, 54, 46)
_TURNS = {1: Image.Transpose.ROTATE_270, 2: Image.Transpose.ROTATE_180, 3: Image.Transpose.ROTATE_90}
_ANGLES = np.arange(-5.0, 5.01, 0.25)
_LEAST_ANGLE = 0.3


def straighten(photo: bytes, corners: Corners | None, quarter_turns: int) -> bytes:
    """A JPEG of the page, upright, turned clockwise besides; see app.ports.PageTools."""
    image = upright(photo)
    page = _flattened(image, corners) if corners is not None and corners != WHOLE else _whole(image)
    turn = _TURNS.get(quarter_turns % 4)
    return _packed(_balanced(page if turn is None else page.transpose(turn)))


def upright(photo: bytes) -> Image.Image:
    """The picture as its camera was held (EXIF orientation), in RGB.

    Raises FileKindError, FileDamagedError, PictureTooLargeError.
    """
    with opened(photo) as image:
        turned = ImageOps.exif_transpose(image)
        if "A" in turned.getbands() or "transparency" in turned.info:
            ground = Image.new("RGBA", turned.size, "white")
            return Image.alpha_composite(ground, turned.convert("RGBA")).convert("RGB")
        return turned.convert("RGB")


def _flattened(image: Image.Image, corners: Corners) -> Image.Image:
    points = [(x * image.width, y * image.height) for x, y in corners]
    width, height = _page_size(points, (image.width / 2, image.height / 2))
    coefficients = _coefficients(points, width, height)
    return image.transform((width, height), Transform.PERSPECTIVE, coefficients, Resampling.BICUBIC)


def _page_size(points: list[Point], middle: Point) -> tuple[int, int]:
    """In dots: A4 or the shape that was seen, no larger than A4 and no larger than it was photographed."""
    sides = [float(np.hypot(*np.subtract(points[i], points[(i + 1) % 4]))) for i in range(4)]
    across, down = max(sides[0], sides[2]), max(sides[1], sides[3])
    ratio = _ratio(points, middle) or across / max(down, 1.0)
    long = min(float(LONG), 1.25 * max(across, down))
    tall = ratio < 1
    shape = max(ratio, 1 / ratio)
    if abs(shape / A4 - 1) < NEAR_A4:
        shape, long = LONG / SHORT, LONG if long > LONG * 0.6 else long
    size = max(1, round(long / shape)), max(1, round(long))
    return size if tall else (size[1], size[0])


def _ratio(points: list[Point], middle: Point) -> float | None:
    """Width to height of the rectangle; None where the picture is too flat or too steep to say."""
    m = [
        np.array([x - middle[0], y - middle[1], 1.0]) for x, y in (points[0], points[1], points[3], points[2])
    ]
    with np.errstate(all="ignore"):
        k2 = np.cross(m[0], m[3]) @ m[2] / (np.cross(m[1], m[3]) @ m[2])
        k3 = np.cross(m[0], m[3]) @ m[1] / (np.cross(m[2], m[3]) @ m[1])
        n2, n3 = k2 * m[1] - m[0], k3 * m[2] - m[0]
        focal2 = -(n2[0] * n3[0] + n2[1] * n3[1]) / (n2[2] * n3[2])
    least, most = (0.3 * max(middle)) ** 2, (40 * max(middle)) ** 2
    if not np.isfinite(focal2) or not least < focal2 < most:
        return None
    flat = np.array([1 / focal2, 1 / focal2, 1.0])
    ratio = sqrt(float((n2 * flat) @ n2) / float((n3 * flat) @ n3))
    return ratio if 0.1 < ratio < 10 else None


def _coefficients(points: list[Point], width: int, height: int) -> tuple[float, ...]:
    """Of the projective map from the page to the photograph, as Pillow wants them."""
    page = [(0, 0), (width, 0), (width, height), (0, height)]
    rows, values = [], []
    for (u, v), (x, y) in zip(page, points, strict=True):
        rows += [[u, v, 1, 0, 0, 0, -u * x, -v * x], [0, 0, 0, u, v, 1, -u * y, -v * y]]
        values += [x, y]
    return tuple(float(c) for c in np.linalg.solve(np.array(rows, float), np.array(values)))


def _whole(image: Image.Image) -> Image.Image:
    """No sheet was pointed out: the picture itself, its lines of writing made level."""
    image.thumbnail((LONG, LONG), Resampling.LANCZOS)
    angle = skew(image)
    if abs(angle) < _LEAST_ANGLE:
        return image
    return image.rotate(angle, Resampling.BICUBIC, fillcolor=_paper(image))


def skew(image: Image.Image) -> float:
    """Degrees by which to turn the picture (anticlockwise) so that writing runs level; 0.0 where none is.

    Where lines of writing lie level, rows of dots are either dark or light: their sums vary most.
    """
    grey = image.convert("L")
    grey.thumbnail((600, 600))
    dark = np.asarray(grey, np.float32)
    ink = Image.fromarray(np.where(dark < dark.mean() - 0.8 * dark.std(), 255, 0).astype(np.uint8))
    margin = ink.width // 10, ink.height // 10
    inner = (margin[0], margin[1], ink.width - margin[0], ink.height - margin[1])

    def unrest(angle: float) -> float:
        sums = np.asarray(ink.rotate(angle).crop(inner), np.float32).sum(axis=1)
        return float(np.square(np.diff(sums)).sum())

    found = [unrest(float(angle)) for angle in _ANGLES]
    level = found[len(_ANGLES) // 2]
    best = int(np.argmax(found))
    return float(_ANGLES[best]) if found[best] > 1.15 * level and 0 < best < len(_ANGLES) - 1 else 0.0


def _paper(image: Image.Image) -> tuple[int, int, int]:
    """The colour of the lightest quarter."""
    small = np.asarray(image.resize((32, 32))).reshape(-1, 3)
    lightest = small[small.sum(axis=1).argsort()[-256:]]
    red, green, blue = (int(v) for v in np.median(lightest, axis=0))
    return red, green, blue


def _balanced(page: Image.Image) -> Image.Image:
    """Paper made nearly white and ink nearly black, within limits: stamps keep their colour."""
    dots = np.asarray(page.resize((200, 280))).reshape(-1, 3).astype(float)
    white = np.percentile(dots, 92, axis=0)
    if white.min() < 70:  # dark all over: no paper to go by
        return page
    black = min(60.0, float(np.percentile(dots.mean(axis=1), 1)) * 0.8)
    tables: list[int] = []
    for top in white:
        gain = min(1.7, 250 / max(1.0, float(top) - black))
        tables += [int(np.clip((v - black) * gain, 0, 255)) for v in range(256)]
    return page.point(tables)


def _packed(page: Image.Image) -> bytes:
    """A baseline JPEG of at most LARGEST_PAGE bytes, without anything but the picture."""
    while True:
        for quality in _QUALITIES:
            data = jpeg(page, quality)
            if len(data) <= LARGEST_PAGE:
                return data
        page = page.resize((page.width * 3 // 4, page.height * 3 // 4), Resampling.LANCZOS)


def jpeg(page: Image.Image, quality: int) -> bytes:
    out = io.BytesIO()
    bare = Image.frombytes("RGB", page.size, page.tobytes())  # no EXIF, no profile, no comment
    bare.save(out, "JPEG", quality=quality, optimize=True, dpi=(DPI, DPI))
    return out.getvalue()
