"""What a gateway puts in force at its start, and what it does over the years; the process itself."""

import hashlib
import json
import signal
import stat
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import requests

from app.catalog.demo import demo_items
from app.catalog.file import CatalogFile
from app.catalog.layout import FORMAT
from app.catalog.source import CatalogFolder
from app.domain import record
from app.domain.catalog import Bundle
from app.errors import NewerSchemaError, StoreBusyError, StoreKeyError
from app.gateway.admin import make_code, publish, withdraw_station
from app.gateway.database import Database, schema_version, sqlite_url
from app.gateway.enrolment import Application, enrol
from app.gateway.parts import hold_lock, maintain, open_parts
from app.gateway.repository import LIFETIME, Repository
from app.gateway.vault import Vault
from app.page_delta import PAGE
from app.receipts.keys import make_key, signing_request
from app.remote.catalog_sync import TufCatalogSync
from app.remote.station_keys import SyncedStationKeys
from benchmarks.realistic import items as realistic
from tests.gateway.running import AStation, gateway, items, put_draft
from tests.patience import PATIENCE_S


def test_a_draft_is_published_once_and_again_when_it_changed(tmp_path: Path) -> None:
    versions = []
    for count in (3, 3, 4):
        put_draft(tmp_path, items(count))
        with gateway(tmp_path) as running:
            health = requests.get(f"{running.url}/v1/health", timeout=PATIENCE_S).json()
            versions.append(health["catalog_version"])
            station = AStation("441900A12", running.url).enrol(running.code("441900A12"))
            assert station.granted is not None
            data = tmp_path / "station"
            report = TufCatalogSync(running.url, data, station.granted.enrolment.trusted_root).run()
            assert (report.catalog_version, report.items) == (versions[-1], count)
            assert SyncedStationKeys(data).key(station.key_id) is not None
    assert versions[0] == versions[1] != versions[2]
    catalog = CatalogFolder(tmp_path / "station")
    info, found = catalog.info(), catalog.item(items(4)[3].code)
    catalog.close()
    assert info is not None and (info.items, info.draft) == (4, False)
    assert found is not None and not found.draft and found.demo


def test_the_demo_catalog_stands_beside_the_draft(tmp_path: Path) -> None:
    put_draft(tmp_path, items())
    parts = open_parts(tmp_path, None, demo=True)
    file = parts.repository.target_file("catalog/current.json")
    parts.database.close()
    assert file is not None
    told = json.loads(file.read_bytes())
    assert told["items"] == len(demo_items()) + 3 >= 63
    assert told["form"] == FORMAT


def test_what_is_published_follows_what_was_and_carries_the_bundles(tmp_path: Path) -> None:
    """As `gateway-admin publish` does it: the next version is the one before with few pages changed."""
    many = tuple(replace(item, conditions="演示条件" * 30) for item in realistic(1500))
    put_draft(tmp_path, many)
    bundle = Bundle("B1", "演示一件事", (many[0].code, many[1].code))
    (tmp_path / "draft" / "bundles.jsonl").write_text(record.dumps(bundle) + "\n", encoding="utf-8")
    kept, files = tmp_path / "gateway" / "versions", []
    new = replace(many[0], code=many[0].code[:-6] + "999999", name="演示新事项")
    for items_ in (many, (*many[2:], replace(many[1], phone="1"), new)):
        put_draft(tmp_path, items_)
        publish(tmp_path)
        files.append(next(path for path in kept.glob("*.sqlite") if path not in files))
    one, two = files
    known = {hashlib.sha256(page).digest() for page in pages(one)}
    fresh = sum(hashlib.sha256(page).digest() not in known for page in pages(two))
    assert fresh <= 40 < len(pages(two)) / 5
    with closing(CatalogFile(two)) as file:
        assert file.bundles() == (bundle,)
        assert [hit.code for hit in file.search("演示新事项")] == [new.code]
        assert file.item(many[0].code) is None


def test_a_kept_version_that_the_disk_spoilt_is_not_followed(tmp_path: Path) -> None:
    put_draft(tmp_path, items(40))
    publish(tmp_path)
    (kept,) = (tmp_path / "gateway" / "versions").glob("*.sqlite")
    spoilt = bytearray(kept.read_bytes())
    spoilt[len(spoilt) // 2] ^= 1
    kept.write_bytes(spoilt)
    put_draft(tmp_path, items(41))
    publish(tmp_path)
    newest = max(kept.parent.glob("*.sqlite"), key=lambda path: path.stat().st_mtime_ns)
    with closing(CatalogFile(newest)) as file:
        assert file.info().items == 41 and len(file.items()) == 41


def pages(path: Path) -> list[bytes]:
    data = path.read_bytes()
    return [data[at : at + PAGE] for at in range(0, len(data), PAGE)]


def test_sigterm_and_sigint_end_with_nought(tmp_path: Path) -> None:
    for number in (signal.SIGTERM, signal.SIGINT):
        with gateway(tmp_path) as running:
            assert (
                requests.get(f"{running.url}/v1/health", timeout=PATIENCE_S).json()["catalog_version"] == ""
            )
            running.process.send_signal(number)
            assert running.process.wait(PATIENCE_S) == 0


def test_a_stop_at_once_after_the_start_is_clean_too(tmp_path: Path) -> None:
    """Also between `ready` and the first request, when the server is only about to run."""
    for _ in range(3):
        with gateway(tmp_path):
            pass  # ends with SIGTERM, and has to end with 0


def test_a_killed_gateway_starts_again_where_it_was(tmp_path: Path) -> None:
    with gateway(tmp_path) as running:
        station = AStation("441900A12", running.url).enrol(running.code())
        message = station.message()
        station.client.upload(message)
        running.process.kill()
        running.process.wait(PATIENCE_S)
    with gateway(tmp_path) as running:
        again = AStation("441900A12", running.url, station.pem, station.granted)
        assert again.client.upload(message) == ""
        assert again.client.lease_numbers(1).first == station.block.last + 1


def test_one_gateway_a_folder(tmp_path: Path) -> None:
    held = hold_lock(tmp_path)
    assert held > 0
    with pytest.raises(StoreBusyError):
        hold_lock(tmp_path)


def test_keys_are_for_this_account_only(tmp_path: Path) -> None:
    parts = open_parts(tmp_path, None, demo=False)
    parts.database.close()
    keys = tmp_path / "gateway" / "keys"
    assert stat.S_IMODE(keys.stat().st_mode) == 0o700
    private = [p for p in keys.iterdir() if p.suffix in (".pem", ".key")]
    assert len(private) == 6
    for path in [*private, tmp_path / "gateway" / "gateway.sqlite"]:
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    (keys / "root.pem").write_bytes((keys / "authority.pem").read_bytes())
    with pytest.raises(StoreKeyError):
        open_parts(tmp_path, None, demo=False)


def test_a_newer_database_is_refused(tmp_path: Path) -> None:
    url = sqlite_url(tmp_path / "gateway.sqlite")
    database = Database(url)
    with database.write() as db:
        db.execute(schema_version.update().values(version=99))
    database.close()
    with pytest.raises(NewerSchemaError):
        Database(url)


class _Clock:
    def __init__(self) -> None:
        self.at = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at


def _expiry(repository: Repository) -> datetime:
    text = json.loads((repository.metadata / "timestamp.json").read_bytes())["signed"]["expires"]
    return datetime.fromisoformat(text)


def test_signatures_are_renewed_before_they_expire(tmp_path: Path) -> None:
    clock = _Clock()
    repository = Repository(tmp_path, Vault(tmp_path / "keys"), clock)
    assert not repository.renew()
    for _ in range(40):  # forty days, looked after once in twelve hours
        for _ in range(2):
            clock.at += timedelta(hours=12)
            repository.renew()
            assert _expiry(repository) > clock.at + LIFETIME["timestamp"] / 2 - timedelta(hours=12)
    snapshots = list(repository.metadata.glob("*.snapshot.json"))
    assert len(snapshots) > 10


def test_maintenance_publishes_what_the_admin_changed(tmp_path: Path) -> None:
    parts = open_parts(tmp_path, None, demo=False)
    code, pem = make_code(tmp_path), make_key()
    asked = Application(code, "441900A12", "演示", "counter", signing_request(pem, "441900A12"))
    with parts.database.write() as db:
        enrol(db, parts.authority, asked, parts.now(), demo=False)
    before = parts.repository.listed()["stations.json"]
    maintain(parts)
    enrolled = parts.repository.listed()["stations.json"]
    withdraw_station(tmp_path, "441900A12")
    maintain(parts)
    withdrawn = parts.repository.listed()["stations.json"]
    maintain(parts)
    assert len({before, enrolled, withdrawn}) == 3
    assert parts.repository.listed()["stations.json"] == withdrawn
    parts.database.close()


def test_old_files_are_removed_and_recent_ones_kept(tmp_path: Path) -> None:
    repository = Repository(tmp_path, Vault(tmp_path / "keys"))
    for n in range(30):
        repository.publish({"stations.json": str(n).encode()})
    assert len(list(repository.metadata.glob("*.targets.json"))) == 12
    assert len(list(repository.targets.glob("*.stations.json"))) == 12
    assert (repository.metadata / "1.root.json").exists()


def test_a_publication_that_broke_off_leaves_the_old_one(tmp_path: Path) -> None:
    """Everything but timestamp.json was written: nothing of it counts, and the next one succeeds."""
    repository = Repository(tmp_path, Vault(tmp_path / "keys"))
    repository.publish({"stations.json": b"old"})
    timestamp = (repository.metadata / "timestamp.json").read_bytes()
    repository.publish({"stations.json": b"new"})
    (repository.metadata / "timestamp.json").write_bytes(timestamp)
    again = Repository(tmp_path, Vault(tmp_path / "keys"))
    file = again.target_file("stations.json")
    assert file is not None and file.read_bytes() == b"old"
    again.publish({"stations.json": b"newest"})
    file = again.target_file("stations.json")
    assert file is not None and file.read_bytes() == b"newest"


def test_enrolled_stations_survive_a_lost_publication(tmp_path: Path) -> None:
    """Power went between the database and the repository: the next start puts the list right."""
    parts = open_parts(tmp_path, None, demo=False)
    asked = Application(make_code(tmp_path), "441900A12", "演示", "counter", signing_request(make_key(), "X"))
    with parts.database.write() as db:
        key_id = enrol(db, parts.authority, asked, parts.now(), demo=False).key_id
    parts.database.close()
    parts = open_parts(tmp_path, None, demo=False)
    file = parts.repository.target_file("stations.json")
    parts.database.close()
    assert file is not None and key_id in file.read_text()
