"""The item versions that open cases were taken under, and what became of them since."""

from collections.abc import Sequence

from sqlalchemy import and_, delete, select
from sqlalchemy.dialects.sqlite import insert as upsert

from app.domain.catalog import Item
from app.domain.catalog_weight import ItemChanged
from app.domain.outbox import Lane
from app.domain.record import dumps
from app.ports import ItemPin
from app.store.schema import CASES, ITEM_CHANGES, OUTBOX, PINNED_ITEMS, PINS
from app.store.work import Work, stored


class PinWork(Work):
    def pin_item(self, case_id: str, item: Item, version: str) -> None:
        """Keep the item as it was in that version, once for all cases taken under it."""
        row = {"item_code": item.code, "catalog_version": version}
        self._write(upsert(PINNED_ITEMS).values(**row, body=dumps(item)).on_conflict_do_nothing())
        self._write(upsert(PINS).values(case_id=case_id, **row).on_conflict_do_nothing())

    def pinned_item(self, item_code: str, version: str) -> Item | None:
        where = (PINNED_ITEMS.c.item_code == item_code, PINNED_ITEMS.c.catalog_version == version)
        row = self._row(select(PINNED_ITEMS.c.body).where(*where))
        return None if row is None else stored(Item, row.body)

    def pins(self) -> Sequence[ItemPin]:
        """Oldest case first."""
        undone = select(OUTBOX.c.seq).where(
            OUTBOX.c.case_id == PINS.c.case_id, OUTBOX.c.lane != Lane.DONE.value
        )
        columns = (PINS, CASES.c.received_at, (~undone.exists()).label("uploaded"))
        of_case = select(*columns).join(CASES, CASES.c.case_id == PINS.c.case_id).order_by(CASES.c.seq)
        return tuple(
            ItemPin(row.case_id, row.item_code, row.catalog_version, row.received_at, bool(row.uploaded))
            for row in self._rows(of_case)
        )

    def release_pins(self, case_ids: Sequence[str]) -> None:
        """Those cases are closed; versions nobody stands in any more go with them."""
        for case_id in case_ids:
            self._write(delete(PINS).where(PINS.c.case_id == case_id))
            self.drop_change(case_id)
        same = and_(
            PINS.c.item_code == PINNED_ITEMS.c.item_code,
            PINS.c.catalog_version == PINNED_ITEMS.c.catalog_version,
        )
        self._write(delete(PINNED_ITEMS).where(~select(PINS.c.case_id).where(same).exists()))

    def keep_change(self, change: ItemChanged) -> None:
        """What a catalog means to one draft or case; one that says something new is unseen again."""
        row = {"body": dumps(change), "seen": 0}
        new = upsert(ITEM_CHANGES).values(subject_id=change.subject_id, **row)
        fresh = ITEM_CHANGES.c.body != new.excluded.body
        self._write(new.on_conflict_do_update(index_elements=["subject_id"], set_=row, where=fresh))

    def drop_change(self, subject_id: str) -> None:
        self._write(delete(ITEM_CHANGES).where(ITEM_CHANGES.c.subject_id == subject_id))

    def changes(self) -> Sequence[tuple[ItemChanged, bool]]:
        """Each with whether it was seen."""
        rows = self._rows(select(ITEM_CHANGES).order_by(ITEM_CHANGES.c.subject_id))
        return tuple((stored(ItemChanged, row.body), bool(row.seen)) for row in rows)

    def change_of(self, subject_id: str) -> ItemChanged | None:
        row = self._row(select(ITEM_CHANGES.c.body).where(ITEM_CHANGES.c.subject_id == subject_id))
        return None if row is None else stored(ItemChanged, row.body)

    def see_change(self, subject_id: str) -> None:
        seen = ITEM_CHANGES.update().where(ITEM_CHANGES.c.subject_id == subject_id)
        self._write(seen.values(seen=1))
