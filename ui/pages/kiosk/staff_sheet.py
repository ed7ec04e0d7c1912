"""开门自检单 at a kiosk, behind the staff's sign-in: verdict above, rows on as few sheets as they need."""

from typing import ClassVar

from PySide6.QtWidgets import QBoxLayout, QFrame

from app.domain.operator import Operator
from app.domain.readiness import ReadinessRow, RowState
from ui.pages.kiosk.guide import Guide
from ui.pages.kiosk.page import Page
from ui.pages.kiosk.parts import PAGER_ROOM, on_press, pager, sheets_of
from ui.readiness import ReadinessCheck
from ui.trials import Trials
from ui.widgets.kit import Part

MARKS = {
    RowState.FINE: ("done", "ok"),
    RowState.MIND: ("warning", "warn"),
    RowState.STOP: ("fail", "stop"),
    RowState.UNCHECKED: ("todo", "muted"),
}
ROOM = 900  # page px for the rows
WORDS = 820  # page px for the words of a row, its name among them
GAP, AIR = 4, 6


def begin(check: ReadinessCheck, operator: Operator | None) -> None:
    check.begin(operator.name if operator else "", operator.operator_id if operator else "")


class StaffSheetPage(Page):
    name = "staff_sheet"
    keeps_trail: ClassVar[bool] = False
    is_list = True

    @classmethod
    def entered(cls, guide: Guide) -> None:
        session, desk = guide.session, guide.desk
        check = session.check = ReadinessCheck(desk, desk.office.devices.health, Trials(desk))

        def changed() -> None:
            if guide.session is session and session.place.name == cls.name:
                guide.redraw()

        check.changed.connect(changed)
        begin(check, session.operator)

    @property
    def _check(self) -> ReadinessCheck:
        assert self.s.check is not None
        return self.s.check

    def title(self) -> str:
        return self.t["readiness.title"]

    def sub(self) -> str:
        if self._check.running:
            return self.t["readiness.checking"]
        sheet, (_, printed) = self._check.sheet, self._check.printed_words()
        opening = self.t[f"readiness.opening.{sheet.opening.value}"]
        words = [self.t["ui.comma"].join(sheet.stops)] if sheet.stops else list(sheet.limits)
        return "\n".join([opening, *words, *([printed] if printed else [])])

    def body(self) -> QBoxLayout:
        k, check = self.k, self._check
        all_rows = check.sheet.rows
        heights = [self._height(row) for row in all_rows]
        sheets = sheets_of(all_rows, heights, ROOM, GAP)
        if len(sheets) > 1:
            sheets = sheets_of(all_rows, heights, ROOM - PAGER_ROOM, GAP)
        index = min(self.s.place.index, len(sheets) - 1)
        card = k.frame(
            k.col(*[self._row(row) for row in sheets[index]], None, gap=GAP), (28, 16, 28, 16), role="card"
        )
        idle = not check.running and not check.printing
        again = on_press(
            k.press(self.t["readiness.again"], name="sheet_again", h=112, enabled=idle), self._again
        )
        word = self.t["readiness.printing" if check.printing else "readiness.print"]
        paper = on_press(k.press(word, "primary", name="sheet_print", h=112, enabled=idle), check.print)
        parts: list[Part] = [card, None]
        if len(sheets) > 1:
            parts.append(pager(self.guide, index, len(sheets), lambda n: self.guide.swap(self.name, n)))
        return k.col(*parts, k.even(again, paper), gap=16)

    def _again(self) -> None:
        begin(self._check, self.s.operator)

    def _advice(self, row: ReadinessRow) -> str:
        return row.advice if row.state in (RowState.MIND, RowState.STOP) else ""

    @property
    def _label(self) -> int:
        return 360 if self.k.elder else 264

    def _height(self, row: ReadinessRow) -> int:
        k, advice, room = self.k, self._advice(row), WORDS - self._label
        said = k.height(row.sentence, "body", room) + (k.height(advice, "body", room) if advice else 0)
        return max(44, k.height(row.name, "strong", self._label), said) + 2 * AIR

    def _row(self, row: ReadinessRow) -> QFrame:
        k, advice = self.k, self._advice(row)
        icon, tone = MARKS[row.state]
        ink = "ink" if row.state in (RowState.FINE, RowState.UNCHECKED) else tone
        name = k.text(row.name, "strong", wrap=True)
        name.setFixedWidth(k.px(self._label))
        words: list[Part] = [k.text(row.sentence, "body", ink, wrap=True)]
        if advice:
            words.append(k.text(advice, "body", "muted", wrap=True))
        line = k.row(k.glyph(icon, 44, tone, 2), name, k.stack(*words), gap=20)
        line.setStretch(2, 1)
        return k.frame(line, (0, AIR, 0, AIR), f"row_{row.area}")
