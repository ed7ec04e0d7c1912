"""Papers as pictures."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from app.domain.page import Corners, Imported


@dataclass(frozen=True, slots=True)
class Picture:
    """RGB888, rows top down, no padding."""

    width: int
    height: int
    rgb: bytes


class PageTools(Protocol):
    """Papers as pictures.  Everything blocks; use it on the `pages` or `camera` executor."""

    finds_pages: bool  # whether this machine can look for the sheet in a photograph

    def find_page(self, picture: Picture) -> Corners | None:
        """Where the sheet lies; None where none is to be seen."""
        ...

    def straighten(self, photo: bytes, corners: Corners | None = None, quarter_turns: int = 0) -> bytes:
        """The page of a JPEG or PNG as a JPEG: upright, level, A4 at 200 dots an inch, at most 600 KB.

        `corners` None: the whole picture.  `quarter_turns`: clockwise, besides what EXIF says.
        Raises FileKindError (FileDamagedError), PictureTooLargeError.
        """
        ...

    def join(self, pages: Sequence[bytes]) -> bytes:
        """JPEG pages as one PDF, as they are; the same pages give the same bytes."""
        ...

    def read_import(self, data: bytes, suffix: str = "") -> Imported:
        """A file a person brings (JPEG, PNG, PDF), checked to its end; `suffix` of its name, with the dot.

        Raises FileKindError (FileNameError, FileDamagedError, FileLockedError, FileEmptyError,
        FileActiveError), FileTooLargeError, TooManyPagesError, PictureTooLargeError.
        """
        ...

    def show(self, data: bytes, page: int, width_px: int) -> Picture:
        """A page (from 0) of a kept file.  Raises FileDamagedError."""
        ...
