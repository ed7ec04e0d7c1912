"""Check every device, the store, the catalog, the line and the clock; what is wrong and what to do."""

import argparse
from concurrent.futures import wait
from pathlib import Path
from typing import Any

from app.commands.output import add_json, emit
from app.commands.wiring import device_hub, open_office
from app.domain.device import DeviceHealth, DeviceStatus
from app.errors import AppError
from app.services.station_status import StationStatus, look
from app.settings import StationSettings, read
from app.texts import Texts, load

PROBE_S = 10.0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--station", type=Path, required=True)
    parser.add_argument("--data", type=Path, required=True)
    add_json(parser)


def run(args: argparse.Namespace) -> int:
    settings, texts = read(args.station), load()
    devices = _devices(settings, texts)
    station = _station(args.station, args.data, texts)
    ready = all(d["status"] == DeviceStatus.ONLINE.value for d in devices) and bool(station["ready"])
    report = {"ready": ready, "devices": devices, **{k: v for k, v in station.items() if k != "ready"}}
    emit(args, report, _words(report, texts))
    return 0


def _devices(settings: StationSettings, texts: Texts) -> list[dict[str, Any]]:
    hub = device_hub(settings, tuple(device.kind for device in settings.devices))
    try:
        pending = [hub.probe(device.kind) for device in settings.devices]
        wait(pending, PROBE_S)
        known = {health.kind: health for health in hub.health()}  # of one that hangs, the last that is known
        asked = zip(settings.devices, pending, strict=True)
        return [_device(f.result() if f.done() else known[d.kind], texts) for d, f in asked]
    finally:
        hub.close()


def _device(health: DeviceHealth, texts: Texts) -> dict[str, Any]:
    return {
        "kind": health.kind.value,
        "name": texts.code("device", health.kind.value),
        "status": health.status.value,
        "driver": health.driver,
        "line": health.line,
        "simulated": health.simulated,
        "reason": health.reason,
        "advice": texts.trouble(health.reason),
        "facts": health.facts,
    }


def _station(file: Path, data: Path, texts: Texts) -> dict[str, Any]:
    try:
        with open_office(file, data, devices=()) as office:
            return _report(look(office))
    except AppError as error:
        trouble = {"code": error.code, "advice": texts.error(error)}
        return {"ready": False, "store": {"ok": False, **trouble}, "catalog": None, "clock": None}


def _report(status: StationStatus) -> dict[str, Any]:
    catalog = status.catalog
    skew = None if status.skew is None else round(status.skew.total_seconds(), 1)
    usable = catalog is not None and not catalog.draft
    return {
        "ready": status.enrolled and usable and not status.clock_wrong,
        "store": {
            "ok": True,
            "pending": status.outbox.pending,
            "rejected": status.outbox.rejected,
            "numbers_left": status.sequences_left,
            "enrolled": status.enrolled,
        },
        "catalog": catalog
        and {
            "version": catalog.version,
            "items": catalog.items,
            "draft": catalog.draft,
            "age_days": status.catalog_age_days(),
        },
        "clock": {"ok": not status.clock_wrong, "now": status.at.isoformat(), "skew_s": skew},
        "gateway": {"online": status.online},
    }


def _words(report: dict[str, Any], texts: Texts) -> str:
    """The report for a person to read, a line each."""
    lines = [texts["doctor.ready" if report["ready"] else "doctor.not_ready"]]
    for device in report["devices"]:
        state = texts.code("device_status", device["status"])
        lines.append(f"{device['name']}  {state}  {device['advice']}".rstrip())
    store, catalog, clock = report["store"], report["catalog"], report["clock"]
    lines.append(texts.say("doctor.store", **store) if store["ok"] else store["advice"])
    if store["ok"]:
        lines.append(texts.say("doctor.catalog", **catalog) if catalog else texts["doctor.no_catalog"])
        lines.append(texts["doctor.clock_right" if clock["ok"] else "doctor.clock_wrong"])
        lines.append(texts["doctor.online" if report["gateway"]["online"] else "doctor.offline"])
    return "\n".join(lines)
