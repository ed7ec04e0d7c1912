"""The narrow rows of a catalog file: how the index is asked for them, and how each is judged by its texts."""

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from typing import NamedTuple

from app.catalog import build, grams
from app.catalog.query import Pattern, Span, Vocabulary
from app.domain.catalog import Audience, Channel
from app.domain.ranking import Preference, home_departments

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
MANY_DEPARTMENTS = 200
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


Found = tuple[Line, Span | None]
"""A match, and where in the units of its name."""

Ranks = tuple[int, int]
AT_START, INSIDE, EVERYDAY_START, EVERYDAY = range(4)


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

    # -- what the index is asked ---------------------------------------------------------------------

    def narrowing(self, wanted: Filter) -> str | None:
        """The filter as words of the index; None for a department that is not there."""
        words = [grams.filter_gram("c", wanted.channel.value)] if wanted.channel else []
        words += [grams.filter_gram("a", wanted.audience.value)] if wanted.audience else []
        words += [grams.filter_gram("t", wanted.theme)] if wanted.theme else []
        if wanted.department:
            if wanted.department not in self._numbers:
                return None
            words.append(grams.department_gram(self._numbers[wanted.department]))
        return " AND ".join(f'"{word}"' for word in words)

    def allowed(self, line: Line, wanted: Filter) -> bool:
        """The same filter, for a line at hand."""
        return (
            (wanted.channel is None or bool(line.channels >> build.CHANNELS.index(wanted.channel) & 1))
            and (wanted.audience is None or bool(line.audience >> build.AUDIENCES.index(wanted.audience) & 1))
            and wanted.theme in ("", line.theme)
            and wanted.department in ("", self.department(line.department))
        )

    def preference(self, prefer: Preference | None) -> tuple[list[Line], frozenset[int]]:
        """The lines that go first, and the departments of this place; kept while they stay the same."""
        if prefer is None:
            return [], frozenset()
        if self._preferred is None or self._preferred[0] != prefer:
            lines = [line for line in map(self.line, prefer.codes) if line is not None]
            home = home_departments(prefer.site, self._numbers)
            here = frozenset(self._numbers[name] for name in home if len(home) <= MANY_DEPARTMENTS)
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
        """Where a name or everyday name matches (one of the four), and where in the name."""
        span = self.in_name(pattern, line)
        if span is not None:
            return (INSIDE if span[0] else AT_START), span
        if not line.everyday:
            return None
        inside = False
        for number, text in enumerate(grams.plain_lines(line.everyday).split("\n"), start=1):
            found = self._find(pattern, text, line.unusual, number)
            if found is not None and found[0] == 0:
                return EVERYDAY_START, None
            inside = inside or found is not None
        return (EVERYDAY, None) if inside else None

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
