"""A counter with its customer's screen; says where that lies whenever it has changed (argument: folder)."""

import json
import sys
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from app.domain.catalog import Channel
from tests.ui.fakes import LI, bench
from ui.profile import PROFILES
from ui.shells.counter import CounterShell
from ui.theme import load_fonts

LOOK_MS = 50


def main(folder: Path) -> int:
    app = QApplication(sys.argv[:1])
    load_fonts()
    with bench(folder) as hall:
        shell = CounterShell(hall.desk(LI), PROFILES[Channel.COUNTER], hall.files)
        shell.setGeometry(0, 0, 800, 600)
        shell.show()
        told: list[list[int]] = []

        def look() -> None:
            window = shell.customer.window
            at = list(window.frameGeometry().getRect()) if window is not None and window.isVisible() else []
            if told[-1:] != [at]:
                told.append(at)
                print(json.dumps(at), flush=True)

        looking = QTimer(shell, interval=LOOK_MS)
        looking.timeout.connect(look)
        looking.start()
        code = app.exec()
        shell.stop()
    return code


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
