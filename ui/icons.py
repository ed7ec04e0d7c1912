"""One family of line icons, drawn for this program: 24 × 24 grid, 2 px safe edge, round caps, one stroke."""

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QGuiApplication, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from app.texts import RESOURCES

STROKE = 1.7
HEAVY = 2.6  # the two pictures the style sheet needs

SHAPES: Mapping[str, str] = {
    "idcard": (
        '<rect x="2.5" y="5" width="19" height="14" rx="2.5"/><circle cx="8.3" cy="10.3" r="2"/>'
        '<path d="M5.3 15.6c.4-1.7 1.5-2.5 3-2.5s2.6.8 3 2.5M14.5 10h4M14.5 14h4"/>'
    ),
    "search": '<circle cx="10.5" cy="10.5" r="6.8"/><path d="m15.6 15.6 5.2 5.2"/>',
    "paper": (
        '<path d="M13.5 3H7a2 2 0 0 0-2 2v14a2 2 0 0 0 2 2h10a2 2 0 0 0 2-2V8.5z"/><path d="M13.5 '
        '3v5.5H19"/><path d="M8.5 13h7M8.5 17h4.5"/>'
    ),
    "printer": (
        '<path d="M7 8.5v-5h10v5M7 17H5a2 2 0 0 1-2-2v-4.5a2 2 0 0 1 2-2h14a2 2 0 0 1 2 2V15a2 2 0 0 '
        '1-2 2h-2"/><path d="M7 13.5h10v7H7zM17.3 11.2h.01"/>'
    ),
    "scanner": (
        '<path d="M3.5 8V5.5a2 2 0 0 1 2-2H8M16 3.5h2.5a2 2 0 0 1 2 2V8M20.5 16v2.5a2 2 0 0 1-2 '
        '2H16M8 20.5H5.5a2 2 0 0 1-2-2V16"/><path d="M7.5 8.5v7M11 8.5v7M13.5 8.5v7M16.5 8.5v7"/>'
    ),
    "camera": (
        '<path d="M4.5 20.5h15M7 20.5v-14a3 3 0 0 1 3-3h3.5a3 3 0 0 1 3 3v.5M13.5 7h6l-1.2 '
        '3.5h-3.600zM14.5 13.5l-1.5 4M18.5 13.5l1.5 4"/>'
    ),
    "network": (
        '<path d="M3 9.5a13 13 0 0 1 18 0M6.3 13a8.2 8.2 0 0 1 11.4 0M9.5 16.4a3.7 3.7 0 0 1 5 0M12 '
        '19.8h.01"/>'
    ),
    "offline": (
        '<path d="M3 9.5a13 13 0 0 1 4.3-2.700M12.3 6A13 13 0 0 1 21 9.5M6.3 13A8.2 8.2 0 0 1 9.3 '
        '11.2M9.5 16.4a3.7 3.7 0 0 1 5 0M12 19.8h.01M4 4l16.5 16.5"/>'
    ),
    "sync": (
        '<path d="M20.3 11A8.4 8.4 0 0 0 5.4 7L3.5 9.2M3.7 13a8.4 8.4 0 0 0 14.9 4l1.9-2.2M3.5 '
        '4.7v4.5H8M20.5 19.3v-4.5H16"/>'
    ),
    "clock": '<circle cx="12" cy="12" r="9"/><path d="M12 7v5.2l3.4 2"/>',
    "warning": (
        '<path d="M11.1 4 2.9 18.9A1.4 1.4 0 0 0 4.1 21h15.8a1.4 1.4 0 0 0 1.2-2.1L12.9 4a1 1 0 0 '
        '0-1.8 0zM12 10v4.6M12 17.6h.01"/>'
    ),
    "check": '<path d="m4.5 12.5 5 5L19.5 7"/>',
    "done": '<circle cx="12" cy="12" r="9"/><path d="m8 12.3 2.8 2.8L16 9.6"/>',
    "cross": '<path d="m6 6 12 12M18 6 6 18"/>',
    "fail": '<circle cx="12" cy="12" r="9"/><path d="m9 9 6 6M15 9l-6 6"/>',
    "todo": '<circle cx="12" cy="12" r="9" stroke-dasharray="3 3.3"/>',
    "person": '<circle cx="12" cy="8" r="4.2"/><path d="M4 20.7c.9-4 3.9-6 8-6s7.1 2 8 6"/>',
    "company": (
        '<path d="M4 21V6l9-3v18M13 9h7v12M2.5 21h19M7.5 9.3h2M7.5 13h2M7.5 16.8h2M16 13h1.3M16 16.8h1.3"/>'
    ),
    "phone": (
        '<path d="M6.3 3.5h3.2l1.5 4.3-2 1.6a12.2 12.2 0 0 0 5.6 5.6l1.6-2 4.3 1.5v3.2a2 2 0 0 1-2.2 '
        '2A16.6 16.6 0 0 1 4.3 5.7a2 2 0 0 1 2-2.2z"/>'
    ),
    "home": '<path d="m2.8 11.5 9.2-8 9.2 8M5.5 9.5v11h13v-11M10 20.5v-6h4v6"/>',
    "help": (
        '<circle cx="12" cy="12" r="9"/><path d="M9.2 9.4a2.8 2.8 0 1 1 4.2 2.5c-.9.6-1.4 1.1-1.4 '
        '2.1M12 17.2h.01"/>'
    ),
    "info": '<circle cx="12" cy="12" r="9"/><path d="M12 11v5.5M12 7.7h.01"/>',
    "language": (
        '<circle cx="12" cy="12" r="9"/><path d="M3 12h18M12 3c2.7 2.6 4 5.6 4 9s-1.3 6.4-4 '
        '9c-2.7-2.6-4-5.6-4-9s1.3-6.4 4-9z"/>'
    ),
    "bigtext": '<path d="M2.5 19.5 8.3 4.5h1L15 19.5M4.5 14.3h8.6M18.7 6v8M14.7 10h8"/>',
    "back": '<path d="M20.5 12h-17M10.5 5l-7 7 7 7"/>',
    "chevron": '<path d="m5 9 7 7 7-7"/>',
    "next": '<path d="m9 5 7 7-7 7"/>',
    "exit": '<path d="M14 3.5H6.5a2 2 0 0 0-2 2v13a2 2 0 0 0 2 2H14M10 12h11M17 8l4 4-4 4"/>',
    "pen": (
        '<path d="m3.5 20.5 1.3-5L16.5 3.9a2 2 0 0 1 2.8 0l.8.8a2 2 0 0 1 0 2.8L8.5 19.2zM14 6.4l3.6 3.6"/>'
    ),
    "star": '<path d="m12 3 2.8 5.7 6.2.9-4.5 4.4 1.1 6.2-5.6-2.9-5.6 2.9L7.5 14 3 9.6l6.2-.9z"/>',
    "calendar": '<rect x="3" y="5" width="18" height="16" rx="2.5"/><path d="M3 10h18M8 2.8v4M16 2.8v4"/>',
    "box": '<path d="m12 2.8 8.5 4.6v9.2L12 21.2l-8.5-4.6V7.4zM3.5 7.4 12 12l8.5-4.6M12 12v9.2"/>',
    "bell": '<path d="M6 17v-6a6 6 0 0 1 12 0v6l1.5 1.5h-15zM10 21.3h4M12 5V2.8"/>',
    "car": (
        '<path d="M3 17.5v-5l2.3-6A2 2 0 0 1 7.2 5h9.6a2 2 0 0 1 1.9 1.5l2.3 6v5zM3.3 12.5h17.4M6.5 '
        '15h1.5M16 15h1.5M5 17.5v2M19 17.5v2"/>'
    ),
    "heart": '<path d="M12 20.5C5 16 3 12.5 3 9a4.7 4.7 0 0 1 9-2 4.7 4.7 0 0 1 9 2c0 3.5-2 7-9 11.5z"/>',
    "shield": (
        '<path d="M12 2.8 4.5 5.5v6c0 4.5 3 7.7 7.5 9.7 4.5-2 7.5-5.2 7.5-9.7v-6z"/><path d="m8.5 '
        '11.8 2.5 2.5 4.5-4.8"/>'
    ),
    "school": (
        '<path d="M12 4.5 1.8 9.5 12 14.5l10.2-5zM6 11.8v5c1.7 1.5 3.7 2.2 6 2.2s4.3-.7 6-2.2v-5M22 '
        '9.7v5.5"/>'
    ),
    "work": (
        '<rect x="3" y="7.5" width="18" height="12.5" rx="2"/><path d="M8.5 7.5v-2a2 2 0 0 1 2-2h3a2 '
        '2 0 0 1 2 2v2M3 12.5h18M12 11.5v2.5"/>'
    ),
    "chart": '<path d="M3.5 20.5h17M6.5 17v-5M12 17V5M17.5 17V9"/>',
    "sliders": (
        '<path d="M3.5 7h9M17.5 7h3M3.5 17h3M11.5 17h9"/><circle cx="15" cy="7" r="2.5"/><circle '
        'cx="9" cy="17" r="2.5"/>'
    ),
    "swap": '<path d="M4 8.5h15M15 4.5l4 4-4 4M20 16H5M9 12l-4 4 4 4"/>',
    "usb": '<path d="M8 11V4h8v7M6 11h12v5a5 5 0 0 1-5 5h-2a5 5 0 0 1-5-5zM11 7h.01M13.5 7h.01"/>',
    "battery": (
        '<rect x="2.5" y="7.5" width="16.5" height="9.5" rx="2.5"/><path d="M22 11v2.5M6 '
        '10.5v3.5M9.5 10.5v3.5"/>'
    ),
    "pin": (
        '<path d="M12 21.3c5-5 7.3-8.6 7.3-11.6a7.3 7.3 0 0 0-14.6 0c0 3 2.3 6.6 7.3 11.6z"/><circle '
        'cx="12" cy="9.7" r="2.6"/>'
    ),
    "lock": (
        '<rect x="4.5" y="10.5" width="15" height="10.5" rx="2"/><path d="M8 10.5V7.5a4 4 0 0 1 8 '
        '0v3M12 15v2"/>'
    ),
    "key": '<circle cx="7.5" cy="15" r="4.3"/><path d="m10.7 12 9-9M16 6.5l3 3"/>',
    "face5": (
        '<circle cx="12" cy="12" r="9"/><path d="M8.7 9.6h.01M15.3 9.6h.01"/><path d="M7.3 '
        '13.2h9.4a4.7 4.7 0 0 1-9.4 0z"/>'
    ),
    "face4": (
        '<circle cx="12" cy="12" r="9"/><path d="M8.7 9.6h.01M15.3 9.6h.01"/><path d="M7.8 14a5 5 0 '
        '0 0 8.4 0"/>'
    ),
    "face3": (
        '<circle cx="12" cy="12" r="9"/><path d="M8.7 9.6h.01M15.3 9.6h.01"/><path d="M8.5 14.8c2.2 '
        '1 4.8 1 7 0"/>'
    ),
    "face2": '<circle cx="12" cy="12" r="9"/><path d="M8.7 9.6h.01M15.3 9.6h.01"/><path d="M8.5 15.6h7"/>',
    "face1": (
        '<circle cx="12" cy="12" r="9"/><path d="M8.7 9.6h.01M15.3 9.6h.01"/><path d="M8 16.6a5 5 0 '
        '0 1 8 0"/>'
    ),
}
"""The inside of each `<svg>`; some pictures share their circle or sheet of paper."""


def svg(name: str, colour: str, stroke: float = STROKE) -> bytes:
    """Raises KeyError for a name that is not drawn."""
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" fill="none" stroke="{colour}" '
        f'stroke-width="{stroke}" stroke-linecap="round" stroke-linejoin="round">'
    )
    return f"{head}{SHAPES[name]}</svg>".encode()


@lru_cache(maxsize=512)
def pixmap(name: str, size: int, colour: str, stroke: float = STROKE) -> QPixmap:
    app = QGuiApplication.instance()
    ratio = app.devicePixelRatio() if isinstance(app, QGuiApplication) else 1.0  # sharp on a scaled screen
    picture = QPixmap(round(size * ratio), round(size * ratio))
    picture.setDevicePixelRatio(ratio)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    QSvgRenderer(QByteArray(svg(name, colour, stroke))).render(painter, QRectF(0, 0, size, size))
    painter.end()
    return picture


def icon(name: str, size: int, colour: str, dead: str) -> QIcon:
    """`dead` is the colour of the icon on a disabled button."""
    out = QIcon(pixmap(name, size, colour))
    out.addPixmap(pixmap(name, size, dead), QIcon.Mode.Disabled)
    return out


def sheet_file(name: str, colour: str) -> Path:
    """A style sheet takes pictures from files only.  They are shipped, since an installation is read-only."""
    return RESOURCES / "icons" / f"{name}_{colour[1:]}.svg"


def export(folder: Path, pairs: tuple[tuple[str, str], ...]) -> None:
    """Draw the files `sheet_file` names (a test compares them with what is shipped)."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, colour in pairs:
        (folder / f"{name}_{colour[1:]}.svg").write_bytes(svg(name, colour, HEAVY))
