"""What changed, over the page: of one item (a draft or a case), or everything nobody has looked at yet."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from app.domain.catalog_diff import Change, Matters
from app.domain.catalog_weight import ItemChanged, Subject
from app.flows.carrying import Carried
from app.services.catalog_changes import ChangedDraft
from app.texts import Texts
from ui.changes.words import ICON, TONE, change_words
from ui.pages.counter.steps import set_text
from ui.widgets.kit import Kit, box, clear, col, row
from ui.widgets.overlay import Overlay

WIDTH, SIDE, PILL, SCROLLER = 760, 32, 96, 12
LEAST, MARGIN = 120, 260  # px of the list, and of what stands above and below it


class ChangesSheet(Overlay):
    """`accepted`: go on under the new catalog; `seen`: all were looked at.

    `opened(text)`: show the cases that a search for it finds; `resumed(draft_id)`: go on with that draft.
    """

    accepted = Signal()
    opened = Signal(str)
    resumed = Signal(str)
    seen = Signal()

    def __init__(self, kit: Kit, texts: Texts, parent: QWidget, name: str) -> None:
        self._kit, self._texts = kit, texts
        self._back: QWidget | None = None
        self._title = kit.text("", "h2", name="changes_title")
        self._name = kit.text("", "title", wrap=True, name="changes_name")
        self._lead = kit.text("", "body", "muted", wrap=True, name="changes_lead")
        self._list = QVBoxLayout()
        self._list.setSpacing(0)
        self._foot = row(gap=8)
        inner = box(col(self._list, None, gap=0), (0, 0, 8, 0), role="sheet")
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setWidget(inner)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setAccessibleName(texts["changes.title"])
        card = kit.card(
            self._title,
            self._name,
            self._lead,
            self._scroll,
            self._foot,
            gap=8,
            margins=(SIDE, 24, SIDE, 24),
            role="sheet",
            name=name,
        )
        card.setFixedWidth(WIDTH)
        super().__init__(parent, card, f"{name}_cover")
        self._first: QWidget = self._scroll

    # -- what is shown -----------------------------------------------------------------------------

    def show_draft(self, item_name: str, changed: ChangedDraft, *, done: bool) -> None:
        """`done`: the intake goes on under the new version already."""
        texts, carried = self._texts, changed.carried
        lead = "lead_gone" if carried is None else "lead_quiet" if done else "lead_draft"
        self._begin(texts["changes.title"], item_name, texts[f"changes.{lead}"])
        if carried is not None and not carried.whole and not done:
            self._list.addWidget(self._fallen(carried))
        self._changes(changed.changes)
        accept = carried is not None and not done
        self._buttons(("changes.continue", "primary", "changes_continue", self._accept) if accept else None)
        self._present()

    def show_case(self, changed: ItemChanged) -> None:
        self._begin(self._texts["changes.title"], changed.item_name, self._texts["changes.lead_case"])
        self._changes(changed.changes)
        self._buttons(None)
        self._present()

    def show_news(self, news: Sequence[ItemChanged]) -> None:
        texts = self._texts
        lead = texts["changes.lead_news" if news else "changes.nothing"]
        self._begin(texts["changes.strip_name"], "", lead)
        for number, alike in enumerate(_grouped(news)):
            self._list.addWidget(self._subject(number, alike))
            self._changes(alike[0].changes, all_of_them=False)
        self._buttons(("changes.all_seen", "primary", "changes_seen", self._all_seen) if news else None)
        self._present()

    # -- parts -------------------------------------------------------------------------------------

    def _begin(self, title: str, name: str, lead: str) -> None:
        clear(self._list)
        clear(self._foot)
        set_text(self._title, title)
        set_text(self._name, name)
        self._name.setVisible(bool(name))
        set_text(self._lead, lead)

    def _fallen(self, carried: Carried) -> QFrame:
        names = self._texts["ui.comma"].join((*carried.answers, *carried.materials))
        return self._kit.message("warn", self._texts.say("changes.fallen", names=names), "", name="fallen")

    def _changes(self, changes: Sequence[Change], *, all_of_them: bool = True) -> None:
        """Heaviest first; `all_of_them`: those that matter nothing here too, not only their number."""
        told = [change for change in changes if all_of_them or change.matters is not Matters.NO]
        for change in told:
            self._list.addWidget(self._line(change))
        if len(told) < len(changes):
            words = self._texts.say("changes.unrelated", n=len(changes) - len(told))
            self._list.addWidget(box(row(self._kit.text(words, "caption", "muted")), (0, 8, 0, 8)))

    def _line(self, change: Change) -> QFrame:
        kit, weight = self._kit, change.matters
        pill = kit.pill(self._texts[f"changes.{weight.value}"], TONE[weight], ICON[weight])
        tone = "muted" if weight is Matters.NO else "ink"
        words = kit.text(change_words(self._texts, change), "body", tone, wrap=True)
        lead = box(row(pill, None), fixed=(PILL, 0))
        return box(row(lead, words, gap=8), (0, 8, 0, 8), role="row")

    def _subject(self, number: int, alike: Sequence[ItemChanged]) -> QFrame:
        """Whose item it is: a draft, a case, or several cases it means the same to."""
        kit, texts, first = self._kit, self._texts, alike[0]
        if first.subject is Subject.DRAFT:
            key, kind, text = "changes.open_draft", texts["changes.draft"], ""
        elif len(alike) == 1:
            key, kind, text = (
                "changes.open_case",
                texts.say("changes.case", number=first.number),
                first.number,
            )
        else:
            key, kind, text = "changes.open_cases", texts.say("changes.cases", n=len(alike)), first.item_name
        who = first.who if len(alike) == 1 else ""
        words = texts["ui.dot"].join(part for part in (kind, who) if part)
        look = kit.button(texts[key], "quiet", h=28, name=f"changes_open_{number}")
        draft = first.subject_id if first.subject is Subject.DRAFT else ""
        look.clicked.connect(lambda: self._resume(draft) if draft else self._go_to(text))
        names = col(
            kit.text(first.item_name, "strong", wrap=True), kit.text(words, "caption", "muted"), gap=0
        )
        return box(row(names, None, look, gap=8), (0, 12, 0, 4))

    def _buttons(self, main: tuple[str, str, str, Callable[[], None]] | None) -> None:
        close = self._kit.button(self._texts["changes.close"], "secondary", "Esc", name="changes_close")
        close.clicked.connect(self.hide)
        buttons = [close]
        if main is not None:
            key, kind, name, slot = main
            buttons.append(self._kit.button(self._texts[key], kind, name=name))
            buttons[-1].clicked.connect(slot)
        self._foot.addStretch(1)
        for button in buttons:
            self._foot.addWidget(button)
        self._first = buttons[-1]

    def _present(self) -> None:
        self._back = self.window().focusWidget()
        self.open()
        self._scroll.setFixedHeight(min(self._wanted_height(), max(LEAST, self.height() - MARGIN)))
        self._first.setFocus()

    def _wanted_height(self) -> int:
        """Of all lines, wrapped in the width they get."""
        inner = self._scroll.widget()
        layout = inner.layout()
        assert layout is not None
        wrapped = layout.totalHeightForWidth(WIDTH - 2 * SIDE - SCROLLER) if layout.hasHeightForWidth() else 0
        return max(wrapped, inner.minimumSizeHint().height()) + 8

    # -- answers -----------------------------------------------------------------------------------

    def _accept(self) -> None:
        self.hide()
        self.accepted.emit()

    def _all_seen(self) -> None:
        self.hide()
        self.seen.emit()

    def _go_to(self, text: str) -> None:
        self.hide()
        self.opened.emit(text)

    def _resume(self, draft_id: str) -> None:
        self.hide()
        self.resumed.emit(draft_id)

    def hide(self) -> None:
        """The keyboard goes back to where it was."""
        super().hide()
        back, self._back = self._back, None
        if back is not None and back.isVisible():
            back.setFocus()


def _grouped(news: Sequence[ItemChanged]) -> Sequence[Sequence[ItemChanged]]:
    """Cases that the same changes of one item mean the same to stand together; every draft by itself."""
    groups: dict[tuple[object, ...], list[ItemChanged]] = {}
    for changed in news:
        alone = changed.subject_id if changed.subject is Subject.DRAFT else ""
        groups.setdefault((alone, changed.item_code, changed.changes), []).append(changed)
    return tuple(groups.values())
