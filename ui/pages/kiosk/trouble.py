"""No promise without paper: what is wrong with reader or printer, and what can be done all the same."""

from collections.abc import Hashable
from typing import ClassVar

from PySide6.QtWidgets import QBoxLayout, QFrame

from app.domain.device import DeviceKind
from app.services.printing import PRINTERS
from ui.desk import Desk
from ui.pages.kiosk import pictures
from ui.pages.kiosk.board import health_of, prints, works
from ui.pages.kiosk.guide import Guide
from ui.pages.kiosk.page import Page
from ui.pages.kiosk.parts import bullet, on_press
from ui.widgets.kit import Draw, Part

OUT_OF_PAPER = "device.printer_paper"
TITLE_ROOM = 560  # px left of the picture


def missing(desk: Desk) -> str:
    """What is missing: `reader`, `paper`, `printer`, or `nothing` (any more)."""
    if not works(desk, DeviceKind.ID_READER):
        return "reader"
    if prints(desk):
        return "nothing"
    printers = [health_of(desk, PRINTERS[form]) for form in desk.office.papers]
    return "paper" if any(p is not None and p.reason == OUT_OF_PAPER for p in printers) else "printer"


class TroublePage(Page):
    name = "trouble"
    can_back = False
    idles: ClassVar[bool] = True

    @classmethod
    def entered(cls, guide: Guide) -> None:
        guide.session.told_at = f"{guide.desk.office.clock.now():%H:%M}"
        guide.note(f"kiosk.trouble.{missing(guide.desk)}")

    def _case(self) -> str:
        return missing(self.guide.desk)

    def title(self) -> str:
        return self.say(f"{self._case()}_title")

    def sub(self) -> str:
        case = self._case()
        if case == "reader" and not self.guide.profile.hand_entry:
            case = "reader_only"
        return self.say(f"{case}_sub")

    def art(self) -> Draw | None:
        if self._case() not in ("paper", "printer"):
            return None
        beside = all(self.k.fits(line, "h1", TITLE_ROOM) for line in self.title().split("\n"))
        return pictures.slot_above(self.k.pal) if beside or self.k.wide else None

    def body(self) -> QBoxLayout:
        k, case = self.k, self._case()
        parts: list[Part] = [self._told()] if case != "nothing" else []
        if case != "reader" or self.guide.profile.hand_entry:
            word = self.say(f"{case}_go")
            icon = {"nothing": "", "reader": "pen"}.get(case, "phone")
            go = k.press(word, "primary", icon=icon, name="go_on", h=152)
            parts += [
                on_press(go, self._go_on),
                k.text(self.say(f"{case}_go_body"), "body", "muted", wrap=True),
            ]
        if case != "nothing":
            other = k.frame(
                k.col(
                    bullet(k, "person", self.say("window_title"), self.say("window_body"), "accent"),
                    bullet(k, "clock", self.say("later_title"), self.say("later_body"), "accent"),
                    gap=32,
                ),
                (40, 36, 40, 36),
                role="card",
            )
            parts += [24, k.text(self.say("other"), "title"), other]
        leave = on_press(k.press(self.say("leave"), name="not_now", h=112), self.guide.leave)
        return k.col(*parts, None, leave, gap=20)

    def _told(self) -> QFrame:
        k = self.k
        head = k.text(self.say("told", time=self.s.told_at), "strong", "ok")
        words = k.stack(head, k.text(self.say("told_body"), "body", wrap=True), gap=4)
        line = k.row(k.glyph("bell", 44, "ok", 2), words, gap=20)
        line.setStretch(1, 1)
        return k.frame(line, (28, 20, 28, 20), pill="ok")

    def _go_on(self) -> None:
        self.s.paperless = not prints(self.guide.desk)
        self.guide.go("themes")

    def health(self) -> Hashable:
        return missing(self.guide.desk)
