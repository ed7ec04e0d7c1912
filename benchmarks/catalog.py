"""`make bench-catalog`: building and searching a catalog of 100 000 items, beside plain scans, in one run.

    python benchmarks/catalog.py [--items N] [--queries N] [--no-window]

The questions are pieces of the items themselves, each asked once.  By the clock, and of the thread alone
(what other programs on the machine do not spoil).  "at a desk": the same questions with forty items that
are used here and a town whose items go first.  "cold": the first question of a class after the file was
opened anew.  Exactness: a sample of each class against a look at every item.  The window part asks
the real counter page, key by key, from the key press until the list is painted; then once more
while a sync brings the whole catalog anew in the same program.
"""

import argparse
import random
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from datetime import datetime
from functools import cache
from pathlib import Path

from app.catalog import grams
from app.catalog.build import build_catalog
from app.catalog.file import CatalogFile
from app.catalog.readings import Reader
from app.domain.catalog import Item
from app.domain.hall_time import CHINA
from app.domain.ranking import Preference
from benchmarks.realistic import items as realistic

DAY = datetime(2026, 11, 21, 9, tzinfo=CHINA)
BEST = 50  # what the counter's list asks for
EVERYTHING = 1_000_000
SAMPLE = 12
plain = cache(grams.plain)
Make = Callable[[Item], str | None]


class Questions:
    """Questions of each class, made of the items."""

    def __init__(self, seed: int) -> None:
        self._chance, self._reader = random.Random(seed), Reader()

    def classes(self) -> dict[str, Make]:
        return {
            "1 character": lambda i: self._piece(i.name, 1),
            "2 characters": lambda i: self._piece(i.name, 2),
            "4 characters": lambda i: self._piece(i.name, 4),
            "2 initials": lambda i: self._letters(i.name, 2, 1),
            "3 initials": lambda i: self._letters(i.name, 3, 1),
            "4 initials": lambda i: self._letters(i.name, 4, 1),
            "5 initials": lambda i: self._letters(i.name, 5, 1),
            "full pinyin": lambda i: self._letters(i.name, self._chance.randint(2, 4), 9),
            "characters, then initials": self._mixed,
            "code, first 8": lambda i: i.code[:8],
            "code, first 20": lambda i: i.code[:20],
            "name of a material": lambda i: self._chance.choice(i.rules).material.name,
            "everyday name": lambda i: i.everyday_names[0] if i.everyday_names else None,
            "department": lambda i: self._piece(i.department, 4),
        }

    def many(self, make: Make, items: Sequence[Item], count: int) -> list[str]:
        out: list[str] = []
        while len(out) < count:
            question = make(self._chance.choice(items))
            if question:
                out.append(question)
        return out

    def _piece(self, raw: str, length: int) -> str | None:
        text = plain(raw)
        if len(text) < length:
            return None
        at = self._chance.randrange(len(text) - length + 1)
        return text[at : at + length]

    def _letters(self, raw: str, length: int, each: int) -> str | None:
        piece = self._piece(raw, length)
        said = "".join(heard[0][:each] for heard in self._reader.read(piece or "")[0])
        return said if said.isascii() and said.isalpha() else None

    def _mixed(self, item: Item) -> str | None:
        piece = self._piece(item.name, 4)
        said = "".join(heard[0][0] for heard in self._reader.read(piece or "")[0][2:])
        return piece[:2] + said if piece and said.isascii() and said.isalpha() else None


class Scan:
    """A look at every item: what the search has to find."""

    def __init__(self, items: Sequence[Item]) -> None:
        self._items, self._reader = items, Reader()
        self._spelt = cache(self._spell)

    def found(self, question: str) -> set[str]:
        asked = plain(question)
        if asked.isascii() and asked.isalpha():
            return {i.code for i in self._items if any(self._heard(asked, t) for t in _said(i))}
        return {i.code for i in self._items if any(asked in plain(text) for text in _written(i))}

    def _heard(self, letters: str, text: str) -> bool:
        whole, first = self._spelt(text)
        return letters in first or any(spelt.startswith(letters) for spelt in whole)

    def _spell(self, text: str) -> tuple[list[str], str]:
        sounds = [unit[0] for unit in self._reader.read(plain(text))[0]]
        return ["".join(sounds[i:]) for i in range(len(sounds))], "".join(s[0] for s in sounds)


def _said(item: Item) -> Iterator[str]:
    yield from (item.name, *item.everyday_names, item.department)
    yield from (rule.material.name for rule in item.rules)


def _written(item: Item) -> Iterator[str]:
    yield from (*_said(item), item.code)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--items", type=int, default=100_000)
    parser.add_argument("--queries", type=int, default=400)
    parser.add_argument("--no-window", action="store_true")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "catalog.sqlite"
        items = tuple(realistic(args.items))
        _build(items, path)
        _search(items, path, args.queries)
        if not args.no_window:
            from benchmarks.catalog_window import measure

            measure(path, Path(folder), _typed(items))


def _typed(items: Sequence[Item]) -> list[str]:
    """What a clerk types, key by key."""
    questions = Questions(3)
    ways = questions.classes()
    kinds = ("4 characters", "4 initials", "full pinyin", "everyday name")
    return [q for kind in kinds for q in questions.many(ways[kind], items, 12)]


def _build(items: Sequence[Item], path: Path) -> None:
    wall, own = time.perf_counter(), time.process_time()
    build_catalog(items, "bench", DAY, path)
    wall, own = time.perf_counter() - wall, time.process_time() - own
    each = own / len(items) * 1e3
    print(f"| build {len(items)} items | {wall:.1f} s, {own:.1f} s of one core | {each:.2f} ms an item |")
    with closing(sqlite3.connect(path)) as db:
        (pages,) = db.execute("PRAGMA page_count").fetchone()
        sizes = (
            dict(db.execute("SELECT name, sum(pgsize) FROM dbstat GROUP BY name")) if _has_dbstat(db) else {}
        )
    rows = ("line", "sqlite_autoindex_line", "run", "paper")
    narrow = sum(size for name, size in sizes.items() if name.startswith(rows)) / 1e6
    index = sum(size for name, size in sizes.items() if name.startswith(("gram", "named"))) / 1e6
    body = sizes.get("body", 0) / 1e6
    print(
        f"| file | {pages * 4096 / 1e6:.0f} MB | {body:.0f} bodies, {narrow:.0f} narrow, {index:.0f} index |"
    )


def _has_dbstat(db: sqlite3.Connection) -> bool:
    return bool(db.execute("SELECT 1 FROM pragma_module_list WHERE name = 'dbstat'").fetchone())


def _search(items: Sequence[Item], path: Path, count: int) -> None:
    questions, scan = Questions(1), Scan(items)
    desk = Preference(
        tuple(item.code for item in random.Random(2).sample(items, 40)), items[-1].windows[0].name
    )
    print(f"\nms, {BEST} best; p50 / p99\n")
    print("| question | clock | worst | of the thread | … at a desk | cold p50 | LIKE | str.find | exact |")
    print("|---|---|---|---|---|---|---|---|---|")
    with closing(_narrow(items)) as db:
        blob = "\n".join("\t".join((i.name, *i.everyday_names, i.department, i.code)) for i in items)
        for name, make in questions.classes().items():
            asked = questions.many(make, items, count)
            cold = [_cold(path, question) for question in asked[:5]]
            with closing(CatalogFile(path)) as file:
                for question in questions.many(make, items, 20):
                    file.search(question, BEST)
                ours = [_timed(lambda q=q: file.search(q, BEST)) for q in asked]
                at_desk = [_timed(lambda q=q: file.search(q, BEST, prefer=desk))[1] for q in asked]
                exact = [
                    {hit.code for hit in file.search(q, EVERYTHING)} == scan.found(q)
                    for q in dict.fromkeys(asked[:SAMPLE])
                    if not name.startswith("characters")
                ]
            like = [_timed(lambda q=q: _like(db, q))[0] for q in asked[:100]]
            find = [_timed(lambda q=q: _find(blob, q))[0] for q in asked[:100]]
            wall, own = [w for w, _ in ours], [t for _, t in ours]
            says = f"{sum(exact)} of {len(exact)}" if exact else "tests"
            figures = [_both(wall), f"{max(wall):.2f}", _both(own), _both(at_desk), _p(cold, 50)]
            print(f"| {name} | {' | '.join([*figures, _both(like), _both(find), says])} |", flush=True)


def _both(values: Sequence[float]) -> str:
    return f"{_p(values, 50)} / {_p(values, 99)}"


def _cold(path: Path, question: str) -> float:
    with closing(CatalogFile(path)) as file:
        return _timed(lambda: file.search(question, BEST))[0]


def _timed(do: Callable[[], object]) -> tuple[float, float]:
    """ms by the clock, and of this thread alone."""
    own, wall = time.thread_time(), time.perf_counter()
    do()
    return (time.perf_counter() - wall) * 1e3, (time.thread_time() - own) * 1e3


def _p(values: Iterable[float], percent: int) -> str:
    ordered = sorted(values)
    at = min(len(ordered) - 1, round(len(ordered) * percent / 100))
    return f"{statistics.median(ordered) if percent == 50 else ordered[at]:.2f}"


def _narrow(items: Sequence[Item]) -> sqlite3.Connection:
    """The same narrow texts in a plain table, in memory: the best case of LIKE."""
    db = sqlite3.connect(":memory:")
    db.execute("CREATE TABLE narrow (id INTEGER PRIMARY KEY, name, everyday, department, code)")
    rows = ((i.name, " ".join(i.everyday_names), i.department, i.code) for i in items)
    db.executemany("INSERT INTO narrow (name, everyday, department, code) VALUES (?, ?, ?, ?)", rows)
    return db


def _like(db: sqlite3.Connection, question: str) -> list[tuple[object, ...]]:
    fields = " OR ".join(f"{field} LIKE :q" for field in ("name", "everyday", "department", "code"))
    return db.execute(f"SELECT * FROM narrow WHERE {fields} LIMIT {BEST}", {"q": f"%{question}%"}).fetchall()


def _find(blob: str, question: str) -> list[int]:
    """The lines of one text that hold it, as far as a list shows them."""
    found: list[int] = []
    at = blob.find(question)
    while at >= 0 and len(found) < BEST:
        found.append(at)
        end = blob.find("\n", at)
        at = blob.find(question, end) if end >= 0 else -1
    return found


if __name__ == "__main__":
    main()
