"""What comes from a device by itself and has to find its place on the page: cards and codes."""

from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from ui.desk import Desk
from ui.pages.counter.notices import Notices
from ui.pages.counter.receiving import Receiving
from ui.pages.counter.session import IntakeSession
from ui.pages.counter.sheet import Sheet
from ui.widgets.kit import Kit


@dataclass(frozen=True, slots=True, eq=False)
class Around:
    """All that decides the place."""

    kit: Kit
    desk: Desk
    session: IntakeSession
    receiving: Receiving
    sheet: Sheet
    notices: Notices


class Coming(QObject):
    """`noticed`: something was said above the sheet."""

    noticed = Signal()

    def __init__(self, around: Around) -> None:
        super().__init__(around.session)
        self._kit, self._desk, self._texts = around.kit, around.desk, around.desk.office.texts
        self._session, self._receiving = around.session, around.receiving
        self._sheet, self._notices = around.sheet, around.notices
