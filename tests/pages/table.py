"""A drawn page put on a drawn table and photographed from a known place."""

import io
import random
from dataclasses import dataclass
from functools import cache

import numpy as np
import qrcode
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from app.domain.page import Corners
from app.ports import Picture
from app.texts import RESOURCES

FONT = RESOURCES / "fonts"
TABLES = (
    (52, 40, 30),
    (34, 38, 44),
    (120, 84, 58),
    (98, 104, 110),
    (30, 60, 45),
    (196, 188, 176),
    (60, 70, 120),
)
QR_TEXT = "HTTPS://EXAMPLE.TEST/R/441900A12-0000217"


@cache
def paper(width: int = 1240, height: int = 1754) -> Image.Image:
    """A4 at 150 dots an inch: a title, lines of writing, a frame, a stamp, a QR."""
    page = Image.new("RGB", (width, height), (250, 250, 247))
    draw = ImageDraw.Draw(page)
    file = next(iter(sorted(FONT.glob("*.ttf"))))
    big, small = ImageFont.truetype(str(file), 60), ImageFont.truetype(str(file), 30)
    draw.text((width / 2, 140), "演示申请表（样张）", font=big, fill=(15, 15, 20), anchor="mm")
    for line in range(26):
        words = f"{line + 1:02d} 演示·东方测试 11010519491231002X 东莞市演示街道测试路一号"
        draw.text((110, 240 + 44 * line), words, font=small, fill=(20, 20, 28))
    draw.rectangle((90, 220, width - 90, 1400), outline=(30, 30, 36), width=3)
    draw.ellipse((820, 1430, 1060, 1670), outline=(190, 30, 30), width=9)
    page.paste(qrcode.make(QR_TEXT, box_size=7, border=4).get_image().convert("RGB"), (130, 1430))
    return page


@dataclass(frozen=True)
class Pose:
    """Corners in shares of the photograph, and what the table looks like."""

    corners: Corners
    table: tuple[int, int, int]
    light: float
    slope: float
    noise: float
    seed: int


def pose(seed: int) -> Pose:
    """Turned up to 25°, tilted, off the middle; the whole sheet in the picture."""
    dice = random.Random(seed)
    while True:
        turn = np.radians(dice.uniform(-25, 25))
        nod, lean = np.radians(dice.uniform(-16, 16)), np.radians(dice.uniform(-16, 16))
        sheet = np.array([[-105, -148.5, 0], [105, -148.5, 0], [105, 148.5, 0], [-105, 148.5, 0]])
        placed = sheet @ (_about(2, turn) @ _about(0, nod) @ _about(1, lean)).T
        placed += [dice.uniform(-40, 40), dice.uniform(-15, 15), dice.uniform(420, 560)]
        # The picture is 4 : 3 lying and 1 high; its camera sees 55° across.
        seen = placed[:, :2] / placed[:, 2:] * (2 / 3) / np.tan(np.radians(27.5)) + [2 / 3, 0.5]
        shares = seen / [4 / 3, 1]
        if shares.min() > 0.03 and shares.max() < 0.97:
            corners = tuple((float(x), float(y)) for x, y in shares)
            light, slope, noise = dice.uniform(0.6, 1.0), dice.uniform(0, 0.35), dice.uniform(0, 5)
            return Pose(corners, dice.choice(TABLES), light, slope, noise, seed)


def _about(axis: int, angle: float) -> np.ndarray:
    c, s = np.cos(angle), np.sin(angle)
    i, j = [(1, 2), (0, 2), (0, 1)][axis]
    turned = np.eye(3)
    turned[i, i], turned[i, j], turned[j, i], turned[j, j] = c, -s, s, c
    return turned


def photograph(at: Pose, page: Image.Image, width: int = 1600) -> Image.Image:
    height = width * 3 // 4
    noise = np.random.default_rng(at.seed)
    ground = Image.new("RGB", (width, height), at.table)
    points = [(x * width, y * height) for x, y in at.corners]
    back = coefficients(points, page.width, page.height)
    laid = page.convert("RGBA").transform(
        (width, height), Image.Transform.PERSPECTIVE, back, Image.Resampling.BICUBIC
    )
    mask = laid.getchannel("A")
    shadow = Image.new("L", (width, height), 0)
    shadow.paste(mask.point([v // 3 for v in range(256)]), (5, 6))
    ground.paste((0, 0, 0), mask=shadow.filter(ImageFilter.GaussianBlur(5)))
    ground.paste(laid.convert("RGB"), mask=mask)
    dots = np.asarray(ground, float) * at.light
    dots *= np.linspace(1 - at.slope, 1, width)[None, :, None]
    dots += noise.normal(0, at.noise, dots.shape)
    return Image.fromarray(np.clip(dots, 0, 255).astype(np.uint8)).filter(ImageFilter.GaussianBlur(0.6))


def coefficients(points: list[tuple[float, float]], width: int, height: int) -> tuple[float, ...]:
    """Of the map from the photograph back to the page."""
    rows, values = [], []
    for (u, v), (x, y) in zip([(0, 0), (width, 0), (width, height), (0, height)], points, strict=True):
        rows += [[x, y, 1, 0, 0, 0, -x * u, -y * u], [0, 0, 0, x, y, 1, -x * v, -y * v]]
        values += [u, v]
    return tuple(np.linalg.solve(np.array(rows, float), np.array(values, float)))


def picture(image: Image.Image, width: int = 960) -> Picture:
    small = image.resize((width, image.height * width // image.width), Image.Resampling.BILINEAR)
    return Picture(small.width, small.height, small.tobytes())


def jpeg(image: Image.Image, quality: int = 92, **more: object) -> bytes:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=quality, **more)
    return out.getvalue()


def likeness(page: Image.Image, original: Image.Image) -> float:
    """Correlation of the two as grey pictures of the same size, 1 for the same."""
    size = (620, 877)
    one, other = (
        np.asarray(i.convert("L").resize(size, Image.Resampling.LANCZOS), float) for i in (page, original)
    )
    return float(np.corrcoef(one.ravel(), other.ravel())[0, 1])
