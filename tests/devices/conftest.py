"""Emulators for a whole module: starting a process costs more than most tests."""

from collections.abc import Iterator

import pytest

from tests.devices.emulators import Emulated, emulator


@pytest.fixture(scope="module")
def sdt() -> Iterator[Emulated]:
    with emulator("sdt") as running:
        yield running


@pytest.fixture(scope="module")
def escpos(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulated]:
    with emulator("escpos", "--out", str(tmp_path_factory.mktemp("slips"))) as running:
        yield running


@pytest.fixture(scope="module")
def scanner() -> Iterator[Emulated]:
    with emulator("scanner") as running:
        yield running
