"""Materials on file: what was photographed, scanned, imported or signed for a case.

A file belongs to a draft from the moment it is kept, and to the case once that is received.
Its content lies encrypted in the vault under `file_id`; everything else is known here.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

MEGABYTE = 1 << 20
LARGEST_FILE = 20 * MEGABYTE
LARGEST_CASE = 60 * MEGABYTE  # all files of one case together
MOST_FILES = 100  # of one case
KEPT = timedelta(days=30)  # on the station, once the gateway has the whole case
PART = 256 * 1024  # of an upload; a gateway takes none that is longer


class FileRole(Enum):
    """The word is `file_role.<value>`."""

    MATERIAL = "material"
    SIGNATURE = "signature"


class MediaType(Enum):
    PDF = "application/pdf"
    JPEG = "image/jpeg"
    PNG = "image/png"


# How each kind begins: ISO 32000-2 7.5.2, ITU-T T.81 B.1.1.3 (SOI and the next marker), PNG (3rd ed.) 5.2.
_BEGINNINGS = {
    b"%PDF-": MediaType.PDF,
    b"\xff\xd8\xff": MediaType.JPEG,
    b"\x89PNG\r\n\x1a\n": MediaType.PNG,
}


def media_type_of(data: bytes) -> MediaType | None:
    """What the bytes are by their beginning, whatever a file's name says; None for anything else."""
    return next((kind for start, kind in _BEGINNINGS.items() if data.startswith(start)), None)


@dataclass(frozen=True, slots=True)
class MaterialFile:
    """`material_key`: the material's id, else its name (app.flows.intake); "" for a signature.

    `sha256`: hex, of the plain content; `size` its bytes.  `case_id` "" until the case is received.
    """

    file_id: str
    draft_id: str
    material_key: str
    role: FileRole
    media_type: MediaType
    pages: int
    size: int
    sha256: str
    added_at: datetime
    case_id: str = ""

    def listed(self) -> dict[str, object]:
        """What the message of a file, and the list in its case's message, say of it."""
        return {
            "file_id": self.file_id,
            "sha256": self.sha256,
            "size": self.size,
            "media_type": self.media_type.value,
            "pages": self.pages,
            "role": self.role.value,
            "material_key": self.material_key,
        }


@dataclass(frozen=True, slots=True)
class FileProgress:
    """How much of a file the gateway holds; `sha256` (hex) is its own, "" until `complete`."""

    offset: int
    complete: bool
    sha256: str = ""
