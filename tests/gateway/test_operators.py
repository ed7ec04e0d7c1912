"""Sign-in at the gateway: Argon2id, lock-out, and answers that tell nothing."""

import itertools

import pytest

from app.domain.operator import Operator, Role
from app.errors import InvalidInputError, LockedOutError, RejectedError, SignInError
from app.gateway.admin import set_operator
from tests.gateway.running import AStation, RunningGateway

_ids = (f"{n:04d}" for n in itertools.count(2001))


@pytest.fixture
def operator(running: RunningGateway) -> Operator:
    made = Operator(next(_ids), "演示·柜员", Role.SUPERVISOR)
    set_operator(running.data, made, "2468", running.database)
    return made


def test_the_right_pin_tells_name_and_role(station: AStation, operator: Operator) -> None:
    assert station.client.sign_in(operator.operator_id, "2468") == operator


def test_five_wrong_pins_lock_even_the_right_one_out(
    running: RunningGateway, station: AStation, operator: Operator
) -> None:
    for left in (4, 3, 2, 1):
        with pytest.raises(SignInError) as wrong:
            station.client.sign_in(operator.operator_id, "0000")
        assert wrong.value.values["left"] == left
    for pin in ("0000", "2468"):
        with pytest.raises(LockedOutError) as locked:
            station.client.sign_in(operator.operator_id, pin)
        assert locked.value.values["minutes"] == 15
    set_operator(running.data, operator, "1357", running.database)  # the supervisor gives a new PIN
    assert station.client.sign_in(operator.operator_id, "1357") == operator


def test_a_success_forgets_the_failures(station: AStation, operator: Operator) -> None:
    for _ in range(2):
        for _ in range(3):
            with pytest.raises(SignInError):
                station.client.sign_in(operator.operator_id, "9999")
        station.client.sign_in(operator.operator_id, "2468")


def test_an_unknown_number_looks_like_a_wrong_pin(station: AStation) -> None:
    unknown = next(_ids)
    for left in (4, 3, 2, 1):
        with pytest.raises(SignInError) as wrong:
            station.client.sign_in(unknown, "2468")
        assert wrong.value.values["left"] == left
    with pytest.raises(LockedOutError):
        station.client.sign_in(unknown, "2468")


def test_demo_operators_are_unknown_outside_the_demo(station: AStation) -> None:
    with pytest.raises(SignInError):
        station.client.sign_in("9000", "4321")


@pytest.mark.parametrize("number", ["", "' OR 1=1", "零零零零", "1" * 17])
def test_odd_numbers_are_refused_before_any_look_up(station: AStation, number: str) -> None:
    with pytest.raises(RejectedError) as caught:
        station.client.sign_in(number, "1234")
    assert caught.value.values["reason"] == "invalid"


def test_odd_operators_cannot_be_made(running: RunningGateway) -> None:
    with pytest.raises(InvalidInputError):
        set_operator(running.data, Operator("a b", "演示", Role.CLERK), "1234", running.database)
    with pytest.raises(InvalidInputError):
        set_operator(running.data, Operator("77", "演示", Role.CLERK), " ", running.database)
