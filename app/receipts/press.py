"""Papers that need no key: the bytes of slips, and the preview of either paper."""

from collections.abc import Callable, Sequence
from datetime import datetime
from io import BytesIO

from PIL import Image, ImageDraw, ImageFont

from app.domain.printing import BOTH_PARTS, PagePart, PaperForm, SlipPaper
from app.domain.readiness import ReadinessSheet
from app.domain.receipt import IssuedReceipt, Receipt
from app.ports import Picture
from app.receipts import fonts
from app.receipts.escpos import PLAIN_PAPER
from app.receipts.facts import Facts, Impression, of_draft, of_issued
from app.texts import Texts

_MARGIN = 32  # dots of paper beside the printable width: 4 mm
_SPECIMEN_GREY = 222
_GAP = 40  # the desk between two sheets of a preview is a fortieth of their width
_DESK = (205, 208, 212)


class Press:
    """Implements app.ports.ReceiptPress.  `now`: the time of printing; `previewed`: the roll of a preview."""

    def __init__(
        self,
        texts: Texts,
        now: Callable[[], datetime] | None = None,
        previewed: SlipPaper = PLAIN_PAPER,
    ) -> None:
        self._texts, self._now, self._previewed = texts, now, previewed

    def slip(
        self, issued: IssuedReceipt, paper: SlipPaper, copy_no: int = 1, platform_number: str = ""
    ) -> bytes:
        from app.receipts.slip import slip_bytes

        printed_at = self._now() if self._now else issued.receipt.received_at
        impression = Impression(copy_no, platform_number, printed_at)
        return slip_bytes(of_issued(issued, self._texts, impression), paper)

    def a4(
        self,
        issued: IssuedReceipt,
        copy_no: int = 1,
        platform_number: str = "",
        parts: Sequence[PagePart] = BOTH_PARTS,
        signature: bytes = b"",
    ) -> bytes:
        from app.receipts import pdf

        printed_at = self._now() if self._now else issued.receipt.received_at
        impression = Impression(copy_no, platform_number, printed_at)
        return pdf.draw_parts(of_issued(issued, self._texts, impression), parts, _drawn(signature))

    def test_slip(self, paper: SlipPaper, lines: Sequence[str]) -> bytes:
        from app.receipts.trial_slip import trial_slip

        return trial_slip(self._texts, paper, lines)

    def preview(
        self, receipt: Receipt, form: PaperForm, width_px: int, parts: Sequence[PagePart] = BOTH_PARTS
    ) -> Picture:
        facts = of_draft(receipt, self._texts)
        return self._slip(facts, width_px) if form is PaperForm.SLIP else _pages(facts, width_px, parts)

    def readiness_slip(self, sheet: ReadinessSheet, paper: SlipPaper) -> bytes:
        from app.receipts import readiness_paper

        return readiness_paper.slip(sheet, self._texts, paper)

    def readiness_page(self, sheet: ReadinessSheet) -> bytes:
        from app.receipts import readiness_paper

        return readiness_paper.page(sheet, self._texts)

    def qr_matrix(self, text: str) -> tuple[tuple[bool, ...], ...]:
        from app.receipts.qr import matrix

        return tuple(tuple(line) for line in matrix(text))

    def _slip(self, facts: Facts, width_px: int) -> Picture:
        from app.receipts.slip import slip_picture

        dots = slip_picture(facts, self._previewed)
        paper = Image.new("L", (dots.width + 2 * _MARGIN, dots.height + 3 * _MARGIN), 255)
        paper.paste(dots, (_MARGIN, _MARGIN))
        _specimen(paper, facts.word("specimen_mark"))
        height = round(paper.height * width_px / paper.width)
        image = paper.resize((width_px, height), Image.Resampling.LANCZOS).convert("RGB")
        return Picture(image.width, image.height, image.tobytes())


def _pages(facts: Facts, width_px: int, parts: Sequence[PagePart]) -> Picture:
    """One sheet under the other."""
    from app.receipts import pdf, pdfium

    sheets = pdfium.pictures(pdf.draw_parts(facts, parts), width_px)
    if len(sheets) == 1:
        return sheets[0]
    gap = width_px // _GAP
    whole = Image.new("RGB", (width_px, sum(s.height + gap for s in sheets) - gap), _DESK)
    top = 0
    for sheet in sheets:
        whole.paste(Image.frombytes("RGB", (sheet.width, sheet.height), sheet.rgb), (0, top))
        top += sheet.height + gap
    return Picture(whole.width, whole.height, whole.tobytes())


def _drawn(signature: bytes) -> Picture | None:
    """What was drawn on a screen, on white; None for none, and for what cannot be read."""
    if not signature:
        return None
    try:
        with Image.open(BytesIO(signature), formats=("PNG",)) as opened:
            ink = opened.convert("RGBA")
    except (OSError, ValueError, Image.DecompressionBombError):
        return None
    paper = Image.new("RGBA", ink.size, "white")
    paper.alpha_composite(ink)
    plain = paper.convert("RGB")
    return Picture(plain.width, plain.height, plain.tobytes())


def _specimen(paper: Image.Image, word: str) -> None:
    """The word in grey across the paper, behind the black."""
    font = ImageFont.truetype(str(fonts.load().bold.path), paper.width // 3)
    mark = Image.new("L", (paper.width, paper.width), 255)
    draw = ImageDraw.Draw(mark)
    draw.text((paper.width / 2, paper.width / 2), word, font=font, fill=_SPECIMEN_GREY, anchor="mm")
    mark = mark.rotate(32, fillcolor=255)
    for top in range(0, paper.height, paper.width):
        box = (0, top, paper.width, min(top + paper.width, paper.height))
        piece = mark.crop((0, 0, paper.width, box[3] - top))
        dark = paper.crop(box).point([255 if value < 128 else 0 for value in range(256)])
        paper.paste(piece, box[:2])
        paper.paste(0, box, dark)
