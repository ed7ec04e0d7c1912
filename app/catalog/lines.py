"""The narrow rows of a catalog file: how the index is asked for them, and how each is judged by its texts."""

import sqlite3
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import repeat
from typing import NamedTuple, TypeVar

from app.catalog import grams
from app.catalog.layout import AUDIENCES, CHANNELS, DEPARTMENTS, GROUPS, PAPERS
from app.catalog.query import KEPT, Pattern, Span, Vocabulary
from app.catalog.runs import Ids, Ranks, Run
from app.domain.catalog import Channel
from app.domain.narrowing import EVERYTHING, UNSAID, Facets, Narrowing
from app.domain.ranking import Preference, home_departments

AT_ONCE = 16
_COLUMNS = """line.id, code, name, department, everyday, audience, channels, promise_days, material_count,
    theme, unusual, papers, body_crc"""
_BY_WORDS = f"""
    SELECT {_COLUMNS} FROM gram JOIN line ON line.id = gram.rowid
    WHERE gram MATCH ? AND gram.rowid BETWEEN ? AND ? ORDER BY gram.rowid LIMIT ?"""
_RUNS = """
    SELECT run.id, last, name, unusual FROM named JOIN run ON run.id = named.rowid
    WHERE named MATCH ? AND named.rowid BETWEEN ? AND ? ORDER BY named.rowid LIMIT ?"""
_IDS = "SELECT rowid FROM gram WHERE gram MATCH ? ORDER BY rowid"
_BETWEEN = f"SELECT {_COLUMNS} FROM line WHERE id BETWEEN ? AND ? ORDER BY id"
_THESE = f"SELECT {_COLUMNS} FROM line WHERE id IN ({','.join('?' * AT_ONCE)}) ORDER BY id"
_CODES = "SELECT id FROM line WHERE code >= ? AND code < ? LIMIT ?"
_PAPERS_BY_WORDS = f"""
    SELECT paper.id, name, unusual FROM gram JOIN paper ON paper.id = gram.rowid - {PAPERS}
    WHERE gram MATCH ? AND gram.rowid > {PAPERS} ORDER BY gram.rowid"""
_ALL = f"SELECT {_COLUMNS} FROM line ORDER BY id"
_BY_CODE = f"SELECT {_COLUMNS} FROM line WHERE code = ?"
_DEPARTMENTS_BY_WORDS = f"""
    SELECT rowid - {DEPARTMENTS} FROM gram WHERE gram MATCH ? AND rowid > {DEPARTMENTS}"""
_HAS_WORD = "SELECT 1 FROM gram WHERE gram MATCH ? AND rowid = ?"
_WORDS = """
    CREATE VIRTUAL TABLE IF NOT EXISTS temp.word USING fts5vocab(main, gram, row)"""
_COUNTED = "SELECT substr(term, 3), doc FROM temp.word WHERE term >= ? AND term < ?"
MANY = 200
"""So many words at most stand side by side in one question to the index."""
_NO_LIMIT = -1
_SETS = 6  # of ranks kept from question to question
_LAST = "\U0010ffff"
T = TypeVar("T")
_plain, _plain_lines = lru_cache(KEPT)(grams.plain), lru_cache(KEPT)(grams.plain_lines)


class Line(NamedTuple):
    """One row of the table `line`; audience and channels as bits, department and papers by number."""

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
    papers: str
    body_crc: int


@dataclass(frozen=True, slots=True)
class Filter:
    """What an item must have besides the text.  `channel`: offered where the question is asked."""

    channel: Channel | None = None
    wanted: Narrowing = EVERYTHING


Found = tuple[Line, Span | None]
"""A match, and where in the units of its name."""

AT_START, INSIDE, EVERYDAY_START, EVERYDAY = range(4)
Place = tuple[int, Span | None]
"""One of these four, and where in the name."""


class Lines:
    """The narrow rows, asked for and judged.  Raises sqlite3.Error; one statement at a time."""

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
        meta = dict(db.execute("SELECT key, value FROM meta WHERE key LIKE 'last_%'"))
        ends = [int(meta[f"last_{n}"]) for n in range(GROUPS)]
        self.groups = [(first + 1, last) for first, last in zip([0, *ends], ends, strict=False)]
        self.items = (1, ends[-1])
        self._preferred: tuple[Preference, list[Line], frozenset[int]] | None = None
        self._plain_codes = db.execute("SELECT value FROM meta WHERE key = 'odd_codes'").fetchone() == ("0",)
        self._common = dict(db.execute("SELECT word, items FROM common"))
        self._ids: dict[str, Ids] = {}

    def line(self, code: str) -> Line | None:
        row = self._db.execute(_BY_CODE, (code,)).fetchone()
        return None if row is None else Line._make(row)

    def department(self, number: int) -> str:
        return self._departments[number].name

    def departments(self) -> Sequence[str]:
        return tuple(self._numbers)

    # -- what the index is asked ---------------------------------------------------------------------

    def narrowing(self, wanted: Filter) -> str | None:
        """The filter as words of the index; None for a department that is not there."""
        more = wanted.wanted
        words = [grams.filter_gram("c", c.value) for c in (wanted.channel, more.channel) if c]
        words += [grams.filter_gram("a", more.audience.value)] if more.audience else []
        words += [grams.filter_gram("t", _said(more.theme))] if more.theme else []
        words += [grams.filter_gram("o", _said(more.topic))] if more.topic else []
        if more.department:
            if more.department not in self._numbers:
                return None
            words.append(grams.department_gram(self._numbers[more.department]))
        return " AND ".join(f'"{word}"' for word in words)

    def allowed(self, line: Line, wanted: Filter) -> bool:
        """The same filter, for a line at hand."""
        more = wanted.wanted
        return (
            all(c is None or _has(line.channels, CHANNELS, c) for c in (wanted.channel, more.channel))
            and (more.audience is None or _has(line.audience, AUDIENCES, more.audience))
            and (not more.theme or _said(more.theme) == line.theme)
            and more.department in ("", self.department(line.department))
            and (not more.topic or self._has_topic(line, more.topic))
        )

    def _has_topic(self, line: Line, topic: str) -> bool:
        return self.has_word(line, f'"{grams.filter_gram("o", _said(topic))}"')

    def facets(self) -> Facets:
        """Counted from the index's own words, some 20 ms at 100 000 items."""
        self._db.execute(_WORDS)
        bodies = {f"{number}": department.name for number, department in self._departments.items()}
        return Facets(
            self._counted("a"),
            self._counted("c"),
            {word or UNSAID: n for word, n in self._counted("t").items()},
            {word or UNSAID: n for word, n in self._counted("o").items()},
            {bodies[number]: n for number, n in self._words("d").items()},
        )

    def _counted(self, kind: str) -> dict[str, int]:
        return {bytes.fromhex(word).decode(): n for word, n in self._words(kind).items()}

    def _words(self, kind: str) -> dict[str, int]:
        """How many items have each filter word of a kind."""
        first, behind = f"f{kind}", f"f{chr(ord(kind) + 1)}"
        return dict(self._db.execute(_COUNTED, (first, behind)).fetchall())

    def preference(self, prefer: Preference | None) -> tuple[list[Line], frozenset[int]]:
        """The lines that go first, and the departments of this place; kept while they stay the same."""
        if prefer is None:
            return [], frozenset()
        if self._preferred is None or self._preferred[0] != prefer:
            lines = [line for line in map(self.line, prefer.codes) if line is not None]
            home = home_departments(prefer.site, self._numbers)
            here = frozenset(self._numbers[name] for name in home if len(home) <= MANY)
            self._preferred = prefer, lines, here
        return self._preferred[1], self._preferred[2]

    def rows(self, expression: str, ranks: Ranks, limit: int = _NO_LIMIT) -> Iterator[Line]:
        """The lines that the index names, by rank; `expression` "" for all of them."""
        if expression:
            return map(Line._make, self._db.execute(_BY_WORDS, (expression, *ranks, limit)))
        return map(Line._make, self._db.execute(_ALL))

    def runs(self, expression: str, ranks: Ranks, limit: int = _NO_LIMIT) -> Iterator[Run]:
        """The runs whose name the index names, by rank."""
        return map(Run._make, self._db.execute(_RUNS, (expression, *ranks, limit)))

    def lines_of(self, run: Run) -> Iterator[Line]:
        return map(Line._make, self._db.execute(_BETWEEN, (run.id, run.last)))

    def lines(self, ranks: Ids) -> Iterator[Line]:
        """The lines of these ranks, in this order; a few at a time, always by the same statement."""
        for at in range(0, len(ranks), AT_ONCE):
            some = (*ranks[at : at + AT_ONCE], *repeat(None, AT_ONCE))[:AT_ONCE]
            yield from map(Line._make, self._db.execute(_THESE, some))

    def ids(self, expression: str) -> Ids:
        """The ranks of all items that the index names; kept for the next question."""
        known = self._ids.pop(expression, None)
        if known is None:
            known = array("q", (rank for (rank,) in self._db.execute(_IDS, (expression,))))
            while len(self._ids) >= _SETS:
                del self._ids[next(iter(self._ids))]
        self._ids[expression] = known
        return known

    def has_word(self, line: Line, expression: str) -> bool:
        return self._db.execute(_HAS_WORD, (expression, line.id)).fetchone() is not None

    def codes_from(self, start: str, most: int) -> Ids | None:
        """The ranks of the items whose code begins so; None for more of them, or where codes have signs."""
        if not self._plain_codes:
            return None
        start = start.upper()
        found = self._db.execute(_CODES, (start, start + _LAST, most + 1)).fetchall()
        return None if len(found) > most else [rank for (rank,) in found]

    def rarest(self, words: Sequence[str], count: int) -> Sequence[str]:
        """Of words of codes those that say most."""
        return sorted(words, key=lambda word: self._common.get(word, 0))[:count]

    # -- judging -------------------------------------------------------------------------------------

    def in_name(self, pattern: Pattern, line: Line, start_only: bool = False) -> Span | None:
        return self._find(pattern, _plain(line.name), line.unusual, 0, start_only)

    def in_run(self, pattern: Pattern, run: Run) -> Span | None:
        return self._find(pattern, _plain(run.name), run.unusual, 0)

    def place(self, pattern: Pattern, line: Line) -> Place | None:
        """Where a name or everyday name matches."""
        span = self.in_name(pattern, line)
        if span is not None:
            return (INSIDE if span[0] else AT_START), span
        if not line.everyday:
            return None
        inside = False
        for number, text in enumerate(_plain_lines(line.everyday).split("\n"), start=1):
            found = self._find(pattern, text, line.unusual, number)
            if found is not None and found[0] == 0:
                return EVERYDAY_START, None
            inside = inside or found is not None
        return (EVERYDAY, None) if inside else None

    def whole(self, pattern: Pattern, line: Line) -> tuple[bool, Span | None]:
        """Whether the pattern is all of the name, of an everyday name, or of the code."""
        texts = (_plain(line.name), *_plain_lines(line.everyday).split("\n"))
        for number, text in enumerate(texts):
            span = (0, len(text))
            if text and self._find(pattern, text, line.unusual, number, True) == span:
                return True, None if number else span
        return _plain(line.code) == pattern.text, None

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
        rows = self._db.execute(_DEPARTMENTS_BY_WORDS, (expression,)).fetchall()
        candidates = ((number, self._departments[number]) for (number,) in rows)
        return frozenset(n for n, d in candidates if self._find(pattern, d.text, d.unusual, 0) is not None)

    def papers_like(self, pattern: Pattern) -> Sequence[int]:
        """The numbers of the materials whose name matches, in rising order."""
        expression = pattern.expression(grams.MATERIALS)
        if not expression:
            return ()
        rows = self._db.execute(_PAPERS_BY_WORDS, (expression,)).fetchall()
        return [n for n, name, notes in rows if self._find(pattern, _plain(name), notes, 0) is not None]


def _said(value: str) -> str:
    return "" if value == UNSAID else value


def _has(bits: int, members: Sequence[T], member: T) -> bool:
    return bool(bits >> members.index(member) & 1)


class Department:
    def __init__(self, name: str, unusual: str) -> None:
        self.name, self.unusual = name, unusual

    @cached_property
    def text(self) -> str:
        return grams.plain(self.name)
