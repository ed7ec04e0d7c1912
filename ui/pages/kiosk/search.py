"""Finding an item by the initials of its name: letters only, no handwriting."""

from typing import ClassVar

from PySide6.QtWidgets import QBoxLayout

from app.domain.catalog import ItemHit
from ui.pages.kiosk.board import for_persons
from ui.pages.kiosk.parts import LETTERS, after_key, hint, keypad, pager, pages_of
from ui.pages.kiosk.themes import item_tile
from ui.pages.kiosk.typing_page import TypingPage
from ui.widgets.kit import Part

SHOWN = 3
MOST_LETTERS = 12
MOST_HITS = 60


class SearchPage(TypingPage):
    name = "search"
    step: ClassVar[int | None] = 0
    room: ClassVar[int] = 560

    def typed(self) -> str:
        return "  ".join(self.s.query)

    def body(self) -> QBoxLayout:
        k = self.k
        return k.col(self._room, None, keypad(k, self.t, LETTERS, 7, self._key, h=104), gap=16)

    def follows(self) -> list[Part]:
        """The items found, three at a time."""
        k = self.k
        if not self.s.query:
            return [hint(k, "help", self.say("example"))]
        if not self.s.found and self.s.found_for != self.s.query:
            return []  # the answer is on its way
        if not self.s.found:
            return [hint(k, "help", self.say("none"))]
        sheets = pages_of(self.s.found, SHOWN)
        sheet = min(self.s.sheet, len(sheets) - 1)
        tiles: list[Part] = [item_tile(self, hit, 132, "title") for hit in sheets[sheet]]
        leaf: list[Part] = (
            [None, pager(self.guide, sheet, len(sheets), self._turn)] if len(sheets) > 1 else []
        )
        return tiles + leaf

    def _turn(self, sheet: int) -> None:
        self.s.sheet = sheet
        self.refresh()

    def _key(self, key: str) -> None:
        session, desk = self.s, self.guide.desk
        session.query = query = after_key(session.query, key, MOST_LETTERS)
        session.sheet = 0
        if not query:
            session.found = ()
        self.refresh()
        channel, catalog = self.guide.profile.channel, desk.office.catalog

        def look() -> tuple[ItemHit, ...]:
            return for_persons(tuple(catalog.search(query, MOST_HITS, channel))) if query else ()

        def done(found: tuple[ItemHit, ...]) -> None:
            if session.query == query:  # the newest question wins
                session.found, session.found_for = found, query
                self.guide.redraw()

        self.guide.work(desk.catalog_executor, look, done)
