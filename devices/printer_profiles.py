"""Models of receipt printers as data: resources/devices/printers.toml, whose head explains the fields.

A new model is a new table there.  What a table says is checked whole when it is read: a
profile is either right or refused by name.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import Enum
from functools import cache
from pathlib import Path
from types import GenericAlias
from typing import Any, get_args

from app.domain.printing import SlipPaper, SlipText
from app.errors import SettingsError
from app.texts import RESOURCES

FILE = RESOURCES / "devices" / "printers.toml"
PLAIN = "plain"
NARROW_MM, NARROW_DOTS = 58, 384  # a narrow roll in a wide printer: what every head can print of it
USUAL_BAUDRATE = 9600
DOTS_A_MM = 8  # 203 dpi


class Proof(Enum):
    """How a printer says that it has printed: see devices/escpos_printer.py."""

    GS_R = "gs_r"
    PROCESS_ID = "process_id"
    AUTO = "auto"
    NONE = "none"


class Sure(Enum):
    """How well the facts of a profile are known."""

    MEASURED = "measured"
    MAKER = "maker"
    LISTED = "listed"
    ASSUMED = "assumed"


@dataclass(frozen=True, slots=True)
class PrinterProfile:
    """One model.  `feed` in dots, `status`: the n of DLE EOT n it answers, `mm_per_s` at least."""

    name: str
    title: str
    width_mm: int
    dots: int
    text: SlipText
    cutter: bool
    feed: int
    slice_rows: int
    status: tuple[int, ...]
    proof: Proof
    automatic: bool
    names: bool
    mm_per_s: int
    sure: Sure
    source: str

    def paper(self, width_mm: int) -> SlipPaper:
        """What a slip is composed for; `width_mm`: the roll in it, which may be narrower than the printer."""
        narrow = width_mm < self.width_mm
        width, dots = (NARROW_MM, NARROW_DOTS) if narrow else (self.width_mm, self.dots)
        return SlipPaper(width, dots, self.cutter, self.text, self.slice_rows, self.feed)

    def seconds_for(self, size: int, bytes_per_s: float) -> float:
        """How long `size` bytes take at most: over the line (0: it sets no limit), and as dots on paper."""
        over = size / bytes_per_s if bytes_per_s else 0.0
        return over + size / (self.dots / 8) / DOTS_A_MM / self.mm_per_s

    @property
    def capabilities(self) -> tuple[str, ...]:
        """Words of app.domain.device.DeviceHealth."""
        words = {
            "cutter": self.cutter,
            "chinese_font": self.text is SlipText.GB18030,
            "status": bool(self.status),
            "automatic_status": self.automatic,
        }
        return tuple(word for word, there in words.items() if there)


def line_rate(line: str, baudrate: int) -> float:
    """Bytes a second of a serial line; 0 for any other, which sets no limit a slip would feel."""
    is_other = line.startswith(("socket://", "usb:", "usb://", "cups:", "ipp:", "ipps:"))
    return 0.0 if is_other else (baudrate or USUAL_BAUDRATE) / 10


def profile(name: str = "") -> PrinterProfile:
    """A model by its name, "" the plain one.  Raises SettingsError for a name nobody has written."""
    known = profiles()
    try:
        return known[name or PLAIN]
    except KeyError as error:
        raise SettingsError(f"no printer profile {name}; there are {', '.join(known)}") from error


@cache
def profiles() -> Mapping[str, PrinterProfile]:
    return read(FILE)


def read(path: Path) -> Mapping[str, PrinterProfile]:
    """All models of a file.  Raises SettingsError naming model and field."""
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(f"{path.name}: {error}") from error
    return {name: _checked(name, table) for name, table in tables.items()}


def _checked(name: str, table: Any) -> PrinterProfile:
    wanted = {field.name: field.type for field in fields(PrinterProfile) if field.name != "name"}
    if not isinstance(table, dict) or table.keys() != wanted.keys():
        wrong = sorted(table.keys() ^ wanted.keys()) if isinstance(table, dict) else ["not a table"]
        raise SettingsError(f"printer profile {name}: missing or unknown {', '.join(wrong)}")
    values = {key: _value(name, key, table[key], kind) for key, kind in wanted.items()}
    made = PrinterProfile(name=name, **values)
    for key, good in _rules(made).items():
        if not good:
            raise SettingsError(f"printer profile {name}: {key} {table[key]!r} cannot be")
    return made


def _value(name: str, key: str, value: Any, kind: Any) -> Any:
    try:
        if isinstance(kind, GenericAlias):
            return tuple(_value(name, key, one, get_args(kind)[0]) for one in value)
        if isinstance(kind, type) and issubclass(kind, Enum):
            return kind(value)
        if type(value) is kind:
            return value
    except (TypeError, ValueError) as error:
        raise SettingsError(f"printer profile {name}: {key} {value!r} is unknown") from error
    raise SettingsError(f"printer profile {name}: {key} {value!r} is not {kind.__name__}")


def _rules(made: PrinterProfile) -> Mapping[str, bool]:
    return {
        "title": bool(made.title.strip()),
        "width_mm": made.width_mm in (80, 58),
        "dots": made.dots % 8 == 0 and 0 < made.dots <= made.width_mm * DOTS_A_MM,
        "feed": 0 <= made.feed <= 400,
        "slice_rows": 8 <= made.slice_rows <= 4095,
        "status": set(made.status) <= {1, 2, 3, 4} and len(set(made.status)) == len(made.status),
        "mm_per_s": 10 <= made.mm_per_s <= 500,
        # a printer that cannot be asked how it is can only be believed when it says by itself
        "automatic": not made.automatic or made.proof is not Proof.NONE,
        "source": bool(made.source.strip()),
    }
