"""A terminal whose program is newer than its catalog file: it says so, and the next sync puts it right.
One whose program is older than the catalog in force keeps what it has, and says that too.

No older program is at hand to write a file, so a file of today is given the tables and the number of
format 2; what it held besides (`material`) nobody reads any more.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from app.catalog.build import build_catalog
from app.catalog.demo import demo_items
from app.catalog.file import CatalogFile
from app.catalog.layout import FORMAT
from app.catalog.source import CatalogFolder
from app.commands.fetching import CatalogFetch
from app.errors import CatalogNewerError, StoreDamagedError
from app.gateway.publishing import Sources
from app.remote.catalog_sync import TufCatalogSync
from tests.remote.repositories import PUBLISHED, APublisher, Served, serving


@pytest.fixture
def publisher(tmp_path: Path) -> APublisher:
    return APublisher(tmp_path / "repository")


@pytest.fixture
def served(publisher: APublisher) -> Iterator[Served]:
    with serving(publisher.files) as started:
        yield started


@pytest.fixture
def new(tmp_path: Path) -> Path:
    path = tmp_path / "new.sqlite"
    build_catalog(demo_items(), "new", PUBLISHED, path)
    return path


@pytest.fixture
def old(tmp_path: Path, new: Path) -> Path:
    path = tmp_path / "old.sqlite"
    path.write_bytes(new.read_bytes())
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        for table in ("run", "paper", "common", "named"):
            db.execute(f"DROP TABLE {table}")
        db.execute("CREATE TABLE material (id INTEGER PRIMARY KEY, names TEXT NOT NULL)")
        db.execute("UPDATE meta SET value = 'old' WHERE key = 'version'")
        db.execute("PRAGMA user_version = 2")
    return path


def test_a_file_of_an_older_format_is_fetched_anew_by_a_sync(
    publisher: APublisher, served: Served, tmp_path: Path, old: Path, new: Path
) -> None:
    data = tmp_path / "data"
    folder, sync = CatalogFolder(data), TufCatalogSync(served.url, data, publisher.root)
    publisher.publish("old", old.read_bytes())
    assert sync.run().changed
    for ask in (folder.info, lambda: folder.search("\u8bc1"), lambda: folder.item(demo_items()[0].code)):
        with pytest.raises(StoreDamagedError):
            ask()
    assert not sync.run().changed, "the gateway has nothing newer yet"

    publisher.publish("new", new.read_bytes())
    assert sync.run().changed
    assert folder.info().version == "new" and folder.info().items == len(demo_items())
    assert folder.search("\u8bc1") and folder.item(demo_items()[0].code) == demo_items()[0]


def test_nothing_follows_a_file_of_an_older_format(tmp_path: Path, old: Path, new: Path) -> None:
    build_catalog(demo_items(), "new", PUBLISHED, tmp_path / "after.sqlite", like=old)
    assert (tmp_path / "after.sqlite").read_bytes() == new.read_bytes()


def test_a_gateway_publishes_anew_when_its_program_writes_another_format(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = Sources(tmp_path, demo=True).fingerprint()
    assert before == Sources(tmp_path, demo=True).fingerprint() != ""
    monkeypatch.setattr("app.catalog.layout.FORMAT", FORMAT + 1)
    assert before != Sources(tmp_path, demo=True).fingerprint()


def test_the_old_file_is_what_it_says(old: Path) -> None:
    """Refused for its number, and not for a table it lacks."""
    with pytest.raises(StoreDamagedError, match="catalog format 2"):
        CatalogFile(old)


@pytest.mark.parametrize("how", ["here", "beside a window"])
def test_a_form_this_program_cannot_read_is_not_put_in_force(
    publisher: APublisher, served: Served, tmp_path: Path, new: Path, how: str
) -> None:
    """A gateway that was updated first takes no catalog away from the terminals of a city."""
    data = tmp_path / "data"
    here = TufCatalogSync(served.url, data, publisher.root, reads=FORMAT)
    publisher.publish("new", new.read_bytes(), FORMAT)
    assert here.run().changed
    publisher.publish("newer", b"nothing this program could read", FORMAT + 1)
    served.asked.clear()
    sync = here if how == "here" else CatalogFetch(served.url, data, publisher.root)
    with pytest.raises(CatalogNewerError) as refused:
        sync.run()
    assert refused.value.values == {"version": "newer"}
    assert not [path for path in served.asked if path.endswith((".zst", ".delta"))]
    folder = CatalogFolder(data)
    assert folder.info().version == "new" and folder.search("\u8bc1")
    folder.close()

    publisher.publish("after", new.read_bytes() + bytes(4096), FORMAT)
    assert here.run().changed
