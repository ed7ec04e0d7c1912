"""全景导览图 as a PDF to print or to send: A4, as many pages as it takes, every node whole on one of them."""

from collections.abc import Iterator
from dataclasses import replace

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMarginsF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPageLayout, QPageSize, QPainter, QPdfWriter

from app.texts import Texts
from ui.pages.catalog.panorama_layout import HEAD, Panorama
from ui.pages.catalog.panorama_paint import PanoramaPainter, Scene
from ui.widgets.kit import Kit

MARGIN_MM, DOTS = 12.0, 300
TITLE, FOOT = 44.0, 28.0  # px at the picture's own scale


def panorama_pdf(kit: Kit, texts: Texts, font: QFont, scene: Scene, title: str, foot: str) -> bytes:
    """Drawn in the calling thread; nothing is at hand in it."""
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    writer.setResolution(DOTS)
    writer.setTitle(title)
    writer.setPageSize(QPageSize(QPageSize.PageSizeId.A4))
    for turned in (QPageLayout.Orientation.Landscape, QPageLayout.Orientation.Portrait):
        writer.setPageOrientation(turned)
        margins = QMarginsF(MARGIN_MM, MARGIN_MM, MARGIN_MM, MARGIN_MM)
        writer.setPageMargins(margins, QPageLayout.Unit.Millimeter)
        scale = writer.width() / scene.picture.width
        tall = writer.height() / scale - TITLE - FOOT
        if scene.picture.height <= tall:  # on its side only where one page is enough then
            break
    drawing = PanoramaPainter(kit, texts, font)
    p = QPainter(writer)
    tops = list(pages(scene.picture, tall))
    for number, top in enumerate(tops, start=1):
        if number > 1:
            writer.newPage()
        p.resetTransform()
        p.scale(scale, scale)
        of = texts.say("bundle.page", n=number, total=len(tops))
        _frame(p, kit, font, scene.picture.width, tall, (title, texts["ui.dot"].join((foot, of))))
        p.setClipRect(QRectF(0, TITLE, scene.picture.width, tall))
        p.translate(0, TITLE - top)
        drawing.paint(p, replace(scene, at="", focused=False, top=top, tall=tall))
        p.setClipping(False)
    p.end()
    buffer.close()
    return bytes(data.data())


def pages(picture: Panorama, tall: float) -> Iterator[float]:
    """Where each page begins: what one page cuts stands whole on the next, below its head."""
    top = 0.0
    while True:
        yield top
        cut = [n.y for n in picture.nodes if n.y + n.h > top + tall and n.key]
        following = min(cut, default=None)
        if following is None or following - HEAD <= top:
            return
        top = following - HEAD


def _frame(p: QPainter, kit: Kit, font: QFont, width: int, tall: float, words: tuple[str, str]) -> None:
    for at, text, px, bold, ink in (
        (QRectF(0, 0, width, TITLE), words[0], 18, True, kit.pal.ink),
        (QRectF(0, TITLE + tall, width, FOOT), words[1], 11, False, kit.pal.muted),
    ):
        like = QFont(font)
        like.setPixelSize(px)
        like.setBold(bold)
        p.setFont(like)
        p.setPen(QColor(ink))
        p.drawText(at, Qt.AlignmentFlag.AlignVCenter, text)
