"""The main job in all three modes, headless, by keys and presses; leaves pictures and papers."""

import argparse
import os
import shutil
import sys
import tempfile
from pathlib import Path

from app.commands.embedded import Embedded, embedded
from app.domain.catalog import Channel
from app.services.office import Office
from app.services.printing import receipt_pdf
from app.texts import load

SIZES = {Channel.COUNTER: (1366, 768), Channel.KIOSK: (1080, 1920), Channel.POPUP: (1366, 768)}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--out", type=Path, required=True, metavar="DIR")
    parser.add_argument("--more", action="store_true", help="other pages, and papers that do not come out")


def run(args: argparse.Namespace) -> int:
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    out: Path = args.out.resolve()
    out.mkdir(parents=True, exist_ok=True)
    print(load()["demo.preparing"], file=sys.stderr)
    with tempfile.TemporaryDirectory(prefix="guanjia-tour-") as scratch:
        with embedded(Path(scratch), ("--no-card",), a4=True) as services:
            for mode in SIZES:
                _walk(mode, services, out, more=args.more)
        for paper in sorted([*services.slips.iterdir(), *services.pages.iterdir()]):
            shutil.copy(paper, out)
    print(load().say("demo.tour_done", folder=out))
    return 0


def _walk(mode: Channel, services: Embedded, out: Path, *, more: bool) -> None:
    from app.commands import tour_counter, tour_kiosk, tour_more, tour_popup
    from app.commands.demo import demo_operator
    from app.commands.stage import Stage
    from app.commands.window import application, desk_of, make_shell
    from app.commands.wiring import open_office

    walks = {
        Channel.COUNTER: tour_counter.walk,
        Channel.KIOSK: tour_kiosk.walk,
        Channel.POPUP: tour_popup.walk,
    }
    further = {Channel.COUNTER: tour_more.counter, Channel.KIOSK: tour_more.kiosk}
    app = application()
    services.tell("sdt", "lift")  # the card of the walk before would be read before the first picture
    station, data = services.station(mode)
    operator = None if mode is Channel.KIOSK else demo_operator(station, data)
    with open_office(station, data, mode=mode) as office, desk_of(office, operator) as desk:
        shell = make_shell(desk, mode)
        shell.resize(*SIZES[mode])
        shell.show()
        try:
            stage = Stage(app, shell, out, mode.value)
            walks[mode](stage, services)
            _keep_paper(desk.office, out, mode)
            if more and mode in further:
                further[mode](stage, services)
        finally:
            shell.stop()
            shell.deleteLater()
            app.processEvents()


def _keep_paper(office: Office, out: Path, mode: Channel) -> None:
    """The signed PDF of the newest case beside the pictures."""
    with office.store.begin() as work:
        newest = work.case_lines(limit=1)[0]
    (out / f"{mode.value}-receipt.pdf").write_bytes(receipt_pdf(office, newest.case_id))
