"""A card's fields are on screen before anything that follows from them, and nothing gets lost in between."""

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from app.domain.device import CardRead
from app.domain.identity import IdentityDocument
from app.services import drafts
from tests.ui.clerk import Clerk
from tests.ui.fakes import LI, WANG, Bench, person, settle
from ui.widgets.layouts import Island

CTRL = Qt.KeyboardModifier.ControlModifier


class Order(QObject):
    """What came first: the name painted, or what follows from the card."""

    def __init__(self, clerk: Clerk) -> None:
        super().__init__()
        self.seen: list[str] = []
        name = clerk.find(QLabel, "applicant_name")
        name.installEventFilter(self)
        clerk.intake.session.changed.connect(lambda: self.seen.append("changed"))

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint:
            self.seen.append("painted")
        return False


def read(clerk: Clerk, document: IdentityDocument | None = None) -> None:
    """A card, up to the end of the turn it came in."""
    clerk.shell.device_event(CardRead(document or person()))


def test_the_name_is_painted_before_anything_else_is_worked_out(clerk: Clerk) -> None:
    order = Order(clerk)
    read(clerk)
    assert clerk.sees("applicant_name") and person().name in clerk.text("applicant_name")
    assert clerk.sees("face_same") and clerk.shell.focusWidget() is clerk.intake.sheet.item.field
    assert not order.seen
    clerk.wait(lambda: "changed" in order.seen)
    assert order.seen[0] == "painted"
    clerk.wait(lambda: clerk.sees("hits_panel") and clerk.sees("clear"))


def test_so_it_is_on_a_sheet_that_was_cleared(clerk: Clerk) -> None:
    clerk.lay_card()
    clerk.press(Qt.Key.Key_Delete, CTRL)
    clerk.rest()
    order = Order(clerk)
    read(clerk)
    assert clerk.sees("applicant_name")
    clerk.wait(lambda: "changed" in order.seen)
    assert order.seen[0] == "painted"
    clerk.rest()
    assert not clerk.sees("undo_clear")


def test_a_card_counts_at_once_for_the_draft(hall: Bench, clerk: Clerk) -> None:
    """The window is closed in the very turn the card came."""
    read(clerk)
    clerk.shell.stop()
    settle(hall)
    kept = drafts.recover(hall.desk(LI).office)
    assert [d.intake.applicant for d in kept] == [person()]


def test_another_operator_in_the_same_turn_finds_an_empty_page(hall: Bench, clerk: Clerk) -> None:
    read(clerk)
    clerk.intake.sign_in(WANG)
    clerk.rest()
    assert clerk.intake.session.intake.empty and clerk.sees("start_field")
    assert [d.operator_id for d in drafts.recover(hall.desk(LI).office)] == [LI.operator_id]


def test_undo_in_the_same_turn_does_not_take_the_card_away(clerk: Clerk) -> None:
    clerk.lay_card()
    clerk.press(Qt.Key.Key_Delete, CTRL)
    clerk.rest()
    other = person(name="\u9648\u9759")
    read(clerk, other)
    clerk.intake.undo()
    clerk.rest()
    assert clerk.intake.session.intake.applicant == other
    assert other.name in clerk.text("applicant_name")


def test_clearing_in_the_same_turn_can_be_undone(clerk: Clerk) -> None:
    read(clerk)
    clerk.intake.clear()
    assert clerk.intake.session.intake.empty and clerk.sees("hand_name")
    clerk.intake.undo()
    clerk.rest()
    assert clerk.intake.session.intake.applicant == person()


def test_nothing_of_the_case_before_waits_behind_the_start_page(clerk: Clerk) -> None:
    clerk.fill()
    clerk.receive()
    clerk.press(Qt.Key.Key_F8)
    clerk.wait(lambda: clerk.sees("start_field"))
    clerk.rest()
    read(clerk)
    assert not clerk.sees("outcome") and not clerk.sees("item_name")
    assert clerk.sees("applicant_name") and clerk.sees("situation_hint")


def test_the_sheet_is_ready_before_the_first_card(clerk: Clerk) -> None:
    """Style and layout of the sheet are there already: no card waits for them."""
    clerk.wait(lambda: clerk.intake.bench.size() == clerk.intake.showing.pages.size())
    rough = [
        widget
        for widget in clerk.intake.sheet.findChildren(QWidget)
        if not widget.testAttribute(Qt.WidgetAttribute.WA_WState_Polished)
        and widget.isVisibleTo(clerk.intake.sheet)
    ]
    assert not rough


def test_an_island_keeps_its_layout_to_itself(qtbot: QtBot) -> None:
    inside = QLabel("a")
    island = Island(inside)
    qtbot.addWidget(island)
    island.resize(300, 40)
    island.show()
    assert inside.size() == island.size()
    island.resize(400, 50)
    assert inside.size() == island.size()
    inside.setText("a longer word")
    assert island.minimumSizeHint() == inside.minimumSizeHint()
