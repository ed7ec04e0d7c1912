"""Hand entry when there is no card: the number by digits, the name by pinyin and a choice of characters.

What is typed here is marked as not machine-read on every paper.  A number whose check does
not fit is not taken at a machine where nobody can judge it: the window can.
"""

from functools import partial
from typing import ClassVar

from PySide6.QtWidgets import QBoxLayout

from app.domain.device import DeviceEvent, Scanned
from app.domain.identity import (
    DocumentKind,
    IdentityDocument,
    birth_in,
    document_kind_of,
    id_number_valid,
    sex_in,
)
from app.domain.scanned_code import CodeKind, classify
from ui.pages.kiosk import route
from ui.pages.kiosk.parts import EMPTY, ERASE, ID_DIGITS, LETTERS, after_key, hint, keypad, on_press
from ui.pages.kiosk.scans import of_no_use
from ui.pages.kiosk.spelling import candidates
from ui.pages.kiosk.typing_page import TypingPage, grouped
from ui.widgets.kit import Part

NUMBER_LENGTH = 18
MOST_NAME = 12
MOST_LETTERS = 6
COLUMNS, ROWS = 7, 2


def typed_document(number: str, name: str) -> IdentityDocument:
    kind = document_kind_of(number)
    sex = None if kind is DocumentKind.FOREIGNER_2023 else sex_in(number)
    return IdentityDocument(kind, name, number, sex=sex, birth=birth_in(number), machine_read=False)


class HandNumberPage(TypingPage):
    name = "hand_number"
    step: ClassVar[int | None] = 1
    scans: ClassVar[bool] = True

    def typed(self) -> str:
        return grouped(self.s.number, (6, 4, 4, 4))

    def said(self) -> tuple[str, bool]:
        if self.s.notice is not None:
            return self.s.notice.body, True
        missing = NUMBER_LENGTH - len(self.s.number)
        if missing:
            return self.say("sub", n=missing), False
        return (self.say("right"), False) if self.ready() else (self.say("wrong"), True)

    def ready(self) -> bool:
        return id_number_valid(self.s.number)

    def body(self) -> QBoxLayout:
        k = self.k
        pad = keypad(k, self.t, ID_DIGITS, 3, self._key, h=136)
        go = k.press(self.say("next"), "primary", name="next", enabled=self.ready())
        on_press(go, lambda: self.guide.go("hand_name"))
        return k.col(pad, 8, hint(k, "help", self.say("hint")), None, go, gap=16)

    def device(self, event: DeviceEvent) -> None:
        """A number that is scanned is as good as one typed."""
        code = classify(event.text) if isinstance(event, Scanned) else None
        if code is not None and code.kind is CodeKind.ID_NUMBER:
            self.s.number, self.s.notice = code.text, None
            self.guide.redraw()
        elif code is not None:
            self.s.notice = of_no_use(self.t, code)
            self.refresh()
        else:
            super().device(event)

    def _key(self, key: str) -> None:
        if key == "X" and len(self.s.number) != NUMBER_LENGTH - 1:
            return  # only the check character can be X
        self.s.notice = None
        self.s.number = after_key(self.s.number, key, NUMBER_LENGTH)
        self.refresh()


class HandNamePage(TypingPage):
    """Letters spell one character; a touch on the character takes it."""

    name = "hand_name"
    step: ClassVar[int | None] = 1
    room: ClassVar[int] = 384

    def typed(self) -> str:
        return self.s.name

    def said(self) -> tuple[str, bool]:
        spelt = self.s.spelling.lower()
        return (self.say("spelling", letters=spelt) if spelt else self.say("sub")), False

    def ready(self) -> bool:
        return len(self.s.name) > 1 and not self.s.spelling

    def body(self) -> QBoxLayout:
        k = self.k
        go = k.press(self.say("next"), "primary", name="next", h=112, enabled=self.ready())
        on_press(go, self._done)
        return k.col(self._room, keypad(k, self.t, LETTERS, 7, self._key, h=104), None, go, gap=16)

    def follows(self) -> list[Part]:
        """The characters to choose from."""
        if not self.s.spelling:
            return [hint(self.k, "help", self.say("hint"))]
        found = candidates(self.s.spelling)
        if not found:
            return [hint(self.k, "help", self.say("none"), "warn")]
        size = COLUMNS * ROWS
        pages = -(-len(found) // size)
        index = self.s.sheet % pages
        shown = found[index * size : (index + 1) * size]
        lines: list[Part] = [self._line(shown[i : i + COLUMNS]) for i in range(0, len(shown), COLUMNS)]
        return lines + self._leaf(index, pages)

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
        return [on_press(more, partial(self._turn, index + 1))]

    def _turn(self, sheet: int) -> None:
        self.s.sheet = sheet
        self.refresh()

    def _take(self, character: str) -> None:
        if len(self.s.name) < MOST_NAME:
            self.s.name += character
        self.s.spelling, self.s.sheet = "", 0
        self.refresh()

    def _key(self, key: str) -> None:
        if key == EMPTY:
            self.s.name = self.s.spelling = ""
        elif key == ERASE and not self.s.spelling:
            self.s.name = self.s.name[:-1]
        else:
            self.s.spelling = after_key(self.s.spelling, key, MOST_LETTERS)
        self.s.sheet = 0
        self.refresh()

    def _done(self) -> None:
        document = typed_document(self.s.number, self.s.name)
        self.s.intake = self.s.intake.with_applicant(document)
        route.onward(self.guide)
