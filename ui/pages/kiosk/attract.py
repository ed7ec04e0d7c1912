"""The first page (wide awake, nobody there), and the one that says the machine is out of service."""

from collections.abc import Hashable
from typing import ClassVar

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QBoxLayout

from app.domain.device import DeviceKind
from ui.pages.kiosk import frame, pictures, route
from ui.pages.kiosk.board import prints, simulated, starting, works
from ui.pages.kiosk.guide import Guide
from ui.pages.kiosk.page import Page
from ui.pages.kiosk.parts import hint, on_press
from ui.widgets.kit import Part


class AttractPage(Page):
    name = "attract"
    can_back = can_leave = False
    idles: ClassVar[bool] = False

    def __init__(self, guide: Guide) -> None:
        super().__init__(guide)
        k = self.k
        words = (
            k.text(self.say("hello"), "display", "on_primary"),
            k.text(self.say("promise"), "h2", "on_primary", wrap=True),
        )
        hello = k.frame(k.col(*words, gap=8), (64, 40, 64, 0))
        sheet = k.frame(self.body(), (48, 48, 48, 40), name="start_sheet", role="sheet")
        sheet.setStyleSheet(f'QFrame[role="sheet"] {{ border-radius:{k.px(40)}px; }}')
        if k.wide:
            sheet.setFixedWidth(k.px(1180))
        low = k.frame(k.row(sheet, *([None] if k.wide else [])), (48, 0, 48, 40))
        foot = frame.foot(guide, back=False, leave=False)
        whole = k.col(frame.header(guide, light=True), hello, None, low, foot, gap=0)
        whole.setContentsMargins(0, 0, 0, 0)
        self.setLayout(whole)

    def body(self) -> QBoxLayout:
        k, ready = self.k, self._ready()
        word = self.say("start") if ready else self.say("preparing")
        go = k.press(word, "primary", name="start", h=152, enabled=ready)
        go.setStyleSheet(
            f"QPushButton {{ min-height:{k.px(152)}px; max-height:{k.px(152)}px; "
            f"border-radius:{k.px(32)}px; font-size:{k.s.px('h1')}px; }}"
        )
        on_press(go, self._start)
        return k.col(go, k.row(None, *self._states(), None, gap=40), *self._demo(), gap=24)

    def _ready(self) -> bool:
        return self.guide.board.ready and not starting(self.guide.desk)

    def _states(self) -> list[Part]:
        """What works, in words; what does not is said before anybody starts."""
        k, board = self.k, self.guide.board
        if not self._ready():
            return []
        states = [
            ("reader", works(self.guide.desk, DeviceKind.ID_READER)),
            ("printer", prints(self.guide.desk)),
        ]
        parts: list[Part] = []
        for name, well in states:
            word = self.say(f"{name}_{'well' if well else 'ill'}")
            icon, tone = ("done", "ok") if well else ("warning", "warn")
            parts.append(k.frame(k.row(k.glyph(icon, 32, tone, 2), k.text(word, "body", "ink"), gap=8)))
        if board.hits:
            count = self.say("items", n=len(board.hits))
            parts.append(k.frame(k.row(k.glyph("done", 32, "ok", 2), k.text(count, "body"), gap=8)))
        return parts

    def _demo(self) -> list[Part]:
        if not (self.guide.desk.demo or simulated(self.guide.desk)):
            return []
        return [
            self.k.text(self.say("simulated"), "body", "warn", wrap=True, align="center", name="simulated")
        ]

    def _start(self) -> None:
        self.guide.go(route.begin(self.guide).name)

    def health(self) -> Hashable:
        desk = self.guide.desk
        return tuple(works(desk, kind) for kind in DeviceKind), starting(desk), simulated(desk)

    def paintEvent(self, _event: QPaintEvent) -> None:
        width, height = self.k.size()
        p = QPainter(self)
        p.drawPixmap(
            QRectF(0, 0, width, height), pictures.sky(width, height, self.k.u), QRectF(0, 0, width, height)
        )
        p.end()


class ClosedPage(Page):
    """Out of service: no catalog, not enrolled, or the store is in trouble."""

    name = "closed"
    can_back = False
    can_leave = False
    idles: ClassVar[bool] = False

    def sub(self) -> str:
        return self.say("sub", site=self.guide.desk.office.station.site)

    def body(self) -> QBoxLayout:
        k, error = self.k, self.guide.board.closed(self.guide.desk)
        parts: list[Part] = [hint(k, "person", self.say("instead"))]
        if error is not None:
            parts.append(k.message("warn", self.say("for_staff"), self.t.error(error), name="closed_reason"))
        return k.col(*parts, None, gap=24)

    def tick(self) -> None:
        if self.guide.board.ready and self.guide.board.closed(self.guide.desk) is None:
            self.guide.home()
