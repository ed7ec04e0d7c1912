"""The tour: the main job in all three modes by keys and presses, with pictures and papers."""

import subprocess
import sys
from pathlib import Path

from PIL import Image

from tests.e2e.hall import ROOT

SIZES = {"counter": (1366, 768), "kiosk": (1080, 1920), "popup": (1366, 768)}


def test_the_tour_leaves_pictures_of_all_modes_and_the_papers(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "main.py"), "tour", "--out", str(tmp_path)],
        capture_output=True, text=True, timeout=300, cwd=ROOT,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr and "CRITICAL" not in done.stderr, done.stderr
    assert str(tmp_path) in done.stdout
    for mode, size in SIZES.items():
        pictures = sorted(tmp_path.glob(f"{mode}-*.png"))
        assert len(pictures) >= 3, mode
        assert all(_size(picture) == size for picture in pictures)
        assert (tmp_path / f"{mode}-receipt.pdf").read_bytes().startswith(b"%PDF")
    assert len(list(tmp_path.glob("slip-*.png"))) == len(SIZES), "one slip a mode"
    assert len(list(tmp_path.glob("doc-*.png"))) == 2, "both parts of the counter's A4 paper"


def _size(picture: Path) -> tuple[int, int]:
    with Image.open(picture) as image:
        return image.size
