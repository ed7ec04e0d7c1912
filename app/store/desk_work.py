"""What belongs to the desk rather than to a case: drafts, operators, use counts, the audit,
and the station's own facts."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Table, delete, func, insert, select
from sqlalchemy.dialects.sqlite import insert as upsert

from app.domain.case import Draft
from app.domain.operator import KnownOperator
from app.domain.record import dumps
from app.ports import Enrolment
from app.store.schema import AUDIT, DRAFTS, ENROLMENTS, NOTES, OPERATORS, USES
from app.store.work import Work, stored


class DeskWork(Work):
    def save_draft(self, draft: Draft) -> None:
        self._keep(
            DRAFTS,
            "draft_id",
            draft_id=draft.draft_id,
            operator_id=draft.operator_id,
            changed_at=draft.changed_at,
            body=draft.body,
        )

    def drafts(self) -> Sequence[Draft]:
        """Newest first."""
        rows = self._rows(select(DRAFTS).order_by(DRAFTS.c.changed_at.desc(), DRAFTS.c.draft_id))
        return tuple(Draft(row.draft_id, row.operator_id, row.changed_at, row.body) for row in rows)

    def drop_draft(self, draft_id: str) -> None:
        self._write(delete(DRAFTS).where(DRAFTS.c.draft_id == draft_id))

    def known_operator(self, operator_id: str) -> KnownOperator | None:
        row = self._row(select(OPERATORS.c.body).where(OPERATORS.c.operator_id == operator_id))
        return None if row is None else stored(KnownOperator, row.body)

    def keep_operator(self, operator: KnownOperator) -> None:
        operator_id = operator.operator.operator_id
        self._keep(OPERATORS, "operator_id", operator_id=operator_id, body=dumps(operator))

    def count_use(self, item_code: str) -> None:
        """One more use, and the latest of all."""
        latest = select(func.coalesce(func.max(USES.c.last), 0) + 1).scalar_subquery()
        new = upsert(USES).values(item_code=item_code, count=1, last=latest)
        again = {"count": USES.c.count + 1, "last": new.excluded.last}
        self._write(new.on_conflict_do_update(index_elements=["item_code"], set_=again))

    def often_used(self, limit: int) -> Sequence[str]:
        """Most used first, among equals the latest."""
        return self._codes(limit, by_count=True)

    def recently_used(self, limit: int) -> Sequence[str]:
        return self._codes(limit, by_count=False)

    def audit(self, at: datetime, operator_id: str, action: str, subject: str) -> None:
        self._write(insert(AUDIT).values(at=at, operator_id=operator_id, action=action, subject=subject))

    def _codes(self, limit: int, *, by_count: bool) -> Sequence[str]:
        order = [USES.c.count.desc()] if by_count else []
        query = select(USES.c.item_code).order_by(*order, USES.c.last.desc()).limit(max(limit, 0))
        return tuple(row.item_code for row in self._rows(query))

    def _keep(self, table: Table, key: str, /, **values: object) -> None:
        """Insert, or replace the row of that key."""
        rest = {name: value for name, value in values.items() if name != key}
        self._write(upsert(table).values(**values).on_conflict_do_update(index_elements=[key], set_=rest))


class StationWork(DeskWork):
    def enrolment(self) -> Enrolment | None:
        """The latest; older ones are kept, since papers signed under them are still about."""
        row = self._row(select(ENROLMENTS.c.body).order_by(ENROLMENTS.c.seq.desc()).limit(1))
        return None if row is None else stored(Enrolment, row.body)

    def set_enrolment(self, enrolment: Enrolment) -> None:
        new = insert(ENROLMENTS)
        self._write(
            new.values(station_id=enrolment.station_id, key_id=enrolment.key_id, body=dumps(enrolment))
        )

    def note(self, key: str) -> str | None:
        row = self._row(select(NOTES.c.value).where(NOTES.c.key == key))
        return None if row is None else str(row.value)

    def set_note(self, key: str, value: str) -> None:
        self._keep(NOTES, "key", key=key, value=value)
