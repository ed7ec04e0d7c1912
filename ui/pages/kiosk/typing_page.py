"""Pages with a keypad: a key changes words in place, so typing is never slower than a finger."""

from typing import ClassVar

from PySide6.QtWidgets import QBoxLayout, QFrame, QPushButton

from ui.pages.kiosk.guide import Guide
from ui.pages.kiosk.page import Page
from ui.widgets.kit import Part, clear, fill, restyle


class TypingPage(Page):
    """Shows what was typed above a keypad.

    `room` px are kept between the two for what follows from it (0: nothing does).
    """

    room: ClassVar[int] = 0

    def __init__(self, guide: Guide) -> None:
        super().__init__(guide)
        self._shown = self.k.text("", name="typed")
        self._said = self.k.text("", wrap=True, name="said")
        self._room: QFrame = self.k.frame(self.k.col(gap=12), fixed=(0, self.room or 1), name="room")

    # -- what a page of this kind tells ----------------------------------------------------------

    def typed(self) -> str:
        raise NotImplementedError

    def said(self) -> tuple[str, bool]:
        """A sentence under what was typed, and whether it tells of a mistake."""
        return self.sub(), False

    def ready(self) -> bool:
        """Whether the next step can be taken."""
        return False

    def follows(self) -> list[Part]:
        """What follows from what was typed."""
        return []

    # -- how it is shown -------------------------------------------------------------------------

    def words(self) -> QBoxLayout:
        k = self.k
        line = k.frame(k.row(self._shown, None), (32, 0, 32, 0), fixed=(0, 120), role="card")
        self.refresh()
        return k.stack(k.text(self.title(), "h1", wrap=True, name="title"), line, self._said, gap=16)

    def refresh(self) -> None:
        """Bring everything that depends on the typing up to date."""
        typed, (said, wrong) = self.typed(), self.said()
        restyle(self._shown, role="h1" if typed else "h2", tone="primary" if typed else "muted")
        self._shown.setText(typed or self.say("nothing_typed"))
        restyle(self._said, role="strong" if wrong else "body", tone="stop" if wrong else "muted")
        self._said.setText(said)
        go = self.findChild(QPushButton, "next")
        if go is not None:
            go.setEnabled(self.ready())
        layout = self._room.layout()
        if self.room and isinstance(layout, QBoxLayout):
            clear(layout)
            fill(layout, (*self.follows(), None), self.k.px(12))


def grouped(digits: str, groups: tuple[int, ...]) -> str:
    """Digits in groups, as they are read aloud."""
    out, at = [], 0
    for size in groups:
        out.append(digits[at : at + size])
        at += size
    return " ".join(part for part in [*out, digits[at:]] if part)
