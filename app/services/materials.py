"""Materials on file of a draft or a case: keep, show, take away.  Blocks on the disk."""

from collections.abc import Sequence

from app.domain.material_file import FileRole, MaterialFile, MediaType
from app.services.office import Office


def keep(
    office: Office,
    draft_id: str,
    data: bytes,
    media_type: MediaType,
    pages: int,
    *,
    material_key: str = "",
    role: FileRole = FileRole.MATERIAL,
) -> MaterialFile:
    """Store a file durably, encrypted.  Raises FileTooLargeError, DiskFullError, StoreError."""
    raise NotImplementedError


def drop(office: Office, file_id: str) -> None:
    """Take a draft's file away; one of a received case stays (ValueError: a bug)."""
    raise NotImplementedError


def files_of_draft(office: Office, draft_id: str) -> Sequence[MaterialFile]:
    """In the order they were added."""
    raise NotImplementedError


def files_of_case(office: Office, case_id: str) -> Sequence[MaterialFile]:
    raise NotImplementedError


def content(office: Office, file_id: str) -> bytes:
    """Raises StoreDamagedError, LookupError (no such file)."""
    raise NotImplementedError
