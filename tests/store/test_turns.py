"""One transaction at a time, and nobody is passed over."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event

from app.store.turns import Turns
from tests.patience import PATIENCE_S


def test_who_comes_again_at_once_stands_behind_who_waits() -> None:
    turns = Turns()
    order: list[str] = []
    assert turns.take(0)

    def wait() -> None:
        assert turns.take(PATIENCE_S)
        order.append("waited")
        turns.give()

    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(wait)
        while not turns.waiting:
            Event().wait(0.001)
        turns.give()
        assert turns.take(PATIENCE_S)  # at once, as a thread with many transactions does
        order.append("came again")
        turns.give()
        waiting.result(PATIENCE_S)
    assert order == ["waited", "came again"]


def test_patience_ends_and_the_turn_goes_to_the_next() -> None:
    turns = Turns()
    assert turns.take(0)
    assert not turns.take(0.01)
    assert turns.waiting == 0
    turns.give()
    assert turns.take(0)
