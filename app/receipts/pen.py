"""Drawing on a PDF page in millimetres from the top left corner, with our fonts only.

Three things reportlab would get wrong are put right here: text is cut into runs so that
every character has a font; the ToUnicode map of each subset is written anew, in UTF-16BE,
because reportlab's breaks above U+FFFF (欧阳𬭚 would extract as 欧阳ⲵ); and the page starts
with our font, so that no unembedded Helvetica is named in the file.
"""

from datetime import datetime, timedelta
from functools import cache
from io import BytesIO
from typing import Any, Final, Literal

from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import SUBSETN, TTFont
from reportlab.pdfgen.canvas import Canvas

from app.ports import Picture
from app.receipts import fonts
from app.receipts.qr import Matrix

PAGE_WIDTH, PAGE_HEIGHT = 210.0, 297.0
POINT = 25.4 / 72  # mm
BLACK, GREY, LIGHT, FAINT = 0.0, 0.27, 0.55, 0.93

_FILL: Final = 0  # text rendering modes (ISO 32000-1, 9.3.6)
_OUTLINED: Final = 2
# A fallback face is a Ming face; its hairlines, 0.02 em, are lost in print at 200 dpi.  The outline in ems:
_STRONG, _STRONGER = 0.025, 0.05

Align = Literal["left", "centre", "right"]


class _Font(TTFont):
    """A TrueType font whose text can be searched and copied, rare characters included."""

    def addObjects(self, doc: Any) -> None:
        subsets = [list(subset) for subset in self.state[doc].subsets]
        super().addObjects(doc)
        for number, subset in enumerate(subsets):
            base = b"".join((SUBSETN(number), b"+", self.face.name, self.face.subfontNameX)).decode("pdfdoc")
            doc.idToObject[f"toUnicodeCMap:{base}"].content = _to_unicode(base, subset)


def _to_unicode(name: str, subset: list[int]) -> str:
    """A ToUnicode CMap (ISO 32000-1, 9.10.3): code of one byte → UTF-16BE, at most 100 lines a block."""
    lines = [
        f"<{code:02X}> <{chr(point).encode('utf-16-be').hex().upper()}>" for code, point in enumerate(subset)
    ]
    blocks = [lines[i : i + 100] for i in range(0, len(lines), 100)]
    body = "\n".join(f"{len(b)} beginbfchar\n" + "\n".join(b) + "\nendbfchar" for b in blocks)
    return (
        "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n"
        f"/CIDSystemInfo << /Registry ({name}) /Ordering ({name}) /Supplement 0 >> def\n"
        f"/CMapName /{name} def\n/CMapType 2 def\n1 begincodespacerange\n<00> <FF>\nendcodespacerange\n"
        f"{body}\nendcmap\nCMapName currentdict /CMap defineresource pop\nend\nend"
    )


@cache
def _registered(font: fonts.FontFile) -> _Font:
    """reportlab's view of a font file, read once (0.1 s for our own, 0.4 s for a Hanazono)."""
    loaded = _Font(f"Receipt-{font.name}", str(font.path))
    pdfmetrics.registerFont(loaded)
    return loaded


@cache
def _advance(character: str, bold: bool) -> float:
    """Width of one character as it is printed, at size 1."""
    total = 0.0
    for run in fonts.load().runs(character, bold):
        face: Any = _registered(run.font).face
        total += sum(float(face.getCharWidth(ord(c))) for c in run.text)
    return total / 1000


def measure(text: str, size: float, bold: bool = False) -> float:
    """Width in mm of `text` at `size` points."""
    return size * POINT * sum(_advance(character, bold) for character in text)


def _date(canvas: Any, at: datetime) -> None:
    """Let the file say when it was made: reportlab's invariant mode would say 2000."""
    offset = at.utcoffset() or timedelta(0)
    stamp = canvas._doc._timeStamp
    stamp.YMDhms = at.timetuple()[:6]
    stamp.dhh, stamp.dmm = divmod(int(offset.total_seconds()) // 60, 60)


class Pen:
    """A page, or several.  Sizes of type in points, everything else in mm; `y` grows downwards."""

    def __init__(self, title: str, subject: str, author: str, made_at: datetime) -> None:
        self._fonts = fonts.load()
        self._file = BytesIO()
        first = _registered(self._fonts.regular)
        page = (PAGE_WIDTH * mm, PAGE_HEIGHT * mm)
        name: Any = first.fontName  # the stubs take it for a number
        self._canvas = Canvas(
            self._file, page, invariant=1, pageCompression=1, initialFontName=name, lang="zh-CN"
        )
        self._canvas.setTitle(title)
        self._canvas.setSubject(subject)
        self._canvas.setAuthor(author)
        _date(self._canvas, made_at)
        self._canvas.setCreator("guanjia-zongchuang")
        self._canvas.setProducer("reportlab, pyHanko")

    def say(
        self,
        x: float,
        y: float,
        text: str,
        size: float,
        *,
        bold: bool = False,
        align: Align = "left",
        grey: float = BLACK,
    ) -> float:
        """Draw one line with its base line at `y`; returns its width."""
        width = measure(text, size, bold)
        x -= {"left": 0.0, "centre": width / 2, "right": width}[align]
        line = self._canvas.beginText(x * mm, (PAGE_HEIGHT - y) * mm)
        line.setFillGray(grey)
        for run in self._fonts.runs(text, bold):
            line.setFont(_registered(run.font).fontName, size)
            own = run.font in (self._fonts.regular, self._fonts.bold)
            line.setTextRenderMode(_FILL if own else _OUTLINED)
            line.textOut(run.text)
        self._canvas.saveState()  # how text is rendered would outlast the line
        self._canvas.setStrokeGray(grey)
        self._canvas.setLineWidth(size * (_STRONGER if bold else _STRONG))
        self._canvas.drawText(line)
        self._canvas.restoreState()
        return width

    def line(
        self, x1: float, y1: float, x2: float, y2: float, width: float = 0.25, grey: float = BLACK
    ) -> None:
        self._canvas.setStrokeGray(grey)
        self._canvas.setLineWidth(width * mm)
        self._canvas.line(x1 * mm, (PAGE_HEIGHT - y1) * mm, x2 * mm, (PAGE_HEIGHT - y2) * mm)

    def frame(
        self,
        x: float,
        y: float,
        w: float,
        h: float,
        width: float = 0.2,
        *,
        dash: bool = False,
        grey: float = BLACK,
    ) -> None:
        self._canvas.setStrokeGray(grey)
        self._canvas.setLineWidth(width * mm)
        self._canvas.setDash([3, 2] if dash else [])
        self._canvas.rect(x * mm, (PAGE_HEIGHT - y - h) * mm, w * mm, h * mm)
        self._canvas.setDash([])

    def fill(self, x: float, y: float, w: float, h: float, grey: float = BLACK) -> None:
        self._canvas.setFillGray(grey)
        self._canvas.rect(x * mm, (PAGE_HEIGHT - y - h) * mm, w * mm, h * mm, stroke=0, fill=1)

    def modules(self, x: float, y: float, side: float, cells: Matrix) -> None:
        """A QR as one vector path, a rectangle for each run of dark modules: no hairlines between them."""
        step = side / len(cells)
        path = self._canvas.beginPath()
        for row, line in enumerate(cells):
            bottom = (PAGE_HEIGHT - y - (row + 1) * step) * mm
            for first, length in _dark_runs(line):
                path.rect((x + first * step) * mm, bottom, length * step * mm, step * mm)
        self._canvas.setFillGray(BLACK)
        self._canvas.drawPath(path, stroke=0, fill=1)

    def barcode(self, x: float, y: float, w: float, h: float, text: str) -> None:
        """Code 128 without its text, `w` wide."""
        from reportlab.graphics.barcode.code128 import Code128

        narrow = Code128(text, barWidth=1, quiet=0)
        bars = Code128(text, barWidth=w * mm / narrow.width, barHeight=h * mm, quiet=0)
        self._canvas.setFillGray(BLACK)
        bars.drawOn(self._canvas, x * mm, (PAGE_HEIGHT - y - h) * mm)

    def watermark(self, text: str, size: float) -> None:
        """Large and pale across the middle of the page, below what is drawn afterwards."""
        self._canvas.saveState()
        self._canvas.translate(PAGE_WIDTH / 2 * mm, PAGE_HEIGHT / 2 * mm)
        self._canvas.rotate(32)
        line = self._canvas.beginText(-measure(text, size, True) / 2 * mm, -size * 0.38)
        line.setFillGray(FAINT)
        line.setFont(_registered(self._fonts.bold).fontName, size)
        line.textOut(text)
        self._canvas.drawText(line)
        self._canvas.restoreState()

    def picture(self, x: float, y: float, w: float, h: float, picture: Picture) -> None:
        """As large as fits, standing on the lower left corner of the frame; near white stays clear."""
        from PIL import Image
        from reportlab.lib.utils import ImageReader

        image = Image.frombytes("RGB", (picture.width, picture.height), picture.rgb)
        scale = min(w / picture.width, h / picture.height)
        size = (picture.width * scale * mm, picture.height * scale * mm)
        at = (x * mm, (PAGE_HEIGHT - y - h) * mm)
        self._canvas.drawImage(ImageReader(image), *at, *size, mask=[240, 255] * 3)

    def next_page(self) -> None:
        self._canvas.showPage()

    def finish(self) -> bytes:
        self._canvas.showPage()
        self._canvas.save()
        return self._file.getvalue()


def _dark_runs(line: list[bool]) -> list[tuple[int, int]]:
    """Start and length of every run of dark modules."""
    runs: list[tuple[int, int]] = []
    for at, dark in enumerate(line):
        if dark and runs and sum(runs[-1]) == at:
            runs[-1] = (runs[-1][0], runs[-1][1] + 1)
        elif dark:
            runs.append((at, 1))
    return runs
