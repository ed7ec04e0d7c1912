"""What a person typed, understood: characters, pinyin in full, first letters, or a mixture.

A run of letters is read as whole syllables, the last of which may be unfinished
(`juzhuzh`), or as first letters (`jzz`).  Where that finds nothing, `mixed` lets both stand
in one run (`shebk`).  `expression` asks the index for a superset; `find` judges a text.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from app.catalog import grams
from app.catalog.grams import BEGINNING, BOTH, CHARACTER, INITIALS, SYLLABLE, Sounds

MAX_UNITS = 200
"""The longest item name of GB/T 39046 has 200 characters; what is typed beyond is cut."""
_LONGEST_SYLLABLE = 6
_ENOUGH = 24
"""So many ways to read the start of a query are asked for in one expression."""
_FEW_PAIRS = 4
_WORDS = 7  # the rarest first; the candidates are judged anyhow

KEPT = 1 << 12
"""Of so many texts it is remembered how they are read: a name is met again at the next key."""

Span = tuple[int, int]
Unit = tuple[str, str]
"""(kind of app.catalog.grams, the letters or the character)."""


@dataclass(frozen=True, slots=True)
class _Step:
    """One unit of the query, where it ends, and how its run of letters is being read."""

    unit: Unit
    end: int
    mode: str


class Vocabulary:
    """What is read in one catalog: its syllables, and (where given) which of them stand side by side.

    `readings`: character → its usual readings, all of one first letter.  `letters`: a text by first letters.
    """

    def __init__(
        self,
        syllables: Iterable[str],
        pairs: Iterable[str] | None = None,
        readings: Mapping[str, tuple[str, ...]] | None = None,
    ) -> None:
        self.syllables = frozenset(syllables)
        self.beginnings = frozenset(s[: n + 1] for s in self.syllables for n in range(len(s)))
        self._side_by_side = None if pairs is None else _side_by_side(pairs)
        self.readings = readings or {}
        first = {ord(unit): heard[0][0] for unit, heard in self.readings.items()}
        self.letters = lru_cache(KEPT)(lambda text: text.translate(first))

    def neighbours(self, left: Unit, right: Unit) -> bool:
        """Whether two units may stand side by side, as far as is known."""
        if self._side_by_side is None or CHARACTER in (left[0], right[0]):
            return True
        first = left[1] if left[0] == SYLLABLE else left[1][0]
        second = right[1] if right[0] == SYLLABLE else right[1][0]
        return first + grams.SEPARATOR + second in self._side_by_side


def _side_by_side(pairs: Iterable[str]) -> frozenset[str]:
    """Each pair of neighbours in full, and with the first letter alone of one or both."""
    known: set[str] = set()
    for pair in pairs:
        first, _, second = pair.partition(grams.SEPARATOR)
        known.update((pair, f"{first[0]}{pair[len(first) :]}"))
        known.update(f"{one}{grams.SEPARATOR}{second[0]}" for one in (first, first[0]))
    return frozenset(known)


class Pattern:
    """One normalised text to look for, read with the vocabulary of one catalog."""

    def __init__(self, text: str, vocabulary: Vocabulary, mixed: bool = False) -> None:
        self.text = text[:MAX_UNITS]
        self._vocabulary = vocabulary
        self._mixed = mixed
        self._known: dict[tuple[int, str], tuple[_Step, ...]] = {}

    @cached_property
    def has_letters(self) -> bool:
        return any(_letter(unit) for unit in self.text)

    def find_usual(self, text: str, start_only: bool = False) -> Span | None:
        """`find` in a text that is read as usual, faster."""
        if not self.has_letters or self._ways is None:
            return self.find(text, lambda: self._sounds(text), start_only)
        best: Span | None = None
        letters = self._vocabulary.letters(text)
        for way in self._ways:
            at = way.find(text, letters, self._vocabulary.readings, start_only)
            if at is not None and (best is None or at < best[0]):
                best = at, at + way.length
        return best

    def _sounds(self, text: str) -> Sounds:
        return [self._vocabulary.readings.get(unit, (unit,)) for unit in text]

    @cached_property
    def _ways(self) -> tuple["_Way", ...] | None:
        """Every way to read the query, in the order in which `find` tries them; None for too many."""
        units, complete = self._openings
        return tuple(map(_way, units)) if complete else None

    def find(self, text: str, sounds: Callable[[], Sounds], start_only: bool = False) -> Span | None:
        """First place in a normalised text, as (start, end) in units; `sounds` are its readings."""
        if not self.has_letters:
            at = text.find(self.text)
            return (at, at + len(self.text)) if at == 0 or (at > 0 and not start_only) else None
        heard = sounds()
        for at in range(min(1, len(text)) if start_only else len(text)):
            end = self._end(text, heard, at, 0, "")
            if end is not None:
                return at, end
        return None

    def _end(self, text: str, sounds: Sounds, at: int, position: int, mode: str) -> int | None:
        if position == len(self.text):
            return at
        if at == len(text):
            return None
        for step in self._steps(position, mode):
            if _fits(step.unit, text[at], sounds[at]):
                end = self._end(text, sounds, at + 1, step.end, step.mode)
                if end is not None:
                    return end
        return None

    def _steps(self, position: int, mode: str) -> tuple[_Step, ...]:
        key = (position, mode)
        if key not in self._known:
            self._known[key] = tuple(self._read(position, mode))
        return self._known[key]

    def _read(self, position: int, mode: str) -> Iterator[_Step]:
        unit = self.text[position]
        if not _letter(unit):
            yield _Step((CHARACTER, unit), position + 1, "")
            return
        if self._mixed or mode in ("", SYLLABLE):
            yield from self._read_syllables(position)
        if self._mixed or mode in ("", INITIALS):
            yield _Step((INITIALS, unit), position + 1, INITIALS)

    def _read_syllables(self, position: int) -> Iterator[_Step]:
        rest = self.text[position : position + _LONGEST_SYLLABLE]
        for length in range(len(rest), 0, -1):
            piece, end = rest[:length], position + length
            if end == len(self.text):
                if piece in self._vocabulary.beginnings:
                    yield _Step((BEGINNING, piece), end, SYLLABLE)
            elif piece in self._vocabulary.syllables:
                yield _Step((SYLLABLE, piece), end, SYLLABLE)

    def expression(self, field: str, start_only: bool = False) -> str:
        """FTS5 words that every text with this pattern has; "" when no text can have it."""
        either = (_words(units, field, start_only) for units in self._openings[0])
        return " OR ".join(dict.fromkeys(f"({_all(words)})" for words in either))

    @cached_property
    def _openings(self) -> tuple[Sequence[tuple[Unit, ...]], bool]:
        """The ways to read the query, and whether in full: else as far as they stay few."""
        paths: list[tuple[tuple[Unit, ...], int, str]] = [((), 0, "")]
        while any(position < len(self.text) for _, position, _ in paths):
            longer = []
            for units, position, mode in paths:
                if position == len(self.text):
                    longer.append((units, position, mode))
                for step in self._steps(position, mode) if position < len(self.text) else ():
                    if not units or self._vocabulary.neighbours(units[-1], step.unit):
                        longer.append(((*units, step.unit), step.end, step.mode))
            if len(longer) > _ENOUGH and paths[0][0]:
                return [units for units, _, _ in paths], False
            paths = longer
        return [units for units, _, _ in paths], True


@dataclass(frozen=True, slots=True)
class _Way:
    """One way to read a query: `anchor` stands in the text (or among its first letters) `offset` units
    behind the start; `checks`: what else must fit, (units behind the start, unit)."""

    length: int
    anchor: str
    written: bool
    offset: int
    checks: tuple[tuple[int, Unit], ...]

    def find(
        self, text: str, letters: str, readings: Mapping[str, tuple[str, ...]], start_only: bool
    ) -> int | None:
        hay = text if self.written else letters
        if start_only:
            fits = hay.startswith(self.anchor, self.offset) and self._fits(text, 0, readings)
            return 0 if fits else None
        at = hay.find(self.anchor, self.offset)
        while at >= 0:
            if self._fits(text, at - self.offset, readings):
                return at - self.offset
            at = hay.find(self.anchor, at + 1)
        return None

    def _fits(self, text: str, start: int, readings: Mapping[str, tuple[str, ...]]) -> bool:
        if start + self.length > len(text):
            return False
        for behind, unit in self.checks:
            character = text[start + behind]
            if not _fits(unit, character, readings.get(character, (character,))):
                return False
        return True


def _way(units: tuple[Unit, ...]) -> _Way:
    runs = [(i, kind == CHARACTER) for i, (kind, _) in enumerate(units)]
    first = next((i for i, written in runs if written), None)
    if first is None:
        checks = ((i, u) for i, u in enumerate(units) if u[0] == SYLLABLE or len(u[1]) > 1)
        return _Way(len(units), "".join(piece[0] for _, piece in units), False, 0, tuple(checks))
    behind = next((i for i, written in runs[first:] if not written), len(units))
    anchor = "".join(piece for _, piece in units[first:behind])
    checks = ((i, u) for i, u in enumerate(units) if not first <= i < behind)
    return _Way(len(units), anchor, True, first, tuple(checks))


def _letter(unit: str) -> bool:
    return "a" <= unit <= "z"


def _fits(unit: Unit, character: str, sounds: tuple[str, ...]) -> bool:
    kind, piece = unit
    if kind == CHARACTER:
        return piece == character
    return piece in sounds if kind == SYLLABLE else any(sound.startswith(piece) for sound in sounds)


def _all(words: Sequence[str]) -> str:
    return " AND ".join(f'"{word}"' for word in list(dict.fromkeys(words))[:_WORDS])


def _words(units: Sequence[Unit], field: str, start_only: bool) -> list[str]:
    """Words of the index that follow from the units standing side by side, the rarest first."""
    words = [grams.START + field + word for word in _start_words(units[:3])] if start_only else []
    words += [field + word for word in _spread(list(map(_pair, units, units[1:])))]
    words += [field + INITIALS + letters for letters in _letter_words(units)]
    return words + [field + word for word in _lone_words(units)]


def _spread(words: Sequence[str]) -> list[str]:
    """All of a few, else every other and the last: each unit is in one of them ("" is none)."""
    some = words if len(words) <= _FEW_PAIRS else [*words[::2], *words[-1:]]
    return [word for word in dict.fromkeys(some) if word]


def _pair(left: Unit, right: Unit) -> str:
    """The word for two neighbours; "" where only their first letters are known."""
    if left[0] == right[0] == CHARACTER:
        return CHARACTER + left[1] + right[1]
    if left[0] == CHARACTER:
        return BOTH + left[1] + right[1][0]
    if right[0] == CHARACTER:
        return BOTH + left[1][0] + right[1]
    return SYLLABLE + left[1] + grams.SEPARATOR + right[1] if left[0] == SYLLABLE else ""


def _lone_words(units: Sequence[Unit]) -> Iterator[str]:
    """Units that no pair of neighbours says in full; a first letter is the beginning of a reading."""
    for i, (kind, piece) in enumerate(units):
        before = units[i - 1][0] if i else ""
        after = units[i + 1][0] if i + 1 < len(units) else ""
        if kind == CHARACTER:
            if not before and not after:
                yield kind + piece
        elif kind == SYLLABLE:
            if before != SYLLABLE and after in ("", CHARACTER):
                yield kind + piece
        elif before != SYLLABLE and (len(piece) > 1 or not (before or after)):
            yield BEGINNING + piece


def _letter_words(units: Sequence[Unit]) -> Iterator[str]:
    """First letters of runs of units that are heard, in triples, or the one pair of a short run."""
    letters = "".join(" " if kind == CHARACTER else piece[0] for kind, piece in units)
    for run in letters.split():
        if len(run) == 2:
            yield run
        yield from _spread([run[i : i + 3] for i in range(len(run) - 2)])


def _start_words(units: Sequence[Unit]) -> Iterator[str]:
    """How a text begins, as far as `grams.start_grams` tells."""
    kind, piece = units[0]
    yield (BEGINNING if kind == INITIALS else kind) + piece
    pair = "".join(map(_pair, units[:1], units[1:2]))
    if pair and not pair.startswith(BOTH):
        yield pair
    heard = "".join(" " if kind == CHARACTER else piece[0] for kind, piece in units).partition(" ")[0]
    if len(heard) > 1:
        yield INITIALS + heard
