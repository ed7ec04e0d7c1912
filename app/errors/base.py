"""The root of the family, and whose move it is."""

from collections.abc import Iterator, Mapping
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


def by_code(code: str, detail: str, values: Mapping[str, object]) -> AppError | None:
    """The error of a code that another process of this program told; None for a code it has not."""
    kind = next((k for k in _family(AppError) if vars(k).get("code") == code), None)
    return None if kind is None else kind(detail, **values)


def _family(root: type[AppError]) -> Iterator[type[AppError]]:
    yield root
    for kind in root.__subclasses__():
        yield from _family(kind)
