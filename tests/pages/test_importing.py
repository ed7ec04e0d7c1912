"""Files a person brings: kept as they are, or without what they should not tell, or refused."""

import io
import struct
import zlib

import pypdfium2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas

from app.domain.material_file import LARGEST_FILE, MediaType, media_type_of
from app.domain.page import MOST_PAGES
from app.errors import (
    FileActiveError,
    FileDamagedError,
    FileEmptyError,
    FileKindError,
    FileLockedError,
    FileNameError,
    FileTooLargeError,
    PictureTooLargeError,
    RuleError,
    TooManyPagesError,
)
from app.pages.tools import Tools
from app.texts import load
from tests.pages import table

TOOLS = Tools()


STAMP = b"<< /Type /Annot /Subtype /Stamp /F 4 /Rect [ 50 50 150 150 ] /AP << /N 4 0 R >> >>"
LOOK = b"<< /Type /XObject /Subtype /Form /BBox [ 0 0 100 100 ] /Length 25 >>"
LOOK += b"\nstream\n1 0 0 rg 0 0 100 100 re f\nendstream"
LINK = b"<< /Type /Annot /Subtype /Link /Rect [ 0 0 9 9 ] /A << /S /Launch /F (x) >> >>"


def pdf(pages: int = 1, encrypt: StandardEncryption | None = None) -> bytes:
    out = io.BytesIO()
    canvas = Canvas(out, encrypt=encrypt, invariant=1)
    for number in range(pages):
        canvas.drawString(100, 700, f"page {number + 1}")
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def written(*objects: bytes) -> bytes:
    """A PDF of these objects; PDFium finds them by itself."""
    body = b"".join(b"%d 0 obj\n%s\nendobj\n" % (n, o) for n, o in enumerate(objects, 1))
    return b"%PDF-1.7\n" + body + b"trailer\n<< /Root 1 0 R /Size %d >>\n%%%%EOF\n" % (len(objects) + 1)


PLAIN = b"<< /Type /Catalog /Pages 2 0 R >>"
RUNS = b"<< /Type /Catalog /Pages 2 0 R /OpenAction << /S /JavaScript /JS (app.alert\\(1\\)) >> >>"
PAGES = b"<< /Type /Pages /Kids [ 3 0 R ] /Count 1 >>"
PAGE = b"<< /Type /Page /Parent 2 0 R /MediaBox [ 0 0 200 200 ] >>"
ACTING = {
    "script": written(RUNS, PAGES, PAGE),
    "hidden name": written(RUNS.replace(b"/JavaS", b"/Java#53").replace(b"/JS", b"/J#53"), PAGES, PAGE),
    "link that starts a program": written(PLAIN, PAGES, PAGE[:-2] + b"/Annots [ " + LINK + b" ] >>"),
}


def saved(document: pypdfium2.PdfDocument) -> bytes:
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def with_attachment() -> bytes:
    document = pypdfium2.PdfDocument(pdf())
    document.new_attachment("x.exe").set_data(b"MZ")
    return saved(document)


def bomb(side: int) -> bytes:
    """A PNG of so many dots a side, whose bytes would unpack to them."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(b"\0" * 1000))
        + chunk(b"IEND", b"")
    )


def jpeg() -> bytes:
    return table.jpeg(table.paper(620, 877))


def test_a_plain_document_is_kept_as_it_came() -> None:
    kept = TOOLS.read_import(pdf(3), ".pdf")
    assert (kept.data, kept.media_type, kept.pages) == (pdf(3), MediaType.PDF, 3)


@pytest.mark.parametrize("name", ACTING)
def test_what_acts_is_left_behind(name: str) -> None:
    kept = TOOLS.read_import(ACTING[name], ".pdf")
    assert kept.pages == 1
    assert not any(word in kept.data for word in (b"JavaScript", b"/JS", b"Launch", b"OpenAction"))
    assert TOOLS.read_import(kept.data, ".pdf") == kept


def test_an_embedded_file_is_left_behind() -> None:
    kept = TOOLS.read_import(with_attachment(), ".pdf")
    assert b"EmbeddedFile" not in kept.data
    assert pypdfium2.PdfDocument(kept.data).count_attachments() == 0


def test_what_acts_on_the_page_itself_is_refused() -> None:
    action = b"/AA << /O << /S /JavaScript /JS (1) >> >> >>"
    acting = written(PLAIN, PAGES, PAGE[:-2] + action)
    with pytest.raises(FileActiveError):
        TOOLS.read_import(acting, ".pdf")


def test_what_a_form_was_filled_with_stays_to_be_read() -> None:
    """Annotations are drawn into the page before they go."""
    acting = written(RUNS, PAGES, PAGE[:-2] + b"/Annots [ " + STAMP + b" ] >>", LOOK)
    kept = TOOLS.read_import(acting, ".pdf")
    shown = TOOLS.show(kept.data, 0, 200)
    middle = 3 * (100 * 200 + 100)
    assert shown.rgb[middle : middle + 3] == b"\xff\0\0"


def test_a_document_locked_for_editing_only_is_unlocked() -> None:
    kept = TOOLS.read_import(pdf(2, StandardEncryption("", ownerPassword="boss", canPrint=0)), ".pdf")
    assert kept.pages == 2
    assert b"/Encrypt" not in kept.data


@pytest.mark.parametrize(
    ("data", "suffix", "error"),
    [
        (pdf(1, StandardEncryption("secret")), ".pdf", FileLockedError),
        (saved(pypdfium2.PdfDocument.new()), ".pdf", FileEmptyError),
        (pdf(MOST_PAGES + 1), ".pdf", TooManyPagesError),
        (pdf()[:-200], ".pdf", FileDamagedError),
        (b"%PDF-1.7\nnothing\n%%EOF", ".pdf", FileDamagedError),
        (pdf(), ".jpg", FileNameError),
        (jpeg(), ".pdf", FileNameError),
        (jpeg()[:-5000], ".jpg", FileDamagedError),
        (jpeg()[:20], ".jpg", FileDamagedError),
        (bomb(30_000), ".png", PictureTooLargeError),
        (bomb(200), ".png", FileDamagedError),
        (b"MZ\x90\0", ".exe", FileKindError),
        (b"", "", FileKindError),
        (b"GIF89a", ".jpg", FileKindError),
    ],
)  # fmt: skip
def test_others_are_refused_with_a_sentence(data: bytes, suffix: str, error: type[RuleError]) -> None:
    with pytest.raises(error) as caught:
        TOOLS.read_import(data, suffix)
    assert type(caught.value) is error
    assert "{" not in load().error(caught.value)


def test_what_is_too_long_is_refused_unread() -> None:
    with pytest.raises(FileTooLargeError):
        TOOLS.read_import(b"%PDF-" + bytes(LARGEST_FILE), ".pdf")


def test_a_picture_tells_nothing_but_the_picture() -> None:
    exif = Image.Exif()
    exif[0x0112] = 8
    exif[0x8825] = {1: "N", 2: (23.0, 1.0, 0.0)}  # where the phone was
    kept = TOOLS.read_import(table.jpeg(Image.new("RGB", (600, 400), "white"), exif=exif), ".JPG")
    image = Image.open(io.BytesIO(kept.data))
    assert (image.size, dict(image.getexif()), kept.pages) == ((400, 600), {}, 1)


def test_a_screen_picture_stays_sharp_and_a_misnamed_one_is_known() -> None:
    out = io.BytesIO()
    Image.new("RGBA", (300, 200), (255, 0, 0, 128)).save(out, "PNG")
    kept = TOOLS.read_import(out.getvalue(), ".jpg")
    assert kept.media_type is MediaType.PNG
    assert Image.open(io.BytesIO(kept.data)).getpixel((5, 5)) == (255, 127, 127)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_a_spoilt_file_is_refused_or_kept_whole(data: st.DataObject) -> None:
    """Cut or changed anywhere: a RuleError, or a file that can be shown."""
    good = data.draw(st.sampled_from((jpeg(), pdf(2), with_attachment(), *ACTING.values())))
    spoilt = bytearray(good[: data.draw(st.integers(0, len(good)))])
    for _ in range(data.draw(st.integers(0, 4))):
        if spoilt:
            spoilt[data.draw(st.integers(0, len(spoilt) - 1))] = data.draw(st.integers(0, 255))
    try:
        kept = TOOLS.read_import(bytes(spoilt))
    except RuleError:
        return
    assert media_type_of(kept.data) is kept.media_type
    assert TOOLS.show(kept.data, kept.pages - 1, 100).width == 100
