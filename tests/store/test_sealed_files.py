"""The archive and the station's private key: sealed, each in its own place."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.errors import StoreDamagedError
from app.store.archive import EncryptedArchive
from app.store.secrets import StationSecrets
from tests.store.samples import KEY, a_number

PDF = b"%PDF-1.7 specimen"


def test_archive_keeps_replaces_and_knows_what_it_lacks(tmp_path: Path) -> None:
    archive = EncryptedArchive(tmp_path, KEY)
    assert archive.get(a_number(1)) is None
    archive.put(a_number(1), b"old")
    archive.put(a_number(1), PDF)
    archive.put(a_number(2), b"")
    assert EncryptedArchive(tmp_path, KEY).get(a_number(1)) == PDF
    assert archive.get(a_number(2)) == b""
    assert sorted(f.name for f in tmp_path.iterdir()) == [f"{a_number(n)}.pdf.enc" for n in (1, 2)]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(position=st.integers(0, 10_000), bit=st.integers(0, 7))
def test_any_flipped_bit_is_refused(tmp_path: Path, position: int, bit: int) -> None:
    archive = EncryptedArchive(tmp_path, KEY)
    archive.put("A-1", PDF)
    file = tmp_path / "A-1.pdf.enc"
    data = bytearray(file.read_bytes())
    data[position % len(data)] ^= 1 << bit
    file.write_bytes(data)
    with pytest.raises(StoreDamagedError):
        archive.get("A-1")


def test_every_cut_and_anything_appended_is_refused(tmp_path: Path) -> None:
    archive = EncryptedArchive(tmp_path, KEY)
    archive.put("A-1", PDF)
    file = tmp_path / "A-1.pdf.enc"
    data = file.read_bytes()
    for changed in [data[:n] for n in range(len(data))] + [data + b"\0"]:
        file.write_bytes(changed)
        with pytest.raises(StoreDamagedError):
            archive.get("A-1")


def test_a_paper_in_the_place_of_another_is_refused(tmp_path: Path) -> None:
    archive = EncryptedArchive(tmp_path, KEY)
    archive.put("A-1", PDF)
    (tmp_path / "A-1.pdf.enc").rename(tmp_path / "A-2.pdf.enc")
    with pytest.raises(StoreDamagedError):
        archive.get("A-2")


def test_another_key_does_not_open_it(tmp_path: Path) -> None:
    EncryptedArchive(tmp_path, KEY).put("A-1", PDF)
    with pytest.raises(StoreDamagedError):
        EncryptedArchive(tmp_path, bytes(32)).get("A-1")


@pytest.mark.parametrize("number", ["", "../x", "a/b", ".hidden", "x" * 65, "A-1\n", "演示"])
def test_a_number_leads_nowhere_else(tmp_path: Path, number: str) -> None:
    archive = EncryptedArchive(tmp_path / "archive", KEY)
    for use in (archive.get, lambda n: archive.put(n, PDF)):
        with pytest.raises(ValueError):
            use(number)
    assert list(tmp_path.iterdir()) == []


def test_station_secrets(tmp_path: Path) -> None:
    secrets = StationSecrets(tmp_path / "station.key.enc", KEY)
    assert secrets.get() is None
    secrets.put(b"-----BEGIN one")
    secrets.put(b"-----BEGIN two")
    assert StationSecrets(tmp_path / "station.key.enc", KEY).get() == b"-----BEGIN two"
    assert b"BEGIN" not in (tmp_path / "station.key.enc").read_bytes()
    with pytest.raises(StoreDamagedError):
        StationSecrets(tmp_path / "station.key.enc", bytes(32)).get()
    secrets.forget()
    secrets.forget()
    assert secrets.get() is None


def test_an_archived_paper_is_not_a_station_key(tmp_path: Path) -> None:
    EncryptedArchive(tmp_path, KEY).put("A-1", PDF)
    with pytest.raises(StoreDamagedError):
        StationSecrets(tmp_path / "A-1.pdf.enc", KEY).get()
