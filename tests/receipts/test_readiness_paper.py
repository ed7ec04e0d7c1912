"""开门自检单 as paper: nothing runs over the edge, nothing is left out, simulated devices are said."""

from dataclasses import replace
from datetime import datetime

import pypdfium2
import pytest

from app.domain.readiness import ReadinessRow, ReadinessSheet, RowState
from app.receipts import readiness_paper
from app.receipts.escpos import COLUMN, Line, columns
from app.receipts.press import Press
from app.texts import load

AT = datetime.fromisoformat("2026-11-20T08:12:00+08:00")
ADVICE = "找不到设备。请检查电源和连接线，接好后会自动恢复，仍不行请联系系统管理员。"
ROWS = tuple(
    ReadinessRow(f"area{n}", f"第{n}样东西（模拟）", state, "有应答，22:21 试读正常", ADVICE, "不能做这件事")
    for n, state in enumerate(list(RowState) * 4)
)
SHEET = ReadinessSheet("441900A12", "市民服务中心", "演示·李柜员 0217", AT, True, ROWS)


@pytest.mark.parametrize("dots", [576, 384])
def test_no_line_of_the_slip_is_too_long(dots: int) -> None:
    lines = [op for op in readiness_paper.operations(SHEET, load(), dots) if isinstance(op, Line)]
    assert max(line.columns for line in lines) <= dots // COLUMN
    words = "".join(span.text for line in lines for span in line.spans)
    for row in ROWS:
        assert row.name in words
    assert columns(words) > 0 and "模拟设备，不是真机" in words


def page_words(sheet: ReadinessSheet) -> str:
    with pypdfium2.PdfDocument(Press(load()).readiness_page(sheet)) as pdf:
        assert len(pdf) == 1
        return str(pdf[0].get_textpage().get_text_bounded()).replace("\r\n", "")


def test_the_page_holds_every_row_and_who_checked_when() -> None:
    words = page_words(SHEET)
    for said in (
        *(row.name for row in ROWS),
        "还不能开门",
        "演示·李柜员 0217",
        "2026-11-20 08:12",
        "441900A12",
    ):
        assert said in words, said


def test_a_real_station_has_no_demo_mark() -> None:
    real = replace(SHEET, simulated=False, rows=(replace(ROWS[0], limit="", name="磁盘"),), operator="")
    words = page_words(real)
    assert "演示" not in words and "可以开门" in words and "没有登录" in words


def test_the_same_sheet_is_the_same_file() -> None:
    press = Press(load())
    assert press.readiness_page(SHEET) == press.readiness_page(SHEET)
