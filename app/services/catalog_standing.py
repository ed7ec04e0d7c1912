"""Whether the catalog in force is fresh enough to receive a case by (app.domain.catalog_age)."""

from datetime import datetime

from app.domain.catalog_age import Freshness, age_days
from app.errors import CatalogTooOldError
from app.ports import UnitOfWork
from app.services.office import Office

LAST_TIME = "last_time"


def latest_time(work: UnitOfWork) -> datetime | None:
    """The latest time a case of this station was received at; its clock was not behind that."""
    kept = work.note(LAST_TIME)
    return None if kept is None else datetime.fromisoformat(kept)


def require_usable(office: Office) -> bool:
    """True when the catalog is stale: cases are received only, marked, and nothing is decided here.

    Raises CatalogTooOldError, StoreError.
    """
    standing, days = _judged(office)
    if standing is Freshness.REFUSED:
        raise CatalogTooOldError(days=days)
    return standing is Freshness.STALE


def marks_papers(office: Office) -> bool:
    """Whether a paper of now says that the catalog was not proved for long.  Raises StoreError."""
    return _judged(office)[0] in (Freshness.STALE, Freshness.REFUSED)


def _judged(office: Office) -> tuple[Freshness, int]:
    """How fresh the catalog is, and its age in days; without one there is nothing to be old."""
    info = office.catalog.info()
    if info is None:
        return Freshness.FRESH, 0
    with office.store.begin() as work:
        days = age_days(info, office.clock.now(), latest_time(work))
    return office.catalog_limits.judge(days), days
