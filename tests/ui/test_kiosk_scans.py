"""Codes before a kiosk's scanner: a number goes where numbers go, everything else is said."""

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.domain.device import Scanned
from tests.ui.kiosk_drive import Visitor, visitor
from tests.ui.kiosk_fakes import PERSON

MEDICAL = "424" + "0" * 25


def scan(person: Visitor, text: str) -> None:
    """As the devices tell it: queued to the window."""
    person.shell._device(Scanned(text))
    person.settle()


@pytest.mark.parametrize(
    ("code", "said"), [(MEDICAL, "医保码"), ("HTTPS://Q.EXAMPLE.CN/R/2KCAB", "收件凭证"), ("???", "身份证")]
)
def test_a_code_of_no_use_is_said_and_not_shown(tmp_path: Path, qtbot: QtBot, code: str, said: str) -> None:
    with visitor(tmp_path, qtbot) as person:
        person.start()
        person.choose()
        scan(person, code)
        assert person.place == "card"
        assert person.has("notice")
        assert said in person.words()
        assert code not in person.words()


def test_a_number_is_typed_by_the_scanner(tmp_path: Path, qtbot: QtBot) -> None:
    with visitor(tmp_path, qtbot) as person:
        person.start()
        person.choose()
        scan(person, PERSON.number)
        person.at("hand_number")
        assert person.widget("next").isEnabled()
        scan(person, MEDICAL)  # what is there stays
        assert person.shell.session.number == PERSON.number
        assert "医保码" in person.words()
        person.touch("key_erase")
        assert "医保码" not in person.words()


def test_the_scanner_looks_only_where_a_code_is_waited_for(tmp_path: Path, qtbot: QtBot) -> None:
    with visitor(tmp_path, qtbot) as person:
        person.start()
        assert not getattr(person.devices, "scanning", False)
        person.choose()
        assert person.devices.scanning
        person.lay_card()
        assert not person.devices.scanning
