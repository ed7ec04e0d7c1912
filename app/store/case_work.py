"""Cases and their receipts."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, case, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from app.domain.case import Case, CaseLine
from app.domain.outbox import FILE_TOPIC, Lane
from app.domain.printing import NEED
from app.domain.receipt import IssuedReceipt
from app.domain.record import dumps
from app.errors import StoreError
from app.store.schema import CASES, OUTBOX, PRINTS, RECEIPTS
from app.store.work import Work, stored

NEVER_PRINTED = "none"
_ESCAPE = "\\"


class CaseWork(Work):
    def case(self, case_id: str) -> Case | None:
        return self._case(CASES.c.case_id == case_id)

    def case_by_request(self, request_id: str) -> Case | None:
        return self._case(CASES.c.request_id == request_id)

    def case_by_number(self, number: str) -> Case | None:
        return self._case(CASES.c.number == number)

    def add_case(self, case: Case, receipt: IssuedReceipt) -> None:
        """Keep both.  The very same pair again changes nothing.

        Raises StoreError when another case has this id, this request or this number.
        """
        kept = self.case(case.case_id)
        if kept is not None and _same(kept, case) and self.receipt(case.case_id) == receipt:
            return
        try:
            self._write(insert(CASES).values(**_columns(case)))
        except IntegrityError as error:
            raise StoreError("another case has this id, request or number") from error
        self._write(insert(RECEIPTS).values(case_id=case.case_id, body=dumps(receipt)))

    def set_platform_number(self, case_id: str, platform_number: str) -> None:
        """An unknown case is left alone."""
        case = self.case(case_id)
        if case is None:
            return
        body = dumps(replace(case, platform_number=platform_number))
        change = update(CASES).where(CASES.c.case_id == case_id)
        self._write(change.values(platform_number=platform_number, body=body))

    def receipt(self, case_id: str) -> IssuedReceipt | None:
        row = self._row(select(RECEIPTS.c.body).where(RECEIPTS.c.case_id == case_id))
        return None if row is None else stored(IssuedReceipt, row.body)

    def case_lines(self, limit: int, text: str = "") -> Sequence[CaseLine]:
        """Newest first.  Every word of `text` must occur in the number, the item's name or a name of
        the applicant; letter case of a number does not matter."""
        query = _LINES.limit(max(limit, 0))
        for word in text.split():
            query = query.where(_mentions(word))
        return tuple(_line(row) for row in self._rows(query))

    def count_cases(self, since: datetime) -> int:
        row = self._row(select(func.count()).select_from(CASES).where(CASES.c.received_at >= since))
        return 0 if row is None else int(row[0])

    def _case(self, where: ColumnElement[bool]) -> Case | None:
        row = self._row(select(CASES.c.body).where(where))
        return None if row is None else stored(Case, row.body)


def _same(kept: Case, case: Case) -> bool:
    """The platform's number may have come in between."""
    return replace(kept, platform_number=case.platform_number) == case


def _columns(case: Case) -> dict[str, object]:
    a = case.application
    return {
        "case_id": case.case_id,
        "request_id": a.request_id,
        "number": case.number,
        "applicant_name": a.applicant.full_name,  # what a search looks in
        "organisation_name": a.organisation.name if a.organisation else "",
        "masked_name": a.applicant.masked_name,
        "item_name": case.item_name,
        "operator_id": a.operator_id,
        "received_at": case.received_at,
        "platform_number": case.platform_number,
        "body": dumps(case),
    }


def _mentions(word: str) -> ColumnElement[bool]:
    plain = word.replace(_ESCAPE, _ESCAPE * 2).replace("%", _ESCAPE + "%").replace("_", _ESCAPE + "_")
    columns = (CASES.c.number, CASES.c.item_name, CASES.c.applicant_name, CASES.c.organisation_name)
    return or_(*(column.like(f"%{plain}%", escape=_ESCAPE) for column in columns))


_NEED = {state.value: rank for rank, state in enumerate(NEED)}


def _lines() -> Select[Any]:
    """One query for all a list shows; the two look-ups a row go over indexes."""
    of_case = OUTBOX.c.case_id == CASES.c.case_id
    done = select(OUTBOX.c.seq).where(of_case, OUTBOX.c.lane == Lane.DONE.value).exists()
    undone = select(OUTBOX.c.seq).where(of_case, OUTBOX.c.lane != Lane.DONE.value).exists()
    refused = select(OUTBOX.c.seq).where(of_case, OUTBOX.c.lane == Lane.REJECTED.value).exists()
    newer = PRINTS.alias()
    copied = select(newer.c.seq).where(
        newer.c.case_id == PRINTS.c.case_id, newer.c.form == PRINTS.c.form, newer.c.seq > PRINTS.c.seq
    )
    last_print = (  # of a case with several papers the one that most needs a person
        select(PRINTS.c.state)
        .where(PRINTS.c.case_id == CASES.c.case_id, ~copied.exists())
        .order_by(case(_NEED, value=PRINTS.c.state))
        .limit(1)
        .correlate(CASES)
        .scalar_subquery()
    )
    files = select(func.count()).where(of_case, OUTBOX.c.topic == FILE_TOPIC)
    columns = (
        CASES.c.case_id,
        CASES.c.number,
        CASES.c.masked_name,
        CASES.c.item_name,
        CASES.c.received_at,
        CASES.c.operator_id,
        CASES.c.platform_number,
    )
    query = select(
        *columns,
        (done & ~undone).label("uploaded"),
        refused.label("refused"),
        last_print.label("print_state"),
        files.scalar_subquery().label("files"),
        files.where(OUTBOX.c.lane == Lane.DONE.value).scalar_subquery().label("files_sent"),
    )
    return query.order_by(CASES.c.received_at.desc(), CASES.c.seq.desc())


_LINES = _lines()


def _line(row: Row[Any]) -> CaseLine:
    """`uploaded`: everything this case has to tell the gateway has arrived there."""
    return CaseLine(
        case_id=row.case_id,
        number=row.number,
        applicant_masked_name=row.masked_name,
        item_name=row.item_name,
        received_at=row.received_at,
        operator_id=row.operator_id,
        uploaded=bool(row.uploaded),
        print_state=row.print_state or NEVER_PRINTED,
        platform_number=row.platform_number,
        files=row.files,
        files_sent=row.files_sent,
        refused=bool(row.refused),
    )
