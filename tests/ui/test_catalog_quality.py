"""目录 → 质量检查 and 反馈记录: findings by rule, sent back to the item library, with their clock."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QPlainTextEdit, QTableView

from app.catalog.build import build_catalog
from app.catalog.demo import demo_items
from app.catalog.file import CatalogFile
from app.domain.catalog_quality import UNSAID, by_rule, check_quality
from app.domain.catalog_rules import Severity
from app.domain.feedback import TOPIC
from app.domain.outbox import Lane
from app.errors import StoreDamagedError
from app.services import catalog_feedback
from app.services.catalog_check import PAGE
from tests.ui.clerk import Clerk
from tests.ui.fakes import NOW, Bench
from ui.widgets.audit import audit
from ui.widgets.table import rows_of

FIRST = replace(demo_items()[0], complaint_phone=demo_items()[0].phone)
ITEMS = (FIRST, *demo_items()[1:])
"""The demo's items, one of them with one telephone for questions and complaints."""
ROWS = by_rule(check_quality(ITEMS))


@pytest.fixture
def page(clerk: Clerk, tmp_path: Path) -> Iterator[Clerk]:
    build_catalog(ITEMS, "v2026.11.19", NOW, tmp_path / "c.sqlite")
    shelf, usual = clerk.hall.office.catalog, clerk.hall.office.catalog.file  # type: ignore[attr-defined]
    shelf.file = CatalogFile(tmp_path / "c.sqlite")  # type: ignore[attr-defined]
    clerk.click("nav_catalog")
    clerk.click("catalog_tab_quality")
    clerk.wait(lambda: table(clerk, "quality_rules").model().rowCount() > 0)
    yield clerk
    clerk.rest()
    shelf.file.close()  # type: ignore[attr-defined]
    shelf.file = usual  # type: ignore[attr-defined]


def table(clerk: Clerk, name: str) -> QTableView:
    return clerk.find(QTableView, name)


def texts(clerk: Clerk, name: str, column: int) -> list[str]:
    view = table(clerk, name)
    model = rows_of(view)
    return [str(model.index(n, column).data()) for n in range(model.rowCount())]


def feedback(hall: Bench) -> list:  # type: ignore[type-arg]
    return list(catalog_feedback.listed(hall.office))


def test_every_rule_with_its_count_the_gravest_first(page: Clerk) -> None:
    assert texts(page, "quality_rules", 2) == [str(row.count) for row in ROWS]
    assert texts(page, "quality_rules", 0)[0] == "提醒" and texts(page, "quality_rules", 0)[-1] == "未提供"
    assert len(texts(page, "quality_items", 0)) == ROWS[0].count
    assert f"共 {len(ITEMS)} 项，1 处待核对" in page.text("quality_state")


def test_a_run_says_how_far_it_is_and_is_left_off(page: Clerk) -> None:
    gate, catalog = Event(), page.hall.office.catalog.file
    pages = iter(range(99))
    usual = catalog.items

    def slowly(*asked: Any) -> Any:
        if next(pages) == 1:
            assert gate.wait(20)
        return usual(*asked)

    catalog.items = slowly
    page.click("quality_again")
    page.wait(lambda: f"正在检查 {PAGE} / {len(ITEMS)} 项" in page.text("quality_state"))
    assert page.sees("quality_stop") and not page.sees("quality_again")
    assert table(page, "quality_rules").model().rowCount() == len(ROWS), "what was found before stays"
    assert audit(page.shell) == []
    page.click("quality_stop")
    gate.set()
    page.rest()
    assert page.sees("quality_again") and len(texts(page, "quality_rules", 2)) == len(ROWS)


def test_filters_by_severity_and_department(page: Clerk) -> None:
    page.click("severity_warning")
    assert set(texts(page, "quality_rules", 0)) == {"提醒"}
    page.click("severity_error")
    assert page.sees("quality_empty") and "没有发现问题" in page.text("quality_empty")
    page.click("severity_unsaid")
    box = page.find(QComboBox, "quality_department")
    box.setCurrentIndex(box.findText("演示·公安局"))
    mine = [item for item in ITEMS if item.department == "演示·公安局"]
    wanted = [r for r in by_rule(check_quality(mine)) if r.severity is Severity.UNSAID]
    assert sorted(texts(page, "quality_rules", 2)) == sorted(str(r.count) for r in wanted)
    assert set(texts(page, "quality_items", 1)) == {"演示·公安局"}


def test_a_finding_is_sent_back_and_its_clock_runs(page: Clerk) -> None:
    hall = page.hall
    page.click("severity_unsaid")
    page.type("quality_text", "电话是 0769-00000000")
    page.press(Qt.Key.Key_F8)
    page.wait(lambda: "已反馈" in texts(page, "quality_items", 2))
    (line,) = feedback(hall)
    assert line.feedback.rule in {row.rule for row in ROWS} and line.feedback.text.startswith("电话是")
    assert not page.button("quality_send").isEnabled(), "told once"
    page.wait(lambda: feedback(hall)[0].lane is Lane.DONE)
    assert [message.topic for message in hall.gateway.kept.values()] == [TOPIC]
    page.click("catalog_tab_feedback")
    page.wait(lambda: texts(page, "feedback", 4) == ["待答复"])
    hall.clock.at = hall.clock.now() + timedelta(days=30)
    page.press(Qt.Key.Key_F5)
    page.wait(lambda: texts(page, "feedback", 4) == ["已超期"])
    assert "1 条超期" in page.text("feedback_count")
    page.click("feedback_close")
    page.wait(lambda: texts(page, "feedback", 4) == ["已答复"])
    assert "0 条待答复" in page.text("feedback_count")
    assert audit(page.shell) == []
    table(page, "feedback").setFocus()
    page.press(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)  # the wrong line: the clock runs on
    page.wait(lambda: texts(page, "feedback", 4) == ["已超期"])
    assert not page.sees("feedback_reopen") and page.button("feedback_close").isEnabled()


def test_offline_it_waits_and_says_so(page: Clerk) -> None:
    page.hall.gateway.down = True
    page.press(Qt.Key.Key_F8)
    page.wait(lambda: len(feedback(page.hall)) == 1)
    page.click("catalog_tab_feedback")
    page.wait(lambda: texts(page, "feedback", 4) == ["待上传"])


def test_nothing_sent_yet_says_how(page: Clerk) -> None:
    page.click("catalog_tab_feedback")
    page.wait(lambda: page.sees("feedback_empty"))
    assert "F8" in page.text("feedback_empty")


def test_an_item_is_opened_and_told_of_in_words(page: Clerk) -> None:
    page.press(Qt.Key.Key_F7)
    page.wait(lambda: page.sees("guide_tell"))
    page.click("guide_tell")
    assert not page.button("tell_send").isEnabled()
    page.find(QPlainTextEdit, "tell_text").setPlainText("窗口已经搬迁")
    page.click("tell_send")
    page.wait(lambda: "前答复" in page.text("tell_note"))
    (line,) = feedback(page.hall)
    assert (line.feedback.text, line.feedback.rule) == ("窗口已经搬迁", "")
    page.click("tell_cancel")
    assert not page.sees("tell_send")


def test_a_catalog_that_cannot_be_read_is_said(page: Clerk, monkeypatch: pytest.MonkeyPatch) -> None:
    def damaged(*_: object) -> None:
        raise StoreDamagedError("catalog.sqlite")

    monkeypatch.setattr(page.hall.office.catalog.file, "items", damaged)
    page.press(Qt.Key.Key_F5)
    page.wait(lambda: page.sees("notice_error"))
    assert table(page, "quality_rules").model().rowCount() == len(ROWS), "what was found before stays"


def test_without_a_catalog_it_says_what_to_do(page: Clerk) -> None:
    page.hall.office.catalog.gone = True  # type: ignore[attr-defined]
    page.press(Qt.Key.Key_F5)
    page.wait(lambda: page.sees("quality_empty") and page.text("quality_empty") != "")
    assert UNSAID not in page.text("quality_empty")
