"""Sign-in by 工号 and PIN: against the gateway, or offline against what this station remembers."""

from datetime import datetime, timedelta

from app.domain.operator import LOCK, TRIES, KnownOperator, Operator, Role
from app.domain.pin import pin_hash, pin_matches
from app.errors import (
    ClockWrongError,
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
    except LockedOutError:
        if not _vouched_for(office, operator_id, now):
            raise
        return _offline(office, known, pin)
    except (OfflineError, ThrottledError, ProtocolError, ClockWrongError):
        return _offline(office, known, pin)
    _remember(office, KnownOperator(operator, pin_hash(pin)), "operator.signed_in")
    return operator


def unlock(office: Office, supervisor_id: str, pin: str, operator_id: str) -> None:
    """A supervisor vouches for a locked operator, who may try again here at once.

    The gateway counts tries of its own and cannot be told; for as long as its lock-out may last,
    the PIN is checked against what this station remembers.

    Raises:
        NotSupervisorError, UnlockElsewhereError (never signed in here), and whatever `sign_in`
        raises of the supervisor's own number and PIN.
    """
    if sign_in(office, supervisor_id, pin).role is not Role.SUPERVISOR:
        raise NotSupervisorError
    known = _known(office, operator_id)
    if known is None:
        raise UnlockElsewhereError
    now = office.clock.now()
    with office.store.begin() as work:
        work.keep_operator(known.succeeded())
        work.set_note(_vouch(operator_id), (now + LOCK).isoformat())
        work.audit(now, supervisor_id, "operator.unlocked", operator_id)
        work.commit()


def _vouched_for(office: Office, operator_id: str, now: datetime) -> bool:
    with office.store.begin() as work:
        until = work.note(_vouch(operator_id))
    return until is not None and now < datetime.fromisoformat(until)


def _vouch(operator_id: str) -> str:
    return f"unlocked.{operator_id}"


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
