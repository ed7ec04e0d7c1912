"""The live pre-check (体检): what is in the way, what to mind, and the jump to the field it is about."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QScrollArea, QSizePolicy, QWidget

from app.domain.precheck import Finding, Severity
from app.texts import Texts
from ui.pages.counter.session import IntakeSession
from ui.pages.counter.steps import StepLabel, set_text
from ui.widgets.cells import TONE_ICON
from ui.widgets.kit import Kit, box, clear, col, row

HEAD = 40
GROUPED = ("material_missing", "material_deferred")
FIELDS = {
    "applicant_incomplete": "applicant",
    "not_machine_read": "applicant",
    "number_check": "applicant",
    "number_disagrees": "applicant",
    "document_expired": "applicant",
    "doubtful_read": "applicant",
    "identity_unconfirmed": "face",
    "minor": "agent",
    "organisation_missing": "organisation",
    "situation_open": "situation",
    "not_eligible": "situation",
    "not_offered": "item",
    "not_yet": "item",
    "withdrawn": "item",
    "phone_missing": "phone",
    "phone_shape": "phone",
    "address_missing": "address",
    "material_missing": "material",
    "material_deferred": "material",
}
"""Which field a finding leads to."""


@dataclass(frozen=True, slots=True)
class Line:
    """One message: findings of the same rule about materials stand together."""

    tone: str
    title: str
    advice: str
    field: str
    material_id: str = ""


def lines_of(texts: Texts, findings: Sequence[Finding]) -> tuple[Line, ...]:
    """Errors first, then warnings; passed ones are only counted."""
    lines: list[Line] = []
    for severity, tone in ((Severity.ERROR, "stop"), (Severity.WARNING, "warn")):
        mine = [f for f in findings if f.severity is severity]
        lines += [_line(texts, f, tone) for f in mine if f.rule not in GROUPED]
        for rule in GROUPED:
            group = [f for f in mine if f.rule == rule]
            if group:
                lines.append(_group(texts, rule, group, tone))
    return tuple(lines)


def _line(texts: Texts, finding: Finding, tone: str) -> Line:
    key = f"precheck.{finding.rule}"
    title = texts.say(f"{key}.title", **finding.values)
    advice = texts.say(f"{key}.advice", **finding.values)
    return Line(tone, title, advice, FIELDS.get(finding.rule, ""), finding.material_id)


def _group(texts: Texts, rule: str, group: Sequence[Finding], tone: str) -> Line:
    names = texts["ui.comma"].join(str(f.values["name"]) for f in group)
    values: dict[str, object] = {"n": len(group), "name": names}
    title = texts.say(f"precheck.{rule}.title", **values)
    return Line(tone, title, texts.say(f"precheck.{rule}.advice", **values), "material", group[0].material_id)


class ChecksBlock(QFrame):
    """`jump(field, material id)`: the person wants to put it right."""

    jump = Signal(str, str)

    def __init__(self, kit: Kit, texts: Texts, session: IntakeSession) -> None:
        super().__init__()
        self._kit, self._texts, self._session = kit, texts, session
        self.label = StepLabel(kit, texts["counter.step.checks"])
        self._passed = kit.text("", "body", "muted", name="checks_passed")
        self._warned = kit.text("", "strong", "warn", name="checks_warned")
        self._failed = kit.text("", "strong", "stop", name="checks_failed")
        head = row(self.label, self._passed, self._warned, self._failed, None, gap=12)
        self._lines = col(gap=6)
        content = QWidget()
        content.setObjectName("checks_content")
        content.setStyleSheet("#checks_content { background:transparent; }")
        outer = col(self._lines, None, gap=0)
        content.setLayout(outer)
        self._scroll = QScrollArea()
        self._scroll.setObjectName("checks")
        self._scroll.setWidget(content)
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setStyleSheet("QScrollArea { background:transparent; }")
        self._content = content
        self.setLayout(
            col(box(head, (16, 0, 16, 0), fixed=(0, HEAD)), box(col(self._scroll), (8, 0, 8, 8)), gap=0)
        )
        self._shown: tuple[Line, ...] | None = None

    def wanted_height(self) -> int:
        """Enough for every message."""
        if not self._shown:
            return HEAD
        return HEAD + 8 + self._content.sizeHint().height()

    def refresh(self) -> None:
        findings = self._session.findings()
        passed = sum(f.severity is Severity.PASSED for f in findings)
        warned = sum(f.severity is Severity.WARNING for f in findings)
        failed = sum(f.severity is Severity.ERROR for f in findings)
        if not findings:
            set_text(self._passed, self._texts["counter.ghost.checks"], "muted")
        elif not warned and not failed:
            set_text(self._passed, self._texts.say("counter.all_passed", n=passed), "ok")
        else:
            set_text(self._passed, self._texts.say("counter.passed", n=passed), "muted")
        set_text(self._warned, self._texts.say("counter.warned", n=warned) if warned else "")
        set_text(self._failed, self._texts.say("counter.failed", n=failed) if failed else "")
        self.label.set_state("todo" if not findings else "warn" if failed else "now" if warned else "done")
        self._show(lines_of(self._texts, findings))

    def _show(self, lines: tuple[Line, ...]) -> None:
        if lines == self._shown:
            return
        self._shown = lines
        clear(self._lines)
        for number, line in enumerate(lines):
            self._lines.addWidget(self._message(number, line))
        self._scroll.setVisible(bool(lines))

    def _message(self, number: int, line: Line) -> QFrame:
        """Title and advice on one line where they fit; the advice wraps where not."""
        kit = self._kit
        title = kit.text(line.title, "strong", line.tone)
        advice = kit.text(line.advice, "body", "ink", wrap=True)
        parts = row(kit.icon(TONE_ICON[line.tone], 18, line.tone, 2), title, advice, gap=10)
        if line.field:
            jump = kit.button(self._texts["counter.jump"], "quiet", name=f"jump_{number}", h=26)
            jump.setAccessibleName(self._texts.say("counter.jump_name", title=line.title))
            jump.clicked.connect(lambda: self.jump.emit(line.field, line.material_id))
            parts.addWidget(jump)
        frame = box(parts, (12, 5, 4, 5), f"finding_{number}", msg=line.tone)
        frame.setAccessibleName(f"{line.title} {line.advice}")
        frame.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        frame.setMinimumHeight(38)
        return frame
