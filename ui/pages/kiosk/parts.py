"""The touched parts of kiosk pages: tiles, options, keypads, pagers."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QBoxLayout, QFrame

from app.texts import Texts
from ui import icons
from ui.pages.kiosk import pictures
from ui.pages.kiosk.guide import Guide
from ui.pages.kiosk.kit import LINE_HEIGHT, KioskKit, through
from ui.widgets.kit import KeyButton, Part

T = TypeVar("T")
Press = Callable[[], None]

OPTION_ROOM = 720  # px for the words of an option
PAGER_ROOM = 132  # px of a pager and the gap above it
ERASE, EMPTY = "erase", "empty"
LETTERS = (*"ABCDEFGHIJKLMNOPQRSTUVWXYZ", ERASE, EMPTY)
DIGITS = (*"123456789", EMPTY, *"0", ERASE)
ID_DIGITS = (*"123456789", *"X0", ERASE)


def on_press(button: KeyButton, press: Press) -> KeyButton:
    button.clicked.connect(lambda _=False: press())
    return button


def tile(
    k: KioskKit,
    name: str,
    icon: str,
    title: str,
    sub: str,
    press: Press,
    *,
    h: int,
    tone: str = "primary",
    wide: bool = False,
    art: int = 96,
    room: int = 290,
    role: str = "h2",
) -> KeyButton:
    """Picture, title and a quiet line on one button; `room` is what the title may take in px."""
    button = k.press("", "tile", name=name, h=h)
    button.setAccessibleName(title)
    ground = _on_ground(k, icon, tone, art)
    said = k.frame(_words(k, title, sub, room, role, h))
    parts: list[Part] = [ground, said]
    if wide:
        parts.append(k.glyph("next", 48, tone, 2))
    inner = k.row(*parts, gap=24)
    inner.setStretch(1, 1)
    inner.setContentsMargins(k.px(28), 0, k.px(24), 0)
    button.setLayout(inner)
    through(button)
    return on_press(button, press)


def option(
    k: KioskKit,
    name: str,
    text: str,
    sub: str,
    press: Press,
    *,
    on: bool,
    h: int = 0,
    square: bool = False,
    role: str = "h2",
) -> KeyButton:
    """A choice: mark, words, and a tick when chosen."""
    high = h or option_height(k, text, sub, role)
    button = k.press("", "option", name=name, h=high, on=on)
    button.setAccessibleName(text)
    said = k.frame(_words(k, text, sub, OPTION_ROOM, role, high))
    parts: list[Part] = [k.picture(pictures.dot(k.pal, on=on, square=square), 44, 44), said]
    if on:
        parts.append(k.glyph("check", 48, "primary", 2.4))
    inner = k.row(*parts, gap=28)
    inner.setStretch(1, 1)
    inner.setContentsMargins(k.px(36), 0, k.px(36), 0)
    button.setLayout(inner)
    through(button)
    button.clicked.connect(lambda _=False: button.setChecked(on))  # the session decides, not the finger
    return on_press(button, press)


def _words(k: KioskKit, title: str, sub: str, room: int, role: str, h: int) -> QBoxLayout:
    """A heading and a quiet line under it, which is left out where both would not fit `h`."""
    words: list[Part] = [k.line(title, room, role)]
    if sub and words_height(k, title, sub, room, role) <= h:
        words.append(k.text(sub, "body", "muted", wrap=not k.fits(sub, "body", room)))
    return k.stack(*words, gap=4)


def words_height(k: KioskKit, title: str, sub: str, room: int, role: str) -> int:
    exact = k.heading([title], room) if role == "h2" else role
    return k.height(title, exact, room) + k.height(sub, "body", room) + 4


def option_height(k: KioskKit, text: str, sub: str, role: str, *, compact: bool = False) -> int:
    """Page px of an option; `compact` where many share a page."""
    least = (152 if compact else 176) if k.elder else (128 if compact else 152)
    return max(least, words_height(k, text, sub, OPTION_ROOM, role) + 32)


def sheets_of(things: Sequence[T], heights: Sequence[int], room: int, gap: int) -> list[Sequence[T]]:
    """Things in order on as few sheets as their heights (page px) allow; one thing a sheet at least."""
    sheets: list[list[T]] = []
    left = -1
    for thing, height in zip(things, heights, strict=True):
        if height > left:
            sheets.append([])
            left = room
        sheets[-1].append(thing)
        left -= height + gap
    return [*sheets] or [things]


def keypad(
    k: KioskKit,
    t: Texts,
    keys: Sequence[str],
    columns: int,
    typed: Callable[[str], None],
    *,
    h: int,
) -> QBoxLayout:
    """Keys in rows; `typed` gets a character, ERASE or EMPTY.  A key is named `key_<its own>`."""
    rows: list[Part] = []
    for start in range(0, len(keys), columns):
        line = [_key(k, t, key, typed, h) for key in keys[start : start + columns]]
        spare: list[Part] = [k.frame(k.col()) for _ in range(columns - len(line))]
        rows.append(k.even(*line, *spare, gap=12))
    return k.col(*rows, gap=12)


def _key(k: KioskKit, t: Texts, key: str, typed: Callable[[str], None], h: int) -> KeyButton:
    special = {ERASE: "back", EMPTY: "cross"}.get(key, "")
    button = k.press("" if special else key, "key", name=f"key_{key}", h=h)
    button.setAccessibleName(t[f"kiosk.key.{key}"] if special else key)
    if special:
        px = k.px(48)
        button.setIcon(icons.icon(special, px, k.pal.primary, k.pal.muted))
        button.setIconSize(QSize(px, px))
    return on_press(button, lambda: typed(key))


def after_key(text: str, key: str, most: int) -> str:
    """What stands there after a key was pressed."""
    if key == EMPTY:
        return ""
    if key == ERASE:
        return text[:-1]
    return text if len(text) >= most else text + key


def pages_of(things: Sequence[T], size: int) -> list[Sequence[T]]:
    return [things[i : i + size] for i in range(0, len(things), size)] or [things]


def pager(guide: Guide, index: int, pages: int, turn: Callable[[int], None]) -> QBoxLayout:
    """Leaf through a list: the places of the buttons stay, also when there is nothing to leaf."""
    k, t = guide.kit, guide.texts
    before = k.press(t["kiosk.pager.before"], name="page_prev", h=104, enabled=index > 0)
    after = k.press(t["kiosk.pager.after"], name="page_next", h=104, enabled=index + 1 < pages)
    on_press(before, lambda: turn(index - 1))
    on_press(after, lambda: turn(index + 1))
    where = k.text(t.say("kiosk.pager.where", n=index + 1, of=pages), "body", "muted", align="center")
    line = k.row(before, where, after, gap=16)
    for i, share in enumerate((3, 2, 3)):
        line.setStretch(i, share)
    return line


def bullet(k: KioskKit, icon: str, title: str, body: str, tone: str = "primary") -> QFrame:
    """A picture on a soft ground, a strong line, and what it means."""
    art = 96 if k.elder else 88
    ground = _on_ground(k, icon, tone, art)
    words = k.stack(k.text(title, "title", wrap=True), k.text(body, "body", "muted", wrap=True), gap=4)
    line = k.row(k.stack(ground), words, gap=28)
    line.setStretch(1, 1)
    return k.frame(line)


def _on_ground(k: KioskKit, icon: str, tone: str, art: int) -> QFrame:
    ground = k.frame(k.row(k.glyph(icon, art * 5 // 8, tone, 1.8)), fixed=(art, art))
    inside = ground.layout()
    if inside is not None:
        inside.setAlignment(Qt.AlignmentFlag.AlignCenter)
    ground.setStyleSheet(f"QFrame {{ background:{k.pal.soft(tone)}; border-radius:{k.px(art // 4)}px; }}")
    return ground


def hint(k: KioskKit, icon: str, words: str, tone: str = "accent") -> QFrame:
    """A quiet box that explains."""
    line = k.row(k.glyph(icon, 40, tone, 1.8), k.text(words, "body", "ink", wrap=True), gap=20)
    return k.frame(line, (28, 20, 28, 20), pill=tone)


def facts(
    k: KioskKit, rows: Sequence[tuple[str, str, str]], label_width: int, gap: int = 16, *, top: bool = False
) -> QBoxLayout:
    """(label, value, role) lines, kept together in the middle of their height, or at its `top`.

    A long value wraps; its label stays at its first line.
    """
    top_left = Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft
    lines: list[Part] = []
    for label, text, role in rows:
        head, value = k.text(label, "body", "muted"), k.text(text, role, wrap=True)
        head.setFixedWidth(k.px(label_width))
        size = k.s.px("body" if role == "strong" else role)
        head.setContentsMargins(0, round((size - k.s.base) * LINE_HEIGHT / 2), 0, 0)
        head.setAlignment(top_left)
        value.setAlignment(top_left)
        lines.append(k.row(head, value, gap=8))
    return k.col(*lines, None, gap=gap) if top else k.stack(*lines, gap=gap)
