"""The local store."""

from app.errors.base import AppError, Blame


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
