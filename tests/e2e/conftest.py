from collections.abc import Iterator

import pytest

from app.commands.embedded import embedded
from tests.e2e.hall import Hall, make_hall


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hall]:
    with embedded(tmp_path_factory.mktemp("hall")) as services:
        yield make_hall(services)


@pytest.fixture(autouse=True)
def healthy(hall: Hall) -> Iterator[None]:
    """Every test begins with a card on the reader and a printer that works."""
    yield
    hall.services.tell("sdt", "fault none")
    hall.services.tell("sdt", "put resident")
    for command in ("fault none", "paper ok", "cover closed"):
        hall.services.tell("escpos", command)
