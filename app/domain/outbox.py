"""Messages that must reach the gateway, however long the line is down."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum

FILE_TOPIC = "material.file"  # a material on file; its message id is the file's id
_FIRST_PAUSE = timedelta(seconds=5)
_LONGEST_PAUSE = timedelta(minutes=30)


class Lane(Enum):
    """The word is `lane.<value>`; each message is in one by itself and blocks no other."""

    PENDING = "pending"
    DONE = "done"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True, repr=False)
class OutboxMessage:
    """`message_id` is also the idempotency key the gateway deduplicates by; `body` is JSON."""

    message_id: str
    topic: str
    case_id: str
    body: str
    created_at: datetime
    not_before: datetime
    attempts: int = 0
    lane: Lane = Lane.PENDING
    reason: str = ""

    def failed(self, now: datetime) -> "OutboxMessage":
        """The message as it waits for its next try: 5 s, 10 s, … 30 min."""
        pause = min(_FIRST_PAUSE * 2 ** min(self.attempts, 16), _LONGEST_PAUSE)
        return replace(self, attempts=self.attempts + 1, not_before=now + pause)

    def done(self) -> "OutboxMessage":
        return replace(self, lane=Lane.DONE, attempts=self.attempts + 1)

    def sent_anew(self, now: datetime, reason: str) -> "OutboxMessage":
        """As `failed`, remembering why, so that a second time can be told from the first."""
        return replace(self.failed(now), reason=reason)

    def reopened(self) -> "OutboxMessage":
        """Refused before, and taken now."""
        return replace(self, lane=Lane.PENDING, reason="")

    def rejected(self, reason: str) -> "OutboxMessage":
        return replace(self, lane=Lane.REJECTED, reason=reason, attempts=self.attempts + 1)


@dataclass(frozen=True, slots=True)
class OutboxSummary:
    """Counted in cases: one whose case or file was refused is `rejected`, else it is `pending`.

    `oldest` is the time of the oldest message that is still pending.  `file_bytes`, `file_bytes_sent`:
    of the materials on file that have not arrived yet.
    """

    pending: int
    rejected: int
    oldest: datetime | None
    file_bytes: int = 0
    file_bytes_sent: int = 0
