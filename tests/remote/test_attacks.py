"""Someone stands between gateway and terminal, or took a key: what they send is refused in plain words.

`refused` holds every case to the same: the sentence a person gets, the catalog that was in force still
in force, whole and answering, and nothing left over that a later sync could trip on.
"""

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest
import zstandard
from cryptography.hazmat.primitives.asymmetric import ed25519
from securesystemslib.signer import CryptoSigner
from tuf.api.metadata import Metadata, Root, TargetFile, Targets, Timestamp

from app.catalog.build import build_catalog
from app.catalog.source import CatalogFolder
from app.domain.catalog import Item
from app.errors import (
    AppError,
    CatalogExpiredError,
    CatalogOlderError,
    CatalogUntrustedError,
    OfflineError,
    ProtocolError,
)
from app.remote.catalog_sync import TufCatalogSync
from app.remote.data_files import parse_manifest
from app.remote.line import Line
from app.texts import load
from tests.gateway.running import items
from tests.remote.repositories import APublisher, Served, as_a_window_hears, serving
from tests.remote.trouble import drip, server

AT = datetime(2026, 11, 21, tzinfo=UTC)


@pytest.fixture(scope="module")
def catalogs(tmp_path_factory: pytest.TempPathFactory) -> tuple[bytes, bytes]:
    """Two real catalog files: the second has one item more."""
    folder = tmp_path_factory.mktemp("built")
    for count in (30, 31):
        build_catalog(_published(count), str(count), AT, folder / str(count))
    return (folder / "30").read_bytes(), (folder / "31").read_bytes()


def _published(count: int) -> list[Item]:
    return [replace(item, draft=False) for item in items(count)]


@pytest.fixture
def attacked(tmp_path: Path, catalogs: tuple[bytes, bytes]) -> "Iterator[Attacked]":
    publisher = APublisher(tmp_path / "gateway")
    publisher.publish("30", catalogs[0])
    with serving(publisher.files) as served:
        made = Attacked(publisher, served, tmp_path / "data", catalogs)
        made.sync()
        yield made


class Attacked:
    """A terminal with version 30 in force, and the line to its gateway in the hands of another."""

    def __init__(self, publisher: APublisher, served: Served, data: Path, catalogs: tuple[bytes, bytes]):
        self.publisher, self.served, self.data = publisher, served, data
        self.old, self.new = catalogs

    def sync(self) -> None:
        as_a_window_hears(TufCatalogSync(self.served.url, self.data, self.publisher.root))

    def version(self) -> str:
        """Of the catalog in force, which has to answer."""
        catalog = CatalogFolder(self.data)
        info, found = catalog.info(), catalog.item(items(30)[29].code)
        catalog.close()
        assert info is not None and found is not None and found.code == items(30)[29].code
        pointer = json.loads((self.data / "catalog" / "current.json").read_bytes())
        content = (self.data / "catalog" / pointer["file"]).read_bytes()
        assert hashlib.sha256(content).hexdigest() == pointer["sha256"]
        return info.version

    def refused(self, kind: type[AppError] = CatalogUntrustedError) -> None:
        with pytest.raises(AppError) as caught:
            self.sync()
        assert type(caught.value) is kind
        words = load().error(caught.value)
        assert words == load()[f"error.{kind.code}.text"] and str(self.data) not in words
        assert self.version() == "30"
        assert not list((self.data / "catalog").glob("*.new"))

    def rightful_again(self) -> None:
        """The attack is over: the next sync takes the newest."""
        self.served.files, self.served.lie = self.publisher.files, lambda _path, there: there
        self.publisher.publish("31", self.new)
        self.sync()
        assert self.version() == "31"

    def rewrite(self, change: Callable[[dict[str, bytes]], None]) -> None:
        files = self.publisher.files()
        change(files)
        self.served.files = lambda: files


def newest(files: dict[str, bytes], role: str) -> str:
    named = [path for path in files if path.endswith(f".{role}.json") and "/metadata/" in path]
    return max(named, key=lambda path: int(path.rsplit("/", 1)[1].split(".")[0]))


def test_rollback(attacked: Attacked) -> None:
    before = attacked.publisher.files()
    attacked.publisher.repository.publish({"data/x": b"1"})
    attacked.sync()
    attacked.served.files = lambda: before
    attacked.refused(CatalogOlderError)
    attacked.rightful_again()


def test_freeze(attacked: Attacked) -> None:
    """Yesterday's timestamp for ever: refused once it expired."""

    def freeze(files: dict[str, bytes]) -> None:
        path = "/repository/metadata/timestamp.json"
        signed = Metadata[Timestamp].from_bytes(files[path])
        signed.signed.version += 1
        signed.signed.expires = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=1)
        signed.sign(attacked.publisher.repository._signers["timestamp"])
        files[path] = signed.to_bytes()

    attacked.rewrite(freeze)
    attacked.refused(CatalogExpiredError)
    attacked.rightful_again()


def test_mix_and_match(attacked: Attacked) -> None:
    """A genuine older snapshot beside a genuine newer timestamp."""
    before = attacked.publisher.files()
    attacked.publisher.publish("31", attacked.new)
    after = attacked.publisher.files()
    attacked.served.files = lambda: {**after, newest(after, "snapshot"): before[newest(before, "snapshot")]}
    attacked.refused(CatalogOlderError)
    attacked.served.files = lambda: {**after, newest(after, "targets"): before[newest(before, "targets")]}
    attacked.refused(CatalogOlderError)


@pytest.mark.parametrize("role", ["timestamp", "snapshot", "targets", "root"])
def test_wrong_key(attacked: Attacked, role: str) -> None:
    """Everything as it should be, signed by someone else."""

    def forge(files: dict[str, bytes]) -> None:
        path = "/repository/metadata/timestamp.json" if role == "timestamp" else newest(files, role)
        signed = Metadata.from_bytes(files[path])
        signed.signed.version += 1
        signed.sign(CryptoSigner(ed25519.Ed25519PrivateKey.generate()))
        folder = path.rsplit("/", 1)[0]
        name = "timestamp.json" if role == "timestamp" else f"{signed.signed.version}.{role}.json"
        files[path] = files[f"{folder}/{name}"] = signed.to_bytes()

    attacked.publisher.repository.publish({"data/x": b"1"})
    attacked.rewrite(forge)
    attacked.refused()


def test_threshold(attacked: Attacked) -> None:
    """A root that wants two signatures for the catalog: one of them is not enough, twice the same neither."""
    repository = attacked.publisher.repository
    present = repository.root_document()
    second = CryptoSigner(ed25519.Ed25519PrivateKey.generate())
    present.signed.version += 1
    present.signed.add_key(second.public_key, "targets")
    present.signed.roles["targets"].threshold = 2
    present.sign(repository._signers["root"])
    present.to_file(str(repository.metadata / f"{present.signed.version}.root.json"))
    repository.publish({"data/x": b"1"})
    attacked.refused()

    def twice(files: dict[str, bytes]) -> None:
        path = newest(files, "targets")
        document = json.loads(files[path])
        document["signatures"] *= 2
        files[path] = json.dumps(document).encode()

    attacked.rewrite(twice)
    attacked.refused()

    def both(files: dict[str, bytes]) -> None:
        signed = Metadata[Targets].from_bytes(files[newest(files, "targets")])
        signed.sign(second, append=True)
        files[newest(files, "targets")] = signed.to_bytes()

    attacked.rewrite(both)
    attacked.sync()


@pytest.mark.parametrize("lie", [b"", b"{", b"null", b"[1]", b"\xff\xfe", b'{"signed": {}}', b"[" * 100_000])
@pytest.mark.parametrize("role", ["timestamp", "snapshot", "targets", "root"])
def test_metadata_that_is_none(attacked: Attacked, role: str, lie: bytes) -> None:
    attacked.publisher.repository.publish({"data/x": b"1"})
    path = "/repository/metadata/2.root.json"
    if role != "root":
        files = attacked.publisher.files()
        path = "/repository/metadata/timestamp.json" if role == "timestamp" else newest(files, role)
    attacked.rewrite(lambda files: files.update({path: lie}))
    attacked.refused()


@pytest.mark.parametrize("how", ["truncated", "longer", "replaced", "former"])
def test_the_whole_replaced(attacked: Attacked, how: str) -> None:
    former = next(there for path, there in attacked.publisher.files().items() if path.endswith(".zst"))
    attacked.publisher.publish("31", attacked.new)
    packed = next(t for p, t in attacked.publisher.files().items() if p.endswith("31.sqlite.zst"))
    lies = {"truncated": packed[:-5], "longer": packed + b"x", "former": former}
    lies["replaced"] = Random(1).randbytes(len(packed))
    sent = {".zst": lies[how], ".delta": b"not a delta"}
    attacked.served.lie = lambda path, there: next(
        (lie for end, lie in sent.items() if path.endswith(end)), there
    )
    attacked.refused()
    attacked.rightful_again()


def sign_target(attacked: Attacked, content: bytes, **changes: object) -> None:
    """What only a thief of the catalog key can do: any target under a genuine signature."""
    attacked.publisher.publish("31", attacked.new)
    listed = attacked.publisher.repository.listed()
    file = attacked.publisher.repository.target_file("catalog/current.json")
    assert file is not None
    current = {**json.loads(file.read_bytes()), **changes}
    deltas = [path for path in listed if path.endswith(".delta")]
    signed = {"catalog/31.sqlite.zst": content, "catalog/current.json": json.dumps(current).encode()}
    attacked.publisher.repository.publish(signed, drop=deltas)


def test_a_signed_bomb_fills_no_disk(attacked: Attacked) -> None:
    sign_target(attacked, zstandard.ZstdCompressor().compress(bytes(300 << 20)))
    attacked.refused()
    assert sum(path.stat().st_size for path in attacked.data.rglob("*")) < 8 << 20


@pytest.mark.parametrize("content", [b"", b"junk" * 100, b"\x28\xb5\x2f\xfd"])
def test_signed_junk(attacked: Attacked, content: bytes) -> None:
    sign_target(attacked, content)
    attacked.refused()


@pytest.mark.parametrize("length", [1, 10**15, -1, 0, "many", None])
def test_a_wrong_length(attacked: Attacked, length: object) -> None:
    sign_target(attacked, zstandard.ZstdCompressor().compress(attacked.new), length=length)
    attacked.refused()


@pytest.mark.parametrize(
    "changes",
    [
        {"target": "../../../trust/metadata/root.json"},
        {"target": "/etc/passwd"},
        {"target": "catalog/../stations.json"},
        {"sha256": "../../../../etc/cron.d/x" + "0" * 40},
        {"sha256": "0" * 63},
        {"sha256": ["a"]},
        {"items": "many"},
        {"published_at": "yesterday"},
    ],
)
def test_tricks_in_the_description(attacked: Attacked, changes: dict[str, object]) -> None:
    sign_target(attacked, zstandard.ZstdCompressor().compress(attacked.new), **changes)
    attacked.refused()


def test_a_target_whose_name_leads_elsewhere(attacked: Attacked) -> None:
    """The name of a signed target never becomes a path here."""
    attacked.publisher.publish("31", attacked.new)
    files = attacked.publisher.files()
    packed = next(there for path, there in files.items() if path.endswith("31.sqlite.zst"))
    evil = "../" * 8 + "tmp/evil.sqlite.zst"

    def plant(files: dict[str, bytes]) -> None:
        signed = Metadata[Targets].from_bytes(files[newest(files, "targets")])
        current = next(t for p, t in files.items() if p.endswith("current.json"))
        description = json.dumps({**json.loads(current), "target": evil}).encode()
        names = {evil: packed, "catalog/current.json": description}
        for name, data in names.items():
            target = TargetFile.from_data(name, data, ["sha256"])
            signed.signed.targets[name] = target
            folder, slash, last = name.rpartition("/")
            files[f"/repository/targets/{folder}{slash}{target.hashes['sha256']}.{last}"] = data
        for name in [n for n in signed.signed.targets if n.endswith(".delta")]:
            del signed.signed.targets[name]
        signed.sign(attacked.publisher.repository._signers["targets"])
        files[newest(files, "targets")] = signed.to_bytes()

    attacked.rewrite(plant)
    before = {path for path in attacked.data.parent.rglob("*") if path.is_file()}
    with pytest.raises(AppError):
        attacked.sync()
    after = {path for path in attacked.data.parent.rglob("*") if path.is_file()}
    assert {p.relative_to(attacked.data).parts[0] for p in after - before} <= {"trust", "catalog"}
    assert attacked.version() == "30" and not Path("/tmp/evil.sqlite").exists()


@pytest.mark.parametrize(
    "name",
    ["../x", "schedules/../../x", "/etc/x", "schedules/..", "schedules/.x", "other/x.json", "schedules/a/b",
     "schedules/a\x00b", "schedules/a\\b", "schedules/" + "a" * 90, ""],
)  # fmt: skip
def test_names_in_the_manifest_that_lead_elsewhere(name: str) -> None:
    with pytest.raises(CatalogUntrustedError):
        parse_manifest(json.dumps({"files": {name: "0" * 64}}).encode())


@pytest.mark.parametrize("data", [b"", b"[]", b'{"files": []}', b'{"files": {"codes/x": 5}}', b"[" * 100_000])
def test_manifests_that_are_none(data: bytes) -> None:
    with pytest.raises(CatalogUntrustedError):
        parse_manifest(data)


def test_a_slow_drip_is_given_up(attacked: Attacked) -> None:
    """One byte at a time, so that no time-out per read ever strikes: the rate over a window does."""
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n"
    with server(_then_drip(head)) as url:
        line = Line(url, window_s=0.5)
        with pytest.raises(OfflineError), line.stream("/x") as (_, chunks):
            for _ in chunks:
                pass
    with server(drip(b"x", 0.05)) as url, pytest.raises((OfflineError, ProtocolError)):
        as_a_window_hears(TufCatalogSync(url, attacked.data, attacked.publisher.root, patience_s=0.5))
    assert attacked.version() == "30"


def _then_drip(head: bytes) -> "Callable[..., None]":
    slow = drip(b"x", 0.05)

    def behave(connection: object, over: object) -> None:
        connection.sendall(head)  # type: ignore[attr-defined]
        slow(connection, over)  # type: ignore[arg-type]

    return behave


def test_a_stolen_key_is_of_no_use_once_it_was_changed(attacked: Attacked) -> None:
    stolen = attacked.publisher.repository._signers["timestamp"]
    vault = attacked.publisher.repository._vault
    from app.gateway.role_keys import prepare_key

    prepare_key(vault, "timestamp")
    assert attacked.publisher.repository.rotate()
    attacked.sync()

    def forge(files: dict[str, bytes]) -> None:
        path = "/repository/metadata/timestamp.json"
        signed = Metadata[Timestamp].from_bytes(files[path])
        signed.signed.version += 1
        signed.sign(stolen)
        files[path] = signed.to_bytes()

    attacked.rewrite(forge)
    attacked.refused()
    attacked.rightful_again()
    assert isinstance(attacked.publisher.repository.root_document().signed, Root)
