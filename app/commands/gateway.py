"""Run the gateway (前置机): signed catalog, enrolment, number blocks, case intake, receipt page."""

import argparse
from pathlib import Path

from app.commands.child import end_with_parent
from app.errors import MissingExtraError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data", type=Path, required=True, help="folder of the gateway")
    parser.add_argument("--port", type=int, required=True, help="0 takes a free one")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--database", help="SQLAlchemy URL; default: a SQLite file in DATA")
    parser.add_argument("--demo", action="store_true", help="demo catalog; any station enrols with code DEMO")


def run(args: argparse.Namespace) -> int:
    end_with_parent()
    try:
        from app.gateway.server import serve
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("app"):
            raise
        raise MissingExtraError(part=error.name) from error
    return serve(args.data, args.port, args.database, args.demo, host=args.host)
