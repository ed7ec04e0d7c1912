"""Materials on file, the whole way: real store, real seal, real gateway process, a line that can go wrong."""

import os
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import delete, select, update

from app.domain.material_file import LARGEST_FILE, PART
from app.domain.outbox import Lane
from app.gateway.database import Database, file_parts, sqlite_url
from app.gateway.database import files as files_table
from app.services import materials
from app.services.case_file import open_file, waiting
from app.services.intake import receive
from app.services.outbox_relay import relay, upload_trouble
from tests.e2e.terminals import PDF, Terminal, cases_at, held_by, terminal
from tests.gateway.running import AStation, RunningGateway, gateway
from tests.patience import PATIENCE_S
from tests.remote.proxy import proxy


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningGateway]:
    with gateway(tmp_path_factory.mktemp("gateway")) as started:
        yield started


@pytest.fixture
def station(running: RunningGateway, request: pytest.FixtureRequest) -> AStation:
    number = 10_000 + len(request.node.name) * 97 % 89_999
    return AStation(f"E{number}{os.urandom(2).hex().upper()}", running.url).enrol(running.code())


def pdf(size: int) -> bytes:
    return PDF + os.urandom(size - len(PDF))


def take(on: Terminal, n: int) -> str:
    return receive(on.office, on.application(n), offline=False).case.case_id


def until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE_S
    while not true():
        assert time.monotonic() < end, "it never came"
        threading.Event().wait(0.01)


def lanes(on: Terminal, case_id: str) -> list[str]:
    with on.office.store.begin() as work:
        return [message.lane.value for message in work.messages_of(case_id)]


def test_the_whole_way(running: RunningGateway, station: AStation, tmp_path: Path) -> None:
    """Kept before the case, bound with it, sent before it, and byte for byte at the gateway."""
    small, large = pdf(900), pdf(3 * PART + 5)
    with terminal(tmp_path / "data", station) as on:
        kept = [on.keep(1, small), on.keep(1, large)]
        case_id = take(on, 1)
        assert materials.files_of_draft(on.office, on.application(1).request_id) == ()
        assert [f.file_id for f in materials.files_of_case(on.office, case_id)] == [f.file_id for f in kept]
        assert (relay(on.office).uploaded, lanes(on, case_id)) == (1, ["done"] * 3)
        file = open_file(on.office, case_id)
        assert file is not None and file.uploaded
        assert [(f.sent, f.lane) for f in file.files] == [(900, Lane.DONE), (len(large), Lane.DONE)]
    held = held_by(running)
    assert [held[f.file_id] for f in kept] == [small, large]
    assert case_id in cases_at(running)


@pytest.mark.soak
def test_a_large_file_on_a_slow_line_stops_no_case_without_files(
    running: RunningGateway, station: AStation, tmp_path: Path
) -> None:
    with proxy(running.url) as wire, terminal(tmp_path / "data", station, wire.url) as on:
        large = on.keep(1, pdf(LARGEST_FILE))
        heavy = take(on, 1)
        wire.rate = 1_000_000.0
        with ThreadPoolExecutor(1) as pool:
            round_ = pool.submit(relay, on.office)
            until(lambda: wire.sent > PART)
            light = take(on, 2)
            until(lambda: lanes(on, light) == ["done"])
            assert lanes(on, heavy) == ["pending", "pending"]
            assert large.file_id not in held_by(running), "the large one is still under way"
            wire.rate = 0.0
            assert round_.result(PATIENCE_S).uploaded == 2
        assert lanes(on, heavy) == ["done", "done"]


def test_files_take_turns(running: RunningGateway, station: AStation, tmp_path: Path) -> None:
    """A small file behind a large one is there long before the large one is."""
    with proxy(running.url) as wire, terminal(tmp_path / "data", station, wire.url) as on:
        on.keep(1, pdf(LARGEST_FILE // 5))
        on.keep(2, pdf(PART))
        heavy, light = take(on, 1), take(on, 2)
        wire.rate = 2_000_000.0
        with ThreadPoolExecutor(1) as pool:
            round_ = pool.submit(relay, on.office)
            until(lambda: lanes(on, light) == ["done", "done"])
            assert "pending" in lanes(on, heavy)
            wire.rate = 0.0
            assert round_.result(PATIENCE_S).uploaded == 2


def test_a_broken_line_resumes_and_repeats_at_most_a_part(
    running: RunningGateway, station: AStation, tmp_path: Path
) -> None:
    data = pdf(16 * PART)
    with proxy(running.url) as wire, terminal(tmp_path / "data", station, wire.url) as on:
        kept, breaks = on.keep(1, data), 3
        case_id = take(on, 1)
        for _ in range(breaks):
            wire.cut_after = 4 * PART
            relay(on.office)
            on.clock.pass_time(minutes=31)
        assert wire.cuts == breaks
        relay(on.office)
        assert lanes(on, case_id) == ["done", "done"]
        again = wire.sent - len(data)
        assert again < breaks * PART + 300_000, "headers and the case, and a part for each break"
    assert held_by(running)[kept.file_id] == data


def test_a_restart_resumes_too(running: RunningGateway, station: AStation, tmp_path: Path) -> None:
    """Nothing but the gateway knows how far the file is: not even the DATA folder of before."""
    data = pdf(6 * PART)
    with proxy(running.url) as wire:
        with terminal(tmp_path / "data", station, wire.url) as on:
            kept, case_id = on.keep(1, data), take(on, 1)
            report = relay(on.office, files_s=0.0)
            while wire.sent < 3 * PART:
                assert report.more or not report.uploaded
                report = relay(on.office, files_s=0.01)
        half = wire.sent
        with terminal(tmp_path / "data", station, wire.url) as on:
            assert relay(on.office).uploaded == 1 and lanes(on, case_id) == ["done", "done"]
        assert wire.sent - half < len(data) - half + PART + 200_000
    assert held_by(running)[kept.file_id] == data


def test_a_flipped_bit_on_the_line_is_noticed_and_mended(
    running: RunningGateway, station: AStation, tmp_path: Path
) -> None:
    data = pdf(6 * PART)
    with proxy(running.url) as wire, terminal(tmp_path / "data", station, wire.url) as on:
        kept, case_id = on.keep(1, data), take(on, 1)
        wire.flip_after = 3 * PART
        for _ in range(4):
            relay(on.office)
            on.clock.pass_time(minutes=31)
        assert wire.flips == 1
        assert lanes(on, case_id) == ["done", "done"]
    assert held_by(running)[kept.file_id] == data


def test_what_the_gateway_keeps_wrongly_is_sent_anew_once_and_then_told(
    running: RunningGateway, station: AStation, tmp_path: Path
) -> None:
    """Its disk turns a bit, twice; the hash at the end finds it.  Another case goes its way meanwhile."""
    with terminal(tmp_path / "data", station) as on:
        kept, case_id = on.keep(1, pdf(2 * PART)), take(on, 1)
        for expected in ("pending", "rejected"):
            assert relay(on.office, files_s=0.0).more
            _spoil(running, kept.file_id)
            relay(on.office)
            assert lanes(on, case_id) == [expected, "pending"]
            on.clock.pass_time(minutes=31)
        other = take(on, 2)
        assert relay(on.office).uploaded == 1 and lanes(on, other) == ["done"]
        (held,) = waiting(on.office)
        assert (held.rejected, held.reason, held.files, held.files_sent) == (True, "file_corrupt", 1, 0)
        refused = upload_trouble(on.office, case_id, 5.0)
        assert refused is not None and refused.values["reason"] == "file_corrupt"
        assert relay(on.office, everything=True).uploaded == 1, "mended meanwhile: a sync tries it again"
    assert case_id in cases_at(running)


def test_a_file_this_station_cannot_read_any_more_holds_up_its_own_case_only(
    running: RunningGateway, station: AStation, tmp_path: Path
) -> None:
    with terminal(tmp_path / "data", station) as on:
        broken, lost, good = on.keep(1, pdf(5000)), on.keep(2, pdf(5000)), on.keep(3, pdf(5000))
        cases = [take(on, n) for n in (1, 2, 3, 4)]
        sealed = tmp_path / "data" / "files" / f"{broken.file_id}.enc"
        sealed.write_bytes(sealed.read_bytes()[:-1] + b"x")
        (tmp_path / "data" / "files" / f"{lost.file_id}.enc").unlink()
        report = relay(on.office)
        assert (report.uploaded, report.rejected, report.pending) == (2, 2, 0)
        assert [lanes(on, c) for c in cases] == [
            ["rejected", "pending"], ["rejected", "pending"], ["done", "done"], ["done"],
        ]  # fmt: skip
        assert {w.reason for w in waiting(on.office)} == {"file_unreadable"}
    assert good.file_id in held_by(running)


def test_a_file_the_gateway_refuses_holds_up_its_own_case_only(
    running: RunningGateway, station: AStation, tmp_path: Path
) -> None:
    """Another file lies under its id already."""
    with terminal(tmp_path / "data", station) as on:
        stuck = on.keep(1, pdf(5000))
        on.keep(2, pdf(5000))
        first, second = take(on, 1), take(on, 2)
        (file,) = materials.files_of_case(on.office, first)
        assert on.office.gateway is not None
        on.office.gateway.begin_file(replace(file, sha256="0" * 64))
        relay(on.office)
        assert (lanes(on, first), lanes(on, second)) == (["rejected", "pending"], ["done", "done"])
        opened = open_file(on.office, first)
        assert opened is not None and not opened.uploaded
        assert [(f.file.file_id, f.reason) for f in opened.files] == [(stuck.file_id, "file_differs")]


def test_files_a_gateway_lost_are_sent_again(
    running: RunningGateway, station: AStation, tmp_path: Path
) -> None:
    """Put back from an older backup, say, after the file and before its case."""
    data = pdf(PART + 9)
    with terminal(tmp_path / "data", station) as on:
        kept, case_id = on.keep(1, data), take(on, 1)
        while lanes(on, case_id)[0] != "done":
            relay(on.office, limit=0, files_s=0.0)
        _lose(running, kept.file_id)
        assert relay(on.office).uploaded == 0 and lanes(on, case_id) == ["done", "pending"]
        assert held_by(running)[kept.file_id] == data
        on.clock.pass_time(minutes=31)
        assert relay(on.office).uploaded == 1 and lanes(on, case_id) == ["done", "done"]


def test_two_terminals_at_once(running: RunningGateway, tmp_path: Path) -> None:
    def work(name: str) -> dict[str, bytes]:
        station = AStation(f"E9{name}{os.urandom(2).hex().upper()}", running.url).enrol(running.code())
        kept = {}
        with terminal(tmp_path / name, station) as on:
            for n in range(1, 5):
                data = pdf(PART * n // 2)
                kept[on.keep(n, data).file_id] = data
                take(on, n)
            while relay(on.office, files_s=0.01).pending:
                on.clock.pass_time(minutes=31)
        return kept

    with ThreadPoolExecutor(2) as pool:
        ours: dict[str, bytes] = {}
        for kept in pool.map(work, ("A", "B")):
            ours |= kept
    held = held_by(running)
    assert len(ours) == 8 and {file_id: held[file_id] for file_id in ours} == ours


def test_one_attempt_at_once_ends_in_time_and_the_rest_follows(
    running: RunningGateway, station: AStation, tmp_path: Path
) -> None:
    with proxy(running.url) as wire, terminal(tmp_path / "data", station, wire.url) as on:
        on.keep(1, pdf(4 * PART))
        case_id = take(on, 1)
        wire.rate = 400_000.0
        trouble = upload_trouble(on.office, case_id, 0.2)
        assert trouble is not None and trouble.code == "remote.files_waiting" and trouble.retryable
        opened = open_file(on.office, case_id)
        assert opened is not None and 0 < opened.files[0].sent < 4 * PART
        with on.office.store.begin() as work:
            summary = work.outbox_summary()
        assert (summary.pending, summary.file_bytes, summary.file_bytes_sent) == (
            1, 4 * PART, opened.files[0].sent,
        )  # fmt: skip
        wire.rate = 0.0
        assert upload_trouble(on.office, case_id, PATIENCE_S) is None


def _spoil(running: RunningGateway, file_id: str) -> None:
    """A bit of what the gateway keeps turns over."""
    database = Database(sqlite_url(running.data / "gateway" / "gateway.sqlite"))
    with database.write() as db:
        row = db.execute(select(file_parts).where(file_parts.c.file_id == file_id)).first()
        assert row is not None
        mine = (file_parts.c.file_id == file_id) & (file_parts.c.start == row.start)
        db.execute(update(file_parts).where(mine).values(sealed=row.sealed[:-1] + b"?"))
    database.close()


def _lose(running: RunningGateway, file_id: str) -> None:
    database = Database(sqlite_url(running.data / "gateway" / "gateway.sqlite"))
    with database.write() as db:
        db.execute(delete(file_parts).where(file_parts.c.file_id == file_id))
        db.execute(delete(files_table).where(files_table.c.file_id == file_id))
    database.close()
