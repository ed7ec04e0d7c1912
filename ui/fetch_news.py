"""How far a fetch of the catalog is that nobody began by hand: the one at the window's start."""

from collections.abc import Callable


class FetchNews:
    """Told on the thread that fetches: bytes done and bytes to do, (0, 0) when it has ended."""

    def __init__(self) -> None:
        self._heard: list[Callable[[int, int], None]] = []

    def listen(self, hear: Callable[[int, int], None]) -> None:
        """`hear` must be callable from any thread."""
        self._heard.append(hear)

    def __call__(self, done: int, total: int) -> None:
        for hear in tuple(self._heard):
            hear(done, total)
