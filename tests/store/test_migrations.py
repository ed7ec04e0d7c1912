"""From any older file to the present one; a newer one is refused."""

from pathlib import Path

import pytest
from sqlalchemy import inspect

from app.errors import NewerSchemaError
from app.store.engine import make_engine
from app.store.migrations import MIGRATIONS, migrate, version_of
from app.store.schema import METADATA
from app.store.sql_store import SqlStore
from tests.store.samples import KEY, a_case, a_receipt, uid

SECOND = ("ALTER TABLE cases ADD COLUMN colour TEXT NOT NULL DEFAULT ''", "CREATE TABLE extra (x TEXT)")
THIRD = ("UPDATE cases SET colour = 'green'",)
BROKEN = ("CREATE TABLE half (x TEXT)", "CREATE TABLE half (x TEXT)")


def old_file(path: Path) -> None:
    store = SqlStore(path, KEY)
    with store.begin() as work:
        work.add_case(a_case(), a_receipt(a_case()))
        work.commit()
    store.close()


def version(path: Path) -> int:
    engine = make_engine(path, KEY, 1)
    with engine.connect() as connection:
        found = version_of(connection)
    engine.dispose()
    return found


def test_the_migrations_make_the_tables_the_queries_expect(tmp_path: Path) -> None:
    SqlStore(tmp_path / "store.db", KEY).close()
    engine = make_engine(tmp_path / "store.db", KEY, 1)
    found = inspect(engine)
    tables = {name for name in found.get_table_names() if not name.startswith("sqlite_")}
    assert tables == set(METADATA.tables)
    for table in METADATA.tables.values():
        columns = {c["name"]: c for c in found.get_columns(table.name)}
        assert set(columns) == {c.name for c in table.columns}
        for column in table.columns:
            if not column.primary_key:
                assert columns[column.name]["nullable"] == column.nullable, (table.name, column.name)
        unique = {tuple(u["column_names"]) for u in found.get_unique_constraints(table.name)}
        assert unique == {(c.name,) for c in table.columns if c.unique}
        foreign = {tuple(f["constrained_columns"]) for f in found.get_foreign_keys(table.name)}
        assert foreign == {(c.name,) for c in table.columns if c.foreign_keys}
    engine.dispose()


def test_an_older_file_is_brought_up_with_what_is_in_it(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    old_file(path)
    assert version(path) == len(MIGRATIONS)
    store = SqlStore(path, KEY, steps=[*MIGRATIONS, SECOND, THIRD])
    with store.begin() as work:
        assert work.case(uid(1)) == a_case()
        row = work._connection.exec_driver_sql("SELECT colour FROM cases").scalar_one()
        assert row == "green"
    store.close()
    assert version(path) == len(MIGRATIONS) + 2
    SqlStore(path, KEY, steps=[*MIGRATIONS, SECOND, THIRD]).close()


def test_a_step_that_fails_leaves_the_step_before(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    old_file(path)
    with pytest.raises(Exception, match="already exists"):
        SqlStore(path, KEY, steps=[*MIGRATIONS, SECOND, BROKEN])
    assert version(path) == len(MIGRATIONS) + 1
    engine = make_engine(path, KEY, 1)
    assert "half" not in inspect(engine).get_table_names()
    engine.dispose()
    store = SqlStore(path, KEY, steps=[*MIGRATIONS, SECOND, THIRD])
    with store.begin() as work:
        assert work.case(uid(1)) == a_case()
    store.close()


def test_a_newer_file_is_refused_and_not_touched(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    old_file(path)
    SqlStore(path, KEY, steps=[*MIGRATIONS, SECOND]).close()
    before = path.read_bytes()
    with pytest.raises(NewerSchemaError):
        SqlStore(path, KEY)
    assert path.read_bytes() == before


def test_an_empty_file_left_by_a_crash_is_a_new_store(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    path.touch()
    old_file(path)
    assert version(path) == len(MIGRATIONS)


def test_another_opener_may_migrate_first(tmp_path: Path) -> None:
    """Both saw the old version; the second finds the step done and takes none twice."""
    path = tmp_path / "store.db"
    old_file(path)
    steps = [*MIGRATIONS, SECOND]
    engine = make_engine(path, KEY, 1)
    with engine.connect() as connection:
        migrate(connection, steps)
        migrate(connection, steps)
        assert version_of(connection) == len(steps)
    engine.dispose()
