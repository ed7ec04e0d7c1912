"""Breaking text into lines as Chinese is set (避头尾, after GB/T 15834 and W3C CLREQ).

No closing mark begins a line, no opening mark ends one; figures, words and characters
written by their code stay whole as long as a line can hold them.  Widths come from the caller, so
paper in points and slips in columns share it.
"""

import re
from collections.abc import Callable

# closing marks, pauses, dashes and ellipses; quotes; then opening marks
_NOT_FIRST = frozenset(
    "\uff0c\u3002\u3001\uff1b\uff1a\uff1f\uff01\uff09\u300b\u3009\u300d\u300f\u3011\u3015\u3017\u201d\u2019"
    "\u2026\u2014\u00b7\uff5e%\u2030\u2103,.;:?!)]}/-*"
)
_NOT_LAST = frozenset("\uff08\u300a\u3008\u300c\u300e\u3010\u3014\u3016\u201c\u2018([{")
_LETTERS = "0-9A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f"  # Latin ones, accents and all
_UNIT = re.compile(
    r"\u3014U\+[0-9A-F]{4,6}\u3015"  # a character by its code
    rf"|[{_LETTERS}][{_LETTERS}*]*(?:[.:\-/'\u2019][{_LETTERS}*]+)*"  # words, numbers, dates, masked numbers
    r"|.",
    re.DOTALL,
)


def wrap(text: str, width: float, measure: Callable[[str], float]) -> list[str]:
    """Lines of `text` no wider than `width`; every character of it is in exactly one line.

    Spaces at a break stay at the end of the line above.  A unit wider than a whole line is cut between
    characters.  At least one line, maybe empty.
    """
    lines = [""]
    for unit in _units(text, width, measure):
        if lines[-1] and measure((lines[-1] + unit).rstrip(" ")) > width:
            lines.append("")
        lines[-1] += unit
    return lines


def _units(text: str, width: float, measure: Callable[[str], float]) -> list[str]:
    """What may not be broken: each with its closing marks behind and opening marks before it."""
    units: list[str] = []
    for piece in _pieces(text, width, measure):
        glued = units and (piece[0] in _NOT_FIRST or units[-1][-1] in _NOT_LAST or piece == " ")
        if glued and (piece == " " or measure(units[-1] + piece) <= width):
            units[-1] += piece
        else:
            units.append(piece)
    return units


def _pieces(text: str, width: float, measure: Callable[[str], float]) -> list[str]:
    pieces: list[str] = []
    for match in _UNIT.finditer(text):
        piece = match.group()
        pieces += [piece] if measure(piece) <= width else list(piece)
    return pieces
