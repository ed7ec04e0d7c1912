"""The kit of a kiosk page: the shared one, in units of the 1080 px wide portrait page.

Every length a page names is a px of that page; `u` turns it into px of this screen, so that
one page fits a portrait kiosk, a landscape one, and a small window on a developer's desk.
"""

import math
from collections.abc import Iterable

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QBoxLayout, QFrame, QLabel, QLayout, QSizePolicy, QWidget

from ui import theme
from ui.theme import Scale
from ui.widgets.cells import TONE_ICON
from ui.widgets.kit import Draw, KeyButton, Kit, Painted, Part, box, col, row, stack

PORTRAIT = (1080, 1920)
LANDSCAPE = (2400, 1350)
TOP = 640  # nothing above this line is touched: a seated person reaches about 1.2 m
SPEAKING = 1100  # landscape: the left part speaks, the right part is touched
HEAD, FOOT, STEPS = 112, 168, 80
BODY = 1080  # page px that a page's body may be high
MESSAGE_ROOM = 800  # page px for the words of a message
HEADING_LINES = 2  # of an entry of a list before it steps down
LINE_HEIGHT = 1.46  # of the typeface, times its size
LEAST_WIDE = 112  # page px of a target in landscape: 90 px on a 1920 x 1080 screen


class KioskKit(Kit):
    def __init__(self, scale: Scale, size: tuple[int, int], *, elder: bool) -> None:
        self.wide = size[0] > size[1]
        self.page = LANDSCAPE if self.wide else PORTRAIT
        self.u = max(0.2, min(size[0] / self.page[0], size[1] / self.page[1]))
        full = theme.elder(scale) if elder else scale
        fitted = Scale(*(max(1, self.px(n)) for n in (full.base, full.target, full.pad, full.icon)))
        super().__init__(fitted, theme.STRONG if elder else theme.NORMAL)
        self.touch = True

    def px(self, n: float) -> int:
        return round(n * self.u)

    def size(self) -> tuple[int, int]:
        return self.px(self.page[0]), self.px(self.page[1])

    def sheet(self) -> str:
        """The style sheet, with the rules of a large touch screen whatever the scale."""
        act, edge, radius = self.s.px("h2"), max(1, self.px(3)), self.px(16)
        return theme.style_sheet(self.s, self.pal) + (
            f'QPushButton[kind="primary"], QPushButton[kind="secondary"] '
            f"{{ font-size:{act}px; border-width:{edge}px; }}"
            f'QPushButton, QFrame[role="card"], QFrame[role="sheet"] {{ border-radius:{radius}px; }}'
            f'QPushButton[kind="key"] {{ background:{self.pal.panel}; color:{self.pal.ink}; font-weight:700; '
            f"font-size:{act}px; border:{max(1, self.px(2))}px solid {self.pal.edge}; padding:0; }}"
            f'QPushButton[kind="key"]:pressed {{ background:{self.pal.primary_soft}; }}'
        )

    # -- layouts ---------------------------------------------------------------------------------

    def _scaled(self, parts: tuple[Part, ...]) -> tuple[Part, ...]:
        return tuple(self.px(part) if isinstance(part, int) else part for part in parts)

    def row(self, *parts: Part, gap: int = 8) -> QBoxLayout:
        return row(*self._scaled(parts), gap=self.px(gap))

    def col(self, *parts: Part, gap: int = 8) -> QBoxLayout:
        return col(*self._scaled(parts), gap=self.px(gap))

    def stack(self, *parts: Part, gap: int = 0) -> QBoxLayout:
        return stack(*self._scaled(parts), gap=self.px(gap))

    def even(self, *parts: Part, gap: int = 24) -> QBoxLayout:
        """A row whose parts are equally wide."""
        line = self.row(*parts, gap=gap)
        for i in range(line.count()):
            line.setStretch(i, 1)
        return line

    def frame(
        self,
        layout: QLayout,
        margins: tuple[int, int, int, int] = (0, 0, 0, 0),
        name: str = "",
        fixed: tuple[int, int] = (0, 0),
        **props: str,
    ) -> QFrame:
        left, top, right, bottom = (self.px(m) for m in margins)
        return box(layout, (left, top, right, bottom), name, (self.px(fixed[0]), self.px(fixed[1])), **props)

    # -- parts -----------------------------------------------------------------------------------

    def press(
        self,
        s: str,
        kind: str = "secondary",
        icon: str = "",
        name: str = "",
        h: int = 128,
        *,
        enabled: bool = True,
        on: bool | None = None,
    ) -> KeyButton:
        """A button `h` px high; in landscape, where a page px is smaller, never under the least target."""
        h = max(h, LEAST_WIDE) if self.wide else h
        return self.button(s, kind, icon=icon, name=name, enabled=enabled, h=self.px(h), on=on)

    def glyph(self, name: str, size: int = 40, tone: str = "ink", stroke: float = 1.7) -> QLabel:
        return self.icon(name, max(1, self.px(size)), tone, stroke)

    def message(self, tone: str, title: str, body: str, *buttons: QWidget, name: str = "") -> QFrame:
        """As the shared one, but its title wraps, and it is as high as its words need."""
        words: list[Part] = [self.text(title, "strong", tone, wrap=True)]
        if body:
            words.append(self.text(body, wrap=True))
        lead = self.col(self.icon(TONE_ICON[tone], round(self.s.base * 1.43), tone, 2), None, gap=0)
        line = self.row(lead, self.stack(*words, gap=2), *buttons, gap=24)
        line.setStretch(1, 1)
        frame = self.frame(line, (24, 20, 24, 20), name, msg=tone)
        frame.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        frame.setAccessibleName(f"{title} {body}")
        return frame

    def message_height(self, title: str, body: str) -> int:
        """Page px of a message over the whole width of a page."""
        return self.height(title, "strong", MESSAGE_ROOM) + self.height(body, "body", MESSAGE_ROOM) + 44

    def picture(self, draw: Draw, w: int = 0, h: int = 0) -> Painted:
        """A picture drawn in units of the page."""

        def scaled(p: QPainter, width: int, height: int) -> None:
            p.scale(self.u, self.u)
            draw(p, round(width / self.u), round(height / self.u))

        return Painted(scaled, self.px(w), self.px(h))

    # -- how much room words take ----------------------------------------------------------------

    def fits(self, text: str, role: str, width: int) -> bool:
        return self.lines(text, role, width) <= 1

    def lines(self, text: str, role: str, width: int) -> int:
        """Lines of `text` at `width` page px: an ideograph is one em wide, the rest about 0.6."""
        ems = sum(1.0 if ord(c) > 0x2E7F else 0.6 for c in text)
        return math.ceil(ems * self._size(role) / width)

    def height(self, text: str, role: str, width: int) -> int:
        """Page px that `text` takes, wrapped."""
        return self.lines(text, role, width) * round(self._size(role) * LINE_HEIGHT)

    def _size(self, role: str) -> float:
        """Page px of a type size; `strong` is the body in bold."""
        return self.s.px("body" if role == "strong" else role) / self.u

    def heading(self, texts: Iterable[str], width: int) -> str:
        """The role in which these take two lines at most, so that the entries of one list look alike."""
        known = tuple(texts)
        return "h2" if all(self.lines(text, "h2", width) <= HEADING_LINES for text in known) else "title"

    def line(self, text: str, width: int, role: str = "h2") -> QLabel:
        """A heading that steps down and wraps when it is too long."""
        if role == "h2":
            role = self.heading([text], width)
        return self.text(text, role, wrap=not self.fits(text, role, width))


def through(button: QWidget) -> None:
    """What lies on a button lets touches through to it."""
    for child in button.findChildren(QWidget):
        child.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
