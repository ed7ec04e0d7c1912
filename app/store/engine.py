"""The one connection to the encrypted file, opened with every guarantee switched on.

SQLCipher (AES-256, an HMAC a page) with a raw key, so that opening costs no key
derivation.  WAL with `synchronous=FULL`: what is committed survives a power cut.  Every
transaction begins as BEGIN IMMEDIATE, hence none finds out in its middle that it cannot
write, and two threads or processes are served one after the other.
"""

import os
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, QueuePool, create_engine, event
from sqlcipher3 import dbapi2

KEY_BYTES = 32


def make_engine(path: Path, key: bytes, patience_s: float) -> Engine:
    """One pooled connection, usable from any thread but one at a time.

    `patience_s`: how long to wait for another transaction, of this or another process.
    Parameters of statements stay out of error messages: they are personal data.
    """
    if len(key) != KEY_BYTES:
        raise ValueError("the key of the store has 32 bytes")
    engine = create_engine(
        "sqlite://",
        module=dbapi2,
        creator=lambda: _connect(path, key, patience_s),
        poolclass=QueuePool,
        pool_size=1,
        max_overflow=0,
        pool_timeout=patience_s,
        hide_parameters=True,
    )
    event.listen(engine, "begin", _begin)
    return engine


def create_private(path: Path) -> None:
    """An empty file only its owner can read; SQLite gives the -wal and -shm files the same mode."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o600)
    os.close(descriptor)


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _connect(path: Path, key: bytes, patience_s: float) -> Any:
    """`isolation_level=None`: the driver must not begin transactions on its own."""
    connection = dbapi2.connect(str(path), timeout=patience_s, isolation_level=None, check_same_thread=False)
    try:
        for pragma in (
            "cipher_log_level = NONE",  # else a wrong key writes to stderr; the error is raised anyway
            f"key = \"x'{key.hex()}'\"",
            "journal_mode = WAL",
            "synchronous = FULL",
            "fullfsync = ON",  # macOS: flush the drive's cache too
            "foreign_keys = ON",
            "temp_store = MEMORY",  # no plain temporary file
            "trusted_schema = OFF",
        ):
            connection.execute(f"PRAGMA {pragma}").fetchall()
    except BaseException:
        connection.close()
        raise
    return connection
