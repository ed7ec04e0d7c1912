"""The pages taken so far: photographed, straightened in the background, turned, cropped, put in order.

The photograph stays beside its page until the document is kept, so that crop and turn can be
taken back without loss.  The store follows (`keeping`): pages of a draft that is opened again are here again.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from uuid import uuid4

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from app.domain.page import Corners, KeptShot
from app.errors import AppError
from app.ports import PageTools
from app.services import materials
from ui.camera.keeping import Keeping, Place
from ui.camera.source import PREVIEW
from ui.desk import Desk
from ui.pictures import jpeg_of, picture_of, shrunk

MOST_SHOTS = 50
THUMB = 320  # px, the long side


@dataclass(frozen=True, slots=True)
class Shot:
    """`corners` None: the whole photograph; `page` None: still being straightened."""

    number: int
    file_id: str = ""
    photo: bytes = b""
    corners: Corners | None = None
    turns: int = 0
    searched: bool = False
    page: bytes | None = None
    thumb: QImage | None = None

    @property
    def kept(self) -> KeptShot:
        return KeptShot(self.file_id, self.corners, self.turns, self.searched)


class Shots(QObject):
    """`changed`: pages or choice are others; `trouble(AppError)`: a page could not be made."""

    changed = Signal()
    trouble = Signal(object)

    def __init__(self, desk: Desk, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._keeping = Keeping(desk, self, self.trouble.emit)
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

    # -- whose they are ----------------------------------------------------------------------------

    def begin(self, place: Place, kept: Sequence[KeptShot] = ()) -> None:
        """Pages of that material of that draft, with those that are there already."""
        self.put_away()
        self._keeping.begin(place, kept)
        back = [
            Shot(self._counter + n, page.file_id, b"", page.corners, page.turns, page.searched)
            for n, page in enumerate(kept, start=1)
        ]
        self._counter += len(back)
        self._set(tuple(back), len(back) - 1)
        for shot in back:
            self._run(shot, lambda one=shot: self._brought_back(one))  # type: ignore[misc]

    def clear(self) -> None:
        """They are in a kept document, or nobody wants them."""
        self._keeping.give_up()
        self._empty()

    def put_away(self) -> None:
        """Off the screen; the draft has them still."""
        self._keeping.put_away([shot.kept for shot in self.items])
        self._empty()

    def _empty(self) -> None:
        self.items, self.chosen, self._removed = (), -1, None
        self.changed.emit()

    # -- pages -------------------------------------------------------------------------------------

    def take(self, image: QImage) -> None:
        """A photograph comes to the end of the strip."""
        if self.full:
            return
        self._counter += 1
        shot = Shot(self._counter, str(uuid4()))
        self._removed = None
        self._set((*self.items, shot), len(self.items))
        self._desk.tasks.run(
            self._desk.pages_executor,
            lambda: jpeg_of(image),
            owner=self,
            done=lambda photo: self._photographed(shot, photo, image),
            failed=lambda error: self._failed(shot, error),
        )

    def _photographed(self, shot: Shot, photo: bytes, image: QImage) -> None:
        """It goes to the disk while its sheet is looked for."""
        if self._wanted(shot):
            self._keeping.photographed(shot.file_id, photo)
            self._follow()
            self._run(shot, lambda: self._found(replace(shot, photo=photo), image))

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

    def _brought_back(self, shot: Shot) -> Shot:
        """On the pages' thread.  Raises FileGoneError, StoreDamagedError."""
        back = replace(shot, photo=materials.content(self._desk.office, shot.file_id))
        return self._made(back) if back.searched else self._found(back, QImage.fromData(back.photo))

    def _found(self, shot: Shot, image: QImage) -> Shot:
        """On the pages' thread: the sheet in the photograph, straightened."""
        corners = self._tools().find_page(picture_of(shrunk(image, PREVIEW)))
        return self._made(replace(shot, corners=corners, searched=True))

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

    def _wanted(self, asked: Shot) -> bool:
        removed = self._removed is not None and self._removed[1] is asked
        return removed or any(shot is asked for shot in self.items)

    def _failed(self, asked: Shot, error: AppError) -> None:
        left = tuple(shot for shot in self.items if shot is not asked)
        self._set(left, min(self.chosen, len(left) - 1))
        self.trouble.emit(error)

    def _put(self, changed: Shot) -> None:
        items = tuple(changed if shot.number == changed.number else shot for shot in self.items)
        self._set(items, self.chosen)

    def _set(self, items: tuple[Shot, ...], chosen: int) -> None:
        self.items, self.chosen = items, chosen
        self._follow()
        self.changed.emit()

    def _follow(self) -> None:
        self._keeping.follow([shot.kept for shot in self.items])

    def _tools(self) -> PageTools:
        tools = self._desk.office.page_tools
        assert tools is not None
        return tools
