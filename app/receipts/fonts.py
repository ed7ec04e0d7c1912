"""Which font has a character, so that no character of a name is ever lost on paper.

A text is cut into runs of one font each: Noto Sans SC from our resources, then any other
TrueType file beside it, then Debian's Hanazono wherever the system keeps it.  What none of
them has, and what would print as nothing (controls, zero-width, private use), appears by
its code, 〔U+20BB7〕, in its place.

Only the `cmap` table of a file is read here (OpenType 1.9, formats 4 and 12), once, when a
text first needs it; the Hanazono files are 50 MB and are left alone until then.
"""

import struct
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import groupby
from pathlib import Path

from app.texts import RESOURCES

OWN = RESOURCES / "fonts"
REGULAR = "NotoSansSC_400Regular.ttf"
BOLD = "NotoSansSC_700Bold.ttf"
FALLBACKS = ("HanaMinA.ttf", "HanaMinB.ttf")
SYSTEM = (
    Path("/usr/share/fonts/truetype/hanazono"),
    Path("/usr/share/fonts/hanazono-fonts"),
    Path("/usr/share/fonts/hanazono"),
    Path("/usr/local/share/fonts"),
    Path.home() / ".local/share/fonts",
    Path("C:/Windows/Fonts"),
)

_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp", "Mn", "Me"})
_SPACES = frozenset(" \u00a0\u3000")
_OPEN, _CLOSE = "\u3014", "\u3015"  # tortoise-shell brackets


@dataclass(frozen=True)
class FontFile:
    """One TrueType file and the ranges of characters it has."""

    path: Path

    @property
    def name(self) -> str:
        return self.path.stem

    def covers(self, character: str) -> bool:
        starts, ends = self._ranges
        code = ord(character)
        at = bisect_right(starts, code) - 1
        return at >= 0 and code <= ends[at]

    @cached_property
    def _ranges(self) -> tuple[Sequence[int], Sequence[int]]:
        ranges = sorted(_character_ranges(self.path))
        return [first for first, _ in ranges], [last for _, last in ranges]


@dataclass(frozen=True, slots=True)
class Run:
    text: str
    font: FontFile


@dataclass(frozen=True)
class Fonts:
    """The two faces of our own and what stands behind them."""

    regular: FontFile
    bold: FontFile
    fallbacks: tuple[FontFile, ...]

    def runs(self, text: str, bold: bool = False) -> list[Run]:
        """`text` in order, cut where the font changes; characters without any font by their code."""
        base = self.bold if bold else self.regular
        pairs = ((c, self._font(c, base)) for c in self.printable(text))
        return [
            Run("".join(c for c, _ in group), font)
            for font, group in groupby(pairs, key=lambda pair: pair[1])
        ]

    def printable(self, text: str) -> str:
        """`text` with every character that cannot be seen replaced by its code."""
        return "".join(c if self._shown(c) else code_of(c) for c in text)

    def _shown(self, character: str) -> bool:
        if character in _SPACES:
            return True
        if unicodedata.category(character) in _INVISIBLE:
            return False
        return any(font.covers(character) for font in (self.regular, *self.fallbacks))

    def _font(self, character: str, base: FontFile) -> FontFile:
        for font in (base, self.regular, *self.fallbacks):
            if font.covers(character):
                return font
        return base  # a space that no font lists


def code_of(character: str) -> str:
    """How a character without a glyph is written: its code point in brackets."""
    return f"{_OPEN}U+{ord(character):04X}{_CLOSE}"


@cache
def load() -> Fonts:
    """The fonts of this machine.  Our own two are part of the program: FileNotFoundError without them."""
    for name in (REGULAR, BOLD):
        if not (OWN / name).is_file():
            raise FileNotFoundError(OWN / name)
    return Fonts(FontFile(OWN / REGULAR), FontFile(OWN / BOLD), tuple(_fallbacks()))


def _fallbacks() -> Iterator[FontFile]:
    yield from (FontFile(p) for p in sorted(OWN.glob("*.ttf")) if p.name not in (REGULAR, BOLD))
    for name in FALLBACKS:
        found = next((folder / name for folder in SYSTEM if (folder / name).is_file()), None)
        if found is not None:
            yield FontFile(found)


# -- the cmap table --------------------------------------------------------------------------------


def _character_ranges(path: Path) -> list[tuple[int, int]]:
    """Inclusive ranges of code points with a glyph.  Raises ValueError for a file without a Unicode cmap."""
    table = _cmap_table(path)
    (count,) = struct.unpack_from(">H", table, 2)
    offsets = {}
    for index in range(count):
        platform, encoding, offset = struct.unpack_from(">HHL", table, 4 + 8 * index)
        (form,) = struct.unpack_from(">H", table, offset)
        if (platform, encoding) in ((0, 3), (0, 4), (3, 1), (3, 10)) and form in (4, 12):
            offsets[form] = offset
    if 12 in offsets:
        return list(_segmented_coverage(table, offsets[12]))
    if 4 in offsets:
        return list(_segments(table, offsets[4]))
    raise ValueError(f"no Unicode cmap in {path.name}")


def _cmap_table(path: Path) -> bytes:
    with path.open("rb") as file:
        (tables,) = struct.unpack(">4xH6x", file.read(12))
        for _ in range(tables):
            tag, _checksum, offset, length = struct.unpack(">4sLLL", file.read(16))
            if tag == b"cmap":
                file.seek(offset)
                return file.read(length)
    raise ValueError(f"no cmap in {path.name}")


def _segmented_coverage(table: bytes, offset: int) -> Iterator[tuple[int, int]]:
    """Format 12: groups of first code, last code, first glyph."""
    (groups,) = struct.unpack_from(">L", table, offset + 12)
    for first, last, glyph in struct.iter_unpack(">LLL", table[offset + 16 : offset + 16 + 12 * groups]):
        if glyph:
            yield first, last


def _segments(table: bytes, offset: int) -> Iterable[tuple[int, int]]:
    """Format 4: parallel arrays of end, start, delta, range offset; glyph 0 is "missing"."""
    (double,) = struct.unpack_from(">H", table, offset + 6)
    count = double // 2
    ends, starts, deltas, shifts = (
        struct.unpack_from(f">{count}H", table, offset + 14 + i * double + (2 if i else 0)) for i in range(4)
    )
    shift_at = offset + 16 + 3 * double
    for i, (first, last) in enumerate(zip(starts, ends, strict=True)):
        for code in range(first, min(last, 0xFFFE) + 1):
            glyph = code
            if shifts[i]:
                (glyph,) = struct.unpack_from(">H", table, shift_at + 2 * i + shifts[i] + 2 * (code - first))
            if glyph and (glyph + deltas[i]) & 0xFFFF if shifts[i] else (code + deltas[i]) & 0xFFFF:
                yield code, code
