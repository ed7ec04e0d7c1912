"""What changed from one large file to the next, page by page (our own format; ADR 0101).

    GJDELTA1 · <page size, old length, new length, runs, segments> · runs · segments
    run       first old page, how many                 copied as they are
              or FRESH, how many                       taken from the segments, in order
    segment   first, beyond · length · zstd frame      some fresh pages, packed with the old pages
                                                       [first, beyond) of the leftovers as dictionary

All numbers little-endian.  The leftovers are the old pages that no run copies: what changed came
from among them, so a page with one changed row costs little more than the row.  The old file is
copied by the kernel; only what changed is unpacked.  Neither side ever holds more than a segment
and its dictionary.  Whether the result is the right file, its digest says, not this format.
"""

import errno
import os
import struct
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from itertools import islice
from pathlib import Path
from typing import IO

import zstandard

from app.packed import PackedError, file_sha256

MAGIC = b"GJDELTA1"
PAGE = 4096
FRESH = 0xFFFFFFFF
SEGMENT = 1024  # fresh pages packed together at most
REACH = 2048  # old pages in a dictionary at most

_HEAD = struct.Struct("<8sIQQII")
_RUN = struct.Struct("<II")
_SEGMENT = struct.Struct("<III")
_LEVEL, _QUICK_LEVEL = 19, 12
_FEW = 2 * SEGMENT  # so many fresh pages are worth the slow level
_COPY = 1 << 20
_MOST_RUNS = 1 << 22
_CANNOT = (errno.ENOSYS, errno.EXDEV, errno.EINVAL, errno.EOPNOTSUPP)


@dataclass(frozen=True, slots=True)
class _Run:
    old: int
    count: int


# -- making ------------------------------------------------------------------------------------------


def make_delta(old: Path, new: Path, out: Path) -> None:
    """Write the delta that makes `new` out of `old`; equal input makes equal bytes.  Raises OSError."""
    runs = _runs(old, new)
    fresh = sum(run.count for run in runs if run.old == FRESH)
    leftovers = _leftovers(runs, old.stat().st_size // PAGE)
    with old.open("rb") as base, new.open("rb") as src, out.open("xb") as dst:
        segments, level = -(-fresh // SEGMENT), _LEVEL if fresh <= _FEW else _QUICK_LEVEL
        dst.write(_HEAD.pack(MAGIC, PAGE, _size(base), _size(src), len(runs), segments))
        dst.writelines(_RUN.pack(run.old, run.count) for run in runs)
        pages = _fresh_pages(src, runs)
        for number in range(segments):
            first, beyond = _neighbours(number, segments, len(leftovers))
            content = b"".join(islice(pages, SEGMENT))
            packed = _packer(_dictionary(base, leftovers[first:beyond]), level).compress(content)
            dst.write(_SEGMENT.pack(first, beyond, len(packed)) + packed)
        dst.flush()
        os.fsync(dst.fileno())


def _runs(old: Path, new: Path) -> list[_Run]:
    """Longest first where there is a choice: a page goes on with the run before it if it can."""
    known: dict[bytes, int] = {}
    by_number: list[bytes] = []
    for number, page in enumerate(_pages(old)):
        mark = blake2b(page, digest_size=16).digest()
        by_number.append(mark)
        if len(page) == PAGE:
            known.setdefault(mark, number)
    runs: list[_Run] = []
    for page in _pages(new):
        mark = blake2b(page, digest_size=16).digest()
        last = runs[-1] if runs else _Run(FRESH, 0)
        goes_on = last.old + last.count
        if last.old != FRESH and goes_on < len(by_number) and by_number[goes_on] == mark:
            runs[-1] = _Run(last.old, last.count + 1)
        elif (found := known.get(mark) if len(page) == PAGE else None) is not None:
            runs.append(_Run(found, 1))
        elif runs and last.old == FRESH:
            runs[-1] = _Run(FRESH, last.count + 1)
        else:
            runs.append(_Run(FRESH, 1))
    return runs


def _pages(path: Path) -> Iterator[bytes]:
    with path.open("rb", buffering=_COPY) as file:
        while page := file.read(PAGE):
            yield page


def _fresh_pages(file: IO[bytes], runs: Sequence[_Run]) -> Iterator[bytes]:
    number = 0
    for run in runs:
        if run.old == FRESH:
            file.seek(number * PAGE)
            for _ in range(run.count):
                yield file.read(PAGE)
        number += run.count


def _neighbours(number: int, segments: int, leftovers: int) -> tuple[int, int]:
    """The leftovers that lie about where this segment does, by proportion."""
    middle = (2 * number + 1) * leftovers // (2 * segments)
    first = max(0, min(middle - REACH // 2, leftovers - REACH))
    return first, min(leftovers, first + REACH)


def _packer(dictionary: zstandard.ZstdCompressionDict | None, level: int) -> zstandard.ZstdCompressor:
    parameters = zstandard.ZstdCompressionParameters.from_level(
        level, window_log=24, enable_ldm=True, write_content_size=True, write_checksum=False
    )
    if dictionary is None:
        return zstandard.ZstdCompressor(compression_params=parameters)
    return zstandard.ZstdCompressor(compression_params=parameters, dict_data=dictionary)


# -- applying ----------------------------------------------------------------------------------------


def apply_delta(old: Path, delta: Path, out: Path, length: int) -> str:
    """Write to `out`, durably, what `delta` makes of `old`; returns its SHA-256.

    `length`: what the result has to measure, known beforehand.  Raises PackedError, OSError.
    """
    with old.open("rb") as base, delta.open("rb") as src, out.open("w+b") as dst:
        runs, segments = _read_head(src, _size(base), length)
        dst.truncate(length)
        holes = _copy_runs(base, dst, runs)
        leftovers = _leftovers(runs, _size(base) // PAGE)
        for _ in range(segments):
            first, beyond, size = _SEGMENT.unpack(_exactly(src, _SEGMENT.size))
            if not (
                first <= beyond <= len(leftovers) and beyond - first <= REACH and size <= 2 * SEGMENT * PAGE
            ):
                raise PackedError("a segment out of bounds")
            _fill(
                dst, holes, _unpack(_dictionary(base, leftovers[first:beyond]), _exactly(src, size)), length
            )
        if next(holes, None) is not None or src.read(1):
            raise PackedError("more or fewer pages than told")
        return _flushed_sha256(dst, out)


def _read_head(src: IO[bytes], old_length: int, length: int) -> tuple[list[_Run], int]:
    magic, page, old, new, count, segments = _HEAD.unpack(_exactly(src, _HEAD.size))
    pages = -(-length // PAGE)
    if magic != MAGIC or page != PAGE or old != old_length or new != length:
        raise PackedError("a delta for something else")
    if count > min(pages, _MOST_RUNS) or segments > pages:
        raise PackedError("more pieces than pages")
    runs = [_Run(*_RUN.unpack(_exactly(src, _RUN.size))) for _ in range(count)]
    for run in runs:
        if run.count < 1 or (run.old != FRESH and (run.old + run.count) * PAGE > old_length + PAGE - 1):
            raise PackedError("a run out of bounds")
    if sum(run.count for run in runs) != pages:
        raise PackedError("not the pages of the whole")
    return runs, segments


def _copy_runs(base: IO[bytes], dst: IO[bytes], runs: Sequence[_Run]) -> Iterator[int]:
    """Copy what stays; the numbers of the pages that are still missing."""
    missing: list[range] = []
    number = 0
    for run in runs:
        if run.old == FRESH:
            missing.append(range(number, number + run.count))
        else:
            _copy(base.fileno(), dst.fileno(), run.old * PAGE, number * PAGE, run.count * PAGE)
        number += run.count
    return (page for pages in missing for page in pages)


def _copy(source: int, out: int, at: int, to: int, left: int) -> None:
    """By the kernel where it can; up to the end of the source."""
    while left > 0:
        step = _copied_by_kernel(source, out, at, to, left) if hasattr(os, "copy_file_range") else -1
        if step < 0:
            os.lseek(source, at, os.SEEK_SET)
            piece = os.read(source, min(left, _COPY))
            os.lseek(out, to, os.SEEK_SET)
            step = os.write(out, piece) if piece else 0
        if step == 0:
            return
        at, to, left = at + step, to + step, left - step


def _copied_by_kernel(source: int, out: int, at: int, to: int, left: int) -> int:
    """-1 where the file system cannot."""
    try:
        return os.copy_file_range(source, out, left, at, to)
    except OSError as error:
        if error.errno in _CANNOT:
            return -1
        raise


def _fill(dst: IO[bytes], holes: Iterator[int], content: bytes, length: int) -> None:
    """Write fresh pages, neighbours in one go."""
    for start in range(0, len(content), PAGE):
        number = next(holes, None)
        if number is None:
            raise PackedError("more pages than told")
        page = content[start : start + PAGE]
        if len(page) != min(PAGE, length - number * PAGE):
            raise PackedError("a page of another length")
        dst.seek(number * PAGE)
        dst.write(page)


def _unpack(dictionary: zstandard.ZstdCompressionDict | None, packed: bytes) -> bytes:
    most = SEGMENT * PAGE
    try:
        if not 0 < zstandard.frame_content_size(packed) <= most:
            raise PackedError("a segment that does not say its length")
        unpacker = (
            zstandard.ZstdDecompressor(max_window_size=1 << 24)
            if dictionary is None
            else zstandard.ZstdDecompressor(dict_data=dictionary, max_window_size=1 << 24)
        )
        return unpacker.decompress(packed, max_output_size=most)
    except zstandard.ZstdError as error:
        raise PackedError("a segment that cannot be unpacked") from error


def _flushed_sha256(dst: IO[bytes], out: Path) -> str:
    """To the disk on one thread while it is hashed on another."""
    dst.flush()
    failed: list[OSError] = []

    def flush() -> None:
        try:
            os.fsync(dst.fileno())
        except OSError as error:
            failed.append(error)

    flushing = threading.Thread(target=flush, name="flushing", daemon=True)
    flushing.start()
    try:
        digest = file_sha256(out)
    finally:
        flushing.join()
    if failed:
        raise failed[0]
    return digest


# -- both --------------------------------------------------------------------------------------------


def _leftovers(runs: Sequence[_Run], pages: int) -> list[int]:
    """The old whole pages that no run copies, in order."""
    used = bytearray(pages + 1)
    for run in runs:
        if run.old != FRESH:
            used[run.old : run.old + run.count] = b"\x01" * run.count
    return [number for number in range(pages) if not used[number]]


def _dictionary(base: IO[bytes], pages: Sequence[int]) -> zstandard.ZstdCompressionDict | None:
    """These pages of the old file as raw content; None for too little of it."""
    content = bytearray()
    for number in pages:
        base.seek(number * PAGE)
        content += base.read(PAGE)
    if len(content) < PAGE:
        return None
    return zstandard.ZstdCompressionDict(bytes(content), dict_type=zstandard.DICT_TYPE_RAWCONTENT)


def _exactly(src: IO[bytes], count: int) -> bytes:
    data = src.read(count)
    if len(data) != count:
        raise PackedError("cut short")
    return data


def _size(file: IO[bytes]) -> int:
    return os.fstat(file.fileno()).st_size
