"""Sign-in: at the gateway, offline where known, locked after bad tries."""

from pathlib import Path

import pytest

from app.domain.operator import Operator, Role
from app.errors import (
    AppError,
    LockedOutError,
    NotSupervisorError,
    OfflineError,
    OperatorUnknownHereError,
    ProtocolError,
    SignInError,
    ThrottledError,
    UnlockElsewhereError,
)
from app.services.office import Office
from app.services.sign_in import sign_in, unlock
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


BOSS = Operator("D0009", "演示·主管", Role.SUPERVISOR)


def lock_out(hall: Hall, office: Office) -> None:
    """Five bad tries, after which a supervisor is at hand and the line is up."""
    for _ in range(5):
        with pytest.raises((SignInError, LockedOutError)):
            sign_in(office, "D0001", "000000")
    hall.gateway.operators["D0009"] = ("975310", BOSS)
    hall.gateway.sign_in_trouble = None


def test_a_supervisor_unlocks_and_it_is_written_down(hall: Hall, known: Office) -> None:
    lock_out(hall, known)
    with pytest.raises(LockedOutError):
        sign_in(known, "D0001", PIN)
    unlock(known, "D0009", "975310", "D0001")
    assert sign_in(known, "D0001", PIN) == CLERK
    with hall.local.store.begin() as work:
        rows = work._connection.exec_driver_sql("SELECT operator_id, action, subject FROM audit").all()
    assert ("D0009", "operator.unlocked", "D0001") in [tuple(row) for row in rows]


def test_only_a_supervisor_with_the_right_pin_unlocks(hall: Hall, known: Office) -> None:
    lock_out(hall, known)
    hall.gateway.operators["D0002"] = ("111111", Operator("D0002", "演示·柜员二", Role.CLERK))
    with pytest.raises(NotSupervisorError):
        unlock(known, "D0002", "111111", "D0001")
    with pytest.raises(SignInError):
        unlock(known, "D0009", "000000", "D0001")
    with pytest.raises(UnlockElsewhereError):
        unlock(known, "D0009", "975310", "D0003")
    with pytest.raises(LockedOutError):
        sign_in(known, "D0001", PIN)


def test_unlocked_here_outlasts_the_lock_of_the_gateway_but_not_for_ever(hall: Hall, known: Office) -> None:
    lock_out(hall, known)
    unlock(known, "D0009", "975310", "D0001")
    hall.gateway.sign_in_trouble = LockedOutError(minutes=15)  # it has not heard of the supervisor
    with pytest.raises(SignInError) as caught:
        sign_in(known, "D0001", "000000")
    assert caught.value.values == {"left": 4}
    assert sign_in(known, "D0001", PIN) == CLERK
    hall.clock.pass_time(minutes=15)
    with pytest.raises(LockedOutError):
        sign_in(known, "D0001", PIN)
