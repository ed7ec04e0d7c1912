"""Who may sign in and unlock."""

from app.errors.base import Blame
from app.errors.rules import RuleError


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
