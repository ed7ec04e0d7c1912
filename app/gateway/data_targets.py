"""Small files that travel with the catalog: State Council schedules, code tables, texts.

    DATA/publish/<kind>/<name>        what an administrator puts there; kinds: schedules, codes, texts
    target data/manifest.json         {"files": {"schedules/2027.json": "<sha256>", …}}
    target data/<sha256>.file         each content once, whatever its name

A name is part of the signed manifest and never of a path here or at the terminal until it was
checked: letters, digits, dot, dash and underscore, one folder deep.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from pathlib import Path

from app.gateway.repository import Repository

FOLDER = Path("publish")
MANIFEST = "data/manifest.json"
KINDS = ("schedules", "codes", "texts")
LARGEST = 8 << 20
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,79}")


def publish_data(repository: Repository, folder: Path) -> bool:
    """Put the files of `folder` in force as they are now; True when anything had changed.  Raises OSError."""
    found = _files(folder)
    digests = {name: hashlib.sha256(data).hexdigest() for name, data in found.items()}
    manifest = json.dumps({"files": digests}, sort_keys=True).encode()
    listed = repository.listed()
    there = {path for path in listed if path.startswith("data/")}
    if listed.get(MANIFEST) == hashlib.sha256(manifest).hexdigest() or not (found or there):
        return False
    targets = {f"data/{digests[name]}.file": data for name, data in found.items()}
    repository.publish({**targets, MANIFEST: manifest}, drop=there - {*targets, MANIFEST})
    return True


def _files(folder: Path) -> Mapping[str, bytes]:
    """By `<kind>/<name>`; what is too large or oddly named is left out."""
    return {
        f"{kind}/{path.name}": path.read_bytes()
        for kind in KINDS
        for path in sorted((folder / kind).glob("*"))
        if path.is_file() and _NAME.fullmatch(path.name) and path.stat().st_size <= LARGEST
    }
