"""目录: finding, reading the guide, 一件事 and its picture; by keys and with nothing cut."""

from collections import Counter
from dataclasses import fields, replace
from datetime import date
from threading import Event

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QLineEdit
from pytestqt.qtbot import QtBot

from app.catalog.demo import demo_items
from app.domain.catalog import (
    Audience,
    CaseType,
    Channel,
    FaqEntry,
    Fee,
    Item,
    Period,
    Result,
    Step,
    Window,
)
from app.domain.narrowing import UNSAID
from app.texts import load
from tests.ui.clerk import Clerk
from tests.ui.fakes import Bench
from ui.pages.catalog.guide_facts import SECTIONS, guide
from ui.pages.catalog.panorama import PanoramaView
from ui.pages.catalog.panorama_layout import NodeKind
from ui.widgets.audit import audit

CTRL = Qt.KeyboardModifier.ControlModifier


def full(item: Item) -> Item:
    """With every fact a source may say."""
    return replace(
        item,
        version="3",
        effective_from=date(2026, 1, 1),
        body_nature="法定机关",
        entrusted_by="演示·委托局",
        joint_bodies=("演示·联办局",),
        steps=(Step("受理", "0.5", "窗口", "材料齐全", "受理回执"), Step("审查", "3")),
        fees=(Fee("工本费", "10 元", "演示价费〔2026〕1 号", True),),
        windows=(Window("3 号窗", "演示路 1 号", "0769-00000000", "9:00–17:00", "地铁演示站"),),
        faq=(FaqEntry("要带原件吗？", "要。"),),
        legal_basis=("《演示办法》第一条",),
        special_procedures=("专家评审",),
        results=(Result("演示证", "证照", "100001"),),
        complaint_phone="0769-12345",
        topics=("户籍",),
        visit_reason="要本人签名",
        online_depth="4",
        booking=True,
        courier=True,
        online_payment=False,
        promise=Period(5, note="不含公示"),
    )


def words_of(item: Item) -> str:
    return "\n".join(
        " ".join((fact.label, fact.value, fact.note, fact.tag))
        for section in guide(load(), item)
        for fact in section.facts
    )


def test_the_guide_says_every_fact_of_the_model() -> None:
    item = full(next(i for i in demo_items() if i.questions and i.rules))
    words = words_of(item)
    for said in (
        item.code, "法定机关", "演示·委托局", "演示·联办局", "受理", "审查", "工本费", "10 元", "可减免",
        "3 号窗", "演示路 1 号", "地铁演示站", "要带原件吗？", "《演示办法》第一条", "专家评审", "演示证",
        "100001",
        "0769-12345",
        "户籍", "要本人签名", "网办深度 4 级", "不含公示", "2026-01-01 起生效", item.conditions, item.phone,
        *(rule.material.name for rule in item.rules), *(rule.material.points for rule in item.rules),
    ):  # fmt: skip
        assert said in words, said


@pytest.mark.parametrize("item", demo_items()[::9], ids=lambda i: i.code[-6:])
def test_every_section_is_there_and_no_value_is_made_up(item: Item) -> None:
    sections = guide(load(), item)
    assert tuple(s.key for s in sections) == SECTIONS
    bare = Item("x", "演示", "演示局", "", frozenset(), frozenset())
    empty = {f.name for f in fields(Item)} - {"code", "name", "department", "case_type"}
    assert empty and not [
        fact.value
        for section in guide(load(), bare)
        for fact in section.facts
        if fact.value not in ("", "x", "演示局", "承诺件")
    ]


def test_counts_that_the_source_does_not_say_are_not_made_up() -> None:
    item = next(i for i in demo_items() if i.rules)
    rules = tuple(
        replace(rule, material=replace(rule.material, unsaid=("counts", "necessity"))) for rule in item.rules
    )
    bare = replace(item, rules=rules, case_type=CaseType.OTHER)
    facts = {section.key: section.facts for section in guide(load(), bare)}
    assert {fact.tag for fact in facts["materials"]} == {"份数未提供"}
    assert all("必要性未提供" in fact.note for fact in facts["materials"])
    assert next(f for f in facts["basic"] if f.label == "办件类型").value == ""


def test_a_code_is_taken_apart_into_words() -> None:
    item = next(i for i in demo_items() if len(i.code) in (31, 33))
    (basic, *_rest) = guide(load(), item)
    assert item.code[:18] in basic.facts[0].note and "主项" in basic.facts[0].note
    odd = replace(item, code="odd")
    assert guide(load(), odd)[0].facts[0].note == ""


# -- the page ----------------------------------------------------------------------------------------


def open_page(clerk: Clerk) -> None:
    clerk.press(Qt.Key.Key_5, CTRL)
    clerk.wait(lambda: clerk.sees("guide_name") and quiet(clerk))


def quiet(clerk: Clerk) -> bool:
    """Whether list and guide answer what stands in the field."""
    page = clerk.shell.catalog
    return page.finder.settled and page.settled


def look_for(clerk: Clerk, text: str) -> None:
    open_page(clerk)
    clerk.find(QLineEdit, "catalog_search").setText(text)
    finder = clerk.shell.catalog.finder
    clerk.wait(lambda: quiet(clerk) and finder.wanted.text == text)


def test_an_item_is_found_read_and_begun_by_keys(clerk: Clerk) -> None:
    look_for(clerk, "jzz")
    assert clerk.text("guide_name").startswith("居住证")
    words = clerk.words("guide")
    for title in ("基础信息", "受理条件", "材料清单", "办理流程", "常见问题", "依据和咨询", "未提供"):
        assert title in words
    assert audit(clerk.shell) == []
    first = clerk.text("guide_name")
    field = clerk.find(QLineEdit, "catalog_search")
    QTest.keyClick(field, Qt.Key.Key_Down)
    clerk.wait(lambda: clerk.text("guide_name") != first)
    QTest.keyClick(field, Qt.Key.Key_Up)
    clerk.wait(lambda: clerk.text("guide_name") == first)
    clerk.press(Qt.Key.Key_Return, CTRL)
    clerk.wait(lambda: clerk.intake.session.intake.item is not None)
    assert clerk.intake.session.intake.item.name == first
    assert clerk.sees("item_name")


def test_a_quick_enter_takes_what_was_typed_and_not_what_stood_there(clerk: Clerk) -> None:
    """Typed and struck before list or guide could follow: the best answer, as at the counter."""
    open_page(clerk)
    page, field = clerk.shell.catalog, clerk.find(QLineEdit, "catalog_search")
    before = clerk.text("guide_name")
    clerk.hall.catalog.gate = gate = Event()
    try:
        QTest.keyClicks(field, "jzz")
        QTest.keyClick(field, Qt.Key.Key_Return)
    finally:
        gate.set()
    clerk.wait(lambda: clerk.intake.session.intake.item is not None)
    taken = clerk.intake.session.intake.item
    assert taken.name != before and taken.code == page.finder.list.hits()[0].code


def test_a_line_taken_before_its_guide_is_there_is_the_one_begun(clerk: Clerk) -> None:
    look_for(clerk, "jzz")
    field, second = clerk.find(QLineEdit, "catalog_search"), clerk.shell.catalog.finder.list.hits()[1]
    QTest.keyClick(field, Qt.Key.Key_Down)
    QTest.keyClick(field, Qt.Key.Key_Return, CTRL)
    clerk.wait(lambda: clerk.intake.session.intake.item is not None)
    assert clerk.intake.session.intake.item.code == second.code


def test_another_question_puts_its_best_answer_at_hand(clerk: Clerk) -> None:
    look_for(clerk, "jzz")
    listed = clerk.shell.catalog.finder.list
    QTest.keyClick(clerk.find(QLineEdit, "catalog_search"), Qt.Key.Key_Down)
    at_hand = listed.current()
    clerk.shell.catalog.finder.search()  # asked again, as after a filter: the hand is not moved
    clerk.wait(lambda: quiet(clerk))
    assert listed.current() == at_hand
    look_for(clerk, "jz")
    assert listed.current() == listed.hits()[0]


def test_filters_narrow_the_list(clerk: Clerk) -> None:
    open_page(clerk)
    finder = clerk.shell.catalog.finder
    everything = len(finder.list.hits())
    box = clerk.find(QComboBox, "catalog_filter_audience")
    box.setCurrentIndex(box.findData(Audience.ENTERPRISE.value))
    clerk.wait(lambda: finder.settled and 0 < len(finder.list.hits()) < everything)
    assert all(Audience.ENTERPRISE in hit.audience for hit in finder.list.hits())
    box.setCurrentIndex(0)
    box = clerk.find(QComboBox, "catalog_filter_channel")
    box.setCurrentIndex(box.findData(Channel.KIOSK.value))
    clerk.wait(lambda: finder.settled and 0 < len(finder.list.hits()) < everything)
    box = clerk.find(QComboBox, "catalog_filter_theme")
    box.setCurrentIndex(box.findData("care"))
    clerk.wait(lambda: finder.settled and {hit.theme for hit in finder.list.hits()} == {"care"})
    body = finder.list.hits()[0].department
    box = clerk.find(QComboBox, "catalog_filter_department")
    box.setCurrentIndex(box.findData(body))
    clerk.wait(lambda: finder.settled and {hit.department for hit in finder.list.hits()} == {body})
    assert audit(clerk.shell) == []


def test_a_favourite_kept_here_goes_first_here_and_at_the_counter(clerk: Clerk) -> None:
    look_for(clerk, "zheng")
    finder = clerk.shell.catalog.finder
    field = clerk.find(QLineEdit, "catalog_search")
    QTest.keyClick(field, Qt.Key.Key_Down)
    QTest.keyClick(field, Qt.Key.Key_Down)
    third = finder.list.current()
    QTest.keyClick(field, Qt.Key.Key_D, CTRL)
    clerk.wait(lambda: finder.list.kept == {third.code})
    assert clerk.button("catalog_keep").text().strip() == "取消收藏"
    clerk.click("catalog_tab_kept")
    clerk.wait(lambda: finder.settled and [hit.code for hit in finder.list.hits()] == [third.code])
    assert audit(clerk.shell) == []
    clerk.click("catalog_tab_all")
    clerk.wait(lambda: finder.settled and finder.list.hits()[0].code == third.code)
    clerk.press(Qt.Key.Key_1, CTRL)
    clerk.lay_card()
    clerk.search("zheng")
    assert clerk.intake.sheet.item.hits().hits()[0].code == third.code
    clerk.press(Qt.Key.Key_Escape)
    look_for(clerk, "zheng")
    clerk.click("catalog_keep")
    clerk.wait(lambda: finder.list.kept == frozenset())
    clerk.click("catalog_tab_kept")
    clerk.wait(lambda: finder.settled and not finder.list.hits())
    clerk.find(QLineEdit, "catalog_search").clear()
    clerk.wait(lambda: finder.settled and "还没有收藏的事项" in clerk.text("catalog_none"))


def test_each_filter_says_how_much_it_leaves(clerk: Clerk) -> None:
    open_page(clerk)
    box = clerk.find(QComboBox, "catalog_filter_theme")
    counted = Counter(item.theme for item in demo_items())
    for n in range(1, box.count()):
        theme = box.itemData(n)
        assert box.itemText(n).endswith(f" {counted.get(theme, 0)}")
        assert box.model().item(n).isEnabled() == (theme in counted)
    topics = clerk.find(QComboBox, "catalog_filter_topic")
    assert [topics.itemData(n) for n in range(topics.count())] == ["", UNSAID]
    assert topics.itemText(1) == f"未提供 {len(demo_items())}"


def test_nothing_found_says_so_and_an_item_elsewhere_cannot_be_begun(clerk: Clerk) -> None:
    look_for(clerk, "没有这样的事项")
    clerk.wait(lambda: clerk.sees("catalog_none"))
    assert not clerk.sees("guide_name")
    assert audit(clerk.shell) == []
    elsewhere = replace(demo_items()[0], channels=frozenset({Channel.KIOSK}))
    clerk.shell.catalog.guide.show_item(elsewhere)
    assert clerk.sees("guide_why")
    assert not clerk.button("guide_use").isEnabled()


def test_a_full_guide_is_cut_nowhere(clerk: Clerk) -> None:
    open_page(clerk)
    clerk.shell.catalog.guide.show_item(full(max(demo_items(), key=lambda i: len(i.rules))))
    for size in ((1366, 768), (1920, 1080)):
        clerk.shell.resize(*size)
        clerk.rest()
        assert audit(clerk.shell) == []
    clerk.click("jump_faq")
    assert clerk.shell.catalog.guide.findChild(QLabel) is not None


def open_bundle(clerk: Clerk) -> None:
    open_page(clerk)
    clerk.click("catalog_tab_bundle")
    clerk.wait(lambda: clerk.sees("bundle_title"))
    clerk.rest()


def test_a_bundle_shows_merged_questions_and_what_is_shared(clerk: Clerk) -> None:
    open_bundle(clerk)
    view = clerk.shell.catalog.bundles.view
    assert view.composition.materials_saved > 0
    words = clerk.words()
    assert "共用：" in words and f"少 {view.composition.materials_saved}" in words and "只问一次" in words
    assert audit(clerk.shell) == []
    asked = next(q for q in view.composition.questions if len(q.question.options) > 1)
    before = view.composition
    clerk.click(f"bundle_{asked.key}_{asked.question.options[1].id}")
    assert view.answers[asked.key] == {asked.question.options[1].id} and view.composition is not before


def test_the_picture_is_walked_by_keys_zoomed_and_said_in_words(clerk: Clerk) -> None:
    open_bundle(clerk)
    clerk.click("bundle_panorama")
    clerk.rest()
    picture = clerk.find(PanoramaView, "panorama")
    assert picture.hasFocus() and "个事项" in clerk.text("panorama_words")
    assert audit(clerk.shell) == []
    clerk.press(Qt.Key.Key_Right)
    assert picture.picture.node(picture.at).kind is NodeKind.ITEM
    first = clerk.text("panorama_words")
    clerk.press(Qt.Key.Key_Down)
    assert clerk.text("panorama_words") != first
    clerk.press(Qt.Key.Key_Right)
    assert picture.picture.node(picture.at).kind is NodeKind.MATERIAL
    said = picture.accessibleDescription()
    assert all(node.title in said for node in picture.picture.nodes)
    size = picture.size()
    clerk.press(Qt.Key.Key_Plus)
    assert picture.width() > size.width()
    clerk.click("panorama_smaller")
    assert picture.size() == size
    clerk.press(Qt.Key.Key_S, CTRL)
    clerk.wait(lambda: bool(clerk.hall.files.written))
    assert clerk.hall.files.written[0].read_bytes().startswith(b"%PDF")
    clerk.wait(lambda: clerk.sees("notice_saved"))
    clerk.press(Qt.Key.Key_Left)
    clerk.press(Qt.Key.Key_Return)
    clerk.wait(lambda: clerk.sees("guide_name"))


def test_the_picture_is_pulled_by_its_ground_and_keeps_the_whole_in_sight(clerk: Clerk) -> None:
    open_bundle(clerk)
    view = clerk.shell.catalog.bundles.view
    view.show_items(demo_items()[:20])
    clerk.click("bundle_panorama")
    clerk.rest()
    picture = clerk.find(PanoramaView, "panorama")
    bar = picture._area().verticalScrollBar()
    assert bar.maximum() > 0 and picture.width() <= picture._area().viewport().width()
    ground = QPoint(picture.picture.columns[1][0] - 8, bar.pageStep() - 20)
    QTest.mousePress(picture, Qt.MouseButton.LeftButton, pos=ground)
    QTest.mouseMove(picture, ground - QPoint(0, 120))
    QTest.mouseRelease(picture, Qt.MouseButton.LeftButton, pos=ground - QPoint(0, 120))
    clerk.wait(lambda: bar.value() == 120)
    whole = picture.scene().node("")
    assert bar.value() < whole.y < bar.value() + bar.pageStep() - whole.h
    assert whole.y != picture.picture.node("").y


def test_items_are_picked_freely_and_dropped_again(clerk: Clerk) -> None:
    open_bundle(clerk)
    clerk.click("way_free")
    tab = clerk.shell.catalog.bundles
    clerk.wait(lambda: tab.finder.settled)
    assert "先从左边选" in clerk.text("bundle_empty")
    assert audit(clerk.shell) == []
    field = tab.finder.field
    QTest.keyClick(field, Qt.Key.Key_Return)
    QTest.keyClick(field, Qt.Key.Key_Down)
    QTest.keyClick(field, Qt.Key.Key_Return)
    clerk.wait(lambda: tab.view.composition is not None and len(tab.view.items) == 2)
    clerk.rest()
    assert "一件事随心办" in clerk.text("bundle_title") and clerk.sees("drop_1")
    assert audit(clerk.shell) == []
    clerk.click("drop_0")
    clerk.wait(lambda: len(tab.view.items) == 1)
    clerk.click("drop_0")
    clerk.wait(lambda: clerk.sees("bundle_empty"))


def test_a_bundle_chosen_again_begins_anew_and_a_guide_leads_back(clerk: Clerk) -> None:
    open_bundle(clerk)
    clerk.click("bundle_1")
    tab = clerk.shell.catalog.bundles
    clerk.wait(lambda: tab.view.bundle is not None and tab.view.bundle.name in clerk.text("bundle_title"))
    clerk.rest()
    name = tab.view.items[0].name
    clerk.click("part_0")
    clerk.wait(lambda: clerk.sees("guide_name") and clerk.text("guide_name") == name)


def open_row(clerk: Clerk) -> list[str]:
    """The second bundle, to be taken item by item; the names of its items."""
    open_bundle(clerk)
    clerk.click("bundle_1")
    view = clerk.shell.catalog.bundles.view
    clerk.wait(
        lambda: view.bundle is not None and len(view.items) == 3 and "新生儿" in clerk.text("bundle_title")
    )
    clerk.rest()
    names = [item.name for item in view.items]
    clerk.click("bundle_use")
    clerk.wait(lambda: clerk.sees("notice_series"))
    clerk.rest()
    return names


def test_a_bundle_is_taken_item_by_item_with_the_same_person(clerk: Clerk) -> None:
    names, view = open_row(clerk), clerk.shell.catalog.bundles.view
    assert "第 1 项，共 3 项" in clerk.words("notice_series") and audit(clerk.shell) == []
    clerk.lay_card()
    clerk.type("phone", "13800000000")
    clerk.press(Qt.Key.Key_F6)
    clerk.click("materials_all")
    clerk.wait(lambda: clerk.button("receive").isEnabled())
    clerk.receive()
    assert names[1] in clerk.words("notice_series") and audit(clerk.shell) == []
    clerk.press(Qt.Key.Key_F8)
    clerk.wait(lambda: clerk.intake.session.intake.item is not None)
    intake = clerk.intake.session.intake
    assert (intake.item.name, intake.contact.phone) == (names[1], "13800000000")
    assert intake.applicant is not None and not intake.open_questions() and intake.tally().taken > 0
    assert len(view.done) == 1
    clerk.click("series_stop")
    assert not clerk.sees("notice_series")


def begin_row(clerk: Clerk) -> list[str]:
    """The second bundle, its first item received; the names of its items."""
    names = open_row(clerk)
    take_one(clerk)
    return names


def take_one(clerk: Clerk) -> None:
    if clerk.intake.session.intake.applicant is None:
        clerk.lay_card()
        clerk.type("phone", "13800000000")
    clerk.press(Qt.Key.Key_F6)
    clerk.click("materials_all")
    clerk.wait(lambda: clerk.button("receive").isEnabled())
    clerk.receive()


def test_a_row_of_items_survives_a_crash_between_two_of_them(
    looks: QApplication, hall: Bench, qtbot: QtBot
) -> None:
    with Clerk.at_counter(hall, qtbot) as clerk:
        names = begin_row(clerk)
        person = clerk.intake.receiving.received.case.application.applicant
        # gone with the power: nobody pressed F8, and nothing more is written
    with Clerk.at_counter(hall, qtbot) as clerk:
        clerk.wait(lambda: clerk.sees("restore_button"))
        clerk.press(Qt.Key.Key_R, CTRL)
        clerk.wait(lambda: clerk.sees("notice_series"))
        clerk.rest()
        assert "第 2 项，共 3 项" in clerk.words("notice_series") and audit(clerk.shell) == []
        intake = clerk.intake.session.intake
        assert (intake.item.name, intake.applicant, intake.contact.phone) == (names[1], person, "13800000000")
        assert intake.identity_confirmed is None, "another person may sit there now"
        take_one(clerk)
        clerk.press(Qt.Key.Key_F8)
        clerk.wait(lambda: clerk.intake.session.intake.item is not None)
        assert clerk.intake.session.intake.item.name == names[2]
    with Clerk.at_counter(hall, qtbot) as clerk:  # a restart in the middle of the last
        clerk.wait(lambda: clerk.sees("restore_button"))
        clerk.press(Qt.Key.Key_R, CTRL)
        clerk.wait(lambda: clerk.sees("notice_series") and "第 3 项" in clerk.words("notice_series"))
        clerk.rest()
        take_one(clerk)
        assert not clerk.sees("notice_series") and hall.drafts() == 0 and hall.cases() == 3


def test_a_row_left_off_leaves_no_draft_behind(looks: QApplication, hall: Bench, qtbot: QtBot) -> None:
    with Clerk.at_counter(hall, qtbot) as clerk:
        begin_row(clerk)
        assert hall.drafts() == 1
        clerk.click("series_stop")
        clerk.rest()
        assert hall.drafts() == 0 and not clerk.sees("notice_series")


def test_a_row_that_was_cleared_comes_back_with_its_draft(
    looks: QApplication, hall: Bench, qtbot: QtBot
) -> None:
    with Clerk.at_counter(hall, qtbot) as clerk:
        begin_row(clerk)
        clerk.press(Qt.Key.Key_F8)
        clerk.wait(lambda: clerk.intake.session.intake.item is not None)
        clerk.press(Qt.Key.Key_Delete, CTRL)
        clerk.wait(lambda: not clerk.sees("notice_series"))
        clerk.click("undo_clear")
        clerk.wait(lambda: clerk.sees("notice_series"))
        assert "第 2 项" in clerk.words("notice_series")
