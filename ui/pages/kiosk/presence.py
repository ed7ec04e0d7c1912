"""Whether somebody is still there, and the question that asks for it."""

from collections.abc import Callable
from typing import Protocol

from PySide6.QtWidgets import QWidget

from ui.pages.kiosk.book import PAGES
from ui.pages.kiosk.guide import Guide
from ui.pages.kiosk.idle import IdleWatch
from ui.pages.kiosk.still_here import StillHere


class Host(Guide, Protocol):
    """The shell, as far as the watch knows it."""

    @property
    def stage(self) -> QWidget: ...


class Presence:
    """The idle watch of one shell, with its veil.  Nobody is asked on a page that does not idle."""

    def __init__(self, host: Host, monotonic: Callable[[], float]) -> None:
        self._host = host
        self._veil: StillHere | None = None
        countdown = host.profile.countdown_seconds
        self.watch = IdleWatch(monotonic, self.limit, countdown, ask=self._ask, over=host.leave)

    def limit(self) -> int:
        """Seconds of quiet after which the person is asked for; 0: never here."""
        session, profile = self._host.session, self._host.profile
        waits = PAGES[session.place.name].idles
        dressed_up = session.place.name == "attract" and session.altered(profile.locales[0])
        if not (waits or dressed_up):
            return 0
        return profile.elder_idle_seconds if session.elder else profile.idle_seconds

    def _ask(self, left: int) -> None:
        if not PAGES[self._host.session.place.name].idles:
            self._host.home()  # nobody to ask: only the looks of the first page were changed
        elif self._veil is None:
            self._veil = StillHere(self._host, self._host.stage, self.stay, self._host.leave)
        else:
            self._veil.count(left)

    def touched(self) -> None:
        """A touch; while the question is asked only its own answers count."""
        if self._veil is None:
            self.watch.touched()

    def stay(self) -> None:
        self.drop_question()
        self.watch.touched()

    def drop_question(self) -> None:
        if self._veil is not None:
            self._veil.hide()
            self._veil.setParent(None)
            self._veil.deleteLater()
            self._veil = None

    def raise_question(self) -> None:
        """Keep the veil above a page that was drawn again."""
        if self._veil is not None:
            self._veil.raise_()

    def tick(self) -> None:
        self.watch.tick()
        if not self.watch.asking:
            self.drop_question()
