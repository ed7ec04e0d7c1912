"""Opening pictures that come from outside, with an eye on what they want to unpack."""

import struct
import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO

from PIL import Image

from app.domain.material_file import MediaType, media_type_of
from app.errors import FileDamagedError, FileKindError, PictureTooLargeError

MOST_DOTS = 50_000_000  # 150 MB unpacked; the best document cameras have 20 million
_FORMATS = {MediaType.JPEG: "JPEG", MediaType.PNG: "PNG"}
_BROKEN = (OSError, SyntaxError, ValueError, EOFError, struct.error, zlib.error, OverflowError, IndexError,
           KeyError, TypeError)  # fmt: skip
"""What Pillow raises of files that are broken inside."""


@contextmanager
def opened(data: bytes) -> Iterator[Image.Image]:
    """A JPEG or PNG, wholly read.  Raises FileKindError, FileDamagedError, PictureTooLargeError."""
    kind = media_type_of(data)
    if kind not in _FORMATS:
        raise FileKindError
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Pillow warns of what is checked here, and of odd EXIF
        try:
            image = Image.open(BytesIO(data), formats=(_FORMATS[kind],))
        except Image.DecompressionBombError as error:
            raise PictureTooLargeError(limit=MOST_DOTS // 1_000_000) from error
        except _BROKEN as error:
            raise FileDamagedError from error
        with image:
            if image.width * image.height > MOST_DOTS:
                raise PictureTooLargeError(limit=MOST_DOTS // 1_000_000)
            try:
                image.load()
            except _BROKEN as error:
                raise FileDamagedError from error
            yield image
