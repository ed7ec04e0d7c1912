"""Delivering the outbox: each message by itself, none blocks another."""

from dataclasses import dataclass
from datetime import UTC, datetime

from app.domain.outbox import Lane, OutboxMessage
from app.errors import ClockWrongError, NotEnrolledError, RejectedError, RemoteError
from app.ports import Gateway
from app.services.office import Office

_END_OF_TIME = datetime(9999, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class RelayReport:
    """`offline`: the gateway did not answer, so the rest waits for another time."""

    uploaded: int
    pending: int
    rejected: int
    offline: bool
    trouble: str = ""


def relay(
    office: Office, limit: int = 50, timeout_s: float = 10.0, *, everything: bool = False
) -> RelayReport:
    """Deliver what is due.  Never raises RemoteError; StoreError passes.

    `everything`: what waits for a later time as well, and what the gateway refused before,
    for it may have been mended since.

    A line that is down stops the round and costs no message its turn; a message the
    gateway stumbles over waits by itself and lets the others pass.
    """
    gateway = office.gateway
    if gateway is None or office.sealer is None:
        return _report(office, 0, offline=True, trouble=NotEnrolledError.code)
    with office.store.begin() as work:
        until = _END_OF_TIME if everything else office.clock.now()
        due = list(work.due_messages(until, limit, refused=everything))
    uploaded, trouble = 0, ""
    for message in due:
        try:
            deliver(office, gateway, message, timeout_s)
            uploaded += 1
        except ClockWrongError as error:
            return _report(office, uploaded, offline=False, trouble=error.code)
        except RemoteError as error:
            trouble = error.code
            if not _survived(office, gateway, message, error):
                return _report(office, uploaded, offline=True, trouble=trouble)
    return _report(office, uploaded, offline=False, trouble=trouble)


def upload_case(office: Office, case_id: str, timeout_s: float) -> bool:
    """One attempt for one case; True when the gateway has it."""
    gateway = office.gateway
    with office.store.begin() as work:
        messages = list(work.messages_of(case_id))
    waiting = [m for m in messages if m.lane is Lane.PENDING]
    if not waiting:
        return all(m.lane is Lane.DONE for m in messages)
    if gateway is None:
        return False
    try:
        for message in waiting:
            deliver(office, gateway, message, timeout_s)
    except (RemoteError, ClockWrongError):
        return False
    return True


def deliver(office: Office, gateway: Gateway, message: OutboxMessage, timeout_s: float) -> None:
    """Upload one message and store that it is there, or that it was refused.

    Raises RemoteError, ClockWrongError; RejectedError after storing it.
    """
    try:
        platform_number = gateway.upload(message, timeout_s)
    except RejectedError as error:
        _keep(office, message.rejected(str(error.values.get("reason", error.code))))
        raise
    with office.store.begin() as work:
        work.update_message(message.done())
        if platform_number:
            work.set_platform_number(message.case_id, platform_number)
        work.commit()


def _survived(office: Office, gateway: Gateway, message: OutboxMessage, error: RemoteError) -> bool:
    """Whether the round can go on: the trouble was with this message, not with the line."""
    if isinstance(error, RejectedError):
        return True
    try:
        gateway.health()
    except RemoteError:
        return False
    _keep(office, message.failed(office.clock.now()))
    return True


def _keep(office: Office, message: OutboxMessage) -> None:
    with office.store.begin() as work:
        work.update_message(message)
        work.commit()


def _report(office: Office, uploaded: int, *, offline: bool, trouble: str) -> RelayReport:
    with office.store.begin() as work:
        summary = work.outbox_summary()
    return RelayReport(uploaded, summary.pending, summary.rejected, offline, trouble)
