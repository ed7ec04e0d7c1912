"""A window with one field and the real watch, for keys from a real display server.

Words on standard input: `field`, `codes`, `aim`, `busy`.  It says what happens as JSON, a line each.
"""

import json
import sys
import time
from threading import Thread

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QApplication, QLineEdit, QPushButton, QVBoxLayout, QWidget

from app.domain.wedge import Prefix
from ui.wedge import WedgeWatch

BUSY_S = 0.2


class Asked(QObject):
    word = Signal(str)

    def listen(self) -> None:
        for line in sys.stdin:
            self.word.emit(line.strip())


def say(**words: object) -> None:
    print(json.dumps(words), flush=True)


class Desk(QWidget):
    def __init__(self) -> None:
        super().__init__()
        self.line = QLineEdit("by hand")
        self.line.setCursorPosition(3)
        layout = QVBoxLayout(self)
        layout.addWidget(self.line)
        layout.addWidget(QPushButton("other"))
        self.codes: list[str] = []
        self.entered = 0
        self.watch = WedgeWatch(self)
        self.watch.scanned.connect(self._scanned)
        self.watch.wake()
        self.line.returnPressed.connect(self._entered)

    def _scanned(self, code: str) -> None:
        self.codes.append(code)
        say(scanned=code)

    def _entered(self) -> None:
        self.entered += 1
        say(entered=self.line.text())

    def answer(self, word: str) -> None:
        if word == "field":
            line = self.line
            state = {"text": line.text(), "cursor": line.cursorPosition(), "focus": line.hasFocus()}
            say(field={**state, "entered": self.entered})
        elif word == "codes":
            say(codes=self.codes)
        elif word == "aim":
            self.watch.wake(Prefix.AIM)
            say(aim=True)
        elif word == "busy":
            block = QTimer(self, interval=1)
            block.timeout.connect(lambda: time.sleep(BUSY_S))
            block.start()
            say(busy=True)


def main() -> int:
    app = QApplication(sys.argv)
    desk, asked = Desk(), Asked()
    asked.word.connect(desk.answer)
    desk.show()
    desk.activateWindow()
    desk.line.setFocus()
    desk.line.setCursorPosition(3)
    looking = QTimer(desk, interval=20)
    looking.timeout.connect(lambda: desk.isActiveWindow() and (looking.stop(), say(active=True)))
    looking.start()
    Thread(target=asked.listen, daemon=True).start()
    return app.exec()


if __name__ == "__main__":
    sys.exit(main())
