"""还在办理吗?: a veil over the page, a countdown, two ways on."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QLabel, QWidget

from ui.pages.kiosk import pictures
from ui.pages.kiosk.guide import Guide
from ui.pages.kiosk.parts import on_press
from ui.widgets.kit import Painted

VEIL = (8, 22, 44, 176)


class StillHere(QWidget):
    """Covers the page it lies on; `count` brings the seconds up to date."""

    def __init__(
        self, guide: Guide, over: QWidget, stay: Callable[[], None], drop: Callable[[], None]
    ) -> None:
        super().__init__(over)
        self.setObjectName("still_here")
        self._guide, self._stay = guide, stay
        k, t = guide.kit, guide.texts
        self._total = guide.profile.countdown_seconds
        self._ring: Painted = k.picture(pictures.ring(k.pal, self._total, self._total), 280, 280)
        self._words: QLabel = k.text("", "body", "muted", wrap=True, align="center", name="still_here_words")
        yes = on_press(k.press(t["kiosk.still_here.stay"], "primary", name="stay", h=144), stay)
        no = on_press(k.press(t["kiosk.still_here.drop"], name="drop", h=112), drop)
        asked = k.text(t["kiosk.still_here.title"], "h1", align="center")
        self._sheet: QFrame = k.frame(
            k.col(k.row(None, self._ring, None), asked, self._words, 16, yes, no, gap=20),
            (64, 56, 64, 56),
            role="sheet",
        )
        self._sheet.setParent(self)
        self._sheet.setStyleSheet(f'QFrame[role="sheet"] {{ border-radius:{k.px(40)}px; }}')
        self.setGeometry(over.rect())
        self._place()
        self.count(self._total)
        self.show()
        self.raise_()

    def _place(self) -> None:
        k = self._guide.kit
        height = 1000 if k.elder else 920
        x, y = (k.page[0] - 912) // 2, 680 if not k.wide else 180
        self._sheet.setGeometry(k.px(x), k.px(y), k.px(912), k.px(height))

    def count(self, left: int) -> None:
        k, t = self._guide.kit, self._guide.texts
        self._words.setText(t.say("kiosk.still_here.body", seconds=left))
        draw = pictures.ring(k.pal, left, self._total)

        def scaled(p: QPainter, w: int, h: int) -> None:
            p.scale(k.u, k.u)
            draw(p, round(w / k.u), round(h / k.u))

        self._ring.draw = scaled
        self._ring.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        p = QPainter(self)
        p.fillRect(self.rect(), QColor(*VEIL))
        p.end()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A touch beside the sheet is a sign of life too."""
        event.accept()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        event.accept()
        if event.button() is Qt.MouseButton.LeftButton:
            self._stay()
