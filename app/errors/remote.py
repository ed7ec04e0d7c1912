"""The line to the gateway."""

from app.errors.base import AppError, Blame


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


class FetchBrokenError(RemoteError):
    """The process that fetched the catalog ended before it was done; what was in force stays in force."""

    code = "remote.fetch_broken"
    retryable = True
