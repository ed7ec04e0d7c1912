"""凭证: what was received, the QR, and the truth about the paper: printing, out, failed or unknown."""

from typing import ClassVar

from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QBoxLayout, QFrame

from app.domain.deadline import DueDate
from app.domain.device import CardRead, DeviceEvent
from app.domain.printing import PrintState
from app.domain.receipt import Receipt
from ui.pages.kiosk import handing_in, pictures
from ui.pages.kiosk.guide import Guide
from ui.pages.kiosk.page import Page
from ui.pages.kiosk.parts import facts, on_press
from ui.widgets.kit import Draw, Painted, Part
from ui.widgets.qr import draw_modules

LABEL, LABEL_ELDER = 130, 170  # px of the labels
QUIET_BOTH_SIDES = 8  # modules of white, left and right together (ui.widgets.qr)
QR_PX = 304
CARD_GONE_S = 4.0
"""So long after a card was last seen it counts as taken: after one read the reader answers
"no card" until the card is lifted, so lying still cannot be told from being gone."""


class ReceiptPage(Page):
    name = "receipt"
    step: ClassVar[int | None] = 5
    can_back = can_leave = False
    watches_cards: ClassVar[bool] = True

    @classmethod
    def entered(cls, guide: Guide) -> None:
        handing_in.deliver(guide)

    # -- what it says ----------------------------------------------------------------------------

    def words(self) -> QBoxLayout:
        k = self.k
        said = self.say(f"{'sub' if self._on_paper() else 'sub_code'}{'_card' if self.s.card_read else ''}")
        words = k.stack(k.text(self.title(), "h1"), k.text(said, "body", "muted", wrap=True), gap=8)
        line = k.row(k.glyph("done", 112, "ok", 1.6), words, gap=28)
        line.setStretch(1, 1)
        return line

    def body(self) -> QBoxLayout:
        k, received = self.k, self.s.received
        if received is None:
            return k.col(None)
        receipt = received.issued.receipt
        parts: list[Part] = [self._case(receipt), self._paper()]
        if self._card_there():  # one thing at a time: the note comes back when the card is taken
            parts.append(k.message("warn", self.say("card_title"), self.say("card_body"), name="card_left"))
        else:
            parts.append(k.text(self._note(receipt), "body", "muted", wrap=True, name="note"))
        return k.col(*parts, None, self._end(), gap=16)

    def _case(self, receipt: Receipt) -> QFrame:
        k, width = self.k, LABEL_ELDER if self.k.elder else LABEL
        number = facts(k, [(self.say("number"), receipt.number, "title")], width, top=True)
        shown = k.row(k.frame(self._facts(receipt)), self._qr(), gap=20)
        shown.setStretch(0, 1)
        return k.frame(k.col(number, shown, gap=16), (36, 28, 28, 16), role="card")

    def _facts(self, receipt: Receipt) -> QBoxLayout:
        taken = sum(m.originals > 0 or m.copies > 0 for m in receipt.materials)
        rows = [("item", receipt.item_name, "strong")]
        if not self.k.elder:
            rows.append(("materials", self.say("materials_count", n=taken), "body"))
            rows.append(("at", f"{receipt.received_at:%Y-%m-%d %H:%M}", "body"))
        rows.append(("answer_by", self.due(DueDate(receipt.answer_by, receipt.answer_provisional)), "strong"))
        width = LABEL_ELDER if self.k.elder else LABEL
        return facts(self.k, [(self.say(key), value, role) for key, value, role in rows], width, 20, top=True)

    def _qr(self) -> QFrame:
        k = self.k
        modules = self.s.modules
        whole = len(modules) + QUIET_BOTH_SIDES
        side = max(1, k.px(QR_PX) // whole) * whole  # px of the screen: every module as wide as the others

        def draw(p: QPainter, w: int, _h: int) -> None:
            draw_modules(p, 0, 0, w, modules)

        picture = Painted(draw, side, side)
        picture.setObjectName("receipt_qr")
        picture.setAccessibleName(self.say("qr"))
        return k.frame(k.col(picture, k.text(self.say("qr"), "body", "muted", align="center"), gap=8))

    def _note(self, receipt: Receipt) -> str:
        words = [self.say("note_elder" if self.k.elder else "note")]
        if self.k.elder and not self._on_paper():
            words = []  # the room is needed for the trouble; the day of the answer stands above
        if any(m.originals or m.copies for m in receipt.materials):
            words.append(self.say("hand_over"))
        if self.s.uploaded is False:
            words.append(self.say("upload_refused" if self.s.refused else "upload_later"))
        return "\n".join(words)

    # -- the paper -------------------------------------------------------------------------------

    def _on_paper(self) -> bool:
        """Whether there is a paper to take, for all that is known; else the code on the screen is all."""
        job = self.s.job
        given_up = self.s.error is not None or (job is not None and job.state is PrintState.FAILED)
        return self.s.printing or not (given_up or (self.s.paperless and job is None))

    def _paper(self) -> QFrame:
        job, failed = self.s.job, self.s.error is not None
        if self.s.printing:
            return self._paper_card("printing", "printer", "primary", pictures.slot(self.k.pal, 0.9))
        if self.s.paperless and job is None and not failed:
            return self._paper_card("paperless", "phone", "primary", None)
        if job is not None and job.state is PrintState.CONFIRMED:
            return self._paper_card("confirmed", "done", "ok", pictures.slot(self.k.pal, 0.9))
        if job is not None and job.state in (PrintState.UNKNOWN, PrintState.SENT):
            return self._question()
        return self._not_printed()

    def _paper_card(self, key: str, icon: str, tone: str, picture: Draw | None) -> QFrame:
        k = self.k
        head = k.row(
            k.glyph(icon, 48, tone, 2), k.text(self.say(f"{key}_title"), "title", name=f"paper_{key}"), gap=16
        )
        said = k.stack(k.row(head, None), k.text(self.say(f"{key}_body"), "body", "muted", wrap=True), gap=8)
        line = k.row(k.frame(said), *([k.picture(picture, 380, 168)] if picture else []), gap=8)
        line.setStretch(0, 1)
        return k.frame(line, (36, 20, 16, 12), role="card", name="paper")

    def _question(self) -> QFrame:
        k = self.k
        yes = on_press(
            k.press(self.say("came_out"), name="came_out", h=104),
            lambda: handing_in.answer(self.guide, came_out=True),
        )
        no = on_press(
            k.press(self.say("not_out"), name="not_out", h=104),
            lambda: handing_in.answer(self.guide, came_out=False),
        )
        head = k.row(
            k.glyph("help", 48, "warn", 2),
            k.text(self.say("unknown_title"), "title", name="paper_unknown"),
            None,
            gap=16,
        )
        return k.frame(k.col(head, k.even(yes, no), gap=16), (36, 24, 36, 24), role="card", name="paper")

    def _not_printed(self) -> QFrame:
        k = self.k
        again = k.press(self.say("print_again"), name="print_again", h=104)
        on_press(again, self._print_again)
        head = k.row(
            k.glyph("warning", 48, "warn", 2),
            k.text(self.say("failed_title"), "title", name="paper_failed"),
            None,
            gap=16,
        )
        said = k.text(self._why(), "body", "muted", wrap=True)
        return k.frame(k.col(head, said, again, gap=12), (36, 20, 36, 24), role="card", name="paper")

    def _why(self) -> str:
        reason = self.s.job.reason if self.s.job is not None else ""
        key = f"kiosk.receipt.failed.{reason.rpartition('.')[2]}"
        return self.t[key] if key in self.t else self.t["kiosk.receipt.failed.other"]

    def _print_again(self) -> None:
        waiting = self.s.job is None or self.s.job.state is PrintState.PREPARED
        handing_in.print_papers(self.guide, again=not waiting)
        self.guide.redraw()

    # -- the end, and the card -------------------------------------------------------------------

    def _card_there(self) -> bool:
        seen = self.s.card_seen_at
        return seen is not None and self.guide.monotonic() - seen < CARD_GONE_S

    def _end(self) -> Part:
        k, there = self.k, self._card_there()
        live = not self.s.printing and not there
        word = "wait_card" if there else "wait_paper" if self.s.printing else "end"
        return on_press(k.press(self.say(word), "primary", name="finish", enabled=live), self.guide.leave)

    def device(self, event: DeviceEvent) -> None:
        if isinstance(event, CardRead):
            self.s.card_read = True
            self.s.card_seen_at = self.guide.monotonic()
            self.guide.redraw()

    def tick(self) -> None:
        if self.s.card_seen_at is not None and not self._card_there():
            self.s.card_seen_at = None
            self.guide.redraw()
