"""A row that breaks into lines: what a situation with many answers needs on a narrow screen."""

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import QLayout, QLayoutItem, QWidget


class FlowLayout(QLayout):
    """Items keep their size; an item marked `glued` (a dynamic property) stays with the one after it.

    `apart`: so many more pixels before it, unless it begins a line.
    """

    def __init__(self, gap: int = 4, line_gap: int = 8) -> None:
        super().__init__()
        self._items: list[QLayoutItem] = []
        self._gap, self._line_gap = gap, line_gap
        self.setContentsMargins(0, 0, 0, 0)

    def addItem(self, item: QLayoutItem) -> None:
        self._items.append(item)

    def count(self) -> int:
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:  # type: ignore[override]
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:
        return Qt.Orientation(0)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        edge = self.contentsMargins()
        inner = QRect(0, 0, width - edge.left() - edge.right(), 0)
        return self._arrange(inner, move=False) + edge.top() + edge.bottom()

    def sizeHint(self) -> QSize:
        return self.minimumSize()

    def minimumSize(self) -> QSize:
        widest = max((sum(i.sizeHint().width() for i in run) for run in self._runs()), default=0)
        tallest = max((item.sizeHint().height() for item in self._items), default=0)
        edge = self.contentsMargins()
        return QSize(widest + edge.left() + edge.right(), tallest + edge.top() + edge.bottom())

    def setGeometry(self, rect: QRect) -> None:
        super().setGeometry(rect)
        self._arrange(rect.marginsRemoved(self.contentsMargins()), move=True)

    def _runs(self) -> list[list[QLayoutItem]]:
        """Items in groups that must not be torn apart."""
        runs: list[list[QLayoutItem]] = []
        glued = False
        for item in self._items:
            if glued:
                runs[-1].append(item)
            else:
                runs.append([item])
            widget: QWidget | None = item.widget()
            glued = widget is not None and bool(widget.property("glued"))
        return runs

    def _arrange(self, rect: QRect, *, move: bool) -> int:
        """Lay the runs out in `rect`; returns the height used."""
        x, y, tall = rect.x(), rect.y(), 0
        for run in self._runs():
            width = sum(i.sizeHint().width() for i in run) + self._gap * (len(run) - 1)
            apart = _apart(run[0]) if x > rect.x() else 0
            if x > rect.x() and x + apart + width > rect.right() + 1:
                x, y, tall, apart = rect.x(), y + tall + self._line_gap, 0, 0
            x += apart
            tall = max(tall, *(i.sizeHint().height() for i in run))
            for item in run:
                size = item.sizeHint()
                if move:
                    item.setGeometry(QRect(QPoint(x, y + (tall - size.height()) // 2), size))
                x += size.width() + self._gap
        return y + tall - rect.y()


def _apart(item: QLayoutItem) -> int:
    widget: QWidget | None = item.widget()
    return int(widget.property("apart") or 0) if widget is not None else 0
