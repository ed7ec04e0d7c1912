"""A page of a kept file as a picture for the screen."""

from PIL.Image import Resampling

from app.domain.material_file import MediaType, media_type_of
from app.errors import FileDamagedError
from app.pages.importing import open_pdf
from app.pages.straightening import upright
from app.pdfium_lock import PDFIUM
from app.ports import Picture

TALLEST = 8000  # px; a page may claim to be a mile long


def show(data: bytes, page: int, width_px: int) -> Picture:
    """See app.ports.PageTools."""
    if media_type_of(data) is MediaType.PDF:
        return _pdf_page(data, page, width_px)
    image = upright(data)
    height = max(1, min(TALLEST, round(image.height * width_px / image.width)))
    shown = image.resize((width_px, height), Resampling.LANCZOS)
    return Picture(shown.width, shown.height, shown.tobytes())


def _pdf_page(data: bytes, number: int, width_px: int) -> Picture:
    import pypdfium2

    with PDFIUM:
        document = open_pdf(data)
        try:
            page = document[number]
            width, height = page.get_size()
            scale = min(width_px / width, TALLEST / height)
            image = page.render(scale=scale).to_pil().convert("RGB")
        except (pypdfium2.PdfiumError, ZeroDivisionError) as error:
            raise FileDamagedError from error
        finally:
            document.close()
    return Picture(image.width, image.height, image.tobytes())
