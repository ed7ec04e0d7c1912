"""Fetching the signed catalog: the port `app.ports.CatalogSync` after The Update Framework.

    DATA/trust/metadata/           what python-tuf remembers, so that nothing older is taken later
    DATA/trust/stations.json       the stations' public keys (app.remote.station_keys)
    DATA/catalog/<sha256[:16]>.sqlite
    DATA/catalog/current.json      which of them is in force

python-tuf decides what may be believed (signatures, versions, expiry, digests of small
files).  The large catalog file is streamed, hashed and written here, resumable, and takes
its name only when its digest is the signed one; the pointer is replaced last.  A power cut at
any instant leaves the former catalog or the new one, whole.
"""

import hashlib
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO, Any

import requests
from tuf.api.exceptions import DownloadError, ExpiredMetadataError, RepositoryError
from tuf.api.metadata import TargetFile
from tuf.ngclient import Updater

from app.atomic_file import install, sync_directory, translated, write_atomically
from app.domain.station_request import SKEW
from app.errors import CatalogUntrustedError, NoCatalogError, ProtocolError
from app.ports import SyncReport
from app.remote.line import Answer, Line
from app.remote.refusals import clock_error, refusal
from app.remote.station_keys import TARGET as STATIONS
from app.remote.station_keys import keep_stations
from app.remote.tuf_fetcher import METADATA_S, LineFetcher

CURRENT_TARGET = "catalog/current.json"
METADATA_PATH = "/repository/metadata/"
TARGETS_PATH = "/repository/targets/"
_LARGEST_SMALL_TARGET = 64 << 20
_CHUNK = 1 << 20
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class _Current:
    """The signed description of the catalog in force."""

    version: str
    target: str
    items: int
    published_at: str
    sha256: str

    @property
    def file(self) -> str:
        return f"{self.sha256[:16]}.sqlite"


class TufCatalogSync:
    """`trusted_root`: the root.json of the enrolment, the anchor everything hangs on.

    `patience_s`: deadline for each small file.
    """

    def __init__(
        self,
        url: str,
        data: Path,
        trusted_root: bytes,
        session: requests.Session | None = None,
        patience_s: float = METADATA_S,
    ) -> None:
        self._patience_s = patience_s
        self._line = Line(url, session)
        self._trust = data / "trust"
        self._catalog = data / "catalog"
        self._root = trusted_root

    def run(self, progress: Progress | None = None) -> SyncReport:
        """Raises RemoteError (OfflineError, ProtocolError), StoreError (DiskFullError), and TrustError:
        CatalogUntrustedError, ClockWrongError, NoCatalogError (the gateway has published none).
        """
        for folder in (self._metadata, self._catalog):
            with translated(folder):
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        fetcher = LineFetcher(self._line, self._patience_s)
        with _believing(fetcher), translated(self._metadata):
            updater = Updater(str(self._metadata), METADATA_PATH, fetcher=fetcher, bootstrap=self._root)
            updater.refresh()
            _flush(self._metadata)
            self._take_stations(updater, fetcher)
            current, target = self._described(updater, fetcher)
        return self._take_catalog(current, target, progress)

    @property
    def _metadata(self) -> Path:
        return self._trust / "metadata"

    def _take_stations(self, updater: Updater, fetcher: LineFetcher) -> None:
        target = updater.get_targetinfo(STATIONS)
        if target is None:
            raise CatalogUntrustedError("no list of stations")
        present = self._trust / STATIONS
        listed = present.read_bytes() if present.exists() else b""
        if hashlib.sha256(listed).hexdigest() != _signed_digest(target):
            listed = _small(fetcher, target)
        keep_stations(self._trust, listed, (self._metadata / "targets.json").read_bytes())

    def _described(self, updater: Updater, fetcher: LineFetcher) -> tuple[_Current, TargetFile]:
        """What is in force, by two signed entries that have to agree."""
        described = updater.get_targetinfo(CURRENT_TARGET)
        if described is None:
            raise NoCatalogError("nothing is published yet")
        current = _parse_current(_small(fetcher, described))
        target = updater.get_targetinfo(current.target)
        if target is None or _signed_digest(target) != current.sha256:
            raise CatalogUntrustedError("the description does not fit the catalog")
        return current, target

    def _take_catalog(self, current: _Current, target: TargetFile, progress: Progress | None) -> SyncReport:
        path = self._catalog / current.file
        former = self._pointer()
        known = former.get("sha256") == current.sha256
        with translated(path):
            whole = path.exists() and _sha256(path) == current.sha256
        if not whole:
            self._download(path, target, progress)
        if not (whole and known):
            self._point(current)
        self._tidy({current.file, str(former.get("file", ""))})
        return SyncReport(current.version, current.items, changed=not known)

    def _download(self, path: Path, target: TargetFile, progress: Progress | None) -> None:
        part = path.with_suffix(".part")
        offset = part.stat().st_size if part.exists() else 0
        resumed = 0 < offset < target.length
        with translated(path):
            if not resumed:
                part.unlink(missing_ok=True)
            good = self._fetch(part, target, offset if resumed else 0, progress)
            if not good and resumed:  # what lay there may have been damaged: once more, all of it
                part.unlink(missing_ok=True)
                good = self._fetch(part, target, 0, progress)
            if not good:
                part.unlink(missing_ok=True)
                raise CatalogUntrustedError("the catalog is not the signed one")
            install(part, path)

    def _fetch(self, part: Path, target: TargetFile, offset: int, progress: Progress | None) -> bool:
        """Write the rest of the target behind what is there; True when the whole has the signed digest."""
        with self._line.stream(TARGETS_PATH + _consistent_name(target), offset) as (answer, chunks):
            _check_head(answer)
            start = offset if answer.status == 206 else 0
            return _write_verified(part, target, start, chunks, progress)

    def _pointer(self) -> dict[str, Any]:
        """The present pointer; a damaged one counts as none."""
        try:
            found = json.loads((self._catalog / "current.json").read_bytes())
        except (OSError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}

    def _point(self, current: _Current) -> None:
        pointer = {
            "version": current.version,
            "file": current.file,
            "sha256": current.sha256,
            "items": current.items,
            "published_at": current.published_at,
        }
        write_atomically(self._catalog / "current.json", json.dumps(pointer, sort_keys=True).encode())

    def _tidy(self, keep: set[str]) -> None:
        """Remove what nothing points to; an open file that cannot go now goes next time."""
        for path in (*self._catalog.glob("*.sqlite"), *self._catalog.glob("*.part")):
            if path.name not in keep:
                with suppress(OSError):
                    path.unlink()


# -- pieces --------------------------------------------------------------------------------------------


@contextmanager
def _believing(fetcher: LineFetcher) -> Iterator[None]:
    """python-tuf's refusals as ours.  Expiry with a clock far from the gateway's is told as a wrong clock."""
    try:
        yield
    except ExpiredMetadataError as error:
        offset = fetcher.clock_offset_s
        if offset is not None and abs(offset) > SKEW.total_seconds():
            raise clock_error((datetime.now(UTC) + timedelta(seconds=offset)).isoformat()) from error
        raise CatalogUntrustedError("expired") from error
    except RepositoryError as error:
        raise CatalogUntrustedError(type(error).__name__) from error
    except DownloadError as error:
        raise ProtocolError("the repository is not complete") from error


def _check_head(answer: Answer) -> None:
    """Only a file is a file.  Raises RemoteError."""
    if answer.status == 404:
        raise ProtocolError("a signed file is missing")
    if answer.status not in (200, 206):
        raise refusal(answer)
    if answer.media_type == "text/html":
        raise ProtocolError("a page for people instead of a file")


def _write_verified(
    part: Path, target: TargetFile, start: int, chunks: Iterator[bytes], progress: Progress | None
) -> bool:
    """Append the chunks, flush, and say whether the whole has the signed length and digest."""
    with part.open("ab" if start else "wb") as out:
        digest, done = _digest_so_far(part, start), start
        for chunk in chunks:
            done += len(chunk)
            if done > target.length:
                return False
            digest.update(chunk)
            out.write(chunk)
            if progress is not None:
                progress(done, target.length)
        _flush_file(out)
    return done == target.length and bool(digest.hexdigest() == _signed_digest(target))


def _small(fetcher: LineFetcher, target: TargetFile) -> bytes:
    """A small target, verified."""
    if target.length > _LARGEST_SMALL_TARGET:
        raise CatalogUntrustedError("a small file that is not small")
    data = fetcher.download_bytes(TARGETS_PATH + _consistent_name(target), target.length)
    target.verify_length_and_hashes(data)
    return data


def _consistent_name(target: TargetFile) -> str:
    folder, slash, name = target.path.rpartition("/")
    return f"{folder}{slash}{_signed_digest(target)}.{name}"


def _signed_digest(target: TargetFile) -> str:
    digest = target.hashes.get("sha256", "")
    if len(digest) != 64:
        raise CatalogUntrustedError("signed without SHA-256")
    return digest


def _parse_current(data: bytes) -> _Current:
    try:
        found = json.loads(data)
        datetime.fromisoformat(found["published_at"])
        return _Current(
            version=str(found["version"]),
            target=str(found["target"]),
            items=int(found["items"]),
            published_at=str(found["published_at"]),
            sha256=str(found["sha256"]),
        )
    except (ValueError, KeyError, TypeError) as error:
        raise CatalogUntrustedError("a signed description in another form") from error


def _digest_so_far(part: Path, length: int) -> Any:
    digest = hashlib.sha256()
    if length:
        with part.open("rb") as file:
            while chunk := file.read(_CHUNK):
                digest.update(chunk)
    return digest


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _flush_file(file: IO[bytes]) -> None:
    file.flush()
    os.fsync(file.fileno())


def _flush(folder: Path) -> None:
    """python-tuf replaces its files without flushing them; after a power cut they must be there too."""
    for path in folder.rglob("*.json"):
        if path.is_symlink():
            continue
        descriptor = os.open(path, os.O_RDWR)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    sync_directory(folder)
    sync_directory(folder / "root_history")
