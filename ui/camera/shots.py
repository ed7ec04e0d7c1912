"""The pages taken so far: photographed, straightened in the background, turned, cropped, put in order.

The photograph stays beside its page until the document is kept, so that crop and turn can be
taken back without loss.  Nothing here is on disk: pages that were not kept are gone with the window.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from app.domain.page import Corners
from app.errors import AppError
from app.ports import PageTools
from ui.camera.source import PREVIEW
from ui.desk import Desk
from ui.pictures import jpeg_of, picture_of, shrunk

MOST_SHOTS = 50
THUMB = 320  # px, the long side


@dataclass(frozen=True, slots=True)
class Shot:
    """`corners` None: the whole photograph; `page` None: still being straightened."""

    number: int
    photo: bytes = b""
    corners: Corners | None = None
    turns: int = 0
    page: bytes | None = None
    thumb: QImage | None = None


class Shots(QObject):
    """`changed`: pages or choice are others; `trouble(AppError)`: a page could not be made."""

    changed = Signal()
    trouble = Signal(object)

    def __init__(self, desk: Desk, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._counter = 0
        self._removed: tuple[int, Shot] | None = None
        self.items: tuple[Shot, ...] = ()
        self.chosen = -1

    @property
    def current(self) -> Shot | None:
        return self.items[self.chosen] if 0 <= self.chosen < len(self.items) else None

    @property
    def ready(self) -> bool:
        """Whether there are pages, and all of them are made."""
        return bool(self.items) and all(shot.page is not None for shot in self.items)

    @property
    def full(self) -> bool:
        return len(self.items) >= MOST_SHOTS

    @property
    def can_undo(self) -> bool:
        return self._removed is not None

    def clear(self) -> None:
        self.items, self.chosen, self._removed = (), -1, None
        self.changed.emit()

    # -- pages -------------------------------------------------------------------------------------

    def take(self, image: QImage) -> None:
        """A photograph comes to the end of the strip."""
        if self.full:
            return
        self._counter += 1
        shot = Shot(self._counter)
        self._removed = None
        self._set((*self.items, shot), len(self.items))
        tools = self._tools()

        def make() -> Shot:
            small = shrunk(image, PREVIEW)
            found = tools.find_page(picture_of(small))
            return self._made(replace(shot, photo=jpeg_of(image), corners=found))

        self._run(shot, make)

    def turn(self, step: int) -> None:
        """+1: a quarter clockwise."""
        if self.current is not None:
            self._again(turns=(self.current.turns + step) % 4)

    def crop(self, corners: Corners | None) -> None:
        if self.current is not None and corners != self.current.corners:
            self._again(corners=corners)

    def remove(self) -> None:
        shot, at = self.current, self.chosen
        if shot is not None:
            left = tuple(s for s in self.items if s is not shot)
            self._removed = (at, shot)
            self._set(left, min(at, len(left) - 1))

    def undo(self) -> None:
        """Bring the page back that was removed last."""
        if self._removed is not None:
            (at, shot), self._removed = self._removed, None
            self._set((*self.items[:at], shot, *self.items[at:]), at)

    def move(self, step: int) -> None:
        """The chosen page changes places with the one before or after it."""
        there = self.chosen + step
        if self.current is None or not 0 <= there < len(self.items):
            return
        order = list(self.items)
        order[self.chosen], order[there] = order[there], order[self.chosen]
        self._set(tuple(order), there)

    def choose(self, at: int) -> None:
        if 0 <= at < len(self.items) and at != self.chosen:
            self._set(self.items, at)

    def join(self, done: Callable[[bytes], None], failed: Callable[[AppError], None]) -> None:
        """One document of all pages."""
        pages, tools = [shot.page for shot in self.items if shot.page is not None], self._tools()
        self._desk.tasks.run(
            self._desk.pages_executor, lambda: tools.join(pages), owner=self, done=done, failed=failed
        )

    # -- making ------------------------------------------------------------------------------------

    def _again(self, *, turns: int | None = None, corners: object = ...) -> None:
        shot = self.current
        if shot is None or not shot.photo:
            return
        changed = replace(shot, page=None)
        if turns is not None:
            changed = replace(changed, turns=turns)
        if corners is not ...:
            changed = replace(changed, corners=corners)  # type: ignore[arg-type]
        self._put(changed)
        self._run(changed, lambda: self._made(changed))

    def _made(self, shot: Shot) -> Shot:
        """On the pages' thread."""
        page = self._tools().straighten(shot.photo, shot.corners, shot.turns)
        return replace(shot, page=page, thumb=shrunk(QImage.fromData(page), THUMB))

    def _run(self, shot: Shot, make: Callable[[], Shot]) -> None:
        self._desk.tasks.run(
            self._desk.pages_executor,
            make,
            owner=self,
            done=lambda made: self._arrived(shot, made),
            failed=lambda error: self._failed(shot, error),
        )

    def _arrived(self, asked: Shot, made: Shot) -> None:
        """Unless it was turned or cropped once more meanwhile."""
        if any(shot is asked for shot in self.items):
            self._put(made)
        elif self._removed is not None and self._removed[1] is asked:
            self._removed = (self._removed[0], made)

    def _failed(self, asked: Shot, error: AppError) -> None:
        left = tuple(shot for shot in self.items if shot is not asked)
        self._set(left, min(self.chosen, len(left) - 1))
        self.trouble.emit(error)

    def _put(self, changed: Shot) -> None:
        items = tuple(changed if shot.number == changed.number else shot for shot in self.items)
        self._set(items, self.chosen)

    def _set(self, items: tuple[Shot, ...], chosen: int) -> None:
        self.items, self.chosen = items, chosen
        self.changed.emit()

    def _tools(self) -> PageTools:
        tools = self._desk.office.page_tools
        assert tools is not None
        return tools
