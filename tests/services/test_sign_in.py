"""Sign-in: at the gateway, offline where known, locked after bad tries."""

from pathlib import Path

import pytest

from app.errors import (
    AppError,
    LockedOutError,
    OfflineError,
    OperatorUnknownHereError,
    ProtocolError,
    SignInError,
    ThrottledError,
)
from app.services.office import Office
from app.services.sign_in import sign_in
from tests.services.fakes import CLERK, Hall

PIN = "246810"


@pytest.fixture
def known(hall: Hall, office: Office) -> Office:
    """The clerk has signed in once; the line is down now."""
    hall.gateway.operators["D0001"] = (PIN, CLERK)
    assert sign_in(office, "D0001", PIN) == CLERK
    hall.gateway.sign_in_trouble = OfflineError()
    return office


def test_the_gateway_decides_while_it_answers(hall: Hall, office: Office) -> None:
    hall.gateway.operators["D0001"] = (PIN, CLERK)
    with pytest.raises(SignInError):
        sign_in(office, "D0001", "000000")
    assert sign_in(office, "D0001", PIN) == CLERK
    hall.gateway.operators["D0001"] = ("135791", CLERK)
    with pytest.raises(SignInError):
        sign_in(office, "D0001", PIN)
    assert sign_in(office, "D0001", "135791") == CLERK
    hall.gateway.sign_in_trouble = OfflineError()
    assert sign_in(office, "D0001", "135791") == CLERK
    with pytest.raises(SignInError):
        sign_in(office, "D0001", PIN)


@pytest.mark.parametrize("trouble", [OfflineError(), ProtocolError(), ThrottledError()])
def test_one_known_here_signs_in_without_the_gateway(hall: Hall, known: Office, trouble: AppError) -> None:
    hall.gateway.sign_in_trouble = trouble
    assert sign_in(known, "D0001", PIN) == CLERK
    assert sign_in(hall.office(gateway=None), "D0001", PIN) == CLERK


def test_one_unknown_here_needs_the_gateway(known: Office) -> None:
    with pytest.raises(OperatorUnknownHereError):
        sign_in(known, "D0002", PIN)


def test_the_fifth_bad_try_locks_for_a_quarter_of_an_hour(hall: Hall, known: Office) -> None:
    for left in (4, 3, 2, 1):
        with pytest.raises(SignInError) as caught:
            sign_in(known, "D0001", "000000")
        assert caught.value.values == {"left": left}
    with pytest.raises(LockedOutError):
        sign_in(known, "D0001", "000000")
    hall.clock.pass_time(minutes=14, seconds=30)
    hall.gateway.sign_in_trouble = None
    with pytest.raises(LockedOutError) as locked:  # neither the right PIN nor the gateway helps
        sign_in(known, "D0001", PIN)
    assert locked.value.values == {"minutes": 1}
    hall.clock.pass_time(seconds=30)
    assert sign_in(known, "D0001", PIN) == CLERK


def test_a_good_try_forgets_the_bad_ones(hall: Hall, known: Office) -> None:
    for _ in range(3):
        for _ in range(4):
            with pytest.raises(SignInError):
                sign_in(known, "D0001", "000000")
        assert sign_in(known, "D0001", PIN) == CLERK


def test_refusals_of_the_gateway_count_here_too(hall: Hall, known: Office) -> None:
    hall.gateway.sign_in_trouble = None
    for _ in range(5):
        with pytest.raises(SignInError):
            sign_in(known, "D0001", "000000")
    with pytest.raises(LockedOutError):
        sign_in(known, "D0001", PIN)


def test_the_pin_is_kept_nowhere(hall: Hall, known: Office) -> None:
    with known.store.begin() as work:
        kept = work.known_operator("D0001")
    assert kept is not None and PIN not in repr(kept)
    folder: Path = hall.local.folder.path
    assert all(PIN.encode() not in file.read_bytes() for file in folder.rglob("*") if file.is_file())
