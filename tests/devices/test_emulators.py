"""The emulators themselves: what they print is what was sent, and they come and go cleanly."""

import json
import signal
import socket
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from app.domain.identity import CARD_KINDS, DocumentKind, Sex
from devices.emulators.cards import PRESETS, load_cards
from devices.emulators.escpos_commands import CommandReader
from devices.emulators.escpos_paper import DOTS, MARGIN, STRIP, Paper, Slip
from devices.escpos_status import ASK_MODEL, ASK_OFFLINE, ASK_PAPER_IN_ORDER
from devices.line import Line, open_line
from tests.devices.emulators import ROOT, Emulated, emulator
from tests.patience import PATIENCE_S


def printed(data: bytes, width_mm: int = 80) -> Slip:
    """The slip that some bytes give, without a printer around it."""
    paper, reader = Paper(width_mm), CommandReader()
    reader.add(data)
    for command, raw in reader.commands():
        paper.carry_out(command, raw)
    assert reader.rest() == b""
    return paper.tear()


def double_byte(text: str) -> bytes:
    return b"\x1c&" + text.encode("gb18030") + b"\x1c."


def ink(slip: Slip) -> Image.Image:
    """What the head can reach: the paper without its margins and the strip at its edge."""
    right, bottom = slip.picture.width - STRIP - MARGIN, slip.picture.height - MARGIN
    return slip.picture.crop((MARGIN, MARGIN, right, bottom))


def black_columns(slip: Slip) -> tuple[int, int]:
    box = ink(slip).point(lambda value: 255 - value).getbbox()
    assert box is not None
    return int(box[0]), int(box[2])


def test_chinese_needs_its_mode_and_keeps_its_punctuation() -> None:
    text = "：，。（）￥〇①　演示"
    assert printed(double_byte(text) + b"\n").lines == [text]
    assert printed("演示".encode("gb18030") + b"\n").lines != ["演示"]


def test_a_character_of_four_bytes_is_lost_as_on_a_real_printer() -> None:
    assert "𠮷" not in printed(double_byte("演𠮷示") + b"\n").lines[0]


def test_text_too_wide_goes_on_in_the_next_line() -> None:
    assert printed(double_byte("演" * 25) + b"\n").lines == ["演" * 24, "演"]
    assert printed(b"x" * 33 + b"\n", 58).lines == ["x" * 32, "x"]
    assert printed(b"\x1d!\x11" + double_byte("演" * 13) + b"\n").lines == ["演" * 12, "演"]


@pytest.mark.parametrize(("align", "left"), [(0, 0), (1, 240), (2, 480)])
def test_alignment(align: int, left: int) -> None:
    """A raster 96 dots wide, all black, where the alignment puts it."""
    raster = b"\x1dv0\x00\x0c\x00\x18\x00" + b"\xff" * 12 * 24
    assert black_columns(printed(bytes((0x1B, 0x61, align)) + raster)) == (left, left + 96)


def test_a_raster_is_drawn_dot_for_dot() -> None:
    rows = bytes(range(256))
    slip = printed(b"\x1dv0\x00\x10\x00\x10\x00" + rows)
    drawn = ink(slip).crop((0, 0, 128, 16)).convert("1")
    assert bytes(byte ^ 0xFF for byte in drawn.tobytes()) == rows


def test_styles_change_the_ink() -> None:
    plain, bold, big, back = (
        ink(printed(style + double_byte("演示") + b"\n"))
        for style in (b"", b"\x1bE\x01", b"\x1d!\x11", b"\x1bE\x01\x1bE\x00")
    )
    dark = [sum(picture.histogram()[:128]) for picture in (plain, bold, big)]
    assert dark[0] < dark[1]
    assert dark[2] == 4 * dark[0]
    assert plain.tobytes() == back.tobytes()


def test_the_edge_says_that_it_is_a_demonstration() -> None:
    slip = printed(double_byte("演示") * 10 + b"\n" * 20)
    width, height = slip.picture.size
    assert width == DOTS[80] + 2 * MARGIN + STRIP
    strip = slip.picture.crop((width - STRIP, 0, width, height))
    assert sum(strip.histogram()[:128]) > 100


@given(st.binary(max_size=300), st.integers(1, 40))
def test_any_bytes_are_survived_however_they_are_cut(data: bytes, size: int) -> None:
    whole, cut = CommandReader(), CommandReader()
    whole.add(data)
    expected = b"".join(raw for _, raw in whole.commands()) + whole.rest()
    found = b""
    for at in range(0, len(data), size):
        cut.add(data[at : at + size])
        found += b"".join(raw for _, raw in cut.commands())
    assert found + cut.rest() == expected == data


def answer(line: Line, question: bytes, size: int) -> bytes:
    line.write(question)
    data = b""
    while len(data) < size:
        data += line.read()
    return data


def test_questions_of_an_independent_client(escpos: Emulated) -> None:
    """How another maker's receipt client opens: status, a foreign probe, names, automatic status."""
    escpos.command("fault none")
    with closing(open_line(escpos.url)) as line:
        assert answer(line, b"\x10\x04\x02\x1b\x06\x01\x1b\x40", 1) == b"\x12"
        assert answer(line, b"\x1dIB\x1dIC", 15) == b"\x5fDEMO\x00\x5fEMULATOR\x00"
        assert answer(line, b"\x1da\xff", 4) == b"\x10\x00\x00\x00"
        escpos.command("cover open")
        assert answer(line, b"", 4) == b"\x38\x00\x00\x00"
        escpos.command("cover closed")
        assert answer(line, b"", 4) == b"\x10\x00\x00\x00"
        assert answer(line, b"\x1d(H\x06\x0000abcd", 7) == b"\x37\x22abcd\x00"


def test_a_stopped_printer_keeps_what_came_and_goes_on(escpos: Emulated) -> None:
    escpos.command("forget")
    escpos.command("paper out")
    with closing(open_line(escpos.url)) as line:
        line.write(b"late\n\x1dV\x00" + ASK_PAPER_IN_ORDER)
        assert answer(line, ASK_OFFLINE, 1) == b"\x32"
        assert escpos.command("printed")["slips"] == []
        escpos.command("paper ok")
        assert answer(line, b"", 1) == b"\x00"
    assert escpos.command("printed")["slips"][0]["lines"] == ["late"]


def test_each_cut_gives_a_picture_and_its_bytes(tmp_path: Path) -> None:
    slip = b"\x1b@" + double_byte("演示凭证") + b"\n\x1dV\x00"
    with emulator("escpos", "--out", str(tmp_path)) as device, closing(open_line(device.url)) as line:
        answer(line, slip + slip + ASK_PAPER_IN_ORDER, 1)
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "slip-0001.bin", "slip-0001.png", "slip-0002.bin", "slip-0002.png",
    ]  # fmt: skip
    assert (tmp_path / "slip-0002.bin").read_bytes() == slip
    with Image.open(tmp_path / "slip-0002.png") as picture:
        assert picture.width == DOTS[80] + 2 * MARGIN + STRIP


def test_a_second_client_waits_for_the_first(escpos: Emulated) -> None:
    with closing(open_line(escpos.url)) as second, closing(open_line(escpos.url)) as first:
        second.write(ASK_MODEL)
        # the order of connecting decides: the second opened here came first
        assert answer(second, b"", 10) == b"\x5fEMULATOR\x00"
        first.write(ASK_OFFLINE)
        assert first.read(0.2) == b""
        second.close()
        assert answer(first, b"", 1) == b"\x12"


def test_commands_nobody_understands_are_refused(sdt: Emulated) -> None:
    host, _, port = sdt.control.rpartition(":")
    with (
        socket.create_connection((host, int(port)), timeout=PATIENCE_S) as door,
        door.makefile("rw") as words,
    ):
        for line in ("dance", "put nobody", "fault nonsense", "fault status:GG", 'put "'):
            words.write(line + "\n")
            words.flush()
            refused = json.loads(words.readline())
            assert refused["ok"] is False
            assert refused["error"]


def test_cards_from_a_file(tmp_path: Path) -> None:
    cards = tmp_path / "cards.json"
    anna = {
        "kind": "resident", "name": "演示·安", "number": "11010519491231002X", "sex": "2", "nation": "01",
        "birth": "1949-12-31", "valid_from": "2015-01-01", "valid_to": "长期", "newest_address": "演示新址",
    }  # fmt: skip
    cards.write_text(json.dumps({"anna": anna}), encoding="utf-8")
    card = load_cards(cards)["anna"]
    assert (card.document.sex, card.document.long_term, card.newest_address) == (Sex.FEMALE, True, "演示新址")
    with emulator("sdt", "--cards", str(cards), "--card", "anna") as device:
        assert device.command("put anna")["card"]


def test_the_presets_show_every_kind_and_only_people_who_do_not_exist() -> None:
    kinds = {card.document.kind for card in PRESETS.values()}
    assert kinds == set(CARD_KINDS)
    assert all("演示" in card.document.name or card.document.name == "证件样本" for card in PRESETS.values())
    assert PRESETS["bad_number"].document.number_valid is False
    assert DocumentKind.RESIDENT is PRESETS["rare"].document.kind


@pytest.mark.parametrize("kind", ["sdt", "escpos", "scanner"])
def test_each_stops_cleanly_when_told(kind: str) -> None:
    with emulator(kind) as device, closing(open_line(device.url)):
        device.process.send_signal(signal.SIGTERM)
        assert device.process.wait(timeout=PATIENCE_S) == 0


def test_a_leash_ends_the_emulator_with_its_starter() -> None:
    with emulator("sdt") as device:
        assert device.process.stdin is not None
        device.process.stdin.close()
        assert device.process.wait(timeout=PATIENCE_S) == 0


def test_wrong_arguments_are_told() -> None:
    command = [sys.executable, "-m", "devices.emulators.sdt", "--card", "nobody"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE_S, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert "nobody" in done.stderr
