"""Fetch the newest signed catalog and station keys, deliver what waits, lease numbers when they run low."""

import argparse
import sys
from pathlib import Path

from app.commands.output import add_json, emit
from app.commands.wiring import open_office
from app.services.catalog_sync import sync


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--station", type=Path, required=True)
    parser.add_argument("--data", type=Path, required=True)
    add_json(parser)


def run(args: argparse.Namespace) -> int:
    with open_office(args.station, args.data, devices=()) as office:
        outcome = sync(office, _progress if sys.stderr.isatty() else None)
    emit(
        args,
        {
            "catalog_version": outcome.catalog_version,
            "items": outcome.items,
            "uploaded": outcome.uploaded,
            "pending": outcome.pending,
            "rejected": outcome.rejected,
            "trouble": outcome.trouble,
            "advice": outcome.advice,
        },
    )
    return 0


def _progress(done: int, total: int) -> None:
    print(f"\r{done / 1e6:.1f} / {total / 1e6:.1f} MB", end="", file=sys.stderr, flush=True)
