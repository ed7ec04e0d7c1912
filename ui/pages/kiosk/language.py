"""Choosing the language: every text file there is, each by its own name."""

from functools import partial
from typing import ClassVar

from PySide6.QtWidgets import QBoxLayout

from app.texts import load
from ui.pages.kiosk.page import Page
from ui.pages.kiosk.parts import hint, option
from ui.widgets.kit import Part


class LanguagePage(Page):
    name = "language"
    keeps_trail: ClassVar[bool] = False

    def body(self) -> QBoxLayout:
        k, locales = self.k, self.guide.profile.locales
        ways: list[Part] = [
            option(
                k, f"locale_{locale}", load(locale)["kiosk.language.own_name"], "",
                partial(self.guide.set_locale, locale), on=locale == self.s.locale,
            )
            for locale in locales
        ]  # fmt: skip
        note = self.say("only_one") if len(locales) == 1 else self.say("note")
        return k.col(k.col(*ways, gap=24), 16, hint(k, "help", note), None, gap=8)
