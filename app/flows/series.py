"""一件事 taken as cases one after another: the same person, answers given once, shared papers carried over.

Each item is a case with its own receipt; what one of them took of a material the next one asks for too
counts there as well, as far as it is paper (a page on file belongs to the case it was kept for).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from app.domain.catalog import Item
from app.domain.situation import Answers
from app.flows.intake import BundleRow, Intake, Taking, material_key

PAPER = frozenset({"paper", "card"})


@dataclass(frozen=True, slots=True)
class Series:
    """`answers` by item code; `done`: codes received; `taken`: paper at hand, by a material's name."""

    items: tuple[Item, ...]
    answers: Mapping[str, Answers]
    done: frozenset[str] = frozenset()
    taken: Mapping[str, Taking] = field(default_factory=dict)

    @classmethod
    def resumed(cls, row: BundleRow, items: Iterable[Item]) -> "Series":
        """As it was when its draft was kept; `items` those of the row that the catalog still has."""
        return cls(tuple(items), row.answers, row.done, row.taken)

    @property
    def row(self) -> BundleRow:
        return BundleRow(tuple(item.code for item in self.items), self.answers, self.done, self.taken)

    @property
    def next(self) -> Item | None:
        return next((item for item in self.items if item.code not in self.done), None)

    def after(self, received: Intake) -> "Series":
        """`received` was stored as a case."""
        if received.item is None:
            return self
        named = {m.name: received.takings.get(material_key(m)) for m in received.materials()}
        paper = {name: taking for name, taking in named.items() if taking and taking.how in PAPER}
        done = self.done | {received.item.code}
        return replace(self, done=done, taken={**self.taken, **paper})

    def begin(self, before: Intake | None = None) -> Intake | None:
        """The intake of the next item, for the person of `before`; None when all are done."""
        item = self.next
        if item is None:
            return None
        intake = Intake() if before is None else _same_person(before)
        answers = dict(self.answers.get(item.code, {}))
        begun = replace(intake, item=item, answers=answers, takings={}, row=self.row)
        for material in begun.materials():
            taking = self.taken.get(material.name)
            if taking is not None:
                originals = min(taking.originals, material.originals)
                carried = Taking(originals, min(taking.copies, material.copies), taking.how)
                begun = begun.with_taking(material, carried)
        return begun


def _same_person(before: Intake) -> Intake:
    """A draft of its own, for who sits there still."""
    return Intake(
        applicant=before.applicant,
        doubtful=before.doubtful,
        contact=before.contact,
        delivery=before.delivery,
        organisation=before.organisation,
        agent=before.agent,
        identity_confirmed=before.identity_confirmed,
    )
