"""The parts of the A4 receipt that grow with their content: facts, materials, dates, law.

A block is laid out when it is made, for one `Density`; then it knows its height and can be
drawn anywhere.  The page makes blocks of ever greater density until they fit.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from app.receipts.facts import Fact, Facts, MaterialLine
from app.receipts.lines import wrap
from app.receipts.pen import GREY, LIGHT, POINT, Align, Pen, measure

LEFT, RIGHT = 18.0, 192.0
WIDTH = RIGHT - LEFT

_LABEL, _VALUE, _TABLE, _SMALL = 9.5, 10.5, 9.5, 8.5
_LEADING = 1.32  # line distance in ems
_AFTER_NUMBER = "\u3001"  # the mark between a sentence's number and its text
_HANG = 0.38  # from the middle of an em square down to the base line


@dataclass(frozen=True, slots=True)
class Density:
    """`type` scales letters, `air` the white between rows; the material list in `columns` halves."""

    type: float = 1.0
    air: float = 1.0
    columns: int = 1

    def line(self, size: float) -> float:
        """Distance of two lines in mm."""
        return size * self.type * POINT * _LEADING


def fitted(text: str, size: float, width: float, bold: bool = False) -> float:
    """The size at which one line fits into `width`, `size` at most."""
    wide = measure(text, size, bold)
    return size if wide <= width else size * width / wide


def tag(pen: Pen, x: float, middle: float, text: str, size: float) -> float:
    """A short word in a frame, its height centred on `middle`; returns the width it takes."""
    width, em = measure(text, size, True), size * POINT
    pen.frame(x, middle - em * 0.68, width + em * 0.8, em * 1.36, 0.3)
    pen.say(x + em * 0.4, middle + em * _HANG, text, size, bold=True)
    return width + em * 0.8


@dataclass(frozen=True, slots=True)
class _Cell:
    """Wrapped text with its marks; `size` in points, `width` in mm."""

    lines: tuple[str, ...]
    marks: tuple[str, ...]
    size: float
    bold: bool
    align: Align = "left"

    @property
    def rows(self) -> int:
        return len(self.lines)

    def draw(self, pen: Pen, x: float, top: float, step: float) -> None:
        for number, text in enumerate(self.lines):
            base = top + step * (number + 0.5) + self.size * POINT * _HANG
            pen.say(x, base, text, self.size, bold=self.bold, align=self.align)
        x += measure(self.lines[-1], self.size, self.bold) + (1.6 if self.lines[-1] else 0)
        for mark in self.marks:
            x += tag(pen, x, top + step * (self.rows - 0.5), mark, self.size * 0.8) + 1.2


def _cell(text: str, width: float, size: float, bold: bool = False, marks: tuple[str, ...] = ()) -> _Cell:
    lines = wrap(text, width, partial(measure, size=size, bold=bold))
    em = size * 0.8 * POINT
    room = sum(measure(m, size * 0.8, True) + em * 0.8 + 1.2 for m in marks) + 1.6
    if marks and measure(lines[-1], size, bold) + room > width:
        lines.append("")
    return _Cell(tuple(lines), marks, size, bold)


# -- facts -------------------------------------------------------------------------------------------


class FactTable:
    """Label and value, two to a row; what does not fit into half a row gets a whole one."""

    def __init__(self, facts: Facts, density: Density) -> None:
        self._facts, self._density = facts, density
        self._step = density.line(_VALUE)
        self._label_width = 17.5 * density.type
        self._rows = [[(f, self._fact(f, len(row))) for f in row] for row in self._paired()]
        self.height = sum(self._row_height(row) for row in self._rows)

    def draw(self, pen: Pen, y: float) -> None:
        pen.line(LEFT, y, RIGHT, y, 0.5)
        size = _LABEL * self._density.type
        for row in self._rows:
            top = y + self._pad / 2
            for column, (fact, cell) in enumerate(row):
                x = LEFT + column * WIDTH / 2
                base = top + self._step / 2 + size * POINT * _HANG
                pen.say(x, base, self._facts.label(fact), size, grey=GREY)
                cell.draw(pen, x + self._label_width, top, self._step)
            y += self._row_height(row)
            pen.line(LEFT, y, RIGHT, y, 0.15, LIGHT)

    @property
    def _pad(self) -> float:
        return 2.3 * self._density.air

    def _row_height(self, row: Sequence[tuple[Fact, _Cell]]) -> float:
        return max(cell.rows for _, cell in row) * self._step + self._pad

    def _fact(self, fact: Fact, in_row: int) -> _Cell:
        width = WIDTH / in_row - self._label_width - (4.5 if in_row > 1 else 0)
        size = _VALUE * self._density.type
        if fact.value.isascii():  # a code is easier to compare in one line
            size = max(fitted(fact.value, size, width), size * 0.8)
        return _cell(fact.value, width, size, fact.key == "item", fact.marks)

    def _paired(self) -> list[list[Fact]]:
        facts = {f.key: f for f in (*self._facts.people(), *self._facts.matter())}
        rows: list[list[Fact]] = []
        for keys in _PAIRS:
            row = [facts[key] for key in keys if key in facts]
            if len(row) == 2 and any(self._fact(f, 2).rows > 2 for f in row):
                rows += [[f] for f in row]
            elif row:
                rows.append(row)
        return rows


_PAIRS = (
    ("organisation",),
    ("applicant", "handler", "document"),  # the first is one of the two
    ("phone", "agent"),
    ("item",),
    ("department", "situation"),
    ("item_code", "catalog"),
    ("promise", "delivery"),
)


# -- materials ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Column:
    head: str  # key under paper.table
    width: float  # mm
    align: Align
    text: Callable[[MaterialLine], str]


_FULL = (
    _Column("index", 9, "centre", lambda m: str(m.index)),
    _Column("name", 71, "left", lambda m: m.name),
    _Column("due", 17, "centre", lambda m: m.due),
    _Column("got", 17, "centre", lambda m: m.got),
    _Column("how", 32, "left", lambda m: m.how),
    _Column("note", 28, "left", lambda m: m.note),
)
_HALF = (
    _Column("index", 6, "centre", lambda m: str(m.index)),
    _Column("name", 40, "left", lambda m: m.name),
    _Column("due", 8.5, "centre", lambda m: m.due),
    _Column("got", 8.5, "centre", lambda m: m.got),
    _Column("how", 22, "left", lambda m: f"{m.how} {m.note}".strip()),
)
_HALF_GAP = 4.0


class MaterialTable:
    """The list of materials, in one column or in two halves read downwards."""

    def __init__(self, facts: Facts, density: Density) -> None:
        self._facts, self._density = facts, density
        self._columns = _FULL if density.columns == 1 else _HALF
        self._size = _TABLE * density.type
        self._step = density.line(_TABLE)
        self._parts = self._split([self._row(m) for m in facts.materials()])
        self._title = density.line(12) + 1.2 + 2 * density.air
        body = max((self._body_height(part) for part in self._parts), default=0.0)
        self.height = self._title + self._head_height + (body or self._step * 2)

    def draw(self, pen: Pen, y: float) -> None:
        k = self._density.type
        words = self._facts
        base = y + self._title - 2.2
        wide = pen.say(LEFT, base, words.word("table.title"), 12 * k, bold=True)
        pen.say(LEFT + wide + 4, base, words.material_count("table.count"), 11 * k, bold=True)
        pen.say(RIGHT, base, words.word("table.unit"), _SMALL * k, align="right", grey=GREY)
        y += self._title
        if not self._parts:
            pen.line(LEFT, y, RIGHT, y, 0.5)
            pen.say(LEFT, y + self._step * 1.2, words.word("table.empty"), self._size)
        width = sum(column.width for column in self._columns)
        for number, part in enumerate(self._parts):
            self._draw_part(pen, LEFT + number * (width + _HALF_GAP), y, width, part)

    @property
    def _pad(self) -> float:
        return 2.0 * self._density.air

    @property
    def _head_height(self) -> float:
        return self._step + self._pad

    def _row_height(self, row: Sequence[_Cell]) -> float:
        return max(cell.rows for cell in row) * self._step + self._pad

    def _body_height(self, rows: Sequence[Sequence[_Cell]]) -> float:
        return sum(self._row_height(row) for row in rows)

    def _row(self, material: MaterialLine) -> list[_Cell]:
        return [_cell(c.text(material), c.width - 2.4, self._size) for c in self._columns]

    def _split(self, rows: list[list[_Cell]]) -> list[list[list[_Cell]]]:
        if self._density.columns == 1 or len(rows) < 2:
            return [rows] if rows else []
        at = min(
            range(1, len(rows)), key=lambda n: max(self._body_height(rows[:n]), self._body_height(rows[n:]))
        )
        return [rows[:at], rows[at:]]

    def _draw_part(self, pen: Pen, x: float, y: float, width: float, rows: list[list[_Cell]]) -> None:
        pen.line(x, y, x + width, y, 0.5)
        heads = [
            _cell(self._facts.word(f"table.{c.head}"), 99, self._size * 0.95, True) for c in self._columns
        ]
        y = self._draw_row(pen, x, y, heads)
        pen.line(x, y, x + width, y, 0.3)
        for row in rows:
            y = self._draw_row(pen, x, y, row)
            pen.line(x, y, x + width, y, *((0.3, 0.0) if row is rows[-1] else (0.12, LIGHT)))

    def _draw_row(self, pen: Pen, x: float, y: float, row: Sequence[_Cell]) -> float:
        for column, cell in zip(self._columns, row, strict=True):
            at = x + column.width / 2 if column.align == "centre" else x + 1.2
            _Cell(cell.lines, (), cell.size, cell.bold, column.align).draw(
                pen, at, y + self._pad / 2, self._step
            )
            x += column.width
        return y + self._row_height(row)


# -- dates -------------------------------------------------------------------------------------------


class DateBoxes:
    """Three or four framed dates; the one that binds us, the answer, in a heavier frame."""

    _GAP, _INSET = 3.0, 2.4

    def __init__(self, facts: Facts, density: Density) -> None:
        self._facts, self._k = facts, density
        dates = facts.dates()
        shares = [1.25 if fact.key == "received" and len(dates) > 3 else 1.0 for fact in dates]
        unit = (WIDTH - self._GAP * (len(dates) - 1)) / sum(shares)
        self._boxes = [(fact, unit * share) for fact, share in zip(dates, shares, strict=True)]
        room = [width - 2 * self._INSET for _, width in self._boxes]
        size = _SMALL * density.type
        self._notes = [
            _cell(f.note, w, size, marks=f.marks) for (f, _), w in zip(self._boxes, room, strict=True)
        ]
        labels = [fitted(facts.label(f), _LABEL, w) for (f, _), w in zip(self._boxes, room, strict=True)]
        self._label_size = min(labels) * density.type
        notes = max(cell.rows for cell in self._notes) * density.line(_SMALL)
        self._label, self._value = density.line(_LABEL), density.line(15)
        self.height = 2.4 * density.air + self._label + self._value + notes + 1.6

    def draw(self, pen: Pen, y: float) -> None:
        x = LEFT
        for (fact, width), note in zip(self._boxes, self._notes, strict=True):
            pen.frame(x, y, width, self.height, 0.4 if fact.key == "answer" else 0.2)
            self._draw_box(
                pen, x + self._INSET, y + 1.2 * self._k.air + 0.4, width - 2 * self._INSET, fact, note
            )
            x += width + self._GAP

    def _draw_box(self, pen: Pen, x: float, y: float, width: float, fact: Fact, note: _Cell) -> None:
        base = y + self._label / 2 + self._label_size * POINT * _HANG
        pen.say(x, base, self._facts.label(fact), self._label_size, grey=GREY)
        y += self._label
        size = fitted(fact.value, 15 * self._k.type, width, True)
        pen.say(x, y + self._value / 2 + size * POINT * _HANG, fact.value, size, bold=True)
        note.draw(pen, x, y + self._value, self._k.line(_SMALL))


# -- law ---------------------------------------------------------------------------------------------


class Laws:
    """The numbered sentences below the dates, each hung on its number."""

    def __init__(self, facts: Facts, density: Density) -> None:
        sentences = [*facts.laws(), *facts.notes()]
        self._size = _TABLE * density.type
        self._step = density.line(_TABLE) * (1 + 0.08 * density.air)
        self._hang = 2 * self._size * POINT
        self._parts = [self._hung(sentence) for sentence in sentences]
        self.height = sum(cell.rows for _, cell in self._parts) * self._step

    def draw(self, pen: Pen, y: float) -> None:
        for number, cell in self._parts:
            if number:
                pen.say(LEFT, y + self._step / 2 + self._size * POINT * _HANG, number, self._size)
            cell.draw(pen, LEFT + (self._hang if number else 0), y, self._step)
            y += cell.rows * self._step

    def _hung(self, sentence: str) -> tuple[str, _Cell]:
        """The number with its mark, if the sentence has one, and the rest wrapped beside it."""
        if sentence[1:2] != _AFTER_NUMBER:
            return "", _cell(sentence, WIDTH, self._size)
        return sentence[:2], _cell(sentence[2:], WIDTH - self._hang, self._size)
