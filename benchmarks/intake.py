"""`make bench-intake`: what a durable case costs beside the raw limit of this disk, in one run.

Each figure is the median of many rounds taken in turn, so that a noisy machine disturbs all alike.
"""

import os
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

from app.commands.demo import demo_operator
from app.commands.embedded import embedded
from app.commands.wiring import open_office
from app.domain.catalog import Channel
from app.domain.identity import DocumentKind, IdentityDocument
from app.domain.printing import SlipPaper
from app.flows.intake import Intake
from app.services.intake import receive

ROUNDS = 60
BODY = os.urandom(3000)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, embedded(Path(folder) / "demo") as services:
        station, data = services.station(Channel.COUNTER)
        demo_operator(station, data)
        with open_office(station, data, devices=()) as office, closing(_plain(folder)) as db:
            code = office.catalog.search("", limit=1, channel=Channel.COUNTER)[0].code
            item = office.catalog.item(code)
            assert item is not None and office.sealer is not None
            person = IdentityDocument(DocumentKind.RESIDENT, "\u6f14\u793a", "11010519491231002X")
            filled = Intake().with_item(item, preselect=True).with_applicant(person).with_all_taken()
            application = filled.application(Channel.COUNTER, None)
            received = receive(office, application, offline=False)

            def case() -> None:
                receive(office, replace(application, request_id=uuid4().hex), offline=False)

            work: dict[str, Callable[[], object]] = {
                "raw limit: write 3 KB + fdatasync": lambda: _raw(Path(folder) / "raw"),
                "plain sqlite3, WAL, FULL, one row": lambda: _row(db),
                "**a whole case**: check, number, sign, encrypted commit": case,
                "slip composed (80 mm)": lambda: office.press.slip(received.issued, SlipPaper()),
                "signed PDF": lambda: office.sealer and office.sealer.pdf(received.issued),
                "search, one keystroke": lambda: office.catalog.search("\u8bc1", 20),
            }
            _report(work)


def _plain(folder: str) -> sqlite3.Connection:
    db = sqlite3.connect(Path(folder) / "plain.db", isolation_level=None)
    db.executescript(
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE c(k TEXT PRIMARY KEY, b BLOB);"
    )
    return db


def _row(db: sqlite3.Connection) -> None:
    db.execute("INSERT INTO c VALUES (?, ?)", (uuid4().hex, BODY))


def _raw(path: Path) -> None:
    """Over blocks that are there already: growing a file would cost the file system's own journal too."""
    if not path.exists():
        path.write_bytes(bytes(len(BODY) * (ROUNDS + 1)))
    with path.open("r+b") as file:
        file.seek(len(BODY) * int(time.monotonic() * 1000) % (len(BODY) * ROUNDS))
        file.write(BODY)
        file.flush()
        os.fdatasync(file.fileno())


def _report(work: dict[str, Callable[[], object]]) -> None:
    times: dict[str, list[float]] = {name: [] for name in work}
    for action in work.values():
        action()  # warm: imports, fonts, caches
    for _ in range(ROUNDS):
        for name, action in work.items():
            started = time.perf_counter()
            action()
            times[name].append(time.perf_counter() - started)
    medians = {name: statistics.median(t) * 1000 for name, t in times.items()}
    limit = next(iter(medians.values()))
    print("| what | median ms | to the raw limit |\n|---|---|---|")
    for name, ms in medians.items():
        print(f"| {name} | {ms:.2f} | {ms / limit:.1f} × |")


if __name__ == "__main__":
    main()
