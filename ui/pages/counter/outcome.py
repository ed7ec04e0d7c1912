"""After F9: the number large, what became of paper and upload, and what is left to do.

A print whose fate the machine does not know is a question to the person (纸出来了吗？);
until it is answered the next intake does not start.
"""

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from app.domain.printing import PaperForm, PrintState
from app.errors import PrintUnprovenError
from app.services.case_dates import case_dates
from app.services.device_words import trouble_word
from app.services.printing import PRINTERS
from ui.desk import Desk
from ui.pages.counter.receiving import Paper, Receiving, Stage, Upload
from ui.widgets.kit import KeyButton, Kit, Part, box, clear, col, row
from ui.words import case_day, sentence

Look = tuple[object, ...]


class OutcomePanel(QFrame):
    """`next`: begin the next intake; `save_pdf`: the person wants the PDF as a file."""

    next = Signal()
    save_pdf = Signal()

    def __init__(self, kit: Kit, desk: Desk, receiving: Receiving) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self.setObjectName("outcome")
        self._kit, self._texts, self._run, self._desk = kit, desk.office.texts, receiving, desk
        self._lines: QVBoxLayout = QVBoxLayout()
        outer = col(None, self._lines, None, gap=0)
        outer.setContentsMargins(32, 24, 32, 24)
        self.setLayout(outer)
        self._look: Look = ()
        self._primary: KeyButton | None = None
        self.saved = ""
        self.save_trouble = ""

    def refresh(self) -> None:
        run = self._run
        look: Look = (
            run.stage,
            run.resting,
            run.received.case.case_id if run.received else "",
            run.papers,
            tuple(self._holding(paper) for paper in run.papers),
            run.upload,
            self.saved,
            self.save_trouble,
        )
        if look == self._look:
            return
        self._look = look
        self._build()

    def focus_first(self) -> None:
        if self._primary is not None and self._primary.isEnabled():
            self._primary.setFocus()

    def told_saved(self, words: str, trouble: str = "") -> None:
        self.saved, self.save_trouble = words, trouble
        self.refresh()

    # -- building --------------------------------------------------------------------------------

    def _build(self) -> None:
        clear(self._lines)
        self._primary = None
        received = self._run.received
        if received is None:
            return
        parts: list[Part] = [*self._head(), 16, *self._print_lines(), 8, self._upload_line()]
        if self.saved or self.save_trouble:
            parts += [8, self._saved_line()]
        parts += [24, self._buttons()]
        for part in parts:
            if isinstance(part, int):
                self._lines.addSpacing(part)
            elif isinstance(part, QFrame):
                self._lines.addWidget(part)
        self.focus_first()

    def _head(self) -> list[Part]:
        kit, texts, received = self._kit, self._texts, self._run.received
        assert received is not None
        case = received.case
        title = texts["counter.done.repeated" if received.repeated else "counter.done.title"]
        head = box(row(None, kit.icon("done", 32, "ok", 2), kit.text(title, "h2", "ok"), None, gap=12))
        number = kit.text(case.number, "h1", name="outcome_number", align="center")
        sub = texts["ui.dot"].join((case.application.applicant.masked_name, case.item_name))
        told = case_dates(received.issued.receipt, self._desk.office.calendar)
        starts, answer = case_day(texts, told.starts), case_day(texts, told.answer_by)
        dates = texts.say("counter.done.dates", starts=starts, answer=answer)
        return [
            head,
            8,
            box(col(number)),
            box(col(kit.text(sub, "title", "muted", wrap=True, align="center"))),
            4,
            box(col(kit.text(dates, "body", "muted", align="center"))),
        ]

    def _print_lines(self) -> list[Part]:
        """Each paper with its own state; with several also with its own buttons and its name."""
        run = self._run
        if not run.papers:
            return [self._busy_line("printing")]
        lines: list[Part] = []
        for paper in run.papers:
            lines += [8, self._print_line(paper)] if lines else [self._print_line(paper)]
        return lines

    def _busy_line(self, key: str, *buttons: QWidget) -> QFrame:
        texts = self._texts
        words = texts[f"counter.done.{key}"], texts[f"counter.done.{key}_note"]
        return self._kit.message("primary", *words, *buttons)

    def _holding(self, paper: Paper) -> str:
        """What holds a paper up that is on its way: its printer's trouble in a word, or ""."""
        if not paper.busy:
            return ""
        healths = self._desk.office.devices.health()
        health = next((h for h in healths if h.kind is PRINTERS[paper.form]), None)
        waits = health is not None and not health.works and health.reason
        return trouble_word(self._texts, health) if health is not None and waits else ""

    def _waiting_line(self, paper: Paper, *buttons: QWidget) -> QFrame | None:
        """The printer stands still, and a person can put it right meanwhile."""
        trouble, texts = self._holding(paper), self._texts
        if not trouble:
            return None
        title = texts.say("counter.done.held", paper=texts.code("paper_form", paper.form.value), word=trouble)
        return self._kit.message(
            "warn", title, texts["counter.done.held_note"], *buttons, name="outcome_held"
        )

    def _print_line(self, paper: Paper) -> QFrame:
        texts = self._texts
        if paper.busy and paper.form is PaperForm.A4:
            stop = self._kit.button(texts["counter.done.take_back"], "secondary", name="take_back")
            stop.clicked.connect(self._run.take_back)
            return self._waiting_line(paper, stop) or self._busy_line("printing_a4", stop)
        if paper.busy:
            return self._waiting_line(paper) or self._busy_line("printing")
        if paper.question:
            return self._question(paper)
        tone, title, body = self._print_words(paper)
        return self._kit.message(tone, title, body, *self._own_buttons(paper), name=self._name(paper))

    def _print_words(self, paper: Paper) -> tuple[str, str, str]:
        texts, job = self._texts, paper.job
        say = partial(self._titled, paper)
        if paper.trouble is not None:
            return "stop", say(texts["counter.done.failed"]), texts.error(paper.trouble)
        if job is None or job.state is PrintState.PREPARED:
            reason = sentence(texts, job.reason if job else "device.not_configured")
            return "warn", say(texts["counter.done.not_printed"]), reason + texts["counter.done.no_paper"]
        if job.state is PrintState.CONFIRMED:
            key = "counter.done.confirmed_copy" if job.reprint_no else "counter.done.confirmed"
            taken = "counter.done.take_both" if paper.form is PaperForm.A4 else "counter.done.take_it"
            return "ok", say(texts.say(key, n=job.reprint_no)), texts[taken]
        body = sentence(texts, spoken(job.reason)) + texts["counter.done.again_note"]
        return "stop", say(texts["counter.done.failed"]), body

    def _titled(self, paper: Paper, words: str) -> str:
        """With the paper's name where there are several."""
        if len(self._run.papers) == 1:
            return words
        name = self._texts.code("paper_form", paper.form.value)
        return self._texts.say("counter.done.of_paper", paper=name, words=words)

    def _name(self, paper: Paper) -> str:
        first = paper is self._run.papers[0]
        return "outcome_print" if first else f"outcome_print_{paper.form.value}"

    def _own_buttons(self, paper: Paper) -> list[QWidget]:
        """With one paper its button stands below, where hands expect it."""
        if len(self._run.papers) == 1:
            return []
        word = self._texts["counter.done.again" if paper.failed else "counter.done.reprint"]
        again = self._kit.button(word, "secondary", name=f"print_again_{paper.form.value}")
        again.clicked.connect(lambda: self._run.print_again(paper.form))
        return [again]

    def _question(self, paper: Paper) -> QFrame:
        kit, texts, run = self._kit, self._texts, self._run
        first = paper is next(p for p in run.papers if p.question)
        yes = kit.button(texts["counter.done.came_out"], "secondary", "Y" if first else "", name="came_out")
        no = kit.button(texts["counter.done.not_out"], "secondary", "N" if first else "", name="not_out")
        if first:
            yes.setShortcut("Y")
            no.setShortcut("N")
            self._primary = yes
        yes.clicked.connect(lambda: run.answer(True, paper.form))
        no.clicked.connect(lambda: run.answer(False, paper.form))
        title = self._titled(paper, texts["counter.done.question"])
        body = texts["counter.done.question_note"]
        if paper.job is not None and paper.job.reason == PrintUnprovenError.code:
            body = sentence(texts, paper.job.reason)
        return kit.message("warn", title, body, yes, no, name=self._name(paper))

    def _upload_line(self) -> QFrame:
        kit, texts = self._kit, self._texts
        tone, icon, key = {
            Upload.RUNNING: ("muted", "sync", "counter.done.uploading"),
            Upload.DONE: ("ok", "done", "counter.done.uploaded"),
            Upload.PENDING: ("primary", "clock", "counter.done.pending"),
            Upload.REFUSED: ("stop", "fail", "counter.done.refused"),
        }[self._run.upload]
        label = kit.text(texts[key], "body", tone, name="outcome_upload")
        return box(row(None, kit.icon(icon, 18, tone, 2), label, None, gap=8))

    def _saved_line(self) -> QFrame:
        kit = self._kit
        if self.save_trouble:
            return kit.message("stop", self._texts["counter.done.not_saved"], self.save_trouble)
        line = kit.text(self.saved, "body", "ok", name="outcome_saved")
        return box(row(None, kit.icon("done", 18, "ok", 2), line, None, gap=8))

    def _buttons(self) -> QFrame:
        """Printing again comes first when paper is missing, else the next person does."""
        kit, texts, run = self._kit, self._texts, self._run
        failed = run.stage is Stage.SETTLED and any(paper.failed for paper in run.papers)
        word = texts["counter.done.again" if failed else "counter.done.reprint"]
        again = kit.button(
            word, "primary" if failed else "secondary", "F7", "printer" if failed else "", "print_again", h=48
        )
        follow = kit.button(
            texts["counter.done.next"], "secondary" if failed else "primary", "F8", "", "next", h=48
        )
        pdf = kit.button(texts["counter.done.pdf"], "secondary", "Ctrl+S", "", "save_pdf", h=48)
        again.setEnabled(run.stage is Stage.SETTLED and not (run.question or run.resting))
        follow.setEnabled(run.may_go_on)
        again.clicked.connect(lambda: run.print_again())
        follow.clicked.connect(self.next)
        pdf.clicked.connect(self.save_pdf)
        if not run.question:
            self._primary = again if failed else follow
        return box(row(None, follow, again, pdf, None, gap=12))


def spoken(reason: str) -> str:
    """Reasons that are no error codes have no sentence of their own."""
    return reason if "." in reason else ""
