"""kill -9 at random instants of a sync, whole and by delta: a whole catalog is there and answers."""

import hashlib
import json
import os
import random
import signal
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.catalog.build import build_catalog
from app.catalog.source import CatalogFolder
from app.remote.catalog_sync import TufCatalogSync
from tests.gateway.running import items
from tests.remote.repositories import APublisher, serving

ROOT = Path(__file__).parents[2]
AT = datetime(2026, 11, 21, tzinfo=UTC)


@pytest.mark.soak
def test_two_hundred_kills(tmp_path: Path) -> None:
    kills(tmp_path, 200)


def test_a_few_kills(tmp_path: Path) -> None:
    kills(tmp_path, 6)


def kills(tmp_path: Path, count: int) -> None:
    chance = random.Random(os.urandom(8))
    publisher, data, catalogs = APublisher(tmp_path / "gateway"), tmp_path / "data", built(tmp_path)
    publisher.publish("0", catalogs[0])
    data.mkdir()
    (data / "root.json").write_bytes(publisher.root)
    landed = 0
    with serving(publisher.files) as served:
        TufCatalogSync(served.url, data, publisher.root).run()
        for number in range(1, count + 1):
            if chance.random() < 0.3:  # no delta: the version here is not one the gateway knows
                for path in publisher.repository.kept.glob("*"):
                    path.unlink()
            publisher.publish(str(number), catalogs[number % len(catalogs)])
            landed += killed(served.url, data, chance.uniform(0.0, 0.12))
            assert whole(data) in catalogs, number
        TufCatalogSync(served.url, data, publisher.root).run()
        assert whole(data) == catalogs[count % len(catalogs)]
    assert not [path for path in (data / "catalog").iterdir() if path.suffix in (".part", ".new")]
    assert landed >= count / 3  # else the kills came too late to show anything


def built(tmp_path: Path) -> list[bytes]:
    """Three real catalogs, each followed by the next."""
    made: list[bytes] = []
    for number, count in enumerate((400, 401, 402)):
        file = tmp_path / f"{number}.sqlite"
        like = tmp_path / f"{number - 1}.sqlite" if number else None
        build_catalog([replace(i, draft=False) for i in items(count)], str(number), AT, file, like=like)
        made.append(file.read_bytes())
    return made


def killed(url: str, data: Path, after_s: float) -> bool:
    """Start a sync in a process of its own and kill it so long after it began; True when it was not done."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.remote.sync_once", url, str(data), "announce"],
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    ) as child:  # fmt: skip
        assert child.stdout is not None and child.stdout.readline() == "begins\n"
        try:
            child.wait(after_s)  # an instant at random is what is tried
        except subprocess.TimeoutExpired:
            child.send_signal(signal.SIGKILL)
        return child.wait() == -signal.SIGKILL


def whole(data: Path) -> bytes:
    """The catalog in force, checked and asked."""
    pointer = json.loads((data / "catalog" / "current.json").read_bytes())
    content = (data / "catalog" / pointer["file"]).read_bytes()
    assert hashlib.sha256(content).hexdigest() == pointer["sha256"]
    catalog = CatalogFolder(data)
    info, found = catalog.info(), catalog.item(items(1)[0].code)
    catalog.close()
    assert info is not None and found is not None
    return content
