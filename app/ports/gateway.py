"""The line to the gateway."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from app.domain.material_file import FileProgress, MaterialFile
from app.domain.numbering import NumberBlock
from app.domain.operator import Operator
from app.domain.outbox import OutboxMessage
from app.ports.store import Enrolment


@dataclass(frozen=True, slots=True)
class GatewayHealth:
    now: datetime
    catalog_version: str


@dataclass(frozen=True, slots=True)
class Granted:
    """Answer to an enrolment."""

    enrolment: Enrolment
    block: NumberBlock


class Gateway(Protocol):
    """The 前置机.  Raises RemoteError: OfflineError (no answer, too slow, 5xx), RejectedError (4xx)."""

    def health(self, timeout_s: float = 2.0) -> GatewayHealth: ...
    def enrol(self, code: str, station_id: str, site: str, mode: str, request_pem: str) -> Granted: ...
    def lease_numbers(self, count: int) -> NumberBlock: ...
    def upload(self, message: OutboxMessage, timeout_s: float = 10.0) -> str:
        """Deliver one message, idempotent by its id; returns the platform's number ("" while unknown)."""
        ...

    def begin_file(self, file: MaterialFile, timeout_s: float = 10.0) -> FileProgress:
        """Announce a file of a case, as often as one likes; how much of it is there already."""
        ...

    def send_part(self, file_id: str, start: int, data: bytes, timeout_s: float = 30.0) -> FileProgress:
        """At most `PART` bytes from `start` on.  The answer says where to go on, whatever was sent."""
        ...

    def finish_file(self, file_id: str, timeout_s: float = 30.0) -> FileProgress:
        """Everything is sent: have it verified.  Raises FileCorruptError, FilesMissingError besides."""
        ...

    def sign_in(self, operator_id: str, pin: str, timeout_s: float = 10.0) -> Operator:
        """Raises SignInError, LockedOutError besides RemoteError."""
        ...
