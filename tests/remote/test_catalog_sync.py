"""The signed catalog under attack and under accident: what is taken is whole, new enough and signed."""

import hashlib
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest

from app.domain.hall_time import CHINA
from app.domain.receipt import StationKey
from app.errors import (
    AppError,
    CatalogUntrustedError,
    ClockWrongError,
    DiskFullError,
    NoCatalogError,
    OfflineError,
    ProtocolError,
)
from app.gateway.publishing import STATIONS, stations_document
from app.remote.catalog_sync import TufCatalogSync
from app.remote.station_keys import SyncedStationKeys
from tests.patience import PATIENCE_S
from tests.remote.repositories import APublisher, Served, serving
from tests.remote.trouble import answer, flood, raw, server, silence

ROOT = Path(__file__).parents[2]
OLD, NEW = b"old" + Random(1).randbytes(60_000), b"new" + Random(2).randbytes(1_080_000)
KEY = StationKey("00112233AABBCCDD", "441900A12", "演示", "pem")


@pytest.fixture
def publisher(tmp_path: Path) -> APublisher:
    made = APublisher(tmp_path / "repository")
    made.publish("1", OLD)
    return made


@pytest.fixture
def served(publisher: APublisher) -> Iterator[Served]:
    with serving(publisher.files) as started:
        yield started


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


def in_force(data: Path) -> bytes:
    """The catalog the pointer names, checked against the pointer's own digest."""
    pointer = json.loads((data / "catalog" / "current.json").read_bytes())
    assert set(pointer) == {"version", "file", "sha256", "items", "published_at"}
    content: bytes = (data / "catalog" / pointer["file"]).read_bytes()
    assert hashlib.sha256(content).hexdigest() == pointer["sha256"]
    assert pointer["file"] == pointer["sha256"][:16] + ".sqlite"
    return content


def refused(
    served: Served, data: Path, root: bytes, kind: type[AppError] = CatalogUntrustedError
) -> AppError:
    with pytest.raises(kind) as caught:
        TufCatalogSync(served.url, data, root).run()
    return caught.value


# -- the good way --------------------------------------------------------------------------------------


def test_a_new_catalog_replaces_the_old_one(publisher: APublisher, served: Served, data: Path) -> None:
    seen: list[tuple[int, int]] = []
    sync = TufCatalogSync(served.url, data, publisher.root)
    first = sync.run(lambda done, total: seen.append((done, total)))
    assert (first.catalog_version, first.items, first.changed) == ("1", 7, True)
    assert seen == sorted(seen) and seen[-1][0] == seen[-1][1] > len(OLD)
    assert in_force(data) == OLD
    assert not sync.run().changed

    publisher.publish("2", NEW)
    assert sync.run().changed
    assert in_force(data) == NEW
    publisher.publish("3", b"third")
    TufCatalogSync(served.url, data, publisher.root).run()
    kept = {p.name for p in (data / "catalog").iterdir()}
    names = {hashlib.sha256(c).hexdigest()[:16] + ".sqlite" for c in (NEW, b"third")}
    assert kept == names | {"current.json", "verified.json"}  # the present and the one before, nothing else


def test_a_second_sync_fetches_only_what_is_new(publisher: APublisher, served: Served, data: Path) -> None:
    sync = TufCatalogSync(served.url, data, publisher.root)
    sync.run()
    served.asked.clear()
    sync.run()
    assert [p for p in served.asked if p.endswith((".zst", ".delta", "stations.json"))] == []


def test_a_catalog_damaged_on_the_disk_is_fetched_again(
    publisher: APublisher, served: Served, data: Path
) -> None:
    sync = TufCatalogSync(served.url, data, publisher.root)
    sync.run()
    file = next((data / "catalog").glob("*.sqlite"))
    file.write_bytes(OLD[:-1] + b"X")
    report = sync.run()
    assert in_force(data) == OLD and not report.changed


def test_nothing_published_yet_is_said_so(tmp_path: Path, data: Path) -> None:
    publisher = APublisher(tmp_path / "empty")
    publisher.repository.publish({STATIONS: stations_document((KEY,))})
    with serving(publisher.files) as served:
        refused(served, data, publisher.root, NoCatalogError)
    assert SyncedStationKeys(data).key(KEY.key_id) == KEY


def test_signing_keys_can_be_renewed(
    tmp_path: Path, publisher: APublisher, served: Served, data: Path
) -> None:
    """Ten years on, the root is signed anew; a station that knows only the first follows the chain."""
    TufCatalogSync(served.url, data, publisher.root).run()
    later = datetime.now(UTC).replace(microsecond=0) + timedelta(days=6 * 365)
    aged = APublisher(publisher.folder, now=lambda: later)
    aged.repository.renew()
    assert (aged.repository.metadata / "2.root.json").exists()
    aged.publish("2", NEW)
    TufCatalogSync(served.url, data, publisher.root).run()
    assert in_force(data) == NEW


# -- attacks -------------------------------------------------------------------------------------------


def test_an_older_repository_is_refused(publisher: APublisher, served: Served, data: Path) -> None:
    before = publisher.files()
    publisher.publish("2", NEW)
    TufCatalogSync(served.url, data, publisher.root).run()
    served.files = lambda: before
    refused(served, data, publisher.root)
    assert in_force(data) == NEW


def test_a_frozen_repository_is_refused_once_it_expired(tmp_path: Path, data: Path) -> None:
    long_ago = datetime.now(UTC).replace(microsecond=0) - timedelta(days=3)
    frozen = APublisher(tmp_path / "frozen", now=lambda: long_ago)
    frozen.publish("1", OLD)
    with serving(frozen.files) as served:
        refused(served, data, frozen.root)
        assert not (data / "catalog" / "current.json").exists()


def test_expiry_by_a_wrong_clock_is_told_as_a_wrong_clock(tmp_path: Path, data: Path) -> None:
    """Our clock runs three days ahead of the gateway's: seen from here its signatures are too old."""
    theirs = datetime.now(UTC).replace(microsecond=0) - timedelta(days=3)
    frozen = APublisher(tmp_path / "frozen", now=lambda: theirs)
    frozen.publish("1", OLD)
    with serving(frozen.files) as served:
        served.date = theirs
        error = refused(served, data, frozen.root, ClockWrongError)
    assert str(error.values["known"])[:10] == f"{theirs.astimezone(CHINA):%Y-%m-%d}"


def test_another_publishers_repository_is_refused(
    tmp_path: Path, publisher: APublisher, served: Served, data: Path
) -> None:
    stranger = APublisher(tmp_path / "stranger")
    stranger.publish("9", NEW)
    TufCatalogSync(served.url, data, publisher.root).run()
    served.files = stranger.files
    refused(served, data, publisher.root)
    assert in_force(data) == OLD


@pytest.mark.parametrize("role", ["timestamp", "snapshot", "targets"])
def test_metadata_of_two_moments_do_not_mix(
    publisher: APublisher, served: Served, data: Path, role: str
) -> None:
    """Each piece is genuinely signed, but they were never in force together."""
    before = publisher.files()
    publisher.publish("2", NEW)
    after = publisher.files()

    def newest(files: dict[str, bytes]) -> str:
        named = [p for p in files if p.endswith(f"{role}.json") and "/metadata/" in p]
        return max(named, key=lambda p: int(p.rsplit("/", 1)[1].split(".")[0]) if role != "timestamp" else 0)

    mixed = {**after, newest(after): before[newest(before)]}
    if role == "timestamp":  # an old timestamp with new files is simply the old repository
        mixed = {**mixed, **{p: b"{}" for p in mixed if p.endswith(newest(before))}}
    served.files = lambda: mixed
    refused(served, data, publisher.root)


@pytest.mark.parametrize(
    "name", ["timestamp.json", "snapshot.json", "targets.json", "stations.json", "current.json"]
)
@pytest.mark.parametrize("how", ["flip", "cut", "longer", "empty", "garbage"])
def test_small_files_that_were_changed_are_refused(
    publisher: APublisher, served: Served, data: Path, name: str, how: str
) -> None:
    def lie(path: str, there: bytes) -> bytes:
        if not path.endswith(name):
            return there
        middle = len(there) // 2
        return {
            "flip": there[:middle] + bytes([there[middle] ^ 1]) + there[middle + 1 :],
            "cut": there[:-1],
            "longer": there + b" " if name in ("stations.json", "current.json") else b"{" + there,
            "empty": b"",
            "garbage": os.urandom(200),
        }[how]

    served.lie = lie
    refused(served, data, publisher.root)
    assert not (data / "catalog" / "current.json").exists()


@pytest.mark.parametrize("how", ["flip", "longer", "shorter", "another"])
def test_a_replaced_catalog_is_refused(publisher: APublisher, served: Served, data: Path, how: str) -> None:
    TufCatalogSync(served.url, data, publisher.root).run()
    publisher.publish("2", NEW)
    lies = {"flip": b"X" + NEW[1:], "longer": NEW + b"X", "shorter": NEW[:-1], "another": OLD}
    served.lie = lambda path, there: lies[how] if path.endswith("2.sqlite.zst") else there
    refused(served, data, publisher.root)
    assert in_force(data) == OLD
    served.lie = lambda _path, there: there
    TufCatalogSync(served.url, data, publisher.root).run()
    assert in_force(data) == NEW


def test_endless_files_are_cut_off(data: Path, publisher: APublisher) -> None:
    with server(flood(b"HTTP/1.1 200 OK\r\n\r\n")) as url, pytest.raises(CatalogUntrustedError):
        TufCatalogSync(url, data, publisher.root).run()


def test_an_anchor_that_is_none(served: Served, data: Path) -> None:
    refused(served, data, b"not json")


# -- accidents -----------------------------------------------------------------------------------------


def test_bad_lines_are_not_attacks(publisher: APublisher, data: Path) -> None:
    for behave, kind in (
        (raw(b""), OfflineError),
        (answer("503 Busy"), OfflineError),
        (answer("404 Not here"), ProtocolError),
        (answer("200 OK", b"<html>sign in</html>", "Content-Type: text/html; charset=utf-8"), ProtocolError),
        (raw(b"SSH-2.0-OpenSSH\r\n"), ProtocolError),
    ):
        with server(behave) as url, pytest.raises(kind):
            TufCatalogSync(url, data, publisher.root).run()


def test_a_broken_download_goes_on_where_it_stopped(
    publisher: APublisher, served: Served, data: Path
) -> None:
    """The connection dies half way; the next sync asks for the rest only."""
    name, packed, part = whole(publisher, data)
    part.write_bytes(packed[:1000])
    TufCatalogSync(served.url, data, publisher.root).run()
    assert in_force(data) == OLD
    assert served.ranges == ["bytes=1000-"] and served.asked.count(name) == 1
    assert not part.exists()


def whole(publisher: APublisher, data: Path) -> tuple[str, bytes, Path]:
    """The path and the bytes of the packed catalog, and where a terminal keeps a part of it."""
    name, packed = next((p, b) for p, b in publisher.files().items() if p.endswith(".zst"))
    part = data / "catalog" / (hashlib.sha256(packed).hexdigest()[:16] + ".part")
    part.parent.mkdir(parents=True)
    return name, packed, part


@pytest.mark.parametrize("left", ["other", "longer", "whole", "flipped"])
def test_a_damaged_rest_of_a_download_does_no_harm(
    publisher: APublisher, served: Served, data: Path, left: str
) -> None:
    _, packed, part = whole(publisher, data)
    flipped = packed[:500] + bytes([packed[500] ^ 1]) + packed[501:900]
    lying = {"other": b"X" * 1000, "longer": packed + b"X", "whole": packed, "flipped": flipped}
    part.write_bytes(lying[left])
    TufCatalogSync(served.url, data, publisher.root).run()
    assert in_force(data) == OLD


def test_a_full_disk_is_told_and_the_old_catalog_stays(
    publisher: APublisher, served: Served, data: Path
) -> None:
    """A real limit of the operating system on the size of files, in a process of its own."""
    TufCatalogSync(served.url, data, publisher.root).run()
    publisher.publish("2", NEW)
    (data / "root.json").write_bytes(publisher.root)
    limited = (
        "import resource, signal, sys; signal.signal(signal.SIGXFSZ, signal.SIG_IGN);"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000));"
        "from tests.remote.sync_once import main; sys.exit(main(sys.argv[1:]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", limited, served.url, str(data)],
        cwd=ROOT, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert done.stdout.split() == [DiskFullError.code], done.stderr
    assert in_force(data) == OLD


def test_killed_at_any_moment_a_whole_catalog_is_there(
    publisher: APublisher, data: Path, tmp_path: Path
) -> None:
    """kill -9 at each stage of a sync: before, in the middle of, and after the large file."""
    with serving(publisher.files) as served:
        TufCatalogSync(served.url, data, publisher.root).run()
        (data / "root.json").write_bytes(publisher.root)
        publisher.publish("2", NEW)
        paths = []
        served.lie = lambda path, there: paths.append(path) or there  # type: ignore[func-returns-value]
        TufCatalogSync(served.url, tmp_path / "probe", publisher.root).run()
    for stop_at in dict.fromkeys(paths):
        _kill_while_asking_for(stop_at, publisher, data)
        assert in_force(data) in (OLD, NEW)
    with serving(publisher.files) as served:
        TufCatalogSync(served.url, data, publisher.root).run()
        assert in_force(data) == NEW
        assert not list((data / "catalog").glob("*.part"))


def _kill_while_asking_for(path: str, publisher: APublisher, data: Path) -> None:
    reached, over = threading.Event(), threading.Event()

    def hold(asked: str, there: bytes) -> bytes:
        if asked == path:
            reached.set()
            over.wait(PATIENCE_S)
        return there

    with serving(publisher.files) as served:
        served.lie = hold
        child = subprocess.Popen(
            [sys.executable, "-m", "tests.remote.sync_once", served.url, str(data)],
            cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        while not reached.wait(0.05) and child.poll() is None:
            pass
        child.send_signal(signal.SIGKILL)
        child.wait(PATIENCE_S)
        over.set()


def test_a_silent_server_is_given_up(publisher: APublisher, data: Path) -> None:
    with server(silence) as url, pytest.raises(OfflineError):
        TufCatalogSync(url, data, publisher.root, patience_s=0.5).run()


# -- station keys --------------------------------------------------------------------------------------


def test_keys_come_from_the_signed_list_only(publisher: APublisher, served: Served, data: Path) -> None:
    keys = SyncedStationKeys(data)
    assert keys.key(KEY.key_id) is None
    publisher.repository.publish({STATIONS: stations_document((KEY,))})
    TufCatalogSync(served.url, data, publisher.root).run()
    assert keys.key(KEY.key_id) == KEY
    assert keys.key("FFFFFFFFFFFFFFFF") is None

    file = data / "trust" / "stations.json"
    signed = file.read_bytes()
    file.write_bytes(signed.replace(b"441900A12", b"441900B12"))
    assert keys.key(KEY.key_id) is None
    TufCatalogSync(served.url, data, publisher.root).run()
    assert keys.key(KEY.key_id) == KEY
    assert file.read_bytes() == signed


def test_a_forged_proof_proves_nothing(
    tmp_path: Path, publisher: APublisher, served: Served, data: Path
) -> None:
    TufCatalogSync(served.url, data, publisher.root).run()
    stranger = APublisher(tmp_path / "stranger")
    forged = stations_document((KEY,))
    stranger.repository.publish({STATIONS: forged})
    newest = max(stranger.repository.metadata.glob("*.targets.json"), key=lambda p: int(p.name.split(".")[0]))
    (data / "trust" / "proof" / f"{hashlib.sha256(forged).hexdigest()}.json").write_bytes(newest.read_bytes())
    (data / "trust" / "stations.json").write_bytes(forged)
    assert SyncedStationKeys(data).key(KEY.key_id) is None


def test_keys_stay_readable_when_a_sync_broke_off_half_way(
    publisher: APublisher, served: Served, data: Path
) -> None:
    """The newer metadata is stored, the newer list did not arrive: the former list still counts."""
    publisher.repository.publish({STATIONS: stations_document((KEY,))})
    TufCatalogSync(served.url, data, publisher.root).run()
    publisher.repository.publish({STATIONS: stations_document((KEY, KEY))})
    served.lie = lambda path, there: None if path.endswith("stations.json") else there
    with pytest.raises(AppError):
        TufCatalogSync(served.url, data, publisher.root).run()
    assert SyncedStationKeys(data).key(KEY.key_id) == KEY
