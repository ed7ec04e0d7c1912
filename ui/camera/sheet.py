"""The capture sheet (拍材料): over the intake page, from the live picture to one kept document.

Names a tour or a test may rely on: capture_sheet camera_view camera_words shoot shot_strip
shot_left shot_right shot_earlier shot_later shot_crop shot_remove shot_undo crop_editor
crop_apply crop_whole crop_cancel capture_import capture_done capture_close
abandon abandon_pages go_on.
"""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, Signal
from PySide6.QtGui import QImage, QKeyEvent
from PySide6.QtWidgets import QFrame, QStackedLayout, QWidget

from app.domain.device import DeviceStatus
from app.domain.page import WHOLE, Corners, KeptShot
from app.errors import AppError
from ui import icons
from ui.camera.keeping import Place
from ui.camera.keys import act_of
from ui.camera.shots import MOST_SHOTS, Shots
from ui.camera.side import PagesSide
from ui.camera.source import CameraSource
from ui.camera.view import CameraView, CropEditor
from ui.desk import Desk
from ui.pictures import shrunk
from ui.widgets.kit import Kit, box, col, row, stack
from ui.widgets.overlay import keeps_key
from ui.words import sentence

CROP_PX = 1600


class CaptureSheet(QFrame):
    """`done(pdf, pages)`: keep this; `closed`: nothing more is wanted; `import_wanted`: rather a file."""

    done = Signal(bytes, int)
    closed = Signal()
    import_wanted = Signal()

    def __init__(self, kit: Kit, desk: Desk, camera: CameraSource, parent: QWidget) -> None:
        super().__init__(parent)
        self._kit, self._desk, self._texts, self._camera = kit, desk, desk.office.texts, camera
        self._joining = self._taking = self._asking = self._has_frame = False
        self._notice: tuple[str, str, str] | None = None
        self.shots = Shots(desk, self)
        self.setObjectName("capture_sheet")
        self.setProperty("role", "card")
        self._build()
        self._wire()
        self.hide()

    # -- building ----------------------------------------------------------------------------------

    def _build(self) -> None:
        left = col(self._stage(), self._foot(), gap=8)
        self.side = PagesSide(self._kit, self._texts, self.shots)
        body = row(left, self.side, gap=16)
        body.setContentsMargins(16, 12, 16, 12)
        body.setStretch(0, 1)
        holder = QWidget()
        holder.setLayout(body)
        self.setLayout(col(self._head(), self._kit.rule(), holder, gap=0))

    def _head(self) -> QFrame:
        kit, texts = self._kit, self._texts
        self._title = kit.text("", "title", name="capture_title")
        self._simulated = kit.pill(texts["camera.simulated"], "accent", "info", name="camera_simulated")
        self._state = kit.text("", "body", "muted", name="camera_state")
        self._close = kit.button(texts["camera.close"], "secondary", "Esc", name="capture_close")
        line = row(self._title, 8, self._simulated, self._state, None, self._close, gap=8)
        return box(line, (16, 8, 8, 8))

    def _stage(self) -> QWidget:
        kit = self._kit
        self.view, self.crop = CameraView(kit), CropEditor(kit)
        self.view.setAccessibleName(self._texts["camera.view"])
        self.crop.setAccessibleName(self._texts["camera.crop_view"])
        self._words = kit.text("", "title", "on_primary", wrap=True, align="center", name="camera_words")
        words = col(None, self._words, None)
        words.setContentsMargins(64, 16, 64, 16)
        self.view.setLayout(words)
        self._stack = QStackedLayout()
        self._stack.addWidget(self.view)
        self._stack.addWidget(self.crop)
        holder = QWidget()
        holder.setLayout(self._stack)
        return holder

    def _foot(self) -> QFrame:
        kit, texts = self._kit, self._texts
        self._hint_icon = kit.icon("info", 20, "muted", 2)
        self._hint = kit.text("", "body", "ink", wrap=True, name="capture_hint")
        space = texts["camera.key_space"]
        self.shoot = kit.button(texts["camera.shoot"], "primary", space, name="shoot", h=44, w=180)
        self.apply = kit.button(texts["camera.crop_apply"], "primary", "Enter", name="crop_apply", h=44)
        self.whole = kit.button(texts["camera.crop_whole"], "secondary", "W", name="crop_whole", h=44, w=96)
        self.cancel = kit.button(texts["camera.crop_cancel"], "quiet", "Esc", name="crop_cancel", h=44)
        self.give_up = kit.button("", "stop", name="abandon_pages", h=44)
        self.go_on = kit.button(texts["camera.go_on"], "primary", "Esc", name="go_on", h=44)
        acts = (self.cancel, self.whole, self.apply, self.give_up, self.go_on, self.shoot)
        line = row(self._hint_icon, stack(self._hint), *acts, gap=8)
        line.setStretch(1, 1)
        return box(line, (4, 0, 0, 0), fixed=(0, 48))

    def _wire(self) -> None:
        camera, shots = self._camera, self.shots
        camera.frame.connect(self._framed)
        camera.captured.connect(self._captured)
        camera.missed.connect(self._missed)
        camera.health_changed.connect(self._show)
        shots.changed.connect(self._show)
        shots.trouble.connect(self._trouble)
        side = self.side
        pairs = [
            (side.acts["left"], lambda: shots.turn(-1)),
            (side.acts["right"], lambda: shots.turn(1)),
            (side.acts["earlier"], lambda: shots.move(-1)),
            (side.acts["later"], lambda: shots.move(1)),
            (side.acts["crop"], self.open_crop),
            (side.acts["remove"], shots.remove),
            (side.undo, shots.undo),
            (side.bring, self.import_wanted.emit),
            (side.finish, self.keep),
            (self.shoot, self.take),
            (self._close, self.escape),
            (self.go_on, self.escape),
            (self.apply, self.apply_crop),
            (self.whole, lambda: self.crop.set_corners(WHOLE)),
            (self.cancel, self.close_crop),
            (self.give_up, self._abandon),
        ]
        for button, slot in pairs:
            button.clicked.connect(lambda _checked=False, act=slot: self._acted(act))
        self.crop.moved.connect(self._show_hint)

    def _acted(self, act: Callable[[], None]) -> None:
        """The keyboard goes back to the picture, so that space and pedal take the next page."""
        self._notice = None
        act()
        self.take_focus()

    def take_focus(self) -> None:
        if self.isVisible():
            (self.crop if self.cropping else self.view).setFocus()

    # -- coming and going --------------------------------------------------------------------------

    def open(self, material: str, place: Place, kept: Sequence[KeptShot] = ()) -> None:
        """For a material, by its name; `kept`: pages of it that were taken before."""
        self._title.setText(self._texts.say("camera.title", name=material))
        self._joining = self._taking = self._asking = False
        self.shots.begin(place, kept)
        self.view.show_frame(None, None)
        self._stack.setCurrentWidget(self.view)
        self.show()
        self.raise_()
        self.resume()
        self._show()
        self.take_focus()

    def resume(self) -> None:
        """The page is on screen again."""
        if not self.isHidden():
            self._camera.start()

    def pause(self) -> None:
        """Another page is: the camera need not work meanwhile."""
        self._camera.stop()

    def finished(self) -> None:
        """It was kept: nothing is left to ask about."""
        self._joining = False
        self.shots.clear()
        self._leave()

    def put_away(self) -> None:
        """Another person comes to the counter: without a question, the draft keeps its pages."""
        self.close_crop()
        self.shots.put_away()
        self._leave()

    def brought(self, words: str, icon: str = "done", tone: str = "ok") -> None:
        """What came of an import that was begun from here."""
        self._notice = (icon, tone, words)
        self._show()

    def not_kept(self, error: AppError) -> None:
        """The pages stay, to be kept once more."""
        self._joining = False
        self._notice = ("fail", "stop", self._texts.error(error))
        self._show()

    def escape(self) -> None:
        """Out of the crop, out of the question, out of the sheet: asked only if pages would be lost."""
        if self.cropping:
            self.close_crop()
        elif self._asking:
            self._asking = False
            self._show()
        elif self.shots.items:
            self._asking = True
            self._show()
            self.go_on.setFocus()
        else:
            self._leave()

    def _abandon(self) -> None:
        self.shots.clear()
        self._leave()

    def _leave(self) -> None:
        self.pause()
        self.view.show_frame(None, None)
        self.hide()
        self.closed.emit()

    # -- pages -------------------------------------------------------------------------------------

    @property
    def asking(self) -> bool:
        """Whether the question of what becomes of the pages is open."""
        return self._asking

    @property
    def cropping(self) -> bool:
        return self._stack.currentWidget() is self.crop

    def take(self) -> None:
        """Space, Enter, or a pedal that sends Enter."""
        if self._may_take:
            self._taking = True
            self._show()
            self._camera.capture()

    @property
    def _may_take(self) -> bool:
        busy = self._taking or self._joining or self._asking or self.cropping
        return self._camera.live and not busy and not self.shots.full

    def _captured(self, image: QImage) -> None:
        if self._taking and self.isVisible():
            self._taking = False
            self.shots.take(image)

    def _missed(self) -> None:
        self._taking = False
        if self._camera.live:
            self._notice = ("warning", "warn", self._texts["camera.missed"])
        self._show()

    def open_crop(self) -> None:
        shot = self.shots.current
        if shot is None or not shot.photo:
            return
        self.crop.open(shot.corners)
        self._stack.setCurrentWidget(self.crop)
        self._show()
        self._desk.tasks.run(
            self._desk.pages_executor,
            lambda: shrunk(QImage.fromData(shot.photo), CROP_PX),
            owner=self,
            done=lambda image: self.crop.show_photo(image) if self.shots.current is shot else None,
            failed=self._trouble,
        )

    def apply_crop(self) -> None:
        corners: Corners | None = self.crop.corners
        self.close_crop()
        self.shots.crop(corners)

    def close_crop(self) -> None:
        self._stack.setCurrentWidget(self.view)
        self._show()

    def keep(self) -> None:
        """Ctrl+Enter: all pages, one document."""
        if self.shots.ready and not self._joining and not self.cropping:
            self._joining, self._asking, pages = True, False, len(self.shots.items)
            self._show()
            self.shots.join(lambda pdf: self.done.emit(pdf, pages), self.not_kept)

    def _trouble(self, error: AppError) -> None:
        self._notice = ("fail", "stop", self._texts.error(error))
        self._show()

    # -- keys --------------------------------------------------------------------------------------

    def event(self, event: QEvent) -> bool:
        """While it is open its keys come before those of the page; leaving the page stays possible."""
        if keeps_key(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        event.accept()
        act = act_of(self, event)
        if act is not None:
            self._acted(act)

    # -- showing -----------------------------------------------------------------------------------

    def _framed(self, image: QImage, corners: Corners | None) -> None:
        if self.isVisible() and self._camera.live:
            changed = (corners is not None) != self.view.found or self._words.isVisible()
            self.view.show_frame(image, corners)
            self._has_frame = True
            if changed:
                self._show()

    def _show(self) -> None:
        if not self._camera.live:
            self._has_frame = self._taking = False  # no photograph comes from a camera that is gone
            self.view.show_frame(None, None)
        self._show_state()
        self._show_buttons()
        self._show_hint()

    def _show_state(self) -> None:
        """The words over the dark picture, while there is none."""
        health, texts = self._camera.health, self._texts
        self._simulated.setVisible(self._camera.simulated)
        self._state.setText(texts[f"device_status.{health.status.value}"])
        if health.status is DeviceStatus.STARTING or (self._camera.live and not self._has_frame):
            words = texts["camera.starting"]
        elif not self._camera.live:
            words = sentence(texts, health.reason)
            if self.shots.items:
                words = f"{words}\n{texts['camera.pages_stay']}"
        else:
            words = ""
        self._words.setText(words)
        self._words.setVisible(bool(words))

    def _show_buttons(self) -> None:
        crop, asking = self.cropping, self._asking
        self.side.show_pages(
            idle=not (crop or asking or self._joining), may_bring=not (crop or self._joining)
        )
        self.give_up.setText(self._texts.say("camera.abandon", n=len(self.shots.items)))
        self._close.setEnabled(not crop and not asking)
        self.shoot.setEnabled(self._may_take)
        self.shoot.setVisible(not crop and not asking)
        for button in (self.apply, self.whole, self.cancel):
            button.setVisible(crop)
        for button in (self.give_up, self.go_on):
            button.setVisible(asking)

    def _show_hint(self) -> None:
        texts = self._texts
        tools = self._desk.office.page_tools
        if self._notice is not None:
            self._say(*self._notice)
        elif self._asking:
            self._say("warning", "warn", texts.say("camera.ask", n=len(self.shots.items)))
        elif self.cropping:
            self._say("info", "muted", texts.say("camera.crop_hint", n=self.crop.active + 1))
        elif self._joining:
            self._say("clock", "muted", texts["camera.joining"])
        elif self.shots.full:
            self._say("warning", "warn", texts.say("camera.full", n=MOST_SHOTS))
        elif not self._camera.live or not self._has_frame:
            self._say("info", "muted", texts["camera.import_instead"])
        elif tools is None or not tools.finds_pages:
            self._say("info", "muted", texts["camera.cannot_find"])
        elif self.view.found:
            self._say("done", "ok", texts["camera.found"])
        else:
            self._say("warning", "warn", texts["camera.not_found"])

    def _say(self, icon: str, tone: str, words: str) -> None:
        self._hint_icon.setPixmap(icons.pixmap(icon, 20, self._kit.pal.of(tone), 2))
        if self._hint.text() != words:
            self._hint.setText(words)
            self.view.setAccessibleDescription(words)
