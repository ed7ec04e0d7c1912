"""The pop-up part of the tour: the same job with the line down, which is normal there."""

from app.commands.embedded import Embedded
from app.commands.stage import Stage
from app.commands.tour_counter import take_case
from app.texts import load
from ui.shells.popup import PopupShell


def walk(stage: Stage, services: Embedded) -> None:
    shell = stage.shell
    assert isinstance(shell, PopupShell)
    services.cut_line()
    stage.until(lambda: shell.board.status is not None and not shell.board.online, "the line to be down")
    _name_the_event(stage, shell)
    stage.shoot("offline")
    services.tell("sdt", "put resident")
    take_case(stage)


def _name_the_event(stage: Stage, shell: PopupShell) -> None:
    stage.press("event_edit")
    stage.wait_for("event_name")
    texts = load()
    shell.bar.name.insert(texts["demo.event"])  # as an input method would, at once
    shell.bar.place.insert(texts["demo.place"])
    stage.press("event_save")
    stage.wait_for("event_edit")
