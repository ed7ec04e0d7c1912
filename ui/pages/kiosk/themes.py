"""Choosing the service: themes of life, then the items of one theme."""

from collections.abc import Mapping, Sequence
from typing import ClassVar

from PySide6.QtWidgets import QBoxLayout

from app.domain.catalog import Item, ItemHit
from app.domain.precheck import not_in_force
from app.errors import UnknownItemError
from ui.pages.kiosk import pictures
from ui.pages.kiosk.guide import Guide
from ui.pages.kiosk.kit import BODY
from ui.pages.kiosk.page import Page
from ui.pages.kiosk.parts import PAGER_ROOM, on_press, pager, pages_of, sheets_of, tile, words_height
from ui.widgets.kit import Draw, KeyButton, Part

ICONS: Mapping[str, str] = {
    "social_insurance": "shield",
    "household": "idcard",
    "work": "work",
    "care": "heart",
    "housing": "home",
    "traffic": "car",
    "family": "school",
    "company": "company",
}
OTHER_ICON = "paper"
TILE, ELDER_TILE = 200, 160  # px high
ITEM_ROOM = 640  # px for the name of an item


def theme_name(page: Page, theme: str) -> str:
    key = f"theme.{theme}.title"
    return page.t[key] if key in page.t else page.say("other_theme")


def choose_item(guide: Guide, code: str) -> None:
    """Look the item up and go on with it; the same one chosen again keeps its answers."""

    here = guide.session.place

    def found(item: Item) -> None:
        if guide.session.place != here:
            return  # gone on, or back, meanwhile
        intake = guide.session.intake
        if intake.item is None or intake.item.code != item.code:
            preselect = guide.profile.preselect_situations
            guide.session.intake = intake.with_item(item, preselect=preselect)
        guide.go("consent")

    def look() -> Item:
        item = guide.desk.office.catalog.item(code)
        if item is None:
            raise UnknownItemError(code=code)
        error = not_in_force(item, guide.desk.office.clock.now().date())
        if error is not None:
            raise error  # at once: nobody is led through eight pages to hear it
        return item

    guide.work(guide.desk.catalog_executor, look, found)


class ThemesPage(Page):
    name = "themes"
    is_list: ClassVar[bool] = True
    can_back = False

    def title(self) -> str:
        return self.say("title_elder" if self.k.elder else "title")

    def sub(self) -> str:
        return self.say("sub_elder" if self.k.elder else "sub")

    def art(self) -> Draw | None:
        return pictures.corner

    def body(self) -> QBoxLayout:
        k = self.k
        pages = pages_of(self.guide.board.themes(), 5 if k.elder else 8)
        index = min(self.s.place.index, len(pages) - 1)
        tiles: list[Part] = [self._tile(theme, count) for theme, count in pages[index]]
        full = len(pages[0]) if len(pages) > 1 else len(tiles) + (len(tiles) % 2)
        height = ELDER_TILE if k.elder else TILE
        tiles += [k.frame(k.col(), fixed=(0, height + 4)) for _ in range(full - len(tiles))]  # nothing moves
        lines = tiles if k.elder else [k.even(*tiles[i : i + 2]) for i in range(0, len(tiles), 2)]
        return k.col(*lines, self._last(index, len(pages)), None, gap=16 if k.elder else 20)

    def _tile(self, theme: str, count: int) -> KeyButton:
        icon = ICONS.get(theme, OTHER_ICON)
        elder = self.k.elder
        h, art, room = (ELDER_TILE, 112, 620) if elder else (TILE, 96, 270)
        key = f"theme.{theme}.words"
        words = self._short(self.t[key], room) if key in self.t else self.say("count", n=count)
        return tile(
            self.k, f"theme_{theme}", icon, theme_name(self, theme), words, lambda: self._open(theme),
            h=h, wide=elder, art=art, room=room,
        )  # fmt: skip

    def _short(self, words: str, room: int) -> str:
        """As many examples as fit on one line."""
        comma = self.say("comma")
        while not self.k.fits(words, "body", room) and comma in words:
            words = words.rpartition(comma)[0]
        return words

    def _last(self, index: int, pages: int) -> QBoxLayout:
        k = self.k
        find = k.press(self.say("search"), "secondary", icon="search", name="search", h=128)
        on_press(find, lambda: self.guide.go("search"))
        parts: list[Part] = [find]
        if pages > 1:
            more = k.press(self.say("more"), "secondary", name="more_themes", h=128)
            on_press(more, lambda: self.guide.swap("themes", (index + 1) % pages))
            parts.append(more)
        return k.even(*parts)

    def _open(self, theme: str) -> None:
        self.s.theme = theme
        self.guide.go("items")


class ItemsPage(Page):
    name = "items"
    is_list: ClassVar[bool] = True
    step: ClassVar[int | None] = 0

    def title(self) -> str:
        return theme_name(self, self.s.theme)

    def sub(self) -> str:
        return self.say("sub", n=len(self.guide.board.of_theme(self.s.theme)))

    def body(self) -> QBoxLayout:
        k = self.k
        hits = self.guide.board.of_theme(self.s.theme)
        role = k.heading((hit.name for hit in hits), ITEM_ROOM)
        sheets = self._sheets(hits, role)
        index = min(self.s.place.index, len(sheets) - 1)
        tiles: list[Part] = [item_tile(self, hit, self._height(hit, role), role) for hit in sheets[index]]
        leaf = pager(self.guide, index, len(sheets), lambda i: self.guide.swap("items", i))
        return k.col(*tiles, None, *([leaf] if len(sheets) > 1 else []), gap=16)

    def _sheets(self, hits: Sequence[ItemHit], role: str) -> list[Sequence[ItemHit]]:
        heights = [self._height(hit, role) + 4 for hit in hits]
        sheets = sheets_of(hits, heights, BODY, 16)
        return sheets if len(sheets) == 1 else sheets_of(hits, heights, BODY - PAGER_ROOM, 16)

    def _height(self, hit: ItemHit, role: str) -> int:
        least = 168 if self.k.elder else 136
        return max(least, words_height(self.k, hit.name, expected(self, hit), ITEM_ROOM, role) + 28)


def expected(page: Page, hit: ItemHit) -> str:
    """What to expect of an item: at most so many materials, done in so many days."""
    words = [page.say("item.materials", n=hit.material_count)]
    if hit.promise_days is not None:
        words.append(
            page.say("item.days", n=hit.promise_days) if hit.promise_days else page.say("item.at_once")
        )
    return page.say("between").join(words)


def item_tile(page: Page, hit: ItemHit, h: int, role: str) -> KeyButton:
    """One item, to be touched."""
    icon = ICONS.get(hit.theme, OTHER_ICON)
    return tile(
        page.k, f"item_{hit.code}", icon, hit.name, expected(page, hit),
        lambda: choose_item(page.guide, hit.code), h=h, wide=True, art=80, room=ITEM_ROOM, role=role,
    )  # fmt: skip
