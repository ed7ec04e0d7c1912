"""What an eye misses: text cut off, children spilling over, targets too small, controls too high to reach.

Run over every page, size and locale by tests/ui.
"""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QLabel, QWidget

from ui.widgets.layouts import Island
from ui.widgets.painted import Painted


def audit(window: QWidget, touch: int = 0, from_y: int = 0) -> list[str]:
    """The faults of a shown window, as sentences; empty when there are none.

    `touch`: least width and height of anything that can be pressed; `from_y`: nothing
    that can be pressed lies above it.
    """
    faults: list[str] = []
    for widget in window.findChildren(QWidget):
        if not widget.isVisible():
            continue
        if isinstance(widget, QLabel):
            faults += _cut(widget)
        if isinstance(widget, QAbstractButton):
            faults += _button(widget, touch, from_y, window)
        if isinstance(widget, Painted):
            faults += _covers(widget)
        if isinstance(widget, Island):
            faults += _cramped(widget)
        faults += _spills(widget)
    hint = window.minimumSizeHint()
    if hint.width() > window.width() or hint.height() > window.height():
        faults.append(f"window wants {hint.width()}x{hint.height()}, has {window.width()}x{window.height()}")
    return faults


def _cramped(island: Island) -> list[str]:
    """What grows inside an island does not ask the window for room."""
    hint = island.minimumSizeHint()
    if hint.width() > island.width() or hint.height() > island.height():
        return [f"inside wants {hint.width()}x{hint.height()}, has {island.width()}x{island.height()}"]
    return []


def _cut(label: QLabel) -> list[str]:
    text = label.text()
    if not text or "<" in text:
        return []
    lines = text.split("\n")
    metrics = label.fontMetrics()
    if label.wordWrap():
        need, wide = label.heightForWidth(label.width()), 0
    else:
        need, wide = metrics.height() * len(lines), max(metrics.horizontalAdvance(t) for t in lines)
    if wide > label.width() + 1 or need > label.height() + 3:
        return [f"cut: {text[:24]} {label.width()}x{label.height()} needs {wide}x{need}"]
    return []


def _button(button: QAbstractButton, touch: int, from_y: int, window: QWidget) -> list[str]:
    faults = []
    if button.text() and button.sizeHint().width() > button.width() + 4:
        faults.append(f"cut button: {button.text()} {button.width()} needs {button.sizeHint().width()}")
    if touch and (button.height() < touch or button.width() < touch):
        faults.append(f"small target: {button.objectName()} {button.width()}x{button.height()}")
    y = button.mapTo(window, button.rect().topLeft()).y()
    if from_y and y < from_y:
        faults.append(f"too high: {button.objectName()} y={y}")
    return faults


def _covers(picture: Painted) -> list[str]:
    """A picture that is touched or looked at lies on no words beside it; one that lies under a page may."""
    if picture.testAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents):
        return []
    up = picture.parentWidget()
    words = up.findChildren(QLabel, options=Qt.FindChildOption.FindDirectChildrenOnly) if up else []
    return [
        f"covered: {label.text()[:24]}"
        for label in words
        if label.isVisible() and label.geometry().intersects(picture.geometry())
    ]


def _spills(widget: QWidget) -> list[str]:
    """A child must lie inside its parent, unless the parent scrolls."""
    up = widget.parentWidget()
    if up is None or isinstance(widget, Painted) or widget.isWindow():
        return []
    grand = up.parentWidget()
    if "Scroll" in type(up).__name__ or (grand is not None and "Scroll" in type(grand).__name__):
        return []
    if up.rect().adjusted(-1, -1, 1, 1).contains(widget.geometry()):
        return []
    at, size = widget.geometry(), up.size()
    words = getattr(widget, "text", str)
    return [
        f"spills: {type(widget).__name__} {widget.objectName()} {str(words())[:20]} "
        f"{(at.x(), at.y(), at.width(), at.height())} in {(size.width(), size.height())}"
    ]
