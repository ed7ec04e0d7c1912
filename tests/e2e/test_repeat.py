"""Handing in again, doubtful cards, and what a calling program is told besides."""

from pathlib import Path

import pytest

from app.commands.embedded import embedded
from app.errors import StoreBusyError
from tests.e2e.hall import Hall


def test_a_repeat_needs_no_card(hall: Hall, tmp_path: Path) -> None:
    item = str(hall.search("证")[0]["code"])
    path = hall.first_path(item)
    first = hall.intake(tmp_path / "a.json", item_code=item, situation=path, request_id="again-and-again")
    hall.services.tell("sdt", "lift")
    again = hall.intake(tmp_path / "b.json", item_code=item, situation=path, request_id="again-and-again")
    assert again.code == 0, again
    assert again.value["number"] == first.value["number"]
    assert again.value["repeated"] is True


def test_a_doubtful_card_is_not_stored(hall: Hall, tmp_path: Path) -> None:
    item = str(hall.search("证")[0]["code"])
    hall.services.tell("sdt", "fault two_bits:3")
    answer = hall.intake(tmp_path / "a.json", item_code=item, situation=hall.first_path(item))
    assert (answer.code, answer.error) == (1, "device.card_unreadable")
    assert answer.value["error"]["retryable"] is True


def test_warnings_are_told_and_words_for_delivery_understood(hall: Hall, tmp_path: Path) -> None:
    item = str(hall.search("证")[0]["code"])
    answer = hall.intake(
        tmp_path / "a.json",
        item_code=item,
        situation=hall.first_path(item),
        contact={"phone": "12"},
        delivery={"way": "邮寄", "address": "演示路 1 号"},
        operator="9999",
    )
    assert answer.code == 0, answer
    assert "phone_shape" in {w["rule"] for w in answer.value["warnings"]}
    assert all(w["message"] for w in answer.value["warnings"])


def test_a_second_demo_on_a_folder_is_told_so(hall: Hall) -> None:

    with pytest.raises(StoreBusyError), embedded(hall.services.data):
        raise AssertionError("two demos on one folder")
