"""A counter with a document camera: hands for the capture sheet and for files brought."""

from pathlib import Path

from PySide6.QtCore import Qt

from app.services import materials
from tests.pages import table as paper_on_table
from tests.ui.clerk import Clerk
from ui.camera.sheet import CaptureSheet
from ui.camera.simulated import SimulatedCamera

CTRL = Qt.KeyboardModifier.ControlModifier
KEY = Qt.Key


def sheet(clerk: Clerk) -> CaptureSheet:
    return clerk.find(CaptureSheet, "capture_sheet")


def camera(clerk: Clerk) -> SimulatedCamera:
    source = clerk.intake.filing.camera
    assert isinstance(source, SimulatedCamera)
    return source


def open_sheet(clerk: Clerk) -> CaptureSheet:
    clerk.press(KEY.Key_P)
    clerk.wait(lambda: sheet(clerk).view.found)
    return sheet(clerk)


def shoot(clerk: Clerk, times: int = 1, key: Qt.Key = KEY.Key_Space) -> None:
    shots = sheet(clerk).shots
    for _ in range(times):
        n = len(shots.items) + 1
        clerk.wait(lambda: sheet(clerk).shoot.isEnabled())
        clerk.press(key)
        clerk.wait(lambda n=n: len(shots.items) == n and shots.ready)  # type: ignore[misc]


def keep(clerk: Clerk) -> None:
    clerk.press(KEY.Key_Return, CTRL)
    clerk.wait(lambda: not sheet(clerk).isVisible())
    clerk.rest()


def kept(clerk: Clerk, pages: int = 2) -> None:
    open_sheet(clerk)
    shoot(clerk, pages)
    keep(clerk)


def files(clerk: Clerk):  # type: ignore[no-untyped-def]
    return materials.files_of_draft(clerk.hall.office, clerk.intake.session.intake.draft_id)


def row(clerk: Clerk, number: int) -> list[str]:
    model = clerk.table.source
    return [str(model.index(number, c).data(Qt.ItemDataRole.DisplayRole)) for c in range(model.columnCount())]


def words_of_keys(clerk: Clerk, number: int) -> list[str]:
    from ui.widgets.kit import CELL

    return [word for word, _ in clerk.table.source.index(number, 7).data(CELL).keys]


def picture_file(folder: Path, name: str = "照片.jpg") -> Path:
    path = folder / name
    path.write_bytes(paper_on_table.jpeg(paper_on_table.paper(620, 877)))
    return path


def bring(clerk: Clerk, *paths: Path) -> None:
    clerk.hall.files.to_import = paths
    clerk.press(KEY.Key_I)
    clerk.wait(lambda: not clerk.intake.filing.importing)
    clerk.rest()
