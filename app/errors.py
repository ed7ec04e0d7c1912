"""Every error this program raises on purpose.

An error answers three questions for its reader: whose move is it (`blame`), does
trying again help (`retryable`), and which sentence does the person in front of
the screen get (`code`, the key `error.<code>` of resources/text/<locale>.toml,
with `values` for its placeholders).  `detail` is for the log only.  Neither may
hold personal data.  Anything that is not an `AppError` is a bug and goes to the
fault page.
"""

from enum import Enum
from typing import ClassVar


class Blame(Enum):
    """Who can put it right."""

    APPLICANT = "applicant"
    OPERATOR = "operator"
    ENVIRONMENT = "environment"


class AppError(Exception):
    """Base of the family; never raised itself."""

    code: ClassVar[str] = "app"
    blame: ClassVar[Blame] = Blame.ENVIRONMENT
    retryable: ClassVar[bool] = False

    def __init__(self, detail: str = "", **values: object) -> None:
        super().__init__(detail or self.code)
        self.values = values


class StoppedByPersonError(AppError):
    """Long work that a person cancelled; nothing is broken."""

    code = "app.stopped"
    blame = Blame.OPERATOR
    retryable = True


# -- rules: the applicant or the clerk can put it right ------------------------------------------


class RuleError(AppError):
    """A rule of the service was broken by what was entered."""

    code = "rule"
    blame = Blame.APPLICANT


class InvalidInputError(RuleError):
    """What a calling program handed in has a wrong shape; values: field."""

    code = "rule.input"
    blame = Blame.OPERATOR


class UnknownItemError(RuleError):
    """Not in the catalog in force, so it may not be asked for."""

    code = "rule.unknown_item"
    blame = Blame.OPERATOR


class ItemNotOfferedError(RuleError):
    """In the catalog, but not by this channel; values: name."""

    code = "rule.not_offered"


class SituationError(RuleError):
    """A question unanswered or answered with something it does not offer; values: question."""

    code = "rule.situation"


class NotEligibleError(RuleError):
    """The chosen situation cannot be handled here; values: reason."""

    code = "rule.not_eligible"


class MissingMaterialError(RuleError):
    """A necessary material is missing or too few copies came; values: names."""

    code = "rule.missing_material"


class UnknownMaterialError(RuleError):
    """A material the chosen situation does not ask for; values: name."""

    code = "rule.unknown_material"
    blame = Blame.OPERATOR


class FileTooLargeError(RuleError):
    """One file is longer than a case may hold; values: limit (megabytes)."""

    code = "rule.file_too_large"
    blame = Blame.OPERATOR


class FilesTooLargeError(FileTooLargeError):
    """The files of one case are too many or too long together; values: limit (megabytes), most."""

    code = "rule.files_too_large"


class FileKindError(RuleError):
    """Not a PDF, JPEG or PNG, or another one than it claims to be."""

    code = "rule.file_kind"
    blame = Blame.OPERATOR


class FileUnreadableError(RuleError):
    """The disk or stick does not give the file."""

    code = "rule.file_unreadable"
    blame = Blame.OPERATOR


class FileNameError(FileKindError):
    """A picture that calls itself a document, or the other way round."""

    code = "rule.file_name"


class FileDamagedError(FileKindError):
    """Begins as what it is, but is cut off or broken inside."""

    code = "rule.file_damaged"


class FileLockedError(FileKindError):
    """A PDF that opens with a password only."""

    code = "rule.file_locked"


class FileEmptyError(FileKindError):
    """A PDF without a page."""

    code = "rule.file_empty"


class FileActiveError(FileKindError):
    """A PDF that runs scripts or starts programs, and cannot be rid of them."""

    code = "rule.file_active"


class TooManyPagesError(RuleError):
    """More pages than one file may have; values: limit."""

    code = "rule.file_pages"
    blame = Blame.OPERATOR


class PictureTooLargeError(RuleError):
    """A picture or page with more dots than this machine would unpack; values: limit (million dots)."""

    code = "rule.file_dots"
    blame = Blame.OPERATOR


class InvalidApplicantError(RuleError):
    """Name or number missing; values: field."""

    code = "rule.applicant"


class IllegalTransitionError(RuleError):
    code = "rule.transition"
    blame = Blame.OPERATOR


class SignInError(RuleError):
    """Wrong number or PIN; values: left (tries left)."""

    code = "rule.sign_in"
    blame = Blame.OPERATOR


class LockedOutError(RuleError):
    """Too many wrong PINs; values: minutes."""

    code = "rule.locked_out"
    blame = Blame.OPERATOR


class NotSupervisorError(RuleError):
    """Only a supervisor lifts a lock-out."""

    code = "rule.not_supervisor"
    blame = Blame.OPERATOR


class UnlockElsewhereError(RuleError):
    """The locked operator never signed in on this station, so nothing here can be unlocked."""

    code = "rule.unlock_elsewhere"
    blame = Blame.OPERATOR


class OperatorUnknownHereError(RuleError):
    """Never signed in on this station, and the gateway cannot be asked now."""

    code = "rule.operator_unknown"
    blame = Blame.OPERATOR


class NumbersExhaustedError(RuleError):
    """The number block is used up; a new one comes with the next sync."""

    code = "rule.numbers_exhausted"
    blame = Blame.OPERATOR


# -- devices -------------------------------------------------------------------------------------


class DeviceError(AppError):
    """A peripheral did not do its part."""

    code = "device"
    blame = Blame.OPERATOR
    retryable = True


class DeviceNotConfiguredError(DeviceError):
    code = "device.not_configured"
    retryable = False


class DeviceNotFoundError(DeviceError):
    """The line cannot be opened, or it broke."""

    code = "device.not_found"


class DeviceTimeoutError(DeviceError):
    """The device did not answer in time."""

    code = "device.timeout"


class DeviceProtocolError(DeviceError):
    """The device answered something its protocol does not allow."""

    code = "device.protocol"


class NoCardError(DeviceError):
    """Nobody put a card on the reader before the deadline."""

    code = "device.no_card"


class CardUnreadableError(DeviceError):
    """A card was there but could not be read: lift it and put it back."""

    code = "device.card_unreadable"


class CardUnsupportedError(DeviceError):
    """A card, but not an identity document this reader can read."""

    code = "device.card_unsupported"
    retryable = False


class DeviceBusyError(DeviceError):
    """Somebody else is using the device just now.  Values: holder."""

    code = "device.busy"


class DeviceServiceError(DeviceError):
    """The device reports a fault of its own that only service can mend."""

    code = "device.needs_service"
    retryable = False


class CameraExtraError(DeviceError):
    """A document camera is configured, and what it takes to use it is not installed."""

    code = "device.camera_extra"
    retryable = False


class PrinterPaperError(DeviceError):
    code = "device.printer_paper"


class PrinterCoverError(DeviceError):
    code = "device.printer_cover"


class PrinterFaultError(DeviceError):
    """Cutter or head: values: part."""

    code = "device.printer_fault"


class PrinterJamError(DeviceError):
    code = "device.printer_jam"


class PrinterTonerError(DeviceError):
    """Toner or ink is used up, or its waste bin is full."""

    code = "device.printer_toner"


class PrinterPausedError(DeviceError):
    """Somebody stopped the printer or its queue; it takes no jobs until it is resumed."""

    code = "device.printer_paused"


class PrinterUnsupportedError(DeviceError):
    """The printer cannot print what it would get: no PDF, or not so many copies."""

    code = "device.printer_unsupported"
    retryable = False


class PrinterHotError(PrinterFaultError):
    """The head is too hot: the printer has stopped and will go on by itself."""

    code = "device.printer_hot"


class PrintUnprovenError(DeviceError):
    """Everything was sent to a printer that never says whether it printed: look at the paper."""

    code = "device.print_unproven"
    retryable = False


# -- store ---------------------------------------------------------------------------------------


class StoreError(AppError):
    """The local store could not be read or written, and we are not to blame."""

    code = "store"
    blame = Blame.OPERATOR


class DiskFullError(StoreError):
    code = "store.disk_full"
    retryable = True


class StoreBusyError(StoreError):
    """Another process writes this DATA folder."""

    code = "store.busy"


class StoreKeyError(StoreError):
    """The key of the store is missing or does not fit."""

    code = "store.key"


class NewerSchemaError(StoreError):
    """Written by a newer program; refused, not guessed."""

    code = "store.newer"


class StoreDamagedError(StoreError):
    code = "store.damaged"


class FileGoneError(StoreDamagedError):
    """The store knows a material on file, and its content is no longer on the disk."""

    code = "store.file_gone"


# -- the line to the gateway -----------------------------------------------------------------------


class RemoteError(AppError):
    code = "remote"


class OfflineError(RemoteError):
    """The gateway cannot be reached, answers too slowly, or answers 5xx."""

    code = "remote.offline"
    retryable = True


class ThrottledError(RemoteError):
    code = "remote.throttled"
    retryable = True


class RejectedError(RemoteError):
    """The gateway understood and refused (4xx); values: reason."""

    code = "remote.rejected"


class EnrolmentRefusedError(RejectedError):
    code = "remote.enrolment_refused"


class StationRefusedError(RemoteError):
    """The gateway does not accept this station's signature (unknown or withdrawn key); values: reason.

    Says nothing about what was sent: messages wait until the station is enrolled again.
    """

    code = "remote.station_refused"
    blame = Blame.OPERATOR


class FilesWaitingError(RemoteError):
    """The case goes once its materials on file have arrived; they are under way."""

    code = "remote.files_waiting"
    retryable = True


class FilesMissingError(RemoteError):
    """The gateway does not hold files it was told of; they are sent again.  Values: missing (ids)."""

    code = "remote.files_missing"
    retryable = True


class FileCorruptError(RemoteError):
    """What arrived is not what was sent: the gateway threw it away, and it is sent anew."""

    code = "remote.file_corrupt"
    retryable = True


class ProtocolError(RemoteError):
    """Something answers, but it is not our gateway."""

    code = "remote.protocol"


# -- trust: never retried ------------------------------------------------------------------------


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


# -- settings and files handed in (at the start only) ----------------------------------------------


class SettingsError(AppError):
    """All faults of a settings file at once; values: faults (tuple of sentences), file."""

    code = "settings"
    blame = Blame.OPERATOR


class MissingExtraError(SettingsError):
    """A part of the program that is not installed here; values: part."""

    code = "settings.missing_extra"


class CatalogFileError(AppError):
    """A file to import that cannot be understood at all; values: file."""

    code = "catalog_file"
    blame = Blame.OPERATOR
