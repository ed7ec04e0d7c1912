"""What is known of materials on file; their contents lie in the vault (app.store.vault)."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, delete, insert, not_, or_, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from app.domain.material_file import FileRole, MaterialFile, MediaType
from app.domain.outbox import Lane
from app.domain.page import KeptShot
from app.domain.record import dumps
from app.store.schema import DRAFTS, FILES, OUTBOX, SHOTS
from app.store.work import Work, stored

_SHOWN, _SINGLY, _WITH_DRAFT = 0, 1, 2  # aside: whether, and how, a file was put out of sight
_DRAFTS_OWN = FILES.c.case_id == ""


class FileWork(Work):
    def add_file(self, file: MaterialFile) -> None:
        """Its content is in the vault already."""
        columns = {name: getattr(file, name) for name in _PLAIN}
        self._write(
            insert(FILES).values(
                **columns, role=file.role.value, media_type=file.media_type.value, aside=_SHOWN, sent=0
            )
        )

    def file(self, file_id: str) -> MaterialFile | None:
        found = self._files(FILES.c.file_id == file_id)
        return found[0] if found else None

    def files_of_draft(self, draft_id: str) -> Sequence[MaterialFile]:
        """In the order they were added, without those set aside."""
        return self._files(FILES.c.draft_id == draft_id, _DRAFTS_OWN, FILES.c.aside == _SHOWN)

    def files_of_case(self, case_id: str) -> Sequence[MaterialFile]:
        return self._files(FILES.c.case_id == case_id)

    def files_sent(self, case_id: str) -> Mapping[str, int]:
        """Bytes of each file of a case that the gateway has said it holds, by `file_id`."""
        mine = select(FILES.c.file_id, FILES.c.sent).where(FILES.c.case_id == case_id)
        return {row.file_id: row.sent for row in self._rows(mine)}

    def set_file_sent(self, file_id: str, sent: int) -> None:
        self._write(update(FILES).where(FILES.c.file_id == file_id).values(sent=sent))

    def set_file_aside(self, file_id: str, aside: bool) -> None:
        """Out of the draft, or back into it; a file of a case is left alone."""
        mine = update(FILES).where(FILES.c.file_id == file_id, _DRAFTS_OWN)
        self._write(mine.values(aside=_SINGLY if aside else _SHOWN))

    def set_draft_files_aside(self, draft_id: str, aside: bool) -> None:
        """All of a draft's files, or back those that went with it (not one that was taken away singly)."""
        before, after = (_SHOWN, _WITH_DRAFT) if aside else (_WITH_DRAFT, _SHOWN)
        mine = update(FILES).where(FILES.c.draft_id == draft_id, _DRAFTS_OWN, FILES.c.aside == before)
        self._write(mine.values(aside=after))

    def bind_files(self, draft_id: str, case_id: str) -> Sequence[MaterialFile]:
        """The draft's files are the case's from now on; returns them."""
        mine = update(FILES).where(FILES.c.draft_id == draft_id, _DRAFTS_OWN, FILES.c.aside == _SHOWN)
        self._write(mine.values(case_id=case_id))
        return self.files_of_case(case_id)

    def drop_files(self, draft_id: str) -> Sequence[str]:
        """Forget what is the draft's still, set aside or not; returns the ids whose content may go."""
        return (
            *self._forget(FILES.c.draft_id == draft_id),
            *self._forget_shots(SHOTS.c.draft_id == draft_id),
        )

    def drop_lost_files(self) -> None:
        """Forget what no draft can show any more; only while nobody is at work (opening the folder)."""
        drafts = select(DRAFTS.c.draft_id)
        self._forget(or_(FILES.c.aside != _SHOWN, FILES.c.draft_id.not_in(drafts)))
        self._forget_shots(SHOTS.c.draft_id.not_in(drafts))

    def save_shots(self, draft_id: str, material_key: str, shots: Sequence[KeptShot]) -> None:
        """Their contents are in the vault already."""
        new = upsert(SHOTS).values(draft_id=draft_id, material_key=material_key, body=dumps(tuple(shots)))
        keys = ["draft_id", "material_key"]
        self._write(new.on_conflict_do_update(index_elements=keys, set_={"body": new.excluded.body}))

    def shots_of_draft(self, draft_id: str) -> Mapping[str, tuple[KeptShot, ...]]:
        """By `material_key`, in the order of the pages."""
        return {row.material_key: _shots(row) for row in self._shot_rows(SHOTS.c.draft_id == draft_id)}

    def drop_shots(self, draft_id: str, material_key: str) -> Sequence[str]:
        """Forget them; returns the ids whose content may go."""
        return self._forget_shots(SHOTS.c.draft_id == draft_id, SHOTS.c.material_key == material_key)

    def file_ids(self, delivered_since: datetime | None = None) -> Sequence[str]:
        """Without those added before that time whose case the gateway has as a whole."""
        query = select(FILES.c.file_id)
        if delivered_since is not None:
            of_case = OUTBOX.c.case_id == FILES.c.case_id
            done = select(OUTBOX.c.seq).where(of_case, OUTBOX.c.lane == Lane.DONE.value).exists()
            undone = select(OUTBOX.c.seq).where(of_case, OUTBOX.c.lane != Lane.DONE.value).exists()
            query = query.where(not_(done & ~undone & (FILES.c.added_at < delivered_since)))
        return (*(row.file_id for row in self._rows(query)), *_ids(self._shot_rows()))

    def _shot_rows(self, *where: ColumnElement[bool]) -> Sequence[Row[Any]]:
        return self._rows(select(SHOTS).where(*where))

    def _forget_shots(self, *where: ColumnElement[bool]) -> Sequence[str]:
        gone = _ids(self._shot_rows(*where))
        self._write(delete(SHOTS).where(*where))
        return gone

    def _forget(self, where: ColumnElement[bool]) -> Sequence[str]:
        mine = (_DRAFTS_OWN, where)
        gone = tuple(row.file_id for row in self._rows(select(FILES.c.file_id).where(*mine)))
        self._write(delete(FILES).where(*mine))
        return gone

    def _files(self, *where: ColumnElement[bool]) -> Sequence[MaterialFile]:
        rows = self._rows(select(FILES).where(*where).order_by(FILES.c.seq))
        return tuple(_file(row) for row in rows)


_PLAIN = ("file_id", "draft_id", "case_id", "material_key", "pages", "size", "sha256", "added_at")


def _file(row: Row[Any]) -> MaterialFile:
    plain = {name: getattr(row, name) for name in _PLAIN}
    return MaterialFile(**plain, role=FileRole(row.role), media_type=MediaType(row.media_type))


def _shots(row: Row[Any]) -> tuple[KeptShot, ...]:
    return stored(tuple[KeptShot, ...], row.body)


def _ids(rows: Sequence[Row[Any]]) -> tuple[str, ...]:
    return tuple(shot.file_id for row in rows for shot in _shots(row))
