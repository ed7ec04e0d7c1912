"""Whether the person is still there: time since the last touch or device event.

It stands still while a device or a submission works (`hold`).  The clock is handed in, so
tests let it run as they like.
"""

from collections.abc import Callable


class IdleWatch:
    """Call `tick` now and then.  `limit` 0 means that nobody is asked for."""

    def __init__(
        self,
        monotonic: Callable[[], float],
        limit: Callable[[], int],
        countdown: int,
        *,
        ask: Callable[[int], None],
        over: Callable[[], None],
    ) -> None:
        self._monotonic, self._limit, self._countdown = monotonic, limit, countdown
        self._ask, self._over = ask, over
        self._last = monotonic()
        self._held = 0
        self.asking = False

    def touched(self) -> None:
        self._last = self._monotonic()
        self.asking = False

    def hold(self) -> None:
        self._held += 1

    def release(self) -> None:
        self._held = max(0, self._held - 1)
        if not self.asking:
            self._last = self._monotonic()

    @property
    def held(self) -> bool:
        return self._held > 0

    def tick(self) -> None:
        limit = self._limit()
        if self.held or limit <= 0:
            self.touched()
            return
        quiet = self._monotonic() - self._last
        if quiet < limit:
            return
        left = self._countdown - int(quiet - limit)
        if left <= 0:
            self.touched()
            self._over()
        else:
            self.asking = True
            self._ask(left)
