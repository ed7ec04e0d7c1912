"""The power goes while a document is photographed: the pages are there again, once, and nothing else is."""

import os
import random
import subprocess
import sys
from pathlib import Path

from app.store.local import open_local
from tests.e2e.hall import ROOT
from tests.services.fakes import FOLDER_KEY


def window(act: str, folder: Path) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "tests.e2e.shooting_window", act, str(folder)],
        cwd=ROOT,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        stdout=subprocess.PIPE,
        text=True,
    )


def test_pages_photographed_before_a_kill_become_the_document(tmp_path: Path) -> None:
    with window("shoot", tmp_path) as shooting:
        try:
            assert shooting.stdout is not None
            wanted = random.SystemRandom().randrange(1, 5)
            safe = [shooting.stdout.readline().strip() for _ in range(wanted)]
        finally:
            shooting.kill()  # in the middle of the next page, or of none
        assert all(safe), "the window ended by itself"
    with open_local(tmp_path / "data", "test", FOLDER_KEY) as local:
        with local.store.begin() as work:
            known = set(work.file_ids())
        assert {path.stem for path in local.folder.files.iterdir()} == known
        assert all((local.vault.get(file_id) or b"").startswith(b"\xff\xd8") for file_id in known)
        sealed = b"".join(path.read_bytes()[:64] for path in local.folder.files.iterdir())
        assert b"JFIF" not in sealed, "never in the plain"
    with window("finish", tmp_path) as finishing:
        told = finishing.communicate()[0].split("\n")[:-1]
    *back, kept = told
    assert back[: len(safe)] == safe, "in their order"
    assert len(back) - len(safe) in (0, 1), "one more may have been safe without having said so"
    pages, file_id = kept.split()
    assert int(pages) == len(back)
    assert [path.stem for path in (tmp_path / "data" / "files").iterdir()] == [file_id]
