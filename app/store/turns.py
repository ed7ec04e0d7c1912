"""Whose turn it is: one at a time, in the order of coming.

A pool or a lock lets whoever gives it back take it again at once, before the one who waits has woken; a
thread with many short transactions would keep another out until its patience ends.
"""

import threading
from collections import deque


class Turns:
    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._waiting: deque[threading.Event] = deque()
        self._taken = False

    @property
    def waiting(self) -> int:
        return len(self._waiting)

    def take(self, patience_s: float) -> bool:
        """Whether the turn came in time; then it has to be given back."""
        with self._guard:
            if not self._taken:
                self._taken = True
                return True
            mine = threading.Event()
            self._waiting.append(mine)
        if mine.wait(patience_s):
            return True
        with self._guard:
            if mine.is_set():  # at the very last moment
                return True
            self._waiting.remove(mine)
            return False

    def give(self) -> None:
        """On to who has waited longest."""
        with self._guard:
            if self._waiting:
                self._waiting.popleft().set()
            else:
                self._taken = False
