"""Files that travelled with the catalog (DATA/data/<kind>), and the one rule by which they count.

What travelled goes before what came with the program, unless the program's own is newer by its
version.  What cannot be read in every part is refused as a whole, with a line in the log and a
word on the status board; the program's own stands in for it.  Nothing of it ever stops a start.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Generic, TypeVar

from app.domain.carried import Carried, CarriedKind, Standing

_log = logging.getLogger(__name__)

T = TypeVar("T")
Stamp = tuple[tuple[str, int, int], ...]


class CarriedFault(Exception):
    """A file is no good.  `reason` and `at` as in `Carried`."""

    def __init__(self, reason: str, at: str = "") -> None:
        super().__init__(f"{reason} {at}".strip())
        self.reason, self.at = reason, at


@dataclass(frozen=True, slots=True)
class Found(Generic[T]):
    """What a file says.  `version`: of the file; `own`: of what came with the program; None: not said."""

    value: T
    version: date | None = None
    own: date | None = None

    @property
    def counts(self) -> bool:
        return self.version is None or self.own is None or self.version >= self.own


def take(
    kind: CarriedKind, folder: Path, read: Callable[[str, bytes], Found[T]]
) -> tuple[Sequence[T], tuple[Carried, ...]]:
    """What counts of the files in `folder`, by name, and how each stands.  `read` raises CarriedFault."""
    values: list[T] = []
    told: list[Carried] = []
    for path in _files(folder):
        try:
            found = read(path.name, path.read_bytes())
        except (CarriedFault, OSError) as error:
            fault = error if isinstance(error, CarriedFault) else CarriedFault("unreadable")
            _log.warning("%s/%s refused, the program's own counts: %s", kind.value, path.name, fault)
            told.append(Carried(kind, path.name, Standing.BROKEN, "", fault.reason, fault.at))
            continue
        version = "" if found.version is None else found.version.isoformat()
        if found.counts:
            values.append(found.value)
        told.append(Carried(kind, path.name, Standing.IN_FORCE if found.counts else Standing.OLDER, version))
    return values, tuple(told)


def stamp(folder: Path) -> Stamp:
    """Changes when a file does."""
    try:
        stats = [(path.name, path.stat()) for path in _files(folder)]
    except OSError:
        return ()
    return tuple((name, stat.st_mtime_ns, stat.st_ino) for name, stat in stats)


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.glob("*") if path.is_file() and not path.name.startswith("."))
