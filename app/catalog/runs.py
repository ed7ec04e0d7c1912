"""Runs: neighbouring lines of one name.  A name is searched and judged once, not once in each town.

Rank order keeps the items of one name side by side inside their group.  The words of names have an index
of their own (`named`), which answers with runs; the lines of a run are one range of rows.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from typing import Generic, NamedTuple, Protocol, TypeVar

from app.catalog.query import Span

FEW = 24

Ranks = tuple[int, int]
Ids = Sequence[int]
"""Ranks in rising order."""


class Run(NamedTuple):
    """Neighbouring lines `id` to `last`, all of this name; `unusual` as in a line."""

    id: int
    last: int
    name: str
    unusual: str

    def of(self, ids: Ids) -> Ids:
        """Those of `ids` that are in the run."""
        return ids[bisect_left(ids, self.id) : bisect_right(ids, self.last)]


Named = tuple[Run, Span]
"""A run whose name matches, and where."""


class _Ranked(Protocol):
    @property
    def id(self) -> int: ...


T = TypeVar("T", bound=_Ranked)


class Few(Generic[T]):
    """What the index names for one expression, looked at once where it is little.

    `ask`: the candidates among these ranks, in order, so many at most.
    """

    def __init__(self, ask: Callable[[Ranks, int], Iterator[T]], ranks: Ranks) -> None:
        self._ask, self._last = ask, ranks[1]
        self._look(ranks)

    def among(self, ranks: Ranks) -> list[T] | None:
        """All candidates of these ranks; None for too many of them.  Ranks rise from call to call."""
        if self._known < ranks[0]:
            self._look((ranks[0], self._last))
        if self._known < ranks[1]:
            return None
        return [found for found in self._found if ranks[0] <= found.id <= ranks[1]]

    def _look(self, ranks: Ranks) -> None:
        self._found = list(self._ask(ranks, FEW + 1))
        self._known = self._found[-1].id if len(self._found) > FEW else ranks[1]
