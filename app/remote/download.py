"""Signed targets from the repository: small ones in memory, large ones to a resumable part file.

A part is named by the digest of what it will be, so an interruption at any byte costs nothing that
had arrived, and a part of something else is never gone on with.  It counts only when the whole has
the signed length and digest.
"""

import math
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from tuf.api.metadata import TargetFile

from app.errors import CatalogUntrustedError, ProtocolError
from app.packed import CHUNK, Hashing
from app.remote.line import Answer, Line
from app.remote.refusals import refusal
from app.remote.tuf_fetcher import LineFetcher

TARGETS_PATH = "/repository/targets/"
Progress = Callable[[int, int], None]
_LARGEST_SMALL_TARGET = 64 << 20
_BEAT_S = 0.2


class Pace:
    """Keeps a download to so many bytes a second; `kbit` 0: as fast as it comes."""

    def __init__(self, kbit: int = 0) -> None:
        self._rate = kbit * 1000 / 8 if kbit else math.inf
        self._free_at = 0.0

    def wait(self, count: int, beat: Callable[[], None]) -> None:
        """Until `count` more bytes are due; `beat` is called meanwhile and may raise to stop."""
        self._free_at = max(self._free_at, time.monotonic()) + count / self._rate
        while (left := self._free_at - time.monotonic()) > 0:
            time.sleep(min(left, _BEAT_S))
            beat()


def download(
    line: Line, target: TargetFile, part: Path, progress: Progress | None = None, pace: Pace | None = None
) -> None:
    """Bring `part` to the whole target, verified and durable.

    Raises CatalogUntrustedError (not what was signed; the part is gone then), RemoteError, OSError.
    """
    offset = part.stat().st_size if part.exists() else 0
    if offset > target.length:
        part.unlink()
        offset = 0
    good = _fetch(line, target, part, offset, progress, pace or Pace())
    if not good and offset:  # what lay there may have been damaged: once more, all of it
        part.unlink(missing_ok=True)
        good = _fetch(line, target, part, 0, progress, pace or Pace())
    if not good:
        part.unlink(missing_ok=True)
        raise CatalogUntrustedError("not the signed file")


def small(fetcher: LineFetcher, target: TargetFile) -> bytes:
    """A small target, verified.  Raises CatalogUntrustedError, RemoteError, tuf's RepositoryError."""
    if target.length > _LARGEST_SMALL_TARGET:
        raise CatalogUntrustedError("a small file that is not small")
    data = fetcher.download_bytes(TARGETS_PATH + consistent_name(target), target.length)
    target.verify_length_and_hashes(data)
    return data


def consistent_name(target: TargetFile) -> str:
    folder, slash, name = target.path.rpartition("/")
    return f"{folder}{slash}{signed_digest(target)}.{name}"


def signed_digest(target: TargetFile) -> str:
    digest = target.hashes.get("sha256", "")
    if len(digest) != 64 or set(digest) - set("0123456789abcdef"):
        raise CatalogUntrustedError("signed without SHA-256")
    return digest


def _fetch(
    line: Line, target: TargetFile, part: Path, offset: int, progress: Progress | None, pace: Pace
) -> bool:
    """Write the rest of the target behind what is there; True when the whole is the signed one."""
    if offset == target.length:
        return _write(target, part, offset, iter(()), progress, pace)
    with line.stream(TARGETS_PATH + consistent_name(target), offset) as (answer, chunks):
        _check_head(answer)
        return _write(target, part, offset if answer.status == 206 else 0, chunks, progress, pace)


def _write(
    target: TargetFile,
    part: Path,
    done: int,
    chunks: Iterator[bytes],
    progress: Progress | None,
    pace: Pace,
) -> bool:
    def beat() -> None:
        if progress is not None:
            progress(done, target.length)

    with part.open("ab" if done else "wb") as out, Hashing() as hashing:
        for chunk in _already(part) if done else ():
            hashing.put(chunk)
        for chunk in chunks:
            done += len(chunk)
            if done > target.length:
                return False
            hashing.put(chunk)
            out.write(chunk)
            beat()
            pace.wait(len(chunk), beat)
    return done == target.length and hashing.hexdigest == signed_digest(target)


def _already(part: Path) -> Iterator[bytes]:
    with part.open("rb") as file:
        while chunk := file.read(CHUNK):
            yield chunk


def _check_head(answer: Answer) -> None:
    """Only a file is a file.  Raises RemoteError."""
    if answer.status == 404:
        raise ProtocolError("a signed file is missing")
    if answer.status not in (200, 206):
        raise refusal(answer)
    if answer.media_type == "text/html":
        raise ProtocolError("a page for people instead of a file")
