"""Best first for this desk: what is used here goes first, then what belongs to this place."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

_NEIGHBOURS = 3
_MOST = 40


@dataclass(frozen=True, slots=True)
class Preference:
    """`codes`: the items that go first within a stage of the search, in this order; `site`: where the
    station stands, in words."""

    codes: tuple[str, ...] = ()
    site: str = ""


def preferred(
    favourites: Iterable[str], often: Iterable[str], recent: Iterable[str], site: str = ""
) -> Preference:
    """Favourites, then the most used, then the latest; each once, a bounded number."""
    codes = dict.fromkeys([*favourites, *often, *recent])
    return Preference(tuple(codes)[:_MOST], site)


def home_departments(site: str, departments: Iterable[str]) -> frozenset[str]:
    """The departments of the place that `site` names.

    They share with it three neighbouring characters that less than half of all departments have:
    the town's name, where the city's is in most of them.
    """
    names = list(departments)
    runs = {name: set(_runs(name)) for name in names}
    common = Counter(run for name in names for run in runs[name])
    telling = {run for run in _runs(site) if 2 * common[run] < len(names)}
    return frozenset(name for name in names if not telling.isdisjoint(runs[name]))


def _runs(text: str) -> Iterator[str]:
    return (text[i : i + _NEIGHBOURS] for i in range(len(text) - _NEIGHBOURS + 1))
