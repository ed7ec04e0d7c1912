"""After F9: the number large, what became of paper and upload, and what is left to do.

A print whose fate the machine does not know is a question to the person (纸出来了吗？);
until it is answered the next intake does not start.
"""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QVBoxLayout

from app.domain.printing import PrintState
from ui.desk import Desk
from ui.pages.counter.receiving import Receiving, Stage, Upload
from ui.widgets.kit import KeyButton, Kit, Part, box, clear, col, row
from ui.words import day, sentence

Look = tuple[object, ...]


class OutcomePanel(QFrame):
    """`next`: begin the next intake; `save_pdf`: the person wants the PDF as a file."""

    next = Signal()
    save_pdf = Signal()

    def __init__(self, kit: Kit, desk: Desk, receiving: Receiving) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self.setObjectName("outcome")
        self._kit, self._texts, self._run = kit, desk.office.texts, receiving
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
            run.received.case.case_id if run.received else "",
            run.job,
            run.upload,
            run.trouble,
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
        parts: list[Part] = [*self._head(), 16, self._print_line(), 8, self._upload_line()]
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
        receipt = received.issued.receipt
        dates = texts.say(
            "counter.done.dates", starts=day(texts, receipt.starts), answer=day(texts, receipt.answer_by)
        )
        return [
            head,
            8,
            box(col(number)),
            box(col(kit.text(sub, "title", "muted", wrap=True, align="center"))),
            4,
            box(col(kit.text(dates, "body", "muted", align="center"))),
        ]

    def _print_line(self) -> QFrame:
        kit, texts, run = self._kit, self._texts, self._run
        if run.stage in (Stage.STORING, Stage.PRINTING):
            return kit.message("primary", texts["counter.done.printing"], texts["counter.done.printing_note"])
        if run.trouble is not None:
            return kit.message(
                "stop", texts["counter.done.failed"], texts.error(run.trouble), name="outcome_print"
            )
        job = run.job
        if job is None or job.state is PrintState.PREPARED:
            reason = sentence(texts, job.reason if job else "device.not_configured")
            body = reason + texts["counter.done.no_paper"]
            return kit.message("warn", texts["counter.done.not_printed"], body, name="outcome_print")
        if job.state is PrintState.CONFIRMED:
            key = "counter.done.confirmed_copy" if job.reprint_no else "counter.done.confirmed"
            words = texts.say(key, n=job.reprint_no)
            return kit.message("ok", words, texts["counter.done.take_it"], name="outcome_print")
        if job.state is PrintState.UNKNOWN:
            return self._question()
        body = sentence(texts, spoken(job.reason)) + texts["counter.done.again_note"]
        return kit.message("stop", texts["counter.done.failed"], body, name="outcome_print")

    def _question(self) -> QFrame:
        kit, texts, run = self._kit, self._texts, self._run
        yes = kit.button(texts["counter.done.came_out"], "secondary", "Y", name="came_out")
        no = kit.button(texts["counter.done.not_out"], "secondary", "N", name="not_out")
        yes.setShortcut("Y")
        no.setShortcut("N")
        yes.clicked.connect(lambda: run.answer(True))
        no.clicked.connect(lambda: run.answer(False))
        body = texts["counter.done.question_note"]
        self._primary = yes
        return kit.message("warn", texts["counter.done.question"], body, yes, no, name="outcome_print")

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
        settled = run.stage is Stage.SETTLED
        failed = settled and (
            run.trouble is not None or (run.job is not None and run.job.state is PrintState.FAILED)
        )
        word = texts["counter.done.again" if failed else "counter.done.reprint"]
        again = kit.button(
            word, "primary" if failed else "secondary", "F7", "printer" if failed else "", "print_again", h=48
        )
        follow = kit.button(
            texts["counter.done.next"], "secondary" if failed else "primary", "F8", "", "next", h=48
        )
        pdf = kit.button(texts["counter.done.pdf"], "secondary", "Ctrl+S", "", "save_pdf", h=48)
        again.setEnabled(settled and not run.question)
        follow.setEnabled(settled and not run.question)
        again.clicked.connect(run.print_again)
        follow.clicked.connect(self.next)
        pdf.clicked.connect(self.save_pdf)
        if not run.question:
            self._primary = again if failed else follow
        return box(row(None, follow, again, pdf, None, gap=12))


def spoken(reason: str) -> str:
    """Reasons that are no error codes have no sentence of their own."""
    return reason if "." in reason else ""
