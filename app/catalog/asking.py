"""How one question asks the index: narrowed to what is wanted, what belongs to this place first."""

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property
from heapq import merge
from itertools import repeat, tee

from app.catalog import grams
from app.catalog.lines import AT_ONCE, MANY, Found, Line, Lines
from app.catalog.query import Pattern, Span
from app.catalog.runs import Few, Ids, Named, Ranks, Run

_log = logging.getLogger(__name__)

Judge = Callable[[Line], tuple[bool, Span | None]]
"""Whether a candidate truly matches, and where in its name."""

_BROKEN = (TypeError, ValueError, AttributeError, IndexError)


class Asking:
    """`narrowing`: the filter in words of the index; `used`: what goes first; `home`: this place's bodies."""

    def __init__(self, search: Lines, narrowing: str, used: Sequence[Line], home: frozenset[int]) -> None:
        self._search, self._narrowing, self._used = search, narrowing, used
        self._bodies, self._home = home, any_department(home)
        self.seen: set[int] = set()

    @cached_property
    def allowed(self) -> Ids | None:
        """The ranks that the filter leaves; None for all."""
        return self._search.ids(self._narrowing) if self._narrowing else None

    @cached_property
    def here(self) -> Ids:
        """Of these the ones of this place."""
        return self._search.ids(self.narrowed("", True)) if self._home else ()

    def is_elsewhere(self, line: Line) -> bool:
        return line.department not in self._bodies

    def ranked(self, ranks: Iterable[int]) -> Iterator[Found]:
        """Lines by their rank, those of this place before the others."""
        wanted = set(ranks) if self.allowed is None else set(ranks).intersection(self.allowed)
        first = wanted.intersection(self.here)
        for some in (first, wanted - first):
            yield from ((line, None) for line in self._search.lines(sorted(some)))

    def few(self, expression: str) -> Few[Line]:
        narrowed = self.narrowed(expression)
        return Few(lambda ranks, most: self._search.rows(narrowed, ranks, most), self._search.items)

    def rows(self, expression: str, ranks: Ranks, judge: Judge) -> Iterator[Found]:
        """The matches by rank, those of this place before the others; "" asks for all rows."""
        if self._home:
            yield from self.judged(self._search.rows(self.narrowed(expression, True), ranks), judge)
        yield from self.judged(self._search.rows(self.narrowed(expression), ranks), judge)

    def rows_of_any(self, words: Sequence[str]) -> Iterator[Found]:
        """The same for rows with any of many words, which need no judging."""
        parts = [any_word(words[at : at + MANY]) for at in range(0, len(words), MANY)]
        ranked = (self.rows(part, self._search.items, lambda line: (True, None)) for part in parts)
        if len(parts) == 1:
            yield from next(ranked)
            return
        here = set(self.here)
        yield from merge(*ranked, key=lambda found: (found[0].id not in here, found[0].id))

    def of_runs(self, named: Iterable[Named]) -> Iterator[Found]:
        """The lines of these runs by rank, those of this place before the others."""
        if self._home:
            first, named = tee(named)
            yield from self._lines(first, self.here)
        yield from self._lines(named, self.allowed)

    def _lines(self, named: Iterable[Named], ids: Ids | None) -> Iterator[Found]:
        alone: dict[int, Span] = {}  # lines that stand alone in their runs are fetched together
        for run, span in named:
            if ids is None and run.id < run.last:
                yield from self._fetched(alone)
                yield from zip(self._search.lines_of(run), repeat(span))
                continue
            alone |= dict.fromkeys((run.id,) if ids is None else run.of(ids), span)
            if len(alone) >= AT_ONCE:
                yield from self._fetched(alone)
        yield from self._fetched(alone)

    def _fetched(self, spans: dict[int, Span]) -> Iterator[Found]:
        """The lines of these ranks, which are then forgotten."""
        yield from ((line, spans[line.id]) for line in self._search.lines(list(spans)))
        spans.clear()

    def named(self, pattern: Pattern, runs: Iterable[Run]) -> Iterator[Named]:
        """The runs whose name truly matches, and where."""
        for run in runs:
            try:
                span = self._search.in_run(pattern, run)
            except _BROKEN:
                _log.warning("catalog row %s left out, it is broken", run.id)
                continue
            if span is not None:
                yield run, span

    def judged(self, lines: Iterable[Line], judge: Judge) -> Iterator[Found]:
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

    def narrowed(self, expression: str, only_here: bool = False) -> str:
        """What `expression` names, of that what is wanted (and belongs to this place); "" for all rows."""
        parts = (expression, self._narrowing, self._home if only_here else "")
        return " AND ".join(f"({part})" for part in parts if part)


def every_word(words: Iterable[str]) -> str:
    return " AND ".join(f'"{word}"' for word in dict.fromkeys(words))


def any_word(words: Iterable[str]) -> str:
    return " OR ".join(f'"{word}"' for word in words)


def any_department(numbers: Iterable[int]) -> str:
    return any_word(map(grams.department_gram, sorted(numbers)))


def either(*expressions: str) -> str:
    return " OR ".join(f"({expression})" for expression in expressions if expression)
