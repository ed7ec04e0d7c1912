"""Favourites: one list an operator, the newest first, and what follows for the search."""

import pytest

from app.services import favourites
from app.services.office import Office


def test_a_favourite_is_added_and_taken_away(office: Office) -> None:
    assert favourites.toggle(office, "li", "a") and favourites.toggle(office, "li", "b")
    assert favourites.favourites(office, "li") == ("b", "a")
    assert not favourites.toggle(office, "li", "b")
    assert favourites.favourites(office, "li") == ("a",)


def test_each_operator_has_a_list_of_their_own(office: Office) -> None:
    favourites.toggle(office, "li", "a")
    assert favourites.favourites(office, "wang") == ()


def test_beyond_the_most_the_oldest_goes(office: Office) -> None:
    for n in range(favourites.MOST + 1):
        favourites.toggle(office, "li", str(n))
    kept = favourites.favourites(office, "li")
    assert len(kept) == favourites.MOST and kept[0] == str(favourites.MOST) and "0" not in kept


def test_favourites_go_before_what_is_used_often(office: Office) -> None:
    with office.store.begin() as work:
        for code in ("x", "x", "y"):
            work.count_use(code)
        work.commit()
    favourites.toggle(office, "li", "a")
    first = favourites.first(office, "li")
    assert first.prefer.codes == ("a", "x", "y") and first.kept == {"a"}
    assert first.prefer.site == office.station.site


@pytest.mark.parametrize("note", ["{", "7", '{"a": 1}', "[1, null]"])
def test_a_note_that_is_no_list_is_no_favourite(office: Office, note: str) -> None:
    with office.store.begin() as work:
        work.set_note("favourites.li", note)
        work.commit()
    assert favourites.favourites(office, "li") == ()
