"""Operators (柜员) as the gateway knows them: hashed PINs, and a lock-out of its own.

Tries are counted by the number that was typed, known or not, and an unknown number costs as
much time as a wrong PIN: the answer never tells which numbers exist.
"""

from datetime import datetime, timedelta
from threading import BoundedSemaphore

from sqlalchemy import Connection, delete, insert, select, update

from app.domain.operator import TRIES, KnownOperator, Operator, Role
from app.domain.pin import pin_hash, pin_matches
from app.gateway.database import Database, operators, sign_in_tries
from app.gateway.faults import Fault, GatewayFaultError
from app.texts import load

_KEEP_TRIES = timedelta(days=1)
_hashing = BoundedSemaphore(2)  # 16 MiB each, and as much work as is asked for
_NOBODY = pin_hash("nobody")

DEMO_OPERATORS = (
    ("0000", "1234", "gateway_page.demo_clerk", Role.CLERK),
    ("9000", "4321", "gateway_page.demo_supervisor", Role.SUPERVISOR),
)


def sign_in(database: Database, operator_id: str, pin: str, now: datetime, demo: bool) -> Operator:
    """Raises GatewayFaultError: sign_in (values: left), locked_out (values: minutes)."""
    with database.read() as db:
        row = db.execute(select(operators).where(operators.c.operator_id == operator_id)).one_or_none()
        tries = _tries(db, operator_id)
    _refuse_locked(tries, now)
    known = row is not None and (demo or not row.demo)
    right = _matches(row.pin_hash if row is not None and known else _NOBODY, pin)
    if row is None or not (known and right):
        raise _count_failure(database, operator_id, now)
    with database.write() as db:
        db.execute(delete(sign_in_tries).where(sign_in_tries.c.operator_id == operator_id))
    return Operator(row.operator_id, row.name, Role(row.role))


def put_operator(db: Connection, operator: Operator, pin: str, demo: bool = False) -> None:
    """Add an operator or change one's name, role and PIN; lifts a lock-out."""
    db.execute(delete(sign_in_tries).where(sign_in_tries.c.operator_id == operator.operator_id))
    db.execute(delete(operators).where(operators.c.operator_id == operator.operator_id))
    db.execute(
        insert(operators).values(
            operator_id=operator.operator_id,
            name=operator.name,
            role=operator.role.value,
            pin_hash=pin_hash(pin),
            demo=demo,
        )
    )


def put_demo_operators(db: Connection) -> None:
    present = set(db.scalars(select(operators.c.operator_id)))
    for operator_id, pin, name_key, role in DEMO_OPERATORS:
        if operator_id not in present:
            put_operator(db, Operator(operator_id, load()[name_key], role), pin, demo=True)


def forget_tries(db: Connection, now: datetime) -> None:
    db.execute(delete(sign_in_tries).where(sign_in_tries.c.changed_at < now - _KEEP_TRIES))


def _matches(kept: str, pin: str) -> bool:
    with _hashing:
        return pin_matches(pin, kept)


def _tries(db: Connection, operator_id: str) -> KnownOperator:
    """The count so far, in the shape the rule of the domain works on."""
    row = db.execute(select(sign_in_tries).where(sign_in_tries.c.operator_id == operator_id)).one_or_none()
    who = Operator(operator_id, "", Role.CLERK)
    return KnownOperator(who, "", row.failures, row.locked_until) if row else KnownOperator(who, "")


def _refuse_locked(tries: KnownOperator, now: datetime) -> None:
    if tries.locked_until is not None and tries.locked_at(now):
        minutes = max(1, -(-int((tries.locked_until - now).total_seconds()) // 60))
        raise GatewayFaultError(Fault.LOCKED_OUT, minutes=minutes)


def _count_failure(database: Database, operator_id: str, now: datetime) -> GatewayFaultError:
    """One more failure stored, and the refusal that tells what it led to."""
    with database.write() as db:
        failed = _tries(db, operator_id).failed(now)
        values = {"failures": failed.failures, "locked_until": failed.locked_until, "changed_at": now}
        mine = sign_in_tries.c.operator_id == operator_id
        if db.execute(update(sign_in_tries).where(mine).values(**values)).rowcount == 0:
            db.execute(insert(sign_in_tries).values(operator_id=operator_id, **values))
    if failed.locked_until is not None and failed.locked_at(now):
        return GatewayFaultError(Fault.LOCKED_OUT, minutes=15)
    return GatewayFaultError(Fault.SIGN_IN, left=TRIES - failed.failures)
