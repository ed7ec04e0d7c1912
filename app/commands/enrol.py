"""Make this DATA folder a known station: a one-time code becomes certificate, trust root and number block."""

import argparse
from pathlib import Path

from app.commands.output import add_json, emit
from app.commands.wiring import enrol_station


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--station", type=Path, required=True)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--code", required=True, help="one-time code from the gateway's administrator")
    add_json(parser)


def run(args: argparse.Namespace) -> int:
    granted = enrol_station(args.station, args.data, args.code)
    block = granted.block
    emit(
        args,
        {
            "station_id": granted.enrolment.station_id,
            "key_id": granted.enrolment.key_id,
            "certificate": granted.enrolment.certificate_pem,
            "numbers": {"first": block.first, "last": block.last},
        },
    )
    return 0
