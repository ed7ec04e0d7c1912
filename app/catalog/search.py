"""The search over one catalog file: stages, each exact, best first.

    the whole name, an everyday name (also by its letters) or the code · names · codes · several
    words across names and department · department · materials (by characters) · names, with
    pinyin that mixes syllables and first letters

Inside a stage: what is used at this desk; then items that a person can ask for at the counter,
then others for persons, then the rest; in each group names that begin with the text, names that
hold it further in, everyday names that begin with it and that hold it; of these, first the items
of this place; then shorter names.  The index answers in rank order, so a stage stops as soon as
enough is found, and equal questions have equal answers.

Most questions have few candidates: they are fetched in one statement and put in this order here.
Only where there are many is the index asked part by part.
"""

import logging
import sqlite3
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import accumulate
from typing import NamedTuple, TypeVar

from app.catalog import build, grams
from app.catalog.query import Pattern, Span, Vocabulary
from app.domain.catalog import Audience, Channel
from app.domain.ranking import Preference, home_departments

_log = logging.getLogger(__name__)

_COLUMNS = """line.id, code, name, department, everyday, audience, channels, promise_days, material_count,
    theme, unusual, body_crc"""
_BY_WORDS = f"""
    SELECT {_COLUMNS} FROM gram JOIN line ON line.id = gram.rowid
    WHERE gram MATCH ? AND gram.rowid BETWEEN ? AND ? ORDER BY gram.rowid LIMIT ?"""
_BY_MATERIAL = f"""
    SELECT {_COLUMNS} FROM gram JOIN line ON line.id = gram.rowid JOIN material ON material.id = gram.rowid
    WHERE gram MATCH ? AND instr(names, ?) ORDER BY gram.rowid"""
_ALL = f"SELECT {_COLUMNS} FROM line ORDER BY id"
_BY_CODE = f"SELECT {_COLUMNS} FROM line WHERE code = ?"
_FEW = 24
_MANY_DEPARTMENTS = 200
_LONGEST_CODE = 50
_NO_LIMIT = -1


class Line(NamedTuple):
    """One row of the table `line`; audience and channels as bits, the department by number."""

    id: int
    code: str
    name: str
    department: int
    everyday: str
    audience: int
    channels: int
    promise_days: int | None
    material_count: int
    theme: str
    unusual: str
    body_crc: int


@dataclass(frozen=True, slots=True)
class Filter:
    """What an item must have besides the text."""

    channel: Channel | None = None
    audience: Audience | None = None
    theme: str = ""
    department: str = ""


T = TypeVar("T")
Found = tuple[Line, Span | None]
"""A match, and where in the units of its name."""

Judge = Callable[[Line], tuple[bool, Span | None]]
"""Whether a candidate truly matches, and where in its name."""

Ranks = tuple[int, int]
_AT_START, _INSIDE, _EVERYDAY_START, _EVERYDAY = range(4)
_PLACES = (
    (grams.NAME, True),
    (grams.NAME, False),
    (grams.EVERYDAY, True),
    (grams.EVERYDAY, False),
)


class Search:
    """Raises sqlite3.Error; one statement at a time."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        rows = db.execute("SELECT character, readings FROM reading")
        readings = {character: tuple(heard.split()) for character, heard in rows}
        syllables, pairs = (
            [sound for (sound,) in db.execute(f"SELECT * FROM {table}")] for table in ("syllable", "pair")
        )
        self.vocabulary = Vocabulary(syllables, pairs, readings)
        rows = db.execute("SELECT id, name, unusual FROM department")
        self._departments = {number: Department(name, notes) for number, name, notes in rows}
        self._numbers = {department.name: number for number, department in self._departments.items()}
        meta = dict(db.execute("SELECT key, value FROM meta WHERE key LIKE 'group_%'"))
        ends = list(accumulate(int(meta[f"group_{n}"]) for n in range(build.GROUPS)))
        self.groups = [(first + 1, last) for first, last in zip([0, *ends], ends, strict=False)]
        self.items = (1, ends[-1])
        self._preferred: tuple[Preference, list[Line], frozenset[int]] | None = None

    def line(self, code: str) -> Line | None:
        row = self._db.execute(_BY_CODE, (code,)).fetchone()
        return None if row is None else Line._make(row)

    def department(self, number: int) -> str:
        return self._departments[number].name

    def departments(self) -> Sequence[str]:
        return tuple(self._numbers)

    def run(self, text: str, wanted: Filter, prefer: Preference | None = None) -> Iterator[Found]:
        """Every match once, best first, found as far as the caller reads on."""
        words = [grams.plain(word).replace("\u00fc", "v") for word in text.split()]
        words = [word for word in words if word]
        narrowing = self._narrowing(wanted)
        if narrowing is None:
            return
        used, home = self._preference(prefer)
        used = [line for line in used if self._allowed(line, wanted)]
        question = _Question(self, words, narrowing, used, home)
        seen: set[int] = set()
        for line, span in question.stages() if words else question.everything():
            if line.id not in seen:
                seen.add(line.id)
                yield line, span

    # -- what the index is asked ---------------------------------------------------------------------

    def _narrowing(self, wanted: Filter) -> str | None:
        """The filter as words of the index; None for a department that is not there."""
        words = [grams.filter_gram("c", wanted.channel.value)] if wanted.channel else []
        words += [grams.filter_gram("a", wanted.audience.value)] if wanted.audience else []
        words += [grams.filter_gram("t", wanted.theme)] if wanted.theme else []
        if wanted.department:
            if wanted.department not in self._numbers:
                return None
            words.append(grams.department_gram(self._numbers[wanted.department]))
        return " AND ".join(f'"{word}"' for word in words)

    def _allowed(self, line: Line, wanted: Filter) -> bool:
        """The same filter, for a line at hand."""
        return (
            (wanted.channel is None or bool(line.channels >> build.CHANNELS.index(wanted.channel) & 1))
            and (wanted.audience is None or bool(line.audience >> build.AUDIENCES.index(wanted.audience) & 1))
            and wanted.theme in ("", line.theme)
            and wanted.department in ("", self.department(line.department))
        )

    def _preference(self, prefer: Preference | None) -> tuple[list[Line], frozenset[int]]:
        """The lines that go first, and the departments of this place; kept while they stay the same."""
        if prefer is None:
            return [], frozenset()
        if self._preferred is None or self._preferred[0] != prefer:
            lines = [line for line in map(self.line, prefer.codes) if line is not None]
            home = home_departments(prefer.site, self._numbers)
            here = frozenset(self._numbers[name] for name in home if len(home) <= _MANY_DEPARTMENTS)
            self._preferred = prefer, lines, here
        return self._preferred[1], self._preferred[2]

    def rows(self, expression: str, ranks: Ranks, limit: int = _NO_LIMIT) -> Iterator[Line]:
        """The lines that the index names, by rank; `expression` "" for all of them."""
        if expression:
            return map(Line._make, self._db.execute(_BY_WORDS, (expression, *ranks, limit)))
        return map(Line._make, self._db.execute(_ALL))

    def with_material(self, expression: str, text: str) -> Iterator[Line]:
        return map(Line._make, self._db.execute(_BY_MATERIAL, (expression, text)))

    def has_material(self, line: Line, text: str) -> bool:
        row = self._db.execute("SELECT names FROM material WHERE id = ?", (line.id,)).fetchone()
        return row is not None and text in row[0]

    # -- judging -------------------------------------------------------------------------------------

    def in_name(self, pattern: Pattern, line: Line, start_only: bool = False) -> Span | None:
        return self._find(pattern, grams.plain(line.name), line.unusual, 0, start_only)

    def place(self, pattern: Pattern, line: Line) -> tuple[int, Span | None] | None:
        """Where a name or everyday name matches (an index of `_PLACES`), and where in the name."""
        span = self.in_name(pattern, line)
        if span is not None:
            return (_INSIDE if span[0] else _AT_START), span
        if not line.everyday:
            return None
        inside = False
        for number, text in enumerate(grams.plain_lines(line.everyday).split("\n"), start=1):
            found = self._find(pattern, text, line.unusual, number)
            if found is not None and found[0] == 0:
                return _EVERYDAY_START, None
            inside = inside or found is not None
        return (_EVERYDAY, None) if inside else None

    def whole(self, pattern: Pattern, line: Line) -> tuple[bool, Span | None]:
        """Whether the pattern is all of the name, of an everyday name, or of the code."""
        texts = grams.plain_lines(f"{line.name}\n{line.everyday}").split("\n")
        for number, text in enumerate(texts):
            span = (0, len(text))
            if text and self._find(pattern, text, line.unusual, number, True) == span:
                return True, None if number else span
        return grams.plain(line.code) == pattern.text, None

    def _find(
        self, pattern: Pattern, text: str, unusual: str, number: int, start_only: bool = False
    ) -> Span | None:
        if not unusual or f" {number}." not in f" {unusual}":
            return pattern.find_usual(text, start_only)
        return pattern.find(text, lambda: self._sounds(text, unusual, str(number)), start_only)

    def _sounds(self, text: str, unusual: str, number: str) -> grams.Sounds:
        """The readings of a text: the usual ones, and those its phrases call for."""
        sounds = [self.vocabulary.readings.get(unit, (unit,)) for unit in text]
        for note in unusual.split():
            owner, place, sound = note.split(".")
            if owner == number:
                sounds[int(place)] += (sound,)
        return sounds

    def departments_like(self, pattern: Pattern) -> frozenset[int]:
        """The numbers of the departments whose name matches."""
        if not pattern.has_letters:
            return frozenset(n for n, d in self._departments.items() if pattern.text in d.text)
        expression = pattern.expression(grams.DEPARTMENT)
        if not expression:
            return frozenset()
        behind = self.items[1]
        rows = self._db.execute(
            "SELECT rowid FROM gram WHERE gram MATCH ? AND rowid > ?", (expression, behind)
        ).fetchall()
        candidates = ((row[0] - behind, self._departments[row[0] - behind]) for row in rows)
        return frozenset(n for n, d in candidates if self._find(pattern, d.text, d.unusual, 0) is not None)


class Department:
    def __init__(self, name: str, unusual: str) -> None:
        self.name, self.unusual = name, unusual

    @cached_property
    def text(self) -> str:
        return grams.plain(self.name)


class _Question:
    """One question to the catalog; `words` normalised, `narrowing` the filter in words of the index."""

    def __init__(
        self,
        search: Search,
        words: Sequence[str],
        narrowing: str,
        used: Sequence[Line],
        home: frozenset[int],
    ) -> None:
        self._search, self._words, self._narrowing = search, words, narrowing
        self._used, self._home = used, home
        self._joined = "".join(words)
        self._pattern = Pattern(self._joined, search.vocabulary)

    def everything(self) -> Iterator[Found]:
        yield from ((line, None) for line in self._used)
        yield from self._rows("", self._search.items, lambda line: (True, None))

    def stages(self) -> Iterator[Found]:
        pattern, joined, several = self._pattern, self._joined, len(self._words) > 1
        yield from self._whole(pattern)
        named = False
        for found in self._names(pattern):
            named = True
            yield found
        if joined.isascii():
            yield from self._codes(joined)
        if several and not (named and joined.isascii()):
            yield from self._every_word()
        yield from self._departments(pattern)
        if not pattern.has_letters:
            yield from self._materials(pattern)
        elif not named:
            yield from self._names(Pattern(joined, self._search.vocabulary, mixed=True))

    # -- the stages ----------------------------------------------------------------------------------

    def _whole(self, pattern: Pattern) -> Iterator[Found]:
        (word,) = grams.whole_grams(pattern.text)
        yield from self._staged(f'"{word}"', lambda line: self._search.whole(pattern, line))

    def _names(self, pattern: Pattern) -> Iterator[Found]:
        either = _either(pattern.expression(grams.NAME), pattern.expression(grams.EVERYDAY))
        if not either:
            return
        places = [(line, self._search.place(pattern, line)) for line in self._used]
        yield from ((line, place[1]) for line, place in places if place is not None)
        last = self._search.items[1]
        few, known = self._first(either, self._search.items)
        for group in self._search.groups:
            if known < group[0]:
                few, known = self._first(either, (group[0], last))
            if known >= group[1]:
                yield from self._in_order(pattern, [x for x in few if group[0] <= x.id <= group[1]])
            else:
                yield from self._place_by_place(pattern, group)

    def _in_order(self, pattern: Pattern, lines: Iterable[Line]) -> Iterator[Found]:
        """The matches among the candidates of one group, by their place."""
        found: list[tuple[tuple[int, bool, int], Found]] = []
        for line in lines:
            place = _whole_row(lambda line: self._search.place(pattern, line), line)
            if place is not None:
                found.append(((place[0], line.department not in self._home, line.id), (line, place[1])))
        yield from (each for _, each in sorted(found, key=lambda pair: pair[0]))

    def _place_by_place(self, pattern: Pattern, group: Ranks) -> Iterator[Found]:
        for wanted, (field, start_only) in enumerate(_PLACES):

            def judge(line: Line, wanted: int = wanted) -> tuple[bool, Span | None]:
                place = self._search.place(pattern, line)
                return (False, None) if place is None or place[0] != wanted else (True, place[1])

            expression = pattern.expression(field, start_only)
            if expression:
                yield from self._rows(expression, group, judge)

    def _codes(self, joined: str) -> Iterator[Found]:
        """The start of a code, or four or more characters of it; letters alone are pinyin."""
        if joined.isalpha() or len(joined) > _LONGEST_CODE:
            return
        whole = grams.code_words(joined)
        start = _every([grams.code_start(joined), *whole])
        ways = [(start, str.startswith), (_every(whole), str.__contains__)]

        def judge(line: Line, fits: Callable[[str, str], bool]) -> tuple[bool, Span | None]:
            return fits(grams.plain(line.code), joined), None

        loosest = ways[-1] if whole else ways[0]
        yield from ((line, None) for line in self._used if judge(line, loosest[1])[0])
        few, known = self._first(_either(*(way for way, _ in ways if way)), self._search.items)
        if known == self._search.items[1]:
            yield from self._codes_in_order(joined, [line for line in few if judge(line, loosest[1])[0]])
            return
        for group in self._search.groups:
            for expression, fits in ways:
                if expression:
                    yield from self._rows(expression, group, partial(judge, fits=fits))

    def _codes_in_order(self, joined: str, lines: Iterable[Line]) -> Iterator[Found]:
        def key(line: Line) -> tuple[int, bool, bool, int]:
            group = bisect_left([last for _, last in self._search.groups], line.id)
            begins = grams.plain(line.code).startswith(joined)
            return group, not begins, line.department not in self._home, line.id

        yield from ((line, None) for line in sorted(lines, key=key))

    def _every_word(self) -> Iterator[Found]:
        """Several words in any order, each somewhere in a name or in the department."""
        search = self._search
        patterns = [Pattern(word, search.vocabulary) for word in self._words]
        bodies = [search.departments_like(pattern) for pattern in patterns]
        expressions = []
        for pattern, among in zip(patterns, bodies, strict=True):
            if len(among) > _MANY_DEPARTMENTS:
                continue  # says little, and is judged anyhow
            names = (pattern.expression(grams.NAME), pattern.expression(grams.EVERYDAY))
            expressions.append(_either(*names, _any_department(among)))
            if not expressions[-1]:
                return

        def judge(line: Line) -> tuple[bool, Span | None]:
            places = [search.place(pattern, line) for pattern in patterns]
            good = all(p or line.department in among for p, among in zip(places, bodies, strict=True))
            return good, next((place[1] for place in places if place and place[1]), None)

        yield from self._staged(" AND ".join(f"({e})" for e in expressions), judge)

    def _departments(self, pattern: Pattern) -> Iterator[Found]:
        among = self._search.departments_like(pattern)
        if among:
            few = _any_department(among) if len(among) <= _MANY_DEPARTMENTS else ""
            yield from self._staged(few, lambda line: (line.department in among, None))

    def _materials(self, pattern: Pattern) -> Iterator[Found]:
        text, narrowed = pattern.text, self._narrowed(pattern.expression(grams.MATERIALS))
        yield from ((line, None) for line in self._used if self._search.has_material(line, text))
        if self._home:
            here = f"({narrowed}) AND ({_any_department(self._home)})"
            yield from ((line, None) for line in self._search.with_material(here, text))
        yield from ((line, None) for line in self._search.with_material(narrowed, text))

    # -- asking the index ----------------------------------------------------------------------------

    def _staged(self, expression: str, judge: Judge) -> Iterator[Found]:
        """A stage without parts: what is used here, then by rank."""
        for line in self._used:
            good, span = _whole_row(judge, line) or (False, None)
            if good:
                yield line, span
        yield from self._rows(expression, self._search.items, judge)

    def _first(self, expression: str, ranks: Ranks) -> tuple[list[Line], int]:
        """The first candidates, and up to which rank these are all."""
        lines = list(self._search.rows(self._narrowed(expression), ranks, _FEW + 1))
        return lines, lines[-1].id if len(lines) > _FEW else ranks[1]

    def _rows(self, expression: str, ranks: Ranks, judge: Judge) -> Iterator[Found]:
        """The matches by rank, those of this place before the others."""
        expression = self._narrowed(expression)
        if self._home:
            here = _any_department(self._home)
            yield from self._judged(f"({expression}) AND ({here})" if expression else here, ranks, judge)
        yield from self._judged(expression, ranks, judge)

    def _judged(self, expression: str, ranks: Ranks, judge: Judge) -> Iterator[Found]:
        for line in self._search.rows(expression, ranks):
            good, span = _whole_row(judge, line) or (False, None)
            if good:
                yield line, span

    def _narrowed(self, expression: str) -> str:
        if expression and self._narrowing:
            return f"({expression}) AND {self._narrowing}"
        return expression or self._narrowing


def _whole_row(judge: Callable[[Line], T], line: Line) -> T | None:
    """None, and a line in the log, for a row that is broken."""
    try:
        return judge(line)
    except (TypeError, ValueError, AttributeError, IndexError):
        _log.warning("catalog row %s left out, it is broken", line.id)
        return None


def _every(words: Sequence[str]) -> str:
    return " AND ".join(f'"{word}"' for word in dict.fromkeys(words))


def _either(*expressions: str) -> str:
    return " OR ".join(f"({expression})" for expression in expressions if expression)


def _any_department(numbers: Iterable[int]) -> str:
    return " OR ".join(f'"{grams.department_gram(number)}"' for number in sorted(numbers))
