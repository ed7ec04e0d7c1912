"""What several items need together: merged questions, one set of materials; as a list or a picture."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QScrollArea, QSizePolicy, QStackedLayout, QVBoxLayout, QWidget

from app.domain.bundle import Composition, SharedMaterial, SharedQuestion, answers_of, asked_as, compose
from app.domain.catalog import Bundle, Item
from app.domain.situation import Answers
from app.texts import Texts
from ui.changes.words import period_words
from ui.pages.catalog.guide_facts import material_sheets
from ui.pages.catalog.panorama import STEP, PanoramaView
from ui.pages.catalog.panorama_pdf import panorama_pdf
from ui.pages.counter.steps import set_text
from ui.widgets.flow import FlowLayout
from ui.widgets.kit import Kit, Part, box, clear, col, row


class CompositionView(QFrame):
    """`opened(code)`: the guide of an item is wanted; `wanted`: begin the cases, one after another."""

    opened = Signal(str)
    wanted = Signal()
    pdf_wanted = Signal()

    def __init__(self, kit: Kit, texts: Texts) -> None:
        super().__init__()
        self._kit, self._texts = kit, texts
        self.items: tuple[Item, ...] = ()
        self.bundle: Bundle | None = None
        self.answers: dict[str, frozenset[str]] = {}
        self.composition: Composition | None = None
        self.done: frozenset[str] = frozenset()
        self.setProperty("role", "card")
        self._title = kit.text("", "h2", wrap=True, name="bundle_title")
        self._note = kit.text("", "body", "muted", wrap=True, name="bundle_note")
        self._stats = row(gap=8)
        self._use = kit.button(texts["bundle.use"], "primary", "Ctrl+Enter", name="bundle_use", h=40)
        self._use.clicked.connect(self.use)
        self._views = {
            view: kit.button(texts[f"bundle.{view}"], "seg", on=view == "list", h=32, name=f"bundle_{view}")
            for view in ("list", "panorama")
        }
        self.picture = PanoramaView(kit, texts)
        self.picture.opened.connect(self.opened)
        self._spoken = kit.text("", "body", "ink", wrap=True, name="panorama_words")
        self.picture.spoken.connect(lambda words: set_text(self._spoken, words))
        self._body = QVBoxLayout()
        self._empty = kit.text("", "body", "muted", wrap=True, align="center", name="bundle_empty")
        self._lay_out()
        for view, button in self._views.items():
            button.clicked.connect(lambda _checked=False, v=view: self.show_view(v))
        self.show_nothing("")

    def _lay_out(self) -> None:
        kit = self._kit
        self._pages = QStackedLayout()
        self._pages.addWidget(self._scroll())
        self._pages.addWidget(self._panorama())
        pages = QWidget()
        pages.setLayout(self._pages)
        head = row(col(self._title, self._note, gap=2), col(self._use, None, gap=0), gap=16)
        head.setStretch(0, 1)
        switch = row(self._stats, None, *self._views.values(), gap=4)
        lead = box(head)
        lead.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        shown = col(lead, switch, kit.rule(), pages, gap=8)
        shown.setStretch(3, 1)
        self._shown = box(shown)
        layout = col(self._shown, self._empty, gap=0)
        layout.setContentsMargins(20, 16, 12, 12)
        self.setLayout(layout)

    def _scroll(self) -> QScrollArea:
        self._body.setSpacing(0)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(box(col(self._body, None, gap=0), (0, 0, 8, 0), role="sheet"))
        area.setAccessibleName(self._texts["bundle.list"])
        return area

    def _panorama(self) -> QFrame:
        kit, texts, picture = self._kit, self._texts, self.picture
        self._area = picture.scroll_area()
        plus = kit.button(texts["bundle.larger"], "quiet", "+", name="panorama_larger", h=28)
        minus = kit.button(texts["bundle.smaller"], "quiet", "−", name="panorama_smaller", h=28)
        pdf = kit.button(texts["bundle.pdf"], "quiet", "Ctrl+S", name="panorama_pdf", h=28)
        pdf.clicked.connect(self.pdf_wanted)
        plus.clicked.connect(lambda: picture.set_zoom(picture.zoom * STEP))
        minus.clicked.connect(lambda: picture.set_zoom(picture.zoom / STEP))
        for button in (pdf, plus, minus):
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the keyboard stays with the picture
        foot = row(self._spoken, pdf, minus, plus, gap=8)
        return box(col(self._area, foot, gap=8))

    # -- what is shown -----------------------------------------------------------------------------

    def show_nothing(self, words: str) -> None:
        self.composition, self.items, self.bundle = None, (), None
        self._shown.hide()
        self._empty.show()
        set_text(self._empty, words)

    def show_items(self, items: Sequence[Item], bundle: Bundle | None = None) -> None:
        """Of a bundle, or freely picked; answers already given stay."""
        if bundle is not self.bundle:
            self.answers = {}
        self.items, self.bundle = tuple(items), bundle
        self._shown.show()
        self._empty.hide()
        self._compose()

    def show_view(self, view: str) -> None:
        for name, button in self._views.items():
            button.setChecked(name == view)
        self._pages.setCurrentIndex(list(self._views).index(view))
        if view == "panorama":
            self.picture.setFocus()

    def mark_done(self, codes: frozenset[str]) -> None:
        """Items of this set that were received."""
        self.done = codes
        if self.composition is not None:
            self._compose()

    def answers_by_item(self) -> Mapping[str, Answers]:
        keys = asked_as(self.items, self.bundle)
        return {item.code: answers_of(item, keys, self.answers) for item in self.items}

    @property
    def title(self) -> str:
        return self._title.text()

    def pdf(self, foot: str) -> bytes:
        """The picture as a PDF; b"" where there is none."""
        scene = self.picture.scene()
        if scene is None:
            return b""
        title = self.title + self._texts["ui.dot"] + self._texts["bundle.panorama"]
        return panorama_pdf(self._kit, self._texts, self.font(), scene, title, foot)

    def use(self) -> None:
        """Ctrl+Enter."""
        if self.composition is not None and self._use.isEnabled():
            self.wanted.emit()

    def _compose(self) -> None:
        self.answers = filled(self.items, self.bundle, self.answers)
        whole = compose(self.items, self.bundle, self.answers)
        self.composition = whole
        name = self.bundle.name if self.bundle else self._texts["bundle.free"]
        set_text(self._title, name)
        note = self.bundle.note if self.bundle else self._texts["bundle.free_note"]
        set_text(self._note, note)
        self._note.setVisible(bool(note))
        self._show_stats(whole)
        self._show_list(whole)
        self.picture.show_composition(name, whole, self.done & {part.code for part in whole.parts})

    def _show_stats(self, whole: Composition) -> None:
        clear(self._stats)
        kit, texts = self._kit, self._texts
        self._stats.addWidget(kit.pill(texts.say("bundle.items", n=len(whole.parts)), "muted"))
        for key, n, saved in (
            ("questions", len(whole.questions), whole.questions_saved),
            ("materials", len(whole.materials), whole.materials_saved),
        ):
            words = texts.say(f"bundle.{key}", n=n)
            if saved:
                words += texts.say("bundle.saved", n=saved)
            self._stats.addWidget(kit.pill(words, "ok" if saved else "muted", "done" if saved else ""))
        if whole.promise is not None:
            words = texts.say("bundle.promise", words=period_words(texts, whole.promise))
            self._stats.addWidget(kit.pill(words, "muted"))
        elif whole.longest is not None:
            self._stats.addWidget(kit.pill(texts.say("bundle.longest", n=whole.longest), "muted"))

    def _show_list(self, whole: Composition) -> None:
        clear(self._body)
        texts = self._texts
        self._section("questions", [self._question(q) for q in whole.questions])
        self._section("materials", [self._material(n, m) for n, m in enumerate(whole.materials, 1)])
        form = texts["ui.comma"].join(texts[f"fact.{field.fact.value}"] for field in whole.form)
        self._section("form", [self._kit.text(form, "body", wrap=True)])
        self._section("items", [self._part(n) for n in range(len(whole.parts))])
        self._body.activate()  # as high as its words before it is seen, not a moment later

    def _section(self, key: str, parts: Sequence[Part]) -> None:
        title = self._kit.text(self._texts[f"bundle.section.{key}"], "title")
        self._body.addWidget(box(col(title, *parts, gap=4), (0, 12, 0, 12), role="row"))

    def _question(self, asked: SharedQuestion) -> QFrame:
        """One question for all the items that ask it; an answer changes the set of materials."""
        kit, question = self._kit, asked.question
        flow = FlowLayout(gap=4, line_gap=6)
        for option in question.options:
            on = option.id in self.answers.get(asked.key, frozenset())
            button = kit.button(option.label, "seg", on=on, h=30, name=f"bundle_{asked.key}_{option.id}")
            button.clicked.connect(lambda _c=False, o=option.id: self._answer(asked, o))
            flow.addWidget(button)
        options = QFrame()
        options.setLayout(flow)
        words = question.question
        if len(asked.items) > 1:
            words += self._texts.say("bundle.asked_once", n=len(asked.items))
        return box(col(kit.text(words, "body", "muted", wrap=True), options, gap=2), (0, 4, 0, 4))

    def _answer(self, asked: SharedQuestion, option_id: str) -> None:
        now = self.answers.get(asked.key, frozenset())
        chosen = now ^ {option_id} if asked.question.multiple else frozenset({option_id})
        self.answers = {**self.answers, asked.key: chosen}
        self._compose()

    def _material(self, number: int, shared: SharedMaterial) -> QFrame:
        kit, texts, material = self._kit, self._texts, shared.material
        names = {item.code: item.name for item in self.items}
        words: list[Part] = [kit.text(f"{number}. {material.name}", "body", wrap=True)]
        if len(shared.items) > 1:
            whom = texts["ui.comma"].join(names[code] for code in shared.items)
            words.append(
                kit.text(texts.say("bundle.shared_with", items=whom), "caption", "accent", wrap=True)
            )
        sheets = kit.text(material_sheets(texts, material), "body", "muted")
        line = row(col(*words, gap=0), col(sheets, None, gap=0), gap=8)
        line.setStretch(0, 1)
        return box(line, (0, 3, 0, 3))

    def _part(self, number: int) -> QFrame:
        kit, texts = self._kit, self._texts
        assert self.composition is not None
        part = self.composition.parts[number]
        look = kit.button(texts["bundle.guide"], "quiet", h=28, name=f"part_{number}")
        look.clicked.connect(lambda: self.opened.emit(part.code))
        below = texts["ui.dot"].join((part.department, period_words(texts, part.promise)))
        words = col(
            kit.text(part.name, "body", wrap=True), kit.text(below, "caption", "muted", wrap=True), gap=0
        )
        parts: list[Part] = [words]
        if part.code in self.done:
            parts.append(kit.pill(texts["bundle.done"], "ok", "done"))
        line = row(*parts, look, gap=8)
        line.setStretch(0, 1)
        return box(line, (0, 3, 0, 3))


def filled(items: Sequence[Item], bundle: Bundle | None, answers: Answers) -> dict[str, frozenset[str]]:
    """Answers with the first option wherever a question that is reached has none, as at the counter."""
    now = dict(answers)
    while True:
        missing = [q for q in compose(items, bundle, now).questions if not now.get(q.key)]
        if not missing:
            return now
        now |= {q.key: frozenset({q.question.options[0].id}) for q in missing if q.question.options}
        if any(not q.question.options for q in missing):
            return now
