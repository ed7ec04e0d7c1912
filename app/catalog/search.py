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
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial

from app.catalog import grams
from app.catalog.lines import MANY_DEPARTMENTS, Filter, Found, Line, Lines, Ranks
from app.catalog.query import Pattern, Span
from app.domain.ranking import Preference

_log = logging.getLogger(__name__)

Judge = Callable[[Line], tuple[bool, Span | None]]
"""Whether a candidate truly matches, and where in its name."""

_BROKEN = (TypeError, ValueError, AttributeError, IndexError)
_PLACES = ((grams.NAME, True), (grams.NAME, False), (grams.EVERYDAY, True), (grams.EVERYDAY, False))
"""In the order of `Lines.place`: which words, and only how a text begins."""
_FEW = 24
_LONGEST_CODE = 50


class Search(Lines):
    """Raises sqlite3.Error; one statement at a time."""

    def run(self, text: str, wanted: Filter, prefer: Preference | None = None) -> Iterator[Found]:
        """Every match once, best first, found as far as the caller reads on."""
        words = [grams.plain(word).replace("\u00fc", "v") for word in text.split()]
        words = [word for word in words if word]
        narrowing = self.narrowing(wanted)
        if narrowing is None:
            return
        used, home = self.preference(prefer)
        used = [line for line in used if self.allowed(line, wanted)]
        question = _Question(self, words, narrowing, used, home)
        for line, span in question.stages() if words else question.everything():
            if line.id not in question.seen:
                question.seen.add(line.id)
                yield line, span


class _Question:
    """One question to the catalog; `words` normalised, `narrowing` the filter in words of the index."""

    def __init__(
        self,
        search: Lines,
        words: Sequence[str],
        narrowing: str,
        used: Sequence[Line],
        home: frozenset[int],
    ) -> None:
        self._search, self._words, self._narrowing = search, words, narrowing
        self._used, self._home = used, home
        self.seen: set[int] = set()
        self._joined = "".join(words)
        self._pattern = Pattern(self._joined, search.vocabulary)

    def everything(self) -> Iterator[Found]:
        yield from ((line, None) for line in self._used)
        yield from self._rows("", self._search.items, lambda line: (True, None))

    def stages(self) -> Iterator[Found]:
        pattern, joined, several = self._pattern, self._joined, len(self._words) > 1
        yield from self._whole(pattern)
        named = bool(self.seen)
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
        yield from self._judged(self._used, partial(self._named, pattern))
        last = self._search.items[1]
        few, known = self._first(either, self._search.items)
        for group in self._search.groups:
            if known < group[0]:
                few, known = self._first(either, (group[0], last))
            if known >= group[1]:
                yield from self._in_order(pattern, [x for x in few if group[0] <= x.id <= group[1]])
            else:
                yield from self._place_by_place(pattern, group)

    def _named(self, pattern: Pattern, line: Line) -> tuple[bool, Span | None]:
        place = self._search.place(pattern, line)
        return (False, None) if place is None else (True, place[1])

    def _in_order(self, pattern: Pattern, lines: Iterable[Line]) -> Iterator[Found]:
        """The matches among the candidates of one group, by their place."""
        keys: dict[int, tuple[int, bool, int]] = {}

        def judge(line: Line) -> tuple[bool, Span | None]:
            place = self._search.place(pattern, line)
            if place is None:
                return False, None
            keys[line.id] = place[0], line.department not in self._home, line.id
            return True, place[1]

        yield from sorted(self._judged(lines, judge), key=lambda found: keys[found[0].id])

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
            if len(among) > MANY_DEPARTMENTS:
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
            few = _any_department(among) if len(among) <= MANY_DEPARTMENTS else ""
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
        yield from self._judged(self._used, judge)
        yield from self._rows(expression, self._search.items, judge)

    def _first(self, expression: str, ranks: Ranks) -> tuple[list[Line], int]:
        """The first candidates, and up to which rank these are all."""
        lines = list(self._search.rows(self._narrowed(expression), ranks, _FEW + 1))
        return lines, lines[-1].id if len(lines) > _FEW else ranks[1]

    def _rows(self, expression: str, ranks: Ranks, judge: Judge) -> Iterator[Found]:
        """The matches by rank, those of this place before the others."""
        rows, expression = self._search.rows, self._narrowed(expression)
        if self._home:
            here = _any_department(self._home)
            here = f"({expression}) AND ({here})" if expression else here
            yield from self._judged(rows(here, ranks), judge)
        yield from self._judged(rows(expression, ranks), judge)

    def _judged(self, lines: Iterable[Line], judge: Judge) -> Iterator[Found]:
        """The matches not found before; a broken row is left out, with a line in the log."""
        for line in lines:
            if line.id in self.seen:
                continue
            try:
                good, span = judge(line)
            except _BROKEN:
                _log.warning("catalog row %s left out, it is broken", line.id)
                continue
            if good:
                yield line, span

    def _narrowed(self, expression: str) -> str:
        if expression and self._narrowing:
            return f"({expression}) AND {self._narrowing}"
        return expression or self._narrowing


def _every(words: Sequence[str]) -> str:
    return " AND ".join(f'"{word}"' for word in dict.fromkeys(words))


def _either(*expressions: str) -> str:
    return " OR ".join(f"({expression})" for expression in expressions if expression)


def _any_department(numbers: Iterable[int]) -> str:
    return " OR ".join(f'"{grams.department_gram(number)}"' for number in sorted(numbers))
