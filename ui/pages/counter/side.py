"""The right edge: how far the case is, its dates, the paper to come, and the one decision."""

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QFrame, QLabel, QLayout, QStackedLayout, QWidget

from app.domain.catalog import Item, parse_item_code
from app.domain.deadline import Deadlines
from app.domain.situation import first_options, materials_for
from app.texts import Texts
from ui.desk import Desk
from ui.pages.counter.preview import PreviewPane, Sight, printed_form
from ui.pages.counter.session import IntakeSession
from ui.pages.counter.signing import SignatureLine, Signing
from ui.pages.counter.steps import set_text
from ui.widgets.kit import Kit, box, clear, col, restyle, row
from ui.words import due_day, weekday

WIDTH, WIDE = 304, 400
ITEM_ROWS = 9


class SidePanel(QFrame):
    """`decide`: F9 or a click; `enlarge`: F12."""

    decide = Signal()
    enlarge = Signal()

    def __init__(self, kit: Kit, desk: Desk, session: IntakeSession, signing: Signing) -> None:
        super().__init__()
        self._kit, self._desk, self._session = kit, desk, session
        self.signature = SignatureLine(kit, desk.office.texts, signing)
        self._texts = desk.office.texts
        self._seconds = 0
        self._item_card = _ItemCard(kit, self._texts)
        self._pages = QStackedLayout()
        self._pages.addWidget(self._case_card())
        self._pages.addWidget(self._item_card)
        top = QWidget()
        top.setLayout(self._pages)
        self.setLayout(col(top, self._decision_card(), gap=8))
        self.setFixedWidth(WIDTH)
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._tick)

    def _case_card(self) -> QFrame:
        kit, texts = self._kit, self._texts
        self._took = kit.text("", "caption", "muted", name="took")
        self._due = self._number("stat_due")
        self._taken = self._number("stat_taken")
        self._lack = self._number("stat_lack")
        cells = [
            col(number, kit.text(texts[f"counter.stat.{word}"], "caption", "muted", align="center"), gap=0)
            for number, word in ((self._due, "due"), (self._taken, "taken"), (self._lack, "lack"))
        ]
        numbers = box(row(*cells, gap=0), (0, 8, 0, 8), role="hole")
        self._promise, promise = self._pair("counter.kv.promise", "promise")
        self._starts, starts = self._pair("counter.kv.starts", "starts")
        self._answer, answer = self._pair("counter.kv.answer", "answer", "strong")
        self._promised, promised = self._pair("counter.kv.promised", "promised", "strong")
        self._paper = self._paper_to_come()
        return kit.card(
            row(kit.text(texts["counter.this_case"], "title"), None, self._took),
            numbers,
            promise,
            starts,
            answer,
            promised,
            4,
            self._paper,
            gap=6,
            margins=(16, 12, 16, 12),
        )

    def _paper_to_come(self) -> QFrame:
        """Only a sample: it leaves with the decision, for then there is the real one."""
        kit, caption = self._kit, self._texts[f"counter.preview_{printed_form(self._desk).value}"]
        self._enlarge = kit.button(self._texts["counter.enlarge"], "quiet", "F12", name="enlarge", h=24)
        self._enlarge.clicked.connect(self.enlarge)
        self.preview = PreviewPane(kit, caption)
        head = row(kit.text(caption, "caption", "muted"), None, self._enlarge)
        paper = box(col(head, self.preview, gap=6), name="paper_to_come")
        policy = paper.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        paper.setSizePolicy(policy)
        return paper

    def _number(self, name: str) -> QLabel:
        return self._kit.text("0", "h1", "ink", name=name, align="center")

    def _pair(self, key: str, name: str, role: str = "body") -> tuple[QLabel, QLayout]:
        label = self._kit.text(self._texts[key], "caption", "muted")
        label.setFixedWidth(64)
        value = self._kit.text("", role, name=f"kv_{name}")
        return value, row(label, value, None, gap=8)

    def _decision_card(self) -> QFrame:
        kit = self._kit
        self._reason = kit.text("", "body", "muted", wrap=True, name="reason")
        self.receive = kit.button(self._texts["counter.receive"], "primary", "F9", "printer", "receive", h=48)
        self.receive.clicked.connect(self.decide)
        parts = (self.signature, self._reason, self.receive)
        return kit.card(*parts, gap=8, margins=(12, 12, 12, 12), name="decision")

    # -- what is shown ---------------------------------------------------------------------------

    def show_item(self, item: Item | None) -> None:
        """While searching: the item under the cursor instead of the case."""
        if item is not None:
            self._item_card.show_item(item)
        self._pages.setCurrentIndex(0 if item is None else 1)

    def show_paper(self, sight: Sight, image: QImage | None) -> None:
        words = "" if sight is Sight.DRAWN else self._texts[f"counter.preview_{sight.value}"]
        self.preview.show_image(image, words)
        self._enlarge.setEnabled(sight is not Sight.LATER)

    def show_stored(self, stored: bool) -> None:
        self._paper.setVisible(not stored)
        self.signature.setVisible(not stored and self._session.intake.applicant is not None)

    def set_wide(self, wide: bool) -> None:
        self.setFixedWidth(WIDE if wide else WIDTH)

    def start_clock(self) -> None:
        self._seconds = 0
        set_text(self._took, "")
        self._timer.stop()

    def _tick(self) -> None:
        self._seconds += 1
        minutes, seconds = divmod(self._seconds, 60)
        set_text(
            self._took, self._texts.say("counter.took", minutes=f"{minutes:02d}", seconds=f"{seconds:02d}")
        )

    def stop_clock(self) -> None:
        self._timer.stop()

    def refresh(self) -> None:
        intake = self._session.intake
        if not intake.empty and not self._timer.isActive():
            self._timer.start(1000)
        tally = intake.tally()
        set_text(self._due, str(tally.due))
        set_text(self._taken, str(tally.taken), "ok" if tally.due and not tally.missing else "ink")
        set_text(self._lack, str(tally.missing), "stop" if tally.missing else "ink")
        office = self._desk.office
        today = office.clock.now().date()
        if intake.item is None:
            for label in (self._promise, self._starts, self._answer, self._promised):
                set_text(label, "—", "muted")
            return
        self._dates(intake.item, intake.deadlines(today, office.calendar))

    def _dates(self, item: Item, due: Deadlines) -> None:
        texts = self._texts
        today = self._desk.office.clock.now().date()
        promise = (
            texts.say("counter.days", n=item.promise_days) if item.promise_days else texts["counter.unsaid"]
        )
        set_text(self._promise, promise, "ink")
        key = "counter.starts_today" if due.starts.day == today else "counter.starts_later"
        words = texts.say(key, day=f"{due.starts.day:%m-%d}", weekday=weekday(texts, due.starts.day))
        set_text(self._starts, words, "ink" if due.starts.day == today else "warn")
        set_text(self._answer, due_day(texts, due.answer_by), "ink")
        set_text(self._promised, due_day(texts, due.promised) if due.promised else "—", "ink")

    def show_decision(self, reason: str, tone: str, *, live: bool, word: str) -> None:
        """The sentence above the button says why it is dead, or what pressing it means."""
        set_text(self._reason, reason, tone)
        self._reason.setVisible(bool(reason))
        if self.receive.text().strip() != word:
            self.receive.setText(" " * (1 + self._kit.s.base // 24) + word)
            self.receive.setAccessibleName(word)
        self.receive.setEnabled(live)
        restyle(self.receive, kind="primary")


class _ItemCard(QFrame):
    """Facts of the item under the cursor in the search list."""

    def __init__(self, kit: Kit, texts: Texts) -> None:
        super().__init__()
        self._kit, self._texts = kit, texts
        self.setProperty("role", "card")
        self._lines = col(gap=8)
        outer = col(self._lines, None, gap=0)
        outer.setContentsMargins(16, 16, 16, 16)
        self.setLayout(outer)
        self._shown: Item | None = None

    def show_item(self, item: Item) -> None:
        if item == self._shown:
            return
        self._shown = item
        kit, texts, lines = self._kit, self._texts, self._lines
        clear(lines)
        lines.addWidget(kit.text(texts["counter.looking_at"], "title"))
        lines.addWidget(kit.text(item.name, "strong", wrap=True, name="looking_at_name"))
        for label, value in self._facts(item):
            caption = kit.text(label, "caption", "muted")
            caption.setFixedWidth(40)
            lines.addWidget(box(row(caption, kit.text(value, "body", wrap=True), gap=8)))
        lines.addWidget(kit.rule())
        self._materials(item)

    def _facts(self, item: Item) -> list[tuple[str, str]]:
        texts = self._texts
        code = parse_item_code(item.code)
        tail = item.code if code is None else "…" + item.code[-15:]
        facts = [(texts["counter.kv.department"], item.department), (texts["counter.kv.code"], tail)]
        if item.promise_days or item.legal_days:
            which = (
                "both"
                if item.promise_days and item.legal_days
                else "promise"
                if item.promise_days
                else "legal"
            )
            words = texts.say(f"counter.limit_{which}", promise=item.promise_days, legal=item.legal_days)
            facts.append((texts["counter.kv.limit"], words))
        return facts

    def _materials(self, item: Item) -> None:
        kit, texts = self._kit, self._texts
        due = materials_for(item, first_options(item))
        self._lines.addWidget(kit.text(texts.say("counter.materials_due", n=len(due)), "strong"))
        for number, material in enumerate(due[:ITEM_ROWS], 1):
            line = row(
                kit.text(str(number), "body", "muted"), kit.text(material.name, "body", "muted", wrap=True)
            )
            self._lines.addWidget(box(line))
        if len(due) > ITEM_ROWS:
            more = texts.say("counter.materials_more", n=len(due) - ITEM_ROWS)
            self._lines.addWidget(kit.text(more, "caption", "muted"))
