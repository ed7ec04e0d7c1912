"""Sign-in by 工号 and PIN: against the gateway, or offline against what this station remembers."""

from datetime import timedelta

from app.domain.operator import LOCK, TRIES, KnownOperator, Operator
from app.domain.pin import pin_hash, pin_matches
from app.errors import (
    ClockWrongError,
    LockedOutError,
    OfflineError,
    OperatorUnknownHereError,
    ProtocolError,
    SignInError,
    ThrottledError,
)
from app.services.office import Office

KNOWN_S, UNKNOWN_S = 2.5, 10.0
"""How long the gateway is waited for; one who is known here can be let in without it."""


def sign_in(office: Office, operator_id: str, pin: str) -> Operator:
    """The operator, when the PIN is right.

    Raises:
        SignInError: wrong number or PIN.  LockedOutError: too many tries.
        OperatorUnknownHereError: first sign-in here, and the gateway is out of reach.
    """
    known = _known(office, operator_id)
    now = office.clock.now()
    if known is not None and known.locked_until is not None and known.locked_at(now):
        left = known.locked_until - now
        raise LockedOutError(minutes=-(-left // timedelta(minutes=1)))
    try:
        operator = _ask_gateway(office, operator_id, pin, KNOWN_S if known else UNKNOWN_S)
    except SignInError:
        _remember_failure(office, known)
        raise
    except (OfflineError, ThrottledError, ProtocolError, ClockWrongError):
        return _offline(office, known, pin)
    _remember(office, KnownOperator(operator, pin_hash(pin)), "operator.signed_in")
    return operator


def _ask_gateway(office: Office, operator_id: str, pin: str, timeout_s: float) -> Operator:
    if office.gateway is None:
        raise OfflineError("no gateway configured")
    return office.gateway.sign_in(operator_id, pin, timeout_s)


def _offline(office: Office, known: KnownOperator | None, pin: str) -> Operator:
    if known is None:
        raise OperatorUnknownHereError
    if not pin_matches(pin, known.pin_hash):
        raise _remember_failure(office, known)
    _remember(office, known.succeeded(), "operator.signed_in_offline")
    return known.operator


def _remember_failure(office: Office, known: KnownOperator | None) -> SignInError | LockedOutError:
    """Count the failure and return the error that tells what it led to."""
    if known is None:
        return SignInError()
    now = office.clock.now()
    failed = known.failed(now)
    _remember(office, failed, "operator.refused")
    if failed.locked_at(now):
        return LockedOutError(minutes=LOCK // timedelta(minutes=1))
    return SignInError(left=TRIES - failed.failures)


def _known(office: Office, operator_id: str) -> KnownOperator | None:
    with office.store.begin() as work:
        return work.known_operator(operator_id)


def _remember(office: Office, operator: KnownOperator, action: str) -> None:
    with office.store.begin() as work:
        work.keep_operator(operator)
        work.audit(office.clock.now(), operator.operator.operator_id, action, office.station.station_id)
        work.commit()
