"""The worker: order, answers that come in time whatever hangs, and bugs that kill nobody."""

import threading
from concurrent.futures import Future

import pytest

from devices.worker import DeviceWorker
from tests.patience import PATIENCE_S


@pytest.fixture
def hold() -> threading.Event:
    """Lets a command that hangs go at the end of the test."""
    return threading.Event()


def test_commands_run_in_order_on_one_daemon_thread() -> None:
    worker = DeviceWorker("test")
    threads = [worker.submit(threading.current_thread) for _ in range(5)]
    found = {future.result(PATIENCE_S) for future in threads}
    assert len(found) == 1
    assert found.pop().daemon
    numbers: list[int] = []
    for number in range(50):
        worker.submit(numbers.append, number)
    worker.submit(lambda: None).result(PATIENCE_S)
    assert numbers == list(range(50))
    worker.shutdown()


def test_an_exception_goes_to_who_asked() -> None:
    worker = DeviceWorker("test")
    assert isinstance(worker.submit(lambda: 1 // 0).exception(PATIENCE_S), ZeroDivisionError)
    assert worker.submit(lambda: 7).result(PATIENCE_S) == 7
    worker.shutdown()


def test_a_command_that_hangs_is_answered_for(hold: threading.Event) -> None:
    worker = DeviceWorker("test")
    running: Future[str] = worker.submit_bounded(
        lambda: str(hold.wait(PATIENCE_S)), 0.1, lambda started: f"late {started}"
    )
    waiting: Future[str] = worker.submit_bounded(lambda: "never", 0.1, lambda started: f"late {started}")
    assert running.result(PATIENCE_S) == "late True"
    assert waiting.result(PATIENCE_S) == "late False"
    assert worker.busy_s > 0
    hold.set()
    assert worker.submit(lambda: "on").result(PATIENCE_S) == "on"
    worker.shutdown()


def test_a_command_in_time_gives_its_own_answer() -> None:
    worker = DeviceWorker("test")
    assert (
        worker.submit_bounded(lambda: "own", PATIENCE_S, lambda started: "late").result(PATIENCE_S) == "own"
    )
    failing: Future[int] = worker.submit_bounded(lambda: 1 // 0, PATIENCE_S, lambda started: 0)
    assert isinstance(failing.exception(PATIENCE_S), ZeroDivisionError)
    worker.shutdown()


def test_idle_is_called_between_commands_and_when_woken() -> None:
    called = threading.Semaphore(0)

    def idle() -> float:
        called.release()
        return 3600.0

    worker = DeviceWorker("test", idle)
    assert called.acquire(timeout=PATIENCE_S)
    worker.wake()
    assert called.acquire(timeout=PATIENCE_S)
    worker.shutdown()
    worker.join(PATIENCE_S)
    assert not called.acquire(blocking=False)


def test_a_bug_in_polling_does_not_kill_the_worker(caplog: pytest.LogCaptureFixture) -> None:
    polled = threading.Event()

    def idle() -> float:
        polled.set()
        raise RuntimeError("a bug")

    worker = DeviceWorker("test", idle)
    assert polled.wait(PATIENCE_S)
    assert worker.submit(lambda: "alive").result(PATIENCE_S) == "alive"
    assert "polling a device failed" in caplog.text
    worker.shutdown()


def test_a_glance_calls_idle_before_its_time() -> None:
    called, news = threading.Semaphore(0), threading.Event()

    def idle() -> float:
        news.clear()
        called.release()
        return 3600.0

    worker = DeviceWorker("test", idle, news.is_set)
    assert called.acquire(timeout=PATIENCE_S)
    for _ in range(2):
        news.set()
        assert called.acquire(timeout=PATIENCE_S)
    worker.shutdown()
    worker.join(PATIENCE_S)


def test_a_glance_that_raises_does_not_kill_the_worker(caplog: pytest.LogCaptureFixture) -> None:
    looked = threading.Event()

    def glance() -> bool:
        looked.set()
        raise RuntimeError("a bug")

    worker = DeviceWorker("test", lambda: 3600.0, glance)
    assert looked.wait(PATIENCE_S)
    assert worker.submit(lambda: "alive").result(PATIENCE_S) == "alive"
    worker.shutdown()


def test_a_command_or_a_poll_that_outlives_its_time_hangs(hold: threading.Event) -> None:
    worker = DeviceWorker("test")
    assert not worker.hangs(0.0)
    late: Future[bool] = worker.submit_bounded(lambda: hold.wait(PATIENCE_S), 0.1, lambda started: False)
    assert not worker.hangs(0.0)  # it has its deadline still
    assert late.result(PATIENCE_S) is False
    assert worker.hangs(3600.0)
    hold.set()
    worker.submit(lambda: None).result(PATIENCE_S)
    assert not worker.hangs(3600.0)
    worker.shutdown()


def test_a_poll_that_does_not_return_hangs(hold: threading.Event) -> None:
    began = threading.Event()

    def idle() -> float:
        began.set()
        hold.wait(PATIENCE_S)
        return 3600.0

    worker = DeviceWorker("test", idle)
    assert began.wait(PATIENCE_S)
    assert worker.hangs(0.0) and not worker.hangs(3600.0)
    hold.set()
    worker.submit(lambda: None).result(PATIENCE_S)
    assert not worker.hangs(0.0)
    worker.shutdown()
