"""Fetching the signed catalog: the port `app.ports.CatalogSync` after The Update Framework.

    DATA/trust/metadata/           what python-tuf remembers, so that nothing older is taken later
    DATA/trust/stations.json       the stations' public keys (app.remote.station_keys)
    DATA/catalog/                  the catalogs (app.remote.catalog_folder)
    DATA/data/                     schedules, code tables, texts (app.remote.data_files)

python-tuf decides what may be believed (signatures, versions, expiry, digests of small
files).  A version that follows the one here comes as a delta, applied to a copy; any other, or
one whose delta is no good, comes whole.  Either is streamed, resumable, and taken only when its
content has the signed digest.
"""

import hashlib
import json
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import requests
from tuf.api.exceptions import BadVersionNumberError, DownloadError, ExpiredMetadataError, RepositoryError
from tuf.api.metadata import TargetFile
from tuf.ngclient import Updater

from app.atomic_file import sync_directory, translated
from app.domain.station_request import SKEW
from app.errors import (
    CatalogExpiredError,
    CatalogNewerError,
    CatalogOlderError,
    CatalogUntrustedError,
    NoCatalogError,
    ProtocolError,
)
from app.ports import SyncReport
from app.remote.catalog_folder import CatalogFiles, Current, parse_current
from app.remote.data_files import take_data
from app.remote.download import Pace, Progress, download, signed_digest, small
from app.remote.line import Line
from app.remote.refusals import clock_error
from app.remote.station_keys import TARGET as STATIONS
from app.remote.station_keys import keep_stations
from app.remote.tuf_fetcher import METADATA_S, LineFetcher

CURRENT_TARGET = "catalog/current.json"
METADATA_PATH = "/repository/metadata/"
_SIGNED_AT = "x-signed-at"
_log = logging.getLogger(__name__)


class TufCatalogSync:
    """`trusted_root`: the root.json of the enrolment, the anchor everything hangs on.

    `patience_s`: deadline for each small file.  `rate_limit_kbit`: for the large ones, 0 for none.
    `reads`: the newest form of a catalog that this program can read; None takes any.
    """

    def __init__(
        self,
        url: str,
        data: Path,
        trusted_root: bytes,
        session: requests.Session | None = None,
        patience_s: float = METADATA_S,
        rate_limit_kbit: int = 0,
        reads: int | None = None,
    ) -> None:
        self._patience_s = patience_s
        self._line = Line(url, session)
        self._trust = data / "trust"
        self._data = data / "data"
        self._files = CatalogFiles(data / "catalog")
        self._pace = Pace(rate_limit_kbit)
        self._root = trusted_root
        self._reads = reads

    def run(self, progress: Progress | None = None) -> SyncReport:
        """Raises RemoteError (OfflineError, ProtocolError), StoreError (DiskFullError), and TrustError:
        CatalogUntrustedError, ClockWrongError, NoCatalogError (the gateway has published none),
        CatalogNewerError.
        """
        for folder in (self._metadata, self._files.folder):
            with translated(folder):
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        fetcher = LineFetcher(self._line, self._patience_s)
        with _believing(fetcher), translated(self._metadata):
            updater = Updater(str(self._metadata), METADATA_PATH, fetcher=fetcher, bootstrap=self._root)
            updater.refresh()
            _flush(self._metadata)
            self._take_stations(updater, fetcher)
            current, target = self._described(updater, fetcher)
            report = self._take_catalog(current, target, updater, progress)
            take_data(updater, fetcher, self._data)
            self._files.note_verified(self._signed_at())
        return report

    @property
    def _metadata(self) -> Path:
        return self._trust / "metadata"

    def _take_stations(self, updater: Updater, fetcher: LineFetcher) -> None:
        target = updater.get_targetinfo(STATIONS)
        if target is None:
            raise CatalogUntrustedError("no list of stations")
        present = self._trust / STATIONS
        listed = present.read_bytes() if present.exists() else b""
        if hashlib.sha256(listed).hexdigest() != signed_digest(target):
            listed = small(fetcher, target)
        keep_stations(self._trust, listed, (self._metadata / "targets.json").read_bytes())

    def _described(self, updater: Updater, fetcher: LineFetcher) -> tuple[Current, TargetFile]:
        """What is in force, and the target that holds it packed."""
        described = updater.get_targetinfo(CURRENT_TARGET)
        if described is None:
            raise NoCatalogError("nothing is published yet")
        current = parse_current(small(fetcher, described))
        target = updater.get_targetinfo(current.target)
        if target is None:
            raise CatalogUntrustedError("the description does not fit the catalog")
        return current, target

    def _take_catalog(
        self, current: Current, target: TargetFile, updater: Updater, progress: Progress | None
    ) -> SyncReport:
        if self._reads is not None and current.form > self._reads:
            raise CatalogNewerError(version=current.version)
        files = self._files
        pointer = files.pointer()
        known = pointer.get("sha256") == current.sha256
        with translated(files.folder):
            whole = files.has(current)
            if not (whole or self._by_delta(current, pointer, updater, progress)):
                self._whole(current, target, progress)
            if not (whole and known):
                files.point(current)
            files.tidy({current.file, str(pointer.get("file", ""))})
        return SyncReport(current.version, current.items, changed=not known)

    def _by_delta(
        self, current: Current, pointer: dict[str, object], updater: Updater, progress: Progress | None
    ) -> bool:
        """True when what changed since the version here led to the signed content."""
        former = self._files.former(pointer)
        target = updater.get_targetinfo(current.delta_from(former[0])) if former else None
        if former is None or target is None:
            return False
        part = self._files.part(signed_digest(target))
        try:
            download(self._line, target, part, progress, self._pace)
        except (CatalogUntrustedError, ProtocolError) as error:
            _log.warning("delta not usable: %s", error)
            return False
        return self._files.apply(former[1], part, current)

    def _whole(self, current: Current, target: TargetFile, progress: Progress | None) -> None:
        part = self._files.part(signed_digest(target))
        download(self._line, target, part, progress, self._pace)
        step = None if progress is None else (lambda _: progress(target.length, target.length))
        self._files.unpack(part, current, step)

    def _signed_at(self) -> str:
        """When the gateway signed what was just verified; by our clock where it does not say."""
        signed = json.loads((self._metadata / "timestamp.json").read_bytes())["signed"]
        try:
            return datetime.fromisoformat(signed[_SIGNED_AT]).astimezone(UTC).isoformat()
        except (KeyError, TypeError, ValueError):
            return datetime.now(UTC).isoformat()


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
        raise CatalogExpiredError("expired") from error
    except BadVersionNumberError as error:
        raise CatalogOlderError("another version than was signed for") from error
    except RepositoryError as error:
        raise CatalogUntrustedError(type(error).__name__) from error
    except DownloadError as error:
        raise ProtocolError("the repository is not complete") from error


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
