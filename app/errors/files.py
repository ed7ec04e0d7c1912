"""Files a person brings that a case cannot take."""

from app.errors.base import Blame
from app.errors.rules import RuleError


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
