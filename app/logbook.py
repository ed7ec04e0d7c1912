"""The log of a station in DATA/log: small, for its owner's eyes, and without people in it.

One file a command, so that a doctor beside an open window does not rotate the window's log.
"""

import logging
import os
import sys
from collections.abc import Mapping
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any

from app.domain.redaction import redacted

FORMAT = "%(asctime)s %(levelname)s %(name)s %(message)s"
SIZE, KEPT = 512 * 1024, 3  # bytes a file; former files beside it


class RedactingFormatter(logging.Formatter):
    """What leaves for a file or a terminal is redacted as a whole, tracebacks included."""

    def format(self, record: logging.LogRecord) -> str:
        return redacted(super().format(record))


class _OwnersFile(RotatingFileHandler):
    """Files of 0600.  A disk that is full or taken away costs the log, never the work."""

    def _open(self) -> TextIOWrapper:
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_NOFOLLOW", 0)
        return os.fdopen(os.open(self.baseFilename, flags, 0o600), "a", encoding="utf-8")

    def handleError(self, record: logging.LogRecord) -> None:
        pass


def to_terminal() -> None:
    """Everything from INFO on to stderr."""
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format=FORMAT)
    for handler in logging.getLogger().handlers:
        handler.setFormatter(RedactingFormatter(FORMAT))


def keep(folder: Path, command: str) -> None:
    """Write `folder`/`command`.log as well, where the folder can be made; else go on without."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        handler = _OwnersFile(folder / f"{command}.log", maxBytes=SIZE, backupCount=KEPT, encoding="utf-8")
    except OSError:
        logging.getLogger(__name__).warning("no log file can be kept")
        return
    handler.setFormatter(RedactingFormatter(FORMAT))
    logging.getLogger().addHandler(handler)


def files(folder: Path, most: int = 12, tail: int = SIZE) -> Mapping[str, bytes]:
    """The newest log files by name, of each the last `tail` bytes, redacted once more."""
    found: dict[str, bytes] = {}
    try:
        paths = sorted(folder.glob("*.log*"), key=_changed, reverse=True)[:most]
        for path in sorted(paths):
            found[path.name] = redacted(_end_of(path, tail).decode("utf-8", "replace")).encode()
    except OSError:
        logging.getLogger(__name__).warning("the log folder cannot be read")
    return found


def _changed(path: Path) -> float:
    return path.stat().st_mtime


def _end_of(path: Path, tail: int) -> bytes:
    """From the beginning of a line."""
    with path.open("rb") as file:
        size: Any = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - tail))
        data = file.read(tail)
    return data if size <= tail else data.partition(b"\n")[2]
