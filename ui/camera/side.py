"""The side of the capture sheet: the strip of pages taken, and what can be done with them."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QScrollArea

from app.texts import Texts
from ui.camera.shots import Shots
from ui.camera.strip import CELL_W, COLUMNS, GAP, ShotStrip
from ui.widgets.kit import Kit, box, col, row

WIDTH = COLUMNS * (CELL_W + GAP) + 44
ACTS = {
    "left": "L",
    "right": "R",
    "earlier": "Ctrl+\u2190",
    "later": "Ctrl+\u2192",
    "crop": "C",
    "remove": "Del",
}


class PagesSide(QFrame):
    """`acts`: a button each of ACTS; `undo`, `bring` and `finish` belong to the sheet as well."""

    def __init__(self, kit: Kit, texts: Texts, shots: Shots) -> None:
        super().__init__()
        self._texts, self._shots = texts, shots
        self.strip = ShotStrip(kit, texts, shots)
        self.strip.chosen.connect(shots.choose)
        self._count = kit.text("", "strong", name="shot_count")
        self._empty = kit.text(texts["camera.no_pages"], "body", "muted", wrap=True)
        self.acts = {
            word: kit.button(texts[f"camera.{word}"], "secondary", key, name=f"shot_{word}", h=30)
            for word, key in ACTS.items()
        }
        self.undo = kit.button(texts["camera.undo"], "quiet", "Ctrl+Z", name="shot_undo", h=30)
        self.bring = kit.button(texts["camera.import"], "quiet", "I", name="capture_import", h=30)
        self.finish = kit.button("", "primary", "Ctrl+Enter", name="capture_done", h=44)
        buttons = list(self.acts.values())
        pairs = [row(*buttons[n : n + 2], gap=8) for n in (0, 2, 4)]
        under = col(*pairs, row(self.undo, self.bring, None, gap=8), self.finish, gap=6)
        inner = box(col(self._count, self._empty, self._scrolled(), under, gap=8), fixed=(WIDTH, 0))
        self.setLayout(col(inner))

    def _scrolled(self) -> QScrollArea:
        scroll = QScrollArea()
        scroll.setWidget(self.strip)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setStyleSheet("QScrollArea { background:transparent; }")
        scroll.viewport().setStyleSheet("background:transparent;")
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        return scroll

    def show_pages(self, *, idle: bool, may_bring: bool) -> None:
        """`idle`: nothing is cropped, joined or asked."""
        shots, texts, n = self._shots, self._texts, len(self._shots.items)
        self._count.setText(texts.say("camera.count", n=n))
        self._count.setVisible(bool(n))
        self._empty.setVisible(not n)
        self.finish.setText(texts.say("camera.done", n=n) if n else texts["camera.done_none"])
        self.finish.setAccessibleName(self.finish.text())
        self.finish.setEnabled(shots.ready and idle)
        self.undo.setVisible(shots.can_undo)
        self.bring.setEnabled(may_bring)
        chosen = idle and shots.current is not None
        for button in self.acts.values():
            button.setEnabled(chosen and bool(shots.current and shots.current.photo))
        self.acts["earlier"].setEnabled(chosen and shots.chosen > 0)
        self.acts["later"].setEnabled(chosen and shots.chosen < n - 1)
        self.acts["remove"].setEnabled(chosen)
