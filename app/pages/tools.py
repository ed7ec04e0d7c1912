"""What the window wants done with pages: implements app.ports.PageTools."""

from collections.abc import Sequence
from importlib.util import find_spec

from app.domain.page import Corners, Imported
from app.ports import Picture


class Tools:
    """The libraries are loaded at the first use, on the thread that works with them."""

    def __init__(self) -> None:
        self.finds_pages = find_spec("cv2") is not None

    def find_page(self, picture: Picture) -> Corners | None:
        if not self.finds_pages:
            return None
        from app.pages import finding

        return finding.find_page(picture)

    def straighten(self, photo: bytes, corners: Corners | None = None, quarter_turns: int = 0) -> bytes:
        from app.pages import straightening

        return straightening.straighten(photo, corners, quarter_turns)

    def join(self, pages: Sequence[bytes]) -> bytes:
        from app.pages import joining

        return joining.join(pages)

    def read_import(self, data: bytes, suffix: str = "") -> Imported:
        from app.pages import importing

        return importing.read_import(data, suffix)

    def show(self, data: bytes, page: int, width_px: int) -> Picture:
        from app.pages import showing

        return showing.show(data, page, width_px)
