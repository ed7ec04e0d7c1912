"""The widget patterns shared by every page.

A `Kit` is bound to one window's scale and palette; it only builds, it holds no state.
What it builds is looked at by the one style sheet (`ui.theme`) through the dynamic
properties `role`, `tone`, `pill`, `msg` and `kind`.
"""

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QFrame,
    QLabel,
    QLayout,
    QLineEdit,
    QProgressBar,
    QSizePolicy,
    QToolButton,
    QWidget,
)

from ui import icons, theme
from ui.theme import Palette, Scale
from ui.widgets.cells import CELL, TONE_ICON, Cell, Cells
from ui.widgets.layouts import CENTRE, RIGHT, Part, box, clear, col, fill, restyle, row, stack
from ui.widgets.painted import Draw, FocusRing, KeyButton, Painted

__all__ = [
    "CELL",
    "Cell",
    "Cells",
    "Draw",
    "FocusRing",
    "KeyButton",
    "Kit",
    "Painted",
    "Part",
    "box",
    "clear",
    "col",
    "fill",
    "restyle",
    "row",
    "stack",
    "window",
]

_ICON_TONE = {"primary": "on_primary", "stop": "stop", "nav": "on_deep"}


class Kit:
    def __init__(self, scale: Scale = theme.COUNTER, pal: Palette = theme.NORMAL) -> None:
        self.s, self.pal = scale, pal
        self.elder = pal == theme.STRONG
        self.touch = scale.base >= 20

    def text(
        self,
        s: str,
        role: str = "body",
        tone: str = "ink",
        wrap: bool = False,
        name: str = "",
        align: str = "",
    ) -> QLabel:
        """`role`: caption body strong title h2 h1 display; `tone`: a text colour of the palette."""
        label = QLabel(s)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setProperty("role", role)
        label.setProperty("tone", tone)
        label.setObjectName(name)
        label.setWordWrap(wrap)
        if align:
            label.setAlignment(CENTRE if align == "center" else RIGHT)
        return label

    def icon(self, name: str, size: int = 0, tone: str = "ink", stroke: float = icons.STROKE) -> QLabel:
        label, px = QLabel(), size or self.s.icon
        label.setPixmap(icons.pixmap(name, px, self.pal.of(tone), stroke))
        label.setFixedSize(px, px)
        return label

    def button(
        self,
        s: str,
        kind: str = "secondary",
        key: str = "",
        icon: str = "",
        name: str = "",
        enabled: bool = True,
        h: int = 0,
        on: bool | None = None,
        w: int = 0,
    ) -> KeyButton:
        """`kind`: primary secondary quiet stop seg option tile; `on` makes it checkable; 0: usual size."""
        words = " " * (1 + self.s.base // 24) + s if icon and s else s
        button = KeyButton(words, key, self.pal, self.s.icon)
        button.setProperty("kind", kind)
        button.setObjectName(name or s)
        button.setAccessibleName(s or name)
        button.setEnabled(enabled)
        css = f"min-height:{h}px;max-height:{h}px;" if h else ""
        if key:
            css += f"text-align:left;padding-left:12px;padding-right:{22 + 8 * len(key)}px;"
        if css:  # scoped: a bare rule would leak into the children
            button.setStyleSheet(f"QPushButton {{ {css} }}")
        button.setAutoDefault(True)  # Enter presses what has the focus, as Space does
        if self.touch:
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # no ring left behind by a finger
        if icon:
            tone = _ICON_TONE.get(kind, "primary")
            button.setIcon(icons.icon(icon, self.s.icon, self.pal.of(tone), self.pal.muted))
            button.setIconSize(QSize(self.s.icon, self.s.icon))
        if on is not None:
            button.setCheckable(True)
            button.setChecked(on)
        if w:
            button.setFixedWidth(w)
        return button

    def tool(
        self,
        icon: str,
        word: str,
        size: tuple[int, int],
        icon_px: int,
        px: int,
        fg: str,
        bg: str = "transparent",
        name: str = "",
        extra: str = "",
    ) -> QToolButton:
        """Icon above word: rail of the counter, foot of the kiosk.  `fg`, `bg` are colours of the palette."""
        button = QToolButton()
        button.setText(word)
        button.setObjectName(name or word)
        button.setAccessibleName(word)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
        button.setIcon(icons.icon(icon, icon_px, fg, self.pal.muted))
        button.setIconSize(QSize(icon_px, icon_px))
        w, h = size
        button.setStyleSheet(
            f"QToolButton {{ min-width:{w}px; max-width:{w}px; min-height:{h}px; max-height:{h}px; "
            f"border:none; padding:0; border-radius:8px; font-size:{px}px; "
            f"color:{fg}; background:{bg}; {extra} }}"
        )
        return button

    def fine(self, *words: str) -> list[QFrame]:
        """Quiet pills for what is well."""
        return [self.pill(word, "quiet", "check") for word in words]

    def choice(self, s: str, on: bool = False, h: int = 0) -> KeyButton:
        return self.button(s, "seg", on=on, h=h)

    def key(self, s: str) -> QFrame:
        return box(row(self.text(s, "caption", "muted")), (5, 0, 5, 1), pill="muted", fixed=(0, 20))

    def pill(self, s: str, tone: str = "quiet", icon: str = "", name: str = "") -> QFrame:
        """Status pill.  quiet = all is well: no ground, muted word; all else has a ground and an icon."""
        ink = {"quiet": "muted", "muted": "muted", "plain": "ink"}.get(tone, tone)
        size = round(self.s.base * 1.15)
        parts: list[Part] = []
        if icon:
            parts.append(self.icon(icon, size, "ok" if tone == "quiet" else ink, 2))
        parts.append(self.text(s, "body" if self.touch else "caption", ink))
        height = self.s.base * 12 // 7 // 4 * 4
        side = self.s.pad // 2
        return box(row(*parts, gap=self.s.base // 3), (side, 0, side, 0), name, (0, height), pill=tone)

    def card(
        self,
        *parts: Part,
        gap: int = 8,
        margins: tuple[int, int, int, int] | None = None,
        role: str = "card",
        name: str = "",
        fixed: tuple[int, int] = (0, 0),
    ) -> QFrame:
        edge = (self.s.pad,) * 4 if margins is None else margins
        return box(col(*parts, gap=gap), edge, name, fixed, role=role)

    def message(self, tone: str, title: str, body: str, *buttons: QWidget, name: str = "") -> QFrame:
        """Inline message: what is wrong, on what ground, what to do; never a dialog."""
        words: list[Part] = [self.text(title, "strong", tone)]
        if body:
            words.append(self.text(body, "body", "ink", wrap=True))
        lead = col(self.icon(TONE_ICON[tone], round(self.s.base * 1.43), tone, 2), None, gap=0)
        line = row(lead, stack(*words, gap=2), *buttons, gap=self.s.pad * 3 // 4)
        line.setStretch(1, 1)
        edge = max(12, self.s.pad * 3 // 4)
        margins = (edge, edge - 4, edge, edge - 4) if edge > 12 else (12, 8, 12, 8)
        frame = box(line, margins, name, msg=tone)
        frame.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        frame.setAccessibleName(f"{title} {body}")
        return frame

    def pair(self, label: str, value: str, w: int = 0, tone: str = "ink", role: str = "body") -> QLayout:
        a = self.text(label, "body" if self.touch else "caption", "muted")
        if w:
            a.setFixedWidth(w)
        return row(a, self.text(value, role, tone), None, gap=8)

    def rule(self, vertical: bool = False) -> QFrame:
        return box(col(), role="rule", fixed=(1, 0) if vertical else (0, 1))

    def progress(self, done: int, total: int, h: int = 8) -> QProgressBar:
        bar = QProgressBar()
        bar.setRange(0, total)
        bar.setValue(done)
        bar.setTextVisible(False)
        bar.setStyleSheet(f"min-height:{h}px;max-height:{h}px;")
        return bar

    def field(self, text: str = "", hint: str = "", name: str = "", h: int = 0) -> QLineEdit:
        line = QLineEdit(text)
        line.setPlaceholderText(hint)
        line.setObjectName(name)
        line.setAccessibleName(hint or name)
        if h:
            line.setStyleSheet(f"QLineEdit {{ min-height:{h - 2}px; max-height:{h - 2}px; }}")
        return line


def window(kit: Kit, layout: QLayout, frame: QFrame | None = None) -> QFrame:
    """A window (or the given frame made one) with the style sheet of the kit."""
    out = frame or QFrame()
    layout.setContentsMargins(0, 0, 0, 0)
    out.setLayout(layout)
    out.setObjectName("window")
    out.setStyleSheet(theme.style_sheet(kit.s, kit.pal))
    return out
