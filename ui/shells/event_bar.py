"""The bar of an outing: its name and place, the line, and the numbers one drives home with."""

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QFrame, QWidget

from app.errors import AppError
from app.services import case_file
from app.services.case_file import Event
from ui import icons
from ui.desk import Desk
from ui.pages.counter.steps import set_text
from ui.power import battery_percent
from ui.status import StatusBoard
from ui.widgets.kit import KeyButton, Kit, box, restyle, row

HEIGHT = 40
FACTS = (
    ("received", "box", ""),
    ("pending", "sync", "outbox"),
    ("numbers", "key", "numbers"),
    ("catalog", "calendar", "catalog"),
)


class EventBar(QFrame):
    """`opened(key)`: a fact was pressed, show it on the device page."""

    opened = Signal(str)

    def __init__(self, kit: Kit, desk: Desk, board: StatusBoard) -> None:
        super().__init__()
        self._kit, self._desk, self._board = kit, desk, board
        self._texts = desk.office.texts
        self._event = Event()
        self.setObjectName("event_bar")
        self.setProperty("role", "event")
        self.setFixedHeight(HEIGHT)
        self._facts = {name: self._fact(name, icon, key) for name, icon, key in FACTS}
        self._battery = self._fact("battery", "battery", "")
        self._line = self._fact("line", "offline", "network")
        self._shown, self._form = self._told(), self._asked()
        self._form.hide()
        layout = row(self._shown, self._form, self._line, None, *self._facts.values(), self._battery, gap=12)
        layout.setContentsMargins(16, 0, 16, 0)
        self.setLayout(layout)
        board.ticked.connect(self.refresh)
        self.refresh()
        self._load()

    def _told(self) -> QWidget:
        kit = self._kit
        self._name = kit.text("", "strong", name="event_title")
        self._place = kit.text("", "body", "muted", name="event_where")
        self._edit = kit.button(self._texts["popup.edit"], "quiet", name="event_edit", h=26)
        self._edit.clicked.connect(self.edit)
        return box(row(self._name, self._place, self._edit, gap=8))

    def _asked(self) -> QWidget:
        kit, texts = self._kit, self._texts
        self.name = kit.field(hint=texts["popup.name_hint"], name="event_name", h=30)
        self.place = kit.field(hint=texts["popup.place_hint"], name="event_place", h=30)
        self.name.setFixedWidth(200)
        self.place.setFixedWidth(200)
        save = kit.button(texts["popup.save"], "secondary", "Enter", name="event_save", h=28)
        save.clicked.connect(self.save)
        self.name.returnPressed.connect(self.place.setFocus)
        self.place.returnPressed.connect(self.save)
        return box(row(self.name, self.place, save, gap=8))

    def _fact(self, name: str, icon: str, key: str) -> KeyButton:
        pal = self._kit.pal
        button = KeyButton("", "", pal, 16)
        button.setObjectName(f"event_{name}")
        button.setProperty("kind", "fact")
        button.setIcon(icons.icon(icon, 16, pal.muted, pal.muted))
        button.setIconSize(QSize(16, 16))
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        if key:
            button.clicked.connect(lambda: self.opened.emit(key))
        return button

    # -- content -----------------------------------------------------------------------------------

    def refresh(self) -> None:
        texts, status = self._texts, self._board.status
        online = self._board.online
        self._line.setText(texts["popup.online" if online else "popup.offline"])
        icon = icons.icon("network" if online else "offline", 16, self._kit.pal.ink, self._kit.pal.muted)
        self._line.setIcon(icon)
        restyle(self._line, kind="fact_pill")
        charge = battery_percent()
        self._battery.setVisible(charge is not None)
        self._battery.setText(texts.say("popup.battery", n=charge or 0))
        if status is None:
            for button in self._facts.values():
                button.setText("—")
            return
        age = status.catalog_age_days()
        catalog = (
            texts["popup.no_catalog"]
            if age is None
            else texts["popup.catalog_today"]
            if age == 0
            else texts.say("popup.catalog", n=age)
        )
        words = {
            "received": texts.say("popup.received", n=status.received_today),
            "pending": texts.say("popup.pending", n=status.outbox.pending),
            "numbers": texts.say("popup.numbers", n=status.sequences_left),
            "catalog": catalog,
        }
        for name, word in words.items():
            self._facts[name].setText(word)

    def _show_event(self) -> None:
        set_text(self._name, self._event.name or self._texts["popup.unnamed"])
        set_text(self._place, self._event.place)
        self._show_form(False)

    def _show_form(self, asked: bool) -> None:
        self._form.setVisible(asked)
        self._shown.setVisible(not asked)

    def edit(self) -> None:
        self.name.setText(self._event.name)
        self.place.setText(self._event.place)
        self._show_form(True)
        self.name.setFocus()

    def save(self) -> None:
        named, office = Event(self.name.text().strip(), self.place.text().strip()), self._desk.office
        self._desk.tasks.run(
            self._desk.store_executor,
            lambda: case_file.name_event(office, named),
            owner=self,
            done=lambda _none: self._loaded(named),
            failed=self._failed,
        )

    def _load(self) -> None:
        office = self._desk.office
        self._desk.tasks.run(
            self._desk.store_executor,
            lambda: case_file.event(office),
            owner=self,
            done=self._loaded,
            failed=self._failed,
        )

    def _loaded(self, event: Event) -> None:
        self._event = event
        self._show_event()

    def _failed(self, error: AppError) -> None:
        set_text(self._place, self._texts.error(error), "stop")
        self._show_form(False)
