"""One running gateway for each database, shared by the tests of this area; stations are fresh each time.

The suite runs on SQLite always, and on PostgreSQL when GATEWAY_TEST_POSTGRESQL holds an SQLAlchemy
URL of a server where databases may be made (postgresql+psycopg://…/postgres).
"""

import itertools
import os
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import create_engine, make_url, text

from tests.gateway.running import AStation, RunningGateway, gateway, items, put_draft

POSTGRESQL = os.environ.get("GATEWAY_TEST_POSTGRESQL", "")
DATABASES = ("sqlite", "postgresql") if POSTGRESQL else ("sqlite",)  # one gateway a run, unless there are two
_ids = (f"T{n:05d}" for n in itertools.count(1))


@contextmanager
def fresh_postgresql() -> Iterator[str]:
    """A database of its own, dropped afterwards."""
    name = f"gjzc_test_{uuid.uuid4().hex[:12]}"
    server = create_engine(POSTGRESQL, isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    try:
        yield make_url(POSTGRESQL).set(database=name).render_as_string(hide_password=False)
    finally:
        with server.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
        server.dispose()


@pytest.fixture(scope="session", params=DATABASES)
def running(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningGateway]:
    data = tmp_path_factory.mktemp("gateway")
    put_draft(data, items())
    if request.param == "sqlite":
        with gateway(data) as started:
            yield started
        return
    with fresh_postgresql() as url, gateway(data, database=url) as started:
        yield started


@pytest.fixture
def station_id() -> str:
    return next(_ids)


@pytest.fixture
def enrolled(running: RunningGateway) -> Callable[[], AStation]:
    """Makes another enrolled station each time it is called."""

    def make() -> AStation:
        return AStation(next(_ids), running.url).enrol(running.code())

    return make


@pytest.fixture
def station(enrolled: Callable[[], AStation]) -> AStation:
    return enrolled()
