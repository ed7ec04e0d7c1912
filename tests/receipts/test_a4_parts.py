"""The A4 paper handed out, in two parts, both with the number, the code and every material."""

import re
import subprocess
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from app import texts
from app.domain.printing import PagePart
from app.domain.receipt import Receipt
from app.receipts.facts import Facts, Impression
from app.receipts.press import Press
from tests import qr_readers
from tests.receipts.judges import needs_poppler
from tests.receipts.samples import crowded, receipt, station

pytestmark = needs_poppler

TEXTS = texts.load()
PRESS = Press(TEXTS)


def sheets(pdf: bytes, folder: Path) -> list[str]:
    """The text of each page without white space."""
    (folder / "a4.pdf").write_bytes(pdf)
    said = subprocess.run(
        ["pdftotext", "-raw", "a4.pdf", "-"], cwd=folder, capture_output=True, check=True, text=True
    ).stdout
    return [re.sub(r"\s", "", page) for page in said.split("\f") if page.strip()]


def pictures(pdf: bytes, folder: Path) -> list[Image.Image]:
    (folder / "a4.pdf").write_bytes(pdf)
    subprocess.run(["pdftoppm", "-r", "200", "-gray", "a4.pdf", "page"], cwd=folder, check=True)
    return [Image.open(path).convert("L") for path in sorted(folder.glob("page-*.pgm"))]


def a_signature() -> bytes:
    """As the pad makes it: ink on nothing."""
    drawn, out = Image.new("RGBA", (600, 240)), BytesIO()
    ImageDraw.Draw(drawn).line([(20, 200), (150, 40), (300, 190), (580, 60)], fill="black", width=10)
    drawn.save(out, "PNG")
    return out.getvalue()


def squeezed(word: str) -> str:
    return re.sub(r"\s", "", word)


@pytest.mark.parametrize("sample", [receipt(), crowded(30), receipt(offline=True, demo=False)])
def test_both_parts_say_who_what_and_which(sample: Receipt, tmp_path: Path) -> None:
    first, second = sheets(PRESS.a4(station().sealer.issue(sample), 1, "PF-1"), tmp_path)
    facts = Facts(sample, TEXTS, Impression(1, "PF-1"))
    words = [sample.number, "PF-1", sample.catalog_version, facts.operator]
    words += [fact.value for fact in (*facts.people(), *facts.matter(), *facts.dates())]
    words += [material.name for material in sample.materials]
    for page in (first, second):
        assert [word for word in words if squeezed(word) not in page] == []
    assert "回执联" in first and "1页/共2页" in first and "存根联" not in first
    assert "存根联" in second and "2页/共2页" in second and "由收件机关留存" in second
    assert sample.document_number in second  # as masked as on the receipt
    assert "申请人签名" in first and "申请人签名" in second


def test_a_reprint_says_so_on_both_parts(tmp_path: Path) -> None:
    issued = station().sealer.issue(receipt())
    mark = squeezed(TEXTS.say("paper.copy", count=2))
    assert all(mark in page for page in sheets(PRESS.a4(issued, 3), tmp_path))
    assert not any(mark in page for page in sheets(PRESS.a4(issued, 1), tmp_path))


def test_the_code_reads_on_both_parts(tmp_path: Path) -> None:
    issued = station().sealer.issue(receipt())
    for page in pictures(PRESS.a4(issued), tmp_path):
        assert qr_readers.zxing(page) == [issued.qr_text]


def test_a_drawn_signature_stands_on_the_stub_alone(tmp_path: Path) -> None:
    issued = station().sealer.issue(receipt(demo=False))
    without, signed = tmp_path / "without", tmp_path / "signed"
    without.mkdir()
    signed.mkdir()
    plain = pictures(PRESS.a4(issued), without)
    drawn = pictures(PRESS.a4(issued, signature=a_signature()), signed)
    assert plain[0].tobytes() == drawn[0].tobytes()
    line = (int(38 / 25.4 * 200), int(247 / 25.4 * 200), int(96 / 25.4 * 200), int(265 / 25.4 * 200))
    ink = [sum(page.crop(line).histogram()[:100]) for page in (plain[1], drawn[1])]
    assert ink[0] == 0 and ink[1] > 500


def test_a_signature_nobody_can_read_leaves_the_line_free() -> None:
    issued = station().sealer.issue(receipt())
    assert PRESS.a4(issued, signature=a_signature()[:40]) == PRESS.a4(issued)


def test_a_kiosk_prints_the_part_of_the_applicant_alone(tmp_path: Path) -> None:
    issued = station().sealer.issue(receipt())
    (page,) = sheets(PRESS.a4(issued, parts=(PagePart.APPLICANT,)), tmp_path)
    assert "回执联" in page and "第1页/共1页" in page


def test_the_same_input_gives_the_same_paper() -> None:
    issued = station().sealer.issue(receipt())
    assert PRESS.a4(issued, 2) == PRESS.a4(issued, 2) != PRESS.a4(issued, 3)
