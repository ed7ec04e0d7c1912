"""What a page may ask of the shell that shows it."""

from collections.abc import Callable
from concurrent.futures import Executor
from typing import Protocol, TypeVar

from app.errors import AppError
from app.texts import Texts
from ui.desk import Desk
from ui.pages.kiosk.board import Board
from ui.pages.kiosk.kit import KioskKit
from ui.pages.kiosk.session import Farewell, Session
from ui.profile import Profile

T = TypeVar("T")


class Guide(Protocol):
    desk: Desk
    profile: Profile
    session: Session
    farewell: Farewell
    board: Board
    kit: KioskKit
    texts: Texts
    monotonic: Callable[[], float]

    def go(self, name: str, index: int = 0) -> None:
        """Show a page; the one left behind is where 上一步 leads."""
        ...

    def swap(self, name: str, index: int = 0) -> None:
        """Show a page in place of this one: 上一步 does not lead back to this one."""
        ...

    def back(self) -> None: ...
    def redraw(self) -> None:
        """Draw the current page again from the session."""
        ...

    def leave(self) -> None:
        """End the session: forget the person, remind of card and paper, start again."""
        ...

    def home(self) -> None:
        """The first page, at once."""
        ...

    def note(self, action: str) -> None:
        """Write a word of the program into the audit."""
        ...

    def call_help(self) -> None: ...
    def set_elder(self, on: bool) -> None: ...
    def set_locale(self, locale: str) -> None: ...
    def exit_program(self) -> None:
        """To the desktop; only where the profile allows it."""
        ...

    def work(
        self,
        executor: Executor,
        job: Callable[[], T],
        done: Callable[[T], None],
        failed: Callable[[AppError], None] | None = None,
        *,
        hold: bool = True,
    ) -> None:
        """Run off the GUI thread; the outcome is dropped when the session has ended meanwhile.

        With `hold` idle time stands still until it is back.  Without `failed` the page says the error.
        """
        ...
