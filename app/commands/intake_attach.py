"""Materials on file of a headless intake: `--file MATERIAL=PATH`, as often as there are files."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from app.domain.case import Application
from app.domain.catalog import Material
from app.domain.material_file import MediaType, media_type_of
from app.domain.outbox import Lane
from app.domain.situation import materials_for
from app.errors import FileKindError, InvalidInputError, UnknownMaterialError
from app.receipts.pdfium import page_count
from app.services.case_file import open_file
from app.services.intake import pinned_item
from app.services.materials import keep
from app.services.office import Office

Attached = tuple[str, bytes]
_LANES = {Lane.PENDING: "waiting", Lane.DONE: "uploaded", Lane.REJECTED: "refused"}


def read_files(words: Sequence[str]) -> list[Attached]:
    """(material, content) of each `MATERIAL=PATH`; the material by its id or its name.

    Raises InvalidInputError (field: file) for a word without "=" and for a file that cannot be read.
    """
    return [_read(word) for word in words]


def _read(word: str) -> Attached:
    material, found, path = word.partition("=")
    if not (found and material and path):
        raise InvalidInputError(field="file")
    try:
        return material, Path(path).read_bytes()
    except OSError as error:
        raise InvalidInputError(field="file") from error


def attach(office: Office, application: Application, attached: Sequence[Attached]) -> None:
    """Keep them for the case that is about to be received.

    Raises UnknownMaterialError (values: name), FileKindError, FileTooLargeError, DiskFullError,
    and what stands against the item.
    """
    if not attached:
        return
    item, _version = pinned_item(office, application.item_code)
    asked = materials_for(item, application.answers)
    kept = [(_key(asked, name), data, *_kind_and_pages(data)) for name, data in attached]  # all good first
    for key, data, kind, pages in kept:
        keep(office, application.request_id, data, kind, pages, material_key=key)


def files_of(office: Office, case_id: str) -> list[dict[str, Any]]:
    """What the answer says of them; `state`: waiting, uploaded or refused."""
    file = open_file(office, case_id)
    return [
        {**each.file.listed(), "state": _LANES[each.lane], "sent": each.sent, "reason": each.reason}
        for each in (file.files if file else ())
    ]


def _key(asked: Sequence[Material], name: str) -> str:
    for material in asked:
        if name in (material.id, material.name):
            return material.id or material.name
    raise UnknownMaterialError(name=name[:60])


def _kind_and_pages(data: bytes) -> tuple[MediaType, int]:
    kind = media_type_of(data)
    if kind is None:
        raise FileKindError
    if kind is not MediaType.PDF:
        return kind, 1
    try:
        return kind, page_count(data)
    except ValueError as error:
        raise FileKindError from error
