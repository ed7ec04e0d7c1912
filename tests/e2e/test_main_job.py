"""The main job from card to verified receipt, over real bytes and real processes."""

import subprocess
from pathlib import Path

import pytest

from tests import qr_readers
from tests.e2e.hall import Hall, program


@pytest.fixture(scope="module")
def item(hall: Hall) -> str:
    return str(hall.search("\u8bc1")[0]["code"])


@pytest.fixture(scope="module")
def taken(hall: Hall, item: str, tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    answer = hall.intake(
        tmp_path_factory.mktemp("intake") / "first.json",
        item_code=item,
        situation=hall.first_path(item),
        contact={"phone": "13800000000"},
        request_id="first-of-all",
    )
    assert answer.code == 0, answer
    value: dict[str, object] = answer.value
    return value


def pdf_words(path: object) -> str:
    return subprocess.run(
        ["pdftotext", "-layout", str(path), "-"], check=True, capture_output=True, text=True
    ).stdout


def test_the_reader_reads_the_card(hall: Hall) -> None:
    answer = program("read-id", "--station", hall.station)
    assert answer.code == 0
    assert answer.value["kind"] == "resident"
    assert answer.value["number_valid"] is True
    assert answer.value["name"].startswith("演示")


def test_the_case_is_received_printed_and_uploaded(taken: dict[str, object]) -> None:
    assert taken["state"] == "received"
    assert taken["printed"] == "confirmed"
    assert taken["uploaded"] is True


def test_the_pdf_says_the_same_as_the_answer(taken: dict[str, object]) -> None:
    words = pdf_words(taken["receipt_pdf"])
    assert str(taken["number"]) in words
    assert str(taken["catalog_version"]) in words
    assert "待回填" in words.replace(" ", "")


def test_no_paper_shows_the_whole_number(hall: Hall, taken: dict[str, object]) -> None:
    number = program("read-id", "--station", hall.station).value["number"]
    assert number not in pdf_words(taken["receipt_pdf"])
    assert all(number.encode() not in slip for slip in hall.slips())


def test_pdfsig_finds_the_signature_valid(taken: dict[str, object]) -> None:
    words = subprocess.run(["pdfsig", str(taken["receipt_pdf"])], capture_output=True, text=True).stdout
    assert "Signature is Valid" in words
    assert "Total document signed" in words


def test_foreign_decoders_read_the_qr_of_the_pdf(taken: dict[str, object], tmp_path: Path) -> None:
    subprocess.run(
        ["pdftoppm", "-r", "200", "-png", "-singlefile", str(taken["receipt_pdf"]), str(tmp_path / "page")],
        check=True,
    )
    page = tmp_path / "page.png"
    assert qr_readers.zbar(page) == qr_readers.zxing(page) == [taken["qr_text"]]


def test_foreign_decoders_read_the_qr_of_the_slip(hall: Hall, taken: dict[str, object]) -> None:
    slip = sorted(hall.services.slips.glob("*.png"))[0]
    assert qr_readers.zbar(slip) == [taken["qr_text"]]


def test_the_slip_carries_the_number_and_the_item(hall: Hall, taken: dict[str, object]) -> None:
    slip = next(s for s in hall.slips() if str(taken["number"]).encode() in s)
    assert "收件" in slip.replace(b"\x1c&", b"").replace(b"\x1c.", b"").decode(
        "gb18030", errors="ignore"
    ).replace(" ", "")


def test_anyone_verifies_the_receipt_offline(hall: Hall, taken: dict[str, object], tmp_path: Path) -> None:
    for subject in (taken["receipt_pdf"], taken["qr_text"]):
        answer = program("receipt", "verify", subject, "--data", hall.data)
        assert answer.code == 0, answer
        assert answer.value["number"] == taken["number"]
    pdf = Path(str(taken["receipt_pdf"])).read_bytes()
    for changed in (pdf + b"\n", pdf[:-9] + b" " + pdf[-9:], pdf.replace(b"/Type", b"/Typo", 1)):
        forged = tmp_path / "forged.pdf"
        forged.write_bytes(changed)
        assert program("receipt", "verify", forged, "--data", hall.data).code == 1


def test_the_same_request_twice_is_one_case(
    hall: Hall, item: str, taken: dict[str, object], tmp_path: Path
) -> None:
    slips = len(hall.slips())
    again = hall.intake(
        tmp_path / "again.json", item_code=item, situation=hall.first_path(item), request_id="first-of-all"
    )
    assert again.code == 0
    assert (again.value["case_id"], again.value["number"]) == (taken["case_id"], taken["number"])
    assert len(hall.slips()) == slips, "printed twice unasked"


def test_answers_to_questions_not_reached_are_ignored(hall: Hall, item: str, tmp_path: Path) -> None:
    path = {**hall.first_path(item), "never-asked": "whatever"}
    assert hall.intake(tmp_path / "x.json", item_code=item, situation=path).code == 0


def test_a_typed_applicant_with_a_wrong_number_is_kept_and_marked(
    hall: Hall, item: str, tmp_path: Path
) -> None:
    answer = hall.intake(
        tmp_path / "typed.json",
        item_code=item,
        situation=hall.first_path(item),
        applicant={"name": "演示·手工录入", "number": "110105194912310021"},
    )
    assert answer.code == 0, answer
    assert "未经机读" in pdf_words(answer.value["receipt_pdf"]).replace(" ", "")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"item_code": "NOT-AN-ITEM"}, "rule.unknown_item"),
        ({"situation": {}}, "rule.situation"),
        ({"materials": []}, "rule.missing_material"),
        ({"materials": [{"name": "目录外的材料", "originals": 1, "copies": 0}]}, "rule.unknown_material"),
        ({"decision": "accept"}, "rule.input"),
        ({"delivery": {"way": "mail"}}, "rule.applicant"),
        ({"applicant": {"name": "", "number": ""}}, "rule.applicant"),
    ],
)
def test_what_is_wrong_is_refused_with_a_sentence(
    hall: Hall, item: str, tmp_path: Path, change: dict[str, object], code: str
) -> None:
    fields: dict[str, object] = {"item_code": item, "situation": hall.first_path(item), **change}
    answer = hall.intake(tmp_path / "wrong.json", **fields)
    assert answer.code == 1
    assert answer.error == code
    assert any("\u4e00" <= c <= "\u9fff" for c in answer.value["error"]["message"])


def test_the_doctor_finds_everything_ready(hall: Hall) -> None:
    answer = hall.run("doctor")
    assert answer.code == 0
    assert answer.value["ready"] is True, answer.value
    assert {d["kind"] for d in answer.value["devices"]} == {"id_reader", "receipt_printer", "scanner"}
    assert all(d["simulated"] for d in answer.value["devices"])


def test_sync_says_what_is_here(hall: Hall) -> None:
    answer = hall.run("sync")
    assert answer.code == 0
    assert answer.value["items"] >= 60
    assert answer.value["pending"] == 0
