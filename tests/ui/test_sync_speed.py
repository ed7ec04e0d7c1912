"""How fast a catalog comes and how long it still takes; the rounds that fetch it by themselves."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from queue import SimpleQueue

import pytest
from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtWidgets import QProgressBar, QPushButton
from pytestqt.qtbot import QtBot

from app.errors import OfflineError
from app.ports import SyncReport
from tests.ui.clerk import Clerk
from tests.ui.fakes import Bench
from ui.catalog_round import HOUR_MS, JITTER, WAIT_MS, CatalogRound
from ui.pages import sync_control
from ui.pages.sync_control import Speed

MB = 1_000_000


def test_speed_is_of_the_last_seconds() -> None:
    speed = Speed()
    assert speed.rate == 0.0 and speed.left_s(0, 100) is None
    speed.note(0, 100.0)
    speed.note(50, 100.2)
    assert speed.left_s(50, 1000) is None  # too little seen to tell
    for second in range(1, 21):
        speed.note(1000 * second, 100.0 + second)
    assert speed.rate == pytest.approx(1000.0)
    assert speed.left_s(20_000, 50_000) == pytest.approx(30.0)
    for second in range(21, 31):
        speed.note(20_000, 100.0 + second)  # the line stands still
    assert speed.rate == 0.0 and speed.left_s(20_000, 50_000) is None


class Fed:
    """`app.ports.CatalogSync` that tells what a test feeds it; an exception ends it, None well."""

    def __init__(self) -> None:
        self.steps: SimpleQueue[tuple[int, int] | Exception | None] = SimpleQueue()
        self.begun = 0

    def run(self, progress: Callable[[int, int], None] | None = None) -> SyncReport:
        self.begun += 1
        while (step := self.steps.get(timeout=20)) is not None:
            if isinstance(step, Exception):
                raise step
            if progress is not None:
                progress(*step)
        return SyncReport("v2026.11.20", 75, changed=True)


@pytest.fixture
def fed(hall: Bench) -> Iterator[Fed]:
    made = Fed()
    hall.office = replace(hall.office, catalog_sync=made)
    yield made
    made.steps.put(None)


def test_the_page_tells_speed_and_time_left(fed: Fed, clerk: Clerk, monkeypatch: pytest.MonkeyPatch) -> None:
    at = [100.0]
    monkeypatch.setattr(sync_control, "monotonic", lambda: at[0])
    clerk.press(Qt.Key.Key_4, Qt.KeyboardModifier.ControlModifier)
    clerk.wait(lambda: clerk.sees("device_catalog"))
    clerk.click("device_catalog")
    clerk.click("device_act")
    clerk.wait(lambda: clerk.text("sync_progress") == "正在联系前置机…")

    def told(second: float, done: int, total: int, words: str) -> None:
        at[0] = 100.0 + second
        fed.steps.put((done, total))
        clerk.wait(lambda: clerk.text("sync_progress") == words)

    told(0, 1 * MB, 61 * MB, "正在下载：977 KB / 58.2 MB")
    told(1, 2 * MB, 61 * MB, "正在下载：1.9 MB / 58.2 MB，每秒 977 KB，约剩 59 秒")
    bar = clerk.find(QProgressBar, "sync_bar")
    assert (bar.value(), bar.maximum()) == (2 * MB // 1024, 61 * MB // 1024)
    told(2, 3 * MB, 361 * MB, "正在下载：2.9 MB / 344.3 MB")  # another file: nothing is known of its speed
    told(3, 4 * MB, 361 * MB, "正在下载：3.8 MB / 344.3 MB，每秒 977 KB，约剩 6 分钟")
    told(4, 361 * MB, 361 * MB, "正在校验并换上新目录…")
    fed.steps.put(None)
    clerk.wait(lambda: "v2026.11.20" in clerk.words("sync_outcome"))


def test_a_case_is_received_while_a_catalog_comes(fed: Fed, clerk: Clerk) -> None:
    hall = clerk.hall
    everyone = list(hall.executors)
    hall.executors.remove(clerk.shell._desk.sync_executor)  # at work all the while: not waited for
    try:
        clerk.press(Qt.Key.Key_4, Qt.KeyboardModifier.ControlModifier)
        clerk.wait(lambda: clerk.sees("device_catalog"))
        clerk.click("device_catalog")
        clerk.click("device_act")
        clerk.wait(lambda: fed.begun == 1)
        fed.steps.put((1 * MB, 61 * MB))
        clerk.press(Qt.Key.Key_1, Qt.KeyboardModifier.ControlModifier)
        clerk.fill()
        clerk.receive()
        assert hall.cases() == 1 and clerk.shell.devices.sync.running
    finally:
        fed.steps.put(None)
        hall.executors[:] = everyone
    clerk.wait(lambda: not clerk.shell.devices.sync.running)


def test_the_strip_tells_of_the_fetch_at_the_windows_start(clerk: Clerk) -> None:
    """A station that was just enrolled has nothing else to look at."""
    news, total = clerk.shell._desk.fetch_news, 60 * MB

    def said() -> str:
        pill = clerk.shell.findChild(QPushButton, "status_catalog")
        return pill.accessibleName() if isinstance(pill, QPushButton) else ""

    clerk.wait(said)
    before = said()
    with ThreadPoolExecutor(1) as fetching:
        for done, words in ((15 * MB, "正在取目录 25%"), (total, "正在换上新目录")):
            fetching.submit(news, done, total).result()
            clerk.wait(lambda words=words: words in said())
        fetching.submit(news, 0, 0).result()
    clerk.wait(lambda: said() == before)


# -- by itself -----------------------------------------------------------------------------------------


class Rounds:
    def __init__(self, hall: Bench) -> None:
        self.owner, self.busy, self.ended = QObject(), False, 0
        self.round = CatalogRound(hall.desk(), lambda: self.busy, self.owner)
        self.round.finished.connect(self._ended)

    def _ended(self) -> None:
        self.ended += 1

    @property
    def waits_ms(self) -> int:
        """Until the next round; 0 when none is to come."""
        timer = self.round.findChild(QTimer)
        return timer.interval() if timer.isActive() else 0


def of_a_period(rounds: Rounds, hall: Bench) -> bool:
    period = hall.office.sync_hours * HOUR_MS
    return (1 - JITTER) * period <= rounds.waits_ms <= (1 + JITTER) * period


def test_a_round_comes_every_few_hours_and_after_a_failure_too(fed: Fed, hall: Bench, qtbot: QtBot) -> None:
    rounds = Rounds(hall)
    rounds.round.start()
    assert of_a_period(rounds, hall) and fed.begun == 0
    fed.steps.put(None)
    rounds.round.due()
    qtbot.waitUntil(lambda: rounds.ended == 1, timeout=20_000)
    assert of_a_period(rounds, hall)
    fed.steps.put(OfflineError())
    rounds.round.due()
    qtbot.waitUntil(lambda: rounds.ended == 2, timeout=20_000)
    assert of_a_period(rounds, hall) and fed.begun == 2
    rounds.round.stop()
    assert rounds.waits_ms == 0


def test_a_round_under_way_ends_with_the_window(fed: Fed, hall: Bench, qtbot: QtBot) -> None:
    rounds = Rounds(hall)
    rounds.round.due()
    rounds.round.stop()
    fed.steps.put((1, 2))
    qtbot.waitUntil(lambda: rounds.ended == 1, timeout=20_000)
    assert rounds.waits_ms == 0


def test_a_round_waits_while_a_case_is_received(fed: Fed, hall: Bench, qtbot: QtBot) -> None:
    rounds = Rounds(hall)
    rounds.busy = True
    rounds.round.due()
    assert rounds.waits_ms == WAIT_MS and fed.begun == 0
    rounds.busy = False
    fed.steps.put(None)
    rounds.round.due()
    qtbot.waitUntil(lambda: rounds.ended == 1, timeout=20_000)
    assert fed.begun == 1


@pytest.mark.parametrize("change", [{"sync_hours": 0}, {"catalog_sync": None}])
def test_no_round_where_none_is_wanted(change: dict[str, object], hall: Bench, qtbot: QtBot) -> None:
    hall.office = replace(hall.office, **change)  # type: ignore[arg-type]
    rounds = Rounds(hall)
    rounds.round.start()
    assert rounds.waits_ms == 0
