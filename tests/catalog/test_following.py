"""A version that follows another: the same answers as one made anew, in nearly the same bytes."""

import random
import sqlite3
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import replace
from functools import cache
from hashlib import sha256
from itertools import groupby
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.catalog import former, rows
from app.catalog.build import build_catalog
from app.catalog.file import CatalogFile
from app.catalog.layout import DEPARTMENTS, PAPERS
from app.domain.catalog import Audience, Channel, Item
from app.errors import StoreError
from benchmarks.realistic import items as realistic
from tests.catalog.conftest import DAY

PAGE = 4096
ALL = 10_000
ASKED = ("", "1", "1144", "公司", "证", "gongsi", "gs", "zm", "申请表", "dgs", "工程jl", "4419", "zheng")


@cache
def some(count: int) -> tuple[Item, ...]:
    return tuple(realistic(count))


def answers(path: Path) -> tuple[object, ...]:
    """What a terminal can see of a catalog, but for its version."""
    with closing(CatalogFile(path)) as file:
        hits = [file.search(question, ALL) for question in ASKED]
        mine = [file.search("", ALL, channel) for channel in Channel]
        seen = (file.info().items, hits, mine, file.facets(), set(file.departments()), file.bundles())
        return (*seen, file.items(limit=ALL))


Postings = set[tuple[str, str]]


def postings(path: Path) -> Postings:
    """Every word of the index with what it stands for: an item's code, a department's or material's name."""
    with closing(sqlite3.connect(path)) as db:
        db.execute("CREATE VIRTUAL TABLE temp.word USING fts5vocab(main, gram, instance)")
        db.execute("CREATE VIRTUAL TABLE temp.name USING fts5vocab(main, named, instance)")
        known = dict(db.execute("SELECT id, code FROM line"))
        runs = {(term, known[rank]) for term, rank in db.execute("SELECT term, doc FROM name")}
        once: dict[str, str] = {}
        for table, behind, letters in (("department", DEPARTMENTS, "fd"), ("paper", PAPERS, "fm")):
            names = dict(db.execute(f"SELECT id, name FROM {table}"))
            known |= {behind + number: name for number, name in names.items()}
            once |= {f"{letters}{number}": name for number, name in names.items()}
        found = [
            (once.get(term, term), known[rank]) for term, rank in db.execute("SELECT term, doc FROM word")
        ]
    return runs.union(found)


def is_whole(path: Path) -> None:
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        tables = ("line", "body")
        assert len({tuple(db.execute(f"SELECT id FROM {table} ORDER BY id")) for table in tables}) == 1
        lines = db.execute("SELECT id, name FROM line ORDER BY id").fetchall()
        runs = db.execute("SELECT id, last, name FROM run ORDER BY id").fetchall()
    groups = [int(meta(path)[f"last_{n}"]) for n in range(3)]
    made = [list(run) for _, run in groupby(lines, lambda line: (bisect_left(groups, line[0]), line[1]))]
    assert runs == [(run[0][0], run[-1][0], run[0][1]) for run in made]


def meta(path: Path) -> dict[str, str]:
    with closing(sqlite3.connect(path)) as db:
        return dict(db.execute("SELECT * FROM meta"))


def numbers(path: Path) -> dict[str, int]:
    with closing(sqlite3.connect(path)) as db:
        return dict(db.execute("SELECT code, id FROM line"))


def pages(path: Path) -> set[bytes]:
    data = path.read_bytes()
    return {sha256(data[at : at + PAGE]).digest() for at in range(0, len(data), PAGE)}


def build(items: Iterable[Item], path: Path, like: Path | None = None) -> Path:
    build_catalog(items, path.stem, DAY, path, like=like)
    return path


# -- what changes ------------------------------------------------------------------------------------


@st.composite
def next_version(draw: st.DrawFn, items: tuple[Item, ...]) -> tuple[Item, ...]:
    kept = list(items)
    for _ in range(draw(st.integers(0, 4))):
        at = draw(st.integers(0, len(kept) - 1))
        change = draw(st.integers(0, 6))
        item, other = kept[at], kept[draw(st.integers(0, len(kept) - 1))]
        if change == 0 and len(kept) > 20:
            del kept[at]
        elif change == 1:  # the same name and department, so it stands beside
            number = draw(st.integers(0, 999_999))
            kept.insert(at, replace(item, code=f"{item.code[:-6]}{number:06}"))
        elif change == 2:
            kept[at] = replace(item, name=other.name)
        elif change == 3:
            kept[at] = replace(item, audience=frozenset({draw(st.sampled_from(Audience))}))
        elif change == 4:
            kept[at] = replace(item, everyday_names=other.everyday_names, rules=other.rules)
        elif change == 5:
            kept[at] = replace(
                item, department=draw(st.sampled_from((other.department, "新机构", "另一机构")))
            )
        else:
            kept[at] = replace(item, conditions=f"{draw(st.integers(0, 9))}{other.conditions}")
    draw(st.randoms(use_true_random=False)).shuffle(kept)
    return tuple(kept)


@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_a_chain_of_versions_answers_as_one_made_anew(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("chain")
    items = some(60)
    path = build(items, folder / "0.sqlite")
    for number in range(1, 5):
        items = data.draw(next_version(items))
        path = build(items, folder / f"{number}.sqlite", path)
        anew = build(items, folder / f"{number}.anew")
        is_whole(path)
        assert answers(path) == answers(anew)
        assert postings(path) == postings(anew)


def changed(items: Sequence[Item], count: int) -> list[Item]:
    """`count` with other texts, as many withdrawn and as many new."""
    chance = random.Random(3)
    picked = chance.sample(range(len(items)), 3 * count)
    after = dict(enumerate(items))
    for at in picked[:count]:
        after[at] = replace(after[at], conditions=items[picked[-1]].conditions + "改")
    for at in picked[count : 2 * count]:
        del after[at]
    new = [replace(items[at], code=f"{items[at].code[:-6]}{at:06x}") for at in picked[2 * count :]]
    return [*after.values(), *new]


def test_what_did_not_change_keeps_its_pages(tmp_path: Path) -> None:
    one = build(some(3000), tmp_path / "one.sqlite")
    after = changed(some(3000), 5)
    two = build(after, tmp_path / "two.sqlite", one)
    new = pages(two) - pages(one)
    # a row in line, body and material, an entry in the index of codes; their words in pages of their own
    assert len(new) <= 15 * 5 + 30 < len(pages(two)) / 5
    stay = numbers(one).items() & numbers(two).items()
    assert len(stay) == 2995
    assert answers(two) == answers(build(after, tmp_path / "anew.sqlite"))


def test_nothing_new_costs_two_pages(tmp_path: Path) -> None:
    one = build(some(700), tmp_path / "one.sqlite")
    two = build(reversed(some(700)), tmp_path / "two.sqlite", one)
    assert len(pages(two) - pages(one)) <= 2  # the file's head and `meta`
    assert meta(two)["layers"] == "0"


def test_equal_input_makes_equal_bytes(tmp_path: Path) -> None:
    one = build(some(700), tmp_path / "one.sqlite")
    after = changed(some(700), 9)
    build(after, tmp_path / "a" / "two.sqlite", one)
    build(reversed(after), tmp_path / "b" / "two.sqlite", one)
    assert (tmp_path / "a" / "two.sqlite").read_bytes() == (tmp_path / "b" / "two.sqlite").read_bytes()


# -- when it is made anew ----------------------------------------------------------------------------


def test_the_index_is_made_anew_after_some_versions(tmp_path: Path) -> None:
    path, layers = build(some(100), tmp_path / "0.sqlite"), []
    for number in range(1, 11):
        items = [replace(item, everyday_names=(f"别名{number}",)) for item in some(100)[:3]]
        path = build([*some(100)[3:], *items], tmp_path / f"{number}.sqlite", path)
        layers.append(int(meta(path)["layers"]))
    assert layers == [1, 2, 0, 1, 2, 0, 1, 2, 0, 1]
    is_whole(path)


def test_much_change_or_other_rules_make_it_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one = build(some(100), tmp_path / "one.sqlite")
    many = [replace(item, everyday_names=("别名",)) for item in some(100)[:40]] + [*some(100)[40:]]
    assert meta(build(many, tmp_path / "many.sqlite", one))["layers"] == "0"
    monkeypatch.setattr(former, "rules", lambda: "others")
    few = [*some(100)[1:], replace(some(100)[0], everyday_names=("别名",))]
    assert meta(build(few, tmp_path / "few.sqlite", one))["layers"] == "0"
    assert numbers(tmp_path / "few.sqlite") == numbers(one)
    assert rows.rules() != ""


@pytest.mark.parametrize("spoilt", ["nothing", "text", "another", "older"])
def test_what_cannot_be_followed_is_not(tmp_path: Path, spoilt: str) -> None:
    like = tmp_path / "like.sqlite"
    if spoilt == "text":
        like.write_text("no catalog")
    elif spoilt == "another":
        with closing(sqlite3.connect(like)) as db:
            db.execute("CREATE TABLE x (y)")
    elif spoilt == "older":
        build(some(50), like)
        with closing(sqlite3.connect(like)) as db:
            db.execute("PRAGMA user_version = 2")
    after = build(some(50), tmp_path / "after.sqlite", like)
    assert after.read_bytes() == build(some(50), tmp_path / "x" / "after.sqlite").read_bytes()


def test_a_damaged_version_before_is_told(tmp_path: Path) -> None:
    like = build(some(50), tmp_path / "like.sqlite")
    with closing(sqlite3.connect(like)) as db, db:
        db.execute("UPDATE body SET json = x'00' WHERE id = (SELECT max(id) FROM body)")
    with pytest.raises(StoreError):
        build(some(50), tmp_path / "after.sqlite", like)
    assert not (tmp_path / "after.sqlite").exists()
