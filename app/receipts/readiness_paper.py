"""开门自检单 on paper: a slip to pin to the wall, and an A4 page to file.

Made of the receipt's own blocks (operations of a slip, the pen of a page).  It holds no person but the one
who checked.
"""

from collections.abc import Iterator

from app.domain.printing import SlipPaper
from app.domain.readiness import Opening, ReadinessRow, ReadinessSheet, RowState
from app.receipts import strip
from app.receipts.escpos import COLUMN, Align, Feed, Line, Op, Span, Style, columns
from app.receipts.fonts import load as fonts
from app.receipts.lines import wrap
from app.receipts.pdf import LOCK
from app.receipts.pen import GREY, LIGHT, PAGE_WIDTH, Pen, measure
from app.texts import Texts

_PLAIN, _BOLD, _TITLE = Style(), Style(bold=True), Style(bold=True, wide=2, high=2)
_REVERSE = Style(bold=True, reverse=True)
_LEFT, _RIGHT, _FOOT = 18.0, PAGE_WIDTH - 18.0, 268.0
_NAME, _STATE, _SAID = _LEFT + 3, _LEFT + 46, _LEFT + 64  # mm: the columns of the page's table
_MARKED = (RowState.MIND, RowState.STOP)


def slip(sheet: ReadinessSheet, texts: Texts, paper: SlipPaper) -> bytes:
    """ESC/POS bytes, from initialise to cut."""
    return strip.composed(list(operations(sheet, texts, paper.dots)), paper)


def operations(sheet: ReadinessSheet, texts: Texts, width: int) -> Iterator[Op]:
    """The slip for paper `width` dots wide."""
    room = width // COLUMN
    yield from _said(texts["readiness.title"], room // 2, _TITLE, Align.CENTRE)
    if sheet.simulated:
        yield from _said(texts["readiness.paper.demo"], room, _BOLD, Align.CENTRE)
    yield Feed(8)
    yield from _said(texts[f"readiness.opening.{sheet.opening.value}"], room, _BOLD, Align.CENTRE)
    yield from strip.rule(width)
    for line in _about(sheet, texts):
        yield from _said(line, room, _PLAIN)
    yield from strip.rule(width)
    for row in sheet.rows:
        yield from _row(row, texts, room)
    yield from _limits(sheet, texts, room, width)
    yield from strip.rule(width)
    yield from _said(texts["readiness.paper.sign"], room, _PLAIN)
    yield Feed(48)


def _said(text: str, room: int, style: Style, align: Align = Align.LEFT) -> Iterator[Op]:
    for part in wrap(fonts().printable(text), room, columns):
        yield Line((Span(part.rstrip(" "), style),), align)


def _row(row: ReadinessRow, texts: Texts, room: int) -> Iterator[Op]:
    """Name at the left, state at the right (white on black where it matters), the words between or below."""
    state = texts[f"readiness.state.{row.state.value}"]
    marked = row.state in _MARKED
    mark = f" {state} " if marked else state
    said = f"  {fonts().printable(row.sentence)}"
    spare = room - columns(row.name) - columns(mark)
    beside = not marked and columns(said) < spare
    gap = said + " " * (spare - columns(said)) if beside else " " * max(1, spare)
    yield Line((Span(row.name, _BOLD), Span(gap), Span(mark, _REVERSE if marked else _PLAIN)))
    if not beside:
        yield from _said(row.sentence, room, _PLAIN)
    if marked and row.advice:
        yield from _said(texts.say("readiness.paper.advice", words=row.advice), room, _PLAIN)


def _limits(sheet: ReadinessSheet, texts: Texts, room: int, width: int) -> Iterator[Op]:
    if sheet.opening is not Opening.LIMITED:
        return
    yield from strip.rule(width)
    yield from _said(texts["readiness.paper.limits"], room, _BOLD)
    for limit in sheet.limits:
        yield from _said(texts.say("readiness.paper.limit", words=limit), room, _PLAIN)


def _about(sheet: ReadinessSheet, texts: Texts) -> list[str]:
    operator = sheet.operator or texts["readiness.paper.nobody"]
    return [
        texts.say("readiness.paper.site", site=sheet.site, station=sheet.station_id),
        texts.say("readiness.paper.at", time=f"{sheet.at:%Y-%m-%d %H:%M}"),
        texts.say("readiness.paper.operator", name=operator),
    ]


# -- the page ----------------------------------------------------------------------------------------


def page(sheet: ReadinessSheet, texts: Texts) -> bytes:
    """An unsigned one-page PDF; rows shrink in height until they fit."""
    with LOCK:
        title = texts["readiness.title"]
        pen = Pen(f"{title} {sheet.station_id}", title, sheet.site, sheet.at)
        if sheet.simulated:
            pen.watermark(texts["readiness.paper.demo_mark"], 130)
        _head(pen, sheet, texts)
        top = _table(pen, sheet, texts, 64.0)
        _page_limits(pen, sheet, texts, top + 9)
        pen.line(_LEFT, _FOOT, _RIGHT, _FOOT, grey=LIGHT)
        pen.say(_LEFT, _FOOT + 8, texts["readiness.paper.sign"], 11)
        return pen.finish()


def _head(pen: Pen, sheet: ReadinessSheet, texts: Texts) -> None:
    pen.say(_LEFT, 26, texts["readiness.title"], 24, bold=True)
    pen.say(_LEFT, 37, texts[f"readiness.opening.{sheet.opening.value}"], 14, bold=True)
    for number, line in enumerate(_about(sheet, texts)):
        pen.say(_LEFT, 45 + number * 5.5, line, 10, grey=GREY)


def _table(pen: Pen, sheet: ReadinessSheet, texts: Texts, top: float) -> float:
    """Returns where it ends."""
    blocks = [_wrapped(row, texts) for row in sheet.rows]
    lines = sum(len(block) for block in blocks)
    step = min(5.4, (_FOOT - 40 - top - len(blocks) * 3.2) / max(1, lines))
    for row, block in zip(sheet.rows, blocks, strict=True):
        height = len(block) * step + 3.2
        if row.state in _MARKED:
            pen.fill(_LEFT, top, 1.2, height)
        base = top + step
        pen.say(_NAME, base, row.name, 10.5, bold=True)
        state = texts[f"readiness.state.{row.state.value}"]
        pen.say(_STATE, base, state, 10.5, bold=row.state in _MARKED)
        for number, line in enumerate(block):
            pen.say(_SAID, base + number * step, line, 10.5)
        top += height
        pen.line(_LEFT, top, _RIGHT, top, 0.15, LIGHT)
    return top


def _wrapped(row: ReadinessRow, texts: Texts) -> list[str]:
    room = _RIGHT - _SAID - 2
    words = [row.sentence]
    if row.state in _MARKED and row.advice:
        words.append(texts.say("readiness.paper.advice", words=row.advice))
    return [line for text in words for line in wrap(text, room, lambda s: measure(s, 10.5))]


def _page_limits(pen: Pen, sheet: ReadinessSheet, texts: Texts, top: float) -> None:
    if sheet.opening is not Opening.LIMITED:
        return
    pen.say(_LEFT, top, texts["readiness.paper.limits"], 10.5, bold=True)
    for number, limit in enumerate(sheet.limits, 1):
        pen.say(_LEFT + 3, top + number * 5.2, texts.say("readiness.paper.limit", words=limit), 10.5)
