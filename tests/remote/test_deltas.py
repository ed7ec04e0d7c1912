"""What changed between two versions: packed, applied to a copy, and no harm from any wrong one."""

import hashlib
import json
import zlib
from pathlib import Path
from random import Random

import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from app.packed import WINDOW, PackedError, file_sha256, pack, unpack
from app.page_delta import PAGE, apply_delta, make_delta
from app.remote.catalog_sync import TufCatalogSync
from tests.remote.repositories import APublisher, Served, serving

BASE = Random(1).randbytes(300 * PAGE)


def changed(base: bytes, *edits: tuple[int, bytes]) -> bytes:
    for at, put in edits:
        base = base[:at] + put + base[at + len(put) :]
    return base


def through(tmp_path: Path, old: bytes, new: bytes) -> int:
    """Old → new by delta; the delta's size."""
    (tmp_path / "old").write_bytes(old)
    (tmp_path / "new").write_bytes(new)
    delta, out = tmp_path / "delta", tmp_path / "out"
    for path in (delta, out):
        path.unlink(missing_ok=True)
    make_delta(tmp_path / "old", tmp_path / "new", delta)
    assert apply_delta(tmp_path / "old", delta, out, len(new)) == hashlib.sha256(new).hexdigest()
    assert out.read_bytes() == new
    return delta.stat().st_size


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 299 * PAGE), st.binary(min_size=1, max_size=200)), max_size=6),
    st.integers(0, 3 * PAGE),
    st.integers(0, 3 * PAGE),
)
def test_any_change_comes_through(
    tmp_path_factory: pytest.TempPathFactory, edits: list[tuple[int, bytes]], cut: int, longer: int
) -> None:
    new = changed(BASE, *edits)[: len(BASE) - cut] + b"\x07" * longer
    size = through(tmp_path_factory.mktemp("delta"), BASE, new)
    assert size < 3000 + sum(len(put) + 200 for _, put in edits)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_any_two_files_of_pages(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    """Pages that come again, move, go, or stand alone between others; ends that fill no page."""
    numbers = st.lists(st.integers(0, 30), max_size=60)
    made = [Random(number).randbytes(PAGE) for number in range(31)]
    old, new = (
        b"".join(made[n] for n in data.draw(numbers)) + data.draw(st.binary(max_size=40)) for _ in range(2)
    )
    kept = data.draw(st.integers(0, len(old)))
    through(tmp_path_factory.mktemp("pages"), old, data.draw(st.sampled_from((new, old[:kept] + new))))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"", b"x"),
        (b"x", b"y" * 10_000),
        (BASE, BASE[:1]),
        (BASE, b"in front" + BASE),  # nothing stands where it stood: only the dictionary helps
        (bytes(40 * PAGE), bytes(41 * PAGE)),
        (BASE, Random(2).randbytes(5000 * PAGE)),  # several segments, nothing in common
    ],
)
def test_ends_and_oddities(tmp_path: Path, old: bytes, new: bytes) -> None:
    size = through(tmp_path, old, new)
    if new.endswith(BASE):
        assert size < len(BASE) / 20


@pytest.fixture(scope="module")
def a_delta(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, bytes]:
    folder = tmp_path_factory.mktemp("fuzz")
    (folder / "old").write_bytes(BASE)
    (folder / "new").write_bytes(changed(BASE, (5000, b"changed"), (90 * PAGE, b"more")) + b"tail")
    make_delta(folder / "old", folder / "new", folder / "delta")
    return folder / "old", folder / "new", (folder / "delta").read_bytes()


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_a_spoilt_delta_is_refused_or_told_by_its_digest(
    a_delta: tuple[Path, Path, bytes], data: st.DataObject
) -> None:
    old, new, whole = a_delta
    at = data.draw(st.integers(0, len(whole) - 1))
    spoilt = data.draw(
        st.sampled_from(
            (
                whole[:at],
                whole[:at] + bytes([whole[at] ^ data.draw(st.integers(1, 255))]) + whole[at + 1 :],
                whole + b"x",
                data.draw(st.binary(max_size=200)),
            )
        )
    )
    path = old.with_name("spoilt")
    path.write_bytes(spoilt)
    try:
        digest = apply_delta(old, path, old.with_name("out"), new.stat().st_size)
    except PackedError:
        return
    assert (digest == file_sha256(new)) == (old.with_name("out").read_bytes() == new.read_bytes())


# -- packed files ------------------------------------------------------------------------------------


def _unpack(tmp_path: Path, data: bytes, length: int) -> str:
    (tmp_path / "packed").write_bytes(data)
    return unpack(tmp_path / "packed", tmp_path / "out", length)


@given(st.binary(max_size=5000), st.integers(1, 400))
@settings(max_examples=30, deadline=None)
def test_what_is_packed_comes_out(tmp_path_factory: pytest.TempPathFactory, data: bytes, times: int) -> None:
    folder = tmp_path_factory.mktemp("pack")
    (folder / "in").write_bytes(data * times)
    pack(folder / "in", folder / "packed")
    digest = unpack(folder / "packed", folder / "out", len(data) * times)
    assert digest == hashlib.sha256(data * times).hexdigest()


def test_a_bomb_is_cut_off_at_the_signed_length(tmp_path: Path) -> None:
    bomb = zstandard.ZstdCompressor(level=3).compress(bytes(200 << 20))
    assert len(bomb) < 20_000
    with pytest.raises(PackedError):
        _unpack(tmp_path, bomb, 1000)
    assert (tmp_path / "out").stat().st_size < 1 << 20


@pytest.mark.parametrize("how", ["cut", "garbage", "empty", "gzip", "short", "window"])
def test_what_is_no_good_frame_is_refused(tmp_path: Path, how: str) -> None:
    content = Random(4).randbytes(100_000)
    good = zstandard.ZstdCompressor().compress(content)
    greedy = zstandard.ZstdCompressionParameters.from_level(
        3, window_log=WINDOW.bit_length() + 2, write_content_size=False
    )
    stream = zstandard.ZstdCompressor(compression_params=greedy).compressobj()
    wide = stream.compress(content) + stream.flush()
    lies = {
        "cut": (good[:-10], len(content)),
        "garbage": (Random(5).randbytes(5000), len(content)),
        "empty": (b"", len(content)),
        "gzip": (zlib.compress(content), len(content)),
        "short": (good, len(content) + 1),
        "window": (wide, len(content)),  # wants more memory than any decoder has to offer
    }
    with pytest.raises(PackedError):
        _unpack(tmp_path, *lies[how])


# -- a sync by delta -----------------------------------------------------------------------------------

ONE = BASE
TWO = changed(BASE, (70 * PAGE, b"second version"))
THREE = changed(TWO, (20 * PAGE, b"third version"))


def in_force(data: Path) -> bytes:
    pointer = json.loads((data / "catalog" / "current.json").read_bytes())
    content: bytes = (data / "catalog" / pointer["file"]).read_bytes()
    assert hashlib.sha256(content).hexdigest() == pointer["sha256"]
    return content


@pytest.fixture
def served(tmp_path: Path) -> "tuple[APublisher, Served, Path]":
    publisher, data = APublisher(tmp_path / "gateway"), tmp_path / "data"
    publisher.publish("1", ONE)
    with serving(publisher.files) as served:
        TufCatalogSync(served.url, data, publisher.root).run()
        publisher.publish("2", TWO)
        served.asked.clear()
        yield publisher, served, data


def large(served: Served) -> list[str]:
    return [path.rsplit(".", 1)[1] for path in served.asked if path.endswith((".zst", ".delta"))]


def test_the_next_version_comes_as_a_delta(served: tuple[APublisher, Served, Path]) -> None:
    publisher, line, data = served
    seen: list[tuple[int, int]] = []
    report = TufCatalogSync(line.url, data, publisher.root).run(lambda *at: seen.append(at))
    assert report.changed and in_force(data) == TWO and large(line) == ["delta"]
    assert seen[-1][0] == seen[-1][1] < len(TWO) / 50


def test_a_version_left_out_needs_no_chain(served: tuple[APublisher, Served, Path]) -> None:
    publisher, line, data = served
    publisher.publish("3", THREE)
    TufCatalogSync(line.url, data, publisher.root).run()
    assert in_force(data) == THREE and large(line) == ["delta"]


def test_deltas_are_kept_for_the_last_versions_only(served: tuple[APublisher, Served, Path]) -> None:
    publisher, line, data = served
    for number in range(3, 12):
        publisher.publish(str(number), changed(TWO, (number * PAGE, b"version %d" % number)))
    assert len(list(publisher.repository.kept.iterdir())) == 9
    TufCatalogSync(line.url, data, publisher.root).run()
    assert large(line) == ["zst"]


@pytest.mark.parametrize("how", ["flip", "cut", "longer", "empty", "missing", "another"])
def test_a_wrong_delta_falls_back_to_the_whole(served: tuple[APublisher, Served, Path], how: str) -> None:
    publisher, line, data = served

    def lie(path: str, there: bytes) -> bytes | None:
        if not path.endswith(".delta"):
            return there
        flipped = there[:60] + bytes([there[60] ^ 1]) + there[61:]
        lies = {"flip": flipped, "cut": there[:-1], "longer": there + b"x", "empty": b"", "missing": None}
        return lies.get(how, b"another delta")

    line.lie = lie
    TufCatalogSync(line.url, data, publisher.root).run()
    assert in_force(data) == TWO and large(line)[-1] == "zst"


def test_a_signed_delta_to_another_base_falls_back_too(served: tuple[APublisher, Served, Path]) -> None:
    """Genuinely signed under this name, but it starts from other content: the publisher erred."""
    publisher, line, data = served
    listed = publisher.repository.listed()
    name = next(path for path in listed if path.endswith(".delta"))
    work = publisher.folder
    (work / "x").write_bytes(ONE[PAGE:] + ONE[:PAGE])
    (work / "y").write_bytes(TWO)
    make_delta(work / "x", work / "y", work / "wrong")
    publisher.repository.publish({name: work / "wrong"})
    TufCatalogSync(line.url, data, publisher.root).run()
    assert in_force(data) == TWO and large(line) == ["delta", "zst"]


def test_a_spoilt_file_here_is_no_base(served: tuple[APublisher, Served, Path]) -> None:
    publisher, line, data = served
    file = next((data / "catalog").glob("*.sqlite"))
    file.write_bytes(changed(ONE, (9000, b"bad sector")))
    TufCatalogSync(line.url, data, publisher.root).run()
    assert in_force(data) == TWO and large(line) == ["delta", "zst"]
    assert {p.suffix for p in (data / "catalog").iterdir()} == {".sqlite", ".json"}
