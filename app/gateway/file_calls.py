"""What a station asks about its materials on file."""

from collections.abc import Callable
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Body, Depends, Path

from app.domain.material_file import LARGEST_FILE, FileProgress
from app.gateway import files, wire
from app.gateway.faults import Fault, GatewayFaultError
from app.gateway.parts import Parts


def file_calls(parts: Parts, signer: Callable[..., Any]) -> APIRouter:
    """`signer` finds the station a request is signed by; a file is that station's alone."""
    router = APIRouter()
    Caller = Annotated[str, Depends(signer)]
    Start = Annotated[int, Path(ge=0, le=LARGEST_FILE)]
    Part = Annotated[bytes, Body(media_type="application/octet-stream")]

    @router.put("/v1/files/{file_id}")
    def begin_file(file_id: UUID, told: wire.FileAnnouncement, caller: Caller) -> wire.FileProgress:
        announced = files.Announced(str(file_id), told.case_id, told.sha256, told.size, told.media_type)
        with parts.database.write() as db:
            return _answer(file_id, files.begin(db, caller, announced, parts.now()))

    @router.get("/v1/files/{file_id}")
    def file_progress(file_id: UUID, caller: Caller) -> wire.FileProgress:
        with parts.database.read() as db:
            return _answer(file_id, files.progress(db, caller, str(file_id)))

    @router.put("/v1/files/{file_id}/parts/{start}")
    def append_part(file_id: UUID, start: Start, data: Part, caller: Caller) -> wire.FileProgress:
        with parts.database.write() as db:
            held = files.append(db, parts.box, caller, str(file_id), start, data, parts.now())
        return _answer(file_id, held)

    @router.post("/v1/files/{file_id}/complete")
    def complete_file(file_id: UUID, caller: Caller) -> wire.FileProgress:
        with parts.database.write() as db:
            held = files.finish(db, parts.box, caller, str(file_id), parts.now())
        if not held.complete:  # after the commit that threw it away
            raise GatewayFaultError(Fault.FILE_CORRUPT, str(file_id))
        return _answer(file_id, held)

    return router


def _answer(file_id: UUID, held: FileProgress) -> wire.FileProgress:
    return wire.FileProgress(
        file_id=str(file_id), offset=held.offset, complete=held.complete, sha256=held.sha256
    )
