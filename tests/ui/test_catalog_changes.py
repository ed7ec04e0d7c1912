"""A new catalog while a draft is open, after a restart, and after cases were received."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from app.catalog.build import build_catalog
from app.catalog.demo import demo_bundles, demo_items
from app.catalog.file import CatalogFile
from app.domain.catalog import Item, Material, MaterialRule, Period
from app.services.intake import receive
from tests.ui.clerk import Clerk
from tests.ui.fakes import LI, NOW, Bench
from ui.widgets.audit import audit

CTRL = Qt.KeyboardModifier.ControlModifier
Change = Callable[[Item], Item | None]


def asks_more(item: Item) -> Item:
    """A statement from everybody, and a shorter promise."""
    statement = MaterialRule(Material("statement", "演示·居住情况声明书", 1, 0))
    return replace(item, rules=(*item.rules, statement), promise=Period(1))


def sooner(item: Item) -> Item:
    return replace(item, promise=Period(1))


def no_first_time(item: Item) -> Item:
    first, *others = item.questions
    return replace(item, questions=(replace(first, options=first.options[1:]), *others))


def gone(item: Item) -> None:
    return None


def publish(hall: Bench, code: str, change: Change, version: str = "v2026.11.20") -> None:
    """Another catalog in force, with one item changed."""
    file = hall.files.folder / f"{version}.sqlite"
    items = (change(item) if item.code == code else item for item in demo_items())
    build_catalog(
        [i for i in items if i is not None], version, NOW - timedelta(hours=1), file, demo_bundles()
    )
    hall.catalog.file = CatalogFile(file)


def sync(clerk: Clerk, change: Change, version: str = "v2026.11.20") -> None:
    item = clerk.intake.session.intake.item
    publish(clerk.hall, item.code, change, version)
    clerk.shell.board.look()
    clerk.rest()


def test_a_material_that_came_up_is_looked_at_before_the_decision(clerk: Clerk) -> None:
    clerk.fill()
    sync(clerk, asks_more)
    clerk.wait(lambda: clerk.sees("notice_item_changed"))
    assert "1 处要处理" in clerk.words("notice_item_changed")
    assert "有变化" in clerk.words("item_news") and not clerk.button("receive").isEnabled()
    assert "F5" in clerk.text("reason")
    assert audit(clerk.shell) == []
    clerk.press(Qt.Key.Key_F5)
    words = clerk.words("changes_sheet")
    assert "新增材料《演示·居住情况声明书》" in words and "承诺时限缩短" in words
    assert audit(clerk.shell) == []
    clerk.click("changes_continue")
    clerk.wait(lambda: not clerk.sees("notice_item_changed") and not clerk.sees("status_changes"))
    intake = clerk.intake.session.intake
    assert "statement" in {m.id for m in intake.materials()} and intake.tally().missing == 1
    assert intake.applicant is not None and intake.contact.phone
    clerk.click("materials_all")
    clerk.wait(lambda: clerk.button("receive").isEnabled())
    clerk.receive()
    assert clerk.intake.receiving.received.case.catalog_version == "v2026.11.20"


def test_a_shorter_promise_is_taken_over_and_told_of(clerk: Clerk) -> None:
    clerk.fill()
    sync(clerk, sooner)
    clerk.wait(lambda: clerk.sees("notice_item_changed"))
    assert clerk.intake.session.intake.item.promise == Period(1)
    assert clerk.button("receive").isEnabled()
    clerk.press(Qt.Key.Key_F5)
    assert "承诺时限缩短" in clerk.words("changes_sheet") and not clerk.sees("changes_continue")
    clerk.press(Qt.Key.Key_Escape)
    assert not clerk.sees("changes_sheet")
    clerk.click("news_close")
    assert not clerk.sees("notice_item_changed")


def test_an_answer_that_is_gone_is_named_and_asked_again(clerk: Clerk) -> None:
    clerk.fill()
    first = clerk.intake.session.intake.questions()[0].options[0]
    sync(clerk, no_first_time)
    clerk.wait(lambda: clerk.sees("notice_item_changed"))
    clerk.click("news_look")
    assert first.label in clerk.words("fallen")
    clerk.click("changes_continue")
    clerk.wait(lambda: bool(clerk.intake.session.intake.open_questions()))
    assert not clerk.button("receive").isEnabled()


def test_a_withdrawn_item_cannot_be_received_and_says_what_to_do(clerk: Clerk) -> None:
    clerk.fill()
    sync(clerk, gone)
    clerk.wait(lambda: clerk.sees("notice_item_changed"))
    assert "请换一个事项" in clerk.words("notice_item_changed")
    clerk.press(Qt.Key.Key_F9)
    assert clerk.hall.cases() == 0 and "请换事项" in clerk.text("reason")
    assert audit(clerk.shell) == []
    clerk.click("news_other")
    clerk.search("社保卡")
    clerk.press(Qt.Key.Key_Return)
    clerk.wait(lambda: not clerk.sees("notice_item_changed"))
    assert not clerk.sees("item_news")


def test_another_item_or_a_change_taken_back_lets_the_decision_go(clerk: Clerk) -> None:
    clerk.fill()
    sync(clerk, asks_more)
    clerk.wait(lambda: clerk.sees("notice_item_changed"))
    sync(clerk, lambda item: item, "v2026.11.21")
    clerk.wait(lambda: not clerk.sees("notice_item_changed"))
    assert clerk.button("receive").isEnabled()


def test_a_restored_draft_says_what_changed_meanwhile(looks: QApplication, hall: Bench, qtbot: QtBot) -> None:
    with Clerk.at_counter(hall, qtbot) as before:
        before.fill()
        code = before.intake.session.intake.item.code
    publish(hall, code, asks_more)
    with Clerk.at_counter(hall, qtbot) as after:
        after.wait(lambda: after.sees("restore_button") and after.sees("status_changes"))
        assert "目录已更新 1" in after.button("status_changes").text()
        after.click("restore_button")
        after.wait(lambda: after.sees("notice_item_changed"))
        assert audit(after.shell) == []


def test_the_news_lead_to_that_very_draft_in_one_step(looks: QApplication, hall: Bench, qtbot: QtBot) -> None:
    with Clerk.at_counter(hall, qtbot) as first:
        first.fill()
        meant = first.intake.session.intake
    with Clerk.at_counter(hall, qtbot) as second:  # a newer draft, of another item
        second.lay_card()
        second.pick("cjrzhl")
        other = second.intake.session.intake
        assert other.item.code != meant.item.code
    publish(hall, meant.item.code, asks_more)
    with Clerk.at_counter(hall, qtbot) as after:
        after.wait(lambda: after.sees("status_changes"))
        after.press(Qt.Key.Key_5, Qt.KeyboardModifier.ControlModifier)
        after.click("status_changes")
        after.click("changes_open_0")
        after.wait(lambda: after.sees("notice_item_changed"))
        assert after.intake.session.intake.draft_id == meant.draft_id
        after.click("news_look")
        assert "新增材料" in after.words("changes_sheet")
        after.click("changes_continue")
        after.wait(lambda: not after.sees("notice_item_changed"))
        after.rest()
        after.shell.news.resumed.emit(other.draft_id)  # what is being entered stays
        after.rest()
        assert after.intake.session.intake.draft_id == meant.draft_id


def test_cases_are_told_of_until_somebody_has_looked(clerk: Clerk) -> None:
    clerk.fill()
    item = clerk.intake.session.intake.item
    clerk.receive()
    number = clerk.text("outcome_number")
    publish(clerk.hall, item.code, gone)
    clerk.shell.board.look()
    clerk.wait(lambda: clerk.sees("status_changes"))
    clerk.click("status_changes")
    words = clerk.words("news_sheet")
    assert number in words.replace(" ", "") or number in words
    assert "事项已取消" in words and "请留意" in words
    assert audit(clerk.shell) == []
    clerk.click("changes_open_0")
    clerk.wait(lambda: clerk.sees("case_changed"))
    assert "本件仍按收件时的目录办理" in clerk.words("case_changed")
    assert audit(clerk.shell) == []
    clerk.click("case_changes")
    assert "凭证上的日期不变" in clerk.words("case_sheet")
    clerk.press(Qt.Key.Key_Escape)
    clerk.click("status_changes")
    clerk.click("changes_seen")
    clerk.wait(lambda: not clerk.sees("status_changes"))
    assert clerk.sees("case_changed")  # what is true of a case stays there


def test_a_long_list_of_news_scrolls_and_cuts_nothing(clerk: Clerk) -> None:
    clerk.fill()
    item = clerk.intake.session.intake.item
    application = clerk.intake.session.intake.application(clerk.intake.session.profile.channel, LI)
    for n in range(6):
        receive(clerk.hall.office, replace(application, request_id=f"more-{n}"), offline=True)
    publish(clerk.hall, item.code, asks_more)
    clerk.shell.board.look()
    clerk.wait(lambda: clerk.sees("status_changes"))
    clerk.click("status_changes")
    told = [w for w in clerk.shell.findChildren(QLabel) if w.isVisible() and "新增材料" in w.text()]
    assert len(told) == 2 and "6 件办件" in clerk.words("news_sheet")  # six cases alike, and the draft
    assert audit(clerk.shell) == []


@pytest.mark.parametrize("size", [(1366, 768), (1920, 1080)])
def test_the_sheet_fits_every_window(clerk: Clerk, size: tuple[int, int]) -> None:
    clerk.fill()
    sync(clerk, asks_more)
    clerk.shell.resize(*size)
    clerk.press(Qt.Key.Key_F5)
    clerk.rest()
    assert audit(clerk.shell) == []
