"""The program on an embedded demo: local gateway, emulated devices, demo catalog, signed in as 演示员."""

import argparse
from pathlib import Path

from app.commands.embedded import OPERATOR, PIN, embedded
from app.commands.window import HOME, application, show
from app.commands.wiring import open_office
from app.domain.catalog import Channel
from app.domain.operator import Operator
from app.services.sign_in import sign_in

MODES = ("counter", "kiosk", "popup")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--mode", choices=MODES, default="counter")
    parser.add_argument("--data", type=Path, default=HOME / "demo", help="default: %(default)s")


def run(args: argparse.Namespace) -> int:
    app, mode = application(), Channel(args.mode)
    with embedded(args.data.resolve()) as services:
        station, data = services.station(mode)
        return show(app, station, data, mode, demo_operator(station, data))


def demo_operator(station: Path, data: Path) -> Operator:
    with open_office(station, data, devices=()) as office:
        return sign_in(office, OPERATOR, PIN)
