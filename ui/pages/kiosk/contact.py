"""How the person is reached: a phone number, and where the result goes."""

from dataclasses import replace
from typing import ClassVar

from PySide6.QtWidgets import QBoxLayout

from app.domain.case import Contact, Delivery, DeliveryWay
from app.domain.precheck import phone_plausible
from ui.pages.kiosk import route
from ui.pages.kiosk.page import Page
from ui.pages.kiosk.parts import DIGITS, after_key, hint, keypad, on_press, option
from ui.pages.kiosk.typing_page import TypingPage, grouped
from ui.widgets.kit import Part

PHONE_LENGTH = 11
ADDRESS_SHOWN = 9  # characters of the address a bystander may read: city and district


class PhonePage(TypingPage):
    name = "phone"
    step: ClassVar[int | None] = 4

    def phone(self) -> str:
        return self.s.intake.contact.phone

    def typed(self) -> str:
        return grouped(self.phone(), (3, 4, 4))

    def said(self) -> tuple[str, bool]:
        if len(self.phone()) == PHONE_LENGTH and not self.ready():
            return self.say("wrong"), True
        return self.say("sub"), False

    def ready(self) -> bool:
        return len(self.phone()) == PHONE_LENGTH and phone_plausible(self.phone())

    def body(self) -> QBoxLayout:
        k = self.k
        pad = keypad(k, self.t, DIGITS, 3, self._key, h=136)
        without = k.press(self.say("without"), name="without_phone")
        on_press(without, self._without)
        go = k.press(self.say("next"), "primary", name="next", enabled=self.ready())
        on_press(go, lambda: route.onward(self.guide))
        return k.col(pad, 8, hint(k, "phone", self.say("hint")), None, k.even(without, go), gap=16)

    def _key(self, key: str) -> None:
        self._set(after_key(self.phone(), key, PHONE_LENGTH))
        self.refresh()

    def _without(self) -> None:
        self._set("")
        route.onward(self.guide)

    def _set(self, phone: str) -> None:
        self.s.intake = replace(self.s.intake, contact=Contact(phone))


class DeliveryPage(Page):
    name = "delivery"
    step: ClassVar[int | None] = 4

    def body(self) -> QBoxLayout:
        k, now = self.k, self.s.intake.delivery
        address = self._address()
        ways: list[Part] = [self._way(DeliveryWay.PICKUP, self.say("pickup_body"), "", now)]
        if address:
            shown = self.say("mail_body", start=address[:ADDRESS_SHOWN])
            ways.append(self._way(DeliveryWay.MAIL, shown, address, now))
        note = self.say("mail_other") if address else self.say("mail_none")
        go = k.press(self.say("next"), "primary", name="next")
        on_press(go, lambda: route.onward(self.guide))
        return k.col(k.col(*ways, gap=24), 16, hint(k, "help", note), None, go, gap=8)

    def _address(self) -> str:
        """The address of the card: the only one nobody has to write here."""
        person = self.s.intake.applicant
        return person.address if person is not None else ""

    def _way(self, way: DeliveryWay, body: str, address: str, now: Delivery) -> Part:
        return option(
            self.k, f"delivery_{way.value}", self.say(f"{way.value}_title"), body,
            lambda: self._choose(Delivery(way, address)), on=now.way is way,
        )  # fmt: skip

    def _choose(self, delivery: Delivery) -> None:
        self.s.intake = replace(self.s.intake, delivery=delivery)
        self.guide.redraw()
