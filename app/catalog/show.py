"""One item as `catalog show` prints it."""

from typing import Any

from app.domain.catalog import Item, Material, Question
from app.domain.situation import union


def show(item: Item) -> dict[str, Any]:
    """Plain JSON.  `materials` are all that any situation may ask for: larger counts, stricter necessity."""
    return {
        "code": item.code,
        "name": item.name,
        "department": item.department,
        "audience": sorted(audience.value for audience in item.audience),
        "channels": sorted(channel.value for channel in item.channels),
        "situations": [_situation(question) for question in item.questions],
        "materials": [_material(material) for material in union(rule.material for rule in item.rules)],
    }


def _situation(question: Question) -> dict[str, Any]:
    options = [{"id": option.id, "label": option.label} for option in question.options]
    return {"id": question.id, "question": question.question, "options": options}


def _material(material: Material) -> dict[str, Any]:
    return {
        "name": material.name,
        "originals": material.originals,
        "copies": material.copies,
        "necessity": material.necessity.value,
        "unsaid": list(material.unsaid),
    }
