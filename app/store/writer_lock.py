"""One writing process a DATA folder, kept by a lock of the operating system.

The lock lives as long as the open file, so the end of the process, `kill -9` included,
releases it; there is no stale lock to clear away.  The file also notes who holds it, for
the sentence a second process shows; the note alone means nothing.
"""

import json
import os
import sys
import weakref
from contextlib import suppress
from pathlib import Path

from app.atomic_file import translated
from app.errors import StoreBusyError

_FAR = 1 << 30  # Windows locks bytes and then nobody else reads them: lock one far behind the note


class WriterLock:
    """Held from `acquire` to `release` or the end of the process."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor: int | None = None

    def acquire(self, command: str = "") -> None:
        """Take it or fail at once; `command`: the word that started this process (counter, sync …).

        Raises StoreBusyError (values: pid, command of the holder), StoreError.
        """
        if self._descriptor is not None:
            return
        flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0)
        with translated(self._path):
            descriptor = os.open(self._path, flags, 0o600)
            try:
                _lock(descriptor)
            except BlockingIOError as error:
                holder = _holder(descriptor)
                os.close(descriptor)
                raise StoreBusyError(f"held by process {holder['pid']}", **holder) from error
            except BaseException:
                os.close(descriptor)
                raise
        self._descriptor = descriptor
        _release_in_children(self)
        _note(descriptor, command)

    def release(self) -> None:
        """Give it back; releasing twice is no fault."""
        if self._descriptor is not None:
            descriptor, self._descriptor = self._descriptor, None
            os.close(descriptor)

    @property
    def held(self) -> bool:
        return self._descriptor is not None


def _holder(descriptor: int) -> dict[str, object]:
    """Who wrote the note; `?` while the holder has not got round to it."""
    with suppress(OSError, ValueError):
        os.lseek(descriptor, 0, os.SEEK_SET)
        note = json.loads(os.read(descriptor, 4096))
        if isinstance(note, dict):
            return {"pid": note.get("pid", "?"), "command": note.get("command", "?")}
    return {"pid": "?", "command": "?"}


def _note(descriptor: int, command: str) -> None:
    """A full disk must not keep anyone from opening the folder: the note may be missing."""
    with suppress(OSError):
        os.ftruncate(descriptor, 0)
        os.lseek(descriptor, 0, os.SEEK_SET)
        os.write(descriptor, json.dumps({"pid": os.getpid(), "command": command}).encode())


def _release_in_children(lock: WriterLock) -> None:
    """A forked child shares the open file and would keep the lock after its parent's death."""
    if not hasattr(os, "register_at_fork"):
        return
    reference = weakref.ref(lock)

    def close() -> None:
        held = reference()
        if held is not None:
            held.release()

    os.register_at_fork(after_in_child=close)


if sys.platform == "win32":
    import msvcrt

    def _lock(descriptor: int) -> None:
        os.lseek(descriptor, _FAR, os.SEEK_SET)
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except PermissionError as error:
            raise BlockingIOError(error.errno, "locked") from error
else:
    import fcntl

    def _lock(descriptor: int) -> None:
        """`flock` belongs to the open file: closing another one in this process does not drop it."""
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
