"""Handing in: what is going on while it goes on, and what to do when it did not work."""

from typing import ClassVar

from PySide6.QtWidgets import QBoxLayout

from app.errors import Blame, RuleError
from ui.pages.kiosk import handing_in
from ui.pages.kiosk.guide import Guide
from ui.pages.kiosk.page import Page
from ui.pages.kiosk.parts import bullet, hint, on_press
from ui.widgets.kit import Part


class SendingPage(Page):
    """The button is gone from the press until the outcome is known."""

    name = "sending"
    step: ClassVar[int | None] = 4
    can_back = can_leave = False
    keeps_trail: ClassVar[bool] = False

    def body(self) -> QBoxLayout:
        k = self.k
        bar = k.progress(0, 0, k.px(16))
        waiting = k.press(self.say("waiting"), "primary", name="submit", h=144, enabled=False)
        card = k.frame(
            k.col(k.text(self.say("doing"), "title", align="center"), bar, gap=32),
            (48, 48, 48, 48),
            role="card",
        )
        return k.col(120, card, None, waiting, gap=24)

    @classmethod
    def entered(cls, guide: Guide) -> None:
        handing_in.submit(guide)


class FailedPage(Page):
    """Not received; everything entered is still here."""

    name = "failed"
    step: ClassVar[int | None] = 4
    can_back = False
    keeps_trail: ClassVar[bool] = False

    def body(self) -> QBoxLayout:
        k, error = self.k, self.s.error
        mend = isinstance(error, RuleError) and error.blame is Blame.APPLICANT
        said = self.t.error(error) if error is not None and mend else self.say("machine")
        for_staff: list[Part] = []
        if error is not None and not mend:
            reason = self.say("for_staff", words=self.t.error(error))
            for_staff.append(k.text(reason, "body", "muted", wrap=True))
        first = k.press(self.say("mend") if mend else self.say("again"), "primary", name="again", h=144)
        on_press(first, lambda: self.guide.swap("summary" if mend else "sending"))
        words = self.say("window_title"), self.say("window_body")
        window = k.frame(k.col(bullet(k, "person", *words, "accent")), (40, 36, 40, 36), role="card")
        return k.col(
            k.message("stop", self.say("what"), said, name="failure"),
            hint(k, "lock", self.say("kept"), "primary"),
            window,
            *for_staff,
            None,
            first,
            gap=28,
        )
