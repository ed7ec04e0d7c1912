"""The files of a signed catalog in the DATA folder, each step whole whenever the power goes.

    DATA/catalog/<sha256[:16]>.sqlite    a version, by its content
    DATA/catalog/current.json            which of them is in force
    DATA/catalog/verified.json           when the gateway last proved what is in force
    …part  …new                          on their way; nothing points to them

A new file is written beside, flushed, checked against the signed digest and only then given its
name; the pointer is replaced last.
"""

import json
import logging
import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from app.atomic_file import install, write_atomically
from app.errors import CatalogUntrustedError
from app.packed import PackedError, file_sha256, unpack
from app.page_delta import apply_delta

_log = logging.getLogger(__name__)
_TARGET = re.compile(r"catalog/[A-Za-z0-9][A-Za-z0-9.-]{0,60}\.sqlite\.zst")
LARGEST = 8 << 30  # bytes: no catalog is larger


@dataclass(frozen=True, slots=True)
class Current:
    """The signed description of the catalog in force; `sha256` and `length` of the unpacked file.

    `form`: the number of its form, which a program must know to read it; 0 where it is not said.
    """

    version: str
    target: str
    items: int
    published_at: str
    sha256: str
    length: int
    form: int = 0

    @property
    def file(self) -> str:
        return f"{self.sha256[:16]}.sqlite"

    def delta_from(self, sha256: str) -> str:
        """The target that leads from another version to this one."""
        return f"catalog/{sha256[:16]}-{self.sha256[:16]}.delta"


def parse_current(data: bytes) -> Current:
    """Raises CatalogUntrustedError."""
    try:
        found = json.loads(data)
        datetime.fromisoformat(found["published_at"])
        current = Current(
            version=str(found["version"]),
            target=str(found["target"]),
            items=int(found["items"]),
            published_at=str(found["published_at"]),
            sha256=str(found["sha256"]),
            length=int(found["length"]),
            form=int(found.get("form", 0)),
        )
        if len(bytes.fromhex(current.sha256)) != 32 or not 0 < current.length <= LARGEST:
            raise ValueError("not a digest or a length")
        if not _TARGET.fullmatch(current.target):
            raise ValueError("not the name of a catalog")
        return current
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise CatalogUntrustedError("a signed description in another form") from error


class CatalogFiles:
    """Methods raise OSError; the caller translates."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def pointer(self) -> dict[str, Any]:
        """The present pointer; a damaged one counts as none."""
        try:
            found = json.loads((self.folder / "current.json").read_bytes())
        except (OSError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}

    def has(self, current: Current) -> bool:
        """Whether the version is here and not damaged."""
        path = self.folder / current.file
        return path.exists() and file_sha256(path) == current.sha256

    def former(self, pointer: dict[str, Any]) -> tuple[str, Path] | None:
        """The version a delta can start from: its digest and its file."""
        sha256, name = str(pointer.get("sha256", "")), str(pointer.get("file", ""))
        path = self.folder / name
        return (sha256, path) if sha256 and Path(name).name == name and path.is_file() else None

    def part(self, digest: str) -> Path:
        return self.folder / f"{digest[:16]}.part"

    def unpack(self, part: Path, current: Current, step: Callable[[int], None] | None = None) -> None:
        """Raises CatalogUntrustedError when what is packed is not the signed content."""
        new = self._new(current)
        try:
            if unpack(part, new, current.length, step) != current.sha256:
                raise CatalogUntrustedError("the catalog is not the signed one")
            install(new, self.folder / current.file)
        except PackedError as error:
            raise CatalogUntrustedError(str(error)) from error
        finally:
            new.unlink(missing_ok=True)

    def apply(self, former: Path, part: Path, current: Current) -> bool:
        """False when the delta does not lead to the signed content: a spoilt former file, a wrong delta."""
        new = self._new(current)
        good = False
        try:
            good = apply_delta(former, part, new, current.length) == current.sha256
        except PackedError as error:
            _log.warning("delta not usable: %s", error)
        if good:
            install(new, self.folder / current.file)
        new.unlink(missing_ok=True)
        return good

    def point(self, current: Current) -> None:
        pointer = {
            "version": current.version,
            "file": current.file,
            "sha256": current.sha256,
            "items": current.items,
            "published_at": current.published_at,
        }
        write_atomically(self.folder / "current.json", json.dumps(pointer, sort_keys=True).encode())

    def note_verified(self, signed_at: str) -> None:
        text = json.dumps({"signed_at": signed_at})
        write_atomically(self.folder / "verified.json", text.encode())

    def tidy(self, keep: set[str]) -> None:
        """Remove what nothing points to; an open file that cannot go now goes next time."""
        for pattern in ("*.sqlite", "*.part", "*.new"):
            for path in self.folder.glob(pattern):
                if path.name not in keep:
                    with suppress(OSError):
                        path.unlink()

    def _new(self, current: Current) -> Path:
        return self.folder / f"{current.sha256[:16]}.new"
