"""What the material table shows: a `Cell` for everything due, everything that came, and every key."""

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QRect, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QStyle, QStyleOptionViewItem

from app.domain.catalog import COUNTS, NECESSITY, Material, Necessity
from app.flows.intake import Taking
from app.texts import Texts
from ui.pages.counter.draft_files import DraftFiles
from ui.pages.counter.session import IntakeSession
from ui.widgets.kit import CELL, Cell, Cells

HEAD, TALL = 32, 40
NUMBER, NAME, DUE, ORIGINALS, COPIES, SOURCE, STATE, ACTION = range(8)
WIDTHS = (36, 0, 84, 100, 100, 92, 92, 140)
MOST = 99

AnyIndex = QModelIndex | QPersistentModelIndex


class MaterialsModel(QAbstractTableModel):
    """Hands out `Cell`s made of the session; `reload` when the intake is another one."""

    def __init__(self, texts: Texts, session: IntakeSession, files: DraftFiles, camera: bool) -> None:
        super().__init__()
        self._texts, self._session = texts, session
        self._files, self._camera = files, camera
        self._rows: tuple[Material, ...] = ()

    @property
    def materials(self) -> tuple[Material, ...]:
        return self._rows

    def reload(self) -> None:
        rows = self._session.intake.materials()
        if rows != self._rows:
            self.beginResetModel()
            self._rows = rows
            self.endResetModel()
        elif rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(rows) - 1, ACTION))

    def rowCount(self, _parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008 (Qt's signature)
        return len(self._rows)

    def columnCount(self, _parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008 (Qt's signature)
        return len(WIDTHS)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self._texts[f"counter.column.{section}"]
        return None

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        material = self._rows[index.row()]
        if role == CELL:
            return self._cell(material, index.row(), index.column())
        if role == Qt.ItemDataRole.DisplayRole or role == Qt.ItemDataRole.AccessibleTextRole:
            return self._cell(material, index.row(), index.column()).text
        if role == Qt.ItemDataRole.ToolTipRole:
            return "\n".join(t for t in (material.name, material.form, material.points) if t)
        return None

    def taking(self, material: Material) -> Taking:
        return self._session.intake.taking(material) or Taking(0, 0)

    def complete(self, material: Material) -> bool:
        taking = self._session.intake.taking(material)
        return (
            taking is not None and taking.originals >= material.originals and taking.copies >= material.copies
        )

    def _cell(self, m: Material, number: int, column: int) -> Cell:
        taking, missing = self.taking(m), self._missing(m)
        if column == NUMBER:
            return Cell(str(number + 1), tone="muted")
        if column == NAME:
            return Cell(m.name, sub=self._remark(m), bold=missing)
        if column == DUE:
            said = self._texts.say("counter.due", originals=m.originals, copies=m.copies)
            return Cell(self._texts["changes.unsaid"] if COUNTS in m.unsaid else said, tone="muted")
        if column in (ORIGINALS, COPIES):
            due, got = (m.originals, taking.originals) if column == ORIGINALS else (m.copies, taking.copies)
            short = missing and got < due
            return Cell(str(got), tone="stop" if short else "ink" if due else "muted", bold=short)
        if column == SOURCE:
            return self._source(m)
        if column == STATE:
            return self._state(m)
        word = "counter.take_back" if self.complete(m) else "counter.take"
        return Cell(keys=((self._texts[word], self._texts["counter.key_space"]), self.file_key(m)))

    def _source(self, m: Material) -> Cell:
        """Where it comes from; once it is on file, how many pages of it."""
        pages = self._files.pages(m)
        if not pages:
            return Cell(self._texts.code("counter.source", m.source) or "—", tone="muted")
        how = self._texts[f"collect.{self._files.how(m)}"]
        return Cell(self._texts.say("files.label", how=how, n=pages), tone="primary", bold=True)

    def file_key(self, m: Material) -> tuple[str, str]:
        """What can be done about files of this row: look at them, else take pictures or import."""
        word = "view" if self._files.of(m) else "shoot" if self._camera else "import"
        return self._texts[f"files.{word}"], self._texts[f"files.key_{word}"]

    def _state(self, m: Material) -> Cell:
        taking = self._session.intake.taking(m)
        if self.complete(m):
            return Cell(self._texts["counter.state.complete"], tone="ok", pill=True)
        if taking is not None and (taking.originals or taking.copies):
            return Cell(self._texts["counter.state.partly"], tone="warn", pill=True)
        if m.necessity is Necessity.OPTIONAL:
            return Cell(self._texts["counter.state.optional"], tone="muted", pill=True)
        if m.necessity is Necessity.DEFERRABLE:
            return Cell(self._texts["counter.state.deferred"], tone="warn", pill=True)
        return Cell(self._texts["counter.state.missing"], tone="stop", pill=True)

    def _missing(self, m: Material) -> bool:
        return m.necessity is Necessity.REQUIRED and not self.complete(m)

    def _remark(self, m: Material) -> str:
        words = [self._texts["files.lost"]] if self._files.lost(m) and not self.complete(m) else []
        if NECESSITY in m.unsaid:
            words.append(self._texts["guide.necessity_unsaid"])
        elif m.necessity is not Necessity.REQUIRED:
            words.append(self._texts.code("necessity", m.necessity.value))
        if m.returned:
            words.append(self._texts["counter.returned"])
        return self._texts["ui.dot"].join(words)


class CountCells(Cells):
    """As `Cells`, with − and + beside the counts of the current row, for those who use a mouse."""

    def paint(self, p: QPainter, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        if index.column() not in (ORIGINALS, COPIES):
            super().paint(p, option, index)
            return
        look: object = option
        rect: QRect = look.rect  # type: ignore[attr-defined]
        chosen = bool(look.state & QStyle.StateFlag.State_Selected)  # type: ignore[attr-defined]
        cell: Cell = index.data(CELL)
        p.save()
        p.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._ground(p, rect, chosen, first=False)
        font = look.font  # type: ignore[attr-defined]
        font.setBold(cell.bold)
        p.setFont(font)
        p.setPen(QColor(self.pal.of(cell.tone)))
        p.drawText(number_box(rect), Qt.AlignmentFlag.AlignCenter, cell.text)
        if chosen:
            self._stepper(p, rect, bool(look.state & QStyle.StateFlag.State_HasFocus))  # type: ignore[attr-defined]
        p.restore()

    def _stepper(self, p: QPainter, rect: QRect, here: bool) -> None:
        for box_, sign in ((less_box(rect), "\u2212"), (more_box(rect), "+")):
            p.setPen(QColor(self.pal.edge))
            p.setBrush(QColor(self.pal.panel))
            p.drawRoundedRect(box_, 4, 4)
            p.setPen(QColor(self.pal.primary))
            p.drawText(box_, Qt.AlignmentFlag.AlignCenter, sign)
        if here:  # digits typed now go into this count
            p.fillRect(number_box(rect).adjusted(6, 20, -6, -1), QColor(self.pal.ink))


def less_box(cell: QRect) -> QRect:
    return QRect(cell.x() + 8, cell.center().y() - 11, 24, 24)


def number_box(cell: QRect) -> QRect:
    return QRect(cell.x() + 34, cell.center().y() - 11, 28, 24)


def more_box(cell: QRect) -> QRect:
    return QRect(cell.x() + 64, cell.center().y() - 11, 24, 24)
