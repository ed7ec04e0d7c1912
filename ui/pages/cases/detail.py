"""One case: its facts, materials, upload and papers, and what may be done about them.

A print whose outcome nobody knows yet is asked about here too, so that it cannot be forgotten.
"""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QLayout

from app.domain.catalog_diff import Matters
from app.domain.catalog_weight import ItemChanged
from app.domain.deadline import WorkCalendar
from app.domain.outbox import FILE_TOPIC, Lane
from app.domain.printing import PaperForm, PrintJob, PrintState
from app.services.case_dates import case_dates
from app.services.case_file import CaseFile
from app.texts import Texts
from ui.pages.cases.files import material_rows
from ui.pages.counter.outcome import spoken
from ui.widgets.kit import KeyButton, Kit, box, clear, col, row
from ui.words import case_day, sentence

WIDTH = 400


class CaseDetail(QFrame):
    """Draws; what is pressed is asked of the page."""

    print_asked = Signal(object)  # PaperForm
    pdf_asked = Signal()
    answered = Signal(object, bool)  # PrintJob, whether it came out
    changes_asked = Signal(object)  # ItemChanged

    def __init__(self, kit: Kit, texts: Texts, papers: Sequence[PaperForm], calendar: WorkCalendar) -> None:
        super().__init__()
        self._kit, self._texts, self._papers, self._calendar = kit, texts, papers, calendar
        self.file: CaseFile | None = None
        self.busy = False
        self.setProperty("role", "card")
        self.setFixedWidth(WIDTH)
        self._rows = col(gap=8)
        self._rows.setContentsMargins(20, 16, 20, 16)
        self.setLayout(self._rows)

    def show_file(self, file: CaseFile | None) -> None:
        if file == self.file and self._rows.count():
            return
        self.file = file
        self._redraw()

    def set_busy(self, busy: bool) -> None:
        """While something prints, nothing else is offered."""
        if busy != self.busy:
            self.busy = busy
            self._redraw()

    def may_print(self, file: CaseFile, form: PaperForm) -> bool:
        """Not while something prints here, this paper is on its way, or a question is open."""
        last = file.last_print(form)
        on_its_way = last is not None and last.state is PrintState.SENT
        return not (self.busy or on_its_way or file.open_print is not None)

    def _redraw(self) -> None:
        clear(self._rows)
        kit, texts, file = self._kit, self._texts, self.file
        if file is None:
            self._rows.addStretch(1)
            self._rows.addWidget(kit.text(texts["cases.choose"], "body", "muted", align="center", wrap=True))
            self._rows.addStretch(1)
            return
        case = file.case
        self._rows.addWidget(kit.text(case.number, "title", name="detail_number"))
        self._rows.addWidget(kit.text(case.item_name, "strong", wrap=True))
        for key, value in self._facts(file):
            self._rows.addLayout(self._fact(texts[f"cases.fact.{key}"], value))
        if file.change is not None and file.change.matters is not Matters.NO:
            self._rows.addWidget(self._changed_part(file.change))
        self._rows.addWidget(kit.rule())
        for part in material_rows(kit, texts, file):
            self._rows.addWidget(part)
        self._rows.addStretch(1)
        for part in (self._upload_part(file), self._print_part(file)):
            self._rows.addWidget(part)
        self._rows.addWidget(self._buttons(file))

    def _facts(self, file: CaseFile) -> list[tuple[str, str]]:
        texts, case, receipt = self._texts, file.case, file.issued.receipt
        who = case.application.applicant.masked_name
        number = receipt.document_number
        facts = [
            ("applicant", texts["ui.dot"].join((who, number))),
            ("received", f"{case.received_at:%Y-%m-%d %H:%M}"),
            ("operator", f"{receipt.operator_name} {receipt.operator_id}".strip() or "—"),
            ("answer", case_day(texts, case_dates(receipt, self._calendar).answer_by)),
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
        look.clicked.connect(lambda: self.changes_asked.emit(changed))
        body = texts["cases.changed_gone"] if changed.withdrawn else texts.say("cases.changed_note", n=n)
        message = kit.message("warn", texts["cases.changed"], body, name="case_changed")
        return box(col(message, row(None, look), gap=4))

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
        if self.busy:
            return kit.message("primary", texts["counter.done.printing"], texts["counter.done.printing_note"])
        question = file.open_print
        if question is not None:
            return self._question(question)
        lines = [self._paper_line(form, file.last_print(form)) for form in self.forms(file)]
        return lines[0] if len(lines) == 1 else box(col(*lines, gap=8))

    def forms(self, file: CaseFile) -> list[PaperForm]:
        """The papers this station hands out, and those the case already has."""
        known = (*self._papers, *(job.form for job in file.papers))
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
        if self.file is None or len(self.forms(self.file)) == 1:
            return words
        name = self._texts.code("paper_form", form.value)
        return self._texts.say("counter.done.of_paper", paper=name, words=words)

    def _question(self, job: PrintJob) -> QFrame:
        kit, texts = self._kit, self._texts
        yes = kit.button(texts["counter.done.came_out"], "secondary", name="case_came_out")
        no = kit.button(texts["counter.done.not_out"], "secondary", name="case_not_out")
        yes.clicked.connect(lambda: self.answered.emit(job, True))
        no.clicked.connect(lambda: self.answered.emit(job, False))
        title = self._titled(job.form, texts["counter.done.question"])
        message = kit.message("warn", title, texts["cases.question_note"])
        return box(col(message, row(yes, no, None, gap=8), gap=8))

    def _buttons(self, file: CaseFile) -> QFrame:
        kit, texts = self._kit, self._texts
        again = kit.button(texts["counter.done.reprint"], "secondary", "F7", "printer", "case_reprint", h=40)
        pdf = kit.button(texts["counter.done.pdf"], "secondary", "Ctrl+S", name="case_pdf", h=40)
        pdf.clicked.connect(lambda: self.pdf_asked.emit())
        first, *others = self.forms(file)
        again.clicked.connect(lambda: self.print_asked.emit(first))
        printers = [again, *(self._other_paper(form) for form in others)]
        for button, form in zip(printers, (first, *others), strict=True):
            button.setEnabled(self.may_print(file, form))
        return box(row(*printers, pdf, None, gap=8))

    def _other_paper(self, form: PaperForm) -> KeyButton:
        name = self._texts.code("paper_form", form.value)
        words = self._texts.say("cases.reprint_of", paper=name)
        button = self._kit.button(words, "secondary", name=f"case_reprint_{form.value}", h=40)
        button.clicked.connect(lambda: self.print_asked.emit(form))
        return button
