"""The search over one catalog file: stages, each exact, best first.

    the whole name, an everyday name (also by its letters) or the code · names · codes · several
    words across names and department · department · materials (by characters) · names, with
    pinyin that mixes syllables and first letters

Inside a stage: items that a person can ask for at the counter, then others for persons,
then the rest; in each group names that begin with the text, names that hold it further in,
everyday names that begin with it and that hold it; then shorter names first.  The index
answers in rank order, so a stage stops as soon as enough is found, and equal questions have
equal answers.
"""

import logging
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

from app.catalog import build, grams
from app.catalog.query import Pattern
from app.domain.catalog import Audience, Channel

_log = logging.getLogger(__name__)

Span = tuple[int, int]
Found = tuple["Line", Span | None]

_COLUMNS = (
    "id, code, name, department, everyday, audience, channels, promise_days, material_count, theme, unusual"
)
_BY_WORDS = f"""
    SELECT {_COLUMNS} FROM gram JOIN line ON line.id = gram.rowid
    WHERE gram MATCH ? AND gram.rowid BETWEEN ? AND ? ORDER BY gram.rowid"""
_ALL = f"SELECT {_COLUMNS} FROM line ORDER BY id"
_BY_CODE = f"SELECT {_COLUMNS} FROM line WHERE code = ?"
_EVERYTHING = (0, 1 << 60)


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the table `line`; audience and channels as bits."""

    id: int
    code: str
    name: str
    department: str
    everyday: str
    audience: int
    channels: int
    promise_days: int | None
    material_count: int
    theme: str
    unusual: str

    @property
    def everyday_names(self) -> tuple[str, ...]:
        return tuple(filter(None, self.everyday.split("\n")))


@dataclass(frozen=True, slots=True)
class Filter:
    """What an item must have besides the text."""

    channel: Channel | None = None
    audience: Audience | None = None
    theme: str = ""

    def words(self) -> list[str]:
        words = [grams.filter_gram("c", self.channel.value)] if self.channel else []
        words += [grams.filter_gram("a", self.audience.value)] if self.audience else []
        return words + ([grams.filter_gram("t", self.theme)] if self.theme else [])


Judged = tuple[bool, Span | None]
"""Whether a candidate truly matches, and where in its name."""

Judge = Callable[[Line], Judged]

_WHERE = ((grams.NAME, True), (grams.NAME, False), (grams.EVERYDAY, True), (grams.EVERYDAY, False))
_LONGEST_CODE = 50


class Search:
    """Raises sqlite3.Error; one statement at a time."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        rows = db.execute("SELECT character, readings FROM reading")
        self._readings = {character: tuple(readings.split()) for character, readings in rows}
        self._syllables = frozenset(sound for (sound,) in db.execute("SELECT sound FROM syllable"))
        meta = dict(db.execute("SELECT key, value FROM meta WHERE key LIKE 'group_%'"))
        ends = list(accumulate(int(meta[f"group_{n}"]) for n in range(build.GROUPS)))
        self._groups = [(first + 1, last) for first, last in zip([0, *ends], ends, strict=False)]

    def line(self, code: str) -> Line | None:
        row = self._db.execute(_BY_CODE, (code,)).fetchone()
        return None if row is None else Line(*row)

    def run(self, text: str, wanted: Filter) -> Iterator[Found]:
        """Every match once, best first, found as far as the caller reads on."""
        words = [grams.plain(word).replace("ü", "v") for word in text.split()]
        words = [word for word in words if word]
        joined = "".join(words)
        if not words:
            yield from self._ask(wanted.words(), _EVERYTHING, lambda line: (True, None))
            return
        seen: set[int] = set()
        for line, span in self._stages(joined, words, wanted):
            if line.id not in seen:
                seen.add(line.id)
                yield line, span

    def _stages(self, joined: str, words: Sequence[str], wanted: Filter) -> Iterator[Found]:
        pattern = Pattern(joined, self._syllables)
        yield from self._whole(pattern, wanted)
        named = False
        for found in self._names(pattern, wanted):
            named = True
            yield found
        if joined.isascii():
            yield from self._codes(joined, wanted)
        if len(words) > 1 and not (named and joined.isascii()):
            yield from self._every_word(words, wanted)
        yield from self._department(pattern, wanted)
        yield from self._materials(pattern, wanted)
        if not named and pattern.has_letters:
            yield from self._names(Pattern(joined, self._syllables, mixed=True), wanted)

    # -- the stages --------------------------------------------------------------------------------

    def _whole(self, pattern: Pattern, wanted: Filter) -> Iterator[Found]:
        def judge(line: Line) -> Judged:
            if self._is_all_of(pattern, line, "0", line.name):
                return True, (0, len(line.name))
            everyday = enumerate(line.everyday_names, start=1)
            named = any(self._is_all_of(pattern, line, str(n), name) for n, name in everyday)
            return named or grams.plain(line.code) == pattern.text, None

        (word,) = grams.whole_grams(pattern.text)
        yield from self._ask([word, *wanted.words()], _EVERYTHING, judge)

    def _names(self, pattern: Pattern, wanted: Filter) -> Iterator[Found]:
        for group in self._groups:
            for field, start_only in _WHERE:

                def judge(line: Line, field: str = field, start_only: bool = start_only) -> Judged:
                    in_name, span = self._in_name(pattern, line, start_only)
                    return in_name if field == grams.NAME else self._in_everyday(
                        pattern, line, start_only
                    ), span

                yield from self._ask_expression(pattern.expression(field, start_only), wanted, group, judge)

    def _codes(self, joined: str, wanted: Filter) -> Iterator[Found]:
        """The start of a code, or four or more characters of it; letters alone are pinyin."""
        if joined.isalpha() or len(joined) > _LONGEST_CODE:
            return
        pieces = [joined[i : i + grams.CODE_GRAM] for i in range(max(1, len(joined) - grams.CODE_GRAM + 1))]
        whole = [grams.CODE + piece for piece in pieces if len(piece) == grams.CODE_GRAM]
        start = [grams.START + grams.CODE + pieces[0], *whole]
        for group in self._groups:
            yield from self._ask(
                [*start, *wanted.words()],
                group,
                lambda line: (grams.plain(line.code).startswith(joined), None),
            )
            if whole:
                yield from self._ask(
                    [*whole, *wanted.words()], group, lambda line: (joined in grams.plain(line.code), None)
                )

    def _every_word(self, words: Sequence[str], wanted: Filter) -> Iterator[Found]:
        """Several words in any order, each somewhere in a name or in the department."""
        patterns = [Pattern(word, self._syllables) for word in words]
        expressions = []
        for pattern in patterns:
            fields = (pattern.expression(field) for field in (grams.NAME, grams.EVERYDAY, grams.DEPARTMENT))
            expressions.append(" OR ".join(f"({e})" for e in fields if e))

        def judge(line: Line) -> Judged:
            spans = [self._in_name(pattern, line, False)[1] for pattern in patterns]
            good = all(
                span or self._in_everyday(pattern, line, False) or self._in_department(pattern, line)
                for pattern, span in zip(patterns, spans, strict=True)
            )
            return good, next((span for span in spans if span), None)

        if all(expressions):
            expression = " AND ".join(f"({e})" for e in expressions)
            yield from self._ask_expression(expression, wanted, _EVERYTHING, judge)

    def _department(self, pattern: Pattern, wanted: Filter) -> Iterator[Found]:
        def judge(line: Line) -> Judged:
            return self._in_department(pattern, line), None

        yield from self._ask_expression(pattern.expression(grams.DEPARTMENT), wanted, _EVERYTHING, judge)

    def _materials(self, pattern: Pattern, wanted: Filter) -> Iterator[Found]:
        if pattern.has_letters:
            return

        def judge(line: Line) -> Judged:
            row = self._db.execute("SELECT names FROM material WHERE id = ?", (line.id,)).fetchone()
            return row is not None and pattern.text in row[0], None

        yield from self._ask_expression(pattern.expression(grams.MATERIALS), wanted, _EVERYTHING, judge)

    # -- judging -------------------------------------------------------------------------------------

    def _in_name(self, pattern: Pattern, line: Line, start_only: bool) -> Judged:
        """Whether the name matches (at its start); the place is told wherever in it the match is."""
        text, origin = grams.normalise(line.name)
        place = pattern.find(text, lambda: self._sounds(text, line, "0"))
        if place is None:
            return False, None
        return place[0] == 0 or not start_only, (origin[place[0]], origin[place[1] - 1] + 1)

    def _is_all_of(self, pattern: Pattern, line: Line, which: str, raw: str) -> bool:
        text = grams.plain(raw)
        return pattern.find(text, lambda: self._sounds(text, line, which), True) == (0, len(text))

    def _in_everyday(self, pattern: Pattern, line: Line, start_only: bool) -> bool:
        names = enumerate(map(grams.plain, line.everyday_names), start=1)
        return any(self._in_text(pattern, line, str(n), name, start_only) for n, name in names)

    def _in_department(self, pattern: Pattern, line: Line) -> bool:
        return self._in_text(pattern, line, grams.DEPARTMENT, grams.plain(line.department), False)

    def _in_text(self, pattern: Pattern, line: Line, which: str, text: str, start_only: bool) -> bool:
        return pattern.find(text, lambda: self._sounds(text, line, which), start_only) is not None

    def _sounds(self, text: str, line: Line, which: str) -> grams.Sounds:
        """The readings of a text of this line: the usual ones, and those its phrases call for."""
        sounds = [self._readings.get(unit, (unit,)) for unit in text]
        for note in line.unusual.split():
            owner, place, sound = note.split(".")
            if owner == which:
                sounds[int(place)] += (sound,)
        return sounds

    # -- asking the index --------------------------------------------------------------------------------

    def _ask(self, words: Sequence[str], ranks: tuple[int, int], judge: Judge) -> Iterator[Found]:
        expression = " AND ".join(f'"{word}"' for word in words)
        yield from self._rows(expression, ranks, judge)

    def _ask_expression(
        self, expression: str, wanted: Filter, ranks: tuple[int, int], judge: Judge
    ) -> Iterator[Found]:
        """`expression` "" is one that no item can have."""
        if expression:
            yield from self._rows(
                " AND ".join([f"({expression})", *(f'"{word}"' for word in wanted.words())]), ranks, judge
            )

    def _rows(self, expression: str, ranks: tuple[int, int], judge: Judge) -> Iterator[Found]:
        cursor = self._db.execute(_BY_WORDS, (expression, *ranks)) if expression else self._db.execute(_ALL)
        for row in cursor:
            line = Line(*row)
            try:
                good, span = judge(line)
            except (TypeError, ValueError, AttributeError, IndexError):
                _log.warning("catalog row %s left out, it is broken", line.id)
                continue
            if good:
                yield line, span
