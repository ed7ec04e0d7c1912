"""Hand entry when there is no card: the number by digits, the name by pinyin and a choice of characters.

What is typed here is marked as not machine-read on every paper.  A number whose check does
not fit is not taken at a machine where nobody can judge it: the window can.
"""

from functools import partial
from typing import ClassVar

from PySide6.QtWidgets import QBoxLayout, QFrame

from app.domain.identity import DocumentKind, IdentityDocument, birth_in, id_number_valid, sex_in
from ui.pages.kiosk import route
from ui.pages.kiosk.page import Page
from ui.pages.kiosk.parts import EMPTY, ERASE, ID_DIGITS, LETTERS, after_key, hint, keypad, on_press
from ui.pages.kiosk.spelling import candidates
from ui.widgets.kit import Part

NUMBER_LENGTH = 18
MOST_NAME = 12
MOST_LETTERS = 6
COLUMNS, ROWS = 7, 2
MIDDLE_DOT = "\u00b7"


def kind_of(number: str) -> DocumentKind:
    """The document a number of 18 belongs to: 81 to 83 residence permits, 9 permanent residents, else resident."""
    if number[:2] in ("81", "82", "83"):
        return DocumentKind.HMT_RESIDENCE
    if number.startswith("9"):
        return DocumentKind.FOREIGNER_2023
    return DocumentKind.RESIDENT


def typed_document(number: str, name: str) -> IdentityDocument:
    kind = kind_of(number)
    sex = None if kind is DocumentKind.FOREIGNER_2023 else sex_in(number)
    return IdentityDocument(kind, name, number, sex=sex, birth=birth_in(number), machine_read=False)


class HandNumberPage(Page):
    name = "hand_number"
    step: ClassVar[int | None] = 1

    def words(self) -> QBoxLayout:
        k, number = self.k, self.s.number
        wrong = len(number) == NUMBER_LENGTH and not id_number_valid(number)
        said = self.say("wrong") if wrong else self.say("sub", n=NUMBER_LENGTH - len(number))
        return k.stack(
            k.text(self.title(), "h1", wrap=True),
            typed_line(self, grouped(number, (6, 4, 4, 4)) or self.say("nothing_typed"), bool(number)),
            k.text(said, "strong" if wrong else "body", "stop" if wrong else "muted", wrap=True, name="said"),
            gap=16,
        )

    def body(self) -> QBoxLayout:
        k = self.k
        pad = keypad(k, self.t, ID_DIGITS, 3, self._typed, h=136)
        good = id_number_valid(self.s.number)
        go = k.press(self.say("next"), "primary", name="next", enabled=good)
        on_press(go, lambda: self.guide.go("hand_name"))
        return k.col(pad, 8, hint(k, "help", self.say("hint")), None, go, gap=16)

    def _typed(self, key: str) -> None:
        if key == "X" and len(self.s.number) != NUMBER_LENGTH - 1:
            return  # only the check character can be X
        self.s.number = after_key(self.s.number, key, NUMBER_LENGTH)
        self.guide.redraw()


class HandNamePage(Page):
    """Letters spell one character; a touch on the character takes it."""

    name = "hand_name"
    step: ClassVar[int | None] = 1

    def words(self) -> QBoxLayout:
        k = self.k
        spelt = self.s.spelling.lower()
        said = self.say("spelling", letters=spelt) if spelt else self.say("sub")
        return k.stack(
            k.text(self.title(), "h1", wrap=True),
            typed_line(self, self.s.name or self.say("nothing_typed"), bool(self.s.name)),
            k.text(said, "body", "muted", wrap=True, name="said"),
            gap=16,
        )

    def body(self) -> QBoxLayout:
        k = self.k
        go = k.press(self.say("next"), "primary", name="next", h=112, enabled=len(self.s.name) > 1)
        on_press(go, self._done)
        room = k.frame(k.col(*self._choices(), None, gap=12), fixed=(0, 344))
        return k.col(room, keypad(k, self.t, LETTERS, 7, self._typed, h=104), None, go, gap=16)

    def _choices(self) -> list[Part]:
        if not self.s.spelling:
            return [hint(self.k, "help", self.say("hint"))]
        found = candidates(self.s.spelling)
        if not found:
            return [hint(self.k, "help", self.say("none"), "warn")]
        size = COLUMNS * ROWS
        pages = max(1, -(-len(found) // size))
        index = min(self.s.place.index, pages - 1)
        shown = found[index * size : (index + 1) * size]
        return [
            *(self._line(shown[i : i + COLUMNS]) for i in range(0, len(shown), COLUMNS)),
            *self._leaf(index, pages),
        ]

    def _line(self, characters: str) -> QBoxLayout:
        k = self.k
        keys: list[Part] = []
        for character in characters:
            key = k.press(character, "key", name=f"choice_{character}", h=104)
            keys.append(on_press(key, partial(self._take, character)))
        spare: list[Part] = [k.frame(k.col()) for _ in range(COLUMNS - len(keys))]
        return k.even(*keys, *spare, gap=12)

    def _leaf(self, index: int, pages: int) -> list[Part]:
        if pages < 2:
            return []
        more = self.k.press(self.say("more", n=index + 1, of=pages), "quiet", name="more_choices", h=88)
        return [on_press(more, lambda: self.guide.swap("hand_name", (index + 1) % pages))]

    def _take(self, character: str) -> None:
        if len(self.s.name) < MOST_NAME:
            self.s.name += character
        self.s.spelling = ""
        self.guide.swap("hand_name")

    def _typed(self, key: str) -> None:
        if key == EMPTY:
            self.s.name = self.s.spelling = ""
        elif key == ERASE and not self.s.spelling:
            self.s.name = self.s.name[:-1]
        else:
            self.s.spelling = after_key(self.s.spelling, key, MOST_LETTERS)
        self.guide.swap("hand_name")

    def _done(self) -> None:
        document = typed_document(self.s.number, self.s.name)
        self.s.intake = self.s.intake.with_applicant(document)
        route.onward(self.guide)


def typed_line(page: Page, text: str, typed: bool) -> QFrame:
    """What has been typed, large, where eyes are; grey words while there is nothing."""
    k = page.k
    shown = k.text(text, "h1" if typed else "h2", "primary" if typed else "muted", name="typed")
    return k.frame(k.row(shown, None), (32, 0, 32, 0), fixed=(0, 120), role="card")


def grouped(digits: str, groups: tuple[int, ...]) -> str:
    """Digits in groups, as they are read aloud."""
    out, at = [], 0
    for size in groups:
        out.append(digits[at : at + size])
        at += size
    return " ".join(part for part in [*out, digits[at:]] if part)
