"""Settings and files handed in, at the start only."""

from app.errors.base import AppError, Blame


class SettingsError(AppError):
    """All faults of a settings file at once; values: faults (tuple of sentences), file."""

    code = "settings"
    blame = Blame.OPERATOR


class MissingExtraError(SettingsError):
    """A part of the program that is not installed here; values: part."""

    code = "settings.missing_extra"


class CarriedFilesError(AppError):
    """Files to travel with the catalog that terminals would refuse; values: faults (sentences)."""

    code = "carried_files"
    blame = Blame.OPERATOR


class CatalogFileError(AppError):
    """A file to import that cannot be understood at all; values: file."""

    code = "catalog_file"
    blame = Blame.OPERATOR
