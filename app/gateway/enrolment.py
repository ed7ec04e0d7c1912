"""Enrolment: a one-time code and a key request in; certificate, anchor of trust and numbers out.

A code may be made for one station id.  Only such a code (or the demo's) takes over an id that
is enrolled already: then the former key is withdrawn but stays published, so that receipts it
signed before can still be verified, and the numbers go on where they were.  Asking again with
the same code and the same key (the answer got lost) gives the same certificate.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, insert, select, update

from app.domain.numbering import STATION_ID, NumberBlock
from app.domain.receipt import StationKey
from app.domain.station_request import SKEW
from app.gateway import numbers
from app.gateway.authority import Authority, requested_key
from app.gateway.database import enrolment_codes, station_keys, stations
from app.gateway.faults import Fault, GatewayFaultError
from app.receipts.token import key_id as key_id_of

DEMO_CODE = "DEMO"
FIRST_BLOCK = 1000
CODE_LIFE = timedelta(days=7)
_CODE_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # none that is read as another
_CODE_LENGTH = 12


@dataclass(frozen=True, slots=True)
class Application:
    code: str
    station_id: str
    site: str
    mode: str
    request_pem: str


@dataclass(frozen=True, slots=True)
class Admission:
    key_id: str
    certificate_pem: str
    block: NumberBlock
    enrolled_at: datetime


def add_code(db: Connection, now: datetime, station_id: str | None, life: timedelta = CODE_LIFE) -> str:
    """A fresh code, told once; only its digest is kept.  60 bits, so guessing is hopeless."""
    code = "".join(secrets.choice(_CODE_LETTERS) for _ in range(_CODE_LENGTH))
    db.execute(
        insert(enrolment_codes).values(
            code_hash=_code_hash(code), station_id=station_id, created_at=now, expires_at=now + life
        )
    )
    return code


def enrol(db: Connection, authority: Authority, asked: Application, now: datetime, demo: bool) -> Admission:
    """Raises GatewayFaultError (station_id, request_invalid, code_refused, station_taken)."""
    if not STATION_ID.fullmatch(asked.station_id):
        raise GatewayFaultError(Fault.STATION_ID)
    key = requested_key(asked.request_pem)
    key_id = key_id_of(key)
    by_demo = demo and asked.code == DEMO_CODE
    may_replace = by_demo or _use_code(db, asked, key_id, now)
    certificate = _known_certificate(db, key_id, asked.station_id)
    if certificate is None:
        _take_id(db, asked, now, may_replace)
        certificate = authority.issue(key, asked.station_id, asked.site)
        _add_key(db, asked, key_id, certificate, now, by_demo)
    return Admission(key_id, certificate, numbers.lease(db, asked.station_id, FIRST_BLOCK, now), now)


def published_keys(db: Connection) -> tuple[StationKey, ...]:
    """Every key that was ever certified, in a stable order: the signed target `stations.json`."""
    rows = db.execute(select(station_keys).order_by(station_keys.c.issued_at, station_keys.c.key_id))
    return tuple(
        StationKey(r.key_id, r.station_id, r.site, r.certificate_pem, r.revoked_at, r.demo) for r in rows
    )


def _use_code(db: Connection, asked: Application, key_id: str, now: datetime) -> bool:
    """Use the code up; True when it was made for this very station id."""
    table = enrolment_codes.c
    digest = _code_hash(asked.code)
    row = db.execute(select(enrolment_codes).where(table.code_hash == digest)).one_or_none()
    if row is None or row.expires_at < now or row.station_id not in (None, asked.station_id):
        raise GatewayFaultError(Fault.CODE_REFUSED)
    used = db.execute(
        update(enrolment_codes)
        .where(table.code_hash == digest, table.used_at.is_(None))
        .values(used_at=now, used_key_id=key_id)
    )
    if used.rowcount == 0 and row.used_key_id != key_id:
        raise GatewayFaultError(Fault.CODE_REFUSED, "used before")
    return row.station_id is not None


def _known_certificate(db: Connection, key_id: str, station_id: str) -> str | None:
    """The certificate this key already has here; a withdrawn key, or another station's, is refused."""
    row = db.execute(select(station_keys).where(station_keys.c.key_id == key_id)).one_or_none()
    if row is None:
        return None
    if row.station_id != station_id or row.revoked_at is not None:
        raise GatewayFaultError(Fault.REQUEST_INVALID, "this key was certified before")
    certificate: str = row.certificate_pem
    return certificate


def _take_id(db: Connection, asked: Application, now: datetime, may_replace: bool) -> None:
    """Create the station, or withdraw its former key."""
    table = stations.c
    known = db.execute(
        update(stations)
        .where(table.station_id == asked.station_id)
        .values(site=asked.site, mode=asked.mode)  # locks the row until the end of the transaction
    )
    if known.rowcount == 0:
        values = {"station_id": asked.station_id, "site": asked.site, "mode": asked.mode}
        db.execute(insert(stations).values(**values, next_sequence=1, created_at=now))
        return
    if not may_replace:
        raise GatewayFaultError(Fault.STATION_TAKEN)
    db.execute(
        update(station_keys)
        .where(station_keys.c.station_id == asked.station_id, station_keys.c.revoked_at.is_(None))
        .values(revoked_at=now + SKEW)  # receipts carry the station's clock, which may be that far ahead
    )


def _add_key(
    db: Connection, asked: Application, key_id: str, certificate: str, now: datetime, demo: bool
) -> None:
    db.execute(
        insert(station_keys).values(
            key_id=key_id,
            station_id=asked.station_id,
            site=asked.site,
            certificate_pem=certificate,
            demo=demo,
            issued_at=now,
        )
    )


def _code_hash(code: str) -> str:
    """SHA-256 is enough for 60 random bits; case and blanks of a typed code do not count."""
    return hashlib.sha256("".join(code.split()).upper().encode()).hexdigest()
