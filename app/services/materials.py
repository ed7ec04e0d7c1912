"""Materials on file of a draft or a case: keep, show, take away.  Blocks on the disk.

The content is durable in the vault before the store knows of the file, and goes after the
store has forgotten it.  A crash in between leaves content nobody knows of, which the next
opening of the DATA folder removes; it never leaves a file without its content.
"""

import hashlib
from collections.abc import Sequence
from uuid import uuid4

from app.domain.material_file import (
    LARGEST_CASE,
    LARGEST_FILE,
    MEGABYTE,
    MOST_FILES,
    FileRole,
    MaterialFile,
    MediaType,
    media_type_of,
)
from app.errors import (
    FileGoneError,
    FileKindError,
    FilesTooLargeError,
    FileTooLargeError,
    IllegalTransitionError,
)
from app.ports import UnitOfWork
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
    of_shots: bool = False,
) -> MaterialFile:
    """Store a file durably, encrypted.  `of_shots`: the material's photographs are in it and go.

    Raises FileTooLargeError (FilesTooLargeError: all of the draft together), FileKindError (the
    bytes are not what `media_type` says), IllegalTransitionError (the draft is a case already),
    DiskFullError, StoreError.
    """
    if len(data) > LARGEST_FILE:
        raise FileTooLargeError(limit=LARGEST_FILE // MEGABYTE)
    if media_type_of(data) is not media_type:
        raise FileKindError
    digest, now = hashlib.sha256(data).hexdigest(), office.clock.now()
    file = MaterialFile(str(uuid4()), draft_id, material_key, role, media_type, pages, len(data), digest, now)
    with office.store.begin() as work:
        _refuse(work, file)  # before 20 MB are written for nothing
    office.vault.put(file.file_id, data)
    try:
        with office.store.begin() as work:
            _refuse(work, file)
            work.add_file(file)
            gone = work.drop_shots(draft_id, material_key) if of_shots else ()
            work.commit()
    except BaseException:
        office.vault.delete(file.file_id)
        raise
    forget(office, gone)
    return file


def drop(office: Office, file_id: str) -> None:
    """Take a draft's file away; `take_back` undoes it until the draft is handed in or dropped.

    One that is gone already stays gone; one of a received case stays (ValueError: a bug).
    """
    _set_aside(office, file_id, aside=True)


def take_back(office: Office, file_id: str) -> MaterialFile:
    """Undo a drop.  Raises LookupError when it is too late."""
    file = _set_aside(office, file_id, aside=False)
    if file is None:
        raise LookupError("no such file")
    return file


def files_of_draft(office: Office, draft_id: str) -> Sequence[MaterialFile]:
    """In the order they were added."""
    with office.store.begin() as work:
        return tuple(work.files_of_draft(draft_id))


def drop_lost(office: Office, draft_id: str) -> Sequence[MaterialFile]:
    """Take away the draft's materials whose content is gone from the disk, and say which.

    A case handed in with them could never be delivered whole.  Raises StoreError.
    """
    lost = [
        file
        for file in files_of_draft(office, draft_id)
        if file.role is FileRole.MATERIAL and not office.vault.has(file.file_id)
    ]
    for file in lost:
        drop(office, file.file_id)
    return tuple(lost)


def files_of_case(office: Office, case_id: str) -> Sequence[MaterialFile]:
    """In the order they were added."""
    with office.store.begin() as work:
        return tuple(work.files_of_case(case_id))


def content(office: Office, file_id: str) -> bytes:
    """Raises FileGoneError, StoreDamagedError, StoreError."""
    data = office.vault.get(file_id)
    if data is None:
        raise FileGoneError
    return data


def forget(office: Office, file_ids: Sequence[str]) -> None:
    """Remove contents the store has just forgotten."""
    for file_id in file_ids:
        office.vault.delete(file_id)


def _set_aside(office: Office, file_id: str, *, aside: bool) -> MaterialFile | None:
    with office.store.begin() as work:
        file = work.file(file_id)
        if file is None:
            return None
        if file.case_id:
            raise ValueError("a file of a received case is never taken away")
        work.set_file_aside(file_id, aside)
        work.commit()
    return file


def _refuse(work: UnitOfWork, file: MaterialFile) -> None:
    """Raises what stands against one more file of this draft."""
    if work.case_by_request(file.draft_id) is not None:
        raise IllegalTransitionError("the draft is a case already")
    there = work.files_of_draft(file.draft_id)
    if sum(f.size for f in there) + file.size > LARGEST_CASE or len(there) >= MOST_FILES:
        raise FilesTooLargeError(limit=LARGEST_CASE // MEGABYTE, most=MOST_FILES)
