"""The materials on file of a case and how far each has come on its way to the gateway."""

from collections.abc import Sequence

from PySide6.QtWidgets import QFrame

from app.domain.case import TakenMaterial
from app.domain.material_file import FileRole
from app.domain.outbox import Lane
from app.services.case_file import CaseFile, FileState
from app.texts import Texts
from ui.widgets.kit import Kit, box, row

ROWS = 4
_TONE = {Lane.DONE: ("ok", "done"), Lane.REJECTED: ("stop", "fail"), Lane.PENDING: ("primary", "clock")}


def file_rows(kit: Kit, texts: Texts, file: CaseFile) -> list[QFrame]:
    """A heading and a row a file, what is stuck first; nothing for a case without files."""
    if not file.files:
        return []
    done = sum(state.lane is Lane.DONE for state in file.files)
    heading = texts.say("cases.files", done=done, n=len(file.files))
    rows = [box(row(kit.text(heading, "strong", name="case_files"), None))]
    ordered = sorted(file.files, key=_urgency)
    rows += [_file_row(kit, texts, state, file.case.materials) for state in ordered[:ROWS]]
    if len(ordered) > ROWS:
        more = texts.say("cases.more", n=len(ordered) - ROWS)
        rows.append(box(row(kit.text(more, "caption", "muted"), None)))
    return rows


def _urgency(state: FileState) -> int:
    return (Lane.REJECTED, Lane.PENDING, Lane.DONE).index(state.lane)


def _file_row(kit: Kit, texts: Texts, state: FileState, taken: Sequence[TakenMaterial]) -> QFrame:
    name = texts.say(
        "cases.file",
        name=_name(texts, state, taken),
        kind=state.file.media_type.name,
        pages=state.file.pages,
    )
    tone, icon = _TONE[state.lane]
    label = kit.text(name, "body", "muted", wrap=True)
    return box(row(label, kit.pill(_word(texts, state), tone, icon), gap=8))


def _name(texts: Texts, state: FileState, taken: Sequence[TakenMaterial]) -> str:
    if state.file.role is FileRole.SIGNATURE:
        return texts[f"file_role.{state.file.role.value}"]
    key = state.file.material_key
    return next((m.name for m in taken if key in (m.material_id, m.name)), key)


def _word(texts: Texts, state: FileState) -> str:
    if state.lane is Lane.PENDING and state.sent:
        return texts.say("cases.file_sent", percent=state.sent * 100 // max(state.file.size, 1))
    return texts[f"cases.file_state.{state.lane.value}"]
