"""What the tour shows only when asked for more: the other pages, and papers that do not come out."""

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app.commands.embedded import Embedded
from app.commands.stage import Stage
from app.commands.tour_counter import SEARCH, begin_with_item, choose_item
from app.commands.tour_kiosk import THEME

CTRL = Qt.KeyboardModifier.ControlModifier
WELL = ("paper ok", "fault none")


def counter(stage: Stage, services: Embedded) -> None:
    _catalog(stage)
    _readiness(stage)
    stage.press("help_button")
    stage.wait_for("help_sheet")
    stage.shoot("help")
    stage.press("help_close")
    _without_paper(stage, services)
    QTest.keyClick(stage.shell, Qt.Key.Key_J, CTRL)
    stage.wait_for("sign_in_id")
    stage.shoot("handover")


def _catalog(stage: Stage) -> None:
    stage.press("nav_catalog")
    stage.type("catalog_search", SEARCH)
    stage.wait_for("guide_facts")
    stage.shoot("catalog")
    stage.press("catalog_tab_bundle")
    stage.wait_for("bundle_title")
    stage.shoot("bundle")
    stage.press("bundle_panorama")
    stage.wait_for("panorama_words")
    stage.shoot("panorama")
    stage.press("catalog_tab_quality")
    stage.wait_for("quality_count")
    stage.shoot("quality")


def _readiness(stage: Stage) -> None:
    stage.press("nav_devices")
    stage.press("open_sheet")
    stage.wait_for("sheet_title")
    stage.live("sheet_print")
    stage.shoot("readiness")
    stage.key(Qt.Key.Key_Escape, stage.wait_for("sheet_title"))


def _without_paper(stage: Stage, services: Embedded) -> None:
    """The case is received, and the slip did not come out."""
    services.tell("escpos", "paper out")
    services.tell("sdt", "lift")
    stage.press("nav_intake")
    stage.wait_for("start_field")
    services.tell("sdt", "put resident")
    choose_item(stage)
    begin_with_item(stage)
    stage.press("materials_all")
    stage.live("receive")
    stage.wait_for("notice_printer")
    stage.shoot("no-paper")
    stage.press("receive")
    stage.wait_for("outcome_number")
    stage.live("print_again_slip")
    stage.shoot("not-printed")
    for command in WELL:
        services.tell("escpos", command)
    stage.press("print_again_slip")
    stage.live("next")
    stage.press("next")
    stage.wait_for("start_field")


def kiosk(stage: Stage, services: Embedded) -> None:
    services.tell("sdt", "lift")
    services.tell("escpos", "paper out")
    stage.press("finish")
    stage.shoot("leaving")
    stage.press("home")
    stage.press("start")
    stage.wait_for("page_trouble")
    stage.shoot("no-paper")
    stage.press("go_on")
    stage.press("foot_size")
    stage.wait_for(THEME)
    stage.shoot("elder")
    for command in WELL:
        services.tell("escpos", command)
