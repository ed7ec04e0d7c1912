"""What PDFium does for us: a page as a picture, and the files embedded in a PDF."""

from typing import Any

from app.pdfium_lock import PDFIUM
from app.ports import Picture


def pictures(pdf: bytes, width_px: int) -> list[Picture]:
    """Each page, `width_px` wide, on white.  Raises ValueError for what is not a PDF."""
    import pypdfium2

    with PDFIUM:
        document: Any = _opened(pypdfium2, pdf)
        try:
            return [_picture(page, width_px) for page in document]
        finally:
            document.close()


def _picture(page: Any, width_px: int) -> Picture:
    image = page.render(scale=width_px / page.get_width()).to_pil().convert("RGB")
    image = image.crop((0, 0, width_px, image.height))
    return Picture(image.width, image.height, image.tobytes())


def page_count(pdf: bytes) -> int:
    """Raises ValueError for what is not a PDF."""
    import pypdfium2

    with PDFIUM:
        document: Any = _opened(pypdfium2, pdf)
        try:
            return len(document)
        finally:
            document.close()


def attachments(pdf: bytes) -> list[tuple[str, bytes]]:
    """Name and content of every embedded file.  Raises ValueError for what is not a PDF."""
    import pypdfium2

    with PDFIUM:
        document: Any = _opened(pypdfium2, pdf)
        try:
            found = [document.get_attachment(n) for n in range(document.count_attachments())]
            return [(file.get_name(), bytes(file.get_data())) for file in found]
        except pypdfium2.PdfiumError as error:
            raise ValueError("damaged attachment") from error
        finally:
            document.close()


def _opened(library: Any, pdf: bytes) -> Any:
    try:
        return library.PdfDocument(pdf)
    except library.PdfiumError as error:
        raise ValueError("not a PDF") from error
