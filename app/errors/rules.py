"""A rule of the service: the applicant or the clerk can put it right."""

from app.errors.base import AppError, Blame


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


class ItemNotYetError(RuleError):
    """In the catalog, but in force from a later day on; values: name, day."""

    code = "rule.not_yet"


class ItemWithdrawnError(RuleError):
    """In the catalog with the day from which it is no longer in force; values: name, day."""

    code = "rule.withdrawn"


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


class InvalidApplicantError(RuleError):
    """Name or number missing; values: field."""

    code = "rule.applicant"


class IllegalTransitionError(RuleError):
    code = "rule.transition"
    blame = Blame.OPERATOR


class NumbersExhaustedError(RuleError):
    """The number block is used up; a new one comes with the next sync."""

    code = "rule.numbers_exhausted"
    blame = Blame.OPERATOR
