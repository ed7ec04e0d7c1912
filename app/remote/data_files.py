"""Schedules, code tables and texts that travel with the catalog, kept in DATA/data/<kind>/<name>.

The signed manifest names every file and its digest (app.gateway.data_targets has the form).  What
the manifest no longer names is removed; a name that could lead elsewhere refuses the whole manifest.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from pathlib import Path

from tuf.ngclient import Updater

from app.atomic_file import write_atomically
from app.errors import CatalogUntrustedError
from app.remote.download import signed_digest, small
from app.remote.tuf_fetcher import LineFetcher

MANIFEST = "data/manifest.json"
_NAME = re.compile(r"(?:schedules|codes|texts)/[A-Za-z0-9_][A-Za-z0-9_.-]{0,79}")
_DIGEST = re.compile(r"[0-9a-f]{64}")
_MOST = 500


def take_data(updater: Updater, fetcher: LineFetcher, folder: Path) -> bool:
    """Make `folder` what the manifest says; True when anything changed.

    Raises CatalogUntrustedError, RemoteError, StoreError, and tuf's errors.
    """
    target = updater.get_targetinfo(MANIFEST)
    if target is None:
        return False
    wanted = parse_manifest(small(fetcher, target))
    changed = False
    for name, digest in wanted.items():
        path = folder / name
        if path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == digest:
            continue
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_atomically(path, _content(updater, fetcher, digest))
        changed = True
    return _remove_others(folder, wanted) or changed


def parse_manifest(data: bytes) -> Mapping[str, str]:
    """Digest by `<kind>/<name>`.  Raises CatalogUntrustedError."""
    try:
        files = json.loads(data)["files"]
        good = isinstance(files, dict) and len(files) <= _MOST
        if not good or not all(_NAME.fullmatch(n) and _DIGEST.fullmatch(d) for n, d in files.items()):
            raise ValueError("names or digests")
        return dict(files)
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise CatalogUntrustedError("a manifest in another form") from error


def _content(updater: Updater, fetcher: LineFetcher, digest: str) -> bytes:
    target = updater.get_targetinfo(f"data/{digest}.file")
    if target is None or signed_digest(target) != digest:
        raise CatalogUntrustedError("a file of the manifest is not signed")
    return small(fetcher, target)


def _remove_others(folder: Path, wanted: Mapping[str, str]) -> bool:
    others = [p for p in folder.glob("*/*") if p.is_file() and p.relative_to(folder).as_posix() not in wanted]
    for path in others:
        path.unlink(missing_ok=True)
    return bool(others)
