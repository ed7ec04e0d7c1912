"""Finding an item at a desk: its list, the filters, what goes first.  One rule for every page that asks."""

from dataclasses import dataclass
from enum import Enum

from app.domain.catalog import Channel, ItemHit
from app.domain.narrowing import EVERYTHING, Facets, Narrowing
from app.services import case_file, favourites
from app.services.office import Office

_LISTED = 30
_MARKED = 400  # so far down a list is looked whether the text fits one's own items


class Tab(Enum):
    """Which items are asked for: of the whole catalog, or of this operator's and this desk's own."""

    ALL = "all"
    KEPT = "kept"
    OFTEN = "often"
    RECENT = "recent"


@dataclass(frozen=True, slots=True)
class Question:
    """`channel`: only what is offered there; None for the whole catalog."""

    text: str = ""
    tab: Tab = Tab.ALL
    wanted: Narrowing = EVERYTHING
    channel: Channel | None = None
    limit: int = 50


@dataclass(frozen=True, slots=True)
class Found:
    """An answer: `everywhere` when nothing of it is offered at the channel asked for."""

    query: str
    hits: tuple[ItemHit, ...]
    total: int
    first: favourites.First
    facets: Facets
    everywhere: bool = False


def find(office: Office, operator_id: str, asked: Question, known: favourites.First | None = None) -> Found:
    """`known`: what goes first, when it was asked for before.  Raises StoreError."""
    first = known or favourites.first(office, operator_id)
    facets, info = office.catalog.facets(), office.catalog.info()
    total = 0 if info is None else info.items
    if asked.tab is not Tab.ALL:
        hits, total = _own(office, operator_id, asked, first)
        return Found(asked.text, hits, total, first, facets)
    hits = _search(office, asked, first, asked.limit, asked.channel)
    if hits or not asked.text or asked.channel is None:
        return Found(asked.text, hits, total, first, facets)
    return Found(
        asked.text, _search(office, asked, first, asked.limit, None), total, first, facets, everywhere=True
    )


def _search(
    office: Office, asked: Question, first: favourites.First, limit: int, channel: Channel | None
) -> tuple[ItemHit, ...]:
    return tuple(office.catalog.search(asked.text, limit, channel, asked.wanted, first.prefer))


def _own(
    office: Office, operator_id: str, asked: Question, first: favourites.First
) -> tuple[tuple[ItemHit, ...], int]:
    """What fits of one's own list, in its order, and how many stand in it."""
    mine = tuple(office.catalog.hits(_listed(office, operator_id, asked.tab), asked.channel, asked.wanted))
    if not asked.text:
        return mine, len(mine)
    fitting = {hit.code: hit for hit in _search(office, asked, first, _MARKED, asked.channel)}
    return tuple(fitting[hit.code] for hit in mine if hit.code in fitting), len(mine)


def _listed(office: Office, operator_id: str, tab: Tab) -> tuple[str, ...]:
    if tab is Tab.KEPT:
        return favourites.favourites(office, operator_id)
    used = case_file.often_used if tab is Tab.OFTEN else case_file.recently_used
    return used(office, _LISTED)
