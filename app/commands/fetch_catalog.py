"""Fetch, verify and swap in the signed catalog for a window that is open, beside it (ADR 0108)."""

import argparse
import os
import sys
from pathlib import Path

from app.commands import fetch_lines
from app.commands.child import end_with_parent

PATIENT = 10  # how far this stands back behind the window, as `nice` counts; the disk follows on Linux


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data", type=Path, required=True)


def run(args: argparse.Namespace) -> int:
    """What is wanted comes as one line on stdin (app.commands.fetch_lines); when stdin ends, so does this."""
    line = sys.stdin.buffer.readline()
    if not line:
        return 1
    order = fetch_lines.parse_order(line)
    end_with_parent()
    if hasattr(os, "nice"):
        os.nice(PATIENT)
    from app.catalog.layout import FORMAT
    from app.remote.catalog_sync import TufCatalogSync

    limit = order.rate_limit_kbit
    sync = TufCatalogSync(order.url, args.data, order.root.encode(), rate_limit_kbit=limit, reads=FORMAT)
    fetch_lines.answer(sync.run, lambda said: print(said, flush=True))
    return 0
