"""A version of the catalog as signed targets: the file packed, what is current, and deltas to it.

    catalog/<version>.sqlite.zst     the whole file (app.packed)
    catalog/<old>-<new>.delta        what changed since a former version (app.page_delta); names by content
    catalog/current.json             version, items, date; SHA-256, length and form of the unpacked file

The last unpacked files are kept beside the repository, since deltas are made from them.  Nothing
here knows what is in a file.
"""

import json
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from app.atomic_file import install, sync_directory
from app.gateway.repository import Repository
from app.packed import file_sha256, pack
from app.page_delta import make_delta

CURRENT = "catalog/current.json"
KEPT = 8  # former versions a terminal can come from by delta
_WORTH = 0.6  # of the packed whole: a larger delta saves too little


@dataclass(frozen=True, slots=True)
class Prepared:
    """Targets ready to be signed: path → file, in the order they were made."""

    sha256: str
    files: Mapping[str, Path]
    document: bytes


def prepare(
    built: Path, version: str, items: int, now: datetime, kept: Path, work: Path, form: int = 0
) -> Prepared:
    """Pack `built`, make the deltas from the versions in `kept`, and keep it there too.

    `work`: an empty folder for the results.  `form`: told to terminals, so that one whose program cannot
    read it keeps the catalog it has.  Long work without the network; may run anywhere.
    """
    sha256 = file_sha256(built)
    whole = work / "whole.zst"
    pack(built, whole)
    files = {f"catalog/{version}.sqlite.zst": whole}
    for number, old in enumerate(whole_former(kept, sha256)):
        delta = work / f"{number}.delta"
        make_delta(old, built, delta)
        if delta.stat().st_size < _WORTH * whole.stat().st_size:
            files[delta_path(old.stem, sha256)] = delta
    _keep(built, kept, sha256)
    current = {
        "version": version,
        "target": f"catalog/{version}.sqlite.zst",
        "items": items,
        "published_at": now.isoformat(),
        "sha256": sha256,
        "length": built.stat().st_size,
        "form": form,
    }
    return Prepared(sha256, files, json.dumps(current, sort_keys=True).encode())


def put_in_force(repository: Repository, prepared: Prepared) -> None:
    """Sign them; what stood under `catalog/` before is no longer listed."""
    former = [path for path in repository.listed() if path.startswith("catalog/") and path != CURRENT]
    repository.publish({**prepared.files, CURRENT: prepared.document}, drop=former)


def delta_path(old_sha256: str, new_sha256: str) -> str:
    return f"catalog/{old_sha256[:16]}-{new_sha256[:16]}.delta"


def former(kept: Path, sha256: str = "") -> list[Path]:
    """The unpacked files of former versions, newest first, without the one that is published now."""
    if not kept.is_dir():
        return []
    files = [path for path in kept.glob("*.sqlite") if path.stem != sha256]
    return sorted(files, key=lambda path: path.stat().st_mtime_ns, reverse=True)[:KEPT]


def whole_former(kept: Path, sha256: str = "") -> Iterator[Path]:
    """Those of them that are still what they were: a terminal's file is, or no delta fits it."""
    return (path for path in former(kept, sha256) if file_sha256(path) == path.stem)


def _keep(built: Path, kept: Path, sha256: str) -> None:
    kept.mkdir(parents=True, exist_ok=True)
    place, temporary = kept / f"{sha256}.sqlite", kept / f".{sha256}.tmp"
    shutil.copyfile(built, temporary)
    install(temporary, place)
    for path in kept.glob("*.sqlite"):
        if path != place and path not in former(kept, sha256):
            path.unlink(missing_ok=True)
    sync_directory(kept)
