"""办事体检: everything once more, what was found, and the one button that hands it in."""

from collections.abc import Sequence
from datetime import date
from typing import ClassVar

from PySide6.QtWidgets import QBoxLayout

from app.domain.identity import mask_phone
from app.domain.precheck import Finding, Severity
from ui.pages.kiosk.kit import BODY
from ui.pages.kiosk.page import Page
from ui.pages.kiosk.parts import PAGER_ROOM, facts, on_press, pager, sheets_of
from ui.widgets.kit import Part

GO, PILL, GAP = 144, 64, 16  # page px
CARD_ROOM = 872  # px of the card for a label and its value


class SummaryPage(Page):
    name = "summary"
    is_list: ClassVar[bool] = True
    step: ClassVar[int | None] = 4

    def findings(self) -> tuple[Finding, ...]:
        office = self.guide.desk.office
        today = office.clock.now().date()
        return self.s.intake.findings(self.guide.profile.channel, today, office.calendar)

    def body(self) -> QBoxLayout:
        k, found = self.k, self.findings()
        errors = [f for f in found if f.severity is Severity.ERROR]
        said = [*errors, *(f for f in found if f.severity is Severity.WARNING)]
        passed = sum(f.severity is Severity.PASSED for f in found)
        card = k.frame(facts(k, self._facts(), self._label()), (36, 28, 36, 28), role="card")
        good = k.row(k.pill(self.say("passed", n=passed), "ok", "done", "passed"), None)
        sheets = self._sheets(said)
        index = min(self.s.place.index, len(sheets) - 1)
        shown: list[Part] = [self._finding(f) for f in sheets[index]]
        leaf: list[Part] = []
        if len(sheets) > 1:
            leaf.append(pager(self.guide, index, len(sheets), lambda i: self.guide.swap(self.name, i)))
        go = k.press(self.say("submit"), "primary", name="submit", h=GO, enabled=not errors)
        on_press(go, lambda: self.guide.swap("sending"))
        return k.col(card, good, *shown, None, *leaf, go, gap=GAP)

    def _label(self) -> int:
        return 230 if self.k.elder else 170

    def _sheets(self, said: Sequence[Finding]) -> list[Sequence[Finding]]:
        """What was found, worst first, on as few sheets as the rest of the page leaves room for."""
        heights = [self.k.message_height(*self._words(f)) for f in said]
        room = BODY - self._card_height() - PILL - GO - 4 * GAP
        sheets = sheets_of(said, heights, room, GAP)
        return sheets if len(sheets) == 1 else sheets_of(said, heights, room - PAGER_ROOM, GAP)

    def _card_height(self) -> int:
        room = CARD_ROOM - self._label()
        return 56 + sum(self.k.height(value, role, room) + 16 for _label, value, role in self._facts())

    def _finding(self, finding: Finding) -> Part:
        tone = "stop" if finding.severity is Severity.ERROR else "warn"
        return self.k.message(tone, *self._words(finding), name=f"finding_{finding.rule}")

    def _words(self, finding: Finding) -> tuple[str, str]:
        key = f"kiosk.finding.{finding.rule}"
        known = f"{key}.title" in self.t
        values = {name: self.day(v) if isinstance(v, date) else v for name, v in finding.values.items()}
        title = self.t.say(f"{key}.title" if known else "kiosk.finding.other.title", **values)
        body = self.t.say(f"{key}.body" if known else "kiosk.finding.other.body", **values)
        return title, body

    def _facts(self) -> list[tuple[str, str, str]]:
        intake, person, item = self.s.intake, self.s.intake.applicant, self.s.intake.item
        if person is None or item is None:
            return []
        masked = self.guide.profile.mask_identity
        tally = intake.tally()
        office = self.guide.desk.office
        due = intake.deadlines(office.clock.now().date(), office.calendar)
        name = person.masked_name if masked else person.full_name
        number = person.masked_number if masked else person.number
        return [
            (self.say("who"), self.say("who_is", name=name, number=number), "body"),
            (self.say("item"), item.name, "strong"),
            (self.say("materials"), self.say("tally", taken=tally.taken, due=tally.due), "body"),
            (self.say("phone"), mask_phone(intake.contact.phone) or self.say("no_phone"), "body"),
            (self.say("delivery"), self.t.code("delivery", intake.delivery.way.value), "body"),
            (self.say("answer_by"), self.due(due.answer_by), "strong"),
        ]
