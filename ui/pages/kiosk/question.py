"""情形问答: one question a page, in plain words; 上一步 goes back to the one before."""

from typing import ClassVar

from PySide6.QtWidgets import QBoxLayout

from app.domain.catalog import Option, Question
from ui.pages.kiosk import route
from ui.pages.kiosk.page import Page
from ui.pages.kiosk.parts import OPTION_ROOM, hint, on_press, option, pager, pages_of
from ui.widgets.kit import Part


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
        sheets = pages_of(question.options, 4 if k.elder else 5)
        sheet = min(self.s.sheet, len(sheets) - 1)
        options: list[Part] = [self._option(question, o, o.id in chosen) for o in sheets[sheet]]
        refusals = [o.refusal for o in question.options if o.id in chosen and o.refusal]
        said: list[Part] = []
        if refusals:
            said.append(k.message("warn", self.say("refused"), refusals[0], name="refused"))
        elif len(sheets) == 1 and len(question.options) <= 4 - k.elder:
            said.append(hint(k, "help", question.help or self.say("why")))
        leaf = [pager(self.guide, sheet, len(sheets), self._leaf)] if len(sheets) > 1 else []
        go = k.press(self.say("next"), "primary", name="next", enabled=bool(chosen) and not refusals)
        on_press(go, self._next)
        return k.col(k.col(*options, gap=20), *said, None, *leaf, go, gap=20)

    def _option(self, question: Question, o: Option, on: bool) -> Part:
        compact = len(question.options) > 4
        role = self.k.heading((each.label for each in question.options), OPTION_ROOM)
        return option(
            self.k, f"option_{o.id}", o.label, o.hint, lambda: self._choose(question, o.id),
            on=on, square=question.multiple, role=role, h=(152 if self.k.elder else 128) if compact else 0,
        )  # fmt: skip

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
