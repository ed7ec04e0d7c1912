"""Whatever a calling program hands in: one document back, a sentence, and nothing odd on paper."""

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.hall import ROOT, Answer, Hall, one_by_one, program

PERSON = {"name": "演示·甲乙", "number": "11010519491231002X"}


@pytest.fixture(scope="module")
def case(hall: Hall) -> dict[str, Any]:
    item = str(hall.search("证")[0]["code"])
    return {"item_code": item, "situation": hall.first_path(item), "applicant": PERSON}


def hand_in(hall: Hall, folder: Path, data: bytes) -> Answer:
    file = folder / "handed-in.json"
    file.write_bytes(data)
    return hall.run("intake", file)


def words(pdf: str) -> str:
    return subprocess.run(
        ["pdftotext", "-layout", pdf, "-"], check=True, capture_output=True, text=True
    ).stdout


def handed_in_each(hall: Hall, folder: Path, documents: Sequence[bytes]) -> list[Answer]:
    files = [folder / f"{number}.json" for number in range(len(documents))]
    for file, data in zip(files, documents, strict=True):
        file.write_bytes(data)
    where = ("--station", hall.station, "--data", hall.data)
    return one_by_one([("intake", file, *where) for file in files])


def refused_each(hall: Hall, folder: Path, documents: Sequence[bytes]) -> None:
    """Every one by itself, with the same code."""
    for data, answer in zip(documents, handed_in_each(hall, folder, documents), strict=True):
        assert (answer.code, answer.error) == (1, "rule.input"), data[:80]


def test_files_that_are_no_hand_in(hall: Hall, tmp_path: Path) -> None:
    deep = (b"[" * 200_000, b'{"a":' * 100_000)
    refused_each(hall, tmp_path, (b"", b"\xff\xfe\x00", b"[]", b"null", *deep, b'{"item_code": 1e999999}'))


def test_what_no_paper_can_carry_is_refused(hall: Hall, case: dict[str, Any], tmp_path: Path) -> None:
    changes: tuple[dict[str, Any], ...] = (
        {"applicant": {**PERSON, "name": "演示\x1b@\x1bp"}},
        {"applicant": {**PERSON, "name": "演示\x00"}},
        {"applicant": {**PERSON, "name": "演示\ud800"}},
        {"applicant": {**PERSON, "name": "\u200b\u200b"}},
        {"applicant": {**PERSON, "name": "演" * 301}},
        {"applicant": {**PERSON, "birth": "1949-W53-6"}},
        {"agent": {"number": "11010519491231002X"}},
        {"contact": {"phone": "1" * 61}},
        {"request_id": "\ud800"},
        {"operator": "0" * 61},
        {"materials": [{"name": "居民身份证"}, {"name": "居民身份证"}]},
        {"\ud800": 1},
    )
    refused_each(hall, tmp_path, [json.dumps({**case, **change}).encode() for change in changes])


def test_a_key_that_comes_twice_is_refused(hall: Hall, case: dict[str, Any], tmp_path: Path) -> None:
    data = json.dumps(case).encode()[:-1] + b', "applicant": "read"}'
    answer = hand_in(hall, tmp_path, data)
    assert (answer.code, answer.error) == (1, "rule.input")


def test_odd_but_good_entries_are_put_in_their_one_form(
    hall: Hall, case: dict[str, Any], tmp_path: Path
) -> None:
    """A byte order mark, full-width digits, small x, a name in two lines, a known operator."""
    person = {"name": "演示·长名\n" + "甲" * 190, "number": " １１０１０５　１９４９１２３１　００２ｘ"}
    change = {"applicant": person, "contact": "１３８００００００００", "operator": "0000"}
    answer = hand_in(hall, tmp_path, b"\xef\xbb\xbf" + json.dumps({**case, **change}).encode())
    assert answer.code == 0, answer
    paper = words(answer.value["receipt_pdf"])
    assert "1101**********002X" in paper
    assert "138****0000" in paper
    assert "号码校验不符" not in paper
    assert paper.count("\f") == 1, "one page"


def test_odd_names_are_printed_and_verify(hall: Hall, case: dict[str, Any], tmp_path: Path) -> None:
    names = ("演示\u202e甲乙", "محمد", "演示👨\u200d👩😀", "<b>&amp;%s{0}</b>", "演示𬭚䶮㛃𠮷")
    taken = handed_in_each(
        hall,
        tmp_path,
        [json.dumps({**case, "applicant": {**PERSON, "name": name}}).encode() for name in names],
    )
    for name, answer in zip(names, taken, strict=True):
        assert (answer.code, answer.value["printed"]) == (0, "confirmed"), name
    papers = [answer.value["receipt_pdf"] for answer in taken]
    judged = one_by_one([("receipt", "verify", paper, "--data", hall.data) for paper in papers])
    assert [answer.code for answer in judged] == [0] * len(names)


@pytest.mark.parametrize("encoding", ["ascii", "gbk", "latin-1"])
def test_the_answer_is_one_document_in_any_encoding(hall: Hall, encoding: str) -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "main.py"), "read-id", "--station", str(hall.station), "--json"],
        capture_output=True,
        env={"PYTHONIOENCODING": encoding, "LC_ALL": "C", "PATH": ""},
        timeout=60,
    )
    assert json.loads(done.stdout.decode(encoding))["name"].startswith("演示")


@pytest.mark.parametrize(
    "arguments",
    [("nonsense",), ("intake",), ("catalog", "show"), ("read-id", "--station", "x", "--timeout", "nan")],
)
def test_wrong_usage_is_told_in_the_document(arguments: tuple[str, ...]) -> None:
    answer = program(*arguments)
    assert (answer.code, answer.error, answer.value["error"]["retryable"]) == (2, "usage", False)


def test_no_personal_data_outside_the_answer(hall: Hall, case: dict[str, Any], tmp_path: Path) -> None:
    person = {"name": "演示·绝密人", "number": "110105194912310021", "address": "演示市绝密路"}
    change = {"applicant": person, "contact": "13900001234", "request_id": "quiet"}
    hall.services.tell("escpos", "paper out")
    taken = hand_in(hall, tmp_path, json.dumps({**case, **change}).encode())
    refused = hand_in(
        hall, tmp_path, json.dumps({**case, **change, "item_code": "x", "request_id": "q"}).encode()
    )
    assert (taken.code, refused.code) == (0, 1)
    secrets = ("绝密", person["number"], "13900001234")
    said = taken.errors + refused.errors + json.dumps(refused.value, ensure_ascii=False)
    logs = [path for path in hall.services.data.rglob("*.log") if path.is_file()]
    logs += [path for path in (hall.data / "log").rglob("*") if path.is_file()]
    for text in (said, *(path.read_text(encoding="utf-8", errors="replace") for path in logs)):
        assert not [secret for secret in secrets if secret in text]
    store = b"".join(
        path.read_bytes() for path in hall.data.rglob("*") if path.is_file() and "out" not in path.parts
    )
    assert not [secret for secret in secrets if secret.encode() in store], "encrypted at rest"
