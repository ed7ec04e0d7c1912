"""What must not be believed; never retried."""

from app.errors.base import AppError, Blame


class TrustError(AppError):
    """A signature, a version or a date that must not be believed."""

    code = "trust"


class NotEnrolledError(TrustError):
    code = "trust.not_enrolled"
    blame = Blame.OPERATOR


class OtherStationError(NotEnrolledError):
    """The DATA folder is enrolled, as another station than the settings name; values: station."""

    code = "trust.other_station"


class NoCatalogError(TrustError):
    """No signed catalog on this station yet (a draft is never used for cases)."""

    code = "trust.no_catalog"
    blame = Blame.OPERATOR


class CatalogUntrustedError(TrustError):
    """Signature, rollback, freeze or digest: the fetched catalog is refused."""

    code = "trust.catalog"


class CatalogExpiredError(CatalogUntrustedError):
    """What is offered was signed too long ago: a freeze, or a gateway that stopped signing."""

    code = "trust.catalog_expired"


class CatalogOlderError(CatalogUntrustedError):
    """What is offered is older than what this station has seen, or was never in force together."""

    code = "trust.catalog_older"


class CatalogNewerError(TrustError):
    """The catalog in force has a form this program cannot read; the one here stays; values: version."""

    code = "trust.catalog_newer"
    blame = Blame.OPERATOR


class CatalogTooOldError(TrustError):
    """No sync has proved the catalog for too long, nothing may be received by it; values: days."""

    code = "trust.catalog_too_old"
    blame = Blame.OPERATOR


class ReceiptNotGenuineError(TrustError):
    """values: reason (a key under receipt_fault.)"""

    code = "trust.receipt"


class ClockWrongError(TrustError):
    """The clock of this machine contradicts what it has seen; values: now, known."""

    code = "trust.clock"
    blame = Blame.OPERATOR
