"""Pre-check (办事体检): rules over an application before it is received.

Findings carry a rule name and values; the words are `precheck.<rule>.title` and
`precheck.<rule>.advice`.  Warnings never refuse; errors do, as the `RuleError` they name.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from enum import Enum

from app.domain.case import Application, DeliveryWay, TakenMaterial
from app.domain.catalog import Audience, Item, Necessity
from app.domain.catalog_diff import withdrawn
from app.domain.deadline import Deadlines
from app.domain.identity import Sex, birth_in, sex_in
from app.domain.situation import materials_for, reached
from app.errors import (
    InvalidApplicantError,
    ItemNotOfferedError,
    ItemNotYetError,
    ItemWithdrawnError,
    MissingMaterialError,
    NotEligibleError,
    RuleError,
    SituationError,
    UnknownMaterialError,
)

MAJORITY = 18


class Severity(Enum):
    PASSED = "passed"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Finding:
    """`error` is set for severity ERROR: what the intake would raise."""

    rule: str
    severity: Severity
    values: dict[str, object] = field(default_factory=dict)
    material_id: str = ""
    error: RuleError | None = None


def complete_materials(item: Item, application: Application) -> tuple[TakenMaterial, ...]:
    """The material rows of the case: what is due by the answers, with what was taken.

    Raises:
        UnknownMaterialError: something was taken that the situation does not ask for
            (五个统一: only what the catalog asks for may be asked for).
    """
    due = materials_for(item, application.answers)
    if application.materials is None:
        taken = {m.id or m.name: (m.originals, m.copies, "paper") for m in due}
    else:
        by_name = {m.name: m.id or m.name for m in due}
        taken = {}
        for row in application.materials:
            key = row.material_id if row.material_id in by_name.values() else by_name.get(row.name, "")
            if not key:
                raise UnknownMaterialError(name=row.name)
            taken[key] = (row.originals, row.copies, row.how)
    rows = []
    for m in due:
        originals, copies, how = taken.get(m.id or m.name, (0, 0, "none"))
        rows.append(TakenMaterial(m.id, m.name, m.originals, m.copies, originals, copies, m.necessity, how))
    return tuple(rows)


def check(item: Item, application: Application, deadlines: Deadlines, today: date) -> tuple[Finding, ...]:
    """All findings, passed ones included, in the order a clerk works."""
    found = [
        *_in_force(item, today),
        *_applicant(item, application, today),
        *_situation(item, application),
        *_materials(item, application),
        *_wishes(application),
        *_dates(deadlines, today),
    ]
    if application.channel not in item.channels:
        found.insert(
            0,
            Finding(
                "not_offered", Severity.ERROR, {"name": item.name}, error=ItemNotOfferedError(name=item.name)
            ),
        )
    return tuple(found)


def not_in_force(item: Item, today: date) -> ItemNotYetError | ItemWithdrawnError | None:
    """Why an item may not be asked for today although it stands in the catalog; None: it may."""
    if item.effective_from is not None and today < item.effective_from:
        return ItemNotYetError(name=item.name, day=item.effective_from)
    if withdrawn(item, today):
        return ItemWithdrawnError(name=item.name, day=item.withdrawn_on)
    return None


def _in_force(item: Item, today: date) -> Iterator[Finding]:
    error = not_in_force(item, today)
    if error is not None:
        rule = "not_yet" if isinstance(error, ItemNotYetError) else "withdrawn"
        yield Finding(rule, Severity.ERROR, dict(error.values), error=error)


def first_error(findings: tuple[Finding, ...]) -> RuleError | None:
    return next((f.error for f in findings if f.error is not None), None)


def _passed(rule: str) -> Finding:
    return Finding(rule, Severity.PASSED)


def _applicant(item: Item, a: Application, today: date) -> Iterator[Finding]:
    person = a.applicant
    if a.doubtful_read:
        yield Finding("doubtful_read", Severity.WARNING)
    if not person.full_name or not person.number.strip():
        field_key = "number" if person.full_name else "name"
        yield Finding("applicant_incomplete", Severity.ERROR, error=InvalidApplicantError(field=field_key))
        return
    if item.audience == frozenset({Audience.ENTERPRISE}) and (
        a.organisation is None or not a.organisation.name
    ):
        yield Finding(
            "organisation_missing", Severity.ERROR, error=InvalidApplicantError(field="organisation")
        )
    if not person.machine_read:
        yield Finding("not_machine_read", Severity.WARNING)
    if person.number_valid is False:
        yield Finding("number_check", Severity.WARNING)
    elif person.number_valid:
        yield _number_agrees(a)
    if person.expired_on(today):
        yield Finding("document_expired", Severity.WARNING, {"day": person.valid_to})
    elif person.valid_to or person.long_term:
        yield _passed("document_valid")
    age = person.age_on(today)
    if age is not None and age < MAJORITY and a.agent is None:
        yield Finding("minor", Severity.WARNING, {"age": age})
    if a.identity_confirmed is False:
        yield Finding("identity_unconfirmed", Severity.WARNING)
    elif a.identity_confirmed:
        yield _passed("identity_confirmed")


def _number_agrees(a: Application) -> Finding:
    """Number, birth and sex of a card are one story; XOR frames let some double errors through."""
    person = a.applicant
    birth_differs = person.birth is not None and birth_in(person.number) != person.birth
    by_number = None if person.number.startswith("9") else sex_in(person.number)
    sex_differs = person.sex in (Sex.MALE, Sex.FEMALE) and by_number is not None and by_number != person.sex
    if birth_differs or sex_differs:
        return Finding("number_disagrees", Severity.WARNING)
    return _passed("number_good")


def _situation(item: Item, a: Application) -> Iterator[Finding]:
    clean = True
    for question in reached(item, a.answers):
        chosen = a.answers.get(question.id, frozenset())
        options = {option.id: option for option in question.options}
        if not chosen or not chosen <= options.keys() or (len(chosen) > 1 and not question.multiple):
            clean = False
            values: dict[str, object] = {"question": question.question}
            error = SituationError(f"question {question.id}", question=question.question)
            yield Finding("situation_open", Severity.ERROR, values, error=error)
        for refusing in (options[o] for o in sorted(chosen & options.keys()) if options[o].refusal):
            clean = False
            refused = NotEligibleError(f"option {refusing.id}", reason=refusing.refusal)
            yield Finding("not_eligible", Severity.ERROR, {"reason": refusing.refusal}, error=refused)
    if clean:
        yield _passed("situation_clear")


def _materials(item: Item, a: Application) -> Iterator[Finding]:
    for row in complete_materials(item, a):
        if row.complete:
            yield Finding("material_complete", Severity.PASSED, {"name": row.name}, row.material_id)
        elif row.necessity is Necessity.REQUIRED:
            missing = MissingMaterialError(f"material {row.material_id}", names=row.name)
            yield Finding("material_missing", Severity.ERROR, {"name": row.name}, row.material_id, missing)
        elif row.necessity is Necessity.DEFERRABLE:
            yield Finding("material_deferred", Severity.WARNING, {"name": row.name}, row.material_id)


def _wishes(a: Application) -> Iterator[Finding]:
    phone = a.contact.phone
    if not phone:
        yield Finding("phone_missing", Severity.WARNING)
    elif not phone_plausible(phone):
        yield Finding("phone_shape", Severity.WARNING)
    else:
        yield _passed("phone_good")
    if a.delivery.way is DeliveryWay.MAIL and not a.delivery.address.strip():
        yield Finding("address_missing", Severity.ERROR, error=InvalidApplicantError(field="address"))


def phone_plausible(phone: str) -> bool:
    """A mainland mobile number, or some 7 to 15 digits with the usual signs between them."""
    digits = phone.translate({ord(sign): None for sign in " -+()"})
    if not (digits.isascii() and digits.isdigit() and 7 <= len(digits) <= 15):
        return False
    return len(digits) != 11 or digits.startswith(("1", "0"))


def _dates(deadlines: Deadlines, today: date) -> Iterator[Finding]:
    if deadlines.starts.day != today:
        yield Finding("starts_later", Severity.WARNING, {"day": deadlines.starts.day})
    if deadlines.answer_by.provisional:
        yield Finding("date_provisional", Severity.WARNING, {"day": deadlines.answer_by.day})
