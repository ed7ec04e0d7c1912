"""Choosing the language: every one the profile offers, each by its own name; one alone is no choice."""

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
        return k.col(k.col(*ways, gap=24), 16, hint(k, "help", self.say("note")), None, gap=8)
