"""A second display that is there, goes, comes back and gets the counter (arguments: folder, platform)."""

import json
import os
import sys
from pathlib import Path


def main(folder: Path, platform: str) -> int:
    os.environ["QT_QPA_PLATFORM"] = platform
    from PySide6.QtGui import QGuiApplication
    from PySide6.QtWidgets import QApplication

    from app.domain.catalog import Channel
    from tests.ui.fakes import LI, bench, settle
    from ui.profile import PROFILES
    from ui.shells.counter import CounterShell

    app = QApplication(sys.argv)
    with bench(folder) as hall:
        shell = CounterShell(hall.desk(LI), PROFILES[Channel.COUNTER], hall.files)
        shell.show()
        app.processEvents()
        customer = shell.customer
        at = customer.window.geometry().getRect() if customer.window else ()
        first, second = (QGuiApplication.screens() * 2)[:2]
        customer.find_display(gone=second)
        gone = customer.window is None
        customer.find_display(second)
        back = customer.window is not None and customer.window.screen() is second
        shell.windowHandle().setScreen(second)
        app.processEvents()
        carried = customer.window.geometry().getRect() if customer.window else ()
        said = {"at": list(at), "gone": gone, "back": back, "carried": list(carried)}
        print(json.dumps({"displays": len(app.screens()), **said}))
        shell.stop()
        settle(hall)
        shell.close()
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2]))
