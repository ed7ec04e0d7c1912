"""Codes of a scanner that types: seen before the widgets see them, taken back from where they began.

The keys of a burst reach the widget in focus as long as nobody knows that they are one.  With
the Enter that proves it (app/domain/wedge.py) the Enter is kept from the widget, the field gets
back its text, cursor and selection, its undo stack is emptied so that no undo brings the code
back, and the code goes the way of any other scan.

Key events go to the window that has the keyboard, so the filter sits on that window alone: one
on the whole application would see every paint and move.  Times are those of the events, which
the display server stamps: a busy program changes no verdict.
"""

import time
from dataclasses import dataclass
from typing import Protocol

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QTextCursor, QWindow
from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit, QTextEdit, QWidget

from app.domain.device import DeviceEvent, DeviceHealth, DeviceKind
from app.domain.wedge import SILENCE_MS, STX, BurstWatch, Prefix

CAPABILITY = "wedge"
_ENDS = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab)
_LINE_FEED = (Qt.Key.Key_J, Qt.Key.Key_M)  # with Ctrl: how some scanners type LF and CR
_SILENT = (Qt.Key.Key_Shift, Qt.Key.Key_CapsLock, Qt.Key.Key_NumLock, Qt.Key.Key_AltGr)
_CONTROL = Qt.KeyboardModifier.ControlModifier
_COMMANDS = _CONTROL | Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier


class Before(Protocol):
    """A field as it was before a burst."""

    def restore(self) -> None: ...


class WedgeWatch(QObject):
    """`scanned(text)`: a code was typed by a scanner.  Asleep until the devices say that there is one."""

    scanned = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._watch = BurstWatch()
        self._before: dict[QWidget, Before] = {}
        self._window: QWindow | None = None
        self._awake = False
        self._told_ms: int | None = None  # when the last code ended
        self._timer = QTimer(self, interval=SILENCE_MS, singleShot=True)
        self._timer.timeout.connect(self._silent)
        self._due = 0.0

    def hear(self, event: DeviceEvent) -> None:
        """What the devices say: whether a scanner types here, and the prefix it was set to."""
        if not isinstance(event, DeviceHealth) or event.kind is not DeviceKind.SCANNER:
            return
        if CAPABILITY in event.capabilities:
            prefixes = [p for p in Prefix if f"{CAPABILITY}_{p.value}" in event.capabilities]
            self.wake(prefixes[0] if prefixes else Prefix.NONE)
        else:
            self.stop()

    def wake(self, prefix: Prefix = Prefix.NONE) -> None:
        self._watch = BurstWatch(prefix)
        if self._awake:
            return
        self._awake = True
        app = QGuiApplication.instance()
        if isinstance(app, QGuiApplication):
            app.focusWindowChanged.connect(self._look_at)
            self._look_at(app.focusWindow())

    def stop(self) -> None:
        app = QGuiApplication.instance()
        if self._awake and isinstance(app, QGuiApplication):
            app.focusWindowChanged.disconnect(self._look_at)
            self._look_at(None)
        self._awake = False

    def _look_at(self, window: QWindow | None) -> None:
        if self._window is not None:
            self._window.removeEventFilter(self)
            self._window.destroyed.disconnect(self._gone)
        self._window = window
        if window is not None:
            window.installEventFilter(self)
            window.destroyed.connect(self._gone)

    def _gone(self) -> None:
        self._window = None

    # -- keys ------------------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            return self._pressed(event)
        if kind == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and self._echo(event):
            event.accept()  # the line feed of a scanner is no shortcut
            return True
        return False

    def _pressed(self, event: QKeyEvent) -> bool:
        """Whether the widgets shall not get this key."""
        if event.isAutoRepeat() and self._watch.begins(event.timestamp()):
            # a key held down; a doubled character of a very fast scanner is called a repeat by X11 too,
            # but comes without the long first pause
            self._forget()
            return False
        if event.key() in _SILENT:
            return False
        if _is_end(event):
            return self._ended(event.timestamp()) or self._echo(event)
        stx = event.key() == Qt.Key.Key_B and event.modifiers() == _CONTROL
        if (event.modifiers() & _COMMANDS and not stx) or not event.text():
            echo = self._echo(event)
            self._forget()
            return echo
        return self._typed(STX if stx else event.text(), event.timestamp())

    def _typed(self, character: str, at_ms: int) -> bool:
        if self._watch.begins(at_ms):
            self._forget()
        field = QApplication.focusWidget()
        before = None if field is None or field in self._before else remember(field)
        if field is not None and before is not None:
            self._before[field] = before
        self._watch.key(character, at_ms)
        if self._watch.prefix is not Prefix.NONE:
            self._due = time.monotonic() + SILENCE_MS / 1000
            self._timer.start()
        nowhere = field is None or field not in self._before
        return character == STX or (nowhere and self._watch.fast)  # no list jumps, no button is pressed

    def _ended(self, at_ms: int) -> bool:
        code = self._watch.end(at_ms)
        if code is not None:
            self._told_ms = at_ms
        return self._tell(code)

    def _silent(self) -> None:
        """A timer that comes late was held up by other work, and so may keys have been: wait once more."""
        if time.monotonic() - self._due > SILENCE_MS / 1000:
            self._due = time.monotonic() + SILENCE_MS / 1000
            self._timer.start()
            return
        self._tell(self._watch.silence())

    def _tell(self, code: str | None) -> bool:
        self._timer.stop()
        if code is not None:
            for before in reversed(self._before.values()):
                before.restore()
        self._before.clear()
        if code is not None:
            self.scanned.emit(code)
        return code is not None

    def _echo(self, event: QKeyEvent) -> bool:
        """A second end right behind the first: CR LF typed as two keys."""
        if self._told_ms is None or not 0 <= event.timestamp() - self._told_ms <= SILENCE_MS:
            return False
        return _is_end(event) or (event.key() in _LINE_FEED and event.modifiers() == _CONTROL)

    def _forget(self) -> None:
        self._timer.stop()
        self._watch.drop()
        self._before.clear()


def _is_end(event: QKeyEvent) -> bool:
    """Enter or Tab, or a key that stands for a line feed by itself."""
    return event.key() in _ENDS or (event.text() in ("\r", "\n") and event.modifiers() != _CONTROL)


# -- fields ------------------------------------------------------------------------------------------


def remember(widget: QWidget) -> Before | None:
    """None for a widget that takes no text, or shows one only."""
    if isinstance(widget, QLineEdit) and not widget.isReadOnly():
        selection = (widget.selectionStart(), widget.selectionLength())
        return _LineBefore(widget, widget.text(), widget.cursorPosition(), *selection)
    if isinstance(widget, (QTextEdit, QPlainTextEdit)) and not widget.isReadOnly():
        cursor = widget.textCursor()
        return _TextBefore(widget, widget.toPlainText(), cursor.anchor(), cursor.position())
    return None


@dataclass
class _LineBefore:
    field: QLineEdit
    text: str
    cursor: int
    selected_from: int
    selected: int

    def restore(self) -> None:
        """By `insert` first, so that who listens to edits hears the old text; then without a history."""
        field = self.field
        start, length, middle = changed(self.text, field.text())
        if length or middle:
            field.setSelection(start, length)
            field.insert(middle)
        blocked = field.blockSignals(True)
        field.setText(self.text)  # empties the undo stack
        field.blockSignals(blocked)
        if not self.selected:
            field.setCursorPosition(self.cursor)
        elif self.cursor == self.selected_from:
            field.setSelection(self.selected_from + self.selected, -self.selected)
        else:
            field.setSelection(self.selected_from, self.selected)


@dataclass
class _TextBefore:
    field: QTextEdit | QPlainTextEdit
    text: str
    anchor: int
    position: int

    def restore(self) -> None:
        start, length, middle = changed(self.text, self.field.toPlainText())
        cursor = self.field.textCursor()
        cursor.setPosition(start)
        cursor.setPosition(start + length, QTextCursor.MoveMode.KeepAnchor)
        cursor.insertText(middle)
        self.field.document().clearUndoRedoStacks()
        cursor.setPosition(self.anchor)
        cursor.setPosition(self.position, QTextCursor.MoveMode.KeepAnchor)
        self.field.setTextCursor(cursor)


def changed(before: str, now: str) -> tuple[int, int, str]:
    """The one stretch of `now` (start, length) that has to become the third value to be `before` again."""
    shorter = min(len(before), len(now))
    head = next((i for i in range(shorter) if before[i] != now[i]), shorter)
    tail = 0
    while tail < shorter - head and before[-1 - tail] == now[-1 - tail]:
        tail += 1
    return head, len(now) - head - tail, before[head : len(before) - tail]
