"""How late a timer of 5 ms comes: in this program, and in a bare Qt program beside it, the machine's floor.

with BesideUs() as floor, Beat() as beat: …    figures(beat.late), figures(floor.since())
"""

import json
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from types import TracebackType

from PySide6.QtCore import QCoreApplication, Qt, QTimer

TICK_MS = 5


class Beat:
    """`late`: ms, one a beat, while it is entered and an event loop runs."""

    def __init__(self) -> None:
        self.late: list[float] = []
        self._due = 0.0
        self._timer = QTimer(singleShot=True, interval=TICK_MS)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._beat)

    def begin(self) -> None:
        self._due = time.perf_counter() + TICK_MS / 1000
        self._timer.start()

    def _beat(self) -> None:
        self.late.append((time.perf_counter() - self._due) * 1e3)
        self.begin()

    def __enter__(self) -> "Beat":
        self.begin()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.stop()


class BesideUs:
    """A bare program that beats, for as long as this is entered."""

    def __enter__(self) -> "BesideUs":
        self._program = subprocess.Popen(
            [sys.executable, __file__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.since()
        return self

    def since(self) -> list[float]:
        """How late it was since this was last asked."""
        assert self._program.stdin is not None and self._program.stdout is not None
        self._program.stdin.write("\n")
        self._program.stdin.flush()
        found: list[float] = json.loads(self._program.stdout.readline())
        return found

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._program.kill()
        self._program.communicate()


def figures(late: Sequence[float]) -> str:
    """p50 | p90 | p99 | worst, ms."""
    ordered = sorted(late)
    at = [ordered[min(len(ordered) - 1, len(ordered) * percent // 100)] for percent in (50, 90, 99)]
    return " | ".join(f"{ms:.1f}" for ms in (*at, ordered[-1]))


def _beside() -> None:
    app = QCoreApplication([])
    beat = Beat()

    def answer() -> None:
        for _ in sys.stdin:
            told, beat.late = beat.late, []
            print(json.dumps(told), flush=True)

    threading.Thread(target=answer, daemon=True).start()
    with beat:
        app.exec()


if __name__ == "__main__":
    _beside()
