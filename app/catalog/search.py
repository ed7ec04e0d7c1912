"""The search over one catalog file: stages, each exact, best first.

    the whole name · an everyday name (also by its letters) or the code as a whole · names · codes ·
    several words across names and department · department · where no name was found, names with
    pinyin that mixes syllables and first letters · materials

Inside a stage: what is used at this desk; then items that a person can ask for at the counter,
then others for persons, then the rest; in each group names that begin with the text, names that
hold it further in, everyday names that begin with it and that hold it; of these, first the items
of this place; then shorter names.  The index answers in rank order, so a stage stops as soon as
enough is found, and equal questions have equal answers.

Most questions have few candidates: they are fetched in one statement and put in this order here.
Only where there are many is the index asked part by part.
"""

from collections.abc import Iterator, Sequence
from functools import partial

from app.catalog import grams
from app.catalog.asking import Asking, Judge, any_department, either, every_word
from app.catalog.lines import EVERYDAY, EVERYDAY_START, MANY, Filter, Found, Line, Lines, Place
from app.catalog.query import Pattern, Span
from app.catalog.runs import Few, Named, Ranks, Run
from app.catalog.several import Several
from app.domain.ranking import Preference

_WHOLE = (grams.NAME, grams.EVERYDAY, grams.CODE)
_LONGEST_CODE = 50
_TELLING = 3  # words of a code, the rarest: more of them cost more than they tell


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


class _Question(Asking):
    """One question to the catalog; `words` normalised."""

    def __init__(
        self,
        search: Lines,
        words: Sequence[str],
        narrowing: str,
        used: Sequence[Line],
        home: frozenset[int],
    ) -> None:
        super().__init__(search, narrowing, used, home)
        self._words, self._joined = words, "".join(words)
        self._pattern = Pattern(self._joined, search.vocabulary)
        self._places: dict[int, Place | None] = {}

    def everything(self) -> Iterator[Found]:
        yield from ((line, None) for line in self._used)
        yield from self.rows("", self._search.items, lambda line: (True, None))

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
            yield from Several(self, self._search, self._words).found(self._used)
        yield from self._departments(pattern)
        if pattern.has_letters and not named:
            yield from self._names(Pattern(joined, self._search.vocabulary, mixed=True))
        yield from self._materials(pattern)

    # -- the stages ----------------------------------------------------------------------------------

    def _whole(self, pattern: Pattern) -> Iterator[Found]:
        words = (every_word(grams.whole_grams(pattern.text, field)) for field in _WHOLE)
        name, everyday, code = words
        is_whole = partial(self._search.whole, pattern)
        yield from self.judged(self._used, self._used_whole)
        named = self.named(pattern, self._search.runs(name, self._search.items))
        yield from self.of_runs((run, span) for run, span in named if span == (0, len(grams.plain(run.name))))
        yield from self.rows(either(everyday, code), self._search.items, is_whole)

    def _names(self, pattern: Pattern) -> Iterator[Found]:
        named, everyday = pattern.expression(grams.NAME), None
        if not named:
            return
        yield from self.judged(self._used, partial(self._used_placed, pattern))
        runs = Few(partial(self._search.runs, named), self._search.items)
        for group in self._search.groups:
            yield from self._in_names(pattern, runs.among(group), group)
            everyday = everyday or self.few(pattern.expression(grams.EVERYDAY))
            yield from self._in_everyday(pattern, everyday.among(group), group)

    def _in_names(self, pattern: Pattern, few: list[Run] | None, group: Ranks) -> Iterator[Found]:
        """Names that begin with the text, then names that hold it further in; `few`: all candidates."""
        known = None if few is None else list(self.named(pattern, few))
        for at_start in (True, False):
            named = self._asked(pattern, at_start, group) if known is None else known
            yield from self.of_runs((run, span) for run, span in named if (span[0] == 0) == at_start)

    def _asked(self, pattern: Pattern, at_start: bool, group: Ranks) -> Iterator[Named]:
        runs = self._search.runs(pattern.expression(grams.NAME, at_start), group)
        return self.named(pattern, runs)

    def _in_everyday(self, pattern: Pattern, few: list[Line] | None, group: Ranks) -> Iterator[Found]:
        if few is not None:
            yield from self._in_order(pattern, few)
            return
        for wanted, at_start in ((EVERYDAY_START, True), (EVERYDAY, False)):

            def judge(line: Line, wanted: int = wanted) -> tuple[bool, Span | None]:
                place = self._search.place(pattern, line)
                return place is not None and place[0] == wanted, None

            yield from self.rows(pattern.expression(grams.EVERYDAY, at_start), group, judge)

    def _in_order(self, pattern: Pattern, lines: list[Line]) -> Iterator[Found]:
        """Those of one group whose everyday names match, by their place."""
        keys: dict[int, tuple[int, bool, int]] = {}

        def judge(line: Line) -> tuple[bool, Span | None]:
            place = self._search.place(pattern, line)
            if place is not None:
                keys[line.id] = place[0], self.is_elsewhere(line), line.id
            return place is not None, None

        yield from sorted(self.judged(lines, judge), key=lambda found: keys[found[0].id])

    def _codes(self, joined: str) -> Iterator[Found]:
        """The start of a code, or four or more characters of it; letters alone are pinyin."""
        if joined.isalpha() or len(joined) > _LONGEST_CODE:
            return
        within = every_word(self._search.rarest(grams.code_words(joined), _TELLING))

        def begins(line: Line) -> tuple[bool, Span | None]:
            return grams.plain(line.code).startswith(joined), None

        def holds(line: Line) -> tuple[bool, Span | None]:
            return joined in grams.plain(line.code), None

        yield from self.judged(self._used, holds if within else begins)
        ranks, few = self._search.codes_from(joined, MANY), None
        for group in self._search.groups:
            if ranks is None:
                yield from self.rows(every_word([grams.code_start(joined)]), group, begins)
            else:
                yield from self.ranked(rank for rank in ranks if group[0] <= rank <= group[1])
            if within:
                few = few or self.few(within)
                yield from self._in_codes(few.among(group), within, group, holds)

    def _in_codes(self, few: list[Line] | None, within: str, group: Ranks, holds: Judge) -> Iterator[Found]:
        if few is None:
            yield from self.rows(within, group, holds)
        else:
            yield from self.judged(sorted(few, key=lambda line: (self.is_elsewhere(line), line.id)), holds)

    def _departments(self, pattern: Pattern) -> Iterator[Found]:
        among = self._search.departments_like(pattern)
        if among:
            few = any_department(among) if len(among) <= MANY else ""
            yield from self._staged(few, lambda line: (line.department in among, None))

    def _materials(self, pattern: Pattern) -> Iterator[Found]:
        numbers = self._search.papers_like(pattern)
        if numbers:
            some = frozenset(map(str, numbers))
            yield from self.judged(self._used, lambda line: (not some.isdisjoint(line.papers.split()), None))
            yield from self.rows_of_any([grams.paper_gram(number) for number in numbers])

    def _staged(self, expression: str, judge: Judge) -> Iterator[Found]:
        """A stage without parts: what is used here, then by rank."""
        yield from self.judged(self._used, judge)
        yield from self.rows(expression, self._search.items, judge)

    # -- what is used here ---------------------------------------------------------------------------

    def _used_whole(self, line: Line) -> tuple[bool, Span | None]:
        if self._place(line) is None:
            return grams.plain(line.code) == self._joined, None
        return self._search.whole(self._pattern, line)

    def _used_placed(self, pattern: Pattern, line: Line) -> tuple[bool, Span | None]:
        place = self._place(line) if pattern is self._pattern else self._search.place(pattern, line)
        return (False, None) if place is None else (True, place[1])

    def _place(self, line: Line) -> Place | None:
        """Looked at once for all stages."""
        if line.id not in self._places:
            self._places[line.id] = self._search.place(self._pattern, line)
        return self._places[line.id]
