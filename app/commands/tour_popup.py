"""The pop-up part of the tour: the same job with the line down, which is normal there."""

from app.commands.embedded import Embedded
from app.commands.stage import Stage
from app.commands.tour_counter import take_case


def walk(stage: Stage, services: Embedded) -> None:
    services.tell("sdt", "lift")
    stage.wait_for("event_bar")
    services.tell("sdt", "put resident")
    take_case(stage)
