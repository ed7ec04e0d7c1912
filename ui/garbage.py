"""Python's garbage, collected on the window's thread alone.

A ring of objects with a widget in it is destroyed by whichever thread happens to allocate when Python
collects, and a Qt object that ends on another thread than its own may take the program with it.  So
Python does not collect by itself while a window is open; its thread does, between two events.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtCore import QObject, QTimer

LOOK_MS = 250


class Collector(QObject):
    """Collects what Python would have collected by now, by Python's own thresholds."""

    def __init__(self) -> None:
        super().__init__()
        self._timer = QTimer(self, interval=LOOK_MS)
        self._timer.timeout.connect(self.look)
        self._timer.start()

    def look(self) -> None:
        due = [
            n
            for n, (count, most) in enumerate(zip(gc.get_count(), gc.get_threshold(), strict=True))
            if count > most
        ]
        if due:
            gc.collect(max(due))


@contextmanager
def collected_here() -> Iterator[None]:
    """On the window's thread, while its event loop runs."""
    gc.collect()
    gc.freeze()  # what is there from the start stays, and is not looked at each time
    gc.disable()
    collector = Collector()
    try:
        yield
    finally:
        collector.deleteLater()
        gc.enable()
