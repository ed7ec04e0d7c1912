"""What holds for all tests: where they draw, the zone they live in, how hypothesis looks for examples."""

import os
import time
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

# Every window is drawn off screen, unless a display is asked for by name.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

# The machine's zone is not that of the halls, for the tests and the processes they start: what takes the
# one for the other fails at any hour of the day.
ZONE = os.environ.get("GUANJIA_TEST_ZONE", "America/Los_Angeles")
os.environ["TZ"] = ZONE
time.tzset()

# A busy machine is no fault of a test.  The daily run tries the same examples every time, `make soak`
# new ones.
PATIENT = settings(
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
    print_blob=True,
)
settings.register_profile("daily", PATIENT, derandomize=True, database=None, max_examples=50)
settings.register_profile("thorough", PATIENT, max_examples=300)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "daily"))


@pytest.fixture(autouse=True)
def same_zone() -> Iterator[None]:
    """Whatever zone a command went to, which goes to that of the halls."""
    yield
    if os.environ.get("TZ") != ZONE:
        os.environ["TZ"] = ZONE
        time.tzset()
