"""A bug, met calmly: the draft is safe, here is a restart button.

Everything that is not an `AppError` ends here, by way of `sys.excepthook` and
`threading.excepthook`.  The log gets the kind of the exception and where it happened,
never its words: they may hold a name or a number.
"""

import logging
import subprocess
import sys
import threading
import traceback
from collections.abc import Callable, Sequence
from types import TracebackType

from PySide6.QtCore import QEventLoop, QObject, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QFrame, QWidget

from app.texts import Texts, load
from ui.theme import COUNTER, Scale, style_sheet
from ui.widgets.kit import Kit, col, row, window

logger = logging.getLogger(__name__)

Hook = Callable[[type[BaseException], BaseException, TracebackType | None], object]


def where(error: BaseException) -> str:
    """Kind and places, innermost last, without a word of the message."""
    frames = traceback.extract_tb(error.__traceback__)
    places = " < ".join(f"{f.filename.rpartition('/')[2]}:{f.lineno} {f.name}" for f in reversed(frames))
    cause = error.__cause__ or error.__context__
    told = f"{type(error).__name__} at {places or '?'}"
    return f"{told}; after {where(cause)}" if cause is not None else told


class FaultPage(QFrame):
    """Covers the window it was met in, or stands by itself when there is none."""

    def __init__(self, texts: Texts, scale: Scale, parent: QWidget | None) -> None:
        super().__init__(parent)
        kit = Kit(scale)
        self.setObjectName("window")
        self.setStyleSheet(style_sheet(kit.s, kit.pal))
        self.restart = kit.button(texts["ui.fault.restart"], "primary", "", "sync", "fault_restart", h=48)
        self.go_on = kit.button(texts["ui.fault.go_on"], "secondary", name="fault_go_on", h=48)
        card = kit.card(
            row(kit.icon("warning", 40, "warn", 2), kit.text(texts["ui.fault.title"], "h2"), None, gap=12),
            kit.text(texts["ui.fault.body"], "body", wrap=True),
            kit.text(texts["ui.fault.draft"], "strong", "ok", wrap=True),
            8,
            row(self.restart, self.go_on, None, gap=12),
            kit.text(texts["ui.fault.log"], "caption", "muted", wrap=True),
            gap=12,
            margins=(32, 28, 32, 24),
            name="fault_page",
        )
        card.setFixedWidth(kit.s.base * 40)
        self.setLayout(col(None, row(None, card, None), None))
        self.restart.clicked.connect(restart)
        self.go_on.clicked.connect(self.close)
        if parent is None:
            self.setMinimumSize(kit.s.base * 48, kit.s.base * 28)
        else:
            self.setGeometry(parent.rect())


class Faults(QObject):
    """Keeps the hooks; `remove` puts the old ones back (for tests and a clean end)."""

    _met = Signal(object)

    def __init__(self, app: QApplication, texts: Texts, scale: Scale = COUNTER) -> None:
        super().__init__(app)
        self._app, self._texts, self._scale = app, texts, scale
        self.page: FaultPage | None = None
        self._old: Hook = sys.excepthook
        self._old_thread = threading.excepthook
        self._met.connect(self._show)
        sys.excepthook = self._caught
        threading.excepthook = self._caught_in_thread

    def remove(self) -> None:
        sys.excepthook = self._old
        threading.excepthook = self._old_thread

    def _caught(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            self._app.quit()
            return
        logger.critical("bug: %s", where(error.with_traceback(trace)))
        self._met.emit(kind.__name__)

    def _caught_in_thread(self, args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None:
            self._caught(args.exc_type, args.exc_value, args.exc_traceback)

    def _show(self, _kind: str) -> None:
        if self.page is not None and self.page.isVisible():
            return
        window = self._app.activeWindow() or next(
            (w for w in self._app.topLevelWidgets() if w.isVisible() and not isinstance(w, FaultPage)), None
        )
        self.page = FaultPage(self._texts, self._scale, window)
        self.page.show()
        self.page.raise_()
        self.page.restart.setFocus()


def install(app: QApplication, texts: Texts, scale: Scale = COUNTER) -> Faults:
    """From now on a bug shows the fault page instead of ending the program."""
    return Faults(app, texts, scale)


def explain(words: str, texts: Texts | None = None) -> None:
    """Say why the program cannot start, and wait until it was read (not where nobody can see it)."""
    app, told = QApplication.instance(), texts or load()
    if app is None or QGuiApplication.platformName() in ("offscreen", "minimal"):
        return
    kit = Kit(COUNTER)
    leave = kit.button(told["ui.fault.leave"], "primary", name="fault_leave", h=48)
    head = row(
        kit.icon("warning", 40, "warn", 2), kit.text(told["ui.fault.cannot_start"], "h2"), None, gap=12
    )
    line = kit.text(words, "body", wrap=True, name="fault_why")
    card = kit.card(head, line, 8, row(leave, None), gap=12, margins=(32, 28, 32, 24))
    page = window(kit, row(card))
    page.setWindowTitle(told["app.name"])
    page.setMinimumWidth(560)
    loop = QEventLoop()
    leave.clicked.connect(page.close)
    page.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    page.destroyed.connect(loop.quit)
    page.show()
    loop.exec()


def restart() -> None:
    """Leave, and start the same command again once this process has let go of its DATA folder."""
    app = QApplication.instance()
    _successors.append(succeed([sys.executable, *sys.argv]))
    if app is not None:
        for page in QApplication.topLevelWidgets():
            page.close()
        app.quit()


def succeed(command: Sequence[str]) -> "subprocess.Popen[bytes]":
    """A small process that starts `command` when its standard input ends, which our own end brings about."""
    waiting = "import subprocess, sys; sys.stdin.buffer.read(); subprocess.Popen(sys.argv[1:])"
    return subprocess.Popen(
        [sys.executable, "-c", waiting, *command], stdin=subprocess.PIPE, start_new_session=True
    )


_successors: list["subprocess.Popen[bytes]"] = []  # a pipe that is collected would end too early
