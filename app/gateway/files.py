"""Materials on file: announced, received in parts, verified, and only then any case's.

A file belongs to the station that announced it.  Parts come in order; whatever a station sends,
the answer is how much the gateway holds, so an upload goes on there after any crash of either.
Each part is sealed as the records are, bound to its file and its place.  A whole file is hashed
before it counts; one that is not what was announced is thrown away and may be sent anew.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from cryptography.exceptions import InvalidTag
from sqlalchemy import Connection, Row, delete, func, insert, select, update

from app.domain.material_file import (
    LARGEST_CASE,
    LARGEST_FILE,
    MOST_FILES,
    PART,
    FileProgress,
    media_type_of,
)
from app.gateway.database import cases, file_parts, files
from app.gateway.faults import Fault, GatewayFaultError
from app.gateway.vault import RecordsBox

UNFINISHED_LIFE = timedelta(days=7)  # since the last part
CASELESS_LIFE = timedelta(days=30)  # whole, but its case never came; the station sends it again then


@dataclass(frozen=True, slots=True)
class Announced:
    file_id: str
    case_id: str
    sha256: str
    size: int
    media_type: str


def begin(db: Connection, station_id: str, told: Announced, now: datetime) -> FileProgress:
    """Open a file, or say how far it is.  Raises GatewayFaultError: file_differs, file_too_large."""
    row = _row(db, told.file_id)
    if row is not None:
        known = Announced(row.file_id, row.case_id, row.sha256, row.size, row.media_type)
        if row.station_id != station_id or known != told:
            raise GatewayFaultError(Fault.FILE_DIFFERS, told.file_id)
        return _progress(row)
    _refuse_too_large(db, told)
    new = insert(files).values(
        file_id=told.file_id,
        station_id=station_id,
        case_id=told.case_id,
        sha256=told.sha256,
        size=told.size,
        media_type=told.media_type,
        received=0,
        changed_at=now,
    )
    db.execute(new)
    return FileProgress(0, complete=False)


def progress(db: Connection, station_id: str, file_id: str) -> FileProgress:
    """Raises GatewayFaultError: file_unknown."""
    return _progress(_own(db, station_id, file_id))


def append(
    db: Connection, box: RecordsBox, station_id: str, file_id: str, start: int, data: bytes, now: datetime
) -> FileProgress:
    """Take a part that begins where the file ends so far; any other changes nothing.

    Raises GatewayFaultError: file_unknown, too_large, invalid (beyond the size), file_kind.
    """
    row = _own(db, station_id, file_id)
    if row.completed_at is not None or start != row.received:
        return _progress(row)
    if len(data) > PART:
        raise GatewayFaultError(Fault.TOO_LARGE)
    end = start + len(data)
    if not data or end > row.size:
        raise GatewayFaultError(Fault.INVALID, "beyond the announced size")
    kind = media_type_of(data) if start == 0 else None
    if start == 0 and (kind is None or kind.value != row.media_type):
        raise GatewayFaultError(Fault.FILE_KIND, file_id)
    here = (files.c.file_id == file_id) & (files.c.received == start)
    if db.execute(update(files).where(here).values(received=end, changed_at=now)).rowcount != 1:
        return progress(db, station_id, file_id)  # another request was quicker
    sealed = box.seal_bytes(_place(file_id, start), data)
    db.execute(insert(file_parts).values(file_id=file_id, start=start, sealed=sealed))
    return FileProgress(end, complete=False)


def finish(db: Connection, box: RecordsBox, station_id: str, file_id: str, now: datetime) -> FileProgress:
    """Verify a whole file.  Thrown away when it is not what was announced: then the answer is not complete,
    and its offset 0.  Raises GatewayFaultError: file_unknown, files_missing (parts are)."""
    row = _own(db, station_id, file_id)
    if row.completed_at is not None:
        return _progress(row)
    if row.received < row.size:
        raise GatewayFaultError(Fault.FILES_MISSING, file_id, missing=[file_id])
    mine = files.c.file_id == file_id
    if _hash(db, box, file_id) != row.sha256:
        db.execute(delete(file_parts).where(file_parts.c.file_id == file_id))
        db.execute(update(files).where(mine).values(received=0, changed_at=now))
        return FileProgress(0, complete=False)
    db.execute(update(files).where(mine).values(completed_at=now, changed_at=now))
    return FileProgress(row.size, complete=True, sha256=row.sha256)


def require(db: Connection, station_id: str, case_id: str, listed: Sequence[Mapping[str, Any]]) -> None:
    """Every file a case's message lists is here, whole, this station's and this case's.

    Raises GatewayFaultError: files_missing (values: missing), content_mismatch.
    """
    missing = []
    for told in listed:
        row = _row(db, told["file_id"])
        if row is None or row.station_id != station_id or row.completed_at is None:
            missing.append(told["file_id"])
        elif (row.case_id, row.sha256, row.size) != (case_id, told["sha256"], told["size"]):
            raise GatewayFaultError(Fault.CONTENT_MISMATCH, told["file_id"])
    if missing:
        raise GatewayFaultError(Fault.FILES_MISSING, case_id, missing=missing)


def content(db: Connection, box: RecordsBox, file_id: str) -> bytes:
    """A whole file in the plain.  Raises GatewayFaultError: file_unknown; InvalidTag."""
    row = _row(db, file_id)
    if row is None or row.completed_at is None:
        raise GatewayFaultError(Fault.FILE_UNKNOWN, file_id)
    return b"".join(_parts(db, box, file_id))


def clean(db: Connection, now: datetime) -> int:
    """Remove what nobody goes on with; how many files went."""
    unfinished = files.c.completed_at.is_(None) & (files.c.changed_at < now - UNFINISHED_LIFE)
    stored = select(cases.c.case_id).where(cases.c.case_id == files.c.case_id).exists()
    caseless = (files.c.changed_at < now - CASELESS_LIFE) & ~stored
    gone = list(db.scalars(select(files.c.file_id).where(unfinished | caseless)))
    for file_id in gone:
        db.execute(delete(file_parts).where(file_parts.c.file_id == file_id))
        db.execute(delete(files).where(files.c.file_id == file_id))
    return len(gone)


def _row(db: Connection, file_id: str) -> Row[Any] | None:
    return db.execute(select(files).where(files.c.file_id == file_id)).one_or_none()


def _own(db: Connection, station_id: str, file_id: str) -> Row[Any]:
    """To another station it does not exist."""
    row = _row(db, file_id)
    if row is None or row.station_id != station_id:
        raise GatewayFaultError(Fault.FILE_UNKNOWN, file_id)
    return row


def _progress(row: Row[Any]) -> FileProgress:
    whole = row.completed_at is not None
    return FileProgress(row.received, whole, row.sha256 if whole else "")


def _refuse_too_large(db: Connection, told: Announced) -> None:
    others = select(func.count(), func.coalesce(func.sum(files.c.size), 0))
    count, size = db.execute(others.where(files.c.case_id == told.case_id)).one()
    if told.size > LARGEST_FILE or size + told.size > LARGEST_CASE or count >= MOST_FILES:
        raise GatewayFaultError(Fault.FILE_TOO_LARGE, told.file_id)


def _hash(db: Connection, box: RecordsBox, file_id: str) -> str:
    """Of what is here; "" when a part does not open."""
    digest = hashlib.sha256()
    try:
        for part in _parts(db, box, file_id):
            digest.update(part)
    except InvalidTag:
        return ""
    return digest.hexdigest()


def _parts(db: Connection, box: RecordsBox, file_id: str) -> Iterator[bytes]:
    """One at a time, in order."""
    mine = file_parts.c.file_id == file_id
    for start in db.scalars(select(file_parts.c.start).where(mine).order_by(file_parts.c.start)).all():
        sealed = db.scalar(select(file_parts.c.sealed).where(mine, file_parts.c.start == start))
        yield box.open_bytes(_place(file_id, start), sealed or b"")


def _place(file_id: str, start: int) -> str:
    return f"{file_id}@{start}"
