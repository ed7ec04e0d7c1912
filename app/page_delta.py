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
from hashlib import blake2b
from itertools import accumulate, groupby, islice
from pathlib import Path
from typing import IO, NamedTuple

import zstandard

from app.packed import PackedError, file_sha256

MAGIC = b"GJDELTA1"
PAGE = 4096
FRESH = 0xFFFFFFFF
SEGMENT = 1024  # fresh pages packed together at most
REACH = 2560  # old pages in a dictionary at most

_HEAD = struct.Struct("<8sIQQII")
_RUN = struct.Struct("<II")
_SEGMENT = struct.Struct("<III")
_LEVEL, _QUICK_LEVEL = 19, 12
_FEW = 2 * SEGMENT  # so many fresh pages are worth the slow level
_COPY = 1 << 20
_NEAR = 16  # fresh pages between two runs that are copied in one go
_MOST_RUNS = 1 << 22
_CANNOT = (errno.ENOSYS, errno.EXDEV, errno.EINVAL, errno.EOPNOTSUPP)


class _Run(NamedTuple):
    old: int
    pages: int


# -- making ------------------------------------------------------------------------------------------


def make_delta(old: Path, new: Path, out: Path) -> None:
    """Write the delta that makes `new` out of `old`; equal input makes equal bytes.  Raises OSError."""
    runs = _runs(old, new)
    fresh = sum(run.pages for run in runs if run.old == FRESH)
    leftovers = _leftovers(runs, old.stat().st_size // PAGE)
    with old.open("rb", buffering=0) as base, new.open("rb") as src, out.open("xb") as dst:
        segments, level = -(-fresh // SEGMENT), _LEVEL if fresh <= _FEW else _QUICK_LEVEL
        dst.write(_HEAD.pack(MAGIC, PAGE, _size(base), _size(src), len(runs), segments))
        dst.writelines(_RUN.pack(run.old, run.pages) for run in runs)
        pages, dictionaries = _fresh_pages(src, runs), _Dictionaries(base, leftovers)
        for number in range(segments):
            first, beyond = _neighbours(number, segments, len(leftovers))
            content = b"".join(islice(pages, SEGMENT))
            packed = _packer(dictionaries.made(first, beyond), level).compress(content)
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
        goes_on = last.old + last.pages
        if last.old != FRESH and goes_on < len(by_number) and by_number[goes_on] == mark:
            runs[-1] = _Run(last.old, last.pages + 1)
        elif (found := known.get(mark) if len(page) == PAGE else None) is not None:
            runs.append(_Run(found, 1))
        elif runs and last.old == FRESH:
            runs[-1] = _Run(FRESH, last.pages + 1)
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
            for _ in range(run.pages):
                yield file.read(PAGE)
        number += run.pages


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
    with old.open("rb", buffering=0) as base, delta.open("rb") as src, out.open("w+b") as dst:
        runs, segments = _read_head(src, _size(base), length)
        dst.truncate(length)
        _copy_runs(base, dst, runs)
        holes = _holes(runs)
        dictionaries = _Dictionaries(base, _leftovers(runs, _size(base) // PAGE))
        for _ in range(segments):
            first, beyond, size = _SEGMENT.unpack(_exactly(src, _SEGMENT.size))
            if not dictionaries.has(first, beyond) or size > 2 * SEGMENT * PAGE:
                raise PackedError("a segment out of bounds")
            _fill(dst, holes, _unpack(dictionaries.made(first, beyond), _exactly(src, size)), length)
        if holes or src.read(1):
            raise PackedError("more or fewer pages than told")
        return _flushed_sha256(dst, out)


def _read_head(src: IO[bytes], old_length: int, length: int) -> tuple[list[_Run], int]:
    magic, page, old, new, count, segments = _HEAD.unpack(_exactly(src, _HEAD.size))
    pages = -(-length // PAGE)
    if magic != MAGIC or page != PAGE or old != old_length or new != length:
        raise PackedError("a delta for something else")
    if count > min(pages, _MOST_RUNS) or segments > pages:
        raise PackedError("more pieces than pages")
    runs = list(map(_Run._make, _RUN.iter_unpack(_exactly(src, count * _RUN.size))))
    for run in runs:
        if run.pages < 1 or (run.old != FRESH and (run.old + run.pages) * PAGE > old_length + PAGE - 1):
            raise PackedError("a run out of bounds")
    if sum(run.pages for run in runs) != pages:
        raise PackedError("not the pages of the whole")
    return runs, segments


def _holes(runs: Sequence[_Run]) -> list[range]:
    """The new pages that come fresh, the first ones last."""
    ends = list(accumulate(run.pages for run in runs))
    fresh = [range(end - run.pages, end) for run, end in zip(runs, ends, strict=True) if run.old == FRESH]
    return fresh[::-1]


def _copy_runs(base: IO[bytes], dst: IO[bytes], runs: Sequence[_Run]) -> None:
    """Copy what stays; what lies near it goes with it, since one call costs more than a few pages."""
    at, old, new, count = 0, 0, 0, 0
    for run in runs:
        if run.old != FRESH:
            if run.old - old == at - new and at - new - count <= _NEAR:
                count = at - new + run.pages
            else:
                _copy(base.fileno(), dst.fileno(), old * PAGE, new * PAGE, count * PAGE)
                old, new, count = run.old, at, run.pages
        at += run.pages
    _copy(base.fileno(), dst.fileno(), old * PAGE, new * PAGE, count * PAGE)


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


def _fill(dst: IO[bytes], holes: list[range], content: bytes, length: int) -> None:
    """Write fresh pages into the next holes, neighbours in one go."""
    left = memoryview(content)
    while left:
        if not holes:
            raise PackedError("more pages than told")
        hole = holes.pop()
        count = min(len(hole), -(-len(left) // PAGE))
        if count < len(hole):
            holes.append(hole[count:])
        size = min((hole.start + count) * PAGE, length) - hole.start * PAGE
        if len(left) < size:
            raise PackedError("a page of another length")
        dst.seek(hole.start * PAGE)
        dst.write(left[:size])
        left = left[size:]


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
            used[run.old : run.old + run.pages] = b"\x01" * run.pages
    return [number for number in range(pages) if not used[number]]


class _Dictionaries:
    """Pages of the old file among the leftovers, as raw content; the last one is kept."""

    def __init__(self, base: IO[bytes], leftovers: Sequence[int]) -> None:
        self._base, self._leftovers = base, leftovers
        self._room = bytearray(min(REACH, len(leftovers)) * PAGE)
        self._made: tuple[int, int, zstandard.ZstdCompressionDict | None] = (0, 0, None)

    def has(self, first: int, beyond: int) -> bool:
        return first <= beyond <= len(self._leftovers) and beyond - first <= REACH

    def made(self, first: int, beyond: int) -> zstandard.ZstdCompressionDict | None:
        """None for too little."""
        if self._made[:2] != (first, beyond):
            self._made = (0, 0, None)  # two at once would be memory for nothing
            pages = self._leftovers[first:beyond]
            self._made = (first, beyond, self._of(pages) if pages else None)
        return self._made[2]

    def _of(self, pages: Sequence[int]) -> zstandard.ZstdCompressionDict:
        content, at = memoryview(self._room)[: len(pages) * PAGE], 0
        for _, row in groupby(enumerate(pages), lambda placed: placed[1] - placed[0]):
            numbers = [number for _, number in row]
            self._base.seek(numbers[0] * PAGE)
            piece = self._base.read(len(numbers) * PAGE)
            content[at : at + len(piece)] = piece
            at += len(piece)
        return zstandard.ZstdCompressionDict(content, dict_type=zstandard.DICT_TYPE_RAWCONTENT)


def _exactly(src: IO[bytes], count: int) -> bytes:
    data = src.read(count)
    if len(data) != count:
        raise PackedError("cut short")
    return data


def _size(file: IO[bytes]) -> int:
    return os.fstat(file.fileno()).st_size
