"""The photo plug-in: recognised photos go to a real process, and nothing it does can hurt."""

import io
import os
import stat
import sys
from pathlib import Path

import pytest
from PIL import Image

from devices.emulators.sdt import PHOTO
from devices.wlt_photo import HEAD, SIZE, can_decode, decode_photo, is_wlt, picture_of


def plug_in(body: str) -> list[str]:
    return [
        sys.executable,
        "-c",
        "import sys; wlt = sys.stdin.buffer.read(); out = sys.stdout.buffer\n" + body,
    ]


def picture(kind: str, size: tuple[int, int] = (102, 126)) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", size, "white").save(file, kind)
    return file.getvalue()


def test_a_photo_is_known_by_its_head_and_length() -> None:
    assert is_wlt(PHOTO)
    assert is_wlt(HEAD + bytes(SIZE - len(HEAD)))
    assert not is_wlt(PHOTO[:-1])
    assert not is_wlt(PHOTO + b"\0")
    assert not is_wlt(b"\x5a" * SIZE)
    assert not is_wlt(b"")


@pytest.mark.parametrize(("kind", "media_type"), [("BMP", "image/bmp"), ("PNG", "image/png")])
def test_the_plug_in_gets_the_photo_and_gives_a_picture(tmp_path: Path, kind: str, media_type: str) -> None:
    (tmp_path / "face").write_bytes(picture(kind))
    command = plug_in(f"assert len(wlt) == 1024; out.write(open({str(tmp_path / 'face')!r}, 'rb').read())")
    found = decode_photo(PHOTO, command)
    assert found is not None
    assert (found.media_type, found.width, found.height) == (media_type, 102, 126)
    assert found.data == picture(kind)
    assert "data" not in repr(found)


@pytest.mark.parametrize(
    "body",
    [
        "",
        "out.write(b'no picture')",
        "sys.exit(1)",
        "import os; os.abort()",
        "out.write(b'BM')",
        "raise OSError",
    ],
)
def test_whatever_it_does_wrong_is_no_picture(body: str) -> None:
    assert decode_photo(PHOTO, plug_in(body)) is None


def test_a_plug_in_that_hangs_is_killed(tmp_path: Path) -> None:
    told = tmp_path / "pid"
    body = f"import os, time; open({str(told)!r}, 'w').write(str(os.getpid())); time.sleep(600)"
    # starting an interpreter alone may take its time on a busy machine
    assert decode_photo(PHOTO, plug_in(body), deadline_s=2.0) is None
    if told.exists():
        with pytest.raises(ProcessLookupError):
            os.kill(int(told.read_text()), 0)


def test_what_is_no_photo_is_not_passed_on(tmp_path: Path) -> None:
    called = tmp_path / "called"
    command = plug_in(f"open({str(called)!r}, 'w')")
    assert decode_photo(b"\x5a" * SIZE, command) is None
    assert decode_photo(PHOTO, command) is None
    assert called.exists()


def test_a_plug_in_that_is_not_there() -> None:
    assert not can_decode([])
    assert not can_decode(["/no/such/program"])
    assert decode_photo(PHOTO, ["/no/such/program"]) is None
    assert decode_photo(PHOTO, []) is None


def test_a_plug_in_that_cannot_be_started(tmp_path: Path) -> None:
    program = tmp_path / "decoder"
    program.write_bytes(b"\x7fELF nothing")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    assert can_decode([str(program)])
    assert decode_photo(PHOTO, [str(program)]) is None


@pytest.mark.parametrize("kind", ["BMP", "PNG"])
def test_a_picture_cut_short_or_too_large(kind: str) -> None:
    whole = picture(kind, (3, 4))
    for cut in range(24):
        assert picture_of(whole[:cut]) is None
    assert picture_of(picture(kind, (4000, 1))) is None
    assert picture_of(whole + bytes(1 << 20)) is None


def test_a_picture_that_runs_from_the_top() -> None:
    data = bytearray(picture("BMP", (3, 4)))
    data[22:26] = (-4).to_bytes(4, "little", signed=True)
    found = picture_of(bytes(data))
    assert found is not None
    assert (found.width, found.height) == (3, 4)
