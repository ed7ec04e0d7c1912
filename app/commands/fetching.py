"""The port `app.ports.CatalogSync` for a window: the fetching is done by a process of its own.

Unpacking, hashing and applying let go of the interpreter, yet what is left of them in a thread made
searches late (docs/benchmarks.md); a process that stands back does not.  It ends with the window
however that ends, and at any instant leaves a whole catalog.
"""

import queue
from collections.abc import Callable
from pathlib import Path

from app.commands import fetch_lines
from app.commands.child import Child
from app.errors import FetchBrokenError
from app.ports import SyncReport

BEAT_S = 0.2


class CatalogFetch:
    def __init__(self, url: str, data: Path, trusted_root: bytes, rate_limit_kbit: int = 0) -> None:
        self._data = data
        self._order = fetch_lines.Order(url, trusted_root.decode(), rate_limit_kbit)

    def run(self, progress: Callable[[int, int], None] | None = None) -> SyncReport:
        """`progress` is told every `BEAT_S` even while nothing comes, so that it can stop this (by raising).

        Raises what TufCatalogSync.run raises, and FetchBrokenError.
        """
        child = Child("fetch-catalog", "--data", str(self._data), patient=True)
        try:
            child.tell(self._order.line())
            return _followed(child, progress or _nobody)
        finally:
            child.stop()


def _followed(child: Child, progress: Callable[[int, int], None]) -> SyncReport:
    last = (0, 0)
    while True:
        try:
            line = child.hear(BEAT_S)
        except queue.Empty:
            progress(*last)
            continue
        if not line:
            raise FetchBrokenError(f"ended with {child.ended()}")
        said = fetch_lines.heard(line)
        if isinstance(said, SyncReport):
            return said
        last = said
        progress(*last)


def _nobody(_done: int, _total: int) -> None:
    pass
