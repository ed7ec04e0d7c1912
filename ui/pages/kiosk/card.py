"""刷证: the card is read as it is laid down, nothing is pressed."""

from collections.abc import Hashable
from typing import ClassVar

from PySide6.QtWidgets import QBoxLayout, QFrame

from app.domain.device import CardRead, DeviceEvent, DeviceKind, DeviceTrouble, Scanned
from app.domain.scanned_code import CodeKind, classify
from ui.pages.kiosk import pictures, route
from ui.pages.kiosk.board import works
from ui.pages.kiosk.page import Page
from ui.pages.kiosk.parts import Press, bullet, on_press, tile
from ui.pages.kiosk.scans import of_no_use
from ui.pages.kiosk.session import Notice
from ui.widgets.kit import KeyButton, Part


class CardPage(Page):
    name = "card"
    step: ClassVar[int | None] = 1
    watches_cards: ClassVar[bool] = True
    scans: ClassVar[bool] = True

    def body(self) -> QBoxLayout:
        k = self.k
        ways: list[Part] = []
        if self.guide.profile.hand_entry:
            ways.append(self._way("hand", "pen", lambda: self.guide.go("hand_number")))
        ways.append(self._way("no_card", "person", lambda: self.guide.go("no_card")))
        picture = k.picture(pictures.card_on_pad(k.pal), h=512)
        waiting = k.row(None, self._state(), None)
        return k.col(picture, waiting, 16, k.col(*ways, gap=20), None, gap=8)

    def _way(self, name: str, icon: str, press: Press) -> KeyButton:
        words = self.say(f"{name}_title"), self.say(f"{name}_body")
        return tile(
            self.k,
            name,
            icon,
            *words,
            press,
            h=160 if self.k.elder else 144,
            tone="accent",
            wide=True,
            art=88,
            room=620,
        )

    def _state(self) -> QFrame:
        if works(self.guide.desk, DeviceKind.ID_READER):
            return self.k.pill(self.say("waiting"), "ok", "done", "reader_state")
        return self.k.pill(self.say("reader_ill"), "warn", "warning", "reader_state")

    def health(self) -> Hashable:
        return works(self.guide.desk, DeviceKind.ID_READER)

    def device(self, event: DeviceEvent) -> None:
        if isinstance(event, CardRead):
            self.s.intake = self.s.intake.with_applicant(event.document, event.doubtful)
            self.s.card_read = True
            place = route.after(self.guide, self.s.place)
            self.guide.swap(place.name, place.index)  # no way back to a pad that has done its work
        elif isinstance(event, DeviceTrouble) and event.kind is DeviceKind.ID_READER:
            self.s.notice = Notice("warn", self.say("unread"), self._what(event.code))
            self.guide.redraw()
        elif isinstance(event, Scanned):
            self._scanned(event.text)
        else:
            super().device(event)

    def _scanned(self, text: str) -> None:
        """A number in a code is no card: it goes where numbers are typed, if that is allowed here."""
        code = classify(text)
        if code.kind is CodeKind.ID_NUMBER and self.guide.profile.hand_entry:
            self.s.number = code.text
            self.guide.go("hand_number")
        else:
            self.s.notice = of_no_use(self.t, code)
            self.guide.redraw()

    def _what(self, code: str) -> str:
        """What to do about a card that was not read, in a citizen's words."""
        key = f"kiosk.card.trouble.{code.rpartition('.')[2]}"
        return self.t[key] if key in self.t else self.t["kiosk.card.trouble.other"]


class NoCardPage(Page):
    """Without a card and without hand entry: what a person can do, said honestly."""

    name = "no_card"
    step: ClassVar[int | None] = 1

    def body(self) -> QBoxLayout:
        k = self.k
        points: list[Part] = [
            bullet(k, icon, self.say(f"{key}_title"), self.say(f"{key}_body"), "accent")
            for icon, key in (("swap", "turn"), ("person", "window"), ("bell", "help"))
        ]
        card = k.frame(k.col(*points, gap=36), (40, 40, 40, 40), role="card")
        back = on_press(k.press(self.say("again"), "primary", name="try_again"), self.guide.back)
        return k.col(card, None, back, gap=20)
