"""The gateway's HTTP interface as a FastAPI application over its parts."""

import base64
import logging
from collections.abc import Awaitable, Callable
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, FastAPI, Path, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import FileResponse, HTMLResponse, JSONResponse
from fastapi.security import APIKeyHeader
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError, OperationalError
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from app.gateway import enrolment, feedback, intake, numbers, operators, receipt_page, wire
from app.gateway.database import stations
from app.gateway.faults import Fault, GatewayFaultError, body_of
from app.gateway.file_calls import file_calls
from app.gateway.guard import FailureBrake, Guard
from app.gateway.parts import Parts
from app.gateway.publishing import catalog_version
from app.gateway.station_auth import SignedRequest, authenticate

VERSION = "1.0.0"
_log = logging.getLogger(__name__)
_signature = APIKeyHeader(
    name="Authorization",
    scheme_name="StationSignature",
    description="GJ-Station station=…,at=…,nonce=…,signature=…; see docs/adr/0031",
    auto_error=False,
)
_REFUSALS: dict[int | str, dict[str, Any]] = {"4XX": {"model": wire.FaultDocument}}
_FILE: dict[int | str, dict[str, Any]] = {
    **_REFUSALS,
    200: {"content": {"application/octet-stream": {}}},
    206: {"content": {"application/octet-stream": {}}},
}


def create_app(parts: Parts) -> FastAPI:
    """The application; its parts stay the caller's to close."""
    app = FastAPI(
        title="GJZC gateway",
        version=VERSION,
        openapi_url="/v1/openapi.json",
        docs_url=None,
        redoc_url=None,
    )
    for router in (_public(parts), _station_calls(parts), _repository(parts)):
        app.include_router(router, responses=_REFUSALS)
    app.add_exception_handler(GatewayFaultError, _refused)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(OperationalError, _busy)
    app.add_exception_handler(IntegrityError, _busy)
    app.add_exception_handler(Exception, _bug)
    app.add_middleware(Guard)
    return app


def _public(parts: Parts) -> APIRouter:
    router, brake = APIRouter(), FailureBrake()

    @router.get("/v1/health")
    def health() -> wire.Health:
        with parts.database.read() as db:
            count = db.scalar(select(func.count()).select_from(stations)) or 0
        return wire.Health(now=parts.now(), catalog_version=catalog_version(parts.database), stations=count)

    @router.post("/v1/enrolments", status_code=201)
    def enrol(asked: wire.EnrolmentRequest, request: Request) -> wire.EnrolmentGrant:
        address = request.client.host if request.client else ""
        if brake.blocked(address):
            raise GatewayFaultError(Fault.THROTTLED)
        try:
            return _enrol(parts, asked)
        except GatewayFaultError as error:
            if error.fault is Fault.CODE_REFUSED:
                brake.failed(address)
            raise

    @router.get("/R/{token}", response_class=HTMLResponse)
    def receipt(token: Annotated[str, Path(max_length=4000)]) -> Response:
        """The page a citizen's phone opens from the receipt's QR."""
        return receipt_page.answer(parts, token)

    return router


def _station_calls(parts: Parts) -> APIRouter:
    """What only an enrolled station may ask, each request signed with its key."""
    router, signer = APIRouter(), _signer(parts)
    Caller = Annotated[str, Depends(signer)]

    @router.post("/v1/stations/{station_id}/numbers", status_code=201)
    def lease(station_id: str, asked: wire.LeaseRequest, caller: Caller) -> wire.Block:
        if station_id != caller:
            raise GatewayFaultError(Fault.NOT_YOUR_STATION, caller)
        with parts.database.write() as db:
            block = numbers.lease(db, caller, asked.count, parts.now())
        return wire.Block(block_id=block.block_id, first=block.first, last=block.last)

    @router.put("/v1/messages/{message_id}")
    def take(message_id: UUID, sent: wire.MessageRequest, caller: Caller) -> wire.MessageAnswer:
        message = intake.Message(str(message_id), sent.topic, sent.case_id, sent.content)
        if sent.topic == feedback.TOPIC:
            with parts.database.write() as db:
                told = feedback.take(db, parts.box, caller, message, parts.now())
            return wire.MessageAnswer(message_id=str(message_id), case_id=told, platform_number="")
        with parts.database.write() as db:
            case_id = intake.take(db, parts.box, caller, message, parts.now())
        return wire.MessageAnswer(
            message_id=str(message_id), case_id=case_id, platform_number=parts.ask_platform(case_id)
        )

    @router.post("/v1/operators/sign-in")
    def sign_in(asked: wire.SignInRequest, caller: Caller) -> wire.SignedIn:
        found = operators.sign_in(parts.database, asked.operator_id, asked.pin, parts.now(), parts.demo)
        return wire.SignedIn(operator_id=found.operator_id, name=found.name, role=found.role.value)

    router.include_router(file_calls(parts, signer))
    return router


def _signer(parts: Parts) -> Callable[..., Awaitable[str]]:
    """A dependency: the station that signed the request."""

    async def signer(request: Request, authorization: Annotated[str | None, Depends(_signature)]) -> str:
        query = request.scope["query_string"]
        path = request.scope["raw_path"] + (b"?" + query if query else b"")
        signed = SignedRequest(
            request.method, path.decode("latin-1"), await request.body(), authorization or ""
        )
        return await run_in_threadpool(authenticate, parts.database, signed, parts.now(), parts.demo)

    return signer


def _repository(parts: Parts) -> APIRouter:
    """The signed files, as they lie on the disk; ranges are answered."""
    router = APIRouter()

    @router.get("/repository/metadata/{name}", response_class=FileResponse, responses=_FILE)
    def metadata(name: Annotated[str, Path(pattern=r"^([0-9]{1,9}\.)?[a-z]{4,9}\.json$")]) -> FileResponse:
        path = parts.repository.metadata / name
        cache = "no-cache" if name == "timestamp.json" else "public, max-age=31536000, immutable"
        return _file(path, "application/json", cache)

    @router.get("/repository/targets/{path:path}", response_class=FileResponse, responses=_FILE)
    def target(
        path: Annotated[str, Path(pattern=r"^([a-z]+/)?[0-9a-f]{64}\.[A-Za-z0-9.-]{1,90}$")],
    ) -> FileResponse:
        immutable = "public, max-age=31536000, immutable"
        return _file(parts.repository.targets / path, "application/octet-stream", immutable)

    return router


def _file(path: Any, media_type: str, cache: str) -> FileResponse:
    if not path.is_file():
        raise GatewayFaultError(Fault.NOT_FOUND)
    return FileResponse(path, media_type=media_type, headers={"Cache-Control": cache})


def _enrol(parts: Parts, asked: wire.EnrolmentRequest) -> wire.EnrolmentGrant:
    application = enrolment.Application(
        asked.code, asked.station_id, asked.site, asked.mode, asked.request_pem
    )
    with parts.database.write() as db:
        admitted = enrolment.enrol(db, parts.authority, application, parts.now(), parts.demo)
    parts.publish_stations()
    block = admitted.block
    return wire.EnrolmentGrant(
        station_id=asked.station_id,
        key_id=admitted.key_id,
        certificate_pem=admitted.certificate_pem,
        authority_pem=parts.authority.certificate_pem,
        trusted_root=base64.b64encode(parts.repository.first_root).decode(),
        enrolled_at=admitted.enrolled_at,
        block=wire.Block(block_id=block.block_id, first=block.first, last=block.last),
    )


# -- refusals ----------------------------------------------------------------------------------------


def _answer(fault: Fault, values: dict[str, object] | None = None, detail: str = "") -> JSONResponse:
    headers = {"Cache-Control": "no-store"}
    if fault in (Fault.THROTTLED, Fault.BUSY):
        headers["Retry-After"] = "60" if fault is Fault.THROTTLED else "2"
    return JSONResponse(body_of(fault, values, detail), fault.status, headers)


async def _refused(_request: Request, error: Exception) -> Response:
    if not isinstance(error, GatewayFaultError):
        raise error
    _log.info("refused: %s (%s)", error.fault.code, error)
    return _answer(error.fault, error.values)


async def _invalid(_request: Request, error: Exception) -> Response:
    """Names the fields, never what they held."""
    if not isinstance(error, RequestValidationError):
        raise error
    where = sorted({".".join(str(part) for part in fault["loc"]) for fault in error.errors()})
    return _answer(Fault.INVALID, {"fields": where})


async def _http_error(_request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    by_status = {404: Fault.NOT_FOUND, 405: Fault.METHOD_NOT_ALLOWED}
    return _answer(by_status.get(status, Fault.INVALID if status < 500 else Fault.INTERNAL))


async def _busy(_request: Request, error: Exception) -> Response:
    """The database is locked or away, or two requests raced for the same row: worth another try."""
    _log.error("database: %s", type(error).__name__)
    return _answer(Fault.BUSY)


async def _bug(_request: Request, error: Exception) -> Response:
    _log.error("unexpected: %s", type(error).__name__)
    return _answer(Fault.INTERNAL)
