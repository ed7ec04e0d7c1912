"""A real, encrypted store in a fresh folder; children are real processes."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from app.store.sql_store import SqlStore
from tests.store.samples import KEY

ROOT = Path(__file__).parents[2]
Child = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    opened = SqlStore(tmp_path / "store.db", KEY)
    yield opened
    opened.close()


@pytest.fixture
def child() -> Iterator[Child]:
    """Start `python -m tests.store.children.<name> args…`; whatever still runs at the end is killed."""
    started: list[subprocess.Popen[str]] = []

    def start(name: str, *args: object, **options: Any) -> "subprocess.Popen[str]":
        process = subprocess.Popen(
            [sys.executable, "-m", f"tests.store.children.{name}", *map(str, args)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            **options,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()
