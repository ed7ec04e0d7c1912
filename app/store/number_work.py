"""Number blocks: every sequence at most once.

`take_sequence` counts inside the caller's transaction.  A transaction that is rolled back
gives its sequence back, which is right only as long as nothing that carries the number has
left the process; so a caller prints and sends after commit() only.  A trigger of the table
refuses to count backwards.
"""

from sqlalchemy import func, insert, select, update

from app.domain.numbering import NumberBlock
from app.errors import NumbersExhaustedError, StoreError
from app.store.schema import BLOCKS
from app.store.work import Work


class NumberWork(Work):
    def add_block(self, block: NumberBlock) -> None:
        """Keep a leased block; the same one again changes nothing.

        Raises StoreError for an empty block and for one that shares sequences with another,
        since both would end in one number for two cases.
        """
        if not 0 <= block.first <= block.last:
            raise StoreError("a number block without numbers")
        shared = (BLOCKS.c.first <= block.last) & (BLOCKS.c.last >= block.first)
        same_id = BLOCKS.c.block_id == block.block_id
        rows = self._rows(select(BLOCKS.c.block_id, BLOCKS.c.first, BLOCKS.c.last).where(shared | same_id))
        if [tuple(row) for row in rows] == [(block.block_id, block.first, block.last)]:
            return
        if rows:
            raise StoreError("a number block that overlaps a known one")
        new = insert(BLOCKS).values(
            block_id=block.block_id, first=block.first, last=block.last, next=block.first
        )
        self._write(new)

    def take_sequence(self) -> int:
        """The next sequence of the oldest block that has one.  Raises NumbersExhaustedError, StoreError."""
        open_block = select(BLOCKS.c.seq, BLOCKS.c.next).where(BLOCKS.c.next <= BLOCKS.c.last)
        row = self._row(open_block.order_by(BLOCKS.c.seq).limit(1))
        if row is None:
            raise NumbersExhaustedError
        self._write(update(BLOCKS).where(BLOCKS.c.seq == row.seq).values(next=row.next + 1))
        return int(row.next)

    def sequences_left(self) -> int:
        left = func.coalesce(func.sum(BLOCKS.c.last - BLOCKS.c.next + 1), 0)
        row = self._row(select(left))
        return 0 if row is None else int(row[0])
