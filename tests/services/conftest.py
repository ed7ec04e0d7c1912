from collections.abc import Iterator
from pathlib import Path

import pytest

from app.domain.numbering import NumberBlock
from app.services.office import Office
from app.store.local import open_local
from tests.services.fakes import FOLDER_KEY, Hall


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Hall]:
    """A hall with numbers 1 to 500 and a clock that stands still."""
    with open_local(tmp_path / "data", "test", FOLDER_KEY) as local:
        with local.store.begin() as work:
            work.add_block(NumberBlock("block", 1, 500))
            work.commit()
        yield Hall(local)


@pytest.fixture
def office(hall: Hall) -> Office:
    return hall.office()
