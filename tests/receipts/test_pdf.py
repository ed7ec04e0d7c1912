"""The A4 page: one page, all of it embedded, all of it readable by programs not written here."""

import os
import re
import subprocess
from dataclasses import fields
from pathlib import Path

import pytest
import zxingcpp
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from app import texts
from app.domain.receipt import Receipt
from app.receipts import pdf
from app.receipts.facts import Facts, Impression, of_draft, of_issued
from tests.receipts.judges import needs_hanazono, needs_poppler, needs_zbar
from tests.receipts.samples import MATERIALS, crowded, receipt, station

pytestmark = needs_poppler

IMPRESSION = Impression(1, "", None)


def drawn(sample: Receipt, impression: Impression = IMPRESSION) -> bytes:
    return pdf.draw(of_issued(station().sealer.issue(sample), texts.load(), impression))


def text_of(data: bytes, folder: Path) -> str:
    path = folder / "page.pdf"
    path.write_bytes(data)
    return subprocess.run(["pdftotext", "-raw", path, "-"], capture_output=True, check=True).stdout.decode()


def squeezed(text: str) -> str:
    return re.sub(r"\s", "", text)


def info(data: bytes, folder: Path, program: str) -> str:
    path = folder / "page.pdf"
    path.write_bytes(data)
    return subprocess.run(
        [program, path], capture_output=True, check=True, text=True, env={**os.environ, "TZ": "UTC"}
    ).stdout


def picture(data: bytes, folder: Path, dpi: int) -> Image.Image:
    (folder / "page.pdf").write_bytes(data)
    subprocess.run(["pdftoppm", "-r", str(dpi), "-png", "page.pdf", "page"], cwd=folder, check=True)
    with Image.open(folder / "page-1.png") as image:
        return image.convert("L")


def expected_words(sample: Receipt, impression: Impression) -> list[str]:
    """All that must be on the paper, however it is broken into lines."""
    f = Facts(sample, texts.load(), impression, "X", "X")
    words = [fact.value for fact in (*f.people(), *f.matter(), *f.dates())]
    words += [mark for fact in (*f.people(), *f.dates()) for mark in fact.marks]
    words += [fact.note for fact in f.dates()]
    for line in f.materials():
        words += [line.name, line.due, line.got, line.how, line.note]
    words += [*f.laws(), f.number, f.platform, f.place, f.operator, f.copy_mark, f.service_phone, f.demo]
    words += [f.word("offline")] if sample.offline else []
    return words


@pytest.mark.parametrize("count", [0, 6, 16, 25, 40])
@pytest.mark.parametrize("full", [False, True])
def test_one_page_with_everything_on_it(count: int, full: bool, tmp_path: Path) -> None:
    sample = crowded(count) if full else receipt(materials=(MATERIALS * 7)[:count])
    impression = Impression(3, "4419002611200001234", None) if full else IMPRESSION
    data = drawn(sample, impression)
    assert re.search(r"Pages: +1\n", info(data, tmp_path, "pdfinfo"))
    text = squeezed(text_of(data, tmp_path))
    for word in expected_words(sample, impression):
        assert squeezed(word) in text, word


def test_words_in_one_line_extract_as_they_are(tmp_path: Path) -> None:
    text = text_of(drawn(receipt()), tmp_path)
    for line in (
        "平台申办流水号：待回填 · 本份交申请人",
        "居民身份证 1101**********002X",
        "二级注册建造师执业资格注册核准（二级注册建造师初始注册）",
        "初始注册 · 取得资格超过三年",
        "11440000006939799Q244011403500201",
        "2026-11-20 09:46",
    ):
        assert line in text


def test_nothing_reaches_the_edge_and_little_is_left_free(tmp_path: Path) -> None:
    """10 mm of margin stay white on every side, even on the fullest page."""
    for sample in (receipt(), crowded(16), crowded(40), crowded(70)):
        image = picture(drawn(sample), tmp_path, 72)
        ink = image.point([255 if value < 128 else 0 for value in range(256)]).getbbox()
        assert ink is not None
        margin = 10 / 25.4 * 72
        assert ink[0] > margin and ink[1] > margin
        assert ink[2] < image.width - margin and ink[3] < image.height - margin


@needs_hanazono
def test_every_font_is_embedded(tmp_path: Path) -> None:
    rows = info(drawn(crowded()), tmp_path, "pdffonts").splitlines()[2:]
    assert len(rows) >= 3 and any("HanaMin" in row for row in rows)
    for row in rows:
        assert re.search(r"\byes yes yes\b", row), row
        assert "Helvetica" not in row


@needs_hanazono
@pytest.mark.parametrize(
    "name", ["欧阳𬭚", "演示·䶮㛃", "𠮷田", "𬱖𫖯𠮷𬭚", "阿卜杜拉·买买提", "Ana María Ñuñez", "〇"]
)
def test_rare_names_extract_exactly(name: str, tmp_path: Path) -> None:
    sample = receipt(applicant_name=name, item_name=f"{name}的事项")
    lines = text_of(drawn(sample), tmp_path).splitlines()
    assert (
        any(line.startswith(f"申请人 {name} ") or line == name for line in lines) or f"申请人 {name}" in lines
    )
    assert any(f"{name}的事项" in line for line in lines)


@pytest.mark.parametrize(
    "name", ["证件样本 ZHENGJIAN, YANGBEN ZHENG JIAN YANG BEN", "ZHENGJIAN, YANGBEN ZHENG JIAN YANG BEN"]
)
def test_both_names_of_a_foreigner_stand_there_word_by_word(name: str, tmp_path: Path) -> None:
    data = drawn(receipt(applicant_name=name, document_kind="外国人永久居留身份证"))
    words = text_of(data, tmp_path).replace("\n", " ")
    assert f"申请人 {name} 证件 " in words


PLANES = (
    (0x4E00, 0x9FFF),
    (0x3400, 0x4DBF),  # A
    (0x20000, 0x2A6DF),  # B
    (0x2A700, 0x2CEA1),  # C D E
    (0x2CEB0, 0x2EBE0),  # F
    (0x30000, 0x3134A),  # G
)
HAN = st.one_of(*(st.integers(first, last).map(chr) for first, last in PLANES))
NAME = st.text(HAN | st.sampled_from("· "), min_size=1, max_size=16)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=NAME)
def test_no_character_of_a_name_is_lost(name: str, tmp_path: Path) -> None:
    """Each is there, in its order; one without any font by its code."""
    from app.receipts import fonts

    text = squeezed(text_of(drawn(receipt(applicant_name=name)), tmp_path))
    assert "申请人" + squeezed(fonts.load().printable(name)) + "证件" in text


@needs_zbar
def test_the_qr_reads_at_200_dpi_by_two_other_readers(tmp_path: Path) -> None:
    issued = station().sealer.issue(receipt())
    image = picture(pdf.draw(of_issued(issued, texts.load(), IMPRESSION)), tmp_path, 200)
    found = {code.format.name: code.text for code in zxingcpp.read_barcodes(image)}
    assert found["QRCode"] == issued.qr_text and found["Code128"] == issued.receipt.number
    said = subprocess.run(
        ["zbarimg", "-q", "--nodbus", tmp_path / "page-1.png"], capture_output=True, text=True, check=True
    ).stdout.splitlines()
    assert f"QR-Code:{issued.qr_text}" in said and f"CODE-128:{issued.receipt.number}" in said


def test_the_qr_is_30_mm_at_least(tmp_path: Path) -> None:
    image = picture(drawn(receipt()), tmp_path, 254)
    (code,) = [c for c in zxingcpp.read_barcodes(image) if c.format.name == "QRCode"]
    assert code.position.top_right.x - code.position.top_left.x >= 300


def test_same_input_same_bytes() -> None:
    issued = station().sealer.issue(crowded())
    f = of_issued(issued, texts.load(), Impression(2, "1", receipt().received_at))
    assert pdf.draw(f) == pdf.draw(f)


def test_the_file_says_what_and_when_it_is(tmp_path: Path) -> None:
    said = info(drawn(receipt()), tmp_path, "pdfinfo")
    assert re.search(r"Title: +收件凭证 441900A12-261120-000217-D\n", said)
    assert re.search(r"CreationDate: +Fri Nov 20 01:46:12 2026 UTC\n", said)
    assert "anonymous" not in said and "unspecified" not in said


def test_a_draft_has_no_code_and_says_so(tmp_path: Path) -> None:
    data = pdf.draw(of_draft(receipt(number=""), texts.load()))
    text = text_of(data, tmp_path)
    assert "二维码在收件后生成" in text and "样张未签名，不作凭证。" in text and "— — — — — —" in text
    assert not zxingcpp.read_barcodes(picture(data, tmp_path, 150))


def test_marks_come_and_go_with_what_they_mark(tmp_path: Path) -> None:
    plain = text_of(drawn(receipt(demo=False, materials=MATERIALS[:4])), tmp_path)
    for mark in ("未经机读", "号码校验不符", "暂定", "补打 第", "离线收件", "演示，无效力", "未收"):
        assert mark not in plain
    marked = text_of(drawn(crowded(2), Impression(2, "4419", None)), tmp_path)
    for mark in (
        "未经机读",
        "号码校验不符",
        "暂定",
        "补打 第 1 次",
        "离线收件 · 待上传",
        "平台申办流水号：4419",
    ):
        assert mark in marked
    assert "号码校验不符" not in text_of(drawn(receipt(number_valid=None)), tmp_path)


def test_every_mark_is_explained_on_the_paper(tmp_path: Path) -> None:
    stale = text_of(drawn(receipt(catalog_stale=True), Impression(2, "", None)), tmp_path)
    assert "离线收件 · 目录待核" in stale and "注“目录待核”" in stale and "本件为补打件" in stale
    assert "注“" not in text_of(drawn(receipt()), tmp_path)


def test_both_papers_are_made_of_every_field_of_a_receipt() -> None:
    """A field added to the receipt must be placed on paper, or be named here as not for people."""
    source = "".join(
        Path(f).read_text(encoding="utf-8") for f in (_file("facts"), _file("pdf"), _file("slip"))
    )
    unprinted = {"case_id"}
    for field in fields(Receipt):
        assert field.name in unprinted or re.search(rf"\b(r|receipt)\.{field.name}\b", source), field.name


def _file(name: str) -> Path:
    return Path(pdf.__file__).with_name(f"{name}.py")
