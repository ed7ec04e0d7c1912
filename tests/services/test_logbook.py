"""The station's own log, what this machine tells of itself, and the journal of health."""

import json
import logging
import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest

from app import logbook
from app.domain.catalog import Channel
from app.domain.device import CardRead, DeviceHealth, DeviceKind, DeviceStatus
from app.domain.identity import DocumentKind, IdentityDocument
from app.machine import ThisMachine, without_secrets
from app.services import diagnostics
from app.services.health_journal import LENGTH, HealthJournal
from app.settings import DeviceSettings, GatewaySettings, StationSettings
from app.texts import load
from tests.services.fakes import START, Hall
from tests.services.test_readiness import open_office

SETTINGS = StationSettings(
    "441900A12",
    Channel.COUNTER,
    "演示大厅",
    GatewaySettings("https://user:secret@gateway.example:8443/api?key=secret", ""),
    (DeviceSettings(DeviceKind.A4_PRINTER, "ipp", "ipp://user:secret@printer.example/ipp"),),
)
PERSON = IdentityDocument(DocumentKind.RESIDENT, "演示·甲", "11010519491231002X", machine_read=True)


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Path]:
    root = logging.getLogger()
    before = list(root.handlers)
    logbook.keep(tmp_path / "log", "counter")
    yield tmp_path / "log"
    for handler in [h for h in root.handlers if h not in before]:
        root.removeHandler(handler)
        handler.close()


def said(log: Path) -> str:
    return (log / "counter.log").read_text(encoding="utf-8")


def test_what_is_logged_lies_there_for_its_owner_only(log: Path) -> None:
    logging.getLogger("devices.session").warning("id_reader: device.not_found")
    assert "id_reader: device.not_found" in said(log)
    if os.name != "nt":
        assert (log / "counter.log").stat().st_mode & 0o777 == 0o600
        assert log.stat().st_mode & 0o777 == 0o700


def test_a_person_is_taken_out_of_messages_and_tracebacks(log: Path) -> None:
    try:
        raise ValueError(f"cannot print {PERSON.name} {PERSON.number} 13800000000")
    except ValueError:
        logging.getLogger("x").exception("a bug with %s", PERSON.number)
    text = said(log)
    assert "ValueError" in text and "test_logbook.py" in text
    for secret in (PERSON.name, PERSON.number, "13800000000"):
        assert secret not in text


def test_it_never_grows_beyond_its_bounds(log: Path) -> None:
    line = "word " * 200
    for _ in range(logbook.SIZE * (logbook.KEPT + 3) // len(line)):
        logging.getLogger("x").warning(line)
    whole = sum(path.stat().st_size for path in log.iterdir())
    assert whole <= logbook.SIZE * (logbook.KEPT + 1)
    assert len(logbook.files(log)) == logbook.KEPT + 1
    if os.name != "nt":
        assert {path.stat().st_mode & 0o777 for path in log.iterdir()} == {0o600}


def test_a_folder_that_cannot_be_made_costs_the_log_only(tmp_path: Path) -> None:
    (tmp_path / "log").write_text("in the way")
    before = len(logging.getLogger().handlers)
    logbook.keep(tmp_path / "log", "counter")
    assert len(logging.getLogger().handlers) == before
    assert logbook.files(tmp_path / "nowhere") == {}


def test_only_the_end_of_a_long_file_is_given_from_the_start_of_a_line(tmp_path: Path) -> None:
    (tmp_path / "a.log").write_bytes(b"first line\nsecond line\nthird line\n")
    assert logbook.files(tmp_path, tail=15) == {"a.log": b"third line\n"}


def test_settings_leave_without_what_lets_somebody_in(tmp_path: Path) -> None:
    told = json.dumps(ThisMachine(tmp_path, SETTINGS).settings())
    assert "secret" not in told and "user" not in told
    assert "https://gateway.example:8443/api" in told and "ipp://printer.example/ipp" in told
    assert '"mode": "counter"' in told
    assert without_secrets("/dev/ttyUSB0") == "/dev/ttyUSB0"
    assert without_secrets("http://[broken") == "?"


def test_the_machine_knows_its_disk_and_its_versions(tmp_path: Path) -> None:
    machine = ThisMachine(tmp_path, SETTINGS)
    assert (machine.disk_free() or 0) > 0
    assert ThisMachine(tmp_path / "gone", SETTINGS).disk_free() is None
    assert machine.versions()["SQLAlchemy"] != "-"


# -- the journal and the bundle ---------------------------------------------------------------------


def health(n: int, status: DeviceStatus = DeviceStatus.OFFLINE) -> DeviceHealth:
    return DeviceHealth(DeviceKind.ID_READER, status, f"device.{n}", START + timedelta(seconds=n))


def test_the_journal_keeps_changes_of_health_and_nobody() -> None:
    journal = HealthJournal()
    journal.heard(CardRead(PERSON))
    for n in range(LENGTH + 5):
        journal.heard(health(n))
        journal.heard(replace(health(n), facts={"paper": "ok"}))
    kept = journal.entries()
    assert len(kept) == LENGTH
    assert (kept[0].reason, kept[-1].reason) == ("device.5", f"device.{LENGTH + 4}")


def test_the_bundle_is_the_same_names_in_the_same_order(hall: Hall) -> None:
    office = open_office(hall)
    office.journal.heard(health(1))
    first, second = diagnostics.bundle(office), diagnostics.bundle(office)
    assert first == second
    with ZipFile(BytesIO(first)) as packed:
        assert packed.testzip() is None
        assert packed.namelist() == [
            "README.txt",
            "versions.json",
            "settings.json",
            "readiness.json",
            "devices.json",
            "station.json",
        ]
        station: dict[str, Any] = json.loads(packed.read("station.json"))
        history = json.loads(packed.read("devices.json"))["history"]
    assert station["pending"] == 0 and station["store"] == "ok"
    assert history == [
        {"kind": "id_reader", "status": "offline", "reason": "device.1", "since": health(1).since.isoformat()}  # type: ignore[union-attr]
    ]
    assert load()["diagnose.readme"]
