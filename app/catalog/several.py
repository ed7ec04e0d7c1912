"""Several words in any order, each somewhere in a name, an everyday name or the department."""

from collections.abc import Iterator, Sequence
from heapq import merge

from app.catalog import grams
from app.catalog.asking import Asking, any_department, either
from app.catalog.lines import MANY, Found, Line, Lines
from app.catalog.query import Pattern, Span
from app.catalog.runs import Ids, Run


class _Word:
    """One word: `named` and `aside` ask the index for names with it, and for what has it elsewhere."""

    def __init__(self, search: Lines, text: str) -> None:
        self.pattern = Pattern(text, search.vocabulary)
        self.among = search.departments_like(self.pattern)
        self.named = self.pattern.expression(grams.NAME)
        self.anywhere = len(self.among) > MANY  # its departments say little, and are judged anyhow
        here = "" if self.anywhere else any_department(self.among)
        self.aside = either(self.pattern.expression(grams.EVERYDAY), here)


class Several:
    def __init__(self, asking: Asking, search: Lines, words: Sequence[str]) -> None:
        self._asking, self._search = asking, search
        self._words = [_Word(search, text) for text in words]
        self._aside: dict[str, Ids] = {}

    def found(self, used: Sequence[Line]) -> Iterator[Found]:
        """What is used here, then by rank, the matches of this place first."""
        if not all(word.anywhere or word.named or word.aside for word in self._words):
            return
        yield from self._asking.judged(used, self._judge)
        for only_here in (True, False):
            ids = self._asking.here if only_here else self._asking.allowed
            if ids is None or ids:
                found = (self._in_runs(ids), self._aside_only(only_here))
                yield from merge(*found, key=lambda found: found[0].id)

    def _judge(self, line: Line) -> tuple[bool, Span | None]:
        places = [self._search.place(word.pattern, line) for word in self._words]
        fits = (p or line.department in word.among for p, word in zip(places, self._words, strict=True))
        return all(fits), next((place[1] for place in places if place and place[1]), None)

    def _in_runs(self, ids: Ids | None) -> Iterator[Found]:
        """Where a name has one of the words at least."""
        expression = either(*(word.named for word in self._words))
        for run in self._search.runs(expression, self._search.items) if expression else ():
            missing = [word for word in self._words if not any(self._asking.named(word.pattern, (run,)))]
            if len(missing) < len(self._words):
                left = self._left(run, missing, ids)
                lines = self._search.lines_of(run) if left is None else self._search.lines(run.of(left))
                yield from self._asking.judged(lines, self._judge)

    def _left(self, run: Run, missing: Sequence[_Word], ids: Ids | None) -> Ids | None:
        """The lines of a run that may have these words besides."""
        for word in missing:
            if not word.anywhere:
                some = run.of(self._ranks(word.aside))
                ids = some if ids is None else sorted({*some}.intersection(run.of(ids)))
        return ids

    def _ranks(self, expression: str) -> Ids:
        if expression not in self._aside:
            self._aside[expression] = self._search.ids(expression) if expression else ()
        return self._aside[expression]

    def _aside_only(self, only_here: bool) -> Iterator[Found]:
        """Where everyday names and the department have all the words."""
        aside = [word.aside for word in self._words if not word.anywhere]
        if all(aside):
            expression = " AND ".join(f"({words})" for words in aside)
            rows = self._search.rows(self._asking.narrowed(expression, only_here), self._search.items)
            yield from self._asking.judged(rows, self._judge)
