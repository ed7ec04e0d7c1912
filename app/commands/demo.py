"""The program on an embedded demo: local gateway, emulated devices, demo catalog, signed in as 演示员."""

import argparse
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from PySide6.QtWidgets import QWidget

from app.commands.demo_panel import DemoPanel
from app.commands.embedded import OPERATOR, PIN, embedded
from app.commands.fitting import fit
from app.commands.window import HOME, application, explained, show
from app.commands.wiring import open_office
from app.domain.catalog import Channel
from app.domain.operator import Operator
from app.services.sign_in import sign_in
from app.texts import load
from ui.desk import Desk
from ui.profile import PROFILES

MODES = ("counter", "kiosk", "popup")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--mode", choices=MODES, default="counter")
    parser.add_argument("--data", type=Path, default=HOME / "demo", help="default: %(default)s")


def run(args: argparse.Namespace) -> int:
    app, mode = application(), Channel(args.mode)
    fit(app, PROFILES[mode])
    print(load()["demo.preparing"], file=sys.stderr)
    devices = embedded(args.data.resolve(), ("--no-card",), a4=True)
    with explained(), devices as services, ThreadPoolExecutor(1) as executor:
        station, data = services.station(mode)
        operator = None if mode is Channel.KIOSK else demo_operator(station, data)

        def side_table(desk: Desk) -> QWidget:
            full_screen = PROFILES[mode].full_screen
            return DemoPanel(services, desk.office.texts, desk.tasks, executor, full_screen=full_screen)

        return show(app, station, data, mode, operator, side_table)


def demo_operator(station: Path, data: Path) -> Operator:
    with open_office(station, data, devices=()) as office:
        return sign_in(office, OPERATOR, PIN)
