"""Materials on file: what was photographed, scanned, imported or signed for a case.

A file belongs to a draft from the moment it is kept, and to the case once that is received.
Its content lies encrypted in the vault under `file_id`; everything else is known here.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum


class FileRole(Enum):
    """The word is `file_role.<value>`."""

    MATERIAL = "material"
    SIGNATURE = "signature"


class MediaType(Enum):
    PDF = "application/pdf"
    JPEG = "image/jpeg"
    PNG = "image/png"


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
