"""The intake page before anybody sits down: put a card on the reader, or type.

At the right what a clerk looks for in the morning: yesterday's interrupted intake, whether
the station may open, and the items this counter handles most.
"""

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from app.domain.catalog import ItemHit
from app.services.drafts import KeptDraft
from ui import icons
from ui.desk import Desk
from ui.pages.counter.steps import set_text
from ui.status_lines import StatusLine, can_receive, worst
from ui.widgets.kit import Kit, Painted, Part, box, clear, col, row
from ui.words import moment

OFTEN = 5
SIDE = 384


class StartPage(QWidget):
    """`typed(text)`: begin by hand; `restore(KeptDraft)`; `forget(KeptDraft)`; `item(code)`: Alt+1…5."""

    typed = Signal(str)
    restore = Signal(object)
    forget = Signal(object)
    item = Signal(str)
    devices = Signal()
    sheet = Signal()

    def __init__(self, kit: Kit, desk: Desk) -> None:
        super().__init__()
        self._kit, self._desk, self._texts = kit, desk, desk.office.texts
        self._draft: KeptDraft | None = None
        self._often: tuple[ItemHit, ...] = ()
        self._lines: tuple[StatusLine, ...] = ()
        self._sheet_due = False
        self._side: QVBoxLayout = QVBoxLayout()
        self._side.setSpacing(12)
        self._side.setContentsMargins(0, 0, 0, 0)
        side = QFrame()
        side.setLayout(self._side)
        side.setFixedWidth(SIDE)
        self.setLayout(row(self._middle(), side, gap=16))

    def _middle(self) -> QFrame:
        kit, texts = self._kit, self._texts
        self._greeting = kit.text("", "h1", align="center", name="greeting")
        self._lead = kit.text(texts["counter.start.lead"], "body", "muted", align="center", wrap=True)
        picture = Painted(lambda p, w, h: draw_card(kit, p, w, h), h=208)
        self.field = kit.field(hint=texts["counter.start.hint"], name="start_field", h=48)
        self._begin = kit.button(texts["counter.start.begin"], "primary", "Enter", name="start_button", h=48)
        self.field.returnPressed.connect(self._go)
        self._begin.clicked.connect(self._go)
        entry = row(None, box(col(self.field), fixed=(440, 0)), self._begin, None, gap=8)
        keys: list[Part] = []
        for key, word in (("F2", "read"), ("F3", "find"), ("F4", "hand"), ("F1", "help")):
            keys += [kit.key(key), kit.text(texts[f"counter.start.key_{word}"], "caption", "muted"), 12]
        return box(
            col(
                None,
                self._greeting,
                self._lead,
                picture,
                8,
                entry,
                8,
                row(None, *keys[:-1], None, gap=6),
                None,
                gap=8,
            ),
            (24, 16, 24, 16),
            role="card",
        )

    def start_at(self) -> None:
        self.field.clear()
        self.field.setFocus(Qt.FocusReason.OtherFocusReason)

    def _go(self) -> None:
        self.typed.emit(self.field.text().strip())

    # -- content ---------------------------------------------------------------------------------

    def greet(self, received_today: int, reader: StatusLine | None) -> None:
        texts, now = self._texts, self._desk.office.clock.now()
        part = "morning" if 5 <= now.hour < 12 else "afternoon" if 12 <= now.hour < 18 else "evening"
        words = texts.say(f"counter.start.{part}", n=received_today + 1)
        set_text(self._greeting, words)
        ready = reader is not None and reader.tone != "stop"
        set_text(self._lead, texts["counter.start.lead" if ready else "counter.start.lead_no_reader"])

    def show_side(
        self,
        draft: KeptDraft | None,
        lines: tuple[StatusLine, ...],
        often: tuple[ItemHit, ...],
        sheet_due: bool = False,
    ) -> None:
        """`sheet_due`: offer the readiness sheet, which nobody has looked at today."""
        now = (draft, lines, often, sheet_due)
        if now == (self._draft, self._lines, self._often, self._sheet_due) and self._side.count():
            return
        self._draft, self._lines, self._often, self._sheet_due = now
        clear(self._side)
        if draft is not None:
            self._side.addWidget(self._draft_card(draft))
        self._side.addWidget(self._ready_card(lines))
        self._side.addWidget(self._often_card(often), 1)

    def restore_draft(self) -> None:
        if self._draft is not None:
            self.restore.emit(self._draft)

    def take_often(self, number: int) -> None:
        if number < len(self._often):
            self.item.emit(self._often[number].code)

    def _draft_card(self, draft: KeptDraft) -> QFrame:
        kit, texts, intake = self._kit, self._texts, draft.intake
        who = intake.applicant.masked_name if intake.applicant else ""
        what = intake.item.name if intake.item else texts["counter.start.no_item"]
        tally = intake.tally()
        when = moment(texts, draft.changed_at, self._desk.office.clock.now())
        note = texts.say("counter.start.draft_note", time=when, taken=tally.taken, due=tally.due)
        again = kit.button(texts["counter.start.restore"], "secondary", "Ctrl+R", name="restore_button")
        drop = kit.button(texts["counter.start.forget"], "quiet", name="forget_button")
        again.clicked.connect(self.restore_draft)
        drop.clicked.connect(lambda: self.forget.emit(draft))
        title = texts["ui.dot"].join(t for t in (who, what) if t)
        return kit.card(
            row(
                kit.icon("clock", 20, "warn", 2), kit.text(texts["counter.start.draft"], "title"), None, gap=8
            ),
            kit.text(title, "strong", wrap=True, name="draft_title"),
            kit.text(note, "body", "muted", wrap=True),
            row(again, drop, None),
            gap=8,
            name="draft_card",
        )

    def _ready_card(self, lines: tuple[StatusLine, ...]) -> QFrame:
        kit, texts = self._kit, self._texts
        look = kit.button(texts["counter.start.devices"], "quiet", h=24, name="ready_details")
        look.clicked.connect(self.devices)
        if not lines:
            icon, tone, title = "clock", "muted", "counter.start.checking"
        elif not can_receive(lines):
            icon, tone, title = "fail", "stop", "counter.start.not_ready"
        elif worst(lines) != "quiet":
            icon, tone, title = "warning", "warn", "counter.start.ready_with"
        else:
            icon, tone, title = "done", "ok", "counter.start.ready"
        head = row(kit.icon(icon, 20, tone, 2), kit.text(texts[title], "title"), None, look, gap=8)
        card: list[Part] = [head, *[self._ready_line(line) for line in lines]]
        if self._sheet_due and lines:
            offer = kit.button(texts["counter.start.sheet"], "quiet", icon="paper", h=28, name="offer_sheet")
            offer.clicked.connect(self.sheet)
            card.append(box(row(offer, None)))
        return kit.card(*card, gap=8, name="ready_card")

    def _ready_line(self, line: StatusLine) -> QFrame:
        kit = self._kit
        icon = {"quiet": "check", "warn": "warning", "stop": "fail"}.get(line.tone, "clock")
        tone = {"quiet": "ok", "muted": "muted"}.get(line.tone, line.tone)
        fine = line.well and line.state == self._texts["health.fine"]
        key = "counter.start.fine" if fine else "counter.start.line"
        shown = self._texts.say(key, name=line.name, state=line.state)
        label = kit.text(shown, "body", "ink" if line.well else tone)
        return box(row(kit.icon(icon, 16, tone, 2.4), label, None, gap=8))

    def _often_card(self, often: Sequence[ItemHit]) -> QFrame:
        kit, texts = self._kit, self._texts
        card = kit.card(kit.text(texts["counter.start.often"], "title"), gap=4, name="often_card")
        layout = card.layout()
        assert isinstance(layout, QVBoxLayout)
        if not often:
            layout.addWidget(kit.text(texts["counter.start.often_none"], "body", "muted", wrap=True))
        for number, hit in enumerate(often[:OFTEN]):
            button = kit.button("", "quiet", name=f"often_{number + 1}")
            name = button.fontMetrics().elidedText(hit.name, Qt.TextElideMode.ElideMiddle, SIDE - 110)
            button.setText(name)
            button.setToolTip(hit.name)
            button.setAccessibleName(hit.name)
            button.clicked.connect(lambda _checked=False, code=hit.code: self.item.emit(code))
            layout.addWidget(box(row(kit.key(f"Alt+{number + 1}"), button, None, gap=4), fixed=(0, 32)))
        layout.addStretch(1)
        return card


def strip_machine(draft: KeptDraft) -> KeptDraft:
    """A restored draft asks again whether face and document agree: another person may sit there now."""
    return replace(draft, intake=replace(draft.intake, identity_confirmed=None))


def draw_card(kit: Kit, p: QPainter, w: int, h: int) -> None:
    """A reader pad with a card settling on it."""
    pal, centre = kit.pal, w // 2
    p.setPen(Qt.PenStyle.NoPen)
    for i, alpha in enumerate((18, 26, 40)):
        colour = QColor(pal.primary)
        colour.setAlpha(alpha)
        p.setBrush(colour)
        p.drawRoundedRect(centre - 150 + i * 18, h - 92 + i * 10, 300 - i * 36, 72 - i * 16, 24, 24)
    p.translate(centre, h - 100)
    p.rotate(-7)
    p.setBrush(QColor(pal.panel))
    p.setPen(QPen(QColor(pal.primary), 2.5))
    p.drawRoundedRect(-96, -64, 192, 118, 12, 12)
    p.setPen(Qt.PenStyle.NoPen)
    p.setBrush(QColor(pal.primary_soft))
    p.drawRoundedRect(36, -44, 44, 54, 6, 6)
    p.drawPixmap(42, -34, icons.pixmap("person", 32, pal.primary))
    p.setBrush(QColor(pal.line))
    for y, width in ((-42, 92), (-22, 70), (-2, 84)):
        p.drawRoundedRect(-78, y, width, 8, 4, 4)
    p.setBrush(QColor(pal.primary_soft))
    p.drawRoundedRect(-78, 30, 156, 10, 5, 5)
