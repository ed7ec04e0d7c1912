"""The tests of this folder, on the database of a city too."""

import pytest

from tests.gateway.conftest import DATABASES, POSTGRESQL
from tests.gateway.running import RunningGateway


@pytest.mark.skipif(not POSTGRESQL, reason="GATEWAY_TEST_POSTGRESQL is not set: not tried on PostgreSQL")
def test_everything_is_tried_on_postgresql_too(running: RunningGateway) -> None:
    assert "postgresql" in DATABASES and running.code()
