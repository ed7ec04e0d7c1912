"""Photographs of a document that is not finished: kept as they are taken, so that no power cut costs a page.

They belong to a draft and one of its materials until the document is kept (`materials.keep`), given up,
or the draft ends.  As with materials, content comes before what is known of it, and goes after it.
"""

from collections.abc import Mapping, Sequence

from app.domain.page import KeptShot
from app.errors import IllegalTransitionError
from app.services.materials import forget
from app.services.office import Office


def keep(
    office: Office, draft_id: str, material_key: str, shots: Sequence[KeptShot], new: Mapping[str, bytes]
) -> None:
    """Remember the pages in this order; `new`: photographs the vault has not got, by `file_id`.

    A page left out keeps its content until `drop`: it may come back (undo).  Raises
    IllegalTransitionError (the draft is a case already), DiskFullError, StoreError.
    """
    for file_id, photo in new.items():
        office.vault.put(file_id, photo)
    with office.store.begin() as work:
        if work.case_by_request(draft_id) is not None:
            raise IllegalTransitionError("the draft is a case already")
        work.save_shots(draft_id, material_key, shots)
        work.commit()


def of_draft(office: Office, draft_id: str) -> Mapping[str, tuple[KeptShot, ...]]:
    """By material, without those of which none is left.  Raises StoreError."""
    with office.store.begin() as work:
        return {key: shots for key, shots in work.shots_of_draft(draft_id).items() if shots}


def drop(office: Office, draft_id: str, material_key: str, taken_out: Sequence[str] = ()) -> None:
    """Given up: pages and contents, those `taken_out` before as well.  Raises StoreError."""
    with office.store.begin() as work:
        gone = work.drop_shots(draft_id, material_key)
        work.commit()
    forget(office, (*gone, *taken_out))
