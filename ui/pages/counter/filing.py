"""Materials on file at the counter: the capture sheet, the import and the viewer over one page."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from app.domain.catalog import Material
from app.domain.material_file import MediaType
from app.domain.page import KeptShot
from app.flows.intake import material_key
from ui.camera.choice import camera_of
from ui.camera.keeping import Place
from ui.camera.sheet import CaptureSheet
from ui.desk import Desk
from ui.files import FileChoices
from ui.pages.counter.draft_files import SCAN, DraftFiles
from ui.pages.counter.file_viewer import FileViewer
from ui.pages.counter.importing import MOST_AT_ONCE, ImportRun
from ui.pages.counter.notices import Notices
from ui.pages.counter.session import IntakeSession
from ui.status import StatusBoard
from ui.widgets.kit import Kit

UNFINISHED = "shots"


class Filing(QObject):
    """`closed`: what lay over the page is gone; the cursor goes back to the table."""

    closed = Signal()

    def __init__(
        self,
        kit: Kit,
        desk: Desk,
        session: IntakeSession,
        board: StatusBoard,
        notices: Notices,
        files: DraftFiles,
        choices: FileChoices,
        page: QWidget,
    ) -> None:
        super().__init__(page)
        self._kit, self._desk, self._texts = kit, desk, desk.office.texts
        self._session, self._notices, self._choices, self._page = session, notices, choices, page
        self._material: Material | None = None
        self._run: ImportRun | None = None
        self._offered: tuple[Place, tuple[KeptShot, ...]] | None = None
        self.files = files
        self.viewer = FileViewer(kit, desk, self.files, page)
        self.camera = camera_of(desk, self)
        self.sheet: CaptureSheet | None = None
        if self.camera is not None:
            camera = self.camera
            self.sheet = CaptureSheet(kit, desk, camera, page)
            self.sheet.done.connect(self._keep_pages)
            self.sheet.closed.connect(self.closed)
            self.sheet.closed.connect(files.read)
            self.files.changed.connect(self._offer)
            session.changed.connect(self._offer)
            self.sheet.import_wanted.connect(self._import_instead)
            camera.health_changed.connect(lambda: board.tell(camera.health))
            board.tell(camera.health)
        self.viewer.closed.connect(self.closed)
        self.files.trouble.connect(notices.tell)

    @property
    def open(self) -> bool:
        """Whether something lies over the page."""
        return not self.viewer.isHidden() or (self.sheet is not None and not self.sheet.isHidden())

    @property
    def importing(self) -> bool:
        return self._run is not None

    def place(self) -> None:
        """The page has another size."""
        inner = self._page.rect().adjusted(12, 8, -12, -8)
        for cover in (self.viewer, self.sheet):
            if cover is not None:
                cover.setGeometry(inner)

    def focus(self) -> None:
        """The keyboard stays with what lies over the page."""
        for cover in (self.viewer, self.sheet):
            if cover is not None and not cover.isHidden():
                cover.take_focus()

    def entered(self) -> None:
        if self.sheet is not None:
            self.sheet.resume()

    def left(self) -> None:
        if self.sheet is not None:
            self.sheet.pause()

    def leave(self) -> None:
        """Another operator, or the next case: pages of the one before stay with their draft, if it stays."""
        if self._run is not None:
            self._run.stop()
        if self.sheet is not None and not self.sheet.isHidden():
            self.sheet.put_away()
        if not self.viewer.isHidden():
            self.viewer.leave()
        self._notices.drop("import")

    # -- the camera --------------------------------------------------------------------------------

    def shoot(self, material: Material) -> None:
        """P: by camera where one is configured, else from files."""
        if self.sheet is None:
            self.bring(material)
        elif not self.open and not self._session.frozen:
            self._material = material
            self.place()
            self._notices.drop(UNFINISHED)
            self.sheet.open(material.name, self._place(material), self.files.shots(material))

    def _keep_pages(self, pdf: bytes, pages: int) -> None:
        material, sheet = self._material, self.sheet
        assert material is not None and sheet is not None
        self.files.keep(material, pdf, MediaType.PDF, pages, SCAN, sheet.finished, sheet.not_kept)

    def _place(self, material: Material) -> Place:
        return Place(self.files.draft, material_key(material))

    def _offer(self) -> None:
        """A draft was left in mid-document (a power cut, an idle lock): go on with its pages, or give up."""
        if self._session.frozen or self.open:
            return
        waiting = next((m for m in self._session.intake.materials() if self.files.shots(m)), None)
        now = (self._place(waiting), self.files.shots(waiting)) if waiting is not None else None
        if now == self._offered and (UNFINISHED in self._notices.names()) == (now is not None):
            return
        self._offered = now
        self._notices.drop(UNFINISHED)
        if waiting is not None:
            self._say_unfinished(waiting)
        self._session.tell_unfinished(waiting is not None)

    def _say_unfinished(self, material: Material) -> None:
        kit, texts, n = self._kit, self._texts, len(self.files.shots(material))
        go_on = kit.button(texts["camera.go_on"], "secondary", name="unfinished_go_on", h=28)
        give_up = kit.button(texts.say("camera.abandon", n=n), "quiet", name="unfinished_give_up", h=28)
        go_on.clicked.connect(lambda: self.shoot(material))
        give_up.clicked.connect(lambda: self.files.give_up_shots(material))
        title = texts.say("camera.unfinished", n=n, name=material.name)
        self._notices.say(UNFINISHED, "warn", title, texts["camera.unfinished_note"], go_on, give_up)

    def _import_instead(self) -> None:
        if self._material is not None:
            self.bring(self._material)

    # -- files -------------------------------------------------------------------------------------

    def bring(self, material: Material) -> None:
        """I: choose files."""
        if not self._session.frozen and self._run is None:
            self.take_in(material, self._choices.open_materials(self._page))

    def take_in(self, material: Material, paths: Sequence[Path]) -> None:
        """Chosen or dropped files of a material; one run at a time."""
        if not paths or self._run is not None or self._session.frozen:
            return
        if len(paths) > MOST_AT_ONCE:
            body = self._texts.say("files.too_many", n=MOST_AT_ONCE)
            self._notice("warn", self._texts["files.reading_one"], body)
            return
        self._notices.drop("import")
        self._run = ImportRun(self._desk, self.files, material, paths, self)
        self._run.progressed.connect(self._progress)
        self._run.ended.connect(self._ended)
        self._session.expect_file(+1)
        self._run.start()

    def _progress(self) -> None:
        run, texts = self._run, self._texts
        if run is None:
            return
        stop = self._kit.button(texts["files.cancel"], "secondary", name="import_stop", h=28)
        stop.clicked.connect(run.stop)
        title = texts.say("files.reading", done=run.done, total=run.total) if run.total > 1 else ""
        note = texts["files.reading_note"]
        self._notices.say("import", "primary", title or texts["files.reading_one"], note, stop)

    def _ended(self) -> None:
        run, self._run, texts = self._run, None, self._texts
        assert run is not None
        self._session.expect_file(-1)
        self._notices.drop("import")
        if run.refused:
            lines = [
                texts.say("files.refused_line", file=r.file, why=texts.error(r.why)) for r in run.refused[:5]
            ]
            self._notice("stop", texts.say("files.refused", n=len(run.refused)), "\n".join(lines))
        elif run.stopped:
            self._notice("warn", texts.say("files.stopped", n=run.kept), "")
        elif run.kept and self.sheet is not None and not self.sheet.isHidden():
            self.sheet.brought(texts.say("files.kept", n=run.kept))
        run.deleteLater()

    def _notice(self, tone: str, title: str, body: str) -> None:
        close = self._kit.button(self._texts["counter.understood"], "quiet", name="import_close", h=28)
        close.clicked.connect(lambda: self._notices.drop("import"))
        self._notices.say("import", tone, title, body, close)
        if self.sheet is not None and not self.sheet.isHidden():
            self.sheet.brought("\n".join(t for t in (title, body) if t), "warning", tone)

    # -- looking -----------------------------------------------------------------------------------

    def look(self, material: Material) -> None:
        """V."""
        if self.files.of(material) and not self.open:
            self.place()
            self.viewer.open(material)
