"""The list under the search field: favourites, filters, and what goes first."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from app.domain.catalog import Audience, Channel
from app.services import favourites
from app.services.finding import Tab
from app.texts import load
from tests.ui.clerk import Clerk
from tests.ui.fakes import LI, Bench
from ui.widgets.audit import audit

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


def test_the_filter_sheet_is_walked_by_keys_and_goes_back_to_the_field(clerk: Clerk) -> None:
    clerk.lay_card()
    clerk.search("zheng")
    hits = clerk.intake.sheet.item.hits()
    every = hits.hits()
    clerk.press(Qt.Key.Key_F, CTRL)
    assert clerk.sees("filter_sheet") and not clerk.sees("hits")
    chip = clerk.shell.focusWidget()
    assert chip is not None and chip.objectName().startswith("filter_theme_")
    clerk.press(Qt.Key.Key_Right)
    second = clerk.shell.focusWidget()
    assert second is not chip
    clerk.press(Qt.Key.Key_Space)
    settled(clerk)
    theme = second.objectName().removeprefix("filter_theme_")
    assert hits.hits() and {hit.theme for hit in hits.hits()} == {theme}
    clerk.press(Qt.Key.Key_Escape)
    settled(clerk)
    assert clerk.sees("hits") and clerk.shell.focusWidget() is clerk.intake.sheet.item.field
    assert load()[f"theme.{theme}.title"] in clerk.button("filters").text()
    assert audit(clerk.shell) == []
    clerk.press(Qt.Key.Key_F, CTRL)
    clerk.click("filter_clear")
    clerk.click("filter_close")
    settled(clerk)
    assert hits.hits() == every


def test_the_filter_sheet_is_touched_and_offers_nothing_that_is_empty(clerk: Clerk) -> None:
    clerk.lay_card()
    clerk.search("zheng")
    hits = clerk.intake.sheet.item.hits()
    clerk.click("filters")
    assert not clerk.button("filter_topic_-").text().startswith("0")
    assert not any(b.isEnabled() for (_, v), b in hits.sheet._chips.items() if b.text().endswith(" 0"))
    clerk.click("filter_kiosk_kiosk")
    settled(clerk)
    assert hits.hits() and all(Channel.KIOSK in hit.channels for hit in hits.hits())
    hits.show_tab(Tab.OFTEN)
    settled(clerk)
    assert hits.hits() == []
    assert audit(clerk.shell) == []


def test_the_keyboard_that_leaves_the_sheet_closes_the_list(clerk: Clerk) -> None:
    clerk.lay_card()
    clerk.search("zheng")
    clerk.press(Qt.Key.Key_F, CTRL)
    clerk.shell.findChild(QLineEdit, "phone").setFocus()
    clerk.wait(lambda: not clerk.sees("hits_panel"))


def test_favourites_are_those_of_who_signed_in(looks: QApplication, hall: Bench, qtbot: QtBot) -> None:
    """Not of who the desk was opened for: outside of the demo that is nobody."""
    with Clerk.at_counter(hall, qtbot, None) as clerk:
        clerk.shell._signed_in(LI)
        clerk.rest()
        clerk.lay_card()
        clerk.search("zheng")
        clerk.press(Qt.Key.Key_D, CTRL)
        settled(clerk)
        kept = favourites.favourites(hall.office, LI.operator_id)
        assert len(kept) == 1
        clerk.press(Qt.Key.Key_Escape)
        clerk.press(Qt.Key.Key_5, CTRL)
        finder = clerk.shell.catalog.finder
        clerk.wait(lambda: finder.settled and bool(finder.list.hits()))
        assert finder.list.kept == set(kept)
