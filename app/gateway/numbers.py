"""Number blocks: each sequence of a station is leased once, for ever.

The station's row holds the next free sequence; one UPDATE … RETURNING moves it and answers
where the block begins, so two leases at the same moment wait for each other in the database
(row lock on PostgreSQL, write lock on SQLite).  Unique constraints stand behind it.
"""

from datetime import datetime
from uuid import uuid4

from sqlalchemy import Connection, insert, select, update

from app.domain.numbering import NumberBlock
from app.gateway.database import number_blocks, stations
from app.gateway.faults import Fault, GatewayFaultError

LARGEST_BLOCK = 10_000
LAST_SEQUENCE = 999_999_999  # nine digits is what a number has room for


def lease(db: Connection, station_id: str, count: int, now: datetime) -> NumberBlock:
    """The next `count` sequences of a station.  Raises GatewayFaultError when they are used up."""
    table = stations.c
    beyond = db.scalar(
        update(stations)
        .where(table.station_id == station_id, table.next_sequence + count - 1 <= LAST_SEQUENCE)
        .values(next_sequence=table.next_sequence + count)
        .returning(table.next_sequence)
    )
    if beyond is None:
        raise GatewayFaultError(Fault.NUMBERS_EXHAUSTED, station_id)
    block = NumberBlock(uuid4().hex, beyond - count, beyond - 1)
    db.execute(
        insert(number_blocks).values(
            block_id=block.block_id,
            station_id=station_id,
            first=block.first,
            last=block.last,
            leased_at=now,
        )
    )
    return block


def leased(db: Connection, station_id: str, sequence: int) -> bool:
    """Does this sequence lie in a block of this station?"""
    table = number_blocks.c
    found = db.scalar(
        select(table.block_id).where(
            table.station_id == station_id, table.first <= sequence, table.last >= sequence
        )
    )
    return found is not None
