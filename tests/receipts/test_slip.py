"""The slip's bytes: every fact decodes back, every style is absolute, the QR reads."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from app import texts
from app.domain.printing import PaperForm, PrintJob, PrintState, SlipPaper, SlipText
from app.domain.receipt import Receipt
from app.receipts import escpos, strip
from app.receipts.escpos import Align, Feed, Line, Raster, Span, Style
from app.receipts.facts import Facts, Impression, of_issued
from app.receipts.press import Press
from app.receipts.slip import layout, slip_picture
from devices.emulators.escpos_commands import CommandReader
from devices.emulators.escpos_paper import MARGIN, Paper
from tests import qr_readers
from tests.receipts.judges import needs_zbar
from tests.receipts.samples import crowded, receipt, station

PRESS = Press(texts.load())
STYLES = rb"(?:\x1b[aE\-3].|\x1d[!B].|\x1bJ.|\x1bR.|\x1dP..|\x1b@|\x1c[&.]|\x1dVB\0)"


def rasters(data: bytes) -> Iterator[tuple[int, int, bytes]]:
    """Stride, rows and dots of every GS v 0, as its definition says."""
    at = 0
    while (at := data.find(b"\x1dv0\0", at)) >= 0:
        stride = int.from_bytes(data[at + 4 : at + 6], "little")
        rows = int.from_bytes(data[at + 6 : at + 8], "little")
        yield stride, rows, data[at + 8 : at + 8 + stride * rows]
        at += 8 + stride * rows


def lines_of(data: bytes) -> list[str]:
    """The printed text, from the bytes alone: rasters and styles out, the rest is GB18030."""
    for stride, rows, dots in rasters(data):
        head = b"\x1dv0\0" + stride.to_bytes(2, "little") + rows.to_bytes(2, "little")
        data = data.replace(head + dots, b"")
    return re.sub(STYLES, b"", data, flags=re.DOTALL).decode("gb18030").split("\n")


def image_of(stride: int, rows: int, dots: bytes) -> Image.Image:
    return Image.frombytes("1", (stride * 8, rows), bytes(b ^ 0xFF for b in dots)).convert("L")


PAPERS = {80: SlipPaper(), 58: SlipPaper(58, 384)}


def slip(sample: Receipt, width_mm: int = 80, copy_no: int = 1, platform: str = "") -> bytes:
    return PRESS.slip(station().sealer.issue(sample), PAPERS[width_mm], copy_no, platform)


def words_of(sample: Receipt, impression: Impression) -> list[str]:
    f = Facts(sample, texts.load(), impression, "X", "X")
    words = [fact.value for fact in (*f.people(), *f.matter(), *f.dates())]
    words += [mark for fact in (*f.people(), *f.dates()) for mark in fact.marks]
    words += [line.name for line in f.materials()] + [line.got for line in f.materials()]
    words += [line.how for line in f.materials()] + [line.note for line in f.materials()]
    words += [
        f.number,
        f.platform,
        *f.place.split(" · "),
        f.operator,
        f.copy_mark,
        f.service_phone,
        f.demo,
        f.word("law.slip"),
    ]
    return words + ([f.word("offline")] if sample.offline else [])


@pytest.mark.parametrize("width_mm", [80, 58])
@pytest.mark.parametrize("full", [False, True])
def test_every_fact_decodes_back(width_mm: int, full: bool) -> None:
    sample = replace(crowded(40), agent_name="演示·代办") if full else receipt()
    impression = Impression(3, "4419002611200001234") if full else Impression()
    data = slip(sample, width_mm, impression.copy_no, impression.platform_number)
    text = re.sub(r"\s", "", "".join(lines_of(data)))
    for word in words_of(sample, impression):
        assert re.sub(r"\s", "", word) in text, word


@pytest.mark.parametrize("width_mm", [80, 58])
def test_no_line_is_wider_than_the_paper(width_mm: int) -> None:
    most = {80: 48, 58: 32}[width_mm]
    lines = lines_of(slip(crowded(30), width_mm, 2))
    assert len(lines) > 60
    for line in lines:
        assert len(line.encode("gb18030")) <= most, line  # in a printer's font one byte is one column


@needs_zbar
@pytest.mark.parametrize("width_mm", [80, 58])
def test_the_qr_is_one_image_and_two_readers_read_it(width_mm: int, tmp_path: Path) -> None:
    issued = station().sealer.issue(receipt())
    images = [image_of(*r) for r in rasters(PRESS.slip(issued, PAPERS[width_mm])) if r[1] > 64]
    (code,) = images
    assert code.width <= {80: 576, 58: 384}[width_mm] + 7
    assert smallest_run(code) >= 4
    code.save(tmp_path / "qr.png")
    assert qr_readers.zxing(code) == qr_readers.zbar(tmp_path / "qr.png") == [issued.qr_text]


def smallest_run(code: Image.Image) -> int:
    """Dots of the narrowest dark run in any row: the size of a module."""
    narrowest = code.width
    for y in range(code.height):
        row = bytes(code.crop((0, y, code.width, y + 1)).tobytes())
        narrowest = min([narrowest, *(len(run) for run in re.findall(rb"\x00+", row))])
    return narrowest


def test_another_printer_reads_the_same() -> None:
    """The emulated printer, written from Epson's reference by other hands, shows the facts and the QR."""
    issued = station().sealer.issue(receipt())
    reader, paper = CommandReader(), Paper(80)
    reader.add(PRESS.slip(issued, PAPERS[80]))
    for command, raw in reader.commands():
        paper.carry_out(command, raw)
    assert reader.rest() == b""
    torn = paper.tear()
    text = "\n".join(torn.lines)
    for word in (
        "演示·东方测试",
        "1101**********002X",
        issued.receipt.number,
        "收 件 凭 证",
        "（行政许可法第三十二条）",
    ):
        assert word in text.replace("\n", "") or word in text
    assert qr_readers.zxing(torn.picture) == [issued.qr_text]


def test_a_head_too_long_for_the_paper_breaks_between_hall_and_station() -> None:
    narrow, wide = lines_of(slip(receipt(), 58)), lines_of(slip(receipt(), 80))
    assert narrow[:2] == ["东莞市市民服务中心", "441900A12 综合窗口"]
    assert wide[0] == "东莞市市民服务中心 · 441900A12 综合窗口"
    assert lines_of(slip(receipt(site="南城"), 58))[0] == "南城 · 441900A12 综合窗口"
    long = receipt(site="演示·东莞市滨海湾新区综合政务服务中心一楼大厅")
    assert lines_of(slip(long, 58))[2] == "441900A12 综合窗口"


ENGLISH = "ZHENGJIAN, YANGBEN ZHENG JIAN YANG BEN"


@pytest.mark.parametrize("width_mm", [80, 58])
@pytest.mark.parametrize(
    "name", [f"证件样本 {ENGLISH}", ENGLISH, "Ana-María O'Brien-Ñuñez Étienne D’Arcy Łukasz"]
)
def test_names_in_latin_letters_break_between_words(width_mm: int, name: str) -> None:
    lines = [text_of(line) for line in named(name, width_mm)]
    assert "".join(lines).replace(" ", "") == "申请人" + name.replace(" ", "")
    assert [word for line in lines for word in line.split()][1:] == name.split()


def text_of(line: Line) -> str:
    return "".join(span.text for span in line.spans)


def named(name: str, width_mm: int) -> Iterator[Line]:
    """The lines of the slip that say who applies."""
    facts = Facts(receipt(applicant_name=name), texts.load(), Impression(), "X", "X")
    lines = [op for op in layout(facts, PAPERS[width_mm].dots) if isinstance(op, Line)]
    starts = [n for n, line in enumerate(lines) if text_of(line)[:1] != " "]
    first = next(n for n in starts if text_of(lines[n]).startswith("申请人"))
    return iter(lines[first : starts[starts.index(first) + 1]])


def test_the_paper_counts_reprints_as_the_screen_does() -> None:
    """The second print of a receipt is the first reprint of it."""
    job = PrintJob("j", "c", PaperForm.SLIP, 1, PrintState.SENT, "", receipt().received_at)
    said = {n: re.findall(r"补打 第 (\d+) 次", "".join(lines_of(slip(receipt(), 80, n)))) for n in (1, 2, 3)}
    assert said == {1: [], 2: ["1"], 3: ["2"]}
    assert [replace(job, copy_no=n).reprint_no for n in said] == [0, 1, 2]


@pytest.mark.parametrize("organisation", ["", "演示·某公司"])
def test_an_agent_nobody_noted_is_not_taken_for_the_applicant_in_person(organisation: str) -> None:
    sample = receipt(situation=("其他人替他办",), organisation=organisation)
    text = "".join(lines_of(slip(sample)))
    assert "代办人 未登记" in text and "其他人替他办" in text and "本人办理" not in text
    facts = Facts(sample, texts.load())
    assert facts.people()[-1].value == "未登记"
    assert Facts(receipt(agent_name="演示·乙"), texts.load()).people()[-1].value == "演示·乙"


def test_no_unmasked_number_and_no_token_in_the_text() -> None:
    text = "".join(lines_of(slip(receipt())))
    assert not re.search(r"\d{15,17}[\dX]", text.replace("11440000006939799Q244011403500201", ""))
    assert "/R/" not in text


def test_a_line_with_a_rare_character_is_a_picture_and_the_rest_stays_text() -> None:
    plain, rare = slip(receipt(applicant_name="演示·吉田")), slip(receipt(applicant_name="演示·𠮷田"))
    assert "演示·吉田" in "".join(lines_of(plain)) and "田" not in "".join(lines_of(rare))
    extra = [r for r in rasters(rare) if r[1] == escpos.PITCH]
    assert len(extra) == 1 and len(list(rasters(rare))) == len(list(rasters(plain))) + 1
    picture = image_of(*extra[0])
    ink = picture.point([255 if value < 128 else 0 for value in range(256)]).getbbox()
    assert ink is not None and ink[0] < 24 and ink[2] > 150  # label and name are both there
    assert "演示·" not in "".join(lines_of(rare)).replace("演示·李柜员", "")


def test_characters_of_names_are_never_question_marks() -> None:
    for name in ("欧阳𬭚", "䶮㛃", "Ñuñez €", "\ue863", "a\u200bb"):
        data = slip(receipt(applicant_name=name))
        assert "?" not in "".join(lines_of(data))


@pytest.mark.parametrize("style", [Style(), Style(True), Style(high=2), Style(True, 2, 2, True)])
def test_every_piece_of_text_brings_its_whole_style(style: Style) -> None:
    data = escpos.encode([Line((Span("：，。（）￥", style), Span("A1$", style)), Align.CENTRE)])
    size = (style.wide - 1) << 4 | (style.high - 1)
    absolute = bytes((0x1B, 0x45, style.bold, 0x1B, 0x2D, 0, 0x1D, 0x21, size, 0x1D, 0x42, style.reverse))
    assert data.count(absolute) == 2
    assert absolute + b"\x1c\x26" + "：，。（）￥".encode("gb18030") + b"\x1c\x2e" in data
    assert absolute + b"A1$\n" in data and b"\x1b\x61\x01" in data
    assert data.startswith(b"\x1b\x40") and data.endswith(b"\x1d\x56\x42\x00")


def test_rasters_are_sliced_except_where_asked() -> None:
    tall = strip.raster(Image.new("1", (16, 600), 0))
    assert [r[1] for r in rasters(escpos.encode([tall]))] == [255, 255, 90]
    whole = replace(tall, whole=True)
    assert [r[:2] for r in rasters(escpos.encode([whole]))] == [(2, 600)]
    assert b"".join(r[2] for r in rasters(escpos.encode([tall]))) == tall.data == b"\xff" * 1200


def test_feeds_are_in_dots_however_long() -> None:
    data = escpos.encode([Feed(600), Feed(0)])
    assert data.count(b"\x1b\x4a\xff") == 2 and b"\x1b\x4a\x5a" in data
    assert b"\x1d\x50\xcb\xcb" in data


@given(st.text("莞·：，。（）A1 *-〇①—…é\u3000", max_size=60))
def test_text_of_the_printers_font_is_as_wide_as_its_bytes(text: str) -> None:
    assert escpos.in_printer_font(text.replace("\u3000", ""))
    assert escpos.columns(text) == len(text.encode("gb18030"))


@given(st.characters(codec="utf-8"))
def test_whatever_goes_out_as_text_is_one_or_two_bytes(character: str) -> None:
    if escpos.in_printer_font(character):
        assert len(character.encode("gb18030")) in (1, 2)
        assert character.encode("gb18030").decode("gb18030") == character


def test_what_is_seen_is_what_prints() -> None:
    """The picture of the preview has the very rasters and the lines of the bytes."""
    issued = station().sealer.issue(receipt())
    facts = of_issued(issued, texts.load(), Impression())
    picture = slip_picture(facts, PAPERS[80])
    assert picture.width == 576
    assert qr_readers.zxing(picture) == [issued.qr_text]
    (line,) = [Line((Span("莞家"),))]
    drawn = strip.picture([line], 576)
    assert drawn.size == (576, escpos.PITCH)
    ink = drawn.point([255 if value < 128 else 0 for value in range(256)]).getbbox()
    assert ink is not None and ink[2] <= 48 and ink[3] <= 24


def test_rasters_and_pictures_are_inverse() -> None:
    image = Image.effect_noise((40, 9), 200).convert("1")
    assert strip.unraster(strip.raster(image)).tobytes() == image.tobytes()
    odd = strip.raster(Image.new("1", (5, 2), 0))
    assert odd == Raster(1, 2, b"\xf8\xf8")


TORN = SlipPaper(58, 384, cutter=False, slice_rows=64, feed=300)
DRAWN = replace(TORN, text=SlipText.RASTER)


def test_without_a_knife_the_slip_is_fed_to_its_edge() -> None:
    issued = station().sealer.issue(receipt())
    assert PRESS.slip(issued, TORN).endswith(b"\x1bJ\xff\x1bJ\x2d")
    assert b"\x1dV" not in PRESS.slip(issued, TORN)
    assert PRESS.slip(issued, replace(TORN, cutter=True)).endswith(b"\x1bJ\xff\x1bJ\x2d\x1dVB\0")


def test_a_printer_without_chinese_gets_dots_only_and_prints_the_same(tmp_path: Path) -> None:
    """No text at all in the bytes; what comes out is the preview, dot for dot; the QR is one image still."""
    issued = station().sealer.issue(receipt(applicant_name="演示·𠮷田"))
    data = PRESS.slip(issued, DRAWN)
    assert "".join(lines_of(data)).strip() == ""
    rows = [rows for _, rows, _ in rasters(data)]
    assert sorted(rows)[-1] > 200 >= 64 >= sorted(rows)[-2]
    paper, reader = Paper(58), CommandReader()
    reader.add(data)
    for command, raw in reader.commands():
        paper.carry_out(command, raw)
    out = paper.tear().picture.crop((MARGIN, MARGIN, MARGIN + 384, 10**4))
    seen = slip_picture(of_issued(issued, texts.load(), Impression(1, "", issued.receipt.received_at)), DRAWN)
    assert out.crop((0, 0, 384, seen.height)).convert("L").tobytes() == seen.tobytes()
