"""The kiosk part of the tour: from first touch to paper."""

from app.commands.embedded import Embedded
from app.commands.stage import Stage
from ui.pages.kiosk.session import Place
from ui.shells.kiosk import KioskShell

THEME = "theme_care"


def walk(stage: Stage, services: Embedded) -> None:
    shell = stage.shell
    assert isinstance(shell, KioskShell)
    stage.live("start")
    stage.shoot("attract")
    stage.press("start")
    stage.wait_for(THEME)
    stage.shoot("themes")
    stage.press(THEME)
    stage.wait_for("page_items")
    stage.shoot("items")
    stage.press(stage.first("item_"))
    stage.press("agree")
    stage.wait_for("page_card")
    stage.shoot("card")
    services.tell("sdt", "put resident")
    stage.wait_for("page_check")
    stage.shoot("check")
    stage.press("yes")
    _questions(stage, shell)
    _materials_and_wishes(stage)
    stage.press("submit")
    stage.wait_for("paper_confirmed")
    stage.shoot("receipt")


def _questions(stage: Stage, shell: KioskShell) -> None:
    """The first option of every question; materials come after the last."""
    stage.until(lambda: stage.find("page_question") or stage.find("page_materials"), "the first question")
    place = shell.session.place
    while place.name == "question":
        stage.press(stage.first("option_"))
        if place.index == 0:
            stage.shoot("question")
        stage.press("next")
        place = _next_place(stage, shell, place)


def _next_place(stage: Stage, shell: KioskShell, place: Place) -> Place:
    stage.until(lambda: shell.session.place != place, "the next step")
    return shell.session.place


def _materials_and_wishes(stage: Stage) -> None:
    stage.press("all_taken")
    stage.shoot("materials")
    stage.press("next")
    for digit in "13800000000":
        stage.press(f"key_{digit}")
    stage.shoot("phone")
    stage.press("next")
    stage.press("delivery_pickup")
    stage.press("next")
    stage.live("submit")
    stage.shoot("summary")
