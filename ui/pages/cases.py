"""办件: the cases of this station, newest first, each with its upload and its paper.

A print whose outcome nobody knows yet is asked about here too, so that it cannot be forgotten.
"""

from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QFrame, QLayout, QVBoxLayout, QWidget

from app.domain.case import CaseLine
from app.domain.catalog_diff import Matters
from app.domain.catalog_weight import ItemChanged
from app.domain.outbox import FILE_TOPIC, Lane
from app.domain.printing import PaperForm, PrintJob, PrintState
from app.errors import AppError
from app.services import case_file, printing
from app.services.case_file import CaseFile
from app.texts import Texts
from ui.changes.sheet import ChangesSheet
from ui.desk import Desk
from ui.files import FileChoices
from ui.pages.case_files import material_rows
from ui.pages.counter.notices import Notices
from ui.pages.counter.outcome import spoken
from ui.pages.counter.steps import set_text
from ui.status import StatusBoard
from ui.widgets.cells import Cell
from ui.widgets.kit import KeyButton, Kit, box, clear, col, row
from ui.widgets.table import make_table, rows_of
from ui.words import day, moment, sentence

LIMIT = 200
PAUSE_MS = 150
AGAIN_MS = 800  # a key struck twice is one copy, however quick the printer
DETAIL = 400
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
        self._file: CaseFile | None = None
        self._asked = 0
        self._wanted = ""
        self._busy = False
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
        self._detail: QVBoxLayout = QVBoxLayout()
        self._lay_out()
        self._asking = False
        self.rest = QTimer(self, singleShot=True, interval=AGAIN_MS)
        self.rest.timeout.connect(self._lift)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE_MS)
        self._pause.timeout.connect(self.load)
        self.search.textChanged.connect(lambda _text: self._pause.start())
        self.table.selectionModel().currentRowChanged.connect(lambda now, _old: self._open_row(now.row()))
        board.ticked.connect(self._refresh_if_seen)
        for key, slot in (("F5", self.load), ("F7", lambda: self.reprint()), ("Ctrl+S", self.save_pdf)):
            shortcut = QShortcut(QKeySequence(key), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.setAutoRepeat(False)  # a key held down is one copy
            shortcut.activated.connect(slot)

    def _lay_out(self) -> None:
        kit, texts = self._kit, self._texts
        head = row(kit.text(texts["ui.nav.cases"], "h2"), 8, self._count, None, self.search, gap=8)
        left = box(col(self.table, self._empty, gap=0), (8, 8, 8, 8), role="card")
        detail = QFrame()
        detail.setProperty("role", "card")
        detail.setFixedWidth(DETAIL)
        self._detail.setContentsMargins(20, 16, 20, 16)
        self._detail.setSpacing(8)
        detail.setLayout(self._detail)
        layout = col(self.notices, box(head, fixed=(0, 40)), row(left, detail, gap=16), gap=12)
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
        if self.isVisible() and not self._busy:
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
            self._show_file(None)
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
            done=lambda file: self._show_file(file) if case_id == self._wanted else None,
            failed=self.notices.tell,
        )

    # -- one case ----------------------------------------------------------------------------------

    def _show_file(self, file: CaseFile | None) -> None:
        if file == self._file and self._detail.count():
            return
        self._file = file
        self._redraw()

    def _redraw(self) -> None:
        clear(self._detail)
        kit, texts, file = self._kit, self._texts, self._file
        if file is None:
            self._detail.addStretch(1)
            self._detail.addWidget(
                kit.text(texts["cases.choose"], "body", "muted", align="center", wrap=True)
            )
            self._detail.addStretch(1)
            return
        case = file.case
        self._detail.addWidget(kit.text(case.number, "title", name="detail_number"))
        self._detail.addWidget(kit.text(case.item_name, "strong", wrap=True))
        for key, value in self._facts(file):
            self._detail.addLayout(self._fact(texts[f"cases.fact.{key}"], value))
        if file.change is not None and file.change.matters is not Matters.NO:
            self._detail.addWidget(self._changed_part(file.change))
        self._detail.addWidget(kit.rule())
        for part in material_rows(kit, texts, file):
            self._detail.addWidget(part)
        self._detail.addStretch(1)
        for part in (self._upload_part(file), self._print_part(file)):
            self._detail.addWidget(part)
        self._detail.addWidget(self._buttons(file))

    def _facts(self, file: CaseFile) -> list[tuple[str, str]]:
        texts, case, receipt = self._texts, file.case, file.issued.receipt
        who = case.application.applicant.masked_name
        number = receipt.document_number
        facts = [
            ("applicant", texts["ui.dot"].join((who, number))),
            ("received", f"{case.received_at:%Y-%m-%d %H:%M}"),
            ("operator", f"{receipt.operator_name} {receipt.operator_id}".strip() or "—"),
            ("answer", day(texts, receipt.answer_by)),
            ("platform", case.platform_number or texts["cases.platform_waiting"]),
        ]
        if receipt.organisation:
            facts.insert(1, ("organisation", receipt.applicant_name))
        return facts

    def _fact(self, label: str, value: str) -> QLayout:
        caption = self._kit.text(label, "caption", "muted")
        caption.setFixedWidth(64)
        return row(caption, self._kit.text(value, "body", wrap=True), gap=8)

    def _changed_part(self, changed: ItemChanged) -> QFrame:
        """Since it was received the catalog says something else; the case keeps its version."""
        kit, texts = self._kit, self._texts
        n = sum(change.matters is not Matters.NO for change in changed.changes)
        look = kit.button(texts["cases.changed_look"], "quiet", name="case_changes", h=28)
        look.clicked.connect(lambda: self._show_changes(changed))
        body = texts["cases.changed_gone"] if changed.withdrawn else texts.say("cases.changed_note", n=n)
        message = kit.message("warn", texts["cases.changed"], body, name="case_changed")
        return box(col(message, row(None, look), gap=4))

    def _show_changes(self, changed: ItemChanged) -> None:
        if self._changes is None:
            self._changes = ChangesSheet(self._kit, self._texts, self.window(), "case_sheet")
        self._changes.show_case(changed)

    def _upload_part(self, file: CaseFile) -> QFrame:
        kit, texts = self._kit, self._texts
        if file.uploaded:
            return kit.message("ok", texts["cases.uploaded"], "")
        refused = next((m for m in file.messages if m.lane is Lane.REJECTED), None)
        if refused is not None:
            words = texts.code("gateway_fault", refused.reason)
            body = sentence(texts, "remote.rejected", words=words)
            if refused.topic == FILE_TOPIC:
                return kit.message(
                    "stop", texts["cases.file_refused"], texts.say("cases.file_refused_note", words=words)
                )
            return kit.message("stop", texts["cases.refused"], body)
        done = sum(state.lane is Lane.DONE for state in file.files)
        if done < len(file.files):
            body = texts.say("cases.files_waiting", done=done, n=len(file.files))
            return kit.message("primary", texts["cases.waiting"], body)
        return kit.message("primary", texts["cases.waiting"], texts["cases.waiting_note"])

    def _print_part(self, file: CaseFile) -> QFrame:
        kit, texts = self._kit, self._texts
        if self._busy:
            return kit.message("primary", texts["counter.done.printing"], texts["counter.done.printing_note"])
        question = file.open_print
        if question is not None:
            return self._question(question)
        lines = [self._paper_line(form, file.last_print(form)) for form in self._forms(file)]
        return lines[0] if len(lines) == 1 else box(col(*lines, gap=8))

    def _forms(self, file: CaseFile) -> list[PaperForm]:
        """The papers this station hands out, and those the case already has."""
        known = (*self._desk.office.papers, *(job.form for job in file.papers))
        return [form for form in PaperForm if form in known]

    def _paper_line(self, form: PaperForm, job: PrintJob | None) -> QFrame:
        kit, texts = self._kit, self._texts
        say = partial(self._titled, form)
        if job is None or job.state is PrintState.PREPARED:
            title = say(texts["counter.done.not_printed"])
            return kit.message("warn", title, texts["cases.not_printed_note"])
        if job.state is PrintState.SENT:
            return kit.message("primary", say(texts["counter.done.printing"]), "")
        if job.state is PrintState.CONFIRMED:
            key = "cases.printed_copy" if job.reprint_no else "cases.printed"
            words = texts.say(key, n=job.reprint_no, time=f"{job.changed_at:%H:%M}")
            return kit.message("ok", say(words), "")
        body = sentence(texts, spoken(job.reason)) or texts["counter.done.again_note"]
        return kit.message("stop", say(texts["counter.done.failed"]), body)

    def _titled(self, form: PaperForm, words: str) -> str:
        """With the paper's name where there are several."""
        if self._file is None or len(self._forms(self._file)) == 1:
            return words
        name = self._texts.code("paper_form", form.value)
        return self._texts.say("counter.done.of_paper", paper=name, words=words)

    def _question(self, job: PrintJob) -> QFrame:
        kit, texts = self._kit, self._texts
        yes = kit.button(texts["counter.done.came_out"], "secondary", name="case_came_out")
        no = kit.button(texts["counter.done.not_out"], "secondary", name="case_not_out")
        yes.clicked.connect(lambda: self._answer(job, True))
        no.clicked.connect(lambda: self._answer(job, False))
        title = self._titled(job.form, texts["counter.done.question"])
        message = kit.message("warn", title, texts["cases.question_note"])
        return box(col(message, row(yes, no, None, gap=8), gap=8))

    def _buttons(self, file: CaseFile) -> QFrame:
        kit, texts = self._kit, self._texts
        again = kit.button(texts["counter.done.reprint"], "secondary", "F7", "printer", "case_reprint", h=40)
        pdf = kit.button(texts["counter.done.pdf"], "secondary", "Ctrl+S", name="case_pdf", h=40)
        pdf.clicked.connect(self.save_pdf)
        first, *others = self._forms(file)
        again.clicked.connect(lambda: self.reprint(first))
        printers = [again, *(self._other_paper(form) for form in others)]
        for button, form in zip(printers, (first, *others), strict=True):
            button.setEnabled(self._may_print(file, form))
        return box(row(*printers, pdf, None, gap=8))

    def _other_paper(self, form: PaperForm) -> KeyButton:
        name = self._texts.code("paper_form", form.value)
        words = self._texts.say("cases.reprint_of", paper=name)
        button = self._kit.button(words, "secondary", name=f"case_reprint_{form.value}", h=40)
        button.clicked.connect(lambda: self.reprint(form))
        return button

    # -- actions -----------------------------------------------------------------------------------

    def reprint(self, form: PaperForm | None = None) -> None:
        """A person asks: the paper says 补打 and counts; a first print that never left is just printed."""
        file = self._file
        if file is None:
            return
        wanted = form or self._forms(file)[0]
        if not self._may_print(file, wanted):
            return
        self._asking = True
        self.rest.start()
        self._set_busy(True)
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

    def _may_print(self, file: CaseFile, form: PaperForm) -> bool:
        """Not while something prints here, this paper is on its way, or a question is open."""
        last = file.last_print(form)
        on_its_way = last is not None and last.state is PrintState.SENT
        return not (self._busy or on_its_way or file.open_print is not None)

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
            self._show_file(file)
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
            self._set_busy(False)

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
        file = self._file
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

    def _set_busy(self, busy: bool) -> None:
        if busy != self._busy:
            self._busy = busy
            self._redraw()


def _upload_word(texts: Texts, line: CaseLine) -> str:
    """Refused, how many of its files have arrived as long as they have not all, or the case itself."""
    if line.refused:
        return texts["cases.upload.refused"]
    if line.files_sent < line.files:
        return texts.say("cases.files_short", done=line.files_sent, n=line.files)
    return texts["cases.upload.uploaded" if line.uploaded else "cases.upload.pending"]
