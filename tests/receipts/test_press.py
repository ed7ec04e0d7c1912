"""Previews: the paper as it will be, in the size asked for, and nothing that could pass for genuine."""

from PIL import Image

from app import texts
from app.domain.printing import PagePart, PaperForm
from app.ports import Picture, ReceiptPress, Sealer
from app.receipts.press import Press
from tests import qr_readers
from tests.receipts.samples import crowded, receipt, station

PRESS = Press(texts.load())


def image(picture: Picture) -> Image.Image:
    assert len(picture.rgb) == picture.width * picture.height * 3
    return Image.frombytes("RGB", (picture.width, picture.height), picture.rgb)


def grey_share(shown: Image.Image) -> float:
    counts = shown.convert("L").histogram()
    return sum(counts[200:245]) / sum(counts)


def test_the_adapters_fit_their_ports() -> None:
    press: ReceiptPress = PRESS
    sealer: Sealer = station().sealer
    assert press and sealer.key_id == station().entry.key_id


def test_previews_have_the_width_asked_for_and_the_shape_of_the_paper() -> None:
    for width in (300, 333, 600):
        page = PRESS.preview(receipt(number=""), PaperForm.A4, width, (PagePart.APPLICANT,))
        assert page.width == width and abs(page.height / width - 297 / 210) < 0.01
        both = PRESS.preview(receipt(number=""), PaperForm.A4, width)
        assert both.width == width and both.height > 2 * page.height
        slip = PRESS.preview(receipt(number=""), PaperForm.SLIP, width)
        assert slip.width == width and slip.height > 2 * width


def test_previews_are_watermarked_and_hold_no_code() -> None:
    for form in PaperForm:
        shown = image(PRESS.preview(receipt(demo=False), form, 900))
        assert 0.02 < grey_share(shown) < 0.3
        assert not qr_readers.zxing(shown)


def test_a_preview_changes_with_what_was_entered() -> None:
    for form in PaperForm:
        first = PRESS.preview(receipt(number=""), form, 600)
        again = PRESS.preview(receipt(number=""), form, 600)
        other = PRESS.preview(receipt(number="", applicant_name="演示·别人"), form, 600)
        assert first == again and first != other


def test_a_long_slip_is_shown_whole() -> None:
    short = PRESS.preview(receipt(number=""), PaperForm.SLIP, 400)
    long = PRESS.preview(crowded(40), PaperForm.SLIP, 400)
    assert long.height > short.height * 2
    foot = image(long).crop((0, long.height - 200, 400, long.height)).convert("L")
    assert min(foot.tobytes()) < 60
