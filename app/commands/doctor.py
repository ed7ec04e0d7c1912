"""Check every device, the store, the catalog, the line and the clock; what is wrong and what to do."""

import argparse
from pathlib import Path
from typing import Any

from app.commands.checkup import Checkup, examined_office, from_outside
from app.commands.output import add_json, emit
from app.commands.wiring import open_office
from app.domain import record
from app.domain.device import DeviceHealth
from app.domain.readiness import Opening, ReadinessSheet
from app.errors import AppError
from app.services.readiness import document
from app.services.readiness_print import PrintedSheet, print_sheet
from app.services.station_status import StationStatus
from app.texts import Texts, load


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--station", type=Path, required=True)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--print", action="store_true", help="print the sheet on the receipt or A4 printer")
    add_json(parser)


def run(args: argparse.Namespace) -> int:
    texts = load()
    printed: PrintedSheet | None = None
    try:
        with open_office(args.station, args.data) as office:
            found = examined_office(office)
            printed = print_sheet(office, found.examined.sheet) if args.print else None
    except AppError as error:
        found = from_outside(args.station, error)
    report = _report(found, texts)
    if args.print:
        report["printed"] = printed.outcome.state.value if printed else "failed"
        report["printed_reason"] = printed.outcome.reason if printed else "store"
    emit(args, report, _words(found, texts))
    return 0


def _report(found: Checkup, texts: Texts) -> dict[str, Any]:
    examined = found.examined
    return {
        "ready": examined.sheet.opening is Opening.OPEN,
        "devices": [_device(health, found.busy, texts) for health in examined.healths],
        **_station(found, texts),
        "in_use": found.busy,
        "sheet": document(examined.sheet),
    }


def _device(health: DeviceHealth, busy: str, texts: Texts) -> dict[str, Any]:
    return {
        "kind": health.kind.value,
        "name": texts.code("device", health.kind.value),
        "status": health.status.value,
        "driver": health.driver,
        "line": health.line,
        "simulated": health.simulated,
        "reason": health.reason,
        "advice": busy or texts.trouble(health.reason),
        "facts": health.facts,
        "capabilities": list(health.capabilities),
    }


def _station(found: Checkup, texts: Texts) -> dict[str, Any]:
    findings = found.examined.findings
    if findings.status is not None:
        return _told(findings.status)
    error = findings.trouble
    trouble = {} if error is None else {"code": error.code, "advice": texts.error(error)}
    return {"store": {"ok": False, **trouble}, "catalog": None, "clock": None}


def _told(status: StationStatus) -> dict[str, Any]:
    catalog = status.catalog
    skew = None if status.skew is None else round(status.skew.total_seconds(), 1)
    return {
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
        "carried": [record.plain(each) for each in status.carried],
        "clock": {"ok": not status.clock_wrong, "now": status.at.isoformat(), "skew_s": skew},
        "gateway": {"online": status.online},
    }


def _words(found: Checkup, texts: Texts) -> str:
    """The sheet for a person to read, a line a row."""
    sheet: ReadinessSheet = found.examined.sheet
    lines = [found.busy] if found.busy else [texts[f"readiness.opening.{sheet.opening.value}"]]
    for row in sheet.rows:
        state = texts[f"readiness.state.{row.state.value}"]
        lines.append(
            texts.say(
                "doctor.row", state=state, name=row.name, sentence=row.sentence, advice=row.advice
            ).rstrip()
        )
    lines += [texts.say("readiness.paper.limit", words=limit) for limit in sheet.limits]
    return "\n".join(lines)
