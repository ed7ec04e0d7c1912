"""Design tokens by role, and the one style sheet made from them.

No other file names a colour or a size of type.  Contrast is a rule here, not a taste:
`text_pairs` names every text colour on every ground it may stand on, and a test demands
4.5 : 1 of NORMAL and 7 : 1 of STRONG (elder mode).
"""

from dataclasses import dataclass, fields, replace
from functools import cache
from string import Template

from PySide6.QtGui import QFont, QFontDatabase

from app.texts import RESOURCES
from ui import icons

GRID = 8  # every gap and every height is a multiple of this (4 only inside a line of text)
RADIUS = 8
FAMILY = "Noto Sans SC"
# Characters of rare names beyond Noto Sans SC; used where the machine has them installed.
FALLBACK_FAMILIES = ("HanaMinA", "HanaMinB", "Plangothic P1", "Plangothic P2")


@dataclass(frozen=True, slots=True)
class Palette:
    surface: str = "#F2F5F8"  # the desk
    panel: str = "#FFFFFF"  # a sheet lying on it
    sunken: str = "#E8EDF2"  # a hole in the sheet: dead buttons, table head, key caps
    ink: str = "#14202C"
    muted: str = "#4C5B6A"
    line: str = "#D6DEE6"  # decoration only
    edge: str = "#7C8A99"  # border of anything that can be used: at least 3 : 1
    primary: str = "#0B4A9E"  # deep government blue
    primary_deep: str = "#0A2F66"  # navigation, pressed
    primary_soft: str = "#E3EDF9"
    on_primary: str = "#FFFFFF"
    on_deep: str = "#D3E2F7"  # quiet words on primary_deep
    accent: str = "#0A6B72"  # the green-blue of sedge: help, alternatives
    accent_soft: str = "#DDF0F0"
    ok: str = "#176B3A"
    ok_soft: str = "#E0F2E7"
    warn: str = "#855000"
    warn_soft: str = "#FFF0D1"
    stop: str = "#B3261E"
    stop_soft: str = "#FCE7E5"
    focus: str = "#FFB800"  # ring; always drawn round an ink border, so it never depends on yellow alone

    def of(self, role: str) -> str:
        """The colour of a role named by a string.  Raises AttributeError."""
        return str(getattr(self, role))

    def soft(self, tone: str) -> str:
        """The ground a tone stands on; a tone without one stands on `sunken`."""
        return str(getattr(self, f"{tone}_soft", self.sunken))


NORMAL = Palette()
STRONG = replace(  # elder mode and the high-contrast switch
    NORMAL,
    surface="#F7F9FB",
    sunken="#EDF1F5",
    ink="#0A1118",
    muted="#33414E",
    line="#AAB6C2",
    edge="#4F5D6B",
    primary="#083C84",
    primary_deep="#06244F",
    primary_soft="#EAF2FC",
    on_deep="#FFFFFF",
    accent="#044E54",
    accent_soft="#E6F5F5",
    ok="#0B4E27",
    ok_soft="#E9F7EE",
    warn="#5E3800",
    warn_soft="#FFF5E0",
    stop="#8C1511",
    stop_soft="#FDEFEE",
)
TONES = ("primary", "accent", "ok", "warn", "stop")

TYPE = {"caption": 0.858, "body": 1.0, "title": 1.15, "h2": 1.57, "h1": 2.25, "display": 3.2}
"""Sizes of type, times the base size of the scale."""


@dataclass(frozen=True, slots=True)
class Scale:
    base: int  # px of body text
    target: int  # px, least height of anything that can be pressed
    pad: int  # inner margin of a card
    icon: int

    def px(self, role: str) -> int:
        return round(self.base * TYPE[role])


COUNTER = Scale(base=14, target=32, pad=16, icon=18)
CUSTOMER = Scale(base=22, target=72, pad=24, icon=28)
CUSTOMER_SMALL = Scale(base=18, target=56, pad=16, icon=24)  # displays of 7 to 10 inches
KIOSK = Scale(base=24, target=96, pad=32, icon=40)


def elder(s: Scale) -> Scale:
    return Scale(round(s.base * 1.4), round(s.target * 1.25), s.pad, round(s.icon * 1.4))


def contrast(a: str, b: str) -> float:
    """WCAG 2 contrast ratio of two `#RRGGBB` colours, 1 … 21."""
    hi, lo = sorted((_luminance(a), _luminance(b)), reverse=True)
    return (hi + 0.05) / (lo + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    r, g, b = (x / 12.92 if x <= 0.03928 else ((x + 0.055) / 1.055) ** 2.4 for x in parts)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def text_pairs(p: Palette) -> tuple[tuple[str, str], ...]:
    """Every text colour with every ground it may stand on."""
    pairs = [(p.of(t), g) for t in ("ink", "muted", *TONES) for g in (p.surface, p.panel)]
    pairs += [(p.ink, p.sunken), (p.muted, p.sunken)]
    pairs += [
        (p.on_primary, p.primary),
        (p.on_primary, p.primary_deep),
        (p.on_deep, p.primary_deep),
        (p.ink, p.focus),
    ]
    pairs += [(p.of(t), p.soft(t)) for t in TONES] + [(p.ink, p.soft(t)) for t in TONES]
    pairs += [(p.on_primary, p.of(t)) for t in ("ok", "stop", "accent")]
    return tuple(pairs)


def edge_pairs(p: Palette) -> tuple[tuple[str, str], ...]:
    """Borders and rings that must be seen: at least 3 : 1."""
    return ((p.edge, p.surface), (p.edge, p.panel), (p.focus, p.ink), (p.focus, p.primary_deep))


@cache
def load_fonts() -> tuple[str, ...]:
    """Make the shipped fonts known to Qt (once); returns their families.

    Raises:
        FileNotFoundError: a shipped font file is missing or damaged, so no page could be drawn as designed.
    """
    families: list[str] = []
    for file in sorted((RESOURCES / "fonts").glob("*.ttf")):
        known = QFontDatabase.addApplicationFont(str(file))
        if known < 0:
            raise FileNotFoundError(f"font {file.name} cannot be used")
        families += QFontDatabase.applicationFontFamilies(known)
    if FAMILY not in families:
        raise FileNotFoundError(f"no font file holds {FAMILY}")
    QFont.insertSubstitutions(FAMILY, list(FALLBACK_FAMILIES))
    return tuple(families)


def sheet_pictures() -> tuple[tuple[str, str], ...]:
    """(icon, colour) of every picture the style sheet takes from a file."""
    pairs = [("check", p.on_primary) for p in (NORMAL, STRONG)] + [
        ("chevron", p.ink) for p in (NORMAL, STRONG)
    ]
    return tuple(dict.fromkeys(pairs))


@cache
def style_sheet(s: Scale, p: Palette) -> str:
    """The style sheet of one window; cached, since every window of a mode has the same one."""
    return Template(_BASE + _tones()).substitute(_values(s, p))


def _values(s: Scale, p: Palette) -> dict[str, object]:
    big = s.base >= 20  # touch: larger radii, thicker borders
    action = "h2" if s.base >= 24 else "title" if big else "body"
    return {
        **{f.name: getattr(p, f.name) for f in fields(p)},
        **{role: s.px(role) for role in TYPE},
        "fam": FAMILY,
        "r": RADIUS * 2 if s.base >= 24 else RADIUS,
        "t": s.target,
        "p": s.pad,
        "h": s.pad // 2,
        "bw": 3 if big else 1,
        "act": s.px(action),
        "box": 28 if big else 16,
        "tick": icons.sheet_file("check", p.on_primary).as_posix(),
        "down": icons.sheet_file("chevron", p.ink).as_posix(),
    }


def _tones() -> str:
    words = ("ink", "muted", *TONES, "on_primary", "on_deep")
    rules = [f'QLabel[tone="{t}"] {{ color:${{{t}}}; }}' for t in words]
    for t in TONES:
        rules.append(
            f'QFrame[pill="{t}"] {{ background:${{{t}_soft}}; border:none; border-radius:${{h}}px; }}'
        )
        rules.append(
            f'QFrame[msg="{t}"] {{ background:${{{t}_soft}}; border:none; '
            f"border-left:4px solid ${{{t}}}; border-radius:4px; }}"
        )
        rules.append(f'QPushButton[kind="pill"][tone="{t}"] {{ background:${{{t}_soft}}; color:${{{t}}}; }}')
    return "\n".join(rules)


_BASE = """
QWidget { font-family:'${fam}'; font-size:${body}px; color:${ink}; }
QLabel { background:transparent; }
#window { background:${surface}; }
QLabel[role="caption"] { font-size:${caption}px; }
QLabel[role="strong"] { font-weight:700; }
QLabel[role="title"] { font-size:${title}px; font-weight:700; }
QLabel[role="h2"] { font-size:${h2}px; font-weight:700; }
QLabel[role="h1"] { font-size:${h1}px; font-weight:700; }
QLabel[role="display"] { font-size:${display}px; font-weight:700; }
QFrame[role="card"] { background:${panel}; border:1px solid ${line}; border-radius:${r}px; }
QFrame[role="sheet"] { background:${panel}; border:none; border-radius:${r}px; }
QFrame[role="strip"] { background:${panel}; border:none; border-bottom:1px solid ${line}; }
QFrame[role="foot"] { background:${panel}; border:none; border-top:1px solid ${line}; }
QFrame[role="rail"] { background:${primary_deep}; border:none; }
QFrame[role="hole"] { background:${surface}; border:none; border-radius:${r}px; }
QFrame[role="row"] { background:transparent; border:none; border-bottom:1px solid ${line}; }
QFrame[role="rule"] { background:${line}; border:none; }
QPushButton { min-height:${t}px; max-height:${t}px; padding:0 ${p}px; border-radius:${r}px; outline:none; }
QPushButton[kind="primary"] {
    background:${primary}; color:${on_primary}; border:${bw}px solid ${primary}; font-weight:700;
    font-size:${act}px;
}
QPushButton[kind="primary"]:hover { background:${primary_deep}; border-color:${primary_deep}; }
QPushButton[kind="secondary"] {
    background:${panel}; color:${primary}; border:${bw}px solid ${edge}; font-size:${act}px;
}
QPushButton[kind="secondary"]:hover { background:${primary_soft}; border-color:${primary}; }
QPushButton[kind="quiet"] {
    background:transparent; color:${primary}; border:${bw}px solid transparent; padding:0 ${h}px;
}
QPushButton[kind="quiet"]:hover { background:${primary_soft}; }
QPushButton[kind="stop"] { background:${panel}; color:${stop}; border:${bw}px solid ${stop}; }
QPushButton[kind="option"], QPushButton[kind="tile"] {
    background:${panel}; color:${ink}; border:2px solid ${edge}; text-align:left;
}
QPushButton[kind="option"]:checked {
    background:${primary_soft}; border:4px solid ${primary}; color:${ink}; font-weight:700;
}
QPushButton[kind="seg"] {
    background:${panel}; color:${ink}; border:1px solid ${edge}; border-radius:${r}px; padding:1px 13px;
}
QPushButton[kind="seg"]:checked {
    background:${primary_soft}; border:2px solid ${primary}; color:${primary}; font-weight:700;
}
QPushButton:pressed { background:${primary_deep}; color:${on_primary}; }
QPushButton:disabled { background:${sunken}; color:${muted}; border-color:${sunken}; font-weight:400; }
QPushButton[kind="quiet"]:disabled { background:transparent; border-color:transparent; }
QPushButton:focus, QLineEdit:focus, QComboBox:focus { border:2px solid ${ink}; }
QLineEdit {
    background:${panel}; border:1px solid ${edge}; border-radius:${r}px; padding:0 12px; min-height:${t}px;
    selection-background-color:${primary}; placeholder-text-color:${muted};
}
QComboBox {
    background:${panel}; border:1px solid ${edge}; border-radius:${r}px; padding:0 12px; min-height:${t}px;
}
QComboBox::drop-down { border:none; width:${t}px; }
QComboBox::down-arrow { image:url(${down}); width:16px; height:16px; }
QComboBox { combobox-popup:0; }
QComboBox QAbstractItemView::item { min-height:${t}px; padding:0 8px; }
QComboBox QAbstractItemView {
    background:${panel}; border:1px solid ${edge}; selection-background-color:${primary_soft};
    selection-color:${ink}; outline:none;
}
QCheckBox, QRadioButton { spacing:8px; background:transparent; }
QCheckBox::indicator {
    width:${box}px; height:${box}px; border:2px solid ${edge}; border-radius:4px; background:${panel};
}
QCheckBox::indicator:checked { background:${primary}; border-color:${primary}; image:url(${tick}); }
QProgressBar { background:${sunken}; border:none; border-radius:4px; min-height:8px; max-height:8px; }
QProgressBar::chunk { background:${primary}; border-radius:4px; }
QTableView, QListView {
    background:${panel}; border:none; gridline-color:transparent; outline:none;
    selection-background-color:${primary_soft};
}
QHeaderView { background:${panel}; border:none; }
QHeaderView::section {
    background:${panel}; color:${muted}; border:none; border-bottom:1px solid ${line}; padding:0 8px;
    font-size:${caption}px; font-weight:400;
}
QScrollBar:vertical { background:transparent; width:12px; margin:0; }
QScrollBar::handle:vertical {
    background:${edge}; border:3px solid ${panel}; border-radius:6px; min-height:32px;
}
QScrollBar::add-line, QScrollBar::sub-line, QScrollBar::add-page, QScrollBar::sub-page {
    background:none; border:none; height:0; width:0;
}
QToolTip { background:${ink}; color:${panel}; border:none; padding:8px; }
QFrame[pill="quiet"] { background:transparent; border:none; }
QFrame[pill="muted"] { background:${sunken}; border:none; border-radius:${h}px; }
QFrame[pill="plain"] { background:${panel}; border:none; border-radius:${h}px; }
QPushButton[kind="pill"] {
    background:transparent; color:${muted}; border:none; border-radius:${h}px; padding:0 ${h}px;
    font-size:${caption}px; min-height:24px; max-height:24px;
}
QPushButton[kind="pill"]:hover { background:${primary_soft}; }
QPushButton[kind="pill"][tone="muted"] { background:${sunken}; }
QFrame[role="event"] { background:${primary_soft}; border:none; border-bottom:1px solid ${line}; }
QPushButton[kind="fact"], QPushButton[kind="fact_pill"] {
    background:transparent; color:${ink}; border:none; border-radius:${h}px; padding:0 4px;
    min-height:24px; max-height:24px;
}
QPushButton[kind="fact_pill"] { background:${panel}; padding:0 ${h}px; }
QPushButton[kind="line"] {
    background:${panel}; border:none; border-bottom:1px solid ${line}; border-left:3px solid ${panel};
    border-radius:0; min-height:51px; max-height:51px; padding:0; text-align:left;
}
QPushButton[kind="line"]:hover { background:${surface}; }
QPushButton[kind="line"][current="yes"] { background:${primary_soft}; border-left-color:${primary}; }
QScrollArea#desk, QScrollArea#desk > QWidget { background:${sunken}; border:none; }
#large_paper { border:1px solid ${line}; background:${panel}; }
#hits_panel { border:1px solid ${edge}; }
QFrame[role="scrim"] { background:rgba(10, 25, 45, 110); border:none; }
QPushButton[kind="pad"] {
    background:${panel}; color:${ink}; border:1px solid ${edge}; font-size:${h2}px; padding:0;
}
QPushButton[kind="pad"]:hover { background:${primary_soft}; border-color:${primary}; }
QLineEdit[verdict="stop"] { border-color:${stop}; }
QLineEdit[verdict="ok"] { border-color:${ok}; }
QScrollArea { background:transparent; border:none; }
QToolButton:focus { border:2px solid ${focus}; }
"""
