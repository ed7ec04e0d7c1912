"""Drafts: what is entered survives a crash, keystroke by keystroke."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.domain.case import Draft
from app.domain.record import dumps, loads
from app.flows.intake import Intake
from app.ports import UnitOfWork
from app.services.materials import forget
from app.services.office import Office


@dataclass(frozen=True, slots=True)
class KeptDraft:
    intake: Intake
    operator_id: str
    changed_at: datetime


def keep(office: Office, intake: Intake, operator_id: str) -> None:
    """Save the draft; an empty one is forgotten instead."""
    with office.store.begin() as work:
        gone: Sequence[str] = ()
        if intake.empty:
            gone = _drop(work, intake.draft_id)
        else:
            work.save_draft(Draft(intake.draft_id, operator_id, office.clock.now(), dumps(intake)))
        work.commit()
    forget(office, gone)


def recover(office: Office) -> tuple[KeptDraft, ...]:
    """Newest first.  A draft that this program cannot read any more is left where it is."""
    with office.store.begin() as work:
        drafts = list(work.drafts())
    kept = []
    for draft in drafts:
        try:
            kept.append(KeptDraft(loads(Intake, draft.body), draft.operator_id, draft.changed_at))
        except ValueError:
            continue
    return tuple(sorted(kept, key=lambda k: k.changed_at, reverse=True))


def set_aside(office: Office, draft_id: str) -> None:
    """Forget a draft so that `bring_back` and `keep` still can: its materials on file stay a while.

    They go for good with `drop`, or when the DATA folder is opened next.  Raises StoreError.
    """
    with office.store.begin() as work:
        work.drop_draft(draft_id)
        work.drop_change(draft_id)
        work.set_draft_files_aside(draft_id, True)
        work.commit()


def bring_back(office: Office, intake: Intake, operator_id: str) -> None:
    """Undo `set_aside`.  Raises StoreError."""
    with office.store.begin() as work:
        work.save_draft(Draft(intake.draft_id, operator_id, office.clock.now(), dumps(intake)))
        work.set_draft_files_aside(intake.draft_id, False)
        work.commit()


def drop(office: Office, draft_id: str) -> None:
    """Forget a draft with its materials on file.  Raises StoreError."""
    with office.store.begin() as work:
        gone = _drop(work, draft_id)
        work.commit()
    forget(office, gone)


def _drop(work: UnitOfWork, draft_id: str) -> Sequence[str]:
    work.drop_draft(draft_id)
    work.drop_change(draft_id)
    return work.drop_files(draft_id)
