"""Who is using which device: so that a test page never lands in somebody's receipt.

Two sorts.  A *use* is work under way for a person (a slip is printed, a card is waited for): uses of one kind
may stand side by side, for the device's thread does them in order.  A *claim* is exclusive: a flow that is
about to use a device, or a test.  A claim is refused while there is any use or another claim; a use never is,
since it may well be the claimant's own.  Nothing here waits, so nothing can deadlock.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

from app.domain.device import DeviceKind
from app.errors import DeviceBusyError


class Claims:
    """May be used from any thread; a claim may end on another thread than it began."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._claims: dict[DeviceKind, str] = {}
        self._uses: dict[DeviceKind, list[str]] = {}

    def holder(self, kind: DeviceKind) -> str:
        """Who has the device now, a word of the program; "" when nobody has."""
        with self._lock:
            return self._holder(kind)

    def claim(self, kind: DeviceKind, holder: str) -> None:
        """Raises DeviceBusyError (values: holder)."""
        with self._lock:
            if present := self._holder(kind):
                raise DeviceBusyError(f"in use: {present}", holder=present)
            self._claims[kind] = holder

    def unclaim(self, kind: DeviceKind) -> None:
        with self._lock:
            self._claims.pop(kind, None)

    @contextmanager
    def claimed(self, kind: DeviceKind, holder: str) -> Iterator[None]:
        """Raises DeviceBusyError (values: holder)."""
        self.claim(kind, holder)
        try:
            yield
        finally:
            self.unclaim(kind)

    def begin(self, kind: DeviceKind, word: str) -> None:
        with self._lock:
            self._uses.setdefault(kind, []).append(word)

    def end(self, kind: DeviceKind, word: str) -> None:
        with self._lock:
            self._uses[kind].remove(word)

    def _holder(self, kind: DeviceKind) -> str:
        uses = self._uses.get(kind)
        return self._claims.get(kind) or (uses[0] if uses else "")
