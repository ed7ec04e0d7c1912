"""What a new catalog means to drafts and open cases: looked at after every sync, kept until seen.

A received case keeps the version it was taken under, so that its item is known for as long as it is
open; a draft holds its item itself and goes on under the new version once a person has seen the change.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from app.domain.case import Case, Draft
from app.domain.catalog import Item
from app.domain.catalog_diff import Change, Matters, withdrawn
from app.domain.catalog_weight import WEIGHT, ItemChanged, Stand, Subject, heaviest, weighed
from app.domain.record import loads
from app.flows.carrying import Carried, carry
from app.flows.intake import Intake
from app.ports import ItemPin
from app.services.office import Office

REVIEWED = "catalog_reviewed"
KEPT_OPEN = timedelta(days=30)

Versions = Mapping[tuple[str, str], tuple[Item, Item | None]]
"""(item code, version) → the item as it was, and as it is now."""


@dataclass(frozen=True, slots=True)
class ChangedDraft:
    """`carried`: the intake under the version in force; None where the item was withdrawn."""

    changes: tuple[Change, ...]
    carried: Carried | None

    @property
    def matters(self) -> Matters:
        return heaviest(self.changes)

    @property
    def must_be_seen(self) -> bool:
        """Whether going on needs a person to have looked; else it is enough to be told."""
        return self.carried is None or self.matters is Matters.NOW or not self.carried.whole


def still_open(pin: ItemPin, now: datetime) -> bool:
    """The one rule: not confirmed by the gateway yet, or received within `KEPT_OPEN`."""
    return not pin.uploaded or now - pin.received_at < KEPT_OPEN


def changed_draft(office: Office, intake: Intake) -> ChangedDraft | None:
    """What the catalog in force means to an intake that was begun; None: nothing.  Raises StoreError."""
    item, info = intake.item, office.catalog.info()
    if item is None or info is None or info.draft:
        return None
    now, today = office.catalog.item(item.code), office.clock.now().date()
    changes = weighed(item, now, today, _stand_of_draft(office, intake))
    if not changes:
        return None
    return ChangedDraft(changes, None if now is None or withdrawn(now, today) else carry(intake, now))


def review(office: Office) -> bool:
    """Compare every draft and open case with the catalog in force; False: that was done before.

    Raises StoreError.
    """
    info, now = office.catalog.info(), office.clock.now()
    if info is None or info.draft:
        return False
    with office.store.begin() as work:
        if work.note(REVIEWED) == info.version:
            return False
        pins, drafts = tuple(work.pins()), tuple(work.drafts())
    live = [pin for pin in pins if still_open(pin, now)]
    versions = _versions(office, live)
    found = [*_of_cases(office, live, versions, now.date()), *_of_drafts(office, drafts)]
    told = {change.subject_id for change in found}
    with office.store.begin() as work:
        for change in found:
            work.keep_change(change)
        for known, _seen in work.changes():
            if known.subject_id not in told:
                work.drop_change(known.subject_id)
        work.release_pins([pin.case_id for pin in pins if not still_open(pin, now)])
        work.set_note(REVIEWED, info.version)
        work.commit()
    return True


def unseen(office: Office, operator_id: str) -> tuple[ItemChanged, ...]:
    """What matters and was not seen: the operator's drafts and all open cases, heaviest first.

    Raises StoreError.
    """
    with office.store.begin() as work:
        kept = work.changes()
    mine = [
        change
        for change, seen in kept
        if not seen
        and change.matters is not Matters.NO
        and (change.subject is Subject.CASE or change.operator_id == operator_id)
    ]
    return tuple(sorted(mine, key=lambda c: (-WEIGHT.index(c.matters), c.subject.value, c.number)))


def mark_seen(office: Office, subject_ids: Iterable[str]) -> None:
    """Raises StoreError."""
    with office.store.begin() as work:
        for subject_id in subject_ids:
            work.see_change(subject_id)
        work.commit()


# -- pieces ------------------------------------------------------------------------------------------


def _versions(office: Office, pins: Sequence[ItemPin]) -> Versions:
    """Only versions that are not the one in force any more."""
    info = office.catalog.info()
    wanted = {(p.item_code, p.version) for p in pins if info is None or p.version != info.version}
    with office.store.begin() as work:
        kept = {key: work.pinned_item(*key) for key in sorted(wanted)}
    current = {code: office.catalog.item(code) for code, _version in wanted}
    return {key: (item, current[key[0]]) for key, item in kept.items() if item is not None}


def _of_cases(
    office: Office, pins: Sequence[ItemPin], versions: Versions, today: date
) -> Sequence[ItemChanged]:
    """Cases are read only where their item differs at all."""
    differing = {key for key, pair in versions.items() if weighed(*pair, today, Stand(received=True))}
    wanted = [pin for pin in pins if (pin.item_code, pin.version) in differing]
    with office.store.begin() as work:
        cases = [(pin, case) for pin in wanted if (case := work.case(pin.case_id)) is not None]
    return [_of_case(case, versions[pin.item_code, pin.version], today) for pin, case in cases]


def _of_case(case: Case, pair: tuple[Item, Item | None], today: date) -> ItemChanged:
    a = case.application
    taken = {m.material_id or m.name: (m.originals, m.copies) for m in case.materials}
    return ItemChanged(
        case.case_id,
        Subject.CASE,
        a.item_code,
        case.item_name,
        a.operator_id,
        a.applicant.masked_name,
        case.number,
        case.catalog_version,
        weighed(*pair, today, Stand(a.answers, taken, a.channel, received=True)),
    )


def _of_drafts(office: Office, drafts: Sequence[Draft]) -> Sequence[ItemChanged]:
    found = []
    for draft in drafts:
        try:
            intake = loads(Intake, draft.body)
        except ValueError:  # of another program: it is not offered either
            continue
        changed = changed_draft(office, intake)
        if changed is not None and intake.item is not None:
            found.append(_of_draft(draft, intake, intake.item, changed))
    return found


def _of_draft(draft: Draft, intake: Intake, item: Item, changed: ChangedDraft) -> ItemChanged:
    return ItemChanged(
        draft.draft_id,
        Subject.DRAFT,
        item.code,
        item.name,
        draft.operator_id,
        intake.applicant.masked_name if intake.applicant else "",
        "",
        item.version,
        changed.changes,
    )


def _stand_of_draft(office: Office, intake: Intake) -> Stand:
    taken = {key: (taking.originals, taking.copies) for key, taking in intake.takings.items()}
    return Stand(intake.answers, taken, office.station.mode)
