"""What the log says of a device's changes: a failure once, its recovery once, a flapping device in one line.

A cable with a loose contact would fill the log of a day in an hour.  So after a few changes within a
minute the following ones are only counted, and one line with their number comes when the device has
been calm for a minute.  The log gets kind and error code, nothing else.
"""

import logging
import time
from collections import deque
from collections.abc import Callable

CALM_S = 60.0
CHANGES = 6  # within CALM_S; more is flapping

logger = logging.getLogger("devices.session")


class ChangeLog:
    """Used on the device's own thread only."""

    def __init__(self, name: str, now: Callable[[], float] = time.monotonic) -> None:
        self._name = name
        self._now = now
        self._recent: deque[float] = deque(maxlen=CHANGES)
        self._uncounted = 0
        self._last = ""

    def changed(self, reason: str) -> None:
        """`reason`: an error code, or "" when the device is well."""
        self.settle()
        now, self._last = self._now(), reason
        flapping = len(self._recent) == CHANGES and now - self._recent[0] < CALM_S
        self._recent.append(now)
        if not self._uncounted and not flapping:
            logger.log(logging.WARNING if reason else logging.INFO, "%s: %s", self._name, reason or "ok")
            return
        if not self._uncounted:
            logger.warning("%s: comes and goes; its changes are counted until it is calm", self._name)
        self._uncounted += 1

    def settle(self) -> None:
        """Say how often it flapped, once it has been calm for long enough."""
        if self._uncounted and self._now() - self._recent[-1] >= CALM_S:
            logger.warning("%s: %s after %d changes", self._name, self._last or "ok", self._uncounted)
            self._uncounted = 0
            self._recent.clear()
