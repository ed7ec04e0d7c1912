"""What the store knows of the pages on the sheet: every photograph, and the order they are in now.

A power cut costs no page: the photograph is written, sealed, before its sheet is even looked for.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QObject

from app.domain.page import KeptShot
from app.errors import AppError
from app.services import shots
from app.services.materials import forget
from ui.desk import Desk


@dataclass(frozen=True, slots=True)
class Place:
    """Whose pages they are."""

    draft_id: str
    material_key: str


class Keeping:
    """Follows the sheet on the store's thread; what was not written is tried again at the next change."""

    def __init__(self, desk: Desk, owner: QObject, failed: Callable[[AppError], None]) -> None:
        self._desk, self._owner, self._failed = desk, owner, failed
        self._place: Place | None = None
        self._there: set[str] = set()  # in the vault
        self._new: dict[str, bytes] = {}
        self._told: tuple[KeptShot, ...] | None = ()

    def begin(self, place: Place, known: Sequence[KeptShot]) -> None:
        self._place, self._new, self._told = place, {}, tuple(known)
        self._there = {shot.file_id for shot in known}

    def photographed(self, file_id: str, photo: bytes) -> None:
        """Written with the next `follow`."""
        self._new[file_id] = photo

    def follow(self, pages: Sequence[KeptShot]) -> None:
        """The pages are these now; those not photographed yet are left out."""
        place = self._place
        now = tuple(page for page in pages if page.file_id in self._there or page.file_id in self._new)
        if place is None or now == self._told:
            return
        office, new = self._desk.office, self._new
        self._told, self._new = now, {}
        self._there |= new.keys()
        self._desk.tasks.run(
            self._desk.store_executor,
            lambda: shots.keep(office, place.draft_id, place.material_key, now, new),
            owner=self._owner,
            done=lambda _none: None,
            failed=lambda error: self._not_written(place, new, error),
        )

    def give_up(self) -> None:
        """No page is wanted any more, or all of them are in a kept document."""
        self.put_away(())

    def put_away(self, pages: Sequence[KeptShot]) -> None:
        """These stay for whoever opens the draft next; those removed before go now."""
        place, office, stay = self._place, self._desk.office, {page.file_id for page in pages}
        gone, known = tuple(self._there - stay), bool(self._there)
        self._place, self._there, self._new, self._told = None, set(), {}, ()
        if place is None or not known:
            return
        if stay:
            self._run(lambda: forget(office, gone))
        else:
            self._run(lambda: shots.drop(office, place.draft_id, place.material_key, gone))

    def _run(self, act: Callable[[], None]) -> None:
        self._desk.tasks.run(
            self._desk.store_executor,
            act,
            owner=self._owner,
            done=lambda _none: None,
            failed=lambda _error: None,  # they go with the draft, or when the folder is opened next
        )

    def _not_written(self, place: Place, new: dict[str, bytes], error: AppError) -> None:
        if place == self._place:
            self._new = new | self._new
            self._there -= new.keys()
            self._told = None
        self._failed(error)
