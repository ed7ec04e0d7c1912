"""Open the window of a mode: counter (综窗), kiosk (自助终端) or pop-up (快闪)."""

import argparse
import logging
import os
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from threading import Event

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget

from app.commands.fitting import fit
from app.commands.wiring import open_station
from app.domain.catalog import Channel
from app.domain.operator import Operator
from app.errors import AppError, StoppedByPersonError
from app.services.catalog_sync import sync as sync_station
from app.services.office import Office
from app.services.printing import recover_prints, take_back
from app.texts import load
from ui import fault_page, theme
from ui.desk import Desk
from ui.fetch_news import FetchNews
from ui.garbage import collected_here
from ui.profile import PROFILES
from ui.shells.counter import CounterShell
from ui.shells.kiosk import KioskShell
from ui.shells.popup import PopupShell
from ui.tasks import TaskRunner

logger = logging.getLogger(__name__)
EXECUTORS = ("store", "relay", "sync", "catalog", "paper", "pages", "camera", "sheets")
LET_IN_S = 0.001  # within which a busy thread (pages, a check) lets the window have its turn; Python: 5 ms
HOME = Path(os.environ.get("XDG_DATA_HOME", Path.home() / ".local" / "share")) / "guanjia-zongchuang"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--station", type=Path, default=HOME / "station.toml", help="default: %(default)s")
    parser.add_argument("--data", type=Path, default=HOME / "data", help="default: %(default)s")


def run(args: argparse.Namespace) -> int:
    app, mode = application(), Channel(args.command)
    fit(app, PROFILES[mode])
    with explained():
        return show(app, args.station, args.data, mode)


@contextmanager
def explained() -> Iterator[None]:
    """A start that fails is said in a window before the command ends."""
    try:
        yield
    except AppError as error:
        logger.error("cannot start: %s: %s", error.code, error)
        fault_page.explain(load().error(error))
        raise


def application() -> QApplication:
    """The one QApplication, with our fonts and the fault page for bugs."""
    # Everything is painted by the CPU; QtMultimedia too shall convert frames so, on the camera's own thread.
    QApplication.setAttribute(Qt.ApplicationAttribute.AA_ForceRasterWidgets)
    sys.setswitchinterval(LET_IN_S)
    app = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(app, QApplication)
    app.setStyle("Fusion")
    theme.load_fonts()
    fault_page.install(app, load())
    return app


def show(
    app: QApplication,
    station: Path,
    data: Path,
    mode: Channel,
    operator: Operator | None = None,
    beside: Callable[[Desk], QWidget] | None = None,
) -> int:
    """Open the window and stay until it is closed.  `beside` makes a second window (the demo's)."""
    with (
        collected_here(),
        open_station(station, data, mode=mode) as opened,
        desk_of(opened.office, operator, opened.enrol) as desk,
    ):
        shell = make_shell(desk, mode)
        if PROFILES[mode].full_screen:
            shell.showFullScreen()
        else:
            shell.show()
        second = beside(desk) if beside else None
        if second is not None:
            _keep_above(second, shell)
            second.show()
        code = app.exec()
        shell.stop()
    return code


def _keep_above(second: QWidget, first: QWidget) -> None:
    """A full screen window would lie over one that is not its own."""
    second.winId(), first.winId()  # windows of the system from now on
    above, below = second.windowHandle(), first.windowHandle()
    if above is not None and below is not None:
        above.setTransientParent(below)


def make_shell(desk: Desk, mode: Channel) -> CounterShell | KioskShell:
    shells: dict[Channel, type[CounterShell] | type[KioskShell]] = {
        Channel.COUNTER: CounterShell,
        Channel.KIOSK: KioskShell,
        Channel.POPUP: PopupShell,
    }
    return shells[mode](desk, PROFILES[mode])


def _sync_at_start(office: Office, ending: Event, news: FetchNews) -> None:
    """A station that was just enrolled gets its first catalog, every other one the newest."""

    def unless_ending(done: int, total: int) -> None:
        if ending.is_set():
            raise StoppedByPersonError
        news(done, total)

    try:
        sync_station(office, unless_ending)
    except AppError as error:
        logger.info("no sync at the start: %s", error.code)
    finally:
        news(0, 0)


@contextmanager
def desk_of(
    office: Office, operator: Operator | None = None, enrol: Callable[[str], object] | None = None
) -> Iterator[Desk]:
    """The executors of a window; joined at the end, so that what was begun is stored.

    Pages that have not come out by then are taken back, and prints that wait for their turn stay unprinted:
    a printer without paper would keep this process, and with it the DATA folder, for minutes.
    """
    recover_prints(office)
    executors = [ThreadPoolExecutor(1, name) for name in EXECUTORS]
    store, relay, sync, catalog, paper, pages, camera, sheets = executors
    ending, news = Event(), FetchNews()
    if office.sealer is not None:
        sync.submit(office.sealer.warm_up)
        sync.submit(_sync_at_start, office, ending, news)
    try:
        yield Desk(
            office,
            TaskRunner(),
            store,
            relay,
            sync,
            catalog,
            paper,
            pages,
            camera,
            sheets,
            operator,
            office.station.demo,
            enrol,
            news,
        )
    finally:
        ending.set()
        for printing in (paper, sheets):
            printing.shutdown(wait=False, cancel_futures=True)
        take_back(office)
        for executor in executors:
            executor.shutdown(wait=True, cancel_futures=executor is not store)
