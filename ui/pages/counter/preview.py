"""The receipt as it would come out now, redrawn in the background whenever the intake changes."""

from collections.abc import Callable, Sequence
from enum import Enum

from PySide6.QtCore import QObject, QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QPixmap
from PySide6.QtWidgets import QFrame, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from app.domain.printing import PagePart, PaperForm
from app.errors import AppError
from app.ports import Picture
from app.services.intake import preview_receipt
from app.services.printing import page_parts, printable
from app.texts import Texts
from ui.desk import Desk
from ui.pages.counter.session import IntakeSession
from ui.pictures import image_of
from ui.widgets.kit import Kit, box, col, row
from ui.widgets.painted import Painted

PAUSE_MS = 200
RENDER_PX = 576
EMPTY = QSize(480, 240)
LARGE_PX = {PaperForm.SLIP: 576, PaperForm.A4: 900}


def printed_form(desk: Desk) -> PaperForm:
    """What F9 puts on paper here, the first of several; the A4 file where nothing can be printed."""
    return next(iter(printable(desk.office)), PaperForm.A4)


class Sight(Enum):
    """What there is to see; while it is not the paper, the words are `counter.preview_<value>`."""

    LATER = "later"
    COMING = "coming"
    DRAWN = "drawn"
    FAILED = "failed"


class Drawing(QObject):
    """Asks for one picture at a time; a change meanwhile means one more when it is there."""

    changed = Signal()

    def __init__(self, desk: Desk, session: IntakeSession, offline: Callable[[], bool]) -> None:
        super().__init__(session)
        self._desk, self._session, self._offline = desk, session, offline
        self._busy, self._stale = False, False
        self.sight = Sight.LATER
        self.image: QImage | None = None
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.timeout.connect(self._draw)

    @property
    def possible(self) -> bool:
        intake = self._session.intake
        return intake.applicant is not None and intake.item is not None

    def ask(self) -> None:
        """Draw soon; what is no longer true, or another person's, goes at once."""
        if not self.possible:
            self._pause.stop()
            self._set(Sight.LATER)
            return
        if self.image is None:
            self._set(Sight.COMING)
        self._pause.start(PAUSE_MS)

    def large(self, form: PaperForm, done: Callable[[QImage], None], failed: Callable[[], None]) -> None:
        """One picture at full size."""
        if self.possible:
            work = self._work(form, LARGE_PX[form], page_parts(self._desk.office))
            self._run(work, lambda picture: done(image_of(picture)), lambda _error: failed())

    def _work(self, form: PaperForm, width: int, parts: Sequence[PagePart]) -> Callable[[], Picture]:
        intake, office = self._session.intake, self._desk.office
        application = intake.application(self._session.profile.channel, self._session.operator)
        item, offline = intake.item, self._offline()
        assert item is not None
        return lambda: office.press.preview(
            preview_receipt(office, application, item, offline=offline), form, width, parts
        )

    def _draw(self) -> None:
        if not self.possible:
            return
        if self._busy:
            self._stale = True
            return
        self._busy, self._stale = True, False
        case = self._session.intake.draft_id
        self._run(
            self._work(printed_form(self._desk), RENDER_PX, page_parts(self._desk.office)[:1]),
            lambda picture: self._settled(case, Sight.DRAWN, image_of(picture)),
            lambda _error: self._settled(case, Sight.FAILED),
        )

    def _run(
        self,
        work: Callable[[], Picture],
        done: Callable[[Picture], None],
        failed: Callable[[AppError], None],
    ) -> None:
        self._desk.tasks.run(self._desk.catalog_executor, work, owner=self, done=done, failed=failed)

    def _settled(self, case: str, sight: Sight, image: QImage | None = None) -> None:
        """A picture of a case that has been left is not shown any more."""
        self._busy = False
        if self.possible and case == self._session.intake.draft_id:
            self._set(sight, image)
        if self._stale:
            self._draw()

    def _set(self, sight: Sight, image: QImage | None = None) -> None:
        self.sight, self.image = sight, image
        self.changed.emit()


class PreviewPane(QWidget):
    """Paints a paper as wide as the pane; what does not fit in height fades out below (F12 shows all)."""

    def __init__(self, kit: Kit, name: str) -> None:
        super().__init__()
        self._kit = kit
        self._image: QImage | None = None
        self._scaled: QPixmap | None = None
        self._pane = Painted(self._paint)
        self._words = kit.text("", "body", "muted", wrap=True, align="center", name="preview_words")
        words = col(None, self._words, None, gap=0)
        words.setContentsMargins(16, 0, 16, 0)
        self._pane.setLayout(words)
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._pane)
        self.setMinimumHeight(80)

    def show_image(self, image: QImage | None, words: str) -> None:
        """`words` stand in the empty place while there is no image."""
        self._image, self._scaled = image, None
        self._words.setText(words)
        self._words.setVisible(image is None)
        self._pane.update()

    def _paint(self, p: QPainter, w: int, h: int) -> None:
        pal = self._kit.pal
        if self._image is None:
            p.setPen(QPen(QColor(pal.edge), 1, Qt.PenStyle.DashLine))
            p.drawRoundedRect(0, 0, w - 1, h - 1, 4, 4)
            return
        tall = self._image.height() > 1.6 * self._image.width()
        paper = self._fit(w if tall else min(w, h * self._image.width() // self._image.height()))
        x = (w - paper.width()) // 2
        shown = min(h, paper.height())
        p.fillRect(QRect(x, 0, paper.width(), shown), QColor("white"))
        p.drawPixmap(QRect(x, 0, paper.width(), shown), paper, QRect(0, 0, paper.width(), shown))
        p.setPen(QPen(QColor(pal.line), 1))
        p.setBrush(Qt.BrushStyle.NoBrush)
        p.drawRect(x, 0, paper.width() - 1, shown - 1)

    def _fit(self, width: int) -> QPixmap:
        """Scaled once for a width, not at every repaint."""
        if self._scaled is None or self._scaled.width() != width:
            assert self._image is not None
            smooth = Qt.TransformationMode.SmoothTransformation
            self._scaled = QPixmap.fromImage(self._image.scaledToWidth(max(1, width), smooth))
        return self._scaled


class LargePreview(QFrame):
    """The paper at full size over the page; Esc or F12 closes it.  Both forms can be looked at."""

    closed = Signal()
    form_wanted = Signal(object)

    def __init__(self, kit: Kit, texts: Texts, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("large_preview")
        self.setProperty("role", "card")
        self._texts = texts
        self._title = kit.text(texts["counter.preview_slip"], "title")
        self._picture = kit.text("", "body", "muted", align="center", name="large_paper")
        scroll = QScrollArea()
        scroll.setWidget(self._picture)
        scroll.setAlignment(Qt.AlignmentFlag.AlignCenter)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setProperty("no_ring", True)
        scroll.setObjectName("desk")
        self._scroll = scroll
        self.slip = kit.choice(texts["counter.form_slip"], on=True)
        self.a4 = kit.choice(texts["counter.form_a4"])
        self.slip.setAutoExclusive(True)
        self.a4.setAutoExclusive(True)
        self.a4.setCheckable(True)
        self.slip.setObjectName("large_slip")
        self.a4.setObjectName("large_a4")
        close = kit.button(texts["counter.close"], "secondary", "Esc", name="large_close")
        head = box(row(self._title, None, self.slip, self.a4, 16, close, gap=4), (16, 8, 8, 8))
        self.setLayout(col(head, kit.rule(), scroll, gap=0))
        self.slip.clicked.connect(lambda: self.form_wanted.emit(PaperForm.SLIP))
        self.a4.clicked.connect(lambda: self.form_wanted.emit(PaperForm.A4))
        close.clicked.connect(self.closed)
        self.hide()

    def show_form(self, form: PaperForm) -> None:
        (self.slip if form is PaperForm.SLIP else self.a4).setChecked(True)
        self._title.setText(self._texts[f"counter.preview_{form.value}"])

    def show_words(self, words: str) -> None:
        """Instead of a picture, which may be another person's paper."""
        self._picture.setText(words)
        self._picture.setFixedSize(EMPTY)

    def show_image(self, image: QImage) -> None:
        self._picture.setPixmap(QPixmap.fromImage(image))
        self._picture.setFixedSize(image.size())
        self._scroll.setFocus()
