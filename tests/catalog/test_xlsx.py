"""The spreadsheet a department fills in: written, filled in by people, and read back."""

import io
import zipfile
from collections.abc import Callable
from dataclasses import fields, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from app.catalog.demo import demo_items
from app.catalog.importing import read_items
from app.catalog.sheet_form import carried, form
from app.catalog.xlsx_reading import Place, read_workbook
from app.catalog.xlsx_writing import workbook_of
from app.domain.catalog import (
    Audience,
    CaseType,
    Channel,
    DayUnit,
    FaqEntry,
    Fee,
    Item,
    Material,
    MaterialRule,
    Necessity,
    Period,
    Result,
    Window,
)
from app.errors import CatalogFileError
from app.texts import load

CODE = "11990000DEM000014D3442111999001"
TITLES = {sheet.key: sheet.title for sheet in form().sheets}


def read(data: bytes, tmp_path: Path) -> list[Item]:
    file = tmp_path / "f.xlsx"
    file.write_bytes(data)
    return [replace(item, draft=False) for item in read_items(file).items]


def filled(change: Callable[[Any], None], items: tuple[Item, ...] = ()) -> bytes:
    """The template after a person worked on it; `change` gets the workbook."""
    book = load_workbook(io.BytesIO(workbook_of(items)))
    change(book)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def put(book: Any, sheet: str, row: int, **values: Any) -> None:
    columns = {c.key: n for n, c in enumerate(next(s for s in form().sheets if s.key == sheet).columns, 1)}
    for key, value in values.items():
        book[TITLES[sheet]].cell(row, columns[key]).value = value


def an_item(book: Any, **more: Any) -> None:
    put(book, "items", 3, **({"code": CODE, "name": "演示事项", "department": "演示·某局"} | more))


# -- the template --------------------------------------------------------------------------------------


def test_the_template_is_for_people() -> None:
    book = load_workbook(io.BytesIO(workbook_of()))
    assert book.sheetnames == ["说明", "事项", "情形", "材料", "窗口", "收费", "常见问题"]
    items = book["事项"]
    assert items.freeze_panes == "C2" and items["A1"].value == "实施编码*"
    assert str(items["A2"].value).startswith("演示")
    offered = {str(v.formula1) for v in items.data_validations.dataValidation}
    assert '"工作日,自然日,小时"' in offered and '"即办件,承诺件,其他"' in offered
    assert all(len(formula) <= 255 for formula in offered), "Excel takes no longer list"


def test_an_empty_template_has_no_items(tmp_path: Path) -> None:
    assert read_workbook(workbook_of()).items == []
    with pytest.raises(CatalogFileError):
        read(workbook_of(), tmp_path)


def test_every_column_is_a_field_of_the_model() -> None:
    kinds = {"items": Item, "rules": Material, "windows": Window, "fees": Fee, "faq": FaqEntry}
    extra = {"code", "when", "legal_unit", "promise_unit"}
    for sheet in form().sheets:
        if sheet.key in kinds:
            known = {field.name for field in fields(kinds[sheet.key])} | extra
            assert {column.key for column in sheet.columns} <= known
        for column in sheet.columns:
            assert column.words or column.kind not in ("word", "words", "flag", "theme"), column.title


# -- there and back ------------------------------------------------------------------------------------


def test_the_demo_items_come_back(tmp_path: Path) -> None:
    wanted = [carried(item) for item in demo_items()]
    assert read(workbook_of(wanted), tmp_path) == wanted


WORDS = st.text(
    st.characters(categories=("L", "N", "P", "Zs"), exclude_characters="\u00a0；;，,、\n"),
    min_size=1,
    max_size=12,
).map(str.strip)
SAID = WORDS.filter(lambda text: text and not text.startswith(("演示", "#")) and "_x000D_" not in text)
MAYBE = st.just("") | SAID
PERIODS = st.none() | st.builds(Period, st.integers(0, 400), st.sampled_from(DayUnit))
MATERIALS = st.builds(
    Material,
    id=st.from_regex(r"[a-z]{3,8}", fullmatch=True),
    name=SAID,
    originals=st.integers(0, 9),
    copies=st.integers(0, 9),
    necessity=st.sampled_from(Necessity),
    source=MAYBE,
    form=MAYBE,
    points=MAYBE,
    returned=st.booleans(),
    issuer=MAYBE,
    licence_name=MAYBE,
    note=MAYBE,
).filter(lambda m: m.originals + m.copies > 0)


@st.composite
def items(draw: st.DrawFn) -> Item:
    base = draw(st.sampled_from(demo_items()))
    return replace(
        carried(base),
        name=draw(SAID),
        department=draw(SAID),
        audience=draw(st.frozensets(st.sampled_from(Audience))),
        channels=draw(st.frozensets(st.sampled_from(Channel), min_size=1)),
        case_type=draw(st.sampled_from(CaseType)),
        legal=draw(PERIODS),
        promise=draw(PERIODS),
        visits=draw(st.none() | st.integers(0, 9)),
        fee=draw(st.none() | st.booleans()),
        booking=draw(st.none() | st.booleans()),
        conditions=draw(MAYBE),
        phone=draw(MAYBE),
        level=draw(st.sampled_from(["", "1", "5", "7"])),
        online_depth=draw(st.sampled_from(["", "1", "4"])),
        everyday_names=tuple(draw(st.lists(SAID, max_size=3, unique=True))),
        results=tuple(draw(st.lists(st.builds(Result, SAID), max_size=2, unique=True))),
        legal_basis=tuple(draw(st.lists(SAID, max_size=2, unique=True))),
        windows=tuple(draw(st.lists(st.builds(Window, SAID, MAYBE, MAYBE), max_size=2))),
        fees=tuple(draw(st.lists(st.builds(Fee, SAID, MAYBE, MAYBE, st.none() | st.booleans()), max_size=2))),
        faq=tuple(draw(st.lists(st.builds(FaqEntry, SAID, SAID), max_size=2))),
        rules=(*base.rules, *(MaterialRule(m) for m in draw(st.lists(MATERIALS, max_size=3)))),
        effective_from=draw(st.none() | st.dates(date(1990, 1, 1), date(2090, 1, 1))),
        version=draw(MAYBE),
    )


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(items(), min_size=1, max_size=2, unique_by=lambda item: item.code))
def test_whatever_the_sheet_carries_comes_back(tmp_path_factory: Any, wanted: list[Item]) -> None:
    assert read(workbook_of(wanted), tmp_path_factory.mktemp("x")) == wanted


def test_a_sentence_is_never_a_formula(tmp_path: Path) -> None:
    item = replace(carried(demo_items()[0]), conditions="=1+1", phone="+86", everyday_names=("a、b",))
    assert read(workbook_of([item]), tmp_path) == [item]


# -- as people fill it in --------------------------------------------------------------------------------


def test_what_people_write_is_understood(tmp_path: Path) -> None:
    def change(book: Any) -> None:
        an_item(
            book,
            code=f" {CODE[:5]} １{CODE[6:]}" if CODE[5] == "1" else f" {CODE} ",
            legal="２０",
            legal_unit="天",
            promise=5.0,
            audience="个人，企业",
            channels="窗口、 网上",
            fee="无",
            effective_from=datetime(2026, 1, 31),
            withdrawn_on="2026年12月1日",
            phone=76922223333,
            online_depth="IV级",
            everyday_names="一；二、三",
        )
        put(book, "rules", 3, code=CODE, name="身份证", copies="２")
        put(book, "rules", 4, name="照片", originals=1)

    (item,) = read(filled(change), tmp_path)
    assert item.code == CODE and item.legal == Period(20, DayUnit.NATURAL_DAY) and item.promise == Period(5)
    assert item.audience == frozenset(Audience) and item.channels == {Channel.COUNTER, Channel.ONLINE}
    assert item.fee is False and item.phone == "76922223333" and item.online_depth == "4"
    assert (item.effective_from, item.withdrawn_on) == (date(2026, 1, 31), date(2026, 12, 1))
    assert item.everyday_names == ("一", "二、三")
    assert [(r.material.name, r.material.originals, r.material.copies) for r in item.rules] == [
        ("身份证", 0, 2), ("照片", 1, 0),
    ]  # fmt: skip


def test_columns_in_another_order_a_title_above_and_merged_cells(tmp_path: Path) -> None:
    book = Workbook()
    page = book.active
    page.title = " 事项 "
    page.append(["某局事项表"])
    page.append(["事项名称", "备用", "实施主体 *", "实施编码"])
    page.append(["甲", "x", "演示·某局", CODE])
    page.append(["乙", "x", None, CODE[:-1] + "2"])
    page.merge_cells("C3:C4")
    out = io.BytesIO()
    book.save(out)
    rows = read_workbook(out.getvalue())
    assert [(r["name"], r["department"]) for r in rows.items] == [("甲", "演示·某局"), ("乙", "演示·某局")]
    assert Place("事项", 1, "备用", "unknown_column") in rows.places
    assert {place.rule for place in rows.places} == {"unknown_column", "no_sheet"}


def test_a_formula_counts_by_its_saved_value(tmp_path: Path) -> None:
    data = filled(lambda book: an_item(book, visits="=1+1"))
    package = zipfile.ZipFile(io.BytesIO(data))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as changed:  # as Excel saves it: the formula and its value
        for part in package.infolist():
            text = package.read(part)
            changed.writestr(part, text.replace(b"<f>1+1</f><v></v>", b"<f>1+1</f><v>2</v>").replace(
                b"<f>1+1</f><v/>", b"<f>1+1</f><v>2</v>"))  # fmt: skip
    (item,) = read(out.getvalue(), tmp_path)
    assert item.visits == 2


@pytest.mark.parametrize(
    ("values", "column", "rule", "kept"),
    [
        ({"visits": "两次"}, "到现场次数", "not_count", True),
        ({"effective_from": "2026-02-30"}, "生效日期", "not_date", True),
        ({"case_type": "急件"}, "办件类型", "not_offered", True),
        ({"channels": "窗口、邮局"}, "办理渠道", "not_offered", True),
        ({"name": " "}, "事项名称", "empty", False),
        ({"code": 11990000}, "实施编码", "code_as_number", False),
        ({"conditions": "#REF!"}, "受理条件", "formula_error", True),
    ],
)
def test_a_fault_is_told_by_sheet_row_and_column(
    values: dict[str, Any], column: str, rule: str, kept: bool
) -> None:
    rows = read_workbook(filled(lambda book: an_item(book, **values)))
    assert rows.places == [Place("事项", 3, column, rule)]
    assert (len(rows.items), rows.dropped) == ((1, 0) if kept else (0, 1))
    assert f"catalog_sheet.{rule}" in load()


@pytest.mark.parametrize(
    ("sheet", "values", "column", "rule"),
    [
        ("rules", {"name": "身份证", "when": "who"}, "适用情形", "not_condition"),
        ("rules", {"name": "身份证", "originals": "一"}, "原件份数", "not_count"),
        ("rules", {"originals": 1}, "材料名称", "empty"),
        ("questions", {"question_id": "q", "question": "?", "option_id": "a"}, "选项", "empty"),
    ],
)
def test_an_item_without_one_of_its_rows_is_left_out(
    sheet: str, values: dict[str, Any], column: str, rule: str
) -> None:
    """Fewer materials than the department wrote would be a promise nobody made."""

    def change(book: Any) -> None:
        an_item(book)
        put(book, "items", 4, code=CODE[:-1] + "2", name="乙", department="演示·某局")
        put(book, sheet, 3, code=CODE, **values)

    rows = read_workbook(filled(change))
    assert [item["name"] for item in rows.items] == ["乙"] and rows.dropped == 1
    assert rows.places == [Place(TITLES[sheet], 3, column, rule)]


def test_rows_of_an_unknown_item_are_told() -> None:
    def change(book: Any) -> None:
        an_item(book)
        put(book, "faq", 3, code="11990000", question="?", answer="!")
        put(book, "rules", 3, code=CODE, name="申请表")

    rows = read_workbook(filled(change))
    assert rows.places == [
        Place("材料", 3, "", "no_counts"),
        Place("常见问题", 3, "实施编码", "unknown_code"),
    ]
    assert len(rows.items) == 1


def test_faults_alone_still_make_a_report(tmp_path: Path) -> None:
    file = tmp_path / "f.xlsx"
    file.write_bytes(filled(lambda book: an_item(book, name=None)))
    assert read_items(file).report.places == (Place("事项", 3, "事项名称", "empty"),)


# -- files that are none ---------------------------------------------------------------------------------


def bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for number in range(5):
            package.writestr(f"xl/part{number}.bin", bytes(100 << 20))
    return out.getvalue()


def with_entity() -> bytes:
    package, out = zipfile.ZipFile(io.BytesIO(workbook_of())), io.BytesIO()
    with zipfile.ZipFile(out, "w") as changed:
        for part in package.infolist():
            head = b'<!DOCTYPE x [<!ENTITY a "aaaa">]>' if part.filename == "xl/workbook.xml" else b""
            changed.writestr(part, head + package.read(part))
    return out.getvalue()


def other_book() -> bytes:
    out = io.BytesIO()
    Workbook().save(out)
    return out.getvalue()


@pytest.mark.parametrize(
    "made",
    [bomb, with_entity, other_book, lambda: b"PK\x03\x04 no package", lambda: workbook_of()[:-300]],
    ids=["bomb", "entity", "another form", "no package", "cut off"],
)
def test_what_is_no_such_file_is_refused(made: Callable[[], bytes]) -> None:
    with pytest.raises(CatalogFileError):
        read_workbook(made(), "f.xlsx")


def test_counts_left_empty_stay_unsaid_there_and_back(tmp_path: Path) -> None:
    """One original, required, is what a window acts by; nobody claims that the department said so."""
    item = carried(next(item for item in demo_items() if item.rules))
    unsaid = tuple(
        replace(
            rule,
            material=replace(
                rule.material,
                originals=1,
                copies=0,
                necessity=Necessity.REQUIRED,
                unsaid=("counts", "necessity"),
            ),
        )
        for rule in item.rules
    )
    path = tmp_path / "f.xlsx"
    path.write_bytes(workbook_of([replace(item, rules=unsaid)]))
    (back,) = read_items(path).items
    assert {(m.originals, m.copies, m.necessity, m.unsaid) for m in (r.material for r in back.rules)} == {
        (1, 0, Necessity.REQUIRED, ("counts", "necessity"))
    }
