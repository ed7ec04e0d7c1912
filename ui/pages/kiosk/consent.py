"""告知与同意: what will be recorded, what for, and what a 收件 is, before anything is read."""

from typing import ClassVar

from PySide6.QtWidgets import QBoxLayout

from ui.pages.kiosk import route
from ui.pages.kiosk.page import Page
from ui.pages.kiosk.parts import bullet, on_press
from ui.widgets.kit import Part

POINTS = (("idcard", "read"), ("lock", "kept"), ("paper", "received"), ("clock", "forgotten"))


class ConsentPage(Page):
    name = "consent"
    step: ClassVar[int | None] = 0

    def sub(self) -> str:
        item = self.s.intake.item
        return "" if item is None else self.say("sub", item=item.name, department=item.department)

    def body(self) -> QBoxLayout:
        k = self.k
        points: list[Part] = [
            bullet(k, icon, self.say(f"{key}_title"), self.say(f"{key}_body")) for icon, key in POINTS
        ]
        card = k.frame(k.col(*points, gap=28), (40, 36, 40, 36), role="card")
        agree = on_press(
            k.press(self.say("agree"), "primary", name="agree"), lambda: route.onward(self.guide)
        )
        no = on_press(k.press(self.say("no"), name="disagree", h=112), self.guide.leave)
        return k.col(card, None, agree, no, gap=20)
