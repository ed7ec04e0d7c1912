"""核对: is this you?  Masked, since a bystander can read a large screen."""

from typing import ClassVar

from PySide6.QtWidgets import QBoxLayout

from app.domain.identity import IdentityDocument
from ui.pages.kiosk import route
from ui.pages.kiosk.page import Page
from ui.pages.kiosk.parts import facts, on_press
from ui.widgets.kit import Part


class CheckPage(Page):
    name = "check"
    step: ClassVar[int | None] = 1

    def body(self) -> QBoxLayout:
        k, person = self.k, self.s.intake.applicant
        if person is None:
            return k.col(None)
        width = 260 if k.elder else 200
        card = k.frame(facts(k, self._facts(person), width, 24), (40, 40, 40, 40), role="card")
        yes = on_press(k.press(self.say("yes"), "primary", name="yes"), lambda: route.onward(self.guide))
        no = on_press(k.press(self.say("no"), name="no", h=112), self._again)
        return k.col(card, *self._remarks(person), None, yes, no, gap=20)

    def _facts(self, person: IdentityDocument) -> list[tuple[str, str, str]]:
        t, masked = self.t, self.guide.profile.mask_identity
        rows = [
            (self.say("document"), t.code("document", person.kind.value), "body"),
            (self.say("name"), person.masked_name if masked else person.full_name, "h2"),
            (self.say("number"), person.masked_number if masked else person.number, "h2"),
        ]
        if person.valid_to is not None:
            rows.append((self.say("valid_to"), f"{person.valid_to:%Y-%m-%d}", "body"))
        elif person.long_term:
            rows.append((self.say("valid_to"), self.say("long_term"), "body"))
        return rows

    def _remarks(self, person: IdentityDocument) -> list[Part]:
        """What the person should know now rather than at the end."""
        k, today = self.k, self.guide.desk.office.clock.now().date()
        remarks: list[Part] = []
        if person.expired_on(today):
            remarks.append(k.message("warn", self.say("expired_title"), self.say("expired_body")))
        if self.s.intake.doubtful:
            remarks.append(k.message("warn", self.say("doubtful_title"), self.say("doubtful_body")))
        if not person.machine_read:
            remarks.append(k.message("accent", self.say("typed_title"), self.say("typed_body")))
        return remarks

    def _again(self) -> None:
        """Somebody else: forget this one and read again."""
        self.s.intake = self.s.intake.with_applicant(None)
        self.s.number = self.s.name = self.s.spelling = ""
        self.guide.swap("card")
