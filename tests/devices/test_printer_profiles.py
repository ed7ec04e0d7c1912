"""Models of receipt printers: right as a whole, or refused by name."""

from pathlib import Path

import pytest

from app.domain.printing import SlipPaper, SlipText
from app.errors import SettingsError
from devices.printer_profiles import FILE, Proof, profile, profiles, read

GOOD = FILE.read_text(encoding="utf-8").split("[epson_tm80]")[0]


def test_the_models_of_the_program_are_whole_and_say_how_sure_they_are() -> None:
    known = profiles()
    assert {"plain", "epson_tm80", "clone80", "clone58", "mute"} <= known.keys()
    assert known["mute"].proof is Proof.NONE
    assert known["mute"].status == ()
    assert {model.sure.value for model in known.values()} <= {"maker", "listed", "assumed", "measured"}


def test_no_name_is_the_plain_model() -> None:
    assert profile() is profile("plain")


def test_a_model_nobody_wrote_is_refused_by_name() -> None:
    with pytest.raises(SettingsError, match="tm_u220"):
        profile("tm_u220")


@pytest.mark.parametrize(
    ("name", "roll", "paper"),
    [
        ("plain", 80, SlipPaper()),
        ("plain", 58, SlipPaper(58, 384)),
        ("clone58", 80, SlipPaper(58, 384, False, SlipText.GB18030, 128, 112)),
        ("clone58_raster", 58, SlipPaper(58, 384, False, SlipText.RASTER, 128, 112)),
    ],
)
def test_the_narrower_of_printer_and_roll_counts(name: str, roll: int, paper: SlipPaper) -> None:
    assert profile(name).paper(roll) == paper


@pytest.mark.parametrize(
    ("said", "instead", "named"),
    [
        ('proof = "auto"', 'proof = "hope"', "proof"),
        ("dots = 576", "dots = 577", "dots"),
        ("dots = 576", "dots = 1024", "dots"),
        ("width_mm = 80", "width_mm = true", "width_mm"),
        ("status = [1, 2, 3, 4]", "status = [1, 5]", "status"),
        ("status = [1, 2, 3, 4]", "status = 4", "status"),
        ("slice_rows = 255", "slice_rows = 0", "slice_rows"),
        ("cutter = true", "", "cutter"),
        ("cutter = true", "cutter = true\nknife = 1", "knife"),
        ('sure = "assumed"', 'sure = "quite"', "sure"),
    ],
)
def test_a_wrong_table_is_refused_with_its_field(tmp_path: Path, said: str, instead: str, named: str) -> None:
    path = tmp_path / "printers.toml"
    path.write_text(GOOD.replace(said, instead, 1), encoding="utf-8")
    with pytest.raises(SettingsError, match=f"plain.*{named}"):
        read(path)


def test_a_file_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"none\.toml"):
        read(tmp_path / "none.toml")


def test_a_slow_line_gets_the_time_its_bytes_take() -> None:
    slow, fast = profile().seconds_for(19_200, 960), profile().seconds_for(19_200, 11_520)
    assert slow > 20 > fast > 1.6
    assert profile().seconds_for(0, 960) == 0
