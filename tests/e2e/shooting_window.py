"""A counter whose clerk photographs pages until the process is killed; or goes on with what is left.

python -m tests.e2e.shooting_window shoot|finish FOLDER.  A line for each page once it is safe.
"""

import sys
from collections.abc import Callable
from pathlib import Path
from time import monotonic

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.services import materials
from app.services.office import CameraChoice
from tests.ui.clerk import Clerk
from tests.ui.fakes import bench
from ui.camera.sheet import CaptureSheet
from ui.theme import load_fonts


class Patience:
    """`waitUntil` as pytest-qt has it."""

    def waitUntil(self, seen: Callable[[], bool], timeout: int) -> None:
        end = monotonic() + timeout / 1000
        while not seen():
            if monotonic() > end:
                raise SystemExit("waited in vain")
            QTest.qWait(10)


def shoot(clerk: Clerk) -> None:
    clerk.lay_card()
    clerk.pick("cjrzhl")
    clerk.intake.session.flush()
    clerk.table.setFocus()
    clerk.press(Qt.Key.Key_P)
    page = clerk.find(CaptureSheet, "capture_sheet")
    while True:
        clerk.wait(page.shoot.isEnabled)
        n = len(page.shots.items) + 1
        clerk.press(Qt.Key.Key_Space)
        clerk.wait(lambda n=n: len(page.shots.items) == n and page.shots.ready)  # type: ignore[misc]
        clerk.rest()
        print(page.shots.items[-1].file_id, flush=True)


def finish(clerk: Clerk) -> None:
    clerk.wait(lambda: clerk.sees("restore_button"))
    clerk.click("restore_button")
    clerk.wait(lambda: clerk.sees("unfinished_go_on"))
    clerk.click("unfinished_go_on")
    page = clerk.find(CaptureSheet, "capture_sheet")
    clerk.wait(lambda: page.shots.ready)
    for shot in page.shots.items:
        print(shot.file_id, flush=True)
    clerk.press(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    clerk.wait(lambda: not page.isVisible())
    clerk.rest()
    (file,) = materials.files_of_draft(clerk.hall.office, clerk.intake.session.intake.draft_id)
    print(file.pages, file.file_id, flush=True)


def main(act: str, folder: Path) -> None:
    app = QApplication(sys.argv[:1])
    app.setStyle("Fusion")
    load_fonts()
    patience = Patience()
    with bench(folder, camera=CameraChoice("simulated")) as hall, Clerk.at_counter(hall, patience) as clerk:  # type: ignore[arg-type]
        {"shoot": shoot, "finish": finish}[act](clerk)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
