"""The kiosk's window: one page, fitted into whatever the window is; touches and nothing else.

No title bar, no context menu, not closed by a key or a gesture.  The second half of a double
touch is swallowed when the first half has changed the page: it would land on something the
person has not even seen.
"""

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import (
    QCloseEvent,
    QColor,
    QInputEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import QApplication, QFrame, QWidget

from ui.pages.kiosk import frame
from ui.pages.kiosk.kit import KioskKit
from ui.pages.kiosk.page import Page
from ui.pages.kiosk.session import Place
from ui.profile import Profile

LEAST = (270, 480)
PRESSES = (
    QEvent.Type.MouseButtonPress,
    QEvent.Type.MouseButtonDblClick,
    QEvent.Type.TouchBegin,
    QEvent.Type.KeyPress,
)


class KioskWindow(QWidget):
    """`fitted`: the size has changed, the page must be drawn again.  `touched`: somebody is there."""

    fitted = Signal()
    touched = Signal()

    def __init__(self, profile: Profile, title: str) -> None:
        super().__init__()
        self._scale = profile.scale
        self._may_close = profile.may_exit
        self._shown_place = Place("attract")
        self._pressed = (0, self._shown_place)  # ms of the last touch, and the page it was on
        self._page: Page | None = None
        self.kit = KioskKit(profile.scale, profile.least_size, elder=False)
        self.stage = QFrame(self)
        self.stage.setObjectName("window")
        self.setObjectName("kiosk")
        self.setWindowTitle(title)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        if profile.full_screen:
            self.setWindowFlag(Qt.WindowType.FramelessWindowHint)
        self.setMinimumSize(*LEAST)
        self.resize(*profile.least_size)

    @property
    def page(self) -> Page | None:
        return self._page

    def dress(self, *, elder: bool) -> None:
        """Scale and palette for the window as it is; the page must be drawn again."""
        self.kit = KioskKit(self._scale, (self.width(), self.height()), elder=elder)
        self.stage.setStyleSheet(self.kit.sheet())
        width, height = self.kit.size()
        self.stage.setGeometry((self.width() - width) // 2, (self.height() - height) // 2, width, height)

    def put(self, page: Page, place: Place) -> None:
        """Show a page; the old one goes with everything it said."""
        old, self._page, self._shown_place = self._page, page, place
        if page.layout() is None:
            frame.assemble(page)
        page.setParent(self.stage)
        page.setGeometry(self.stage.rect())
        page.show()
        if old is not None:
            old.hide()
            old.setParent(None)
            old.deleteLater()

    def let_close(self) -> None:
        self._may_close = True

    # -- events ----------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._page is not None and event.size() != event.oldSize():
            self.fitted.emit()

    def paintEvent(self, _event: QPaintEvent) -> None:
        p = QPainter(self)
        p.fillRect(self.rect(), QColor(self.kit.pal.surface))
        p.end()

    def closeEvent(self, event: QCloseEvent) -> None:
        if self._may_close:
            event.accept()
        else:
            event.ignore()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        handle = self.windowHandle()
        if handle is not None:
            handle.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if event.type() not in PRESSES or not isinstance(event, QInputEvent):
            return False
        self.touched.emit()
        at, place = self._pressed
        if place != self._shown_place and event.timestamp() - at < QApplication.doubleClickInterval():
            return True
        self._pressed = (event.timestamp(), self._shown_place)
        return False
