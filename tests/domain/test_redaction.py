"""Nothing that could be a person stays in a log."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.redaction import MARK, redacted


@pytest.mark.parametrize(
    "secret",
    [
        "11010519491231002X",
        "11010519491231002x",
        "110105 19491231 002X",
        "110105491231002",
        "91441900MA00000000",
        "91440000000000000A",
        "13800000000",
        "138 0000 0000",
        "+86-138-0000-0000",
        "8613800000000",
        "0769-22800000",
        "6222020200000000000",
        "6222 0202 0000 0000 000",
        "E00000000",
        "H0000000000",
        "00000000",
        "4419000000ABCDEF000000000000",
        "演示·东方测试",
        "广东省东莞市演示街道测试路一号",
        "欧阳𬭚",
        "li.si@example.cn",
        "HTTPS://Q.EXAMPLE.CN/R/ABC123DEF",
    ],
)
def test_each_shape_is_taken_out_wherever_it_stands(secret: str) -> None:
    for line in (secret, f"read {secret}, then", f"name={secret!r}", f"({secret})", f'{{"a": "{secret}"}}'):
        shown = redacted(line)
        assert secret not in shown and MARK in shown, shown
        digits = "".join(c for c in secret if c.isdigit())
        assert len(digits) < 8 or digits[:8] not in shown


@pytest.mark.parametrize(
    "line",
    [
        "2026-11-20 09:46:00,123 INFO devices.session id_reader: device.not_found",
        "2026-11-20 09:46:00,123 WARNING ui.tasks slow slot DevicesPage._probed: 212 ms",
        "catalog v2026.11.19 with 69 items",
        "line socket://127.0.0.1:45123, baudrate 115200",
        "PySide6 6.9.3, Linux-6.1.0-18-amd64-x86_64",
        'File "app/services/readiness.py", line 112, in check',
    ],
)
def test_what_support_reads_stays(line: str) -> None:
    assert redacted(line) == line


@given(st.text())
def test_twice_is_once(text: str) -> None:
    assert redacted(redacted(text)) == redacted(text)


@given(st.text(alphabet="0123456789", min_size=11, max_size=30), st.sampled_from(["", " ", "=", ":", "'"]))
def test_no_long_run_of_figures_survives(figures: str, before: str) -> None:
    assert figures not in redacted(f"x{before}{figures}")
