import gc
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.domain.catalog import Channel
from app.services.office import CameraChoice
from tests.ui.clerk import Clerk
from tests.ui.fakes import Bench, bench
from ui.theme import load_fonts

QUIET = "propagateSizeHints"  # the offscreen plugin says so of every window with a least size


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.qt_log_ignore(QUIET, extend=True))


@pytest.fixture(autouse=True)
def swept() -> Iterator[None]:
    """What is left of the widgets in rings goes here, on their own thread: wherever Python happens to collect
    garbage, on the thread of an executor too, Qt objects would be destroyed.  Looks at each object once."""
    gc.disable()
    yield
    gc.collect()
    gc.freeze()
    gc.enable()


@pytest.fixture(scope="session")
def looks(qapp: QApplication) -> QApplication:
    """The application as the window command makes it: Fusion and our fonts.

    Once, for a style polishes every widget there is.
    """
    qapp.setStyle("Fusion")
    load_fonts()
    return qapp


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Bench]:
    with bench(tmp_path / "hall") as made:
        yield made


@pytest.fixture
def clerk(looks: QApplication, hall: Bench, qtbot: QtBot) -> Iterator[Clerk]:
    """A clerk at a counter where everything is well."""
    with Clerk.at_counter(hall, qtbot) as made:
        yield made


@pytest.fixture
def outing(looks: QApplication, tmp_path: Path, qtbot: QtBot) -> Iterator[Clerk]:
    """The same at a pop-up, without a line."""
    with bench(tmp_path / "outing", Channel.POPUP) as made:
        made.gateway.down = True
        with Clerk.at_popup(made, qtbot) as clerk:
            yield clerk


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Bench]:
    with bench(tmp_path / "hall", camera=CameraChoice("simulated")) as made:
        yield made


@pytest.fixture
def shooter(looks: QApplication, studio: Bench, qtbot: QtBot) -> Iterator[Clerk]:
    """A clerk with an item chosen and the cursor in the first material."""
    with Clerk.at_counter(studio, qtbot) as clerk:
        clerk.lay_card()
        clerk.pick("cjrzhl")
        clerk.table.setFocus()
        yield clerk
