"""Inline notices above the sheet, by name: what went wrong, or a question that came from outside."""

from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from app.errors import AppError
from app.texts import Texts
from ui.widgets.kit import Kit, clear


class Notices(QFrame):
    """One notice a name; a newer one replaces the older."""

    def __init__(self, kit: Kit, texts: Texts) -> None:
        super().__init__()
        self._kit, self._texts = kit, texts
        self._places: dict[str, QVBoxLayout] = {}
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(8)
        self.hide()

    def say(self, name: str, tone: str, title: str, body: str, *buttons: QWidget) -> None:
        self.drop(name)
        place = QVBoxLayout()
        place.setContentsMargins(0, 0, 0, 0)
        place.addWidget(self._kit.message(tone, title, body, *buttons, name=f"notice_{name}"))
        self._places[name] = place
        self._column.addLayout(place)
        self.show()

    def tell(self, error: AppError) -> None:
        """An error, with a button that puts the notice away."""
        close = self._kit.button(self._texts["counter.understood"], "quiet", name="notice_close", h=28)
        close.clicked.connect(lambda: self.drop("error"))
        self.say("error", "stop", self._texts["counter.trouble"], self._texts.error(error), close)

    def drop(self, *names: str) -> None:
        for name in names:
            place = self._places.pop(name, None)
            if place is not None:
                clear(place)
                self._column.removeItem(place)
        self.setVisible(bool(self._places))

    def names(self) -> tuple[str, ...]:
        return tuple(self._places)
