"""Finding an item by the initials of its name: letters only, no handwriting."""

from collections.abc import Sequence
from typing import ClassVar

from PySide6.QtWidgets import QBoxLayout

from app.domain.catalog import ItemHit
from ui.pages.kiosk.board import for_persons
from ui.pages.kiosk.page import Page
from ui.pages.kiosk.parts import LETTERS, after_key, hint, keypad, pager, pages_of
from ui.pages.kiosk.themes import item_tile
from ui.widgets.kit import Part

SHOWN = 3
MOST_LETTERS = 12
MOST_HITS = 60


class SearchPage(Page):
    name = "search"
    step: ClassVar[int | None] = 0

    def words(self) -> QBoxLayout:
        k = self.k
        typed = "  ".join(self.s.query) or self.say("nothing_typed")
        shown = k.text(
            typed, "h1" if self.s.query else "h2", "primary" if self.s.query else "muted", name="typed"
        )
        return k.stack(
            k.text(self.title(), "h1", wrap=True),
            k.text(self.sub(), "body", "muted", wrap=True),
            k.frame(k.row(shown, None), (32, 0, 32, 0), fixed=(0, 112), role="card"),
            gap=16,
        )

    def body(self) -> QBoxLayout:
        k = self.k
        pages = pages_of(self.s.found, SHOWN)
        index = min(self.s.place.index, len(pages) - 1)
        room = k.frame(k.col(*self._found(pages[index]), None, gap=12), fixed=(0, 444))
        leaf = pager(self.guide, index, len(pages), lambda i: self.guide.swap("search", i))
        return k.col(room, leaf, keypad(k, self.t, LETTERS, 7, self._typed, h=104), None, gap=16)

    def _found(self, hits: Sequence[ItemHit]) -> list[Part]:
        if not self.s.query:
            return [hint(self.k, "help", self.say("example"))]
        if not self.s.found:
            return [hint(self.k, "help", self.say("none"))]
        return [item_tile(self, hit, 136) for hit in hits]

    def _typed(self, key: str) -> None:
        session, desk = self.s, self.guide.desk
        session.query = query = after_key(session.query, key, MOST_LETTERS)
        if not query:
            session.found = ()
            self.guide.swap("search")
            return
        channel = self.guide.profile.channel
        catalog = desk.office.catalog

        def look() -> tuple[ItemHit, ...]:
            return for_persons(tuple(catalog.search(query, MOST_HITS, channel)))

        def done(found: tuple[ItemHit, ...]) -> None:
            if session.query == query:  # the newest question wins
                session.found = found
                if session.place.name == self.name:
                    self.guide.swap("search")

        self.guide.redraw()
        self.guide.work(desk.catalog_executor, look, done)
