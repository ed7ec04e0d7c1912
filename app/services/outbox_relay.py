"""Delivering the outbox: each message by itself, none blocks another.

A case goes once its materials on file have arrived; a file that is stuck or refused holds up
its own case and no other.  Cases that can go do so before the next part of any file is sent.
"""

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from app.domain import feedback
from app.domain.outbox import FILE_TOPIC, Lane, OutboxMessage
from app.errors import (
    AppError,
    ClockWrongError,
    FileCorruptError,
    FilesMissingError,
    FilesWaitingError,
    NotEnrolledError,
    OfflineError,
    RejectedError,
    RemoteError,
)
from app.ports import Gateway
from app.services.file_upload import CORRUPT, FileSender
from app.services.office import Office

_END_OF_TIME = datetime(9999, 1, 1, tzinfo=UTC)
_FILES = 1000  # looked at in one round


@dataclass(frozen=True, slots=True)
class RelayReport:
    """`uploaded`, `pending`, `rejected` count cases.  `offline`: the gateway did not answer, so the
    rest waits for another time.  `more`: the time for files was up; go on at once.

    `trouble`, `advice`: code and sentence of the last error, "" when there was none.
    """

    uploaded: int
    pending: int
    rejected: int
    offline: bool
    trouble: str = ""
    advice: str = ""
    more: bool = False


def relay(
    office: Office,
    limit: int = 50,
    timeout_s: float = 10.0,
    *,
    everything: bool = False,
    files_s: float = math.inf,
) -> RelayReport:
    """Deliver what is due.  Never raises RemoteError; StoreError passes.

    `limit`: of cases.  `everything`: what waits for a later time as well, and what the gateway
    refused before, for it may have been mended since.  `files_s`: how long a round may spend on
    files, at least a part; whoever shares a thread with others keeps it short.

    A line that is down stops the round and costs no message its turn; a message the
    gateway stumbles over waits by itself and lets the others pass.
    """
    if office.gateway is None or office.sealer is None:
        return _report(office, _Round(office, None, timeout_s, everything), trouble=NotEnrolledError())
    running = _Round(office, office.gateway, timeout_s, everything)
    running.run(limit, files_s)
    return _report(office, running, running.trouble)


class _Round:
    """One round of the relay: what it has done, and with what it is through."""

    def __init__(self, office: Office, gateway: Gateway | None, timeout_s: float, everything: bool) -> None:
        self._office, self._gateway, self._timeout_s = office, gateway, timeout_s
        self._everything = everything
        self._sender = FileSender(office, gateway) if gateway else None
        self._through: set[str] = set()
        self.uploaded = 0
        self.offline = gateway is None
        self.stopped = False
        self.more = False
        self.trouble: AppError | None = None

    def run(self, limit: int, files_s: float) -> None:
        began = time.monotonic()
        while not self.stopped:
            cases = self._due(limit, files=False) if limit > 0 else ()
            limit -= len(cases)
            for message in cases:
                if not self.stopped:
                    self._case(message)
            files = () if self.stopped else self._due(_FILES, files=True)
            if not files:
                return
            self._file(self._next(files))
            if time.monotonic() - began >= files_s:
                self.more = True
                return

    def _due(self, limit: int, *, files: bool) -> Sequence[OutboxMessage]:
        until = _END_OF_TIME if self._everything else self._office.clock.now()
        asked = limit + len(self._through)
        with self._office.store.begin() as work:
            due = work.due_messages(until, asked, refused=self._everything, files=files)
        return [message for message in due if message.message_id not in self._through][:limit]

    def _next(self, files: Sequence[OutboxMessage]) -> OutboxMessage:
        """The one that was not served for the longest time: each gets a part in turn."""
        turns = self._sender.turns() if self._sender else {}
        return min(files, key=lambda message: turns.get(message.message_id, 0))

    def _case(self, message: OutboxMessage) -> None:
        assert self._gateway is not None
        self._through.add(message.message_id)
        try:
            deliver(self._office, self._gateway, message, self._timeout_s)
            self.uploaded += message.topic != feedback.TOPIC
        except (RemoteError, ClockWrongError) as error:
            self._failed(message, error)

    def _file(self, message: OutboxMessage) -> None:
        assert self._gateway is not None and self._sender is not None
        try:
            if deliver_part(self._office, self._sender, message):
                self._through.add(message.message_id)
        except (RemoteError, ClockWrongError) as error:
            self._through.add(message.message_id)
            self._failed(message, error)

    def _failed(self, message: OutboxMessage, error: AppError) -> None:
        assert self._gateway is not None
        self.trouble = error
        if isinstance(error, ClockWrongError):
            self.stopped = True
        elif isinstance(error, RemoteError) and not _survived(self._office, self._gateway, message, error):
            self.offline = self.stopped = True


def upload_case(office: Office, case_id: str, timeout_s: float) -> bool:
    """One attempt for one case; True when the gateway has it."""
    return upload_trouble(office, case_id, timeout_s) is None


def upload_trouble(office: Office, case_id: str, timeout_s: float) -> AppError | None:
    """One attempt for one case: None when the gateway has it, else what stands in the way.

    Its materials on file have as long as the case itself; FilesWaitingError when they need longer.
    """
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
        _send_files(office, office.gateway, [m for m in waiting if m.topic == FILE_TOPIC], timeout_s)
        for message in waiting:
            if message.topic != FILE_TOPIC:
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


def deliver_part(office: Office, sender: FileSender, message: OutboxMessage) -> bool:
    """Upload one part of a file; True when the file is there and that is stored.

    What arrives corrupt is sent anew once, and given up at the second time.  Raises RemoteError,
    ClockWrongError; RejectedError after storing it.
    """
    try:
        if not sender.step(message):
            if message.lane is Lane.REJECTED:  # the rest of it needs nobody to ask for it
                _keep(office, message.reopened())
            return False
    except RejectedError as error:
        _keep(office, message.rejected(str(error.values.get("reason", error.code))))
        raise
    except FileCorruptError as error:
        if message.reason != CORRUPT:
            _keep(office, message.sent_anew(office.clock.now(), CORRUPT))
            raise
        _keep(office, message.rejected(CORRUPT))
        raise RejectedError(CORRUPT, reason=CORRUPT) from error
    _keep(office, message.done())
    return True


def _send_files(office: Office, gateway: Gateway, files: Sequence[OutboxMessage], timeout_s: float) -> None:
    """One after the other, for so long.  Raises FilesWaitingError when that is not enough."""
    until, sender = time.monotonic() + timeout_s, FileSender(office, gateway)
    for message in files:
        while not deliver_part(office, sender, message):
            if time.monotonic() >= until:
                raise FilesWaitingError


def _survived(office: Office, gateway: Gateway, message: OutboxMessage, error: RemoteError) -> bool:
    """Whether the round can go on: the trouble was with this message, not with the line."""
    if isinstance(error, (RejectedError, FileCorruptError)):
        return True
    try:
        gateway.health()
    except RemoteError:
        return False
    missing = error.values.get("missing") if isinstance(error, FilesMissingError) else None
    with office.store.begin() as work:
        if isinstance(missing, list):
            work.send_again(message.case_id, [str(file_id) for file_id in missing])
        work.update_message(message.failed(office.clock.now()))
        work.commit()
    return True


def _keep(office: Office, message: OutboxMessage) -> None:
    with office.store.begin() as work:
        work.update_message(message)
        work.commit()


def _report(office: Office, done: _Round, trouble: AppError | None) -> RelayReport:
    with office.store.begin() as work:
        summary = work.outbox_summary()
    code, advice = (trouble.code, office.texts.error(trouble)) if trouble else ("", "")
    return RelayReport(
        done.uploaded, summary.pending, summary.rejected, done.offline, code, advice, done.more
    )
