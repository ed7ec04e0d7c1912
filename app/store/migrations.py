"""From an empty or older file to the present tables, one numbered step at a time.

The number of the last step taken stands in the file itself (PRAGMA user_version).  Each
step and its number are one transaction, so a crash leaves the file before or after it.
A step that was ever shipped is never edited: a change is a new step at the end.
"""

from collections.abc import Sequence

from sqlalchemy import Connection

from app.errors import NewerSchemaError

_FIRST = (
    """CREATE TABLE cases (
        seq INTEGER PRIMARY KEY AUTOINCREMENT,
        case_id TEXT NOT NULL UNIQUE,
        request_id TEXT NOT NULL UNIQUE,
        number TEXT NOT NULL UNIQUE,
        applicant_name TEXT NOT NULL,
        organisation_name TEXT NOT NULL,
        masked_name TEXT NOT NULL,
        item_name TEXT NOT NULL,
        operator_id TEXT NOT NULL,
        received_at BIGINT NOT NULL,
        platform_number TEXT NOT NULL,
        body TEXT NOT NULL
    )""",
    "CREATE INDEX cases_received_at ON cases (received_at)",
    """CREATE TABLE receipts (
        case_id TEXT PRIMARY KEY NOT NULL REFERENCES cases (case_id),
        body TEXT NOT NULL
    )""",
    """CREATE TABLE number_blocks (
        seq INTEGER PRIMARY KEY AUTOINCREMENT,
        block_id TEXT NOT NULL UNIQUE,
        first INTEGER NOT NULL,
        last INTEGER NOT NULL,
        next INTEGER NOT NULL,
        CHECK (first <= last AND next BETWEEN first AND last + 1)
    )""",
    """CREATE TRIGGER number_blocks_never_back BEFORE UPDATE ON number_blocks
        WHEN NEW.next <= OLD.next OR NEW.first <> OLD.first OR NEW.last <> OLD.last
        BEGIN SELECT RAISE(ABORT, 'a number is never given twice'); END""",
    """CREATE TABLE outbox (
        seq INTEGER PRIMARY KEY AUTOINCREMENT,
        message_id TEXT NOT NULL UNIQUE,
        topic TEXT NOT NULL,
        case_id TEXT NOT NULL,
        body TEXT NOT NULL,
        created_at BIGINT NOT NULL,
        not_before BIGINT NOT NULL,
        attempts INTEGER NOT NULL,
        lane TEXT NOT NULL,
        reason TEXT NOT NULL
    )""",
    "CREATE INDEX outbox_case ON outbox (case_id)",
    "CREATE INDEX outbox_waiting ON outbox (lane, seq) WHERE lane <> 'done'",
    """CREATE TABLE prints (
        seq INTEGER PRIMARY KEY AUTOINCREMENT,
        job_id TEXT NOT NULL UNIQUE,
        case_id TEXT NOT NULL REFERENCES cases (case_id),
        form TEXT NOT NULL,
        copy_no INTEGER NOT NULL,
        state TEXT NOT NULL,
        reason TEXT NOT NULL,
        changed_at BIGINT NOT NULL
    )""",
    "CREATE INDEX prints_case ON prints (case_id)",
    "CREATE INDEX prints_open ON prints (seq) WHERE state IN ('prepared', 'sent', 'unknown')",
    """CREATE TABLE drafts (
        draft_id TEXT PRIMARY KEY NOT NULL,
        operator_id TEXT NOT NULL,
        changed_at BIGINT NOT NULL,
        body TEXT NOT NULL
    )""",
    "CREATE TABLE operators (operator_id TEXT PRIMARY KEY NOT NULL, body TEXT NOT NULL)",
    """CREATE TABLE enrolments (
        seq INTEGER PRIMARY KEY AUTOINCREMENT,
        station_id TEXT NOT NULL,
        key_id TEXT NOT NULL,
        body TEXT NOT NULL
    )""",
    "CREATE TABLE notes (key TEXT PRIMARY KEY NOT NULL, value TEXT NOT NULL)",
    """CREATE TABLE uses (
        item_code TEXT PRIMARY KEY NOT NULL,
        count INTEGER NOT NULL,
        last INTEGER NOT NULL
    )""",
    """CREATE TABLE audit (
        seq INTEGER PRIMARY KEY AUTOINCREMENT,
        at BIGINT NOT NULL,
        operator_id TEXT NOT NULL,
        action TEXT NOT NULL,
        subject TEXT NOT NULL
    )""",
    """CREATE TRIGGER audit_never_changed BEFORE UPDATE ON audit
        BEGIN SELECT RAISE(ABORT, 'the audit is only ever added to'); END""",
    """CREATE TRIGGER audit_never_removed BEFORE DELETE ON audit
        BEGIN SELECT RAISE(ABORT, 'the audit is only ever added to'); END""",
)

_MATERIALS_ON_FILE = (
    """CREATE TABLE files (
        seq INTEGER PRIMARY KEY AUTOINCREMENT,
        file_id TEXT NOT NULL UNIQUE,
        draft_id TEXT NOT NULL,
        case_id TEXT NOT NULL,
        material_key TEXT NOT NULL,
        role TEXT NOT NULL,
        media_type TEXT NOT NULL,
        pages INTEGER NOT NULL,
        size INTEGER NOT NULL,
        sha256 TEXT NOT NULL,
        added_at BIGINT NOT NULL,
        aside INTEGER NOT NULL,
        sent INTEGER NOT NULL
    )""",
    "CREATE INDEX files_draft ON files (draft_id)",
    "CREATE INDEX files_case ON files (case_id)",
    """CREATE TRIGGER files_of_a_case_stay BEFORE DELETE ON files WHEN OLD.case_id <> ''
        BEGIN SELECT RAISE(ABORT, 'a file of a received case is never removed'); END""",
    """CREATE TRIGGER files_never_change BEFORE UPDATE ON files
        WHEN OLD.sha256 <> NEW.sha256 OR OLD.size <> NEW.size OR OLD.file_id <> NEW.file_id
            OR (OLD.case_id <> '' AND OLD.case_id <> NEW.case_id)
        BEGIN SELECT RAISE(ABORT, 'a file and its case stay what they are'); END""",
)

_PINNED_ITEMS = (
    """CREATE TABLE case_pins (
        case_id TEXT PRIMARY KEY NOT NULL REFERENCES cases (case_id),
        item_code TEXT NOT NULL,
        catalog_version TEXT NOT NULL
    )""",
    "CREATE INDEX case_pins_item ON case_pins (item_code, catalog_version)",
    """CREATE TABLE pinned_items (
        item_code TEXT NOT NULL,
        catalog_version TEXT NOT NULL,
        body TEXT NOT NULL,
        PRIMARY KEY (item_code, catalog_version)
    )""",
    """CREATE TABLE item_changes (
        subject_id TEXT PRIMARY KEY NOT NULL,
        body TEXT NOT NULL,
        seen INTEGER NOT NULL
    )""",
)

_FEEDBACK = (
    """CREATE TABLE feedback (
        seq INTEGER PRIMARY KEY AUTOINCREMENT,
        feedback_id TEXT NOT NULL UNIQUE,
        item_code TEXT NOT NULL,
        body TEXT NOT NULL,
        closed_at BIGINT
    )""",
)

_SHOTS = (
    """CREATE TABLE shots (
        draft_id TEXT NOT NULL,
        material_key TEXT NOT NULL,
        body TEXT NOT NULL,
        PRIMARY KEY (draft_id, material_key)
    )""",
)

Steps = Sequence[Sequence[str]]
"""One entry a version; its statements run in order inside one transaction."""

MIGRATIONS: Steps = (_FIRST, _MATERIALS_ON_FILE, _PINNED_ITEMS, _FEEDBACK, _SHOTS)


def migrate(connection: Connection, steps: Steps = MIGRATIONS) -> None:
    """Bring the file up to `len(steps)`.  Raises NewerSchemaError when it is beyond that.

    The connection's driver must leave transactions alone (see `app.store.engine`).
    """
    version = version_of(connection)
    connection.rollback()
    if version > len(steps):
        raise NewerSchemaError(f"schema {version}, this program knows {len(steps)}")
    for number, statements in enumerate(steps[version:], start=version + 1):
        _step(connection, number, statements)


def version_of(connection: Connection) -> int:
    return int(connection.exec_driver_sql("PRAGMA user_version").scalar_one())


def _step(connection: Connection, number: int, statements: Sequence[str]) -> None:
    with connection.begin():
        if version_of(connection) >= number:  # another process was quicker
            return
        for statement in statements:
            connection.exec_driver_sql(statement)
        connection.exec_driver_sql(f"PRAGMA user_version = {number:d}")
