"""The receipt on a roll: 80 mm paper (usually 576 dots, 48 columns) or 58 mm (384 dots, 32 columns).

The same facts as on the A4 page, one below the other.
"""

from collections.abc import Callable, Sequence

from PIL import Image

from app.domain.printing import SlipPaper
from app.receipts import qr, strip
from app.receipts.escpos import COLUMN, Align, Feed, Line, Op, Raster, Span, Style, columns
from app.receipts.facts import Fact, Facts, MaterialLine
from app.receipts.fonts import load
from app.receipts.lines import wrap

_LABEL = 7  # columns of the label column
_INDEX = 3  # columns of a material's number
_MODULE_MIN, _MODULE_MAX = 4, 6  # dots a module of the QR

_PLAIN = Style()
_BOLD = Style(bold=True)
_TALL = Style(bold=True, high=2)
_TITLE = Style(bold=True, wide=2, high=2)
_BAND = Style(bold=True, high=2, reverse=True)


def slip_bytes(facts: Facts, paper: SlipPaper) -> bytes:
    """ESC/POS bytes of the whole slip."""
    return strip.composed(layout(facts, paper.dots), paper)


def slip_picture(facts: Facts, paper: SlipPaper) -> Image.Image:
    """The dots those bytes put on paper, mode "L"."""
    return strip.picture(layout(facts, paper.dots), paper.dots)


def layout(facts: Facts, width: int) -> list[Op]:
    """The slip as operations, `width` dots wide."""
    page = _Page(width)
    _head(page, facts)
    _code(page, facts)
    page.rule()
    for fact in (*facts.people(), *facts.matter()):
        style = _BOLD if fact.key == "item" else _PLAIN
        page.fact(facts.label(fact, short=True), _marked(facts, fact), style)
    page.rule()
    for fact in facts.dates():
        page.fact(facts.label(fact, short=True), _marked(facts, fact), _BOLD, tail=fact.note)
    page.rule()
    _materials(page, facts)
    page.rule()
    _law(page, facts)
    page.rule()
    _foot(page, facts)
    return page.ops


class _Page:
    """Collects operations and keeps the arithmetic of columns."""

    def __init__(self, width: int) -> None:
        self.width = width
        self.columns = width // COLUMN
        self.ops: list[Op] = []

    def add(self, op: Op) -> None:
        self.ops.append(op)

    def rule(self) -> None:
        self.ops += strip.rule(self.width)

    def say(self, text: str, style: Style = _PLAIN, align: Align = Align.LEFT) -> None:
        """Wrapped over as many lines as it takes."""
        for part in self._wrapped(text, self.columns // style.wide):
            self.add(Line((Span(part, style),), align))

    def centred(self, text: str, style: Style = _PLAIN) -> None:
        self.say(text, style, Align.CENTRE)

    def band(self, text: str) -> None:
        """White on black over the whole width."""
        for part in self._wrapped(text, self.columns - 2):
            spare = self.columns - columns(part)
            self.add(Line((Span(" " * (spare // 2) + part + " " * (spare - spare // 2), _BAND),)))

    def fact(self, label: str, value: str, style: Style = _PLAIN, tail: str = "") -> None:
        """A value beside its label; `tail` in plain type on its last line when it fits, else below."""
        room = self.columns - _LABEL
        parts = [(part, "") for part in self._wrapped(value, room)]
        if tail and columns(parts[-1][0]) + columns(tail) + 2 <= room:
            parts[-1] = (parts[-1][0], f"  {tail}")
        elif tail:
            parts += [("", part) for part in self._wrapped(tail, room)]
        for number, (part, plain) in enumerate(parts):
            head = Span(self._padded(label if number == 0 else "", _LABEL))
            self.add(Line(tuple(s for s in (head, Span(part, style), Span(plain)) if s.text)))

    def entry(self, number: str, text: str, right: Sequence[str]) -> None:
        """A numbered text with words at the right, on its last line when there is room."""
        lines = self._wrapped(text, self.columns - _INDEX)
        ends = self.packed(right, " ", self.columns - _INDEX)
        if len(ends) > 1 or columns(lines[-1]) + columns(ends[0]) + 1 > self.columns - _INDEX:
            lines += [""]
        for at, part in enumerate(lines):
            head = self._padded(number if at == 0 else "", _INDEX)
            end = ends[0] if at == len(lines) - 1 else ""
            gap = self.columns - _INDEX - columns(part) - columns(end)
            self.add(Line((Span(head + part + (" " * gap + end if end else "")),)))
        for end in ends[1:]:
            self.say(end, align=Align.RIGHT)

    def packed(self, words: Sequence[str], between: str, room: int = 0) -> list[str]:
        """Lines of whole words as far as they fit, `between` inside a line; `room` 0: the whole one."""
        width = room or self.columns
        lines: list[str] = []
        for word in words:
            if lines and columns(lines[-1] + between + word) <= width:
                lines[-1] += between + word
            else:
                lines += self._wrapped(word, width)
        return lines

    def _wrapped(self, text: str, width: int) -> list[str]:
        seen = load().printable(text).replace("\u00a0", " ")
        return [part.rstrip(" ") for part in wrap(seen, width, columns)]

    def _padded(self, text: str, width: int) -> str:
        return text + " " * max(0, width - columns(text))


# -- parts -------------------------------------------------------------------------------------------


def _head(page: _Page, facts: Facts) -> None:
    for line in page.packed(facts.place.split(facts.word("join")), facts.word("join")):
        page.centred(line)
    page.add(Feed(8))
    page.centred(facts.word("title_spaced"), _TITLE)
    if facts.demo:
        page.centred(facts.demo, _BOLD)
    if facts.impression.draft:
        page.centred(facts.word("specimen_mark"), _TALL)
    if facts.copy_mark:
        page.centred(facts.copy_mark, _TALL)
    if facts.line:
        page.add(Feed(8))
        page.band(facts.line)
    page.add(Feed(8))
    page.centred(facts.number, _TALL)
    page.centred(facts.platform)


def _code(page: _Page, facts: Facts) -> None:
    page.add(Feed(8))
    if facts.qr_text:
        page.add(qr_raster(facts.qr_text, page.width))
    else:
        page.add(_empty_frame(page.width))
    page.add(Feed(8))
    page.centred(facts.scan)


def qr_raster(text: str, width: int) -> Raster:
    """One image with its quiet zone.  A code too wide for the paper at four dots takes less redundancy."""
    cells = qr.matrix(text)
    if (len(cells) + 2 * qr.QUIET) * _MODULE_MIN > width:
        cells = qr.matrix(text, "L")
    side = len(cells) + 2 * qr.QUIET
    module = max(_MODULE_MIN, min(_MODULE_MAX, width * 3 // 4 // side))
    image = Image.new("1", (side, side), 1)
    for row, line in enumerate(cells):
        for column, dark in enumerate(line):
            if dark:
                image.putpixel((column + qr.QUIET, row + qr.QUIET), 0)
    return strip.raster(image.resize((side * module, side * module), Image.Resampling.NEAREST), whole=True)


def _empty_frame(width: int) -> Raster:
    side = width // 2
    image = Image.new("1", (side, side), 0)
    image.paste(1, (2, 2, side - 2, side - 2))
    return strip.raster(image)


def _marked(facts: Facts, fact: Fact) -> str:
    marks = facts.word("list_stop").join(fact.marks)
    return facts.texts.say("paper.short.marked", value=fact.value, mark=marks) if marks else fact.value


def _materials(page: _Page, facts: Facts) -> None:
    page.fact(facts.word("short.materials"), facts.material_count("short.due"), _BOLD)
    lines = facts.materials()
    if not lines:
        page.say(facts.word("table.empty"))
        return
    page.say(facts.word("short.unit"))
    for line in lines:
        page.entry(str(line.index), line.name, _material_words(facts, line))


def _material_words(facts: Facts, line: MaterialLine) -> list[str]:
    """How it came, how many came, and how many were due where that differs."""
    due = "" if line.due == line.got else facts.texts.say("paper.short.due_too", due=line.due)
    return [part for part in (line.how, line.got + due, line.note) if part]


def _law(page: _Page, facts: Facts) -> None:
    page.say(facts.word("law.slip"))
    for note in facts.notes():
        page.say(note)


def _foot(page: _Page, facts: Facts) -> None:
    say: Callable[..., str] = facts.texts.say
    page.fact(facts.word("label.operator"), facts.operator)
    page.fact(facts.word("short.service_phone"), facts.service_phone)
    page.fact(facts.word("short.supervision"), facts.word("foot.supervision_phone"))
    seal = facts.digest_head or facts.word("no_number")
    sealed = say("paper.short.seal_value", digest=seal, format=facts.receipt.format)
    page.fact(facts.word("short.seal"), sealed)
    page.fact(facts.word("short.printed"), facts.printed_at)
    page.add(Feed(8))
    page.centred(facts.word("short.keep"), _BOLD)
