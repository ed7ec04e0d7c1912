"""Files that are either the old one or the new one, never half of either.

A leaf like `app.errors`.  The bytes go into a temporary file in the same directory,
are flushed to the disk, and take the name in one step; then the directory itself is
flushed, so that the new name survives a power cut too.  A crash in between leaves a
stray `.….tmp` file, which `remove_leftovers` clears away.
"""

import errno
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from app.errors import DiskFullError, StoreError

TEMPORARY = ".tmp"
_FULL = frozenset(getattr(errno, name) for name in ("ENOSPC", "EDQUOT", "EFBIG") if hasattr(errno, name))


def write_atomically(path: Path, data: bytes, mode: int = 0o600) -> None:
    """Put `data` at `path`, replacing what is there; durable when it returns.

    `mode` holds whatever the umask says.  Raises DiskFullError, StoreError.
    """
    temporary = temporary_beside(path)
    with translated(path):
        try:
            _write_new(temporary, data, mode)
            install(temporary, path)
        except BaseException:
            with suppress(OSError):
                temporary.unlink(missing_ok=True)
            raise


def temporary_beside(path: Path) -> Path:
    """An unused name in the directory of `path`, for a file that `install` will move there."""
    return path.with_name(f".{path.name}.{secrets.token_hex(4)}{TEMPORARY}")


def install(temporary: Path, path: Path) -> None:
    """Give an already written and flushed `temporary` the name `path`, durably.  Raises as above."""
    with translated(path):
        temporary.replace(path)
        sync_directory(path.parent)


def sync_directory(folder: Path) -> None:
    """Flush the names in `folder`.  Windows has no such call; there the rename is journalled."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def remove_leftovers(folder: Path) -> None:
    """Remove what interrupted writers left in `folder`; only for whoever holds the writer's lock."""
    with translated(folder):
        for stray in folder.glob(f".*{TEMPORARY}"):
            stray.unlink(missing_ok=True)


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """Every OSError inside becomes a StoreError; only the error's number is told, never the path."""
    try:
        yield
    except OSError as error:
        what = errno.errorcode.get(error.errno or 0, "?")
        kind = DiskFullError if error.errno in _FULL else StoreError
        raise kind(f"{type(error).__name__} {what} at a file of the DATA folder") from error


def _write_new(path: Path, data: bytes, mode: int) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), mode)
    with os.fdopen(descriptor, "wb") as file:
        if hasattr(os, "fchmod"):
            os.fchmod(descriptor, mode)
        file.write(data)
        file.flush()
        os.fsync(descriptor)
