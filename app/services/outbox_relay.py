"""Delivering the outbox: each message by itself, none blocks another."""

from dataclasses import dataclass
from datetime import UTC, datetime

from app.domain.outbox import Lane, OutboxMessage
from app.errors import (
    AppError,
    ClockWrongError,
    NotEnrolledError,
    OfflineError,
    RejectedError,
    RemoteError,
)
from app.ports import Gateway
from app.services.office import Office

_END_OF_TIME = datetime(9999, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class RelayReport:
    """`offline`: the gateway did not answer, so the rest waits for another time.

    `trouble`, `advice`: code and sentence of the last error, "" when there was none.
    """

    uploaded: int
    pending: int
    rejected: int
    offline: bool
    trouble: str = ""
    advice: str = ""


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
        return _report(office, 0, offline=True, trouble=NotEnrolledError())
    with office.store.begin() as work:
        until = _END_OF_TIME if everything else office.clock.now()
        due = list(work.due_messages(until, limit, refused=everything))
    uploaded = 0
    trouble: AppError | None = None
    for message in due:
        try:
            deliver(office, gateway, message, timeout_s)
            uploaded += 1
        except ClockWrongError as error:
            return _report(office, uploaded, offline=False, trouble=error)
        except RemoteError as error:
            trouble = error
            if not _survived(office, gateway, message, error):
                return _report(office, uploaded, offline=True, trouble=trouble)
    return _report(office, uploaded, offline=False, trouble=trouble)


def upload_case(office: Office, case_id: str, timeout_s: float) -> bool:
    """One attempt for one case; True when the gateway has it."""
    return upload_trouble(office, case_id, timeout_s) is None


def upload_trouble(office: Office, case_id: str, timeout_s: float) -> AppError | None:
    """One attempt for one case: None when the gateway has it, else what stands in the way."""
    with office.store.begin() as work:
        messages = list(work.messages_of(case_id))
    refused = next((m for m in messages if m.lane is Lane.REJECTED), None)
    if refused is not None:
        words = office.texts.code("gateway_fault", refused.reason)
        return RejectedError(refused.reason, reason=refused.reason, words=words)
    waiting = [m for m in messages if m.lane is Lane.PENDING]
    if not waiting:
        return None
    if office.gateway is None:
        return OfflineError("no gateway in the settings")
    try:
        for message in waiting:
            deliver(office, office.gateway, message, timeout_s)
    except (RemoteError, ClockWrongError) as error:
        return error
    return None


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


def _report(office: Office, uploaded: int, *, offline: bool, trouble: AppError | None) -> RelayReport:
    with office.store.begin() as work:
        summary = work.outbox_summary()
    code, advice = (trouble.code, office.texts.error(trouble)) if trouble else ("", "")
    return RelayReport(uploaded, summary.pending, summary.rejected, offline, code, advice)
