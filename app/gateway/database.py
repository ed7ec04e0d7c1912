"""The gateway's tables, on SQLite or PostgreSQL by URL, and the two ways into them.

`write()` is one transaction that commits at the end of the block.  On SQLite it takes the
write lock at once (BEGIN IMMEDIATE), so that two writers wait for each other instead of
failing half way; on PostgreSQL the statements used lock the rows they change.  Rules that
must hold whatever happens are constraints here, not only checks in the code.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Connection,
    DateTime,
    Dialect,
    ForeignKey,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    create_engine,
    delete,
    event,
    insert,
    inspect,
    select,
)
from sqlalchemy.engine import Engine
from sqlalchemy.types import TypeDecorator

from app.errors import NewerSchemaError

SCHEMA = 3  # 2: materials on file, 3: feedback on items
_BUSY_MS = 15_000


class UtcTime(TypeDecorator[datetime]):
    """Aware datetimes, kept as UTC: SQLite has no zone of its own."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.replace(tzinfo=UTC)


_meta = MetaData()

schema_version = Table("schema_version", _meta, Column("version", Integer, primary_key=True))

stations = Table(
    "stations",
    _meta,
    Column("station_id", String(16), primary_key=True),
    Column("site", String(120), nullable=False),
    Column("mode", String(16), nullable=False),
    Column("next_sequence", BigInteger, nullable=False),
    Column("created_at", UtcTime, nullable=False),
)

# The key without `revoked_at` is the one a station signs its requests with; old ones stay, so that
# receipts signed by them can still be verified.
station_keys = Table(
    "station_keys",
    _meta,
    Column("key_id", String(16), primary_key=True),
    Column("station_id", ForeignKey("stations.station_id"), nullable=False, index=True),
    Column("site", String(120), nullable=False),
    Column("certificate_pem", Text, nullable=False),
    Column("demo", Boolean, nullable=False),
    Column("issued_at", UtcTime, nullable=False),
    Column("revoked_at", UtcTime),
)

enrolment_codes = Table(
    "enrolment_codes",
    _meta,
    Column("code_hash", String(64), primary_key=True),
    Column("station_id", String(16)),
    Column("created_at", UtcTime, nullable=False),
    Column("expires_at", UtcTime, nullable=False),
    Column("used_at", UtcTime),
    Column("used_key_id", String(16)),
)

number_blocks = Table(
    "number_blocks",
    _meta,
    Column("block_id", String(32), primary_key=True),
    Column("station_id", ForeignKey("stations.station_id"), nullable=False),
    Column("first", BigInteger, nullable=False),
    Column("last", BigInteger, nullable=False),
    Column("leased_at", UtcTime, nullable=False),
    UniqueConstraint("station_id", "first"),
    UniqueConstraint("station_id", "last"),
    CheckConstraint("first >= 1 AND last >= first", name="block_in_order"),
)

nonces = Table(
    "nonces",
    _meta,
    Column("station_id", String(16), primary_key=True),
    Column("nonce", String(32), primary_key=True),
    Column("seen_at", UtcTime, nullable=False, index=True),
)

cases = Table(
    "cases",
    _meta,
    Column("case_id", String(36), primary_key=True),
    Column("number", String(40), nullable=False, unique=True),
    Column("station_id", ForeignKey("stations.station_id"), nullable=False),
    Column("item_code", String(64), nullable=False),
    Column("item_name", String(400), nullable=False),
    Column("state", String(24), nullable=False),
    Column("received_at", UtcTime, nullable=False),
    Column("stored_at", UtcTime, nullable=False),
    Column("receipt_digest", String(64), nullable=False),
    Column("platform_number", String(80), unique=True),
    Column("sealed", LargeBinary, nullable=False),
)

messages = Table(
    "messages",
    _meta,
    Column("message_id", String(36), primary_key=True),
    Column("station_id", ForeignKey("stations.station_id"), nullable=False),
    Column("topic", String(40), nullable=False),
    Column("body_hash", String(64), nullable=False),
    Column("case_id", ForeignKey("cases.case_id"), nullable=False),
    Column("received_at", UtcTime, nullable=False),
)

# What stations tell of items (事项库问题反馈); what people wrote is sealed.
catalog_feedback = Table(
    "catalog_feedback",
    _meta,
    Column("message_id", String(36), primary_key=True),
    Column("station_id", ForeignKey("stations.station_id"), nullable=False),
    Column("item_code", String(64), nullable=False, index=True),
    Column("rule", String(40), nullable=False),
    Column("due", String(10), nullable=False),
    Column("body_hash", String(64), nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("received_at", UtcTime, nullable=False),
)

# A material on file of a case, whole once `completed_at` is set.  The case may come later.
files = Table(
    "files",
    _meta,
    Column("file_id", String(36), primary_key=True),
    Column("station_id", ForeignKey("stations.station_id"), nullable=False),
    Column("case_id", String(36), nullable=False, index=True),
    Column("sha256", String(64), nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("media_type", String(40), nullable=False),
    Column("received", BigInteger, nullable=False),
    Column("changed_at", UtcTime, nullable=False, index=True),
    Column("completed_at", UtcTime),
    CheckConstraint("received >= 0 AND received <= size", name="file_within_its_size"),
)

file_parts = Table(
    "file_parts",
    _meta,
    Column("file_id", ForeignKey("files.file_id"), primary_key=True),
    Column("start", BigInteger, primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
)

operators = Table(
    "operators",
    _meta,
    Column("operator_id", String(16), primary_key=True),
    Column("name", String(80), nullable=False),
    Column("role", String(16), nullable=False),
    Column("pin_hash", String(200), nullable=False),
    Column("demo", Boolean, nullable=False),
)

# By the number that was typed, known or not: a lock-out must not tell which numbers exist.
sign_in_tries = Table(
    "sign_in_tries",
    _meta,
    Column("operator_id", String(16), primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("locked_until", UtcTime),
    Column("changed_at", UtcTime, nullable=False),
)

catalogs = Table(
    "catalogs",
    _meta,
    Column("version", String(40), primary_key=True),
    Column("fingerprint", String(64), nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("items", Integer, nullable=False),
    Column("published_at", UtcTime, nullable=False),
)

item_names = Table(
    "item_names",
    _meta,
    Column("code", String(64), primary_key=True),
    Column("name", String(400), nullable=False),
)


class Database:
    """An engine with its schema in place.  Raises NewerSchemaError, SQLAlchemyError when made."""

    def __init__(self, url: str) -> None:
        # hide_parameters: what people entered must not reach a log through an error's text
        self.engine: Engine = create_engine(url, hide_parameters=True, pool_pre_ping=True)
        if self.engine.dialect.name == "sqlite":
            _prepare_sqlite(self.engine)
        self._migrate()

    @contextmanager
    def write(self) -> Iterator[Connection]:
        with self.engine.connect().execution_options(immediate=True) as connection, connection.begin():
            yield connection

    @contextmanager
    def read(self) -> Iterator[Connection]:
        with self.engine.connect() as connection:
            yield connection

    def close(self) -> None:
        self.engine.dispose()

    def _migrate(self) -> None:
        """Numbered steps from the version found to SCHEMA; a newer one is refused, not guessed."""
        with self.write() as db:
            found = 0
            if inspect(db).has_table(schema_version.name):
                found = db.scalar(select(schema_version.c.version)) or 0
            if found > SCHEMA:
                raise NewerSchemaError(f"gateway schema {found} > {SCHEMA}")
            if found < SCHEMA:
                _meta.create_all(db)  # from 0 all tables, later the newer ones
                db.execute(delete(schema_version))
                db.execute(insert(schema_version).values(version=SCHEMA))


def sqlite_url(path: Path) -> str:
    """The URL of a database file that only this account may read."""
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    return f"sqlite:///{path}"


def _prepare_sqlite(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def configure(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # this module says BEGIN itself
        for pragma in (
            f"busy_timeout={_BUSY_MS}",
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        immediate = connection.get_execution_options().get("immediate", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")
