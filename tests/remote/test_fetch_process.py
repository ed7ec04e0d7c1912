"""A window's catalog is fetched by a process of its own: what it tells, how it is stopped, how it dies."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from threading import Event

import pytest

from app.catalog.build import build_catalog
from app.catalog.source import CatalogFolder
from app.commands.fetch_lines import Order, answer, heard, parse_order
from app.commands.fetching import CatalogFetch
from app.domain.catalog import CatalogInfo
from app.errors import (
    AppError,
    CatalogUntrustedError,
    FetchBrokenError,
    OfflineError,
    StoppedByPersonError,
)
from app.ports import SyncReport
from app.remote.catalog_sync import TufCatalogSync
from app.texts import load
from tests.gateway.running import items
from tests.remote.repositories import APublisher, Served, serving

ROOT = Path(__file__).parents[2]
PATIENCE_S = 60.0
linux = pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="looks for processes in /proc")


@dataclass
class Station:
    publisher: APublisher
    served: Served
    data: Path
    gate: Event

    def fetch(self) -> CatalogFetch:
        return CatalogFetch(self.served.url, self.data, self.publisher.root)

    def info(self) -> CatalogInfo | None:
        catalog = CatalogFolder(self.data)
        found = catalog.info()
        catalog.close()
        return found

    def hold_back(self) -> None:
        """The catalog itself does not come before the gate opens."""

        def held(path: str, there: bytes) -> bytes:
            assert not path.endswith(".zst") or self.gate.wait(PATIENCE_S)
            return there

        self.served.lie = held

    @property
    def asked_for(self) -> bool:
        return any(path.endswith(".zst") for path in self.served.asked)


@pytest.fixture
def station(tmp_path: Path) -> Iterator[Station]:
    publisher, data = APublisher(tmp_path / "gateway"), tmp_path / "data"
    file = tmp_path / "1.sqlite"
    build_catalog([replace(i, draft=False) for i in items(40)], "1", datetime(2026, 11, 21, tzinfo=UTC), file)
    publisher.publish("1", file.read_bytes())
    data.mkdir()
    (data / "root.json").write_bytes(publisher.root)
    with serving(publisher.files) as served:
        made = Station(publisher, served, data, Event())
        yield made
        made.gate.set()


def test_a_catalog_is_fetched_beside_the_window(station: Station) -> None:
    seen: list[tuple[int, int]] = []
    report = station.fetch().run(lambda *at: seen.append(at))
    assert report == SyncReport("1", 7, changed=True)
    done, total = seen[-1]
    assert done == total > 0, "the last figure is always told"
    found = station.info()
    assert found is not None and found.version == "1"
    assert station.fetch().run() == SyncReport("1", 7, changed=False)


def test_a_refusal_keeps_its_kind_and_its_sentence(station: Station, tmp_path: Path) -> None:
    other = APublisher(tmp_path / "other")
    with pytest.raises(CatalogUntrustedError) as here:
        TufCatalogSync(station.served.url, tmp_path / "here", other.root).run()
    with pytest.raises(CatalogUntrustedError) as there:
        CatalogFetch(station.served.url, tmp_path / "there", other.root).run()
    assert type(there.value) is type(here.value)
    assert load().error(there.value) == load().error(here.value)
    with pytest.raises(OfflineError):
        CatalogFetch("http://127.0.0.1:9", tmp_path / "there", other.root).run()


def test_it_can_be_stopped_while_nothing_comes(station: Station) -> None:
    station.hold_back()

    def stop(_done: int, _total: int) -> None:
        if station.asked_for:
            raise StoppedByPersonError

    with pytest.raises(StoppedByPersonError):
        station.fetch().run(stop)
    assert station.info() is None
    station.gate.set()
    assert station.fetch().run().changed


@linux
def test_one_that_is_killed_is_told_of_and_can_be_tried_again(station: Station) -> None:
    station.hold_back()
    killed: list[int] = []

    def kill(_done: int, _total: int) -> None:
        if station.asked_for and not killed:
            killed.extend(children(os.getpid()))
            for pid in killed:
                os.kill(pid, signal.SIGKILL)

    with pytest.raises(FetchBrokenError) as caught:
        station.fetch().run(kill)
    assert killed and load().error(caught.value) == load()["error.remote.fetch_broken.text"]
    station.gate.set()
    assert station.fetch().run().changed


@linux
def test_it_ends_with_the_window_however_that_ends(station: Station) -> None:
    station.hold_back()
    command = [sys.executable, "-m", "tests.remote.fetch_once", station.served.url, str(station.data)]
    with subprocess.Popen(command, cwd=ROOT) as window:
        until(lambda: station.asked_for)
        (fetching,) = children(window.pid)
        window.kill()
    until(lambda: not running(fetching))
    assert station.info() is None


def children(pid: int) -> list[int]:
    """Of our own fetching, by what each was started as."""
    tasks = Path(f"/proc/{pid}/task").iterdir()
    listed = [int(child) for task in tasks for child in (task / "children").read_text().split()]
    return [child for child in listed if b"fetch-catalog" in Path(f"/proc/{child}/cmdline").read_bytes()]


def running(pid: int) -> bool:
    """A process nobody has waited for yet has ended all the same."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def until(seen: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE_S
    while not seen():
        assert time.monotonic() < end
        time.sleep(0.01)


# -- the lines -----------------------------------------------------------------------------------------


def family(root: type[AppError]) -> Iterator[type[AppError]]:
    if root.__module__.startswith("app.errors") and root is not AppError:
        yield root
    for kind in root.__subclasses__():
        yield from family(kind)


@pytest.mark.parametrize("kind", sorted(set(family(AppError)), key=lambda k: k.code))
def test_every_error_crosses_with_its_values(kind: type[AppError]) -> None:
    given = kind("why", now="09:00", missing=["a"], days=3)

    def refuse(_progress: object) -> SyncReport:
        raise given

    said: list[str] = []
    answer(refuse, said.append)
    with pytest.raises(AppError) as caught:
        heard(said[-1])
    assert type(caught.value) is kind
    assert str(caught.value) == "why" and caught.value.values == given.values
    assert (caught.value.blame, caught.value.retryable) == (kind.blame, kind.retryable)


def test_progress_is_told_now_and_then_and_at_the_end() -> None:
    def fetch(progress: Callable[[int, int], None]) -> SyncReport:
        for done in range(100_001):
            progress(done, 100_000)
        return SyncReport("v", 5, changed=True)

    said: list[str] = []
    answer(fetch, said.append)
    told = [heard(line) for line in said]
    assert told[-2:] == [(100_000, 100_000), SyncReport("v", 5, changed=True)]
    assert len(told) < 10_000
    figures = [at[0] for at in told[:-1] if isinstance(at, tuple)]
    assert figures == sorted(set(figures))


@pytest.mark.parametrize("line", ["", "x", "[]", "{}", '{"progress": [1]}', '{"error": {"code": "no.such"}}'])
def test_what_is_no_line_of_ours_is_a_fetch_that_broke(line: str) -> None:
    with pytest.raises(FetchBrokenError):
        heard(line)


def test_an_order_is_one_line() -> None:
    order = Order("https://gateway.example", '{\n "signed": {}\n}', 512)
    assert "\n" not in order.line() and parse_order(order.line().encode()) == order
