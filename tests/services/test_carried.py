"""What travels with the catalog: what counts, what is refused, and how it is said."""

import json
import logging
import re
import tomllib
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from app.carried_words import CarriedWords, words_told
from app.domain.carried import Standing
from app.domain.readiness import RowState
from app.schedules import LiveCalendar, load_calendar, schedules_told
from app.services.office import Office
from app.services.readiness import look_over, station_rows
from app.services.station_status import look
from app.texts import RESOURCES, Texts, load
from ui.status_lines import carried_line

NEWER, OLDER = "2031-01-01", "2020-01-01"


def codes(version: str, **words: str) -> str:
    lines = "\n".join(f'"{code.removeprefix("c")}" = "{word}"' for code, word in words.items())
    return f"version = {version}\n[codes]\n{lines}\n"


def put(data: Path, name: str, text: str) -> None:
    path = data / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def standing(data: Path) -> dict[str, Standing]:
    return {each.name: each.standing for each in words_told(data)}


def as_shipped(texts: Texts) -> bool:
    return {key: texts[key] for key in texts} == {key: load()[key] for key in load()}


# -- code tables -------------------------------------------------------------------------------------


def test_a_newer_code_table_counts_and_keeps_the_words_it_leaves_out(tmp_path: Path) -> None:
    put(tmp_path, "codes/nation.toml", codes(NEWER, c01="汉族", c57="演示族"))
    words = CarriedWords(tmp_path)
    assert words.texts.code("nation", "01") == "汉族" and words.texts.code("nation", "57") == "演示族"
    assert words.texts.code("nation", "02") == load().code("nation", "02")
    assert load().code("nation", "01") == "汉", "the program's own stays as it is"
    assert [(e.standing, e.version) for e in words.told()] == [(Standing.IN_FORCE, NEWER)]


def test_a_table_named_with_its_region_counts(tmp_path: Path) -> None:
    put(tmp_path, "codes/task_department.44.toml", codes(NEWER, c98="数据管理"))
    assert CarriedWords(tmp_path).texts["task_department.44.98"] == "数据管理"


def test_an_older_code_table_does_not_count(tmp_path: Path) -> None:
    put(tmp_path, "codes/nation.toml", codes(OLDER, c01="汉族"))
    words = CarriedWords(tmp_path)
    assert words.texts.code("nation", "01") == "汉"
    assert [e.standing for e in words.told()] == [Standing.OLDER]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "version"),
        ("[codes", "unreadable"),
        ("\x00", "unreadable"),
        (codes("2031-01-01T00:00:00", c01="汉"), "version"),
        (codes('"2031-01-01"', c01="汉"), "version"),
        (f"version = {NEWER}\n[codes]\n", "form"),
        (f"version = {NEWER}\ncodes = 1\n", "form"),
        (codes(NEWER, c01="汉") + "[more]\n", "form"),
        (codes(NEWER, c1="汉"), "code"),
        (codes(NEWER, c01=""), "word"),
        (codes(NEWER, c01="汉" * 99), "word"),
        (codes(NEWER, c01="\u202e汉"), "word"),
        (f"version = {NEWER}\n[codes]\n01 = 5\n", "word"),
    ],
)
def test_a_broken_code_table_is_refused_as_a_whole(
    tmp_path: Path, text: str, reason: str, caplog: pytest.LogCaptureFixture
) -> None:
    put(tmp_path, "codes/nation.toml", text)
    with caplog.at_level(logging.WARNING):
        words = CarriedWords(tmp_path)
    assert "codes/nation.toml refused" in caplog.text
    assert as_shipped(words.texts)
    assert [(e.standing, e.reason) for e in words.told()] == [(Standing.BROKEN, reason)]


def test_a_table_nobody_knows_is_refused_and_the_others_count(tmp_path: Path) -> None:
    put(tmp_path, "codes/planets.toml", codes(NEWER, c01="火星"))
    put(tmp_path, "codes/nation.json", "{}")
    put(tmp_path, "codes/use_level.toml", codes(NEWER, c3="地市级"))
    assert CarriedWords(tmp_path).texts["use_level.3"] == "地市级"
    assert standing(tmp_path) == {
        "planets.toml": Standing.BROKEN, "nation.json": Standing.BROKEN, "use_level.toml": Standing.IN_FORCE,
    }  # fmt: skip


def test_every_code_table_of_the_program_has_its_line(tmp_path: Path) -> None:
    listed = tomllib.loads((RESOURCES / "carried.toml").read_text(encoding="utf-8"))
    for table in listed["codes"]:
        own = {key.rpartition(".")[2]: load()[key] for key in load() if key.rpartition(".")[0] == table}
        assert own, table
        put(tmp_path, f"codes/{table}.toml", codes(NEWER, **{f"c{code}": word for code, word in own.items()}))
    assert set(standing(tmp_path).values()) == {Standing.IN_FORCE}


# -- texts -------------------------------------------------------------------------------------------


def test_a_sentence_is_reworded(tmp_path: Path) -> None:
    put(
        tmp_path,
        "texts/zh_CN.toml",
        f'version = {NEWER}\n[counter]\nfound = "找到 {{n}} 项（共 {{total}} 项）"\n',
    )
    texts = CarriedWords(tmp_path).texts
    assert texts.say("counter.found", n=3, total=9) == "找到 3 项（共 9 项）"
    assert texts["counter.star"] == load()["counter.star"]


@pytest.mark.parametrize(
    ("key", "sentence", "reason"),
    [
        ("counter.found", "找到 {n} 项", "places"),
        ("counter.found", "找到 {n} 项，共 {all} 项", "places"),
        ("counter.found", "找到 {n.__class__} 项，共 {total} 项", "places"),
        ("counter.found", "找到 {n!r} 项，共 {total} 项", "places"),
        ("counter.found", "找到 {n 项", "places"),
        ("counter.star", "{n}", "places"),
        ("counter.star", "★" * 99, "too_long"),
        ("counter.star", " ", "word"),
        ("counter.star", "a\\nb", "word"),
        ("counter.nothing_of_ours", "新句子", "unknown_key"),
        ("nation.01", "汉族", "code_table"),
    ],
)
def test_texts_that_do_not_fit_are_refused(tmp_path: Path, key: str, sentence: str, reason: str) -> None:
    table, _, name = key.rpartition(".")
    put(tmp_path, "texts/zh_CN.toml", f'version = {NEWER}\n[{table}]\n{name} = "{sentence}"\n')
    words = CarriedWords(tmp_path)
    assert as_shipped(words.texts)
    assert [(e.standing, e.reason, e.at) for e in words.told()] == [(Standing.BROKEN, reason, key)]


def test_a_locale_the_program_does_not_have_is_refused(tmp_path: Path) -> None:
    put(tmp_path, "texts/xx.toml", f'version = {NEWER}\n[counter]\nstar = "★"\n')
    assert standing(tmp_path) == {"xx.toml": Standing.BROKEN}


def test_words_that_come_later_wait_for_the_next_start(tmp_path: Path) -> None:
    words = CarriedWords(tmp_path)
    assert words.told() == ()
    put(tmp_path, "codes/nation.toml", codes(NEWER, c01="汉族"))
    assert [e.standing for e in words.told()] == [Standing.WAITING]
    assert words.texts.code("nation", "01") == "汉"
    again = CarriedWords(tmp_path)
    assert [e.standing for e in again.told()] == [Standing.IN_FORCE]
    assert again.texts.code("nation", "01") == "汉族"


# -- schedules ---------------------------------------------------------------------------------------


def schedule(year: int, off: str) -> str:
    return json.dumps({"year": year, "holidays": [{"name": "x", "off": [off, off], "worked": []}]})


def test_a_broken_schedule_makes_its_year_provisional_until_it_is_mended(tmp_path: Path) -> None:
    day = date(2026, 11, 23)
    assert not load_calendar().after(day, 5).provisional
    put(tmp_path, "2026.json", "{")
    calendar = LiveCalendar(tmp_path)
    assert calendar.after(day, 5).provisional and calendar.first_working_day(day).provisional
    assert not calendar.is_working(date(2026, 10, 1)), "the program's own stands in"
    assert [(e.standing, e.reason) for e in calendar.told()] == [(Standing.BROKEN, "schedule")]
    put(tmp_path, "2026.json", schedule(2026, "2026-11-24"))
    calendar._look_at = 0.0
    assert calendar.after(day, 1).day == date(2026, 11, 25) and not calendar.after(day, 1).provisional
    assert [e.standing for e in calendar.told()] == [Standing.IN_FORCE]


def test_a_schedule_under_a_wrong_name_is_refused(tmp_path: Path) -> None:
    put(tmp_path, "2028.json", schedule(2027, "2027-01-01"))
    assert [(e.reason, e.at) for e in schedules_told(tmp_path)] == [("name", "2027")]
    assert 2027 not in LiveCalendar(tmp_path).years


# -- how it is said ----------------------------------------------------------------------------------


def test_what_is_refused_is_said_on_the_board_and_on_the_sheet(office: Office, tmp_path: Path) -> None:
    put(tmp_path, "codes/nation.toml", codes(NEWER))
    put(tmp_path, "texts/zh_CN.toml", f'version = {NEWER}\n[counter]\nstar = "★"\n')
    told = words_told(tmp_path)
    seen = replace(office, carried=lambda: told)
    line = carried_line(load(), look(seen).carried)
    assert (line.tone, line.word) == ("warn", "1 个下发文件不能用")
    words, first, *_ = line.note.split("\n")
    assert "继续用程序自带的" in words and first.startswith("代码表“nation.toml”不能用")
    (row,) = (row for row in station_rows(load(), look_over(seen)) if row.area == "carried")
    assert row.state is RowState.MIND and "nation.toml" in row.sentence and "重新发布" in row.advice


def test_what_is_well_is_quiet_and_nothing_is_no_line(office: Office, tmp_path: Path) -> None:
    put(tmp_path, "codes/nation.toml", codes(NEWER, c01="汉族"))
    told = words_told(tmp_path)
    assert carried_line(load(), told).well
    rows = {row.area: row for row in station_rows(load(), look_over(replace(office, carried=lambda: told)))}
    assert rows["carried"].state is RowState.FINE
    assert "carried" not in {row.area for row in station_rows(load(), look_over(office))}


def test_every_reason_has_its_words() -> None:
    app = RESOURCES.parent / "app"
    source = "".join((app / name).read_text() for name in ("carried_words.py", "schedules.py"))
    reasons = set(re.findall(r'CarriedFault\("(\w+)"', source)) | {"unreadable"}
    assert reasons == {key.rpartition(".")[2] for key in load() if key.startswith("carried.reason.")}
