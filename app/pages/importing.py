"""Files a person brings: read to the end, checked, and rid of what is not a page.

Pictures are packed anew without EXIF (a phone writes there where it was).  A PDF is looked at
as PDFium rewrites it, without object streams: if nothing in it acts (scripts, programs,
embedded files, forms of their own kind) it is kept as it came, with any signature on it
intact.  Otherwise its pages are copied into a new document with their annotations flattened;
if even that acts, it is refused.
"""

import re
from io import BytesIO
from typing import Any

from PIL import Image
from PIL.Image import Resampling

from app.domain.material_file import LARGEST_FILE, MEGABYTE, MediaType, media_type_of
from app.domain.page import MOST_PAGES, Imported
from app.errors import (
    FileActiveError,
    FileDamagedError,
    FileEmptyError,
    FileKindError,
    FileLockedError,
    FileNameError,
    FileTooLargeError,
    TooManyPagesError,
)
from app.pages.straightening import jpeg, upright
from app.pdfium_lock import PDFIUM

LONGEST = 3508  # px: A4 at 300 dots an inch
PNG_KEPT = 2 * MEGABYTE  # a screen's picture stays sharp; a photograph in a PNG does not stay that large
_PICTURES = (".jpg", ".jpeg", ".png")
_ENDS = b"%%EOF"
_TAIL = 2048  # bytes in which the end mark has to be; some writers leave blanks behind it
_NEEDS_PASSWORD = 4  # FPDF_ERR_PASSWORD
_ACTS = re.compile(
    rb"/(?:JavaScript|JS|Launch|EmbeddedFiles?|AA|OpenAction|XFA|RichMedia|SubmitForm|ImportData|GoToE|"
    rb"Rendition|Movie|Sound)(?![A-Za-z0-9_.#-])"
)
"""Names of ISO 32000-2 (7.5.7 and 12.6) by which a document does more than show pages."""
_NO_PAGES = re.compile(rb"/Count\s+0\b|/Kids\s*\[\s*\]")
_STREAM = re.compile(rb"\bstream\r?\n.*?\bendstream\b", re.DOTALL)


def read_import(data: bytes, suffix: str) -> Imported:
    """See app.ports.PageTools."""
    if len(data) > LARGEST_FILE:
        raise FileTooLargeError(limit=LARGEST_FILE // MEGABYTE)
    kind = media_type_of(data)
    if kind is None:
        raise FileKindError
    if suffix.lower() in (*_PICTURES, ".pdf") and (suffix.lower() == ".pdf") != (kind is MediaType.PDF):
        raise FileNameError
    return _document(data) if kind is MediaType.PDF else _picture(data, kind)


def _picture(data: bytes, kind: MediaType) -> Imported:
    image = upright(data)
    image.thumbnail((LONGEST, LONGEST), Resampling.LANCZOS)
    if kind is MediaType.PNG:
        out = BytesIO()
        Image.frombytes("RGB", image.size, image.tobytes()).save(out, "PNG", optimize=True)
        if out.tell() <= PNG_KEPT:
            return Imported(out.getvalue(), MediaType.PNG, 1)
    return Imported(jpeg(image, 88), MediaType.JPEG, 1)


def _document(data: bytes) -> Imported:
    import pypdfium2

    if _ENDS not in data[-_TAIL:]:
        raise FileDamagedError
    with PDFIUM:
        document = open_pdf(data)
        try:
            pages = _count(document)
            locked = pypdfium2.raw.FPDF_GetSecurityHandlerRevision(document) != -1
            if not locked and not _acts(_saved(document)):
                return Imported(data, MediaType.PDF, pages)
            copy = _copied(document)
        except pypdfium2.PdfiumError as error:
            raise FileDamagedError from error
        finally:
            document.close()
    if _acts(copy):
        raise FileActiveError
    return Imported(copy, MediaType.PDF, pages)


def open_pdf(data: bytes) -> Any:
    """Under the lock; the caller closes it.  Raises FileLockedError, FileEmptyError, FileDamagedError.

    PDFium refuses a document without pages like a broken one, and then leaves its last error code as it was.
    """
    import pypdfium2

    try:
        return pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if getattr(error, "err_code", 0) == _NEEDS_PASSWORD and b"/Encrypt" in data:
            raise FileLockedError from error
        if _NO_PAGES.search(data):
            raise FileEmptyError from error
        raise FileDamagedError from error


def _count(document: Any) -> int:
    """Pages that can all be opened.  Raises FileEmptyError, TooManyPagesError."""
    if not len(document):
        raise FileEmptyError
    if len(document) > MOST_PAGES:
        raise TooManyPagesError(limit=MOST_PAGES)
    for number in range(len(document)):
        document[number].close()
    return len(document)


def _saved(document: Any) -> bytes:
    out = BytesIO()
    document.save(out)
    return out.getvalue()


def _copied(document: Any) -> bytes:
    """The pages alone: what lies on them is drawn into them, what belongs to the document stays behind."""
    import pypdfium2
    import pypdfium2.raw as raw

    copy = pypdfium2.PdfDocument.new()
    try:
        copy.import_pages(document)
        for number in range(len(copy)):
            page = copy[number]
            raw.FPDFPage_Flatten(page, raw.FLAT_NORMALDISPLAY)
            page.close()
        return _saved(copy)
    finally:
        copy.close()


def _acts(plain: bytes) -> bool:
    """Whether any name outside the streams of a rewritten PDF does something."""
    return _ACTS.search(_STREAM.sub(b"", plain)) is not None
