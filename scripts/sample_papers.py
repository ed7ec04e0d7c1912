"""Draw papers of people who do not exist, with every mark and length: sample_papers.py FOLDER."""

import sys
from pathlib import Path

import pypdfium2

from app import texts
from app.domain.printing import SlipPaper
from app.receipts.press import Press
from devices.emulators.escpos_commands import CommandReader
from devices.emulators.escpos_paper import Paper
from tests.receipts.samples import MATERIALS, crowded, receipt, station

SAMPLES = {
    "plain": receipt(),
    "doubts": receipt(
        machine_read=False,
        number_valid=False,
        offline=True,
        starts_provisional=True,
        answer_provisional=True,
        promised_provisional=True,
    ),
    "twelve-stale": receipt(materials=MATERIALS * 2, catalog_stale=True, demo=False),
    "rare": receipt(applicant_name="演示·\U0002b4e7䶮㛃\U00020bb7", organisation="演示·东莞市样例有限公司"),
    "crowded": crowded(30),
}
SLIPS = {80: SlipPaper(), 58: SlipPaper(58, 384)}


def draw(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    press, sealer = Press(texts.load()), station().sealer
    for name, sample in SAMPLES.items():
        issued = sealer.issue(sample)
        pages(sealer.pdf(issued, copy_no=2), folder / f"{name}-signed")
        pages(press.a4(issued), folder / f"{name}-parts")
        for width, paper in SLIPS.items():
            slip(press.slip(issued, paper), width, folder / f"{name}-{width}mm.png")


def pages(pdf: bytes, path: Path) -> None:
    for number, page in enumerate(pypdfium2.PdfDocument(pdf), 1):
        page.render(scale=1.5).to_pil().save(f"{path}-{number}.png")


def slip(data: bytes, width_mm: int, path: Path) -> None:
    reader, paper = CommandReader(), Paper(width_mm)
    reader.add(data)
    for command, raw in reader.commands():
        paper.carry_out(command, raw)
    paper.tear().picture.save(path)


if __name__ == "__main__":
    draw(Path(sys.argv[1]))
