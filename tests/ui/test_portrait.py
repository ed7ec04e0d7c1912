"""The photo of the applicant's card: shown where a plug-in decodes it, and nowhere else and no longer."""

import io
from concurrent.futures import Future
from dataclasses import replace

from PIL import Image

from app.domain.device import CardRead, DeviceKind
from tests.ui.clerk import Clerk
from tests.ui.fakes import person
from ui.pages.counter.portrait import Portrait

READER = DeviceKind.ID_READER


def picture(colour: str = "red") -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (102, 126), colour).save(file, "BMP")
    return file.getvalue()


def with_plug_in(clerk: Clerk) -> Portrait:
    states = clerk.hall.devices.states
    states[READER] = replace(states[READER], capabilities=("photo_decoding",))
    return clerk.find(Portrait, "portrait")


def lay(clerk: Clerk, name: str = "演示·东方测试") -> "Future[bytes | None]":
    """The card of somebody; the answer of the plug-in is still to come."""
    devices = clerk.hall.devices
    devices.photo, asked = Future(), devices.photos_asked
    devices.say(CardRead(person(name), photo=b"opaque"))
    clerk.wait(lambda: name in clerk.words("sheet") and devices.photos_asked == asked + 1)
    return devices.photo


def test_the_photo_comes_after_the_fields(clerk: Clerk) -> None:
    portrait = with_plug_in(clerk)
    photo = lay(clerk)
    assert portrait.isVisible() and portrait.image is None, "its place is kept, so nothing moves"
    photo.set_result(picture())
    clerk.wait(lambda: portrait.image is not None)
    assert portrait.grab().toImage().pixelColor(30, 37).name() == "#ff0000"


def test_without_a_plug_in_there_is_no_place_for_it(clerk: Clerk) -> None:
    clerk.hall.devices.say(CardRead(person(), photo=b"opaque"))
    clerk.wait(lambda: clerk.sees("applicant_name"))
    clerk.rest()
    assert not clerk.sees("portrait") and clerk.hall.devices.photos_asked == 0


def test_what_the_plug_in_fails_at_stays_an_outline(clerk: Clerk) -> None:
    portrait = with_plug_in(clerk)
    lay(clerk).set_result(None)
    clerk.rest()
    lay(clerk).set_result(b"BM no picture")
    clerk.rest()
    assert portrait.isVisible() and portrait.image is None


def test_a_photo_that_comes_late_is_not_the_next_persons(clerk: Clerk) -> None:
    portrait = with_plug_in(clerk)
    late = lay(clerk)
    clerk.intake.clear()
    lay(clerk, "演示·另一位")
    late.set_result(picture())
    clerk.rest()
    assert portrait.image is None


def test_it_goes_with_the_case_the_lock_and_the_applicant(clerk: Clerk) -> None:
    portrait = with_plug_in(clerk)

    def shown() -> None:
        lay(clerk).set_result(picture())
        clerk.wait(lambda: portrait.image is not None)

    shown()
    clerk.intake.clear()
    assert portrait.image is None
    shown()
    clerk.intake.sign_in(None)
    assert portrait.image is None
    clerk.intake.sign_in(clerk.hall.desk().operator)
    clerk.rest()
    shown()
    clerk.pick()
    clerk.type("phone", "13800000000")
    clerk.intake.face_agrees()
    clerk.click("materials_all")
    clerk.wait(lambda: clerk.button("receive").isEnabled())
    assert portrait.image is not None
    clerk.receive()
    assert portrait.image is None
