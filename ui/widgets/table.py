"""A read-only table: the model hands out `Cell`s, one delegate paints them."""

from collections.abc import Sequence

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from ui.theme import Palette
from ui.widgets.cells import CELL, Cell, Cells
from ui.widgets.kit import Kit

AnyIndex = QModelIndex | QPersistentModelIndex
HEAD = 32


class CellModel(QAbstractTableModel):
    def __init__(self, heads: Sequence[str], parent: QWidget) -> None:
        super().__init__(parent)
        self._heads = tuple(heads)
        self.rows: tuple[tuple[Cell, ...], ...] = ()

    def show_rows(self, rows: Sequence[tuple[Cell, ...]]) -> None:
        if tuple(rows) != self.rows:
            self.beginResetModel()
            self.rows = tuple(rows)
            self.endResetModel()

    def rowCount(self, _parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008 (Qt's signature)
        return len(self.rows)

    def columnCount(self, _parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008 (Qt's signature)
        return len(self._heads)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self._heads[section]
        return None

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        cell = self.rows[index.row()][index.column()]
        if role == CELL:
            return cell
        words = (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole)
        return cell.text if role in words else None


class RowTable(QTableView):
    """The focus ring lies round the current row: that is what the keys act on."""

    def __init__(self, palette: Palette) -> None:
        super().__init__()
        self._ring = palette.focus
        self.setProperty("no_ring", True)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        at = self.currentIndex()
        if not self.hasFocus() or not at.isValid():
            return
        top, height = self.rowViewportPosition(at.row()), self.rowHeight(at.row())
        p = QPainter(self.viewport())
        p.setRenderHint(QPainter.RenderHint.Antialiasing)
        p.setPen(QPen(QColor(self._ring), 3))
        p.drawRoundedRect(QRectF(2, top + 1.5, self.viewport().width() - 4, height - 3), 8, 8)
        p.end()

    def currentChanged(self, now: QModelIndex, old: QModelIndex) -> None:  # type: ignore[override]
        super().currentChanged(now, old)
        self.viewport().update()


def make_table(
    kit: Kit, name: str, heads: Sequence[str], widths: Sequence[int], tall: int = 40
) -> QTableView:
    """Width 0 takes what is left over."""
    view = RowTable(kit.pal)
    view.setObjectName(name)
    view.setModel(CellModel(heads, view))
    view.setItemDelegate(Cells(kit.pal, view))
    view.setSelectionBehavior(QTableView.SelectionBehavior.SelectRows)
    view.setSelectionMode(QTableView.SelectionMode.SingleSelection)
    view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    view.setShowGrid(False)
    view.setTabKeyNavigation(False)
    view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    view.verticalHeader().hide()
    view.verticalHeader().setDefaultSectionSize(tall)
    head = view.horizontalHeader()
    head.setFixedHeight(HEAD)
    head.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    head.setHighlightSections(False)
    head.setSectionsClickable(False)
    for column, width in enumerate(widths):
        mode = QHeaderView.ResizeMode.Fixed if width else QHeaderView.ResizeMode.Stretch
        head.setSectionResizeMode(column, mode)
        if width:
            view.setColumnWidth(column, width)
    return view


def rows_of(view: QTableView) -> CellModel:
    model = view.model()
    assert isinstance(model, CellModel)
    return model
