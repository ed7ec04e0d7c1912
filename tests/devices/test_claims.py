"""Claims: one at a time for each kind, never waiting, always given back; a device in use is left in peace."""

import threading
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from threading import Event

import pytest

from app.domain.device import DeviceHealth, DeviceStatus
from app.domain.printing import PrintState
from app.errors import DeviceBusyError, NoCardError
from devices.claims import Claims
from devices.hub import DeviceHub
from tests.devices.emulators import Emulated
from tests.devices.test_hub import PATIENCE_S, PRINTER, READER, SLIP, Now, hub_of, line_to, reset


def refused_for(future: "Future[DeviceHealth]") -> object:
    error = future.exception(PATIENCE_S)
    assert isinstance(error, DeviceBusyError)
    return error.values["holder"]


def test_one_claim_a_kind_and_each_kind_for_itself() -> None:
    claims = Claims()
    with claims.claimed(READER, "intake"), claims.claimed(PRINTER, "receipt"):
        with pytest.raises(DeviceBusyError) as caught, claims.claimed(READER, "other"):
            pytest.fail("claimed twice")
        assert caught.value.values["holder"] == "intake"
        assert (claims.holder(READER), claims.holder(PRINTER)) == ("intake", "receipt")
    assert (claims.holder(READER), claims.holder(PRINTER)) == ("", "")


def test_a_claim_ends_with_an_exception_and_on_another_thread() -> None:
    claims = Claims()
    with pytest.raises(ZeroDivisionError), claims.claimed(READER, "intake"):
        _ = 1 // 0
    claims.claim(READER, "test")
    thread = threading.Thread(target=claims.unclaim, args=(READER,))
    thread.start()
    thread.join()
    assert claims.holder(READER) == ""


def test_of_many_who_want_it_at_the_same_moment_one_gets_it() -> None:
    claims, ready, inside = Claims(), threading.Barrier(8), Event()

    def want(number: int) -> bool:
        ready.wait(PATIENCE_S)
        try:
            with claims.claimed(PRINTER, str(number)):
                inside.wait(PATIENCE_S)
                return True
        except DeviceBusyError:
            return False

    with ThreadPoolExecutor(8) as pool:
        wanting = [pool.submit(want, number) for number in range(8)]
        losing = as_completed(wanting, PATIENCE_S)
        assert [next(losing).result() for _ in range(7)] == [False] * 7
        inside.set()
        assert sum(future.result(PATIENCE_S) for future in wanting) == 1
    assert claims.holder(PRINTER) == ""


def test_uses_stand_side_by_side_and_keep_claims_out() -> None:
    claims = Claims()
    claims.begin(PRINTER, "printing")
    claims.begin(PRINTER, "printing")
    claims.end(PRINTER, "printing")
    with pytest.raises(DeviceBusyError):
        claims.claim(PRINTER, "test")
    claims.end(PRINTER, "printing")
    claims.claim(PRINTER, "test")
    claims.begin(PRINTER, "printing")  # a person's paper is not refused for a test
    assert claims.holder(PRINTER) == "test"


def test_nobody_tests_a_reader_somebody_waits_at(sdt: Emulated) -> None:
    reset(sdt)
    with hub_of(line_to(READER, sdt)) as (hub, ear):
        before = ear.status(DeviceStatus.ONLINE)
        cancelled = Event()
        reading = hub.read_card(PATIENCE_S, cancelled)
        assert refused_for(hub.self_test(READER)) == "reading"
        assert hub.probe(READER).result(PATIENCE_S) == before
        with pytest.raises(DeviceBusyError), hub.claim(READER, "intake"):
            pytest.fail("claimed while in use")
        cancelled.set()
        assert isinstance(reading.exception(PATIENCE_S), NoCardError)
        assert hub.self_test(READER).result(PATIENCE_S).status is DeviceStatus.ONLINE


def test_a_flow_keeps_tests_away_and_still_prints(escpos: Emulated) -> None:
    with hub_of(line_to(PRINTER, escpos)) as (hub, ear):
        ear.status(DeviceStatus.ONLINE)
        with hub.claim(PRINTER, "intake"):
            assert refused_for(hub.self_test(PRINTER)) == "intake"
            assert hub.print_slip(SLIP, PATIENCE_S).result(PATIENCE_S).state is PrintState.CONFIRMED
            assert refused_for(hub.self_test(PRINTER)) == "intake"
        assert hub.self_test(PRINTER).result(PATIENCE_S).status is DeviceStatus.ONLINE


def test_a_failed_test_gives_the_device_back() -> None:
    hub = DeviceHub([line_to(PRINTER, "/dev/no-such-port")], Now())
    for _ in range(2):
        error = hub.self_test(PRINTER).exception(PATIENCE_S)
        assert error is not None
        assert not isinstance(error, DeviceBusyError)
    with hub.claim(PRINTER, "intake"):
        pass
    hub.close()
