"""Situations as segmented choices; what is chosen decides which materials are asked for."""

from PySide6.QtWidgets import QButtonGroup, QWidget

from app.domain.catalog import Question
from app.texts import Texts
from ui.pages.counter.session import IntakeSession
from ui.pages.counter.steps import LOW_ROW, StepRow, set_text
from ui.widgets.flow import FlowLayout
from ui.widgets.kit import KeyButton, Kit, clear

Place = tuple[str, str]
"""(question id, option id)"""

APART = 8


class SituationRow(StepRow):
    """Built anew only when other questions are asked; the cursor stays where it was."""

    def __init__(self, kit: Kit, texts: Texts, session: IntakeSession) -> None:
        super().__init__(kit, texts["counter.step.situation"], LOW_ROW)
        self._kit, self._texts, self._session = kit, texts, session
        self._hint = kit.text("", "body", "muted", name="situation_hint")
        self._flow = FlowLayout(gap=4, line_gap=6)
        self._holder = QWidget()
        self._holder.setLayout(self._flow)
        self._flow.setContentsMargins(0, 6, 0, 6)
        self.put(self._hint, self._holder, wide=self._holder)
        self._buttons: dict[Place, KeyButton] = {}
        self._groups: list[QButtonGroup] = []
        self._asked: tuple[Question, ...] = ()
        self._filling = False

    def refresh(self) -> None:
        intake = self._session.intake
        questions = intake.questions()
        if questions != self._asked:
            self._build(questions)
        self._check()
        self._holder.setVisible(bool(questions))
        self._hint.setVisible(not questions)
        if intake.item is None:
            set_text(self._hint, self._texts["counter.ghost.situation"])
            self.set_state("todo")
        elif not questions:
            set_text(self._hint, self._texts["counter.no_situation"])
            self.set_state("done")
        else:
            self.set_state("now" if intake.open_questions() else "done")

    def focus_first_open(self) -> None:
        """The first option of the first unanswered question."""
        open_ids = {q.id for q in self._session.intake.open_questions()}
        for (question, _option), button in self._buttons.items():
            if question in open_ids or not open_ids:
                button.setFocus()
                return

    def _build(self, questions: tuple[Question, ...]) -> None:
        held = next((place for place, button in self._buttons.items() if button.hasFocus()), None)
        clear(self._flow)
        self._buttons, self._groups, self._asked = {}, [], questions
        for question in questions:
            self._add(question)
        if held in self._buttons:
            self._buttons[held].setFocus()
        self._holder.updateGeometry()

    def _add(self, question: Question) -> None:
        label = self._kit.text(question.question, "body", "muted")
        label.setProperty("glued", True)
        label.setProperty("apart", APART)
        label.setToolTip(question.help)
        label.setContentsMargins(0, 0, 4, 0)
        self._flow.addWidget(label)
        group = QButtonGroup(self)
        group.setExclusive(not question.multiple)
        for option in question.options:
            button = self._kit.choice(option.label)
            button.setCheckable(True)
            button.setObjectName(f"situation_{question.id}_{option.id}")
            button.setAccessibleName(
                self._texts.say("counter.option_name", question=question.question, option=option.label)
            )
            button.setToolTip(option.hint or option.refusal)
            group.addButton(button)
            self._flow.addWidget(button)
            self._buttons[(question.id, option.id)] = button
            button.toggled.connect(lambda on, q=question, o=option.id: self._toggled(q, o, on))
        self._groups.append(group)

    def _check(self) -> None:
        answers = self._session.intake.answers
        self._filling = True
        for group in self._groups:
            for button in group.buttons():
                button.setAutoExclusive(False)
        for (question, option), button in self._buttons.items():
            chosen = option in answers.get(question, frozenset())
            if chosen != button.isChecked():
                self._force(button, chosen)
        self._filling = False

    def _force(self, button: KeyButton, chosen: bool) -> None:
        """An exclusive group does not let its only checked button go; here nothing may be checked yet."""
        group = button.group()
        exclusive = group.exclusive()
        group.setExclusive(False)
        button.setChecked(chosen)
        group.setExclusive(exclusive)

    def _toggled(self, question: Question, option: str, on: bool) -> None:
        if self._filling or (not on and not question.multiple):
            return
        session = self._session
        session.apply(
            session.intake.with_answer(question, option, preselect=session.profile.preselect_situations)
        )
