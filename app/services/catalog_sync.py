"""One round of synchronisation: newest catalog and station keys, waiting messages, number block."""

import math
from collections.abc import Callable
from dataclasses import dataclass

from app.errors import (
    AppError,
    NotEnrolledError,
    OfflineError,
    RemoteError,
    StoppedByPersonError,
    ThrottledError,
)
from app.services.catalog_changes import review
from app.services.office import Office
from app.services.outbox_relay import RelayReport, relay

LOW_NUMBERS = 100
BLOCK = 500


@dataclass(frozen=True, slots=True)
class SyncOutcome:
    catalog_version: str
    items: int
    changed: bool
    uploaded: int
    pending: int
    rejected: int = 0
    trouble: str = ""
    advice: str = ""


def sync(
    office: Office, progress: Callable[[int, int], None] | None = None, files_s: float = math.inf
) -> SyncOutcome:
    """`files_s`: how long materials on file may be sent; what is left then, the relay goes on with.

    Raises NotEnrolledError, RemoteError, TrustError, StoreError.

    A catalog that is refused keeps no case from being delivered: it is told of afterwards.
    """
    if office.catalog_sync is None or office.gateway is None:
        raise NotEnrolledError
    try:
        report = office.catalog_sync.run(progress)
    except (OfflineError, ThrottledError, StoppedByPersonError):
        raise
    except AppError:
        _deliver(office, files_s)
        raise
    delivered = _deliver(office, files_s)
    review(office)
    return SyncOutcome(
        report.catalog_version,
        report.items,
        report.changed,
        delivered.uploaded,
        delivered.pending,
        delivered.rejected,
        delivered.trouble,
        delivered.advice,
    )


def _deliver(office: Office, files_s: float) -> RelayReport:
    delivered = relay(office, limit=1000, everything=True, files_s=files_s)
    lease_when_low(office)
    return delivered


def lease_when_low(office: Office) -> None:
    """Ask for the next block in good time; a line that is down is no trouble yet."""
    with office.store.begin() as work:
        left = work.sequences_left()
    if left >= LOW_NUMBERS or office.gateway is None:
        return
    try:
        block = office.gateway.lease_numbers(BLOCK)
    except OfflineError:
        return
    except RemoteError:
        if left == 0:
            raise
        return
    with office.store.begin() as work:
        work.add_block(block)
        work.commit()
