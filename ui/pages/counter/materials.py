"""The material table: what is due, what came, and the keys that count it.

Space makes the current row complete (or empties it again), + and - and digits change the
originals or the copies, whichever column the cursor is in, Ctrl+A takes everything.
"""

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QRect, Qt
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QStyle,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from app.domain.catalog import Material, Necessity
from app.flows.intake import Taking
from app.texts import Texts
from ui.pages.counter.session import IntakeSession
from ui.pages.counter.steps import StepLabel, set_text
from ui.widgets.kit import CELL, Cell, Cells, Kit, box, col, row
from ui.widgets.table import RowTable

HEAD, TALL = 32, 40
NUMBER, NAME, DUE, ORIGINALS, COPIES, SOURCE, STATE, ACTION = range(8)
_WIDTHS = (36, 0, 92, 100, 100, 96, 92, 92)
MOST = 99

AnyIndex = QModelIndex | QPersistentModelIndex


class MaterialsModel(QAbstractTableModel):
    """Hands out `Cell`s made of the session; `reload` when the intake is another one."""

    def __init__(self, texts: Texts, session: IntakeSession) -> None:
        super().__init__()
        self._texts, self._session = texts, session
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
        return len(_WIDTHS)

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
            return Cell(self._texts.say("counter.due", originals=m.originals, copies=m.copies), tone="muted")
        if column in (ORIGINALS, COPIES):
            due, got = (m.originals, taking.originals) if column == ORIGINALS else (m.copies, taking.copies)
            short = missing and got < due
            return Cell(str(got), tone="stop" if short else "ink" if due else "muted", bold=short)
        if column == SOURCE:
            return Cell(self._texts.code("counter.source", m.source) or "—", tone="muted")
        if column == STATE:
            return self._state(m)
        word = "counter.take_back" if self.complete(m) else "counter.take"
        return Cell(keys=((self._texts[word], self._texts["counter.key_space"]),))

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
        words = []
        if m.necessity is not Necessity.REQUIRED:
            words.append(self._texts.code("necessity", m.necessity.value))
        if m.returned:
            words.append(self._texts["counter.returned"])
        return self._texts["ui.dot"].join(words)


class _CountCells(Cells):
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


class MaterialsTable(RowTable):
    """Keyboard and mouse turn into new takings of the session."""

    def __init__(self, kit: Kit, texts: Texts, session: IntakeSession) -> None:
        super().__init__(kit.pal)
        self._session = session
        self.source = MaterialsModel(texts, session)
        self.source.setParent(self)
        self.setModel(self.source)
        self.setObjectName("materials")
        self.setAccessibleName(texts["counter.step.materials"])
        self.setItemDelegate(_CountCells(kit.pal, self))
        self.setSelectionBehavior(QTableView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QTableView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(TALL)
        self._lay_out_columns()

    def _lay_out_columns(self) -> None:
        head = self.horizontalHeader()
        head.setFixedHeight(HEAD)
        head.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        head.setHighlightSections(False)
        head.setSectionsClickable(False)
        for column, width in enumerate(_WIDTHS):
            mode = QHeaderView.ResizeMode.Fixed if width else QHeaderView.ResizeMode.Stretch
            head.setSectionResizeMode(column, mode)
            if width:
                self.setColumnWidth(column, width)

    def wanted_height(self) -> int:
        return HEAD + TALL * self.source.rowCount() + 2

    def current_material(self) -> Material | None:
        at = self.currentIndex()
        return self.source.materials[at.row()] if at.isValid() else None

    def go_to(self, material_id: str) -> None:
        """Make a material current and put the cursor there (the jump from a finding)."""
        for number, material in enumerate(self.source.materials):
            if (material.id or material.name) == material_id or material.id == material_id:
                self.go_to_row(number)
                self.setFocus()
                return

    def go_to_row(self, number: int) -> None:
        """Into the count that is asked for: the copies where no original is."""
        material = self.source.materials[number]
        column = COPIES if material.copies and not material.originals else ORIGINALS
        self.setCurrentIndex(self.source.index(number, column))

    # -- changes ---------------------------------------------------------------------------------

    def toggle(self) -> None:
        """Space: as many as asked for; again: none."""
        material = self.current_material()
        if material is None:
            return
        whole = Taking(material.originals, material.copies)
        taking = None if self.source.complete(material) and whole != Taking(0, 0) else whole
        if taking is not None and taking == self._session.intake.taking(material):
            taking = None
        self._session.apply(self._session.intake.with_taking(material, taking))
        if taking is not None:
            self._step_down()

    def change(self, step: int) -> None:
        """+1 or -1 on the count the cursor is in."""
        self._set(self._count() + step)

    def _count(self) -> int:
        material = self.current_material()
        if material is None:
            return 0
        taking = self.source.taking(material)
        return taking.copies if self.currentIndex().column() == COPIES else taking.originals

    def _set(self, count: int) -> None:
        material = self.current_material()
        if material is None:
            return
        taking, count = self.source.taking(material), max(0, min(MOST, count))
        if self.currentIndex().column() == COPIES:
            taking = Taking(taking.originals, count, taking.how)
        else:
            taking = Taking(count, taking.copies, taking.how)
        gone = not taking.originals and not taking.copies
        self._session.apply(self._session.intake.with_taking(material, None if gone else taking))

    def _step_down(self) -> None:
        at = self.currentIndex()
        if at.row() + 1 < self.source.rowCount():
            self.go_to_row(at.row() + 1)

    # -- input -----------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, text = event.key(), event.text()
        if key == Qt.Key.Key_Space:
            self.toggle()
        elif text in ("+", "="):
            self.change(1)
        elif text == "-":
            self.change(-1)
        elif text.isascii() and text.isdigit():
            self._set(int(text))
        elif key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            column = ORIGINALS if key == Qt.Key.Key_Left else COPIES
            self.setCurrentIndex(self.source.index(self.currentIndex().row(), column))
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        point = event.position().toPoint()
        at = self.indexAt(point)
        super().mousePressEvent(event)
        if not at.isValid():
            return
        rect = self.visualRect(at)
        if at.column() in (STATE, ACTION):
            self.toggle()
        elif at.column() in (ORIGINALS, COPIES) and less_box(rect).contains(point):
            self.change(-1)
        elif at.column() in (ORIGINALS, COPIES) and more_box(rect).contains(point):
            self.change(1)


class MaterialsBlock(QFrame):
    """Head with the tally, and the table under it."""

    def __init__(self, kit: Kit, texts: Texts, session: IntakeSession) -> None:
        super().__init__()
        self._kit, self._texts, self._session = kit, texts, session
        self.label = StepLabel(kit, texts["counter.step.materials"])
        self._tally = kit.text("", "strong", name="materials_tally")
        self._lack = kit.text("", "strong", "stop", name="materials_lack")
        self._hint = kit.text(texts["counter.ghost.materials"], "body", "muted")
        self.all = kit.button(texts["counter.take_all"], "quiet", "Ctrl+A", name="materials_all")
        self.table = MaterialsTable(kit, texts, session)
        head = row(self.label, self._hint, self._tally, self._lack, None, self.all, gap=12)
        self._head = box(head, (16, 0, 8, 0), fixed=(0, HEAD + 8))
        self._body: QWidget = box(col(self.table, gap=0), (8, 0, 8, 0))
        self.setLayout(col(self._head, self._body, gap=0))
        self.all.clicked.connect(self.take_everything)

    def take_everything(self) -> None:
        if self._session.intake.materials():
            self._session.apply(self._session.intake.with_all_taken())

    def head_height(self) -> int:
        return HEAD + 8

    def refresh(self) -> None:
        intake = self._session.intake
        self.table.source.reload()
        chosen = intake.item is not None
        self._body.setVisible(bool(intake.materials()))
        for widget in (self._tally, self._lack, self.all):
            widget.setVisible(chosen and bool(intake.materials()))
        self._hint.setVisible(not chosen or not intake.materials())
        key = "counter.no_materials" if chosen else "counter.ghost.materials"
        set_text(self._hint, self._texts[key])
        tally = intake.tally()
        set_text(self._tally, self._texts.say("counter.tally", taken=tally.taken, due=tally.due))
        lack = (
            self._texts.say("counter.lack", n=tally.missing)
            if tally.missing
            else self._texts["counter.whole"]
        )
        set_text(self._lack, lack, "stop" if tally.missing else "ok")
        self.label.set_state("todo" if not chosen else "now" if tally.missing else "done")
        if intake.materials() and not self.table.currentIndex().isValid():
            self.table.go_to_row(0)
