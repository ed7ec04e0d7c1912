"""The window of a pop-up (快闪): the counter with an event bar; offline is normal here, so it is said calmly.

Besides the names of `ui.shells.counter`: event_bar event_name event_place event_save event_line
event_received event_pending event_numbers event_catalog.
"""

from PySide6.QtWidgets import QWidget

from ui.shells.counter import CounterShell
from ui.shells.event_bar import EventBar


class PopupShell(CounterShell):
    def _hidden_lines(self) -> tuple[str, ...]:
        """Line, outbox and catalog stand in the event bar."""
        return ("network", "outbox", "catalog") if self._profile.event_bar else ()

    def _bars(self) -> tuple[QWidget, ...]:
        if not self._profile.event_bar:
            return ()
        self.bar = EventBar(self._kit, self._desk, self.board)
        self.bar.opened.connect(self._open_device)
        return (self.bar,)
