"""`make bench-catalog`: a whole sync and a delta of 1 %, beside copying the file and beside pages of JSON.

    python benchmarks/catalog_sync.py [--items N]

Every sync goes through the real gateway's files over a local HTTP server in a process of its own, into a
program of its own whose peak memory is its own.  "late": how late a Qt timer of 10 ms came in the program
that synced on a thread; a window has a process for it (benchmarks/catalog_window.py).  Ratios are of
medians taken in turn in one run; of so few rounds the worst stands for a p99.
"""

import argparse
import json
import os
import random
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
import zlib
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import zstandard

from app.catalog.build import build_catalog
from app.catalog.rows import Rows, facts
from app.domain import record
from app.domain.catalog import Item
from app.gateway.catalog_targets import delta_path, former, prepare, put_in_force
from app.gateway.publishing import STATIONS, stations_document
from app.gateway.repository import Repository
from app.gateway.vault import Vault
from app.packed import file_sha256
from benchmarks.realistic import items as realistic

DAY = datetime(2026, 11, 21, 9, tzinfo=UTC)
ROUNDS = 7
TICK_S = 0.010
PAGE = 1000
KINDS = ("content", "mixed", "mixed-2", "anew")  # after two layers of the index it is made anew (ADR 0113)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--items", type=int, default=100_000)
    parser.add_argument("--sync", nargs=3, metavar=("URL", "DATA", "WAY"), help="the child's part")
    args = parser.parse_args()
    if args.sync:
        _child(args.sync[0], Path(args.sync[1]), args.sync[2])
    else:
        with tempfile.TemporaryDirectory() as folder:
            _bench(Path(folder), args.items)


def _bench(folder: Path, count: int) -> None:
    items = list(realistic(count))
    repository = Repository(folder / "repository", Vault(folder / "keys"))
    repository.publish({STATIONS: stations_document(())})
    (folder / "root.json").write_bytes(repository.first_root)
    old = folder / "old.sqlite"
    print(f"{count} items; building took {_timed(lambda: build_catalog(items, '1', DAY, old)):.0f} s")
    _publish(repository, old, "1", count)
    size = old.stat().st_size
    packed = repository.target_file("catalog/1.sqlite.zst")
    assert packed is not None
    print(f"file {size / 1e6:.1f} MB, packed {packed.stat().st_size / 1e6:.1f} MB")
    with _http(folder) as url:
        copy = _whole(folder, url, old)
        pages = _timed(lambda: _json_pages(folder, items))
        print(f"pages of JSON into a table: {pages:.1f} s = {pages / copy:.0f} x")
        for kind in KINDS:
            items = _delta(folder, url, repository, items, kind)


def _publish(repository: Repository, built: Path, version: str, count: int) -> float:
    with tempfile.TemporaryDirectory(dir=repository.targets.parent) as work:
        began = time.perf_counter()
        put_in_force(repository, prepare(built, version, count, DAY, repository.kept, Path(work)))
        return time.perf_counter() - began


def _whole(folder: Path, url: str, file: Path) -> float:
    """The median of copying and syncing the file, in seconds: what the other figures are measured by."""
    copies, syncs = [], []
    for _ in range(ROUNDS):
        copies.append(_timed(lambda: _copy(file, folder / "copy")))
        shutil.rmtree(folder / "data", ignore_errors=True)
        syncs.append(_sync(folder, url, "thread"))
    walls = [run["seconds"] for run in syncs]
    copy, wall = statistics.median(copies), statistics.median(walls)
    print(f"copy + fsync {copy * 1000:.0f} ms, worst {max(copies) * 1000:.0f}")
    print(f"whole sync {wall * 1000:.0f} ms = {wall / copy:.1f} x, worst {max(walls) * 1000:.0f}")
    _tell("whole", syncs)
    return copy


def _delta(folder: Path, url: str, repository: Repository, items: list[Item], kind: str) -> list[Item]:
    """From the last version to one with 1 % of the items changed; returns its items."""
    start = folder / f"before {kind}"
    shutil.copytree(folder / "data", start)
    after, changed = changed_items(items, kind)
    new = folder / f"{kind}.sqlite"
    like, own = former(repository.kept)[0], time.process_time()
    build_catalog(after, kind, DAY, new, like=like)
    own = time.process_time() - own
    took = _publish(repository, new, kind, len(after))
    delta = repository.target_file(delta_path(like.stem, file_sha256(new)))
    assert delta is not None
    size, measures = delta.stat().st_size, _measures(changed)
    syncs = []
    for _ in range(ROUNDS):
        shutil.rmtree(folder / "data", ignore_errors=True)
        shutil.copytree(start, folder / "data")
        syncs.append(_sync(folder, url, "thread"))
    wall = statistics.median(run["seconds"] for run in syncs)
    apply, work = (statistics.median(run["apply"][n] for run in syncs) for n in range(2))
    cpu = statistics.median(run["cpu"] for run in syncs)
    print(f"1 % {kind}: {len(changed)} items; built in {own:.0f} s of one core, published in {took:.0f} s")
    print(f"  delta {size / 1e3:.0f} kB")
    for name, measure in measures.items():
        print(f"  {size / measure:.2f} x {name}, {measure / 1e3:.0f} kB")
    worst = max(run["apply"][0] for run in syncs)
    print(f"  applied, verified, on the disk {apply * 1000:.0f} ms, worst {worst * 1000:.0f}")
    print(f"  … of the processor {work * 1000:.0f} ms")
    print(f"  the whole sync {wall * 1000:.0f} ms, of the processor {cpu * 1000:.0f} ms")
    _tell(kind, syncs)
    return after


def _measures(changed: list[Item]) -> dict[str, int]:
    """What has to travel, generously measured first and strictly last; withdrawn items count nothing."""
    bodies = [record.dumps(item).encode() for item in changed]
    known = [facts(item) for item in changed]
    papers = sorted({name for item in known for name in item.materials.split("\n")})
    departments = sorted({item.department for item in known})
    rows = Rows({name: n for n, name in enumerate(departments)}, {name: n for n, name in enumerate(papers)})
    narrow = [repr(rows.row(item)).encode() for item in known]
    each = sum(map(len, map(_packed, bodies)))
    return {
        "their JSON and index rows, each packed by itself": each + sum(map(len, map(_packed, narrow))),
        "their JSON, each packed by itself": each,
        "their JSON, all packed together at level 19": len(zstandard.compress(b"".join(bodies), 19)),
    }


def _packed(data: bytes) -> bytes:
    return zstandard.compress(data, 9)


def changed_items(items: list[Item], kind: str) -> tuple[list[Item], list[Item]]:
    """`content`: 1 % with other texts.  Every other: 0.8 % with other texts, 0.1 % new, 0.1 % withdrawn."""
    chance = random.Random(kind)
    picked = chance.sample(range(len(items)), len(items) // 100)
    touched = picked if kind == "content" else picked[: len(picked) * 8 // 10]
    after, changed = list(items), []
    for at in touched:
        item = items[at]
        other = items[chance.randrange(len(items))]
        after[at] = replace(item, phone=other.phone, conditions=other.conditions, windows=other.windows)
        changed.append(after[at])
    if kind != "content":
        gone = set(picked[len(touched) : len(touched) + len(picked) // 10])
        new = [
            replace(items[at], code=f"{items[at].code[:-6]}{at:06x}")
            for at in picked[len(touched) + len(gone) :]
        ]
        after = [item for at, item in enumerate(after) if at not in gone] + new
        changed += new
    return after, changed


def _tell(name: str, syncs: list[dict[str, Any]]) -> None:
    late, idle = (_p99([ms for run in syncs for ms in run[key]]) for key in ("late", "idle"))
    peak, base = (max(run[key] for run in syncs) for key in ("peak_mb", "base_mb"))
    print(f"  {name}: peak memory {peak:.0f} MB ({base:.0f} before the sync)")
    print(f"  {name}: window late at p99 {late:.1f} ms, without a sync {idle:.1f} ms", flush=True)


def _p99(values: list[float]) -> float:
    return sorted(values)[len(values) * 99 // 100]


# -- the child -----------------------------------------------------------------------------------------


def _sync(folder: Path, url: str, way: str) -> dict[str, Any]:
    (folder / "data").mkdir(exist_ok=True)
    (folder / "data" / "root.json").write_bytes((folder / "root.json").read_bytes())
    done = subprocess.run(
        [sys.executable, __file__, "--sync", url, str(folder / "data"), way],
        check=True, capture_output=True, text=True, env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
    )  # fmt: skip
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _child(url: str, data: Path, way: str) -> None:
    """One sync on a thread while a timer ticks in the window's thread."""
    from concurrent.futures import ThreadPoolExecutor

    from PySide6.QtCore import QTimer
    from PySide6.QtWidgets import QApplication

    from app.commands.window import LET_IN_S
    from app.remote import catalog_folder
    from app.remote.catalog_sync import TufCatalogSync

    applied: list[tuple[float, float]] = []
    apply = catalog_folder.apply_delta

    def timed_apply(*arguments: Path) -> str:
        began, cpu = time.perf_counter(), time.process_time()
        digest = apply(*arguments)  # type: ignore[arg-type]
        applied.append((time.perf_counter() - began, time.process_time() - cpu))
        return digest

    catalog_folder.apply_delta = timed_apply  # type: ignore[assignment]
    app = QApplication([])
    sys.setswitchinterval(LET_IN_S)  # as the window does
    sync = TufCatalogSync(url, data, (data / "root.json").read_bytes())
    base = _peak_mb()
    late: list[float] = []
    timer, due = QTimer(singleShot=True), [0.0]

    def begin() -> None:
        due[0] = time.perf_counter() + TICK_S
        timer.start(round(TICK_S * 1000))

    def tick() -> None:
        late.append((time.perf_counter() - due[0]) * 1000)
        begin()

    timer.timeout.connect(tick)
    begin()
    QTimer.singleShot(1000, app, app.quit)
    app.exec()
    idle, late[:] = list(late), []
    with ThreadPoolExecutor(1) as pool:
        begin()
        began, cpu = time.perf_counter(), time.process_time()
        running = pool.submit(sync.run)
        running.add_done_callback(lambda _: QTimer.singleShot(0, app, app.quit))
        app.exec()
        seconds, spent = time.perf_counter() - began, time.process_time() - cpu
        running.result()
    found = {
        "seconds": seconds,
        "cpu": spent,
        "apply": applied[0] if applied else (0.0, 0.0),
        "late": late,
        "idle": idle,
        "peak_mb": _peak_mb(),
        "base_mb": base,
    }
    print(json.dumps(found))


def _peak_mb() -> float:
    """Of this program alone; the kernel's other figure is inherited from the parent."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


# -- the others ----------------------------------------------------------------------------------------


def _copy(source: Path, to: Path) -> None:
    with source.open("rb") as src, to.open("wb") as dst:
        shutil.copyfileobj(src, dst, 1 << 20)
        dst.flush()
        os.fsync(dst.fileno())


def _json_pages(folder: Path, items: list[Item]) -> None:
    """The usual way: pages of JSON, gzip on the line, each item parsed and put into an indexed table."""
    pages = [
        zlib.compress(json.dumps([record.plain(i) for i in items[at : at + PAGE]]).encode())
        for at in range(0, len(items), PAGE)
    ]
    with closing(sqlite3.connect(folder / "pages.sqlite")) as db:
        db.executescript(
            "PRAGMA synchronous=FULL; CREATE TABLE item (code TEXT PRIMARY KEY, name TEXT, json TEXT);"
            "CREATE INDEX by_name ON item (name);"
        )
        for page in pages:
            rows = [
                (i["code"], i["name"], json.dumps(i, ensure_ascii=False))
                for i in json.loads(zlib.decompress(page))
            ]
            db.executemany("INSERT OR REPLACE INTO item VALUES (?, ?, ?)", rows)
            db.commit()


@contextmanager
def _http(folder: Path) -> Iterator[str]:
    """The repository's plain files by a static web server that is not ours."""
    command = [
        sys.executable,
        "-u",
        "-m",
        "http.server",
        "0",
        "--bind",
        "127.0.0.1",
        "--directory",
        str(folder),
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as server:
        assert server.stdout is not None
        port = server.stdout.readline().split(" port ")[1].split()[0]
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()


def _timed(work: object) -> float:
    began = time.perf_counter()
    work()  # type: ignore[operator]
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
