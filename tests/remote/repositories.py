"""A signed repository made by the gateway's own publisher, and an HTTP server that may lie about it."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory

from app.commands.fetch_lines import answer, heard
from app.gateway.catalog_targets import prepare, put_in_force
from app.gateway.publishing import STATIONS, stations_document
from app.gateway.repository import Repository, utc_now
from app.gateway.vault import Vault
from app.ports import SyncReport
from app.remote.catalog_sync import TufCatalogSync
from tests.patience import PATIENCE_S

PUBLISHED = datetime(2026, 11, 21, tzinfo=UTC)
Lie = Callable[[str, bytes], bytes | None]
"""(path, what is there) → what is sent; None sends 404."""


def truth(_path: str, data: bytes) -> bytes:
    return data


@dataclass
class APublisher:
    folder: Path
    now: Callable[[], datetime] = utc_now
    repository: Repository = field(init=False)

    def __post_init__(self) -> None:
        self.repository = Repository(self.folder / "repository", Vault(self.folder / "keys"), self.now)
        self.repository.publish({STATIONS: stations_document(())})

    @property
    def root(self) -> bytes:
        return self.repository.first_root

    def publish(self, version: str, content: bytes, form: int = 0) -> str:
        """Put a catalog with any bytes in force, as a gateway does; returns its digest."""
        with TemporaryDirectory(dir=self.folder) as work:
            built = Path(work) / "built"
            built.write_bytes(content)
            prepared = prepare(built, version, 7, PUBLISHED, self.repository.kept, Path(work), form)
            put_in_force(self.repository, prepared)
        return prepared.sha256

    def files(self) -> dict[str, bytes]:
        """A copy of everything it serves, by path."""
        found = {}
        for kind, folder in (("metadata", self.repository.metadata), ("targets", self.repository.targets)):
            for path in folder.rglob("*"):
                if path.is_file():
                    found[f"/repository/{kind}/{path.relative_to(folder).as_posix()}"] = path.read_bytes()
        return found


@dataclass
class Served:
    """`lie` may be replaced at any time; `asked` lists the paths that were asked for."""

    url: str
    files: Callable[[], dict[str, bytes]]
    lie: Lie = truth
    asked: list[str] = field(default_factory=list)
    date: datetime | None = None
    ranges: list[str] = field(default_factory=list)
    cut: int | None = None  # large files end after so many bytes, and the line with them


class _Handler(BaseHTTPRequestHandler):
    def __init__(self, served: Served, *args: object) -> None:
        self._served = served
        super().__init__(*args)  # type: ignore[arg-type]

    def do_GET(self) -> None:
        self._served.asked.append(self.path)
        there = self._served.files().get(self.path)
        data = None if there is None else self._served.lie(self.path, there)
        start = int(self.headers.get("Range", "bytes=0-").removeprefix("bytes=").rstrip("-"))
        if start:
            self._served.ranges.append(self.headers["Range"])
        self.send_response(404 if data is None else 206 if start else 200)
        body = (data or b"")[start:]
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        cut = self._served.cut if self.path.endswith((".zst", ".delta")) else None
        self.wfile.write(body if cut is None else body[:cut])
        self.close_connection = cut is not None

    def date_time_string(self, timestamp: float | None = None) -> str:
        at = self._served.date or datetime.now(UTC)
        return f"{at:%a, %d %b %Y %H:%M:%S} GMT"

    def log_message(self, format: str, *args: object) -> None:
        pass


@contextmanager
def serving(files: Callable[[], dict[str, bytes]]) -> Iterator[Served]:
    served = Served("", files)
    httpd = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Handler, served))
    served.url = f"http://127.0.0.1:{httpd.server_port}"
    thread = threading.Thread(target=httpd.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield served
    finally:
        httpd.shutdown()
        thread.join(PATIENCE_S)
        httpd.server_close()


def as_a_window_hears(sync: TufCatalogSync) -> SyncReport:
    """A sync as it reaches a window: every word of it crosses as a line, its refusal too."""
    said: list[str] = []
    answer(sync.run, said.append)
    told = [heard(line) for line in said]
    assert isinstance(told[-1], SyncReport)
    return told[-1]
