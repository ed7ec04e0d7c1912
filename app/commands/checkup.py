"""Looking at a station from a command: as its one writer, or from outside when that is not to be had."""

from concurrent.futures import wait
from dataclasses import dataclass
from pathlib import Path

from app.commands.wiring import SystemClock, device_hub, open_office
from app.domain.device import DeviceHealth, DeviceStatus
from app.domain.readiness import ReadinessRow, ReadinessSheet, RowState
from app.errors import AppError, DeviceBusyError, StoreBusyError
from app.services import readiness
from app.services.diagnostics import Examined, examine
from app.services.office import Office
from app.services.readiness import Findings, KeyStanding, Seen
from app.settings import StationSettings, read
from app.texts import Texts, load


@dataclass(frozen=True, slots=True)
class Checkup:
    """`busy`: the program that has this station open, its store and its devices; "" none."""

    examined: Examined
    busy: str = ""


def examined_office(office: Office) -> Checkup:
    return Checkup(examine(office))


def from_outside(file: Path, error: AppError) -> Checkup:
    """The store could not be opened.  Where another program has it the devices are left to that program."""
    settings, texts = read(file), load()
    if isinstance(error, StoreBusyError):
        return _taken(settings, texts, error)
    healths = _ask(settings)
    findings = Findings(SystemClock().now(), None, error, KeyStanding.UNKNOWN)
    rows = readiness.device_rows(texts, Seen(healths), settings.papers) + readiness.station_rows(
        texts, findings
    )
    return Checkup(Examined(_sheet(settings, rows, healths), healths, findings))


def run(file: Path, data: Path) -> Checkup:
    """Examine a station; never raises for what is wrong with it.  Raises SettingsError."""
    try:
        with open_office(file, data) as office:
            return examined_office(office)
    except AppError as error:
        return from_outside(file, error)


def _ask(settings: StationSettings) -> tuple[DeviceHealth, ...]:
    hub = device_hub(settings, tuple(device.kind for device in settings.devices))
    try:
        wait([hub.probe(device.kind) for device in settings.devices], readiness.PROBE_S)
        return tuple(hub.health())
    finally:
        hub.close()


def _taken(settings: StationSettings, texts: Texts, error: StoreBusyError) -> Checkup:
    holder = str(error.values.get("command", ""))
    program = (
        texts.code("doctor.program", holder) if holder not in ("", "?") else texts["doctor.program.other"]
    )
    words = texts.say("doctor.in_use", program=program, pid=error.values.get("pid", "?"))
    healths = tuple(
        DeviceHealth(d.kind, DeviceStatus.BUSY, DeviceBusyError.code, None, d.driver, d.line, d.simulated)
        for d in settings.devices
    )
    rows = tuple(
        ReadinessRow(h.kind.value, texts[f"health.{h.kind.value}.name"], RowState.UNCHECKED, words)
        for h in healths
    )
    store = ReadinessRow("store", texts["readiness.store.name"], RowState.UNCHECKED, words)
    findings = Findings(SystemClock().now(), None, error, KeyStanding.UNKNOWN)
    return Checkup(Examined(_sheet(settings, (*rows, store), healths), healths, findings), words)


def _sheet(
    settings: StationSettings, rows: tuple[ReadinessRow, ...], healths: tuple[DeviceHealth, ...]
) -> ReadinessSheet:
    simulated = any(health.simulated for health in healths)
    return ReadinessSheet(settings.station_id, settings.site, "", SystemClock().now(), simulated, rows)
