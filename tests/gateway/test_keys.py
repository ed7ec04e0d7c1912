"""Keys changed while stations go on: at the gateway, by an offline root, by several; and publishing."""

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from threading import Thread

import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from app.carried_words import CarriedWords
from app.domain.carried import Standing
from app.errors import CatalogUntrustedError
from app.gateway.parts import Parts, maintain, open_parts
from app.remote.catalog_sync import TufCatalogSync
from app.schedules import LiveCalendar
from tests.gateway.running import ROOT, AStation, gateway, items, put_draft
from tests.remote.repositories import serving

SCHEDULE = json.dumps({"year": 2027, "holidays": [{"off": ["2027-01-01", "2027-01-03"], "worked": []}]})


@dataclass
class Site:
    """A gateway whose upkeep a test calls itself, and a station that trusts only its first root."""

    data: Path
    parts: Parts
    root: bytes

    def admin(self, *words: object, ok: bool = True) -> dict[str, object]:
        done = subprocess.run(
            [sys.executable, "main.py", "gateway-admin", *map(str, words), "--json"],
            cwd=ROOT, capture_output=True, text=True, timeout=120,
        )  # fmt: skip
        assert (done.returncode == 0) == ok, done.stderr
        found: dict[str, object] = json.loads(done.stdout)
        return found

    def here(self, *words: object, ok: bool = True) -> dict[str, object]:
        return self.admin(*words, "--data", self.data, ok=ok)

    def sync(self) -> None:
        with serving(self.files) as served:
            TufCatalogSync(served.url, self.data / "station", self.root).run()

    def files(self) -> dict[str, bytes]:
        home = self.data / "gateway"
        return {
            f"/{path.relative_to(home).as_posix()}": path.read_bytes()
            for path in (home / "repository").rglob("*")
            if path.is_file()
        }

    def key(self, role: str) -> str:
        keyids: list[str] = self.parts.repository.root_document().signed.roles[role].keyids
        return " ".join(keyids)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    put_draft(tmp_path, items())
    parts = open_parts(tmp_path, None, demo=False)
    made = Site(tmp_path, parts, parts.repository.first_root)
    made.sync()
    yield made
    made.parts.database.close()


@pytest.mark.parametrize("role", ["timestamp", "snapshot", "targets", "root"])
def test_a_key_is_changed_while_stations_go_on(site: Site, role: str) -> None:
    before = site.key(role)
    made = site.here("rotate", role)
    assert site.key(role) == before  # not before the gateway's next round
    maintain(site.parts)
    assert site.key(role) == made["key"] != before
    site.sync()
    maintain(site.parts)
    assert site.parts.repository.root_document().signed.version == 2
    again = open_parts(site.data, None, demo=False)  # a restart finds the keys it left
    again.database.close()
    site.sync()


def test_an_offline_root_signs_elsewhere(site: Site, tmp_path: Path) -> None:
    stick = tmp_path / "stick"
    stick.mkdir()
    site.here("root-offline", "--out", stick / "root.pem")
    assert not (site.data / "gateway" / "keys" / "root.pem").exists()
    assert site.here("keys")["roles"]["root"]["here"] is False  # type: ignore[index]
    site.here("rotate", "root", ok=False)
    site.here("rotate", "targets")
    maintain(site.parts)
    assert site.parts.repository.root_document().signed.version == 1  # nobody here may sign that
    site.sync()

    site.here("root-request", "--out", stick / "request.json")
    site.here("root-install", stick / "request.json", ok=False)  # unsigned
    site.admin("root-sign", stick / "request.json", "--key", stick / "root.pem", "--out", stick / "2.json")
    assert site.here("root-install", stick / "2.json")["version"] == 2
    maintain(site.parts)
    assert site.parts.repository.root_document().signed.version == 2
    site.sync()
    site.here("root-install", stick / "2.json", ok=False)  # it is in force already
    parts = open_parts(site.data, None, demo=False)
    assert not (site.data / "gateway" / "keys" / "root.pem").exists()
    parts.database.close()


def test_two_of_three_root_keys(site: Site, tmp_path: Path) -> None:
    stick = tmp_path / "stick"
    stick.mkdir()
    site.here("root-offline", "--out", stick / "old.pem")
    for name in "abc":
        key = ed25519.Ed25519PrivateKey.generate()
        private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        (stick / f"{name}.pem").write_bytes(private)
        public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        (stick / f"{name}.pub").write_bytes(public)
    named = [word for name in "abc" for word in ("--root-key", stick / f"{name}.pub")]
    site.here("root-request", "--out", stick / "request.json", *named, "--threshold", 2)

    def signed(*names: str) -> Path:
        keys = [word for name in names for word in ("--key", stick / f"{name}.pem")]
        site.admin("root-sign", stick / "request.json", *keys, "--out", stick / "signed.json")
        return stick / "signed.json"

    site.here("root-install", signed("old", "a"), ok=False)
    site.here("root-install", signed("a", "b", "c"), ok=False)  # the former key has to agree
    site.here("root-install", signed("old", "a", "c"))
    maintain(site.parts)
    root = site.parts.repository.root_document().signed
    assert (root.version, root.roles["root"].threshold, len(root.roles["root"].keyids)) == (2, 2, 3)
    site.sync()


def test_a_change_of_keys_broken_off_is_finished(site: Site) -> None:
    """The root names the new key, and the power goes before anything is signed with it."""
    site.here("rotate", "targets")
    site.here("rotate", "timestamp")
    repository = site.parts.repository
    real = repository._sign_all
    repository._sign_all = lambda: 1 / 0  # type: ignore[method-assign, assignment, return-value]
    with pytest.raises(ZeroDivisionError):
        repository.rotate()
    repository._sign_all = real  # type: ignore[method-assign]
    with pytest.raises(CatalogUntrustedError):
        site.sync()
    again = open_parts(site.data, None, demo=False)
    again.database.close()
    site.sync()


@pytest.mark.soak
def test_a_draft_is_published_while_the_gateway_serves(tmp_path: Path) -> None:
    put_draft(tmp_path, items(3))
    with gateway(tmp_path) as running:
        station = AStation("441900A12", running.url).enrol(running.code())
        assert station.granted is not None
        sync = TufCatalogSync(running.url, tmp_path / "station", station.granted.enrolment.trusted_root)
        assert sync.run().items == 3
        put_draft(tmp_path, items(5))
        assert not sync.run().changed  # a draft alone publishes nothing
        schedules = tmp_path / "publish" / "schedules"
        schedules.mkdir(parents=True)
        (schedules / "2027.json").write_text(SCHEDULE)
        (schedules / "..odd").write_text("left out")
        asking = Thread(target=publish, args=(tmp_path,))
        asking.start()
        while asking.is_alive():  # it goes on answering meanwhile
            assert station.client.health().catalog_version
            asking.join(0.1)
        report = sync.run()
        assert report.changed and report.items == 5
    kept = tmp_path / "station" / "data"
    assert [p.relative_to(kept).as_posix() for p in kept.rglob("*.*")] == ["schedules/2027.json"]
    assert (kept / "schedules" / "2027.json").read_text() == SCHEDULE


def test_a_stopped_gateway_publishes_from_the_command_line(tmp_path: Path) -> None:
    put_draft(tmp_path, items(3))
    assert publish(tmp_path)
    assert publish(tmp_path) == publish(tmp_path)


def publish(data: Path) -> str:
    done = subprocess.run(
        [sys.executable, "main.py", "gateway-admin", "publish", "--data", str(data), "--json"],
        cwd=ROOT, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    version: str = json.loads(done.stdout)["version"]
    return version


def test_code_tables_and_texts_are_published_and_count_at_a_terminal(tmp_path: Path) -> None:
    put_draft(tmp_path, items(3))
    for name, text in (
        ("codes/nation.toml", 'version = 2031-01-01\n[codes]\n"57" = "演示族"\n'),
        ("texts/zh_CN.toml", 'version = 2031-01-01\n[counter]\nstar = "★ 常用"\n'),
        ("schedules/2027.json", SCHEDULE),
    ):
        path = tmp_path / "publish" / name
        path.parent.mkdir(parents=True)
        path.write_text(text, encoding="utf-8")
    assert publish(tmp_path)
    with gateway(tmp_path) as running:
        station = AStation("441900A12", running.url).enrol(running.code())
        assert station.granted is not None
        data = tmp_path / "station"
        TufCatalogSync(running.url, data, station.granted.enrolment.trusted_root).run()
    words, calendar = CarriedWords(data / "data"), LiveCalendar(data / "data" / "schedules")
    assert words.texts.code("nation", "57") == "演示族" and words.texts["counter.star"] == "★ 常用"
    assert not calendar.first_working_day(date(2027, 1, 1)).provisional
    assert {each.standing for each in (*words.told(), *calendar.told())} == {Standing.IN_FORCE}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("schedules/2027.json", '{"year": 2027, "holidays": []}'),
        ("codes/nation.toml", 'version = 2031-01-01\n[codes]\n"x" = "演示族"\n'),
        ("texts/zh_CN.toml", 'version = 2031-01-01\n[counter]\nfound = "{all}"\n'),
    ],
)
def test_what_terminals_would_refuse_is_not_published(tmp_path: Path, name: str, text: str) -> None:
    put_draft(tmp_path, items(3))
    path = tmp_path / "publish" / name
    path.parent.mkdir(parents=True)
    path.write_text(text, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "main.py", "gateway-admin", "publish", "--data", str(tmp_path), "--json"],
        cwd=ROOT, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    error = json.loads(done.stdout)["error"]
    assert (done.returncode, error["code"]) == (1, "carried_files")
    assert path.name in error["message"]
    assert not (tmp_path / "gateway" / "repository").exists()
