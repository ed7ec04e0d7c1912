"""收藏: the items an operator keeps at hand, one list a person and station, in the order they were added."""

import json
from dataclasses import dataclass

from app.domain.ranking import Preference, preferred
from app.services.office import Office

MOST = 200
_OFTEN, _RECENT = 20, 10


@dataclass(frozen=True, slots=True)
class First:
    """What goes first for an operator, and the favourites among it."""

    prefer: Preference
    kept: frozenset[str]


def favourites(office: Office, operator_id: str) -> tuple[str, ...]:
    """Item codes, the newest first.  Raises StoreError."""
    with office.store.begin() as work:
        return _read(work.note(_key(operator_id)))


def toggle(office: Office, operator_id: str, code: str) -> bool:
    """Add the item, or take it away again; whether it is one now.  Beyond `MOST` the oldest goes.

    Raises StoreError.
    """
    with office.store.begin() as work:
        kept = _read(work.note(_key(operator_id)))
        added = code not in kept
        now = (code, *kept)[:MOST] if added else tuple(each for each in kept if each != code)
        work.set_note(_key(operator_id), json.dumps(now))
        work.commit()
    return added


def first(office: Office, operator_id: str) -> First:
    """What goes first in this operator's searches.  Raises StoreError."""
    with office.store.begin() as work:
        kept = _read(work.note(_key(operator_id)))
        often, recent = work.often_used(_OFTEN), work.recently_used(_RECENT)
    return First(preferred(kept, often, recent, office.station.site), frozenset(kept))


def _key(operator_id: str) -> str:
    return f"favourites.{operator_id}"


def _read(note: str | None) -> tuple[str, ...]:
    """A note that is none of ours is no favourite."""
    try:
        codes = json.loads(note or "[]")
    except ValueError:
        return ()
    return tuple(code for code in codes if isinstance(code, str)) if isinstance(codes, list) else ()
