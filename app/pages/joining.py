"""JPEG pages as one PDF (ISO 32000-2): every page is its picture, embedded as it is.

No information dictionary, no dates, no names: the same pages always give the same bytes.
"""

import hashlib
from collections.abc import Sequence
from io import BytesIO

from PIL import Image

from app.pages.straightening import DPI

_SPACES = {"L": "DeviceGray", "RGB": "DeviceRGB"}
_CATALOG, _TREE, _FIRST = 1, 2, 3


def join(pages: Sequence[bytes]) -> bytes:
    """Raises ValueError for no page at all."""
    if not pages:
        raise ValueError("a document has at least one page")
    kids = b" ".join(b"%d 0 R" % (_FIRST + 3 * n) for n in range(len(pages)))
    objects = [
        b"<< /Type /Catalog /Pages %d 0 R >>" % _TREE,
        b"<< /Type /Pages /Kids [ %s ] /Count %d >>" % (kids, len(pages)),
    ]
    for number, page in enumerate(pages):
        objects += _page(page, _FIRST + 3 * number)
    return _file(objects)


def _page(picture: bytes, number: int) -> list[bytes]:
    """Page, content and image of a picture: three objects from `number` on."""
    with Image.open(BytesIO(picture), formats=("JPEG",)) as image:
        width, height, space = image.width, image.height, _SPACES[image.mode]
    w, h = width * 72 / DPI, height * 72 / DPI
    content = b"q %.2f 0 0 %.2f 0 0 cm /P Do Q" % (w, h)
    return [
        b"<< /Type /Page /Parent %d 0 R /MediaBox [ 0 0 %.2f %.2f ] /Contents %d 0 R "
        b"/Resources << /XObject << /P %d 0 R >> >> >>" % (_TREE, w, h, number + 1, number + 2),
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
        b"<< /Type /XObject /Subtype /Image /Width %d /Height %d /ColorSpace /%s /BitsPerComponent 8 "
        b"/Filter /DCTDecode /Length %d >>\nstream\n%s\nendstream"
        % (width, height, space.encode(), len(picture), picture),
    ]


def _file(objects: Sequence[bytes]) -> bytes:
    """Header, objects, cross-reference table and trailer (7.5); the id is made of the content."""
    out = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
    places = []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start, digest = len(out), hashlib.sha256(out).hexdigest()[:32].upper().encode()
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer\n<< /Size %d /Root %d 0 R /ID [ <%s> <%s> ] >>\nstartxref\n%d\n%%%%EOF\n" % (
        len(objects) + 1, _CATALOG, digest, digest, start,
    )  # fmt: skip
    return bytes(out)
