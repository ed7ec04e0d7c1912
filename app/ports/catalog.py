"""Items to find and read, and how new ones come."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from app.domain.catalog import Bundle, CatalogInfo, Channel, Item, ItemHit
from app.domain.narrowing import EVERYTHING, Facets, Narrowing
from app.domain.ranking import Preference


class CatalogSource(Protocol):
    """The catalog in force on this station (signed), or a draft.  Use it on the `catalog` executor."""

    def info(self) -> CatalogInfo | None: ...
    def item(self, code: str) -> Item | None: ...
    def search(
        self,
        text: str,
        limit: int = 20,
        channel: Channel | None = None,
        wanted: Narrowing = EVERYTHING,
        prefer: Preference | None = None,
    ) -> Sequence[ItemHit]:
        """Best first, stable; Chinese, full pinyin, initials or code.  Empty text lists by rank.

        `channel`: where the question is asked.  `prefer`: what goes first among equally good matches.
        """
        ...

    def departments(self) -> Sequence[str]:
        """The names of all departments that have items, sorted."""
        ...

    def facets(self) -> Facets:
        """How many items each way of narrowing would leave; counted once a catalog."""
        ...

    def hits(
        self, codes: Sequence[str], channel: Channel | None = None, wanted: Narrowing = EVERYTHING
    ) -> Sequence[ItemHit]:
        """The lines of given codes, in that order, without unknown ones and what is not wanted."""
        ...

    def items(self, after: str = "", limit: int = 100) -> Sequence[Item]:
        """Whole items in the order of their codes, those behind `after`: the way through all of them."""
        ...

    def bundles(self) -> Sequence[Bundle]:
        """一件事, in the publisher's order."""
        ...


@dataclass(frozen=True, slots=True)
class SyncReport:
    catalog_version: str
    items: int
    changed: bool


class CatalogSync(Protocol):
    def run(self, progress: Callable[[int, int], None] | None = None) -> SyncReport:
        """Fetch and verify the newest signed catalog and station keys, and swap them in.

        `progress(done, total)` in bytes.  Raises RemoteError, TrustError, StoreError.
        """
        ...
