"""A change of an item in words, and the tone of its weight."""

from app.domain.catalog import Period
from app.domain.catalog_diff import Change, ChangeKind, Matters
from app.texts import Texts

TONE = {Matters.NOW: "stop", Matters.KNOW: "warn", Matters.NO: "muted"}
ICON = {Matters.NOW: "fail", Matters.KNOW: "warning", Matters.NO: "todo"}
_SHEETS = {
    ChangeKind.MATERIAL_ADDED,
    ChangeKind.MORE_SHEETS,
    ChangeKind.FEWER_SHEETS,
    ChangeKind.OTHER_SHEETS,
}
_NECESSITY = {ChangeKind.STRICTER, ChangeKind.LOOSER}
_CHANNELS = {ChangeKind.CHANNEL_LOST, ChangeKind.CHANNEL_GAINED}
_PERIODS = {ChangeKind.SHORTER, ChangeKind.LONGER, ChangeKind.OTHER_PERIOD}


def change_words(texts: Texts, change: Change) -> str:
    """One sentence that says what was and what is now."""
    name, before, after = change.subject, change.before, change.after
    if change.kind in _SHEETS:
        before, after = _sheets(texts, before), _sheets(texts, after)
    elif change.kind in _NECESSITY:
        before, after = texts.code("necessity", before), texts.code("necessity", after)
    elif change.kind in _PERIODS:
        name = texts[f"changes.{change.subject}"]
        before, after = period_words(texts, change.was), period_words(texts, change.now)
    elif change.kind in _CHANNELS:
        name = texts.code("channel", change.key)
    unsaid = texts["changes.unsaid"]
    key = f"catalog_change.{change.kind.value}"
    return texts.say(key, name=name, before=before or unsaid, after=after or unsaid)


def period_words(texts: Texts, period: Period | None) -> str:
    """What the catalog says, or that it is silent."""
    if period is None:
        return texts["changes.unsaid"]
    if period.count == 0:
        return texts["changes.at_once"]
    return texts.say("changes.period", n=period.count, unit=texts[f"day_unit.{period.unit.value}"])


def _sheets(texts: Texts, counts: str) -> str:
    """`counts`: "originals/copies" (app.domain.catalog_diff), "" where there are none."""
    if not counts:
        return ""
    originals, _, copies = counts.partition("/")
    return texts.say("changes.sheets", originals=originals, copies=copies)
