"""情形问答: one question a page, in plain words; 上一步 goes back to the one before."""

from collections.abc import Sequence
from functools import partial
from typing import ClassVar

from PySide6.QtWidgets import QBoxLayout

from app.domain.catalog import Option, Question
from ui.pages.kiosk import route
from ui.pages.kiosk.kit import BODY, MESSAGE_ROOM
from ui.pages.kiosk.page import Page
from ui.pages.kiosk.parts import (
    OPTION_ROOM,
    PAGER_ROOM,
    hint,
    on_press,
    option,
    option_height,
    pager,
    sheets_of,
)
from ui.widgets.kit import Part

GAP = 24  # page px between options, borders included
GO_ROOM = 160  # page px of the button and the gap above it


class QuestionPage(Page):
    name = "question"
    step: ClassVar[int | None] = 2

    def question(self) -> Question:
        asked = self.s.intake.questions()
        return asked[min(self.s.place.index, len(asked) - 1)]

    def title(self) -> str:
        return self.question().question

    def sub(self) -> str:
        item, asked = self.s.intake.item, self.s.intake.questions()
        words = self.say(
            "sub", n=self.s.place.index + 1, of=len(asked), item="" if item is None else item.name
        )
        return words + (self.say("multiple") if self.question().multiple else "")

    def body(self) -> QBoxLayout:
        k, question = self.k, self.question()
        chosen = self.s.intake.answers.get(question.id, frozenset())
        refusals = [o.refusal for o in question.options if o.id in chosen and o.refusal]
        sheets, high = self._sheets(question)
        sheet = min(self.s.sheet, len(sheets) - 1)
        role = k.heading((o.label for o in question.options), OPTION_ROOM)
        options: list[Part] = [
            option(k, f"option_{o.id}", o.label, o.hint, partial(self._choose, question, o.id),
                   on=o.id in chosen, square=question.multiple, role=role, h=high[o.id])
            for o in sheets[sheet]
        ]  # fmt: skip
        said: list[Part] = []
        if refusals:
            said.append(k.message("warn", self.say("refused"), refusals[0], name="refused"))
        elif (
            len(sheets) == 1
            and self._room(question) - sum(high.values()) - GAP * len(high) >= self._why_height()
        ):
            said.append(hint(k, "help", self._why()))
        leaf = [pager(self.guide, sheet, len(sheets), self._leaf)] if len(sheets) > 1 else []
        go = k.press(self.say("next"), "primary", name="next", enabled=bool(chosen) and not refusals)
        on_press(go, self._next)
        return k.col(k.col(*options, gap=GAP), *said, None, *leaf, go, gap=GAP)

    def _why(self) -> str:
        return self.question().help or self.say("why")

    def _why_height(self) -> int:
        return self.k.height(self._why(), "body", MESSAGE_ROOM) + 40

    def _room(self, question: Question) -> int:
        """Page px for the options, with a refusal said below them."""
        refusals = [
            self.k.message_height(self.say("refused"), o.refusal) + GAP for o in question.options if o.refusal
        ]
        return BODY - GO_ROOM - max(refusals, default=0)

    def _sheets(self, question: Question) -> tuple[list[Sequence[Option]], dict[str, int]]:
        """The options on as few sheets as fit, and how high each of them is."""
        k, room, options = self.k, self._room(question), question.options
        role = k.heading((o.label for o in options), OPTION_ROOM)
        for compact in (False, True):
            heights = [option_height(k, o.label, o.hint, role, compact=compact) for o in options]
            if sum(heights) + GAP * (len(heights) - 1) <= room:
                break
        high = dict(zip((o.id for o in options), heights, strict=True))
        sheets = sheets_of(options, heights, room, GAP)
        if len(sheets) > 1:
            sheets = sheets_of(options, heights, room - PAGER_ROOM, GAP)
        return sheets, high

    def _choose(self, question: Question, option_id: str) -> None:
        preselect = self.guide.profile.preselect_situations
        self.s.intake = self.s.intake.with_answer(question, option_id, preselect=preselect)
        self.guide.redraw()

    def _leaf(self, sheet: int) -> None:
        self.s.sheet = sheet
        self.guide.redraw()

    def _next(self) -> None:
        self.s.sheet = 0
        route.onward(self.guide)
