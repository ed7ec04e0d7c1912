"""The material table: what is due, what came, and the keys that count it.

Space makes the current row complete (or empties it again), + and - and digits change the
originals or the copies, whichever column the cursor is in, Ctrl+A takes everything.  P takes
pictures of the current row's paper, I imports files of it (so does dropping them there), V shows
what is on file.
"""

from pathlib import Path

from PySide6.QtCore import (
    QMimeData,
    QModelIndex,
    QPoint,
    Qt,
    Signal,
)
from PySide6.QtGui import (
    QDragEnterEvent,
    QDragMoveEvent,
    QDropEvent,
    QKeyEvent,
    QMouseEvent,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QTableView,
    QWidget,
)

from app.domain.catalog import Material
from app.flows.intake import Taking
from app.texts import Texts
from ui.pages.counter.draft_files import DraftFiles
from ui.pages.counter.materials_model import (
    ACTION,
    COPIES,
    HEAD,
    MOST,
    ORIGINALS,
    SOURCE,
    STATE,
    TALL,
    WIDTHS,
    CountCells,
    MaterialsModel,
    less_box,
    more_box,
)
from ui.pages.counter.session import IntakeSession
from ui.pages.counter.steps import StepLabel, set_text
from ui.widgets.cells import inner_rect, key_places
from ui.widgets.kit import CELL, Kit, box, col, row
from ui.widgets.table import RowTable


class MaterialsTable(RowTable):
    """Keyboard and mouse turn into new takings of the session, or into wishes about a Material's files."""

    shoot = Signal(object)
    bring = Signal(object)
    look = Signal(object)
    dropped = Signal(object, object)

    def __init__(
        self, kit: Kit, texts: Texts, session: IntakeSession, files: DraftFiles, camera: bool
    ) -> None:
        super().__init__(kit.pal)
        self._session, self._files = session, files
        self.source = MaterialsModel(texts, session, files, camera)
        self.setAcceptDrops(True)
        self.source.setParent(self)
        self.setModel(self.source)
        self.setObjectName("materials")
        self.setAccessibleName(texts["counter.step.materials"])
        self.setItemDelegate(CountCells(kit.pal, self))
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
        for column, width in enumerate(WIDTHS):
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
        whole = Taking(material.originals, material.copies, self._files.how(material))
        taking = None if self.source.complete(material) and (whole.originals or whole.copies) else whole
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
        elif key in (Qt.Key.Key_P, Qt.Key.Key_I, Qt.Key.Key_V) and not event.modifiers():
            self._file_key(key)
        elif key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            column = ORIGINALS if key == Qt.Key.Key_Left else COPIES
            self.setCurrentIndex(self.source.index(self.currentIndex().row(), column))
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        point = event.position().toPoint()
        at = self.indexAt(point)
        on_file = at.isValid() and at.column() == ACTION and self._on_file_word(at, point)
        super().mousePressEvent(event)
        if not at.isValid():
            return
        rect = self.visualRect(at)
        if at.column() == ACTION and on_file:
            self._act_on_files()
        elif (
            at.column() == SOURCE
            and self.current_material()
            and self._files.of(self.source.materials[at.row()])
        ):
            self._file_key(Qt.Key.Key_V)
        elif at.column() in (STATE, ACTION):
            self.toggle()
        elif at.column() in (ORIGINALS, COPIES) and less_box(rect).contains(point):
            self.change(-1)
        elif at.column() in (ORIGINALS, COPIES) and more_box(rect).contains(point):
            self.change(1)

    # -- files -----------------------------------------------------------------------------------

    def _file_key(self, key: int) -> None:
        material = self.current_material()
        if material is not None:
            signals = {Qt.Key.Key_P: self.shoot, Qt.Key.Key_I: self.bring, Qt.Key.Key_V: self.look}
            signals[Qt.Key(key)].emit(material)

    def _act_on_files(self) -> None:
        material = self.current_material()
        if material is not None:
            (self.look if self._files.of(material) else self.shoot).emit(material)

    def _on_file_word(self, at: QModelIndex, point: QPoint) -> bool:
        """Whether the second word of the action was pressed, as it stood before the row became current."""
        chosen = self.selectionModel().isRowSelected(at.row(), QModelIndex())
        words, _ = key_places(self.font(), inner_rect(self.visualRect(at)), at.data(CELL), chosen)
        return point.x() >= words[1].x() - 4

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        self.dragMoveEvent(event)

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        """The row under the hand becomes current, so that one sees whose file it will be."""
        at = self.indexAt(event.position().toPoint())
        if at.isValid() and dropped_files(event.mimeData()):
            self.go_to_row(at.row())
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()
        else:
            event.ignore()

    def dropEvent(self, event: QDropEvent) -> None:
        at = self.indexAt(event.position().toPoint())
        paths = dropped_files(event.mimeData())
        if at.isValid() and paths:
            event.accept()
            self.dropped.emit(self.source.materials[at.row()], paths)


def dropped_files(data: QMimeData) -> tuple[Path, ...]:
    """Files of this machine, in the order they were taken."""
    return tuple(Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile())


class MaterialsBlock(QFrame):
    """Head with the tally, and the table under it."""

    def __init__(
        self, kit: Kit, texts: Texts, session: IntakeSession, files: DraftFiles, camera: bool
    ) -> None:
        super().__init__()
        self._kit, self._texts, self._session = kit, texts, session
        self.label = StepLabel(kit, texts["counter.step.materials"])
        self._tally = kit.text("", "strong", name="materials_tally")
        self._lack = kit.text("", "strong", "stop", name="materials_lack")
        self._hint = kit.text(texts["counter.ghost.materials"], "body", "muted")
        self.all = kit.button(texts["counter.take_all"], "quiet", "Ctrl+A", name="materials_all")
        self.table = MaterialsTable(kit, texts, session, files, camera)
        self.bring = kit.button(texts["files.import_head"], "quiet", "I", name="materials_import")
        self.bring.clicked.connect(lambda: self.table.bring.emit(self.table.current_material()))
        files.changed.connect(self.refresh)
        head = row(self.label, self._hint, self._tally, self._lack, None, self.bring, self.all, gap=12)
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
        for widget in (self._tally, self._lack, self.bring, self.all):
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
