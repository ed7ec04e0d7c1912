"""Rows, columns and frames in one line each: what every page is put together from."""

from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLayout,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

Part = QWidget | QLayout | int | None
"""A widget, a layout, a fixed gap in px, or None for a stretch."""


def fill(into: QBoxLayout, parts: tuple[Part, ...], gap: int) -> QBoxLayout:
    into.setSpacing(gap)
    into.setContentsMargins(0, 0, 0, 0)
    for part in parts:
        if part is None:
            into.addStretch(1)
        elif isinstance(part, int):
            into.addSpacing(part)
        elif isinstance(part, QLayout):
            into.addLayout(part)
        else:  # in a row, wrapping text takes what is left over; everything else keeps its size
            into.addWidget(part, int(isinstance(into, QHBoxLayout) and _wraps(part)))
    return into


def _wraps(part: QWidget) -> bool:
    return isinstance(part, QLabel) and part.wordWrap()


def row(*parts: Part, gap: int = 8) -> QBoxLayout:
    return fill(QHBoxLayout(), parts, gap)


def col(*parts: Part, gap: int = 8) -> QBoxLayout:
    return fill(QVBoxLayout(), parts, gap)


def stack(*parts: Part, gap: int = 0) -> QBoxLayout:
    """Lines of one thing: kept together, centred in the height they get."""
    return col(None, *parts, None, gap=gap)


def box(
    layout: QLayout,
    margins: tuple[int, int, int, int] = (0, 0, 0, 0),
    name: str = "",
    fixed: tuple[int, int] = (0, 0),
    **props: str,
) -> QFrame:
    """A frame round a layout; props (role=, pill=, msg=) are what the style sheet looks at."""
    frame = QFrame()
    frame.setObjectName(name)
    for key, value in props.items():
        frame.setProperty(key, value)
    layout.setContentsMargins(*margins)
    frame.setLayout(layout)
    if fixed[0]:
        frame.setFixedWidth(fixed[0])
    if fixed[1]:
        frame.setFixedHeight(fixed[1])
    return frame


def clear(layout: QLayout) -> None:
    """Take everything out of a layout; widgets are hidden at once and deleted when Qt is idle."""
    while (item := layout.takeAt(0)) is not None:
        widget, inner = item.widget(), item.layout()
        if widget is not None:
            widget.hide()
            widget.setParent(None)
            widget.deleteLater()
        elif inner is not None:
            clear(inner)


def restyle(widget: QWidget, **props: str) -> None:
    """Change properties the style sheet looks at, and let it look again."""
    changed = {key: value for key, value in props.items() if widget.property(key) != value}
    for key, value in changed.items():
        widget.setProperty(key, value)
    if changed:
        widget.style().unpolish(widget)
        widget.style().polish(widget)


CENTRE = Qt.AlignmentFlag.AlignCenter
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


@contextmanager
def laid_out_once(widget: QWidget) -> Iterator[None]:
    """Change what is shown inside `widget`, and lay out the window once at the end.

    Qt lays out every ancestor anew each time a widget is shown: ten things shown would pay ten times.
    """
    layouts = []
    up: QWidget | None = widget
    while up is not None:
        layout = up.layout()
        if layout is not None and layout.isEnabled():
            layouts.append(layout)
        up = None if up.isWindow() else up.parentWidget()
    for layout in layouts:
        layout.setEnabled(False)
    try:
        yield
    finally:
        for layout in layouts:
            layout.setEnabled(True)
        for layout in layouts:
            layout.activate()


class Island(QWidget):
    """Holds one widget as large as itself; what changes inside is laid out inside.

    After every change Qt lays out all ancestors anew, up to the window, unless one has no layout.
    """

    def __init__(self, inside: QWidget) -> None:
        super().__init__()
        self._inside = inside
        inside.setParent(self)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def sizeHint(self) -> QSize:
        return self._inside.sizeHint()

    def minimumSizeHint(self) -> QSize:
        return self._inside.minimumSizeHint()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._inside.setGeometry(self.rect())
