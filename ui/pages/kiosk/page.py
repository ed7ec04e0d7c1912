"""What every kiosk page is made of; `frame.assemble` puts it together."""

from collections.abc import Hashable
from datetime import date
from typing import ClassVar

from PySide6.QtWidgets import QBoxLayout, QFrame

from app.domain.deadline import DueDate
from app.domain.device import DeviceEvent, DeviceHealth
from ui.pages.kiosk.guide import Guide
from ui.widgets.kit import Draw, Part


class Page(QFrame):
    """A page is built from the session and holds no fact of its own.

    Its objectName is `page_<name>`.  `step` is its place on the step bar; `idles` whether a
    person who walked away is asked for; `keeps_trail` whether 上一步 may lead back to it.
    """

    name: ClassVar[str] = ""
    step: ClassVar[int | None] = None
    can_back: bool = True
    can_leave: bool = True
    idles: ClassVar[bool] = True
    keeps_trail: ClassVar[bool] = True
    watches_cards: ClassVar[bool] = False
    scans: ClassVar[bool] = False  # a scanner that can be told to look is, while this page is shown
    is_list: ClassVar[bool] = False  # the index of its place is a sheet of a list

    def __init__(self, guide: Guide) -> None:
        super().__init__()
        self.guide, self.k, self.t, self.s = guide, guide.kit, guide.texts, guide.session
        self.setObjectName(f"page_{self.name}")
        self._shown_health = self.health()

    def say(self, key: str, **values: object) -> str:
        """A sentence of this page, else of the kiosk."""
        own = f"kiosk.{self.name}.{key}"
        return self.t.say(own if own in self.t else f"kiosk.{key}", **values)

    def day(self, day: date) -> str:
        """A date as it is said; its year too, where it is another one."""
        weekday = self.t[f"kiosk.weekday.{day.isoweekday()}"]
        this_year = self.guide.desk.office.clock.now().year == day.year
        key = "kiosk.day" if this_year else "kiosk.day_of_year"
        return self.t.say(key, year=day.year, month=day.month, day=day.day, weekday=weekday)

    def due(self, due: DueDate) -> str:
        """The same, and that it may move while that year's schedule is not known."""
        words = self.day(due.day)
        return self.t.say("ui.provisional", day=words) if due.provisional else words

    # -- what a page is made of ------------------------------------------------------------------

    def title(self) -> str:
        return self.say("title")

    def sub(self) -> str:
        return self.say("sub")

    def words(self) -> QBoxLayout:
        """What the page says: title, a line under it, and a notice if there is one."""
        parts: list[Part] = [self.k.text(self.title(), "h1", wrap=True, name="title")]
        if self.sub():
            parts.append(self.k.text(self.sub(), "body", "muted", wrap=True))
        notice = self.s.notice
        if notice is not None:
            parts += [8, self.k.message(notice.tone, notice.title, notice.body, name="notice")]
        return self.k.stack(*parts, gap=16)

    def body(self) -> QBoxLayout:
        raise NotImplementedError

    def art(self) -> Draw | None:
        return None

    # -- what happens to it ----------------------------------------------------------------------

    @classmethod
    def entered(cls, guide: Guide) -> None:
        """Called once when the page is come to, before it is drawn; not when it is drawn again."""

    def health(self) -> Hashable:
        """What this page says of the devices; when it changes, the page is drawn again."""
        return None

    def device(self, event: DeviceEvent) -> None:
        """Something a device says while this page is shown."""
        if isinstance(event, DeviceHealth) and self.health() != self._shown_health:
            self.guide.redraw()

    def tick(self) -> None:
        """Twice a second."""
