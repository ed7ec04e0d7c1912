"""What `catalog import` makes of files: real ones, own ones, and broken ones."""

import json
import re
from dataclasses import MISSING, fields, replace
from enum import Enum
from pathlib import Path
from typing import Any, get_type_hints

import jsonschema
import pytest

from app.catalog.demo import demo_bundles, demo_items
from app.catalog.draft import draft_bundles, draft_items, import_draft
from app.catalog.importing import ImportReport, _json_values, read_items
from app.catalog.show import show
from app.catalog.source import CatalogFolder
from app.domain import catalog as model
from app.domain import record
from app.domain.catalog import (
    Audience,
    CaseType,
    Channel,
    Item,
    Material,
    Necessity,
    Period,
)
from app.domain.catalog_quality import RULES, UNSAID
from app.errors import CatalogFileError, StoreDamagedError
from app.texts import load
from tests.catalog.conftest import DAY

SCHEMA = json.loads(
    (Path(__file__).parents[2] / "docs" / "catalog-native.schema.json").read_text(encoding="utf-8")
)
NATIVE = [record.plain(item) for item in demo_items()]
BUNDLES = [record.plain(bundle) for bundle in demo_bundles()]
PORTAL_RECORD: dict[str, Any] = {
    "TASK_CODE": "11990000DEM000014D3442111999001",
    "TASK_NAME": "演示查询",
    "DEPT_NAME": "演示·某局",
    "TASK_TYPE": "21",
    "ONLINECHECK": "1",
    "visit_number": "0",
    "handle_time": "20(工作日)",
    "handle_time_limit": "无",
    "matter_short": "无",
    "matter_daily": "查一查，查询",
    "matter_name": "演示查询",
    "accept_standard": "无",
    "consult_phone": "0769-00000000",
    "theme_category": ["其他", "残疾人"],
    "service_object_name": ["自然人", "企业法人"],
    "material_intro": ["申请表", "身份证", "申请表"],
}


def written(path: Path, value: object) -> Path:
    path.write_text(
        value if isinstance(value, str) else json.dumps(value, ensure_ascii=False), encoding="utf-8"
    )
    return path


def native(path: Path, *items: object) -> Path:
    return written(path, {"items": list(items)})


# -- the real file -------------------------------------------------------------------------------


def test_nothing_of_the_real_portal_file_is_lost(portal: Path, tmp_path: Path) -> None:
    report = import_draft(portal, "gd-portal", tmp_path, DAY)
    assert report == ImportReport(2262, 809, {"uscc": 2, "not_working_days": 13}, dropped=0)
    source = CatalogFolder(tmp_path)
    info = source.info()
    assert info is not None and info.draft and info.items == 2262
    assert len(source.search("", 5000)) == 2262
    kept = draft_items(tmp_path)
    assert kept is not None and all(source.item(item.code) == item for item in kept)
    source.close()


def test_materials_of_the_real_file_keep_every_name(portal: Path) -> None:
    materials = [r.material for item in read_items(portal).items for r in item.rules]
    assert len(materials) == 3434 and len({m.name for m in materials}) == 1441
    assert {(m.originals, m.copies, m.necessity, m.source, m.unsaid) for m in materials} == {
        (1, 0, Necessity.REQUIRED, "", ("counts", "necessity"))
    }


# -- the portal's format ---------------------------------------------------------------------------


def test_a_portal_record(tmp_path: Path) -> None:
    (item,) = read_items(written(tmp_path / "f.json", PORTAL_RECORD)).items
    assert item == Item(
        code="11990000DEM000014D3442111999001",
        name="演示查询",
        department="演示·某局",
        department_code="11990000DEM000014D",
        audience=frozenset(Audience),
        channels=frozenset({Channel.COUNTER, Channel.ONLINE}),
        type_code="21",
        case_type=CaseType.OTHER,
        legal=Period(20),
        promise=None,
        visits=0,
        everyday_names=("查一查", "查询"),
        theme="care",
        phone="0769-00000000",
        topics=("其他", "残疾人"),
        applicants=("自然人", "企业法人"),
        draft=True,
        rules=(
            model.MaterialRule(Material("m1", "申请表", 1, 0, unsaid=("counts", "necessity"))),
            model.MaterialRule(Material("m2", "身份证", 1, 0, unsaid=("counts", "necessity"))),
        ),
    )


def test_no_word_of_a_real_record_is_lost(portal: Path) -> None:
    """Each text of each record stands in its item, as it is or as the value it means."""
    meant = {  # fields that become a value of the model; the rest must be found word for word
        "handle_time", "handle_time_limit", "visit_number", "LIMIT_SCENE_NUM", "ONLINECHECK", "online_book",
        "courier_service", "matter_level", "district", "TASK_TYPE_TEXT", "matter_type", "ORGCODE", "CATAID",
        "matter_code", "AREACODE", "CATANAME", "subCatalogName", "_id", "matter_short", "matter_daily",
        "co_department",
    }  # fmt: skip
    absent = {"", "无", "不支持", "无线下办理窗口"}
    text = portal.read_text(encoding="utf-8-sig")
    records = {value["TASK_CODE"]: value for value in _json_values(text)}
    for item in read_items(portal).items:
        kept, source = record.dumps(item), records[item.code]
        for name, value in source.items():
            said = [value] if isinstance(value, str) else value if isinstance(value, list) else []
            for word in said if name not in meant else ():
                bare = word.strip().removeprefix("办理地点：")
                assert bare in absent or json.dumps(bare, ensure_ascii=False)[1:-1] in kept, (item.code, name)
        assert item.level == {"省级": "2", "市级": "3"}[source["matter_level"]]
        assert item.booking is (source["online_book"] == "是")
        assert item.courier is (source["courier_service"] == "是")
        assert "、".join(item.joint_bodies) == source["co_department"].replace(
            "无", "", not item.joint_bodies
        )


def test_the_rest_of_a_portal_record(tmp_path: Path) -> None:
    more = PORTAL_RECORD | {
        "matter_level": "市级",
        "AREA_CODE_TEXT": "演示市",
        "subTaskName": "新申请",
        "parentCatalogId": "44211199900Y",
        "parentCatalogName": "演示主项",
        "co_department": "省级教育（受理,审核）、市级财政（审核）",
        "handle_location": "办理地点：演示路1号",
        "complain_phone": "0769-11111111",
        "courier_service": "不支持",
        "online_book": "是",
        "online_book_addr": "无",
        "URL": "https://example.cn/x",
        "bear_paltform": "演示平台",
        "TASK_TYPE_TEXT": "行政许可",
        "handle_time": "90(自然日)",
    }
    imported = read_items(written(tmp_path / "f.json", more))
    (item,) = imported.items
    assert (item.level, item.area, item.variant) == ("3", "演示市", "新申请")
    assert (item.parent_code, item.parent_name) == ("44211199900Y", "演示主项")
    assert item.joint_bodies == ("省级教育（受理,审核）", "市级财政（审核）")
    assert item.windows == (model.Window("", "演示路1号"),)
    assert (item.courier, item.booking, item.booking_url) == (False, True, "")
    assert (item.online_url, item.system) == ("https://example.cn/x", "演示平台")
    assert item.legal == Period(90, model.DayUnit.NATURAL_DAY) and item.legal_days is None
    assert imported.report.warnings == {"type_word": 1, "not_working_days": 1}


def test_what_a_portal_record_does_not_say_stays_unsaid(tmp_path: Path) -> None:
    bare = {key: PORTAL_RECORD[key] for key in ("TASK_CODE", "TASK_NAME", "DEPT_NAME")}
    imported = read_items(written(tmp_path / "f.json", bare))
    (item,) = imported.items
    assert (item.legal_days, item.promise_days, item.visits, item.fee) == (None, None, None, None)
    assert (item.rules, item.everyday_names, item.phone, item.conditions) == ((), (), "", "")
    assert item.audience == frozenset() and item.channels == frozenset({Channel.COUNTER})
    assert imported.report.warnings == {"no_audience": 1}


def test_natural_days_are_not_taken_for_working_days(tmp_path: Path) -> None:
    odd = PORTAL_RECORD | {"handle_time": "90(自然日)", "handle_time_limit": "x"}
    imported = read_items(written(tmp_path / "f.json", odd))
    assert imported.items[0].legal_days is None and imported.items[0].promise_days is None
    assert imported.report.warnings == {"not_working_days": 2}


def test_broken_portal_records_are_counted_and_the_others_kept(tmp_path: Path) -> None:
    good = [json.dumps(PORTAL_RECORD | {"TASK_CODE": f"11990000DEM000014D344211199900{n}"}) for n in range(4)]
    broken = [
        '{"TASK_CODE": "1199',
        json.dumps(PORTAL_RECORD | {"TASK_NAME": None}),
        json.dumps(PORTAL_RECORD | {"TASK_CODE": ["x"]}),
        "7",
    ]
    text = "\n".join([good[0], broken[0], good[1], broken[1], good[2], broken[2], broken[3], good[3]])
    imported = read_items(written(tmp_path / "f.json", text), "gd-portal")
    assert len(imported.items) == 4
    assert imported.report.dropped == 4
    assert imported.report.warnings["broken_record"] == 4


def test_fields_of_other_types_are_taken_as_unsaid(tmp_path: Path) -> None:
    odd = PORTAL_RECORD | {
        "material_intro": "无",
        "visit_number": 0,
        "theme_category": None,
        "service_object_name": [1, "自然人"],
        "handle_time": None,
    }
    (item,) = read_items(written(tmp_path / "f.json", odd)).items
    assert item.rules == () and item.visits is None and item.theme == ""
    assert item.audience == frozenset({Audience.PERSON})


# -- the native format -------------------------------------------------------------------------------


def test_native_items_come_through_unchanged_but_for_the_draft_mark(tmp_path: Path) -> None:
    file = native(tmp_path / "f.json", *NATIVE)
    imported = read_items(file)
    assert imported.items == tuple(replace(item, draft=True) for item in demo_items())
    assert imported.report == ImportReport(
        len(NATIVE), sum(bool(item.rules) for item in demo_items()), {}, dropped=0
    )
    assert import_draft(file, "native", tmp_path, DAY) == imported.report
    assert draft_items(tmp_path) == imported.items


def test_the_schema_accepts_the_demo_items() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    jsonschema.validate({"items": NATIVE, "bundles": BUNDLES}, SCHEMA)


def test_schema_and_dataclasses_are_alike() -> None:
    """Every field, whether it must be there, its words and its enumerations."""
    for name, definition in SCHEMA["$defs"].items():
        kind = getattr(model, name)
        assert set(definition["properties"]) == {field.name for field in fields(kind)}
        needed = {field.name for field in fields(kind) if field.default is MISSING}
        assert set(definition["required"]) == needed
        for field in fields(kind):
            described = definition["properties"][field.name]
            assert described["description"] or "$ref" in described
            hint = get_type_hints(kind)[field.name]
            if isinstance(hint, type) and issubclass(hint, Enum):
                assert described["enum"] == [member.value for member in hint]
    reached = set(re.findall(r"#/\$defs/(\w+)", json.dumps(SCHEMA)))
    assert reached == set(SCHEMA["$defs"])


def test_bundles_come_with_their_items(tmp_path: Path) -> None:
    odd: list[object] = [
        BUNDLES[0] | {"code": "gone", "items": ["no such item"]},
        BUNDLES[0] | {"code": "other", "same": [["x#y"]]},
        {"code": "half"},
        "x",
    ]
    file = written(tmp_path / "f.json", {"items": NATIVE, "bundles": [*BUNDLES, *odd]})
    imported = read_items(file)
    assert imported.bundles == demo_bundles()
    assert imported.report.warnings == {"bundle_items": 2, "broken_bundle": 2}
    import_draft(file, "native", tmp_path, DAY)
    assert draft_bundles(tmp_path) == demo_bundles()
    source = CatalogFolder(tmp_path)
    assert source.bundles() == demo_bundles()
    source.close()


@pytest.mark.parametrize(
    "change",
    [
        {"code": ""},
        {"name": " "},
        {"code": 5},
        {"audience": ["martian"]},
        {"questions": [{"id": "q", "question": "?", "options": [{"id": 1, "label": "x"}]}]},
        {"rules": [{"material": {"id": "m", "name": "x", "originals": "1", "copies": 0}}]},
        {"rules": "none"},
        {"legal": "20"},
    ],
)
def test_a_broken_native_record_is_left_out(tmp_path: Path, change: dict[str, object]) -> None:
    imported = read_items(native(tmp_path / "f.json", NATIVE[0] | change, NATIVE[1]))
    assert [item.code for item in imported.items] == [NATIVE[1]["code"]]
    assert imported.report.warnings == {"broken_record": 1} and imported.report.dropped == 1


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"questions": [{"id": "q", "question": "?", "options": []}], "rules": []}, "options"),
        ({"questions": []}, "condition"),
        ({"rules": [{"material": {"id": "m", "name": " ", "originals": 1, "copies": 0}}]}, "material_name"),
        ({"rules": [{"material": {"id": "m", "name": "x", "originals": -1, "copies": 0}}]}, "counts"),
    ],
)
def test_an_item_that_leaves_no_way_on_is_left_out(
    tmp_path: Path, change: dict[str, object], rule: str
) -> None:
    imported = read_items(native(tmp_path / "f.json", NATIVE[0] | change, NATIVE[1]))
    assert len(imported.items) == 1 and imported.report.dropped == 1
    assert rule in imported.report.warnings


def test_a_code_that_comes_twice_is_told_and_the_last_one_stays(tmp_path: Path) -> None:
    last = NATIVE[0] | {"name": "后来的名称"}
    imported = read_items(native(tmp_path / "f.json", NATIVE[0], last))
    assert [item.name for item in imported.items] == ["后来的名称"]
    assert imported.report.warnings == {"code_twice": 1}


def test_a_file_with_a_byte_order_mark(tmp_path: Path) -> None:
    path = tmp_path / "f.json"
    path.write_text(json.dumps({"items": NATIVE[:1]}), encoding="utf-8-sig")
    assert len(read_items(path).items) == 1


# -- files that cannot be understood ---------------------------------------------------------------------


@pytest.mark.parametrize("format_name", ["", "native", "gd-portal", "unheard-of"])
@pytest.mark.parametrize(
    "content",
    [b"", b"\xff\xfe\x00garbage", b"hello", b"{}", b"[]", b'{"items": []}', b'{"items": 7}', b"[" * 100_000],
)
def test_a_file_that_is_no_catalog_changes_nothing(tmp_path: Path, format_name: str, content: bytes) -> None:
    import_draft(native(tmp_path / "good.json", NATIVE[0]), "native", tmp_path, DAY)
    bad = tmp_path / "bad.json"
    bad.write_bytes(content)
    with pytest.raises(CatalogFileError) as caught:
        import_draft(bad, format_name, tmp_path, DAY)
    assert "bad.json" in load().error(caught.value)
    kept = draft_items(tmp_path)
    assert kept is not None and len(kept) == 1


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(CatalogFileError):
        read_items(tmp_path / "none.json")


def test_no_draft_and_a_damaged_one(tmp_path: Path) -> None:
    assert draft_items(tmp_path) is None
    (tmp_path / "draft").mkdir()
    (tmp_path / "draft" / "items.jsonl").write_text('{"code": 1}\n', encoding="utf-8")
    with pytest.raises(StoreDamagedError):
        draft_items(tmp_path)


# -- the words and the shape of the answer ---------------------------------------------------------------


def test_every_rule_has_a_word() -> None:
    texts = load()
    rules = {
        "broken_record",
        "code_twice",
        "code_shape",
        "uscc",
        "type_digits",
        "too_long",
        "immediate_promise",
    }
    rules |= {"promise_exceeds_legal", "not_working_days", "no_audience", "not_in_halls", "no_counts"}
    rules |= {"question_twice", "options", "condition", "material_name", "counts"}
    rules |= {"type_word", "broken_bundle", "bundle_items", UNSAID, *(rule.name for rule in RULES)}
    assert {f"catalog_warning.{rule}" for rule in rules} == {
        key for key in texts if key.startswith("catalog_warning.")
    }


def test_show_unites_all_situations() -> None:
    item = next(item for item in demo_items() if item.name.startswith("居住证签注"))
    shown = show(item)
    assert list(shown) == ["code", "name", "department", "audience", "channels", "situations", "materials"]
    assert shown["audience"] == ["person"]
    assert set(shown["channels"]) <= {"counter", "kiosk", "popup", "online"}
    assert shown["situations"][0]["id"] == "expiry"
    assert {"id": "due", "label": "快到期，还没有过期"} in shown["situations"][0]["options"]
    names = [material["name"] for material in shown["materials"]]
    assert len(names) == len(set(names)) and {"居住证", "在读证明", "劳动合同"} <= set(names)
    assert json.loads(json.dumps(shown)) == shown


def test_show_keeps_the_larger_count_and_the_stricter_necessity() -> None:
    rules = (
        model.MaterialRule(Material("m", "材料", 1, 0, Necessity.OPTIONAL)),
        model.MaterialRule(Material("m", "材料", 0, 2, Necessity.DEFERRABLE)),
    )
    (row,) = show(replace(demo_items()[0], questions=(), rules=rules))["materials"]
    assert row == {"name": "材料", "originals": 1, "copies": 2, "necessity": "deferrable", "unsaid": []}
