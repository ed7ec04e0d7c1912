"""The photo of the applicant's card, where the site has a plug-in that decodes it (ADR 0073).

It belongs to the card that lies on the page and to nothing else: no draft, no case and no file has it, and it
is gone with the applicant, when the case is received and when the counter is locked.
"""

from PySide6.QtCore import QRectF, QSizeF, Qt, QTimer
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath

from app.domain.device import CardRead, DeviceKind
from app.domain.identity import IdentityDocument
from app.errors import AppError
from ui import icons
from ui.desk import Desk
from ui.pages.counter.session import IntakeSession
from ui.pictures import shrunk
from ui.widgets.kit import Kit
from ui.widgets.painted import Painted

WIDTH, HEIGHT, EDGE = 60, 74, 3  # a card's photo is 102 x 126; the edge keeps it off the row's lines
LARGEST = 252  # px, the long side of what is kept: sharp on a display of twice the density
DECODES = "photo_decoding"  # what a reader with a plug-in says it can
AFTER_MS = 50  # the fields are painted first


class Portrait(Painted):
    """Takes no room where no reader decodes photos; an outline until one has come."""

    def __init__(self, kit: Kit, desk: Desk, session: IntakeSession) -> None:
        super().__init__(self._paint, WIDTH, HEIGHT + 2 * EDGE)
        self._kit, self._desk, self._session = kit, desk, session
        self._of: IdentityDocument | None = None
        self._wanted: CardRead | None = None
        self.image: QImage | None = None
        self._asking = QTimer(self, interval=AFTER_MS, singleShot=True)
        self._asking.timeout.connect(self._ask)
        self.setObjectName("portrait")
        self.setAccessibleName(desk.office.texts["counter.portrait"])
        self.setVisible(False)
        session.changed.connect(self._follow)

    def take(self, card: CardRead) -> None:
        """This card became the applicant."""
        if card.document != self._of:
            self.forget()
        if card.photo is not None and self._possible:
            self._of, self._wanted = card.document, card
            self._asking.start()
        self._follow()  # its room is there when the name is, which does not move then

    def forget(self) -> None:
        self._of = self._wanted = self.image = None
        self._asking.stop()
        self.update()

    @property
    def _possible(self) -> bool:
        healths = self._desk.office.devices.health()
        able = any(h.kind is DeviceKind.ID_READER and DECODES in h.capabilities for h in healths)
        return able and self._session.profile.compare_face

    def _follow(self) -> None:
        applicant = self._session.intake.applicant
        if applicant != self._of:
            self.forget()
        self.setVisible(applicant is not None and applicant.machine_read and self._possible)

    def _ask(self) -> None:
        card, self._wanted = self._wanted, None
        if card is not None:
            self._desk.tasks.follow(
                self._desk.office.devices.card_photo(card),
                owner=self,
                done=lambda data: self._decoded(card.document, data),
                failed=_without,
            )

    def _decoded(self, of: IdentityDocument, data: bytes | None) -> None:
        if data is not None and of is self._of:
            self._desk.tasks.run(
                self._desk.pages_executor,
                lambda: shrunk(QImage.fromData(data), LARGEST),
                owner=self,
                done=lambda image: self._came(of, image),
                failed=_without,
            )

    def _came(self, of: IdentityDocument, image: QImage) -> None:
        if of is self._of and not image.isNull():
            self.image = image
            self.update()

    def _paint(self, p: QPainter, w: int, h: int) -> None:
        pal, place = self._kit.pal, QRectF(0.5, EDGE + 0.5, w - 1, h - 2 * EDGE - 1)
        edge = QPainterPath()
        edge.addRoundedRect(place, 4, 4)
        p.fillPath(edge, QColor(pal.sunken))
        if self.image is None:
            p.drawPixmap((w - 32) // 2, (h - 32) // 2, icons.pixmap("person", 32, pal.muted))
        else:
            p.setClipPath(edge)
            size = QSizeF(self.image.size()).scaled(place.size(), Qt.AspectRatioMode.KeepAspectRatio)
            at = QRectF(0, 0, size.width(), size.height())
            at.moveCenter(place.center())
            p.drawImage(at, self.image)
            p.setClipping(False)
        p.setPen(QColor(pal.line))
        p.drawPath(edge)


def _without(_error: AppError) -> None:
    """A case needs no photo."""
