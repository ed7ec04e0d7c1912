"""Codes from a scanner: every suffix, both encodings, and nothing else."""

import time
from contextlib import closing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.device import Scanned
from app.errors import DeviceNotFoundError, DeviceProtocolError
from devices.line import open_line
from devices.scanner import LONGEST, CodeSplitter, SerialScanner, decode
from tests.devices.emulators import Emulated, emulator
from tests.patience import PATIENCE_S


def scanned(scanner: SerialScanner, count: int) -> list[str]:
    """So many codes, or what came before patience ended."""
    found: list[Scanned] = []
    ends = time.monotonic() + PATIENCE_S
    while len(found) < count and time.monotonic() < ends:
        found += scanner.poll()
    return [code.text for code in found]


@pytest.mark.parametrize("suffix", ["crlf", "cr", "lf", "none"])
@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_every_suffix_and_encoding(suffix: str, encoding: str) -> None:
    codes = (
        ["HTTPS://Q.EXAMPLE.CN/R/ABC"] if suffix == "none" else ["HTTPS://Q.EXAMPLE.CN/R/ABC", "演示码", "3"]
    )
    arguments = [word for code in codes for word in ("--code", code)]
    with (
        emulator("scanner", "--suffix", suffix, "--encoding", encoding, *arguments) as device,
        closing(open_line(device.url)) as line,
    ):
        assert scanned(SerialScanner(line), len(codes)) == codes


def test_codes_one_after_the_other(scanner: Emulated) -> None:
    with closing(open_line(scanner.url)) as line:
        driver = SerialScanner(line)
        for code in ("first", "第二个", "third"):
            scanner.command(f"scan {code}")
            assert scanned(driver, 1) == [code]


def test_bytes_in_no_known_encoding(scanner: Emulated) -> None:
    with closing(open_line(scanner.url)) as line:
        driver = SerialScanner(line)
        scanner.command("raw ff0d")
        with pytest.raises(DeviceProtocolError):
            scanned(driver, 1)
        scanner.command("scan good")
        assert scanned(driver, 1) == ["good"]


def test_an_unplugged_scanner() -> None:
    with emulator("scanner") as device:
        line = open_line(device.url)
    with closing(line), pytest.raises(DeviceNotFoundError):
        scanned(SerialScanner(line), 1)


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("演示".encode(), "演示"),
        ("演示".encode("gb18030"), "演示"),
        (b" \x02ABC\x03 ", "ABC"),
        (b"", ""),
    ],
)
def test_decoding(code: bytes, text: str) -> None:
    assert decode(code) == text


def test_an_overlong_code_is_dropped_and_the_next_one_comes() -> None:
    splitter = CodeSplitter()
    assert splitter.feed(b"x" * LONGEST) == []
    assert splitter.feed(b"x") == []
    assert splitter.waiting
    assert splitter.feed(b"x\ngood\r") == [b"good"]
    assert splitter.feed(b"x" * LONGEST + b"\r") == [b"x" * LONGEST]


@given(
    st.lists(st.binary(min_size=1, max_size=30).filter(lambda code: not {10, 13} & set(code)), max_size=5),
    st.sampled_from([b"\r", b"\n", b"\r\n"]),
    st.data(),
)
def test_codes_come_out_however_they_are_cut(codes: list[bytes], suffix: bytes, data: st.DataObject) -> None:
    stream = b"".join(code + suffix for code in codes)
    splitter, found = CodeSplitter(), []
    while stream:
        size = data.draw(st.integers(1, len(stream)))
        found += splitter.feed(stream[:size])
        stream = stream[size:]
    assert found + splitter.end() == codes
