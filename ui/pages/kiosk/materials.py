"""材料: what this situation asks for; the person ticks what is at hand.

Nothing is asked for that the catalog does not name.  Without a necessary material the case
cannot be received, and that is said here, before a phone number is typed.
"""

from collections.abc import Sequence
from typing import ClassVar

from PySide6.QtWidgets import QBoxLayout

from app.domain.catalog import COUNTS, NECESSITY, Material, Necessity
from app.flows.intake import Taking
from ui.pages.kiosk import route
from ui.pages.kiosk.kit import BODY
from ui.pages.kiosk.page import Page
from ui.pages.kiosk.parts import OPTION_ROOM, PAGER_ROOM, on_press, option, option_height, pager, sheets_of
from ui.pages.kiosk.question import GO_ROOM
from ui.pages.kiosk.session import Notice
from ui.widgets.kit import Part

MOST_NAMED = 30  # characters of missing materials that are named
GAP = 20  # page px between rows, borders included


class MaterialsPage(Page):
    name = "materials"
    is_list: ClassVar[bool] = True
    step: ClassVar[int | None] = 3

    def sub(self) -> str:
        return "" if self.s.notice else self.say("sub", n=len(self.s.intake.materials()))

    def body(self) -> QBoxLayout:
        k = self.k
        role = k.heading((m.name for m in self.s.intake.materials()), OPTION_ROOM)
        sheets = self._sheets(role)
        index = min(self.s.place.index, len(sheets) - 1)
        rows: list[Part] = [self._row(m, role) for m in sheets[index]]
        leaf: list[Part] = []
        if len(sheets) > 1:
            leaf.append(pager(self.guide, index, len(sheets), lambda i: self.guide.swap(self.name, i)))
        return k.col(k.col(*rows, gap=16), None, *leaf, k.even(self._left(), self._next()), gap=20)

    def _sheets(self, role: str) -> list[Sequence[Material]]:
        rows = self.s.intake.materials()
        heights = [option_height(self.k, m.name, self._asked(m), role, compact=True) for m in rows]
        room = BODY - GO_ROOM
        sheets = sheets_of(rows, heights, room, GAP)
        return sheets if len(sheets) == 1 else sheets_of(rows, heights, room - PAGER_ROOM, GAP)

    def _row(self, m: Material, role: str) -> Part:
        high = option_height(self.k, m.name, self._asked(m), role, compact=True)
        return option(
            self.k, f"material_{m.id or m.name}", m.name, self._asked(m), lambda: self._toggle(m),
            on=self.s.intake.taking(m) is not None, square=True, role=role, h=high,
        )  # fmt: skip

    def _asked(self, m: Material) -> str:
        """How many sheets, and whether it can be left out."""
        words = []
        if COUNTS in m.unsaid:
            words.append(self.say("counts_unsaid"))
        elif m.originals:
            words.append(self.say("originals", n=m.originals))
        if m.copies:
            words.append(self.say("copies", n=m.copies))
        if NECESSITY not in m.unsaid:
            words.append(self.say(m.necessity.value))
        return self.say("between").join(words)

    def _left(self) -> Part:
        k = self.k
        if self.s.notice is not None:
            return on_press(k.press(self.say("go_home"), name="go_home"), self.guide.leave)
        return on_press(k.press(self.say("all"), name="all_taken"), self._all)

    def _next(self) -> Part:
        return on_press(self.k.press(self.say("next"), "primary", name="next"), self._onward)

    def _toggle(self, m: Material) -> None:
        taking = None if self.s.intake.taking(m) else Taking(m.originals, m.copies)
        self.s.intake = self.s.intake.with_taking(m, taking)
        self.s.notice = None
        self.guide.redraw()

    def _all(self) -> None:
        self.s.intake = self.s.intake.with_all_taken()
        self.guide.redraw()

    def _onward(self) -> None:
        lacking = [
            m.name
            for m in self.s.intake.materials()
            if m.necessity is Necessity.REQUIRED and self.s.intake.taking(m) is None
        ]
        if not lacking:
            route.onward(self.guide)
            return
        shown = lacking[:2] if sum(map(len, lacking[:2])) <= MOST_NAMED else lacking[:1]
        more = self.say("and_more", n=len(lacking) - len(shown)) if len(lacking) > len(shown) else ""
        names = self.say("comma").join(shown) + more
        self.s.notice = Notice(
            "warn", self.say("lacking", n=len(lacking)), self.say("lacking_body", names=names)
        )
        self.guide.redraw()
