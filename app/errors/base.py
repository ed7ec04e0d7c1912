"""The root of the family, and whose move it is."""

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
