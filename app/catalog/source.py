"""The catalog of a station: the port `CatalogSource` over its DATA folder.

    DATA/catalog/current.json   names the signed file in force; the sync writes both
    DATA/draft/catalog.sqlite   what `catalog import` made here, unsigned

The signed catalog goes first.  A draft can be searched and shown but is never used for
cases: `info().draft` says which one answers.  A new file is noticed at the next question.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from threading import Lock
from typing import Any, TypeVar

from app.catalog.file import CatalogFile
from app.domain.catalog import Bundle, CatalogInfo, Channel, Item, ItemHit
from app.domain.narrowing import EVERYTHING, Facets, Narrowing
from app.domain.ranking import Preference
from app.errors import StoreDamagedError

CURRENT = Path("catalog", "current.json")
VERIFIED = Path("catalog", "verified.json")
DRAFT = Path("draft", "catalog.sqlite")

T = TypeVar("T")
Stamp = tuple[int, int, int]
"""What tells one state of a file from the next: inode, time of change (ns), length."""


@dataclass(frozen=True, slots=True)
class _Opened:
    stamp: Stamp
    file: CatalogFile


class CatalogFolder:
    """Raises StoreDamagedError, NewerSchemaError."""

    def __init__(self, data: Path) -> None:
        self._data = data
        self._lock = Lock()
        self._opened: _Opened | None = None

    def info(self) -> CatalogInfo | None:
        info = self._answer(CatalogFile.info, None)
        return info if info is None or info.draft else replace(info, verified_at=self._verified_at())

    def _verified_at(self) -> datetime | None:
        """When the gateway last proved what is in force; a damaged note of the sync counts as none."""
        try:
            return datetime.fromisoformat(json.loads((self._data / VERIFIED).read_bytes())["signed_at"])
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def item(self, code: str) -> Item | None:
        return self._answer(lambda file: file.item(code), None)

    def search(
        self,
        text: str,
        limit: int = 20,
        channel: Channel | None = None,
        wanted: Narrowing = EVERYTHING,
        prefer: Preference | None = None,
    ) -> Sequence[ItemHit]:
        return self._answer(lambda file: file.search(text, limit, channel, wanted, prefer), ())

    def departments(self) -> Sequence[str]:
        return self._answer(CatalogFile.departments, ())

    def facets(self) -> Facets:
        return self._answer(CatalogFile.facets, Facets())

    def hits(
        self, codes: Sequence[str], channel: Channel | None = None, wanted: Narrowing = EVERYTHING
    ) -> Sequence[ItemHit]:
        return self._answer(lambda file: file.hits(codes, channel, wanted), ())

    def items(self, after: str = "", limit: int = 100) -> Sequence[Item]:
        return self._answer(lambda file: file.items(after, limit), ())

    def bundles(self) -> Sequence[Bundle]:
        return self._answer(CatalogFile.bundles, ())

    def close(self) -> None:
        with self._lock:
            self._replace(None)

    def _answer(self, ask: Callable[[CatalogFile], T], without: T) -> T:
        """Ask the file in force; the lock keeps it open until it has answered."""
        with self._lock:
            file = self._file()
            return without if file is None else ask(file)

    def _file(self) -> CatalogFile | None:
        """The file in force, opened anew when what is in force has changed."""
        current, draft = self._data / CURRENT, self._data / DRAFT
        signed = _stamp(current)
        stamp = signed or _stamp(draft)
        if stamp is None:
            self._replace(None)
        elif self._opened is None or self._opened.stamp != stamp:
            file = CatalogFile(_named_in(current)) if signed else CatalogFile(draft, draft=True)
            self._replace(_Opened(stamp, file))
        return None if self._opened is None else self._opened.file

    def _replace(self, opened: _Opened | None) -> None:
        before, self._opened = self._opened, opened
        if before is not None:
            before.file.close()


def _stamp(path: Path) -> Stamp | None:
    try:
        stat = path.stat()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise StoreDamagedError(f"{path.name}: {type(error).__name__}") from error
    return stat.st_ino, stat.st_mtime_ns, stat.st_size


def _named_in(current: Path) -> Path:
    """The file that current.json names, beside it and nowhere else."""
    try:
        pointer: dict[str, Any] = json.loads(current.read_text(encoding="utf-8"))
        name = pointer["file"]
        if not isinstance(name, str) or Path(name).name != name:
            raise ValueError("not a file name")
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise StoreDamagedError(f"{current.name}: {type(error).__name__}") from error
    return current.parent / name
