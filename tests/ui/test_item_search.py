"""The list under the search field: favourites, filters, and what goes first."""

from PySide6.QtCore import Qt

from app.domain.catalog import Audience
from app.services.finding import Tab
from tests.ui.clerk import Clerk

CTRL = Qt.KeyboardModifier.ControlModifier


def settled(clerk: Clerk) -> None:
    clerk.rest()
    clerk.wait(lambda: clerk.intake.sheet.item.settled)


def test_a_favourite_is_kept_and_goes_first(clerk: Clerk) -> None:
    clerk.lay_card()
    clerk.search("zheng")
    hits = clerk.intake.sheet.item.hits()
    clerk.press(Qt.Key.Key_Down)
    clerk.press(Qt.Key.Key_Down)
    third = hits.current()
    clerk.press(Qt.Key.Key_D, CTRL)
    clerk.rest()
    clerk.press(Qt.Key.Key_Escape)
    clerk.search("g")
    clerk.press(Qt.Key.Key_Backspace)
    settled(clerk)
    hits.show_tab(Tab.KEPT)
    settled(clerk)
    assert [hit.code for hit in hits.hits()] == [third.code]
    hits.show_tab(Tab.ALL)
    clerk.intake.sheet.item.field.setText("zheng")
    settled(clerk)
    assert hits.hits()[0].code == third.code
    clerk.press(Qt.Key.Key_D, CTRL)
    hits.show_tab(Tab.KEPT)
    settled(clerk)
    assert hits.hits() == []


def test_keys_narrow_the_list_and_widen_it_again(clerk: Clerk) -> None:
    clerk.lay_card()
    clerk.search("dengji")
    hits = clerk.intake.sheet.item.hits()
    every = hits.hits()
    clerk.press(Qt.Key.Key_E, CTRL)
    settled(clerk)
    firms = hits.hits()
    assert firms and len(firms) < len(every)
    assert all(Audience.ENTERPRISE in hit.audience for hit in firms)
    clerk.press(Qt.Key.Key_B, CTRL)
    settled(clerk)
    assert {hit.department for hit in hits.hits()} == {firms[0].department}
    clerk.press(Qt.Key.Key_B, CTRL)
    clerk.press(Qt.Key.Key_E, CTRL)
    settled(clerk)
    assert hits.hits() == every
