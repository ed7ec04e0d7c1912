"""Leases against the running gateway, many at once."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from app.domain.numbering import NumberBlock
from app.errors import RejectedError, StationRefusedError
from app.gateway.database import Database, sqlite_url, stations
from tests.gateway.running import AStation, RunningGateway, fault


def test_blocks_follow_one_another(station: AStation) -> None:
    first, second = station.client.lease_numbers(500), station.client.lease_numbers(1)
    assert (first.first, first.last) == (station.block.last + 1, station.block.last + 500)
    assert (second.first, second.last) == (first.last + 1, first.last + 1)


def test_leases_in_parallel_never_overlap(station: AStation) -> None:
    with ThreadPoolExecutor(8) as pool:
        blocks = list(pool.map(lambda n: station.client.lease_numbers(n), range(1, 33)))
    assert sorted(b.last - b.first + 1 for b in blocks) == list(range(1, 33))
    taken = sorted([station.block, *blocks], key=lambda b: b.first)
    assert taken[0].first == 1
    for before, after in zip(taken, taken[1:], strict=False):
        assert after.first == before.last + 1
    assert len({b.block_id for b in taken}) == len(taken)


def test_stations_count_for_themselves(station: AStation, enrolled) -> None:  # type: ignore[no-untyped-def]
    other: AStation = enrolled()
    assert isinstance(other.client.lease_numbers(5), NumberBlock)
    assert other.block.first == station.block.first == 1


@pytest.mark.parametrize("count", [0, -1, 10_001])
def test_only_a_reasonable_count(station: AStation, count: int) -> None:
    with pytest.raises(RejectedError) as caught:
        station.client.lease_numbers(count)
    assert caught.value.values["reason"] == "invalid"


def test_the_last_numbers_are_given_and_no_more(running: RunningGateway, station: AStation) -> None:
    database = Database(running.database or sqlite_url(running.data / "gateway" / "gateway.sqlite"))
    with database.write() as db:
        where = stations.c.station_id == station.station_id
        db.execute(stations.update().where(where).values(next_sequence=999_999_990))
    database.close()
    assert station.client.lease_numbers(10).last == 999_999_999
    with pytest.raises(RejectedError) as caught:
        station.client.lease_numbers(1)
    assert caught.value.values["reason"] == "numbers_exhausted"


def test_no_station_leases_for_another(station: AStation, enrolled) -> None:  # type: ignore[no-untyped-def]
    other: AStation = enrolled()
    answer = station.raw("POST", f"/v1/stations/{other.station_id}/numbers", b'{"count":1}')
    assert fault(answer) == (403, "not_your_station")


def test_an_unknown_station_is_told_so(running: RunningGateway) -> None:
    with pytest.raises(StationRefusedError) as caught:
        AStation("NOBODY1", running.url).client.lease_numbers(1)
    assert caught.value.values["reason"] == "station_unknown"
