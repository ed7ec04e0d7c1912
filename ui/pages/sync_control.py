"""Fetching the catalog now: bytes done of bytes to do, how fast, how long still, and a way to stop."""

from collections import deque
from collections.abc import Callable
from functools import partial
from threading import Event
from time import monotonic

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLabel, QProgressBar, QVBoxLayout, QWidget
from shiboken6 import isValid

from app.errors import AppError, StoppedByPersonError
from app.services import catalog_sync
from app.services.catalog_sync import SyncOutcome
from ui.desk import Desk
from ui.pages.counter.steps import set_text
from ui.status import FILES_S
from ui.widgets.kit import Kit

TELL_EVERY_MS = 100


class SyncControl(QWidget):
    """Fetching the catalog now: bytes done of bytes to do, and a way to stop.

    `told(done, total)`: the bytes, and (0, 0) at the end.
    """

    changed = Signal()
    finished = Signal()
    told = Signal(object, object)

    def __init__(self, kit: Kit, desk: Desk, parent: QWidget) -> None:
        super().__init__(parent)
        self.hide()
        self._kit, self._desk, self._texts = kit, desk, desk.office.texts
        self.running = False
        self._stopped = Event()
        self._done, self._total = 0, 0
        self._speed = Speed()
        self._outcome = ("", "", "")
        self._tell = desk.tasks.paced(self._progress, self, TELL_EVERY_MS)
        self._said: QLabel | None = None
        self._bar: QProgressBar | None = None

    def start(self) -> None:
        if self.running:
            return
        self.running, self._done, self._total = True, 0, 0
        self._speed = Speed()
        self._outcome = ("", "", "")
        stopped = self._stopped = Event()
        office, tasks = self._desk.office, self._desk.tasks
        progress = _until(stopped, partial(self._tell, stopped))
        tasks.run(
            self._desk.sync_executor,
            lambda: catalog_sync.sync(office, progress, FILES_S),
            owner=self,
            done=self._synced,
            failed=self._failed,
        )
        self.changed.emit()

    def stop(self) -> None:
        """Takes effect at the next piece that arrives; what was in force stays in force."""
        self._stopped.set()

    def fill(self, layout: QVBoxLayout) -> None:
        """Put progress or the last outcome into the detail of the device page."""
        kit = self._kit
        if self.running:
            self._said = kit.text(self._words(), "body", "muted", name="sync_progress")
            self._bar = kit.progress(self._done // 1024, max(1, self._total // 1024))
            self._bar.setObjectName("sync_bar")
            layout.addWidget(self._said)
            layout.addWidget(self._bar)
        elif self._outcome[1]:
            layout.addWidget(kit.message(*self._outcome, name="sync_outcome"))

    def _words(self) -> str:
        texts, left = self._texts, self._speed.left_s(self._done, self._total)
        if not self._total:
            return texts["health.sync_waits"]
        if self._done >= self._total:
            return texts["health.sync_checks"]
        done = texts.say("health.syncing", done=_size(self._done), total=_size(self._total))
        if left is None:
            return done
        key = "health.sync_seconds" if left < 90 else "health.sync_minutes"
        still = texts.say(key, n=max(1, round(left if left < 90 else left / 60)))
        return texts.say("health.sync_pace", done=done, speed=_size(round(self._speed.rate)), left=still)

    def _progress(self, of: Event, done: int, total: int) -> None:
        if of is not self._stopped or not self.running:
            return  # the last word of one that has ended
        if total != self._total:
            self._speed = Speed()  # another file: the whole after a delta that was no good
        self._done, self._total = done, total
        self._speed.note(done, monotonic())
        self._show()
        self.told.emit(done, total)

    def _show(self) -> None:
        """In place: the page is not built anew ten times a second."""
        if self._said is not None and self._bar is not None and isValid(self._said) and isValid(self._bar):
            set_text(self._said, self._words())
            self._bar.setMaximum(max(1, self._total // 1024))
            self._bar.setValue(self._done // 1024)

    def _synced(self, outcome: SyncOutcome) -> None:
        key = "health.synced" if outcome.changed else "health.sync_same"
        title = self._texts.say(key, version=outcome.catalog_version, items=outcome.items)
        body = self._texts.say("health.synced_note", uploaded=outcome.uploaded, pending=outcome.pending)
        self._end("ok", title, body)

    def _failed(self, error: AppError) -> None:
        tone = "primary" if isinstance(error, StoppedByPersonError) else "stop"
        self._end(tone, self._texts["health.sync_failed"], self._texts.error(error))

    def _end(self, tone: str, title: str, body: str) -> None:
        self.running = False
        self._outcome = (tone, title, body)
        self.told.emit(0, 0)
        self.changed.emit()
        self.finished.emit()


def _until(stopped: Event, tell: Callable[..., None]) -> Callable[[int, int], None]:
    def progress(done: int, total: int) -> None:
        if stopped.is_set():
            raise StoppedByPersonError
        tell(done, total)

    return progress


class Speed:
    """Bytes a second over the last `SPAN_S` seconds."""

    SPAN_S = 5.0

    def __init__(self) -> None:
        self._seen: deque[tuple[float, int]] = deque()

    def note(self, done: int, at_s: float) -> None:
        self._seen.append((at_s, done))
        while at_s - self._seen[0][0] > self.SPAN_S:
            self._seen.popleft()

    @property
    def rate(self) -> float:
        """0.0 while too little was seen to tell."""
        if not self._seen:
            return 0.0
        (began, before), (now, done) = self._seen[0], self._seen[-1]
        return (done - before) / (now - began) if now - began >= 0.5 else 0.0

    def left_s(self, done: int, total: int) -> float | None:
        return (total - done) / self.rate if self.rate > 0 else None


def _size(count: int) -> str:
    return f"{count / 1024 / 1024:.1f} MB" if count >= 1024 * 1024 else f"{count / 1024:.0f} KB"
