"""What came out of an emulated page printer: the document as it came, and each page as a marked picture."""

from pathlib import Path
from typing import Any

import pypdfium2
from PIL import Image, ImageDraw

PDF = "application/pdf"
_SCALE = 1.6  # of 72 dots an inch
_GREY = 225


def sheets_of(data: bytes, mime: str) -> int:
    """Pages of a document; 1 for what is no PDF."""
    if mime != PDF:
        return 1
    try:
        with pypdfium2.PdfDocument(data) as document:
            return len(document)
    except pypdfium2.PdfiumError:
        return 1


def save_document(folder: Path, number: int, data: bytes, mime: str) -> list[str]:
    """The names of the files made."""
    name = f"doc-{number:04}"
    kept = folder / (f"{name}.pdf" if mime == PDF else f"{name}.bin")
    kept.write_bytes(data)
    if mime != PDF:
        return [kept.name]
    try:
        return [kept.name, *_pictures(folder, name, data)]
    except pypdfium2.PdfiumError:
        return [kept.name]


def _pictures(folder: Path, name: str, data: bytes) -> list[str]:
    made = []
    pages: Any = pypdfium2.PdfDocument(data)
    with pages as document:
        for number, page in enumerate(document, 1):
            picture = page.render(scale=_SCALE, grayscale=True).to_pil()
            _mark(picture)
            file = folder / f"{name}-{number}.png"
            picture.save(file)
            made.append(file.name)
    return made


def _mark(picture: Image.Image) -> None:
    """`DEMO` in pale grey over the white of the foot."""
    word = ImageDraw.Draw(picture)
    word.text((picture.width / 2, picture.height - 12), "DEMO", fill=_GREY - 80, anchor="mm", font_size=16)
