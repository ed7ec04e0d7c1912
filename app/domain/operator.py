"""Operators (柜员) and the rule of their sign-in."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum

TRIES = 5
LOCK = timedelta(minutes=15)


class Role(Enum):
    CLERK = "clerk"
    SUPERVISOR = "supervisor"


@dataclass(frozen=True, slots=True)
class Operator:
    operator_id: str
    name: str
    role: Role


@dataclass(frozen=True, slots=True)
class KnownOperator:
    """An operator as this station remembers one; `pin_hash` is as `app.domain.pin` makes it."""

    operator: Operator
    pin_hash: str
    failures: int = 0
    locked_until: datetime | None = None

    def locked_at(self, now: datetime) -> bool:
        return self.locked_until is not None and now < self.locked_until

    def failed(self, now: datetime) -> "KnownOperator":
        """One more wrong PIN; the fifth locks for a quarter of an hour."""
        failures = self.failures + 1
        if failures >= TRIES:
            return replace(self, failures=0, locked_until=now + LOCK)
        return replace(self, failures=failures)

    def succeeded(self) -> "KnownOperator":
        return replace(self, failures=0, locked_until=None)
