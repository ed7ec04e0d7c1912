"""Large files on the line: zstd (RFC 8878), unpacked with a bound on length and memory.

A leaf like `app.atomic_file`.  What is unpacked here came over a line: the length of the result
is known beforehand (it is signed), and a frame that wants more, or a window larger than
`WINDOW`, is refused before it can fill a disk or the memory.  Reading, hashing and writing each
let go of the interpreter, so a window stays smooth meanwhile (docs/benchmarks.md).
"""

import hashlib
import os
import queue
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

import zstandard

WINDOW = 1 << 23  # bytes the unpacker may remember: what every decoder has to offer (RFC 8878 §3.1.1.1.2)
CHUNK = 1 << 18
_LEVEL = 9
_WAITING = 8  # chunks between reader and hasher: a bound on memory


class PackedError(ValueError):
    """Not the packed file it should be: cut short, changed, longer than allowed, or hungry for memory."""


def pack(source: Path, out: Path, level: int = _LEVEL) -> None:
    """Write `source` to `out` in one zstd frame; equal input makes equal bytes.  Raises OSError."""
    parameters = zstandard.ZstdCompressionParameters.from_level(
        level, window_log=WINDOW.bit_length() - 1, write_content_size=True, write_checksum=False
    )
    packer = zstandard.ZstdCompressor(compression_params=parameters)
    with source.open("rb") as src, out.open("xb") as dst:
        packer.copy_stream(src, dst, size=source.stat().st_size, read_size=CHUNK, write_size=CHUNK)
        dst.flush()
        os.fsync(dst.fileno())


def unpack(source: Path, out: Path, length: int, step: Callable[[int], None] | None = None) -> str:
    """Write the `length` bytes packed in `source` to `out`, durably; returns their SHA-256.

    `step(done)` is told of each chunk and may raise to stop.  Raises PackedError, OSError.
    """
    with source.open("rb") as src, out.open("wb") as dst:
        return write_hashed(unpacked(src, length), dst, step)


def unpacked(source: IO[bytes], length: int) -> Iterator[bytes]:
    """The content of a frame, chunk by chunk: exactly `length` bytes.  Raises PackedError."""
    reader = zstandard.ZstdDecompressor(max_window_size=WINDOW).stream_reader(source, read_size=CHUNK)
    done = 0
    try:
        while chunk := reader.read(CHUNK):
            done += len(chunk)
            if done > length:
                raise PackedError("longer than signed")
            yield chunk
    except zstandard.ZstdError as error:
        raise PackedError("not a zstd frame") from error
    if done != length:
        raise PackedError("shorter than signed")


def write_hashed(chunks: Iterator[bytes], out: IO[bytes], step: Callable[[int], None] | None = None) -> str:
    """Write the chunks durably while a second thread hashes them; returns their SHA-256."""
    with Hashing() as hashing:
        done = 0
        for chunk in chunks:
            hashing.put(chunk)
            out.write(chunk)
            done += len(chunk)
            if step is not None:
                step(done)
        out.flush()
        os.fsync(out.fileno())
    return hashing.hexdigest


class Hashing:
    """SHA-256 on a thread of its own, a few chunks behind; `hexdigest` once it is left."""

    def __init__(self) -> None:
        self._chunks: queue.Queue[bytes | None] = queue.Queue(_WAITING)
        self._digest = hashlib.sha256()
        self._thread = threading.Thread(target=self._run, name="hashing", daemon=True)
        self.hexdigest = ""

    def put(self, chunk: bytes) -> None:
        self._chunks.put(chunk)

    def __enter__(self) -> "Hashing":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._chunks.put(None)
        self._thread.join()
        self.hexdigest = self._digest.hexdigest()

    def _run(self) -> None:
        while (chunk := self._chunks.get()) is not None:
            self._digest.update(chunk)


def file_sha256(path: Path) -> str:
    """Raises OSError."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
