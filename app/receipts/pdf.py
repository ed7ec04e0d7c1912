"""The A4 receipt: one page, whatever stands on it; and as it is handed out, two sheets.

The archive keeps the page.  What is printed are its two parts: the part for the applicant, which is that
page, and the stub the hall keeps, with the same number, code, facts and materials, signed by both sides.

Head, signatures and foot keep their places; what lies between is made denser, first in
white space, then in type, then with the material list in two halves, until it fits.
Nothing is left out and nothing is cut off.  Output depends on its input alone.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import count
from threading import Lock

from app.domain.printing import BOTH_PARTS, PagePart
from app.ports import Picture
from app.receipts import qr
from app.receipts.facts import Facts
from app.receipts.pdf_blocks import (
    LEFT,
    RIGHT,
    DateBoxes,
    Density,
    FactTable,
    Laws,
    MaterialTable,
    fitted,
    tag,
)
from app.receipts.pen import GREY, LIGHT, Pen, measure

_QR_SIDE = 34.0  # mm; at 200 dpi 20 mm could not be read, 25 mm could
_BARCODE_WIDTH, _BARCODE_HEIGHT = 80.0, 9.0
_BODY_TOP = 55.5
_FOOT_LINE = 282.0
_SIGN_HEIGHT = 39.0
_BODY_END = _FOOT_LINE - _SIGN_HEIGHT
_STUB_END = _FOOT_LINE - 44.0
_MORE_GAP = 2.4  # mm of spare height that each gap may take

LOCK = Lock()  # reportlab keeps its fonts in module state

Body = Sequence[FactTable | MaterialTable | DateBoxes | Laws]


def draw(facts: Facts) -> bytes:
    """The unsigned PDF for the archive."""
    with LOCK:
        pen = _pen(facts)
        _sheet(pen, facts, PagePart.ARCHIVE)
        return pen.finish()


def draw_parts(
    facts: Facts, parts: Sequence[PagePart] = BOTH_PARTS, signature: Picture | None = None
) -> bytes:
    """What is printed: the applicant's part, and the stub with the applicant's signature if it was drawn."""
    with LOCK:
        pen = _pen(facts)
        for number, part in enumerate(parts):
            if number:
                pen.next_page()
            _sheet(pen, facts, part, signature, (number + 1, len(parts)))
        return pen.finish()


def _pen(facts: Facts) -> Pen:
    title = facts.word("foot.file_title", number=facts.number)
    return Pen(title, facts.word("title"), facts.receipt.site, facts.made_at)


def _sheet(
    pen: Pen,
    facts: Facts,
    part: PagePart,
    signature: Picture | None = None,
    page: tuple[int, int] = (1, 1),
) -> None:
    """`page`: which of how many."""
    _watermark(pen, facts)
    _head(pen, facts, part)
    if part is PagePart.STUB:
        _body(pen, facts, _stub_blocks, _STUB_END)
        _both_sign(pen, facts, signature)
    else:
        _body(pen, facts, _blocks, _BODY_END)
        _signatures(pen, facts, part)
    _foot(pen, facts, part, page)


def warm_up() -> None:
    """Register the fonts, so that the first page need not wait for them."""
    with LOCK:
        for bold in (False, True):
            measure("0", 10, bold)


def _watermark(pen: Pen, facts: Facts) -> None:
    if facts.impression.draft:
        pen.watermark(facts.word("specimen_mark"), 130)
    elif facts.receipt.demo:
        pen.watermark(facts.word("demo_mark"), 130)


# -- head --------------------------------------------------------------------------------------------


def _head(pen: Pen, facts: Facts, part: PagePart) -> None:
    room = RIGHT - LEFT - _QR_SIDE - 6
    place = facts.place + facts.demo
    pen.say(LEFT, 17.5, place, fitted(place, 10, room))
    title = pen.say(LEFT, 29.6, facts.word("title"), 26, bold=True)
    _tags(pen, facts, part, LEFT + title + 5, room - title - 5)
    second = facts.platform + facts.word("join") + facts.word(f"part.{part.value}.purpose")
    pen.say(LEFT, 36.4, second, fitted(second, 9.5, room))
    _number(pen, facts)
    _code(pen, facts)


def _tags(pen: Pen, facts: Facts, part: PagePart, x: float, room: float) -> None:
    marks = [] if part is PagePart.ARCHIVE else [facts.word(f"part.{part.value}.mark")]
    marks += [facts.word("demo_mark")] if facts.receipt.demo else []
    marks += [facts.copy_mark] if facts.copy_mark else []
    marks += [facts.line] if facts.line else []
    size = fitted("    ".join(marks) + "  ", 11, room, True)
    for mark in marks:
        x += tag(pen, x, 26.2, mark, size) + 2


def _number(pen: Pen, facts: Facts) -> None:
    top = 39.4
    if facts.receipt.number:
        pen.barcode(LEFT, top, _BARCODE_WIDTH, _BARCODE_HEIGHT, facts.receipt.number)
    else:
        pen.frame(LEFT, top, _BARCODE_WIDTH, _BARCODE_HEIGHT, dash=True, grey=LIGHT)
    middle = LEFT + _BARCODE_WIDTH / 2
    pen.say(middle, top + _BARCODE_HEIGHT + 4.4, facts.number, 11, bold=True, align="centre")


def _code(pen: Pen, facts: Facts) -> None:
    left, top = RIGHT - _QR_SIDE, 13.5
    middle = left + _QR_SIDE / 2
    size = fitted(facts.scan, 8.5, _QR_SIDE + 14)
    if facts.qr_text:
        pen.modules(left, top, _QR_SIDE, qr.matrix(facts.qr_text))
        pen.say(RIGHT, top + _QR_SIDE + 4.4, facts.scan, size, align="right")
    else:
        pen.frame(left, top, _QR_SIDE, _QR_SIDE, dash=True, grey=LIGHT)
        pen.say(
            middle, top + _QR_SIDE / 2 + 1, facts.scan, fitted(facts.scan, 8.5, _QR_SIDE - 4), align="centre"
        )


# -- body --------------------------------------------------------------------------------------------


def _densities() -> Iterator[Density]:
    """From comfortable to as small as it takes."""
    for air in (1.0, 0.8, 0.6, 0.45, 0.3):
        yield Density(1.0, air)
    for size in (0.96, 0.92, 0.88):
        yield Density(size, 0.3)
    for air in (0.6, 0.3):
        yield Density(0.95, air, 2)
    for step in count(1):
        yield Density(0.97**step * 0.95, 0.3, 2)


def _body(pen: Pen, facts: Facts, blocks_of: Callable[[Facts, Density], Body], end: float) -> None:
    room = end - _BODY_TOP
    for density in _densities():
        blocks = blocks_of(facts, density)
        gap = max(4.6 * density.air, 2.4)
        spare = room - sum(block.height for block in blocks) - gap * len(blocks)
        if spare >= 0:
            break
    y, gap = _BODY_TOP, gap + min(spare / len(blocks), _MORE_GAP)
    for block in blocks:
        block.draw(pen, y)
        y += block.height + gap


def _blocks(facts: Facts, density: Density) -> Body:
    return (
        FactTable(facts, density),
        MaterialTable(facts, density),
        DateBoxes(facts, density),
        Laws(facts, density),
    )


def _stub_blocks(facts: Facts, density: Density) -> Body:
    return FactTable(facts, density), MaterialTable(facts, density), DateBoxes(facts, density)


# -- signatures and foot -----------------------------------------------------------------------------


def _signatures(pen: Pen, facts: Facts, part: PagePart) -> None:
    y = _BODY_END
    pen.line(LEFT, y, RIGHT, y, 0.15, LIGHT)
    entries = (
        ("operator", facts.operator),
        ("service_phone", facts.service_phone),
        ("supervision", facts.word("foot.supervision_phone")),
    )
    for x, (key, value) in zip((LEFT, LEFT + 66, LEFT + 128), entries, strict=True):
        label = pen.say(x, y + 5.6, facts.word(f"label.{key}"), 9.5, grey=GREY)
        pen.say(x + label + 3, y + 5.6, value, fitted(value, 10, 60 - label - 6))
    pen.say(LEFT, y + 14.2, facts.word("sign.statement"), 9.5)
    for offset, key in ((23.4, "signature"), (32.6, "date")):
        pen.say(LEFT, y + offset, facts.word(f"label.{key}"), 9.5, grey=GREY)
        pen.line(LEFT + 20, y + offset + 1, LEFT + 78, y + offset + 1, 0.2)
    _seal(pen, facts, part, RIGHT - 64, y + 9.6)


def _seal(pen: Pen, facts: Facts, part: PagePart, x: float, y: float) -> None:
    pen.frame(x, y, 64, 25.5, dash=True)
    middle = x + 32
    pen.say(middle, y + 7, facts.word("sign.seal"), 10, align="centre")
    said = "sign.draft" if facts.impression.draft else f"part.{part.value}.signed"
    words = facts.word(said).split("\n")
    for number, text in enumerate(words):
        pen.say(middle, y + 15 + 4.6 * number, text, 8.5, align="centre", grey=GREY)


def _both_sign(pen: Pen, facts: Facts, signature: Picture | None) -> None:
    """The applicant on the left, who received it on the right."""
    y = _STUB_END
    pen.line(LEFT, y, RIGHT, y, 0.15, LIGHT)
    statement = facts.word("part.stub.statement")
    pen.say(LEFT, y + 6.4, statement, fitted(statement, 9.5, RIGHT - LEFT))
    if signature is not None:
        pen.picture(LEFT + 20, y + 8.6, 58, 19, signature)
    day = facts.receipt.received_at.date().isoformat()
    for x, label in ((LEFT, "signature"), (LEFT + 92, "operator")):
        for offset, key in ((28.4, label), (38.6, "date")):
            pen.say(x, y + offset, facts.word(f"label.{key}"), 9.5, grey=GREY)
            pen.line(x + 20, y + offset + 1, x + 78, y + offset + 1, 0.2)
    if signature is not None:
        pen.say(LEFT + 22, y + 38.6, day, 10)
    pen.say(LEFT + 114, y + 28.4, facts.operator, fitted(facts.operator, 10, 54))


def _foot(pen: Pen, facts: Facts, part: PagePart, page: tuple[int, int]) -> None:
    pen.line(LEFT, _FOOT_LINE, RIGHT, _FOOT_LINE, 0.15, LIGHT)
    said = facts.word(f"part.{part.value}.page", page=page[0], pages=page[1])
    pen.say(RIGHT, _FOOT_LINE + 4, said, 8, align="right", grey=GREY)
    line = facts.texts.say(
        "paper.foot.line",
        digest=facts.digest_head or facts.word("no_number"),
        station=facts.receipt.station_id,
        format=facts.receipt.format,
        time=facts.printed_at,
    )
    pen.say(LEFT, _FOOT_LINE + 4, line, fitted(line, 8, RIGHT - LEFT - measure(said, 8) - 6), grey=GREY)
