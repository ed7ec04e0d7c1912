"""The materials of a case, each with its files and how far they have come on their way to the gateway."""

from collections.abc import Sequence

from PySide6.QtWidgets import QFrame

from app.domain.case import TakenMaterial
from app.domain.material_file import FileRole
from app.domain.outbox import Lane
from app.services.case_file import CaseFile, FileState
from app.texts import Texts
from ui.widgets.kit import Kit, box, row

ROWS = 6
_TONE = {Lane.DONE: ("ok", "done"), Lane.REJECTED: ("stop", "fail"), Lane.PENDING: ("primary", "clock")}
_WORST_FIRST = (Lane.REJECTED, Lane.PENDING, Lane.DONE)


def material_rows(kit: Kit, texts: Texts, file: CaseFile) -> list[QFrame]:
    """A heading, a row a material, and one for the signature when there is one."""
    taken, signature = file.case.materials, FileRole.SIGNATURE
    rows = [_heading(kit, texts, file)]
    for material in taken[:ROWS]:
        words = texts.say(
            "cases.material", name=material.name, originals=material.originals, copies=material.copies
        )
        rows.append(_row(kit, texts, words, _files_of(file, material)))
    if len(taken) > ROWS:
        rows.append(
            box(row(kit.text(texts.say("cases.more", n=len(taken) - ROWS), "caption", "muted"), None))
        )
    signed = [state for state in file.files if state.file.role is signature]
    if signed:
        rows.append(_row(kit, texts, texts[f"file_role.{signature.value}"], signed))
    return rows


def _heading(kit: Kit, texts: Texts, file: CaseFile) -> QFrame:
    title = kit.text(texts.say("cases.materials", n=len(file.case.materials)), "strong")
    if not file.files:
        return box(row(title, None))
    done = sum(state.lane is Lane.DONE for state in file.files)
    tally = texts.say("cases.files", done=done, n=len(file.files))
    return box(row(title, None, kit.text(tally, "caption", "muted", name="case_files")))


def _files_of(file: CaseFile, material: TakenMaterial) -> list[FileState]:
    keys = (material.material_id or material.name, material.name)
    materials = (state for state in file.files if state.file.role is FileRole.MATERIAL)
    return [state for state in materials if state.file.material_key in keys]


def _row(kit: Kit, texts: Texts, words: str, states: Sequence[FileState]) -> QFrame:
    label = kit.text(words, "body", "muted", wrap=True)
    if not states:
        return box(row(label))
    worst = next(lane for lane in _WORST_FIRST if any(state.lane is lane for state in states))
    tone, icon = _TONE[worst]
    return box(row(label, kit.pill(_word(texts, states, worst), tone, icon), gap=8))


def _word(texts: Texts, states: Sequence[FileState], worst: Lane) -> str:
    """All of a material's files in a word: refused, how much is there, or that it is."""
    sent, size = sum(s.sent for s in states), sum(s.file.size for s in states)
    if worst is Lane.PENDING and sent:
        return texts.say("cases.file_sent", percent=min(99, sent * 100 // max(size, 1)))
    return texts.say(f"cases.file_state.{worst.value}", n=len(states))
