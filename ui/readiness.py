"""One round of the readiness sheet on screen: devices are asked at once, rows fill in as answers come."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, Signal

from app.domain.device import DeviceHealth, DeviceKind
from app.domain.printing import PaperForm
from app.domain.readiness import ReadinessSheet
from app.errors import AppError
from app.services import readiness
from app.services.readiness import Findings, Seen
from app.services.readiness_print import PrintedSheet, print_sheet
from ui.desk import Desk
from ui.trials import Trials

Healths = Callable[[], Sequence[DeviceHealth]]


class ReadinessCheck(QObject):
    """`sheet` is always there; `changed` when it may have changed.  `healths`: how the devices are."""

    changed = Signal()

    def __init__(self, desk: Desk, healths: Healths, trials: Trials, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk, self._healths, self._trials = desk, healths, trials
        self._pending: set[DeviceKind] = set()
        self._findings: Findings | None = None
        self._looking = False
        self._operator = ("", "")
        self.printing = False
        self.printed: PrintedSheet | AppError | None = None
        trials.changed.connect(self.changed)

    @property
    def running(self) -> bool:
        return self._looking or bool(self._pending)

    @property
    def sheet(self) -> ReadinessSheet:
        seen = Seen(tuple(self._healths()), frozenset(self._pending), self._trials.shown())
        return readiness.sheet_of(self._desk.office, self._findings, seen, " ".join(self._operator).strip())

    def begin(self, name: str = "", operator_id: str = "") -> None:
        """Look at everything anew; a round that runs is not doubled."""
        if self.running:
            return
        self._operator, self.printed, self._looking = (name, operator_id), None, True
        office = self._desk.office
        self._desk.tasks.run(
            self._desk.relay_executor,
            lambda: _looked(self._desk, operator_id),
            owner=self,
            done=self._found,
            failed=lambda _error: self._found(None),
        )
        for kind in [h.kind for h in self._healths() if office.devices.has(h.kind)]:
            self._ask(kind)
        self.changed.emit()

    def _ask(self, kind: DeviceKind) -> None:
        self._pending.add(kind)
        self._desk.tasks.follow(
            self._desk.office.devices.probe(kind),
            owner=self,
            done=lambda _health: self._answered(kind),
            failed=lambda _error: self._answered(kind),
        )

    def _found(self, findings: Findings | None) -> None:
        self._findings, self._looking = findings, False
        self.changed.emit()

    def _answered(self, kind: DeviceKind) -> None:
        self._pending.discard(kind)
        self.changed.emit()

    def print(self) -> None:
        """On the receipt printer, else on the A4 printer; the page says how it went."""
        if self.printing:
            return
        self.printing, self.printed = True, None
        office, sheet = self._desk.office, self.sheet
        self._desk.tasks.run(
            self._desk.paper_executor,
            lambda: print_sheet(office, sheet),
            owner=self,
            done=self._came_out,
            failed=self._came_out,
        )
        self.changed.emit()

    def _came_out(self, printed: "PrintedSheet | AppError") -> None:
        self.printing, self.printed = False, printed
        self.changed.emit()

    def printed_words(self) -> tuple[str, str]:
        """(tone, sentence) of the last print; ("", "") before."""
        texts, printed = self._desk.office.texts, self.printed
        if printed is None:
            return "", ""
        if isinstance(printed, AppError):
            return "stop", texts.error(printed)
        state = printed.outcome.state.value
        form = "slip" if printed.form is PaperForm.SLIP else "a4"
        tone = {"confirmed": "ok", "unknown": "warn"}.get(state, "stop")
        key = f"readiness.printed.{state}"
        why = texts.trouble(printed.outcome.reason) if state == "failed" else ""
        return tone, texts.say(key, printer=texts[f"readiness.printer.{form}"]) + why


def _looked(desk: Desk, operator_id: str) -> Findings:
    """On the relay's thread; that somebody has looked is kept, where anything can be kept at all."""
    findings = readiness.look_over(desk.office)
    if findings.trouble is None:
        readiness.mark_seen(desk.office, operator_id)
    return findings
