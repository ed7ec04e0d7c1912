"""诊断包, the diagnostic bundle: what support needs to see of a station, and nobody it served (ADR 0085).

README.txt      what this is, for the person who carries it
versions.json   program, Python, system, libraries
settings.json   station.toml without passwords
readiness.json  the sheet, as `doctor --json` gives it
devices.json    health and facts of each device, and the last changes of health
station.json    counts only: outbox, numbers, catalog, disk
log/            the last log files, redacted
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from app.domain.device import DeviceHealth
from app.domain.readiness import ReadinessSheet
from app.ports import Machine
from app.services import readiness
from app.services.health_journal import HealthJournal
from app.services.office import Office
from app.services.readiness import Findings
from app.texts import Texts


@dataclass(frozen=True, slots=True)
class Examined:
    """What was found out before packing; also what the doctor prints."""

    sheet: ReadinessSheet
    healths: tuple[DeviceHealth, ...]
    findings: Findings


def examine(office: Office, operator: str = "") -> Examined:
    """Blocks as `readiness.check` does."""
    return Examined(*readiness.check(office, operator))


def file_name(station_id: str, at: datetime) -> str:
    return f"diagnose-{station_id}-{at:%Y%m%d-%H%M}.zip"


def bundle(office: Office) -> bytes:
    """Examine the station and pack what was found."""
    assert office.machine is not None, "the window and the command always have one"
    return packed(office.texts, examine(office), office.machine, office.journal)


def packed(texts: Texts, examined: Examined, machine: Machine, journal: HealthJournal | None) -> bytes:
    """The zip: the same names in the same order every time."""
    at = examined.sheet.at
    parts: dict[str, bytes] = {
        "README.txt": texts.say(
            "diagnose.readme", station=examined.sheet.station_id, at=f"{at:%Y-%m-%d %H:%M}"
        ).encode(),
        "versions.json": _json(machine.versions()),
        "settings.json": _json(machine.settings()),
        "readiness.json": _json(readiness.document(examined.sheet)),
        "devices.json": _json(
            {
                "now": [_device(health) for health in examined.healths],
                "history": [_change(health) for health in (journal.entries() if journal else ())],
            }
        ),
        "station.json": _json(_station(examined.findings)),
    }
    parts |= {f"log/{name}": data for name, data in machine.logs().items()}
    return _zipped(parts, at)


def _zipped(parts: Mapping[str, bytes], at: datetime) -> bytes:
    whole = BytesIO()
    with ZipFile(whole, "w", ZIP_DEFLATED) as out:
        for name, data in parts.items():
            entry = ZipInfo(name, at.timetuple()[:6])
            entry.compress_type, entry.external_attr = ZIP_DEFLATED, 0o600 << 16
            out.writestr(entry, data)
    return whole.getvalue()


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=2, default=str).encode()


def _device(health: DeviceHealth) -> dict[str, Any]:
    return {
        **_change(health),
        "driver": health.driver,
        "line": health.line.rpartition("@")[2],
        "simulated": health.simulated,
        "facts": dict(health.facts),
        "capabilities": list(health.capabilities),
    }


def _change(health: DeviceHealth) -> dict[str, Any]:
    since = health.since.isoformat() if health.since else ""
    return {"kind": health.kind.value, "status": health.status.value, "reason": health.reason, "since": since}


def _station(findings: Findings) -> dict[str, Any]:
    told: dict[str, Any] = {
        "at": findings.at.isoformat(),
        "disk_free": findings.disk_free,
        "signature": findings.key.value,
        "store": findings.trouble.code if findings.trouble else "ok",
    }
    status = findings.status
    if status is None:
        return told
    catalog, box = status.catalog, status.outbox
    return told | {
        "online": status.online,
        "enrolled": status.enrolled,
        "skew_s": None if status.skew is None else round(status.skew.total_seconds(), 1),
        "pending": box.pending,
        "rejected": box.rejected,
        "oldest": box.oldest.isoformat() if box.oldest else "",
        "numbers_left": status.sequences_left,
        "received_today": status.received_today,
        "catalog": None if catalog is None else {"version": catalog.version, "items": catalog.items},
    }
