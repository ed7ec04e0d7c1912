"""Programs that are not ours judge the slips and the emulated printer.

    npos          a parser of ESC/POS: every byte of a slip belongs to a command or a text it knows
    receiptio     a client: what our emulator answers is what a printer answers
    receiptline, python-escpos    generators: our emulator understands what others send
    zbar, zxing   read the QR off the printed picture

`scripts/setup.sh devices` installs them; without them these tests are skipped.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from app import texts
from app.domain.printing import SlipPaper
from app.receipts.press import Press
from devices.emulators.escpos_commands import CommandReader, is_known
from devices.emulators.escpos_paper import Paper, Slip
from devices.printer_profiles import profile, profiles
from tests import qr_readers
from tests.devices.emulators import ROOT, emulator
from tests.receipts.judges import needs_zbar
from tests.receipts.samples import crowded, receipt, station

JUDGES = ROOT / ".venv" / "judges"
MODULES, PYTHON = JUDGES / "node_modules", JUDGES / "python"
needs_node = pytest.mark.skipif(
    shutil.which("node") is None or not (JUDGES / ".done").is_file(),
    reason="needs node and the judges of `scripts/setup.sh devices`",
)
needs_python_escpos = pytest.mark.skipif(
    not (JUDGES / ".done").is_file(), reason="needs the judges of `scripts/setup.sh devices`"
)
PRESS = Press(texts.load())
LINES = ("站点：演示大厅 441900A12", "时间：2026-11-21 14:00:00")
PAPERS = sorted({name: model.paper(80) for name, model in profiles().items()}.items())
_PARSE = """
const parser = require('npos').parser();
const found = parser.analyze(require('fs').readFileSync(0));
const node = one => [one.ascii, one.fn, one.offset, one.length];
console.log(JSON.stringify({error: String(found.error || ''), nodes: (found.tree || []).map(node)}));
"""
_GENERATE = """
const markdown = `{image:%s}
^^^RECEIPT | {w:6,*}
演示凭证，样张 | 1
---
{code:TEST; option:qrcode,4,m}
{code:4900000000003; option:ean,2,72,hri}
=`.replace('{image:%s}\\n', '');
const printer = {cpl: 48, encoding: 'gb18030', command: process.argv[1], cutting: true};
process.stdout.write(Buffer.from(require('receiptline').transform(markdown, printer), 'binary'));
"""
_ESCPOS = """
import sys
from escpos.printer import Dummy
from PIL import Image
printer = Dummy(profile='TM-T20II')
printer.set(align='center', bold=True, double_height=True, double_width=True)
printer.text('RECEIPT\\n')
printer.set(align='left', underline=1, invert=True, normal_textsize=True)
printer.text('演示凭证\\n')
printer.textln('plain')
printer.qr('TEST', native=True, size=4)
printer.qr('TEST', native=False)
printer.image(Image.new('1', (64, 40), 0), impl='bitImageRaster')
printer.image(Image.new('1', (64, 40), 0), impl='bitImageColumn')
printer.image(Image.new('1', (64, 40), 0), impl='graphics')
printer.barcode('4900000000003', 'EAN13', function_type='B')
printer.ln(2)
printer.cashdraw(2)
printer.buzzer()
printer.cut()
sys.stdout.buffer.write(printer.output)
"""


def node(script: str, *arguments: str, data: bytes = b"") -> bytes:
    environment = {**os.environ, "NODE_PATH": str(MODULES)}
    command = ["node", "-e", script, *arguments]
    return subprocess.run(
        command, input=data, env=environment, capture_output=True, check=True, timeout=60
    ).stdout


def slip_for(paper: SlipPaper, full: bool = False) -> bytes:
    sample = crowded(20) if full else receipt(applicant_name="演示·𠮷田")
    return PRESS.slip(station().sealer.issue(sample), paper)


def printed(data: bytes, width_mm: int = 80) -> tuple[Slip, list[str]]:
    """The paper those bytes give, and the commands the emulator has never heard of."""
    paper, reader, unknown = Paper(width_mm), CommandReader(), []
    reader.add(data)
    for command, raw in reader.commands():
        unknown += [] if is_known(command) else [raw.hex(" ")]
        paper.carry_out(command, raw)
    assert reader.rest() == b""
    return paper.tear(), unknown


@pytest.mark.devices
@needs_node
@pytest.mark.parametrize(("name", "paper"), PAPERS)
@pytest.mark.parametrize("kind", ["receipt", "crowded", "test"])
def test_a_foreign_parser_understands_every_byte(name: str, paper: SlipPaper, kind: str) -> None:
    data = PRESS.test_slip(paper, LINES) if kind == "test" else slip_for(paper, kind == "crowded")
    found = json.loads(node(_PARSE, data=data))
    assert found["error"] == ""
    at = 0
    for _, _, offset, length in found["nodes"]:
        assert offset == at  # nothing is left out between two commands
        at += length
    assert at == len(data)
    text = b"".join(data[o : o + n] for kind_, _, o, n in found["nodes"] if kind_ == "STX")
    ours = [line for line in printed(data, paper.width_mm)[0].lines if line.strip()]
    assert "".join(text.decode("gb18030").split()) == "".join("".join(ours).split())
    if kind == "receipt" and "raster" not in name:
        assert station().sealer.issue(receipt()).receipt.number in text.decode("gb18030")


def client(*arguments: str) -> str:
    """receiptio's word; it knows no other port than 9100, so the printer gets an address of its own."""
    command = ["node", str(MODULES / "receiptio" / "bin" / "cli.js"), "-d", "127.0.0.91", *arguments]
    slip = "^^^RECEIPT\n\nDemo | 1| 1.00\n---\n^TOTAL | ^1.00\n"
    done = subprocess.run(command, input=slip, capture_output=True, text=True, check=False, timeout=60)
    return (done.stdout + done.stderr).strip()


@pytest.mark.devices
@needs_node
def test_a_foreign_client_sees_a_printer(tmp_path: Path) -> None:
    with emulator("escpos", "--listen", "127.0.0.91:9100", "--out", str(tmp_path)) as device:
        assert client("-q", "printer") == "online"
        assert client("-t", "10") == "success"
        [slip] = device.command("printed")["slips"]
        assert slip["cut"]
        assert device.command("printed")["unknown"] == []
        for command, said in (("paper out", "paperempty"), ("cover open", "coveropen")):
            device.command(command)
            assert client("-q", "printer") == said
            assert client("-t", "3") == said
            device.command("paper ok")
            device.command("cover closed")
        assert client("-q", "printer") == "online"


@pytest.mark.devices
@needs_node
@pytest.mark.parametrize("language", ["escpos", "epson", "citizen", "generic"])
def test_slips_of_receiptline_are_understood(language: str) -> None:
    slip, unknown = printed(node(_GENERATE, language))
    assert unknown == []
    assert "演示凭证，样张" in "".join(slip.lines)


@pytest.mark.devices
@needs_python_escpos
def test_slips_of_python_escpos_are_understood() -> None:
    environment = {**os.environ, "PYTHONPATH": str(PYTHON)}
    data = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", _ESCPOS], env=environment, capture_output=True, check=True
    ).stdout
    slip, unknown = printed(data)
    assert unknown == []
    assert {"RECEIPT", "plain", "[QR TEST]"} <= {line.strip() for line in slip.lines}


@needs_zbar
@pytest.mark.parametrize("name", ["plain", "clone58", "clone58_raster"])
def test_two_readers_read_the_qr_off_the_paper(name: str, tmp_path: Path) -> None:
    paper = profile(name).paper(80)
    issued = station().sealer.issue(receipt())
    for data, text in ((PRESS.slip(issued, paper), issued.qr_text), (PRESS.test_slip(paper, LINES), "TEST")):
        slip, unknown = printed(data, paper.width_mm)
        assert unknown == []
        slip.picture.save(tmp_path / "slip.png")
        read = tmp_path / "slip.png"
        assert qr_readers.zxing(read) == qr_readers.zbar(read) == [text]
