"""The files of one material, page by page (看): larger and smaller, taken away and brought back.

Names: file_viewer viewer_page viewer_count viewer_before viewer_after viewer_larger
viewer_smaller viewer_fit viewer_remove viewer_undo viewer_close.
"""

from collections.abc import Callable

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QImage, QKeyEvent, QPixmap
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QWidget

from app.domain.catalog import Material
from app.domain.material_file import MaterialFile
from app.errors import AppError
from app.ports import Picture
from app.services import materials
from ui.desk import Desk
from ui.pages.counter.draft_files import DraftFiles
from ui.pictures import image_of
from ui.widgets.kit import Kit, box, col, row
from ui.widgets.overlay import keeps_key

ZOOMS = (0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0)
SLIDE = 80  # px a press of an arrow
LEAST_PX, MOST_PX = 200, 3000


class FileViewer(QFrame):
    closed = Signal()

    def __init__(self, kit: Kit, desk: Desk, files: DraftFiles, parent: QWidget) -> None:
        super().__init__(parent)
        self._kit, self._desk, self._texts, self._files = kit, desk, desk.office.texts, files
        self._material: Material | None = None
        self._page, self._zoom, self._asked = 0, 1.0, 0
        self._data: tuple[str, bytes] | None = None
        self._removed: tuple[MaterialFile, str] | None = None
        self.setObjectName("file_viewer")
        self.setProperty("role", "card")
        self.setProperty("no_ring", True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._build()
        files.changed.connect(self._changed)
        self.hide()

    def _build(self) -> None:
        kit, texts = self._kit, self._texts
        self._title = kit.text("", "title", name="viewer_title")
        self._count = kit.text("", "body", "muted", name="viewer_count")
        specs = (
            ("before", "←", 104),
            ("after", "→", 104),
            ("smaller", "−", 88),
            ("larger", "+", 88),
            ("fit", "0", 116),
        )
        acts = (
            lambda: self._turn(-1),
            lambda: self._turn(1),
            lambda: self._scale(-1),
            lambda: self._scale(1),
            self._fit,
        )
        self._tools = [
            kit.button(texts[f"files.{word}"], "secondary", key, name=f"viewer_{word}", h=30, w=width)
            for word, key, width in specs
        ]
        for button, act in zip(self._tools, acts, strict=True):
            button.clicked.connect(act)
            button.clicked.connect(self.take_focus)  # so that the arrows go on turning pages
        self._remove = kit.button(texts["files.remove"], "stop", "Del", name="viewer_remove", h=30)
        close = kit.button(texts["files.close"], "secondary", "Esc", name="viewer_close", h=30)
        self._remove.clicked.connect(self._drop)
        self._remove.clicked.connect(self.take_focus)
        close.clicked.connect(self.leave)
        head = row(self._title, 8, self._count, None, *self._tools, 8, self._remove, close, gap=8)
        self._picture = QLabel()
        self._picture.setObjectName("viewer_page")
        self._picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._scroll = QScrollArea()
        self._scroll.setObjectName("desk")
        self._scroll.setWidget(self._picture)
        self._scroll.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setFocusPolicy(
            Qt.FocusPolicy.NoFocus
        )  # its arrows would scroll instead of turning pages
        self._gone = kit.text("", "body", name="viewer_removed")
        self._undo = kit.button(texts["files.undo"], "secondary", "Ctrl+Z", name="viewer_undo", h=30)
        self._undo.clicked.connect(self._take_back)
        self._foot = box(
            row(kit.icon("info", 20, "primary", 2), self._gone, self._undo, None, gap=12), (16, 6, 16, 6)
        )
        self.setLayout(col(box(head, (16, 8, 8, 8)), kit.rule(), self._scroll, self._foot, gap=0))

    # -- coming and going --------------------------------------------------------------------------

    def open(self, material: Material) -> None:
        self._material, self._page, self._zoom = material, 0, 0.0
        self._data = self._removed = None
        self._title.setText(self._texts.say("files.viewer", name=material.name))
        self.setAccessibleName(self._title.text())
        self._picture.clear()
        self.show()
        self.raise_()
        self._show()
        self.setFocus()

    def take_focus(self) -> None:
        self.setFocus()

    def leave(self) -> None:
        self._asked += 1
        self._data = None
        self._picture.clear()
        self.hide()
        self.closed.emit()

    # -- which page --------------------------------------------------------------------------------

    @property
    def _held(self) -> tuple[MaterialFile, ...]:
        return self._files.of(self._material) if self._material is not None else ()

    def _place(self) -> tuple[MaterialFile, int] | None:
        """The file of the page in sight, and the page within it."""
        left = self._page
        for file in self._held:
            if left < file.pages:
                return file, left
            left -= file.pages
        return None

    def _turn(self, step: int) -> None:
        there = self._page + step
        if 0 <= there < sum(file.pages for file in self._held):
            self._page = there
            self._show()

    def _changed(self) -> None:
        if self.isVisible():
            self._page = max(0, min(self._page, sum(file.pages for file in self._held) - 1))
            self._show()

    # -- size --------------------------------------------------------------------------------------

    def _width(self) -> int:
        """Zoom 1 is as wide as the place; what was never changed shows the whole page."""
        room = self._scroll.viewport()
        if not self._zoom:
            return max(LEAST_PX, min(room.width() - 16, round((room.height() - 8) / 1.42)))
        return round(max(LEAST_PX, min(MOST_PX, self._zoom * (room.width() - 16))))

    def _scale(self, step: int) -> None:
        now = self._zoom or self._width() / max(1, self._scroll.viewport().width() - 16)
        others = [z for z in ZOOMS if (z > now + 0.01 if step > 0 else z < now - 0.01)]
        if others:
            self._zoom = min(others) if step > 0 else max(others)
            self._show()

    def _slide(self, by: int) -> None:
        bar = self._scroll.verticalScrollBar()
        bar.setValue(bar.value() + by)

    def _fit(self) -> None:
        self._zoom = 1.0
        self._show()

    # -- showing -----------------------------------------------------------------------------------

    def _show(self) -> None:
        place, total = self._place(), sum(file.pages for file in self._held)
        self._count.setText(self._texts.say("files.page", n=self._page + 1, total=total) if place else "")
        self._tools[0].setEnabled(place is not None and self._page > 0)
        self._tools[1].setEnabled(place is not None and self._page < total - 1)
        for button in (*self._tools[2:], self._remove):
            button.setEnabled(place is not None)
        self._foot.setVisible(self._removed is not None)
        if self._removed is not None:
            self._gone.setText(self._texts.say("files.removed", n=self._removed[0].pages))
        self._asked += 1
        if place is None:
            self._say(self._texts["files.none"])
        else:
            self._draw(place[0], place[1], self._asked)

    def _say(self, words: str) -> None:
        self._picture.setText(words)
        self._picture.setFixedSize(480, 120)

    def _draw(self, file: MaterialFile, page: int, asked: int) -> None:
        if self._picture.pixmap().isNull():
            self._say(self._texts["files.wait"])
        if self._data is not None and self._data[0] == file.file_id:
            self._render(self._data[1], page, asked)
            return
        office = self._desk.office
        self._desk.tasks.run(
            self._desk.store_executor,
            lambda: materials.content(office, file.file_id),
            owner=self,
            done=lambda data: self._loaded(file, data, page, asked),
            failed=lambda error: self._failed(error, asked),
        )

    def _loaded(self, file: MaterialFile, data: bytes, page: int, asked: int) -> None:
        if asked == self._asked:
            self._data = file.file_id, data
            self._render(data, page, asked)

    def _render(self, data: bytes, page: int, asked: int) -> None:
        tools, width = self._desk.office.page_tools, self._width()
        assert tools is not None
        self._desk.tasks.run(
            self._desk.pages_executor,
            lambda: tools.show(data, page, width),
            owner=self,
            done=lambda picture: self._drawn(picture, asked),
            failed=lambda error: self._failed(error, asked),
        )

    def _drawn(self, picture: Picture, asked: int) -> None:
        if asked == self._asked and self.isVisible():
            image: QImage = image_of(picture)
            self._picture.setPixmap(QPixmap.fromImage(image))
            self._picture.setFixedSize(image.size())
            self._picture.setAccessibleName(self._count.text())

    def _failed(self, error: AppError, asked: int) -> None:
        if asked == self._asked:
            self._picture.clear()
            self._say(self._texts.error(error))

    # -- taking away -------------------------------------------------------------------------------

    def _drop(self) -> None:
        place, material = self._place(), self._material
        if place is not None and material is not None:
            self._removed = place[0], self._files.how(material)
            self._files.drop(material, place[0])

    def _take_back(self) -> None:
        if self._removed is not None and self._material is not None:
            (file, how), self._removed = self._removed, None
            self._files.take_back(self._material, file, how)
            self.setFocus()

    # -- keys --------------------------------------------------------------------------------------

    def event(self, event: QEvent) -> bool:
        """While it is open its keys come before those of the page; leaving the page stays possible."""
        if keeps_key(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        acts: dict[int, Callable[[], None]] = {
            Qt.Key.Key_Escape: self.leave,
            Qt.Key.Key_Left: lambda: self._turn(-1),
            Qt.Key.Key_PageUp: lambda: self._turn(-1),
            Qt.Key.Key_Right: lambda: self._turn(1),
            Qt.Key.Key_PageDown: lambda: self._turn(1),
            Qt.Key.Key_Plus: lambda: self._scale(1),
            Qt.Key.Key_Equal: lambda: self._scale(1),
            Qt.Key.Key_Minus: lambda: self._scale(-1),
            Qt.Key.Key_0: self._fit,
            Qt.Key.Key_Delete: self._drop,
            Qt.Key.Key_Up: lambda: self._slide(-SLIDE),
            Qt.Key.Key_Down: lambda: self._slide(SLIDE),
        }
        event.accept()
        if control and event.key() == Qt.Key.Key_Z:
            self._take_back()
        elif not control and event.key() in acts:
            acts[event.key()]()
