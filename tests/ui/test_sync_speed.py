"""How fast a catalog comes, over the last seconds, and how long it still takes."""

import pytest

from ui.pages.sync_control import Speed


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
