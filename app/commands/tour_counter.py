"""The counter part of the tour: card, item, situation, materials, one key, paper."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractItemView, QLabel

from app.commands.embedded import Embedded
from app.commands.stage import Stage
from ui.camera.sheet import CaptureSheet
from ui.camera.view import CameraView
from ui.shells.counter import CounterShell

SEARCH = "cjrzhl"  # the initials of 残疾人证换领, as a clerk would type them


def walk(stage: Stage, services: Embedded) -> None:
    stage.wait_for("start_field")
    stage.shoot("empty")
    services.tell("sdt", "put resident")
    take_case(stage)
    stage.press("next")
    stage.wait_for("start_field")
    _other_pages(stage)


def take_case(stage: Stage) -> None:
    """From the card to the printed receipt; leaves the outcome on the screen."""
    choose_item(stage)
    stage.shoot("search")
    begin_with_item(stage)
    stage.shoot("materials")
    _photograph(stage)
    stage.press("materials_all")
    stage.live("receive")
    stage.until(lambda: _enlarged(stage), "the large preview")
    stage.shoot("preview")
    stage.press("large_close")
    stage.until(lambda: not (stage.find("large_preview") or stage.find("preview_words")), "the small preview")
    stage.shoot("ready")
    stage.press("receive")
    stage.wait_for("outcome_number")
    stage.live("next")
    stage.until(lambda: not _printing(stage), "the last sheet of paper")
    stage.shoot("outcome")


def choose_item(stage: Stage) -> None:
    """From the card to the one hit of the search."""
    stage.wait_for("applicant_name")
    stage.press("face_same")
    stage.type("item_search", SEARCH)
    stage.wait_for("hits")
    stage.until(lambda: _rows(stage, "hits") == 1, "the one hit")


def begin_with_item(stage: Stage) -> None:
    stage.key(Qt.Key.Key_Return, stage.wait_for("item_search"))
    stage.wait_for("item_name")
    stage.type("phone", "13800000000")


def _photograph(stage: Stage) -> None:
    """Two pages of the first material under the (simulated) document camera."""
    table = stage.wait_for("materials")
    table.setFocus()
    stage.key(Qt.Key.Key_P, table)
    view = stage.wait_for("camera_view")
    assert isinstance(view, CameraView)
    for page in (1, 2):
        stage.until(lambda: view.filled and stage.live("shoot"), "the sheet of paper")
        stage.key(Qt.Key.Key_Space, view)
        stage.until(lambda n=page: _pages(stage) == n and stage.live("capture_done"), "the page")  # type: ignore[misc]
    stage.until(lambda: view.filled, "the next sheet of paper")
    stage.shoot("capture")
    stage.press("capture_done")
    stage.until(lambda: stage.find("capture_sheet") is None, "the kept pages")
    stage.shoot("on-file")


def _printing(stage: Stage) -> bool:
    """Pages go on behind the decision; the picture shall show what became of them."""
    shell = stage.shell
    assert isinstance(shell, CounterShell)
    return any(paper.busy for paper in shell.intake.receiving.papers)


def _pages(stage: Stage) -> int:
    sheet = stage.find("capture_sheet")
    return len(sheet.shots.items) if isinstance(sheet, CaptureSheet) else 0


def _other_pages(stage: Stage) -> None:
    stage.press("nav_cases")
    stage.until(lambda: _rows(stage, "cases") > 0, "the case in the list")
    stage.shoot("cases")
    stage.press("nav_verify")
    stage.wait_for("verify_text")
    stage.shoot("verify")
    stage.press("nav_devices")
    stage.wait_for("device_note")
    stage.shoot("devices")


def _enlarged(stage: Stage) -> bool:
    """Whether the large paper is drawn; asks for it as long as there is nothing to enlarge yet."""
    if stage.find("large_preview") is None:
        stage.press("enlarge")
    paper = stage.find("large_paper")
    return isinstance(paper, QLabel) and not paper.pixmap().isNull()


def _rows(stage: Stage, name: str) -> int:
    view = stage.find(name)
    model = view.model() if isinstance(view, QAbstractItemView) else None
    return model.rowCount() if model is not None else 0
