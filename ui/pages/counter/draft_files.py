"""The materials on file of the draft on the page: what is kept, and what follows for the counts.

The store is the truth: after every change its list is read again.  A file says that the
material came, as photographed (`scan`) or brought as a file (`file`); the last file taken away
takes that back, to what had been counted before.
"""

from collections.abc import Callable, Mapping, Sequence

from PySide6.QtCore import QObject, Signal

from app.domain.catalog import Material
from app.domain.material_file import FileRole, MaterialFile, MediaType
from app.domain.page import KeptShot
from app.errors import AppError
from app.flows.intake import Taking, material_key
from app.services import materials, shots
from ui.desk import Desk
from ui.pages.counter.session import IntakeSession

SCAN, FILE = "scan", "file"


class DraftFiles(QObject):
    """`changed`: other files, or something is being kept; `trouble(AppError)`."""

    changed = Signal()
    trouble = Signal(object)

    def __init__(self, desk: Desk, session: IntakeSession, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk, self._session = desk, session
        self._draft = session.intake.draft_id
        self._before: dict[str, Taking | None] = {}
        self.files: tuple[MaterialFile, ...] = ()
        self._lost: frozenset[str] = frozenset()
        self._shots: Mapping[str, tuple[KeptShot, ...]] = {}
        session.changed.connect(self._follow)

    @property
    def draft(self) -> str:
        """The draft whose files these are."""
        return self._draft

    def of(self, material: Material) -> tuple[MaterialFile, ...]:
        key = material_key(material)
        return tuple(f for f in self.files if f.material_key == key and f.role is FileRole.MATERIAL)

    def lost(self, material: Material) -> bool:
        """Whether files of this row were found gone from the disk, and none was kept since."""
        return material_key(material) in self._lost and not self.of(material)

    def pages(self, material: Material) -> int:
        return sum(file.pages for file in self.of(material))

    def how(self, material: Material) -> str:
        """How a material came that has files; "paper" where it has none."""
        taking = self._session.intake.taking(material)
        if not self.of(material):
            return "paper"
        return taking.how if taking is not None and taking.how in (SCAN, FILE) else SCAN

    def shots(self, material: Material) -> tuple[KeptShot, ...]:
        """Pages photographed of it that are no document yet."""
        return self._shots.get(material_key(material), ())

    def give_up_shots(self, material: Material) -> None:
        office, draft, key = self._desk.office, self._draft, material_key(material)
        self._desk.tasks.run(
            self._desk.store_executor,
            lambda: shots.drop(office, draft, key),
            owner=self,
            done=lambda _none: self.read(),
            failed=self.trouble.emit,
        )

    def shed(self) -> None:
        """Files of rows the chosen situation does not ask for are dropped: they go with no case."""
        due = {material_key(m) for m in self._session.intake.materials()}
        office = self._desk.office
        for file in self.files:
            if file.role is FileRole.MATERIAL and file.material_key not in due:
                self._desk.tasks.run(
                    self._desk.store_executor,
                    lambda one=file: materials.drop(office, one.file_id),  # type: ignore[misc]
                    owner=self,
                    done=lambda _none: None,
                    failed=self.trouble.emit,
                )

    # -- the draft ---------------------------------------------------------------------------------

    def _follow(self) -> None:
        """Another draft is on the page: a new one, one restored, or the cleared one come back."""
        if self._session.intake.draft_id != self._draft:
            self._draft = self._session.intake.draft_id
            self.files, self._before, self._lost, self._shots = (), {}, frozenset(), {}
            self._look_for_lost()
            self.read()

    def _look_for_lost(self) -> None:
        """A draft of another day: what the disk has lost is said in its row, and counts no more."""
        office, draft = self._desk.office, self._draft
        self._desk.tasks.run(
            self._desk.store_executor,
            lambda: materials.drop_lost(office, draft),
            owner=self,
            done=lambda lost: self._lose(draft, lost),
            failed=self.trouble.emit,
        )

    def _lose(self, draft: str, lost: Sequence[MaterialFile]) -> None:
        if draft != self._draft or not lost:
            return
        self._lost = frozenset(file.material_key for file in lost)

    def read(self) -> None:
        """What the store has now; `changed` follows."""
        office, draft = self._desk.office, self._draft
        self._desk.tasks.run(
            self._desk.store_executor,
            lambda: (tuple(materials.files_of_draft(office, draft)), shots.of_draft(office, draft)),
            owner=self,
            done=lambda found: self._loaded(draft, *found),
            failed=self.trouble.emit,
        )

    def _loaded(
        self, draft: str, files: tuple[MaterialFile, ...], taken: Mapping[str, tuple[KeptShot, ...]]
    ) -> None:
        if draft == self._draft:
            self.files, self._shots = files, taken
            self._uncount_lost()
            self.changed.emit()

    def _uncount_lost(self) -> None:
        """What had come as a file that is gone, and as nothing else, has not come."""
        for material in self._session.intake.materials():
            taking = self._session.intake.taking(material)
            if self.lost(material) and taking is not None and taking.how in (SCAN, FILE):
                self._session.apply(self._session.intake.with_taking(material, None))

    # -- changes -----------------------------------------------------------------------------------

    def keep(
        self,
        material: Material,
        data: bytes,
        media_type: MediaType,
        pages: int,
        how: str,
        done: Callable[[], None],
        failed: Callable[[AppError], None],
    ) -> None:
        """Store a file of a material of the draft that is on the page now."""
        office, draft, key = self._desk.office, self._draft, material_key(material)
        self._session.expect_file(+1)
        self._desk.tasks.run(
            self._desk.store_executor,
            lambda: materials.keep(
                office, draft, data, media_type, pages, material_key=key, of_shots=how == SCAN
            ),
            owner=self,
            done=lambda _file: self._kept(draft, material, how, done),
            failed=lambda error: self._not_kept(error, failed),
        )

    def _kept(self, draft: str, material: Material, how: str, done: Callable[[], None]) -> None:
        self._session.expect_file(-1)
        if draft == self._draft:
            if not self.of(material):
                self._before[material_key(material)] = self._session.intake.taking(material)
            self._session.apply(self._session.intake.with_file(material, how))
            self.read()
        done()

    def _not_kept(self, error: AppError, failed: Callable[[AppError], None]) -> None:
        self._session.expect_file(-1)
        failed(error)

    def drop(self, material: Material, file: MaterialFile) -> None:
        office = self._desk.office
        last = self.of(material) == (file,)
        self._desk.tasks.run(
            self._desk.store_executor,
            lambda: materials.drop(office, file.file_id),
            owner=self,
            done=lambda _none: self._dropped(material, last),
            failed=self.trouble.emit,
        )

    def _dropped(self, material: Material, last: bool) -> None:
        if last:
            before = self._before.pop(material_key(material), None)
            self._session.apply(self._session.intake.with_taking(material, before))
        self.read()

    def take_back(self, material: Material, file: MaterialFile, how: str) -> None:
        """Undo a drop."""
        office = self._desk.office

        def back() -> bool:
            try:
                materials.take_back(office, file.file_id)
            except LookupError:
                return False
            return True

        self._desk.tasks.run(
            self._desk.store_executor,
            back,
            owner=self,
            done=lambda there: self._came_back(material, how) if there else self.read(),
            failed=self.trouble.emit,
        )

    def _came_back(self, material: Material, how: str) -> None:
        if not self.of(material):
            self._before[material_key(material)] = self._session.intake.taking(material)
        self._session.apply(self._session.intake.with_file(material, how))
        self.read()
