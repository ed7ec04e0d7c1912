"""Who is asking: a station, by the signature its request carries (app.domain.station_request)."""

from dataclasses import dataclass
from datetime import datetime

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy import Connection, delete, insert, select
from sqlalchemy.exc import IntegrityError

from app.domain.station_request import SKEW, Stamp, parse_header, signing_input
from app.gateway.database import Database, nonces, station_keys
from app.gateway.faults import Fault, GatewayFaultError
from app.receipts.token import certificate_key


@dataclass(frozen=True, slots=True)
class SignedRequest:
    """`path` with its query; `authorization` is the header's value, "" when there is none."""

    method: str
    path: str
    body: bytes
    authorization: str


def authenticate(database: Database, request: SignedRequest, now: datetime, demo: bool) -> str:
    """The id of the station that signed this request, which is used up by it.

    Raises GatewayFaultError: unsigned, station_unknown, station_revoked, signature, clock_skew
    (after the signature, so that only a real station is told about its clock), replay.
    """
    stamp, signature = _stamp(request.authorization)
    with database.read() as db:
        pem = _key_in_force(db, stamp.station_id, demo)
    covered = signing_input(stamp, request.method, request.path, request.body)
    try:
        certificate_key(pem).verify(signature, covered, ec.ECDSA(hashes.SHA256()))
    except InvalidSignature as error:
        raise GatewayFaultError(Fault.SIGNATURE, stamp.station_id) from error
    if abs(now - stamp.at) > SKEW:
        raise GatewayFaultError(Fault.CLOCK_SKEW, stamp.station_id, now=now.isoformat())
    _use_nonce(database, stamp, now)
    return stamp.station_id


def forget_nonces(db: Connection, now: datetime) -> None:
    """Those whose time no longer lets them in need no remembering."""
    db.execute(delete(nonces).where(nonces.c.seen_at < now - 3 * SKEW))


def _stamp(authorization: str) -> tuple[Stamp, bytes]:
    try:
        return parse_header(authorization)
    except ValueError as error:
        raise GatewayFaultError(Fault.UNSIGNED) from error


def _key_in_force(db: Connection, station_id: str, demo: bool) -> str:
    table = station_keys.c
    rows = db.execute(select(station_keys).where(table.station_id == station_id)).all()
    if not rows:
        raise GatewayFaultError(Fault.STATION_UNKNOWN, station_id)
    for row in rows:
        if row.revoked_at is None and (demo or not row.demo):
            pem: str = row.certificate_pem
            return pem
    raise GatewayFaultError(Fault.STATION_REVOKED, station_id)


def _use_nonce(database: Database, stamp: Stamp, now: datetime) -> None:
    try:
        with database.write() as db:
            db.execute(insert(nonces).values(station_id=stamp.station_id, nonce=stamp.nonce, seen_at=now))
    except IntegrityError as error:
        raise GatewayFaultError(Fault.REPLAY, stamp.station_id) from error
