"""The tables of the local store, as the queries see them.

A value that is read whole is kept as JSON (app.domain.record) in `body`; beside it stand
the columns that are searched or sorted by.  Flat values are columns only.  What really
creates the tables is `app.store.migrations`; a test compares the two.

Times are integers: microseconds since 1970 in UTC, so that they sort rightly whatever zone
they were written in.  They come out in China's zone, which has had no summer time since 1991.
"""

from datetime import UTC, datetime, timedelta

from sqlalchemy import BigInteger, Column, ForeignKey, Integer, MetaData, Table, Text
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

from app.domain.hall_time import CHINA

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class Instant(TypeDecorator[datetime]):
    """An aware datetime as microseconds since the epoch; a naive one is a bug (ValueError)."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone")
        return (value - _EPOCH) // _MICROSECOND

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        return None if value is None else (_EPOCH + value * _MICROSECOND).astimezone(CHINA)


METADATA = MetaData()

CASES = Table(
    "cases",
    METADATA,
    Column("seq", Integer, primary_key=True),
    Column("case_id", Text, nullable=False, unique=True),
    Column("request_id", Text, nullable=False, unique=True),
    Column("number", Text, nullable=False, unique=True),
    Column("applicant_name", Text, nullable=False),
    Column("organisation_name", Text, nullable=False),
    Column("masked_name", Text, nullable=False),
    Column("item_name", Text, nullable=False),
    Column("operator_id", Text, nullable=False),
    Column("received_at", Instant, nullable=False),
    Column("platform_number", Text, nullable=False),
    Column("body", Text, nullable=False),
)

RECEIPTS = Table(
    "receipts",
    METADATA,
    Column("case_id", Text, ForeignKey("cases.case_id"), primary_key=True),
    Column("body", Text, nullable=False),
)

BLOCKS = Table(
    "number_blocks",
    METADATA,
    Column("seq", Integer, primary_key=True),
    Column("block_id", Text, nullable=False, unique=True),
    Column("first", Integer, nullable=False),
    Column("last", Integer, nullable=False),
    Column("next", Integer, nullable=False),
)

OUTBOX = Table(
    "outbox",
    METADATA,
    Column("seq", Integer, primary_key=True),
    Column("message_id", Text, nullable=False, unique=True),
    Column("topic", Text, nullable=False),
    Column("case_id", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("not_before", Instant, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("lane", Text, nullable=False),
    Column("reason", Text, nullable=False),
)

PRINTS = Table(
    "prints",
    METADATA,
    Column("seq", Integer, primary_key=True),
    Column("job_id", Text, nullable=False, unique=True),
    Column("case_id", Text, ForeignKey("cases.case_id"), nullable=False),
    Column("form", Text, nullable=False),
    Column("copy_no", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("changed_at", Instant, nullable=False),
)

DRAFTS = Table(
    "drafts",
    METADATA,
    Column("draft_id", Text, primary_key=True),
    Column("operator_id", Text, nullable=False),
    Column("changed_at", Instant, nullable=False),
    Column("body", Text, nullable=False),
)

FILES = Table(
    "files",
    METADATA,
    Column("seq", Integer, primary_key=True),
    Column("file_id", Text, nullable=False, unique=True),
    Column("draft_id", Text, nullable=False),
    Column("case_id", Text, nullable=False),
    Column("material_key", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("media_type", Text, nullable=False),
    Column("pages", Integer, nullable=False),
    Column("size", Integer, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("added_at", Instant, nullable=False),
    Column("aside", Integer, nullable=False),
    Column("sent", Integer, nullable=False),
)

SHOTS = Table(  # photographs of documents that are not finished
    "shots",
    METADATA,
    Column("draft_id", Text, primary_key=True),
    Column("material_key", Text, primary_key=True),
    Column("body", Text, nullable=False),
)

PINS = Table(  # of open cases only
    "case_pins",
    METADATA,
    Column("case_id", Text, ForeignKey("cases.case_id"), primary_key=True),
    Column("item_code", Text, nullable=False),
    Column("catalog_version", Text, nullable=False),
)

PINNED_ITEMS = Table(
    "pinned_items",
    METADATA,
    Column("item_code", Text, primary_key=True),
    Column("catalog_version", Text, primary_key=True),
    Column("body", Text, nullable=False),
)

ITEM_CHANGES = Table(
    "item_changes",
    METADATA,
    Column("subject_id", Text, primary_key=True),
    Column("body", Text, nullable=False),
    Column("seen", Integer, nullable=False),
)

OPERATORS = Table(
    "operators",
    METADATA,
    Column("operator_id", Text, primary_key=True),
    Column("body", Text, nullable=False),
)

ENROLMENTS = Table(
    "enrolments",
    METADATA,
    Column("seq", Integer, primary_key=True),
    Column("station_id", Text, nullable=False),
    Column("key_id", Text, nullable=False),
    Column("body", Text, nullable=False),
)

NOTES = Table(
    "notes",
    METADATA,
    Column("key", Text, primary_key=True),
    Column("value", Text, nullable=False),
)

USES = Table(
    "uses",
    METADATA,
    Column("item_code", Text, primary_key=True),
    Column("count", Integer, nullable=False),
    Column("last", Integer, nullable=False),
)

FEEDBACK = Table(
    "feedback",
    METADATA,
    Column("seq", Integer, primary_key=True),
    Column("feedback_id", Text, nullable=False, unique=True),
    Column("item_code", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("closed_at", Instant),
)

AUDIT = Table(
    "audit",
    METADATA,
    Column("seq", Integer, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("operator_id", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("subject", Text, nullable=False),
)
