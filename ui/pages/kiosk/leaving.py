"""结束: the person is forgotten already; what is left is to take card and paper along.

A card seen here is said loudly and written down, before the next person can start.
"""

from typing import ClassVar

from PySide6.QtWidgets import QBoxLayout

from app.domain.device import CardRead, DeviceEvent
from ui.pages.kiosk.guide import Guide
from ui.pages.kiosk.page import Page
from ui.pages.kiosk.parts import bullet, on_press
from ui.pages.kiosk.receipt import CARD_GONE_S
from ui.widgets.kit import Part

STAY_S = 10.0


class LeavingPage(Page):
    name = "leaving"
    can_back = can_leave = False
    idles: ClassVar[bool] = False
    watches_cards: ClassVar[bool] = True

    def __init__(self, guide: Guide) -> None:
        self._until = guide.monotonic() + STAY_S
        super().__init__(guide)

    def card_there(self) -> bool:
        seen = self.s.card_seen_at
        return seen is not None and self.guide.monotonic() - seen < CARD_GONE_S

    def title(self) -> str:
        if self.card_there():
            return self.say("card_title")
        return self.say("title" if self.guide.farewell.stored else "title_nothing")

    def sub(self) -> str:
        return self.say("card_sub") if self.card_there() else self.say("sub")

    def body(self) -> QBoxLayout:
        k, farewell, there = self.k, self.guide.farewell, self.card_there()
        rows: list[Part] = []
        if farewell.card or there:
            rows.append(bullet(k, "idcard", self.say("take_card"), self.say("take_card_body"), "warn"))
        if farewell.paper:
            rows.append(bullet(k, "paper", self.say("take_paper"), self.say("take_paper_body")))
        rows.append(bullet(k, "lock", self.say("wiped"), self.say("wiped_body"), "ok"))
        card = k.frame(k.col(*rows, gap=36), (40, 40, 40, 40), role="card")
        parts: list[Part] = [card, None]
        if there:
            parts.append(
                k.message("warn", self.say("card_left"), self.say("card_left_body"), name="card_left")
            )
        go = k.press(self.say("home_card" if there else "home"), "primary", name="home", enabled=not there)
        parts.append(on_press(go, self.guide.home))
        return k.col(*parts, gap=24)

    def device(self, event: DeviceEvent) -> None:
        if isinstance(event, CardRead):
            first = self.s.card_seen_at is None
            self.s.card_seen_at = self.guide.monotonic()
            if first:
                self.guide.note("card.left_behind")
            self.guide.redraw()

    def tick(self) -> None:
        if self.s.card_seen_at is not None and not self.card_there():
            self.s.card_seen_at = None
            self.guide.redraw()
        elif self.s.card_seen_at is None and self.guide.monotonic() >= self._until:
            self.guide.home()
