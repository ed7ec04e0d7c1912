"""The demo's side table (演示台): what a person would do to the devices, since they are emulated.

Lay a card on the reader or lift it, take the paper out of a printer, and see what came out.
Only the demo has it; the program itself knows nothing of it.
"""

from collections.abc import Mapping
from concurrent.futures import Executor
from pathlib import Path

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QGuiApplication, QPixmap
from PySide6.QtWidgets import QButtonGroup, QFrame, QLabel, QScrollArea

from app.commands.embedded import Embedded
from app.texts import Texts
from ui.tasks import TaskRunner
from ui.theme import COUNTER, style_sheet
from ui.widgets.kit import KeyButton, Kit, col, row

CARDS = ("resident", "hmt_residence", "foreigner_2023", "foreigner_2017", "rare", "bad_number")
_WELL = ("plug", "power on", "fault none", "paper ok", "cover closed")
PRINTER = {
    "ok": (),
    "out": ("paper out",),
    "cover": ("cover open",),
    "near_end": ("paper near_end",),
    "cutter": ("fault cutter",),
    "unplugged": ("unplug",),
}
_A4_WELL = ("plug", "paper full", "cover closed", "jam off", "toner ok")
A4_PRINTER = {
    "ok": (),
    "out": ("paper 0",),
    "jam": ("jam on",),
    "cover": ("cover open",),
    "toner": ("toner empty",),
    "unplugged": ("unplug",),
}
WIDTH, HEIGHT = 340, 760
SLIPS_MS = 500


class DemoPanel(QFrame):
    """A tool window beside the program's own; closing that one closes this one."""

    def __init__(self, services: Embedded, texts: Texts, tasks: TaskRunner, executor: Executor) -> None:
        super().__init__(None, Qt.WindowType.Tool)
        self._services, self._texts, self._tasks, self._executor = services, texts, tasks, executor
        self._kit = Kit(COUNTER)
        self._shown: Path | None = None
        self.setAttribute(Qt.WidgetAttribute.WA_QuitOnClose, False)
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self.setObjectName("window")
        self.setWindowTitle(texts["demo_panel.title"])
        self.setStyleSheet(style_sheet(self._kit.s, self._kit.pal))
        self._slip = QLabel(texts["demo_panel.no_slip"])
        self._slip.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
        layout = col(self._reader(), *self._printers(), self._slips(), gap=12)
        layout.setContentsMargins(12, 12, 12, 12)
        self.setLayout(layout)
        self.setFixedWidth(WIDTH)
        place = QGuiApplication.primaryScreen().availableGeometry()
        self.resize(WIDTH, min(HEIGHT, place.height()))
        self.move(place.right() - WIDTH, place.top())
        timer = QTimer(self)
        timer.timeout.connect(self._look)
        timer.start(SLIPS_MS)

    def _reader(self) -> QFrame:
        kit = self._kit
        buttons = [self._act(f"card_{name}", "sdt", f"put {name}") for name in CARDS]
        pairs = [row(*buttons[i : i + 2], gap=8) for i in range(0, len(buttons), 2)]
        lift = self._act("lift", "sdt", "lift")
        return kit.card(kit.text(self._texts["demo_panel.reader"], "title"), *pairs, lift, gap=8)

    def _printers(self) -> list[QFrame]:
        made = [self._printer("escpos", "printer", _WELL, PRINTER)]
        if "ipp" in self._services.controls:
            made.append(self._printer("ipp", "a4_printer", _A4_WELL, A4_PRINTER))
        return made

    def _printer(
        self, device: str, title: str, well: tuple[str, ...], troubles: Mapping[str, tuple[str, ...]]
    ) -> QFrame:
        kit, group = self._kit, QButtonGroup(self)
        choices = []
        for name, commands in troubles.items():
            choice = kit.choice(self._texts[f"demo_panel.paper_{name}"], on=name == "ok")
            choice.clicked.connect(lambda _=False, c=(*well, *commands): self._tell(device, c))
            group.addButton(choice)
            choices.append(choice)
        lines = row(*choices[:3], gap=8), row(*choices[3:], gap=8)
        return kit.card(kit.text(self._texts[f"demo_panel.{title}"], "title"), *lines, gap=8)

    def _slips(self) -> QFrame:
        scroll = QScrollArea()
        scroll.setWidget(self._slip)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        title = self._kit.text(self._texts["demo_panel.slips"], "title")
        return self._kit.card(title, scroll, gap=8)

    def _act(self, name: str, device: str, command: str) -> KeyButton:
        button = self._kit.button(self._texts[f"demo_panel.{name}"], name=f"demo_{name}")
        button.clicked.connect(lambda: self._tell(device, (command,)))
        return button

    def _tell(self, device: str, commands: tuple[str, ...]) -> None:
        """Off the GUI thread; an emulator that is gone is the demo's end, not a fault of the program."""
        self._tasks.run(
            self._executor,
            lambda: [self._services.tell(device, command) for command in commands],
            owner=self,
            done=lambda _: None,
            failed=lambda _: None,
        )

    def _look(self) -> None:
        """Show the newest paper once it is whole."""
        papers = [*self._services.slips.glob("*.png"), *self._services.pages.glob("*.png")]
        newest = max(papers, key=lambda path: path.stat().st_mtime_ns, default=None)
        if newest is None or newest == self._shown:
            return
        picture = QPixmap(str(newest))
        if not picture.isNull():
            self._shown = newest
            smooth = Qt.TransformationMode.SmoothTransformation
            self._slip.setPixmap(picture.scaledToWidth(WIDTH - 72, smooth))
