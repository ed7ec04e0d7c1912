"""办件: the cases of this station, newest first, each with its upload and its paper."""

from pathlib import Path

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

from app.domain.case import CaseLine
from app.domain.catalog_weight import ItemChanged
from app.domain.printing import PaperForm, PrintJob, PrintState
from app.errors import AppError
from app.services import case_file, printing
from app.services.case_file import CaseFile
from app.texts import Texts
from ui.changes.sheet import ChangesSheet
from ui.desk import Desk
from ui.files import FileChoices
from ui.pages.cases.detail import CaseDetail
from ui.pages.counter.notices import Notices
from ui.pages.counter.steps import set_text
from ui.pages.press_rest import PressRest
from ui.status import StatusBoard
from ui.widgets.cells import Cell
from ui.widgets.kit import Kit, box, col, row
from ui.widgets.table import make_table, rows_of
from ui.words import moment, sentence

LIMIT = 200
PAUSE_MS = 150
_PRINT_TONE = {
    PrintState.PREPARED.value: ("muted", "todo"),
    PrintState.SENT.value: ("primary", "printer"),
    PrintState.CONFIRMED.value: ("ok", "done"),
    PrintState.FAILED.value: ("stop", "fail"),
    PrintState.UNKNOWN.value: ("warn", "help"),
}


class CasesPage(QWidget):
    def __init__(self, kit: Kit, desk: Desk, board: StatusBoard, files: FileChoices) -> None:
        super().__init__()
        self._kit, self._desk, self._files = kit, desk, files
        self._texts = desk.office.texts
        self._lines: tuple[CaseLine, ...] = ()
        self._asked = 0
        self._wanted = ""
        self._changes: ChangesSheet | None = None
        self.notices = Notices(kit, self._texts)
        self.search = kit.field(hint=self._texts["cases.search"], name="case_search", h=36)
        self.search.setFixedWidth(340)
        self.search.setClearButtonEnabled(True)
        self._count = kit.text("", "body", "muted", name="cases_count")
        columns = [self._texts[f"cases.column.{n}"] for n in range(6)]
        self.table = make_table(kit, "cases", columns, (216, 88, 0, 96, 104, 112))
        self.table.setAccessibleName(self._texts["ui.nav.cases"])
        self._empty = kit.text("", "body", "muted", align="center", wrap=True, name="cases_empty")
        self.detail = CaseDetail(kit, self._texts, desk.office.papers, desk.office.calendar)
        self._lay_out()
        self._asking = False
        self.rest = PressRest(self)
        self.rest.timeout.connect(self._lift)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE_MS)
        self._pause.timeout.connect(self.load)
        self.search.textChanged.connect(lambda _text: self._pause.start())
        self.table.selectionModel().currentRowChanged.connect(lambda now, _old: self._open_row(now.row()))
        board.ticked.connect(self._refresh_if_seen)
        self.detail.print_asked.connect(self.reprint)
        self.detail.pdf_asked.connect(self.save_pdf)
        self.detail.answered.connect(self._answer)
        self.detail.changes_asked.connect(self._show_changes)
        for key, slot in (("F5", self.load), ("F7", lambda: self.reprint()), ("Ctrl+S", self.save_pdf)):
            shortcut = QShortcut(QKeySequence(key), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.setAutoRepeat(False)  # a key held down is one copy
            shortcut.activated.connect(slot)

    def _lay_out(self) -> None:
        kit, texts = self._kit, self._texts
        head = row(kit.text(texts["ui.nav.cases"], "h2"), 8, self._count, None, self.search, gap=8)
        left = box(col(self.table, self._empty, gap=0), (8, 8, 8, 8), role="card")
        layout = col(self.notices, box(head, fixed=(0, 40)), row(left, self.detail, gap=16), gap=12)
        layout.setContentsMargins(16, 12, 16, 12)
        self.setLayout(layout)

    # -- loading -----------------------------------------------------------------------------------

    def entered(self) -> None:
        self.load()
        self.search.setFocus()

    def show_number(self, number: str) -> None:
        """Show one case by its number."""
        self.search.setText(number)
        self._pause.stop()
        self.load()

    def left(self) -> None:
        self._pause.stop()

    def _refresh_if_seen(self) -> None:
        if self.isVisible() and not self.detail.busy:
            self.load()

    def load(self) -> None:
        self._asked += 1
        ticket, text, office = self._asked, self.search.text().strip(), self._desk.office
        self._desk.tasks.run(
            self._desk.store_executor,
            lambda: case_file.lines(office, LIMIT, text),
            owner=self,
            done=lambda lines: self._show(lines, text) if ticket == self._asked else None,
            failed=self.notices.tell,
        )

    def _show(self, lines: tuple[CaseLine, ...], text: str) -> None:
        self._lines = lines
        rows_of(self.table).show_rows([self._cells(line) for line in lines])
        today = self._desk.office.clock.now().date()
        n = sum(line.received_at.date() == today for line in lines)
        set_text(self._count, self._texts.say("cases.count", n=n, shown=len(lines)))
        self.table.setVisible(bool(lines))
        self._empty.setVisible(not lines)
        set_text(self._empty, self._texts["cases.none_found" if text else "cases.none"])
        if not lines:
            self.detail.show_file(None)
            return
        at = next((i for i, line in enumerate(lines) if line.case_id == self._wanted), 0)
        if self.table.currentIndex().row() != at:
            self.table.setCurrentIndex(rows_of(self.table).index(at, 0))
        self._open_row(at)

    def _cells(self, line: CaseLine) -> tuple[Cell, ...]:
        texts, now = self._texts, self._desk.office.clock.now()
        tone, icon = _PRINT_TONE.get(line.print_state, ("muted", "todo"))
        up = ("ok", "done") if line.uploaded else ("stop", "fail") if line.refused else ("primary", "clock")
        return (
            Cell(line.number),
            Cell(line.applicant_masked_name),
            Cell(line.item_name),
            Cell(moment(texts, line.received_at, now), tone="muted"),
            Cell(_upload_word(texts, line), tone=up[0], icon=up[1], pill=True),
            Cell(texts[f"cases.print.{line.print_state}"], tone=tone, icon=icon, pill=True),
        )

    def _open_row(self, number: int) -> None:
        if 0 <= number < len(self._lines):
            self._wanted = self._lines[number].case_id
            self._open(self._wanted)

    def _open(self, case_id: str) -> None:
        office = self._desk.office
        self._desk.tasks.run(
            self._desk.store_executor,
            lambda: case_file.open_file(office, case_id),
            owner=self,
            done=lambda file: self.detail.show_file(file) if case_id == self._wanted else None,
            failed=self.notices.tell,
        )

    def _show_changes(self, changed: ItemChanged) -> None:
        if self._changes is None:
            self._changes = ChangesSheet(self._kit, self._texts, self.window(), "case_sheet")
        self._changes.show_case(changed)

    # -- actions -----------------------------------------------------------------------------------

    def reprint(self, form: PaperForm | None = None) -> None:
        """A person asks: the paper says 补打 and counts; a first print that never left is just printed."""
        file = self.detail.file
        if file is None:
            return
        wanted = form or self.detail.forms(file)[0]
        if not self.detail.may_print(file, wanted):
            return
        self._asking = True
        self.rest.start()
        self.detail.set_busy(True)
        office, case_id = self._desk.office, file.case.case_id
        last = file.last_print(wanted)
        again = last is None or last.state is not PrintState.PREPARED
        self._desk.tasks.run(
            self._desk.printing(wanted),
            lambda: printing.print_paper(office, case_id, wanted, again=again),
            owner=self,
            done=self._printed,
            failed=self._not_printed,
        )

    def _printed(self, job: PrintJob) -> None:
        if job.state is PrintState.PREPARED:
            body = sentence(self._texts, job.reason)
            self.notices.say("print", "warn", self._texts["counter.done.not_printed"], body)
        office = self._desk.office
        self._desk.tasks.run(
            self._desk.store_executor,
            lambda: case_file.open_file(office, job.case_id),
            owner=self,
            done=self._outcome_known,
            failed=self._not_printed,
        )

    def _outcome_known(self, file: CaseFile | None) -> None:
        if file is not None and file.case.case_id == self._wanted:
            self.detail.show_file(file)
        self._asking = False
        self._lift()
        self.load()

    def _not_printed(self, error: AppError) -> None:
        self._asking = False
        self._lift()
        self.notices.tell(error)

    def _lift(self) -> None:
        """Printing is offered again once the outcome is in sight and the key has had its rest."""
        if not self._asking and not self.rest.isActive():
            self.detail.set_busy(False)

    def _answer(self, job: PrintJob, came_out: bool) -> None:
        office = self._desk.office
        self._desk.tasks.run(
            self._desk.store_executor,
            lambda: printing.answer_unknown(office, job.job_id, job.case_id, came_out=came_out),
            owner=self,
            done=lambda _none: self.load(),
            failed=self.notices.tell,
        )

    def save_pdf(self) -> None:
        file = self.detail.file
        path = self._files.save_pdf(self, f"{file.case.number}.pdf") if file else None
        if file is not None and path is not None:
            self._write_pdf(path, file.case.case_id)

    def _write_pdf(self, path: Path, case_id: str) -> None:
        office, texts = self._desk.office, self._texts
        self._desk.tasks.run(
            self._desk.store_executor,
            lambda: self._files.write(path, printing.receipt_pdf(office, case_id)),
            owner=self,
            done=lambda _n: self.notices.say(
                "saved", "ok", texts.say("counter.done.saved", file=path.name), ""
            ),
            failed=self.notices.tell,
        )


def _upload_word(texts: Texts, line: CaseLine) -> str:
    """Refused, how many of its files have arrived as long as they have not all, or the case itself."""
    if line.refused:
        return texts["cases.upload.refused"]
    if line.files_sent < line.files:
        return texts.say("cases.files_short", done=line.files_sent, n=line.files)
    return texts["cases.upload.uploaded" if line.uploaded else "cases.upload.pending"]
