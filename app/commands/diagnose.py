"""Pack a diagnostic bundle for support: versions, settings, readiness, devices and the log; nobody in it."""

import argparse
from pathlib import Path

from app.atomic_file import write_atomically
from app.commands.checkup import examined_office, from_outside
from app.commands.output import add_json, emit
from app.commands.wiring import open_office
from app.errors import AppError
from app.machine import ThisMachine
from app.services.diagnostics import packed
from app.services.health_journal import HealthJournal
from app.settings import read
from app.texts import load


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--station", type=Path, required=True)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True, metavar="FILE.zip")
    add_json(parser)


def run(args: argparse.Namespace) -> int:
    texts, machine, journal = load(), ThisMachine(args.data, read(args.station)), HealthJournal()
    try:
        with open_office(args.station, args.data) as office:
            found, journal = examined_office(office), office.journal
    except AppError as error:
        found = from_outside(args.station, error)
    data = packed(texts, found.examined, machine, journal)
    write_atomically(args.out, data)
    words = texts.say("diagnose.done", file=args.out, size=f"{len(data) / 1024:.0f} KB")
    emit(args, {"file": str(args.out), "bytes": len(data), "in_use": found.busy}, words)
    return 0
