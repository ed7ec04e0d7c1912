"""办事体检: everything once more, what was found, and the one button that hands it in."""

from datetime import date
from typing import ClassVar

from PySide6.QtWidgets import QBoxLayout

from app.domain.identity import mask_phone
from app.domain.precheck import Finding, Severity
from ui.pages.kiosk.page import Page
from ui.pages.kiosk.parts import facts, on_press
from ui.widgets.kit import Part


class SummaryPage(Page):
    name = "summary"
    step: ClassVar[int | None] = 4

    def findings(self) -> tuple[Finding, ...]:
        office = self.guide.desk.office
        today = office.clock.now().date()
        return self.s.intake.findings(self.guide.profile.channel, today, office.calendar)

    def body(self) -> QBoxLayout:
        k, found = self.k, self.findings()
        errors = [f for f in found if f.severity is Severity.ERROR]
        warnings = [f for f in found if f.severity is Severity.WARNING]
        passed = sum(f.severity is Severity.PASSED for f in found)
        width = 230 if k.elder else 170
        card = k.frame(facts(k, self._facts(), width), (36, 28, 36, 28), role="card")
        said = [self._finding("stop", f) for f in errors] + [self._finding("warn", f) for f in warnings]
        good = k.row(k.pill(self.say("passed", n=passed), "ok", "done", "passed"), None)
        go = k.press(self.say("submit"), "primary", name="submit", h=144, enabled=not errors)
        on_press(go, lambda: self.guide.swap("sending"))
        return k.col(card, good, *self._most(said), None, go, gap=16)

    def _most(self, said: list[Part]) -> list[Part]:
        most = 2 if self.k.elder else 3
        if len(said) <= most:
            return said
        more = self.k.text(self.say("more_findings", n=len(said) - most + 1), "body", "muted", wrap=True)
        return [*said[: most - 1], more]

    def _finding(self, tone: str, finding: Finding) -> Part:
        key = f"kiosk.finding.{finding.rule}"
        known = f"{key}.title" in self.t
        values = {name: self.day(v) if isinstance(v, date) else v for name, v in finding.values.items()}
        title = self.t.say(f"{key}.title" if known else "kiosk.finding.other.title", **values)
        body = self.t.say(f"{key}.body" if known else "kiosk.finding.other.body", **values)
        return self.k.message(tone, title, body, name=f"finding_{finding.rule}")

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
            (self.say("answer_by"), self.day(due.answer_by.day), "strong"),
        ]
