"""The white sheet: rows of the intake from applicant to pre-check, with the height shared out fairly.

Rows take what they need.  Of the rest the material table gets all its rows, unless the
messages of the pre-check would vanish: then both scroll, each in its own part.
"""

from PySide6.QtCore import QEvent, QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QWidget

from ui.desk import Desk
from ui.pages.counter.checks import HEAD, ChecksBlock
from ui.pages.counter.draft_files import DraftFiles
from ui.pages.counter.item_row import ItemRow
from ui.pages.counter.materials import MaterialsBlock
from ui.pages.counter.materials_model import HEAD as TABLE_HEAD
from ui.pages.counter.materials_model import TALL
from ui.pages.counter.person_rows import AgentRow, ApplicantRow, OrganisationRow, WishesRow
from ui.pages.counter.portrait import Portrait
from ui.pages.counter.session import IntakeSession
from ui.pages.counter.situation_row import SituationRow
from ui.widgets.kit import Kit, col

LEAST_ROWS = 2
LEAST_CHECKS = 92


class Sheet(QFrame):
    def __init__(self, kit: Kit, desk: Desk, session: IntakeSession, files: DraftFiles) -> None:
        super().__init__()
        texts = desk.office.texts
        self.setProperty("role", "card")
        self.setObjectName("sheet")
        self._session = session
        self.portrait = Portrait(kit, desk, session)
        self.applicant = ApplicantRow(kit, texts, session, self.portrait)
        self.agent = AgentRow(kit, texts, session)
        self.item = ItemRow(kit, desk, session)
        self.organisation = OrganisationRow(kit, texts, session)
        self.situation = SituationRow(kit, texts, session)
        self.wishes = WishesRow(kit, texts, session)
        camera = desk.office.camera is not None
        self.materials = MaterialsBlock(kit, texts, session, files, camera)
        self.checks = ChecksBlock(kit, texts, session)
        self._rows: tuple[QWidget, ...] = (
            self.applicant,
            self.agent,
            self.item,
            self.organisation,
            self.situation,
            self.wishes,
        )
        self.setLayout(col(*self._rows, self.materials, self.checks, None, gap=0))
        self._balancing = QTimer(self)
        self._balancing.setSingleShot(True)
        self._balancing.timeout.connect(self._balance)
        self.applicant.agent_wanted.connect(self.agent.open)
        self.applicant.entered.connect(self.focus_next)
        self.item.item_chosen.connect(self._after_item)
        self.checks.jump.connect(self.jump)

    def refresh(self) -> None:
        for row in (self.applicant, self.agent, self.item, self.organisation, self.situation, self.wishes):
            row.refresh()
        self.materials.refresh()
        self.checks.refresh()
        self._balance()
        self._balancing.start(0)  # once more when wrapped rows know their height

    def focus_next(self) -> None:
        """Where the next input is expected."""
        intake = self._session.intake
        if intake.applicant is None or self.applicant.editing:
            self.applicant.entry.start_at()
        elif intake.item is None:
            self.item.search()
        else:
            self._after_item()

    def jump(self, field: str, material_id: str = "") -> None:
        """The way from a finding to the field it is about."""
        if field == "material":
            self.materials.table.go_to(material_id)
        elif field == "applicant":
            self.applicant.edit()
        elif field == "agent":
            self.agent.open()
        elif field == "item":
            self.item.search()
        elif field == "situation":
            self.situation.focus_first_open()
        else:
            self._field(field).setFocus()

    def _field(self, field: str) -> QWidget:
        return {
            "face": self.applicant.same,
            "organisation": self.organisation.name,
            "phone": self.wishes.phone,
            "address": self.wishes.address,
        }[field]

    def _after_item(self) -> None:
        """Open questions first, then the material table."""
        if self._session.intake.open_questions():
            self.situation.focus_first_open()
        elif self._session.intake.materials():
            self.materials.table.setFocus()
        else:
            self.wishes.phone.setFocus()

    # -- height ------------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._balance()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest:
            self._balancing.start(0)
        return super().event(event)

    def _balance(self) -> None:
        """Share out what the rows leave: the whole table, and as much of the messages as there is room."""
        if not self.height() or not self.isVisible():
            return
        used = sum(self._height_of(row) for row in self._rows if not row.isHidden())
        table = self.materials.table
        wanted = table.wanted_height() if self._session.intake.materials() else 0
        checks = self.checks.wanted_height()
        room = self.height() - used - self.materials.head_height() - 4
        least_table = min(wanted, TABLE_HEAD + LEAST_ROWS * TALL)
        if wanted + checks > room:
            checks = max(min(checks, LEAST_CHECKS), room - wanted)
            wanted = max(least_table, room - checks)
            checks = max(HEAD, room - wanted)
        if wanted:
            table.setFixedHeight(wanted)
        self.checks.setFixedHeight(max(0, min(self.checks.wanted_height(), checks)))

    def _height_of(self, row: QWidget) -> int:
        layout = row.layout()
        if layout is not None and layout.hasHeightForWidth():
            return max(row.minimumHeight(), layout.totalHeightForWidth(self.width() - 2))
        return max(row.minimumHeight(), row.sizeHint().height())
