"""The repository as plain files: behind any web server, with Range or without, and behind a dull cache."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from app.errors import OfflineError, StoppedByPersonError
from app.remote.catalog_sync import TufCatalogSync
from app.remote.download import Pace
from tests.remote.repositories import APublisher, Served, serving
from tests.remote.test_deltas import in_force

CONTENT = Random(9).randbytes(700_000)


@pytest.fixture
def publisher(tmp_path: Path) -> APublisher:
    made = APublisher(tmp_path / "gateway")
    made.publish("1", CONTENT)
    return made


@pytest.fixture
def plain_server(publisher: APublisher) -> Iterator[str]:
    """Python's own file server: it knows no Range."""
    serve = ["-m", "http.server", "0", "--bind", "127.0.0.1", "--directory", str(publisher.folder)]
    with subprocess.Popen(
        [sys.executable, "-u", *serve], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as server:
        assert server.stdout is not None
        port = server.stdout.readline().split(" port ")[1].split()[0]
        yield f"http://127.0.0.1:{port}"
        server.terminate()


def test_any_static_web_server_can_serve_it(publisher: APublisher, plain_server: str, tmp_path: Path) -> None:
    sync = TufCatalogSync(plain_server, tmp_path / "data", publisher.root)
    assert sync.run().changed and in_force(tmp_path / "data") == CONTENT
    publisher.publish("2", CONTENT + b"more")
    assert sync.run().changed and in_force(tmp_path / "data") == CONTENT + b"more"


def test_without_range_a_broken_download_starts_anew(
    publisher: APublisher, plain_server: str, tmp_path: Path
) -> None:
    data = tmp_path / "data"
    broken_off(publisher, data, 300_000)
    TufCatalogSync(plain_server, data, publisher.root).run()
    assert in_force(data) == CONTENT


def broken_off(publisher: APublisher, data: Path, after: int) -> None:
    """A sync whose answer ended after so many bytes, as when a cable is pulled."""
    with serving(publisher.files) as served:
        served.cut = after
        with pytest.raises(OfflineError):
            TufCatalogSync(served.url, data, publisher.root).run()
    [part] = (data / "catalog").glob("*.part")
    assert part.stat().st_size <= after


@pytest.mark.parametrize("after", [1, 1000, 262_144, 262_145, 700_000])
def test_interrupted_anywhere_it_goes_on_from_there(
    publisher: APublisher, tmp_path: Path, after: int
) -> None:
    data = tmp_path / "data"
    broken_off(publisher, data, after)
    [part] = (data / "catalog").glob("*.part")
    there = part.stat().st_size
    with serving(publisher.files) as served:
        TufCatalogSync(served.url, data, publisher.root).run()
        assert served.ranges == ([f"bytes={there}-"] if there else [])
    assert in_force(data) == CONTENT


def test_a_person_can_stop_it_and_go_on_later(publisher: APublisher, tmp_path: Path) -> None:
    def stop(done: int, total: int) -> None:
        if done > total / 3:
            raise StoppedByPersonError

    data = tmp_path / "data"
    with serving(publisher.files) as served:
        sync = TufCatalogSync(served.url, data, publisher.root)
        with pytest.raises(StoppedByPersonError):
            sync.run(stop)
        assert not (data / "catalog" / "current.json").exists()
        sync.run()
        assert in_force(data) == CONTENT and len(served.ranges) == 1


def test_a_limit_holds_and_can_be_left(monkeypatch: pytest.MonkeyPatch) -> None:
    """By a clock of our own: 1 MB at 800 kbit/s takes ten seconds of it, in short steps."""
    now = [100.0]
    beats: list[float] = []
    monkeypatch.setattr("app.remote.download.time.monotonic", lambda: now[0])
    monkeypatch.setattr("app.remote.download.time.sleep", lambda s: now.__setitem__(0, now[0] + s))
    pace = Pace(800)
    for _ in range(10):
        pace.wait(100_000, lambda: beats.append(now[0]))
    assert now[0] == pytest.approx(110.0) and len(beats) >= 50
    Pace().wait(10**12, lambda: beats.append(0.0))
    assert now[0] == pytest.approx(110.0)


def test_nothing_of_a_former_version_is_asked_for_again(publisher: APublisher, tmp_path: Path) -> None:
    served: Served
    with serving(publisher.files) as served:
        sync = TufCatalogSync(served.url, tmp_path / "data", publisher.root, rate_limit_kbit=10_000_000)
        sync.run()
        served.asked.clear()
        assert not sync.run().changed
        assert not [path for path in served.asked if path.endswith(".zst")]
