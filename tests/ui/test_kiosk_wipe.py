"""Whoever walks away leaves nothing behind, and a card left behind is said."""

import gc
import logging
from dataclasses import replace
from pathlib import Path
from threading import Event

import pytest
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from app.domain.device import DeviceKind, DeviceStatus
from app.domain.material_file import FileRole, MediaType
from app.services import materials
from tests.ui.kiosk_drive import PHONE, Visitor, visitor
from tests.ui.kiosk_fakes import PERSON, PROFILE, Seconds
from ui.pages.kiosk.idle import IdleWatch
from ui.pages.kiosk.page import Page
from ui.pages.kiosk.session import Session

SECRETS = (PERSON.name, PERSON.number, PERSON.masked_number, PHONE, "138****0000", PERSON.address[:9])


def nothing_is_left(person: Visitor) -> None:
    """No widget, no page and no intake that knows of the person is alive."""
    person.settle()
    words = person.words()
    assert not [secret for secret in SECRETS if secret in words]
    gc.collect()
    pages = [t for t in gc.get_objects() if isinstance(t, Page) and t.guide is person.shell]
    assert pages == [person.shell.page]
    for thing in gc.get_objects():
        if isinstance(thing, Session):
            assert thing.intake.applicant is None and thing.received is None and not thing.number
    clipboard = QGuiApplication.clipboard()
    assert clipboard is None or not clipboard.text()
    with person.bench.store.begin() as work:
        assert list(work.drafts()) == []
        assert work.file_ids() == ()
    assert list(person.bench.files.iterdir()) == []


def sign(person: Visitor) -> None:
    """A signature on file of the session's draft."""
    office, draft_id = person.bench.office, person.shell.session.intake.draft_id
    ink = b"\x89PNG\r\n\x1a\n and a name"
    materials.keep(office, draft_id, ink, MediaType.PNG, 1, role=FileRole.SIGNATURE)
    assert len(list(person.bench.files.iterdir())) == 1


def test_idle_asks_counts_down_and_wipes(
    tmp_path: Path, qtbot: QtBot, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with visitor(tmp_path, qtbot) as person:
        person.to_summary()
        sign(person)
        QGuiApplication.clipboard().setText(PERSON.number)
        person.seconds.run(PROFILE.idle_seconds - 1)
        person.shell.tick()
        assert not person.has("still_here")
        person.seconds.run(1)
        person.shell.tick()
        assert person.has("still_here") and "20 秒" in person.words()
        person.seconds.run(14)
        person.shell.tick()
        assert "6 秒" in person.words()
        person.seconds.run(6)
        person.shell.tick()
        assert person.place == "leaving"  # a card was read: it may still lie there
        nothing_is_left(person)
        assert "session.wiped" in person.bench.actions()
        assert "session wiped" in caplog.text
        assert not [secret for secret in SECRETS if secret in caplog.text]
        assert person.bench.cases() == 0


def test_a_sign_of_life_keeps_everything(tmp_path: Path, qtbot: QtBot) -> None:
    with visitor(tmp_path, qtbot) as person:
        person.to_summary()
        before = person.shell.session.intake
        person.seconds.run(PROFILE.idle_seconds + 5)
        person.shell.tick()
        person.touch("stay")
        assert not person.has("still_here")
        person.shell.tick()
        assert person.place == "summary" and person.shell.session.intake == before


def test_the_person_can_wipe_at_once(tmp_path: Path, qtbot: QtBot) -> None:
    with visitor(tmp_path, qtbot) as person:
        person.to_summary()
        person.seconds.run(PROFILE.idle_seconds)
        person.shell.tick()
        person.touch("drop")
        assert person.place == "leaving"
        nothing_is_left(person)


def test_elder_mode_gives_more_time_and_ends_with_the_session(tmp_path: Path, qtbot: QtBot) -> None:
    with visitor(tmp_path, qtbot) as person:
        person.start()
        person.touch("foot_size")
        assert person.shell.kit.elder
        person.seconds.run(PROFILE.idle_seconds + 1)
        person.shell.tick()
        assert not person.has("still_here")
        person.seconds.run(PROFILE.elder_idle_seconds - PROFILE.idle_seconds)
        person.shell.tick()
        assert person.has("still_here")
        person.touch("drop")
        assert person.place == "attract" and not person.shell.kit.elder


def test_the_first_page_goes_back_to_its_own_looks(tmp_path: Path, qtbot: QtBot) -> None:
    with visitor(tmp_path, qtbot) as person:
        person.wait(lambda: person.shell.board.ready)
        person.touch("foot_size")
        person.seconds.run(PROFILE.elder_idle_seconds + 1)
        person.shell.tick()
        assert not person.has("still_here") and not person.shell.kit.elder
        person.seconds.run(10_000)
        person.shell.tick()
        assert person.place == "attract" and not person.has("still_here")


def test_idle_stands_still_while_the_machine_works(tmp_path: Path, qtbot: QtBot) -> None:
    with visitor(tmp_path, qtbot) as person:
        person.devices.hold_print = Event()
        person.to_receipt()
        person.seconds.run(10_000)
        person.shell.tick()
        assert person.place == "receipt" and not person.has("still_here")
        person.devices.hold_print.set()
        person.printed()
        person.shell.tick()
        assert not person.has("still_here")
        person.seconds.run(PROFILE.idle_seconds)
        person.shell.tick()
        assert person.has("still_here")


def test_a_device_that_comes_and_goes_is_no_sign_of_life(tmp_path: Path, qtbot: QtBot) -> None:
    with visitor(tmp_path, qtbot) as person:
        person.start()
        person.choose()
        person.seconds.run(PROFILE.idle_seconds)
        person.devices.set(DeviceKind.ID_READER, DeviceStatus.NO_DEVICE)
        person.settle()
        person.shell.tick()
        assert person.has("still_here")


@pytest.mark.parametrize("leave", ["finish", "idle"])
def test_after_the_receipt_nothing_is_left(tmp_path: Path, qtbot: QtBot, leave: str) -> None:
    with visitor(tmp_path, qtbot) as person:
        person.to_receipt()
        person.printed()
        person.wait(lambda: person.shell.session.uploaded is not None)
        number = person.shell.session.received.case.number  # type: ignore[union-attr]
        if leave == "finish":
            person.touch("finish")
        else:
            person.seconds.run(PROFILE.idle_seconds + PROFILE.countdown_seconds)
            person.shell.tick()
        assert person.place == "leaving"
        assert number not in person.words()
        nothing_is_left(person)
        person.seconds.run(11)
        person.shell.tick()
        assert person.place == "attract"
        assert person.bench.cases() == 1


def test_a_card_seen_again_holds_the_end_back(tmp_path: Path, qtbot: QtBot) -> None:
    with visitor(tmp_path, qtbot) as person:
        person.to_receipt()
        person.printed()
        person.devices.lay_card(PERSON)
        person.wait(lambda: person.has("card_left"))
        assert not person.widget("finish").isEnabled()
        person.seconds.run(5)
        person.shell.tick()
        assert not person.has("card_left") and person.widget("finish").isEnabled()


def test_a_card_left_behind_is_said_before_the_next_person_can_start(tmp_path: Path, qtbot: QtBot) -> None:
    with visitor(tmp_path, qtbot) as person:
        person.to_receipt()
        person.printed()
        person.touch("finish")
        person.devices.lay_card(PERSON)
        person.wait(lambda: person.has("card_left"))
        assert PERSON.name not in person.words()
        assert not person.widget("home").isEnabled()
        person.seconds.run(3)
        person.shell.tick()
        assert person.place == "leaving"
        assert person.bench.actions().count("card.left_behind") == 1
        person.seconds.run(2)
        person.shell.tick()
        person.touch("home")
        assert person.place == "attract" and not person.devices.watching


def test_leaving_early_wipes_and_needs_no_farewell_without_a_card(tmp_path: Path, qtbot: QtBot) -> None:
    with visitor(tmp_path, qtbot) as person:
        person.start()
        person.choose()
        person.touch("foot_leave")
        assert person.place == "attract" and person.shell.session.intake.item is None


def test_a_late_answer_does_not_reach_the_next_person(tmp_path: Path, qtbot: QtBot) -> None:
    with visitor(tmp_path, qtbot) as person:
        person.start()
        gate = Event()
        person.bench.executors[3].submit(gate.wait, 20)
        code = person.shell.board.of_theme("care")[0].code
        person.touch("theme_care")
        person.touch(f"item_{code}")  # its answer is on the way …
        person.touch("foot_leave")  # … when the person leaves
        gate.set()
        person.wait(lambda: not person.shell.idle.held)
        assert person.place == "attract" and person.shell.session.intake.item is None


def test_the_watch_by_itself() -> None:
    seconds, asked, over = Seconds(), [], []
    limit = 60
    watch = IdleWatch(seconds, lambda: limit, 20, ask=asked.append, over=lambda: over.append(True))
    seconds.run(59)
    watch.tick()
    assert (asked, over) == ([], [])
    seconds.run(1.5)
    watch.tick()
    watch.touched()
    seconds.run(60)
    watch.hold()
    watch.tick()
    assert asked == [20] and watch.held
    watch.release()
    watch.tick()
    assert asked == [20]
    seconds.run(79)
    watch.tick()
    assert asked == [20, 1] and not over
    seconds.run(1)
    watch.tick()
    assert over == [True]


def test_languages_are_those_of_the_profile(tmp_path: Path, qtbot: QtBot) -> None:
    with visitor(tmp_path, qtbot, profile=replace(PROFILE, locales=("zh_CN", "zh_CN"))) as person:
        person.to_summary()
        before = person.shell.session.intake
        person.touch("foot_language")
        person.touch("locale_zh_CN")
        assert person.place == "summary" and person.shell.session.intake == before


def test_one_language_is_no_choice(tmp_path: Path, qtbot: QtBot) -> None:
    with visitor(tmp_path, qtbot, profile=replace(PROFILE, locales=("zh_CN",))) as person:
        person.to_summary()
        assert person.has("foot_help") and not person.has("foot_language")
