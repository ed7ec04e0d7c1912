"""Papers that failed after their case had left the page: said above whatever is on it now."""

from PySide6.QtCore import Signal

from app.texts import Texts
from ui.pages.counter.notices import Notices
from ui.pages.counter.outcome import spoken
from ui.pages.counter.receiving import Missed
from ui.widgets.kit import Kit
from ui.words import sentence

NAME = "missed"
TAIL = 8  # of a number: the running number and its check character


class MissedPapers(Notices):
    """One notice, however many papers: a printer that is out of paper misses one after another.

    `look(number)`: the person wants that case; it counts as told.  It takes no focus and turns
    no page, for it comes while the next person is being served.
    """

    look = Signal(str)

    def __init__(self, kit: Kit, texts: Texts) -> None:
        super().__init__(kit, texts)
        self._column.setContentsMargins(16, 12, 16, 0)
        self._waiting: list[Missed] = []

    def add(self, missed: Missed) -> None:
        self._waiting.append(missed)
        self._show_first()

    def _show_first(self) -> None:
        if not self._waiting:
            self.drop(NAME)
            return
        first, texts = self._waiting[0], self._texts
        key = "question" if first.paper.question else "failed"
        form = texts.code("paper_form", first.paper.form.value)
        title = texts.say(f"counter.missed.{key}", tail=first.number[-TAIL:], paper=form)
        go = self._kit.button(texts["counter.missed.look"], "secondary", name="missed_look", h=28)
        go.clicked.connect(self._look)
        self.say(NAME, "stop" if key == "failed" else "warn", title, self._body(first), go)

    def _body(self, first: Missed) -> str:
        texts, paper = self._texts, first.paper
        reason = spoken(paper.job.reason) if paper.job is not None else ""
        body = sentence(texts, reason) if paper.trouble is None else texts.error(paper.trouble)
        more = len(self._waiting) - 1
        return body + (texts.say("counter.missed.more", n=more) if more else "")

    def _look(self) -> None:
        first = self._waiting.pop(0)
        self._show_first()
        self.look.emit(first.number)
