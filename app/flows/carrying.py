"""An intake carried over to another version of its item: what still holds, and what fell away."""

from dataclasses import dataclass, replace

from app.domain.catalog import Item
from app.domain.catalog_diff import material_names
from app.domain.catalog_weight import holding
from app.domain.situation import materials_for
from app.flows.intake import Intake, material_key


@dataclass(frozen=True, slots=True)
class Carried:
    """`answers` and `materials` name what fell away: labels of options, names of materials taken."""

    intake: Intake
    answers: tuple[str, ...] = ()
    materials: tuple[str, ...] = ()

    @property
    def whole(self) -> bool:
        return not (self.answers or self.materials)


def carry(intake: Intake, item: Item) -> Carried:
    """Answers `item` still offers and takings it still asks for; a new question stays open for a person."""
    before = intake.item
    if before is None:
        return Carried(replace(intake, item=item))
    answers = dict(holding(item, intake.answers))
    same = material_names(before, item)
    due = {material_key(m): m for m in materials_for(item, answers)}
    takings = {key: intake.takings[same[key]] for key in due if same.get(key) in intake.takings}
    kept = {same[key] for key in takings}
    lost = [m.name for m in intake.materials() if material_key(m) in intake.takings.keys() - kept]
    moved = replace(intake, item=item, answers=answers, takings=takings)
    return Carried(moved, _lost_answers(intake, moved), tuple(lost))


def _lost_answers(before: Intake, after: Intake) -> tuple[str, ...]:
    lost = []
    for question in before.questions():
        gone = before.answers.get(question.id, frozenset()) - after.answers.get(question.id, frozenset())
        lost += [option.label for option in question.options if option.id in gone]
    return tuple(lost)
