"""Notices that another catalog is in force, has drafts and cases compared with it, and knows what is new."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, Signal

from app.domain.catalog_weight import ItemChanged
from app.domain.operator import Operator
from app.errors import AppError
from app.services import catalog_changes
from app.texts import Texts
from ui.desk import Desk
from ui.status import StatusBoard
from ui.status_lines import StatusLine

KEY = "changes"


class CatalogWatch(QObject):
    """`replaced`: another catalog is in force; `changed`: what is unseen may be something else now."""

    replaced = Signal()
    changed = Signal()

    def __init__(self, desk: Desk, board: StatusBoard, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk, self._board = desk, board
        self._version = ""
        self._operator: Operator | None = None
        self._asked = 0
        self.unseen: tuple[ItemChanged, ...] = ()
        board.ticked.connect(self._look)

    @property
    def line(self) -> StatusLine | None:
        """What the strip says of it; None while there is nothing to look at."""
        return news_line(self._desk.office.texts, len(self.unseen)) if self.unseen else None

    def signed_in(self, operator: Operator | None) -> None:
        self._operator = operator
        self.load()

    def load(self) -> None:
        """Compare where that was not done yet, and read what is unseen."""
        office = self._desk.office
        self._then_read(lambda: catalog_changes.review(office))

    def see(self, subjects: Sequence[str]) -> None:
        """What changed for those drafts and cases was looked at."""
        office = self._desk.office
        self._then_read(lambda: catalog_changes.mark_seen(office, subjects))

    def _then_read(self, act: Callable[[], object]) -> None:
        self._asked += 1
        ticket, office = self._asked, self._desk.office
        operator_id = self._operator.operator_id if self._operator else ""

        def work() -> tuple[ItemChanged, ...]:
            act()
            return catalog_changes.unseen(office, operator_id)

        self._desk.tasks.run(
            self._desk.relay_executor,
            work,
            owner=self,
            done=lambda unseen: self._loaded(unseen) if ticket == self._asked else None,
            failed=self._failed,
        )

    def _look(self) -> None:
        status = self._board.status
        info = status.catalog if status is not None else None
        if info is None or info.draft or info.version == self._version:
            return
        before, self._version = self._version, info.version
        self.load()
        if before:
            self.replaced.emit()

    def _loaded(self, unseen: tuple[ItemChanged, ...]) -> None:
        if unseen != self.unseen:
            self.unseen = unseen
            self.changed.emit()

    def _failed(self, _error: AppError) -> None:
        """The strip says what is wrong with the store; the next look at the catalog tries again."""
        self._version = ""


def news_line(texts: Texts, n: int) -> StatusLine:
    word, note = texts.say("changes.strip", n=n), texts.say("changes.strip_note", n=n)
    return StatusLine(KEY, "info", "primary", texts["changes.strip_name"], word, word, note)
