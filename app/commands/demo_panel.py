"""The demo's side table (演示台): what a person would do to the devices, since they are emulated.

Lay a card on the reader or lift it, take the paper out of a printer, and see what came out.
Only the demo has it; the program itself knows nothing of it.
"""

from collections.abc import Mapping
from concurrent.futures import Executor
from pathlib import Path

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QGuiApplication, QPixmap
from PySide6.QtWidgets import QButtonGroup, QFrame, QLabel, QScrollArea, QWidget

from app.commands.embedded import Embedded
from app.texts import Texts
from ui.tasks import TaskRunner
from ui.theme import COUNTER, style_sheet
from ui.widgets.kit import KeyButton, Kit, box, col, row

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
DESK = 1366  # px a counter takes at least: beside it the whole table has room
SIDE, FOOT = 352, 136  # px from the right and lower edge of a counter to where a short table hides nothing
KIOSK_SPEAKS, KIOSK_HEAD = 880, 200  # px: a kiosk that lies only speaks left of it, one that stands above 640
SLIPS_MS = 500


class DemoPanel(QFrame):
    """A tool window beside the program's own; closing that one closes this one."""

    def __init__(
        self, services: Embedded, texts: Texts, tasks: TaskRunner, executor: Executor, *, full_screen: bool
    ) -> None:
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
        rest = col(*self._printers(), self._slips(), gap=12)
        self._whole = QFrame()
        rest.setContentsMargins(0, 0, 0, 0)
        self._whole.setLayout(rest)
        self._more = self._kit.button(texts["demo_panel.more"], name="demo_more", on=False)
        self._more.toggled.connect(self._unfold)
        layout = col(self._reader(), self._whole, gap=12)
        layout.setContentsMargins(12, 12, 12, 12)
        self.setLayout(layout)
        self.setFixedWidth(WIDTH)
        self._stand(full_screen)
        timer = QTimer(self)
        timer.timeout.connect(self._look)
        timer.start(SLIPS_MS)

    def _stand(self, full_screen: bool) -> None:
        """Beside the program where there is room, else short, where it hides nothing that is pressed."""
        place = QGuiApplication.primaryScreen().availableGeometry()
        if not full_screen and place.width() >= DESK + WIDTH:
            self._more.hide()
            self.resize(WIDTH, min(HEIGHT, place.height()))
            self.move(place.right() - WIDTH, place.top())
            return
        self._unfold(False)
        if full_screen:
            speaks = KIOSK_SPEAKS if place.width() > place.height() else place.width()
            self.move(place.left() + speaks - WIDTH - 24, place.top() + KIOSK_HEAD)
        else:
            self.move(place.right() - SIDE - WIDTH, place.bottom() - FOOT)

    def _unfold(self, on: bool) -> None:
        """The other cards, the printers and what came out, or only what a first case needs."""
        for part in (*self._beyond, self._whole):
            part.setVisible(on)
        self._more.setText(self._texts["demo_panel.less" if on else "demo_panel.more"])
        self.resize(WIDTH, HEIGHT if on else self.minimumSizeHint().height())
        room = self.screen().availableGeometry()
        self.move(self.x(), max(room.top(), min(self.y(), room.bottom() - self.height())))

    def _reader(self) -> QFrame:
        kit = self._kit
        first, *others = (self._act(f"card_{name}", "sdt", f"put {name}") for name in CARDS)
        lift = self._act("lift", "sdt", "lift")
        title = kit.text(self._texts["demo_panel.reader"], "title")
        pairs = [box(row(*others[i : i + 2], gap=8)) for i in range(0, len(others), 2)]
        self._beyond: list[QWidget] = [title, *pairs]
        return kit.card(title, row(first, lift, self._more, gap=8), *pairs, gap=8)

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
        button.clicked.connect(self._hand_back)
        return button

    def _hand_back(self) -> None:
        """The keyboard goes on in the program."""
        own = self.windowHandle()
        program = own.transientParent() if own is not None else None
        if program is not None:
            program.requestActivate()

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
