"""事项库问题反馈: tell the keepers of the item library what is wrong with an item, and keep the clock.

It is stored with its message in one transaction and leaves with the next relay; offline it waits
like a case does.  The answer comes outside of this program: a person notes that it is there.
"""

from collections.abc import Sequence
from dataclasses import replace
from uuid import uuid4

from app.domain.catalog import Item
from app.domain.feedback import ANSWER_DAYS, LONGEST_TEXT, TOPIC, CatalogFeedback, FeedbackLine
from app.domain.outbox import OutboxMessage
from app.domain.record import dumps, plain
from app.services.office import Office


def send(
    office: Office, operator_id: str, item: Item, *, field: str = "", rule: str = "", text: str = ""
) -> CatalogFeedback:
    """Store one feedback; the same finding of the same item that is still open is not sent twice.

    Raises StoreError.
    """
    now, info = office.clock.now(), office.catalog.info()
    due = office.calendar.after(now.date(), ANSWER_DAYS)
    made = CatalogFeedback(
        feedback_id=str(uuid4()),
        item_code=item.code,
        item_name=item.name,
        catalog_version=info.version if info else "",
        item_version=item.version,
        field=field,
        rule=rule,
        text=text.strip()[:LONGEST_TEXT],
        operator_id=operator_id,
        made_at=now,
        due=due.day,
        provisional=due.provisional,
    )
    with office.store.begin() as work:
        known = _open_one(work.feedback(), made)
        if known is not None:
            return known
        work.add_feedback(made)
        body = dumps({"feedback": plain(made)})
        work.add_message(OutboxMessage(made.feedback_id, TOPIC, made.feedback_id, body, now, now))
        work.audit(now, operator_id, "catalog.feedback", made.feedback_id)
        work.commit()
    return made


def _open_one(lines: Sequence[FeedbackLine], made: CatalogFeedback) -> CatalogFeedback | None:
    def about(feedback: CatalogFeedback) -> tuple[str, ...]:
        return feedback.item_code, feedback.field, feedback.rule, feedback.text

    same = (line.feedback for line in lines if line.closed_at is None)
    return next((feedback for feedback in same if about(feedback) == about(made)), None)


def listed(office: Office) -> Sequence[FeedbackLine]:
    """Newest first; a provisional day is reckoned anew by the schedules of today.  Raises StoreError."""
    with office.store.begin() as work:
        return [replace(line, feedback=_as_of_now(office, line.feedback)) for line in work.feedback()]


def _as_of_now(office: Office, told: CatalogFeedback) -> CatalogFeedback:
    if not told.provisional:
        return told
    due = office.calendar.after(told.made_at.date(), ANSWER_DAYS)
    return replace(told, due=due.day, provisional=due.provisional)


def close(office: Office, operator_id: str, feedback_id: str) -> None:
    """The answer has come.  Raises StoreError."""
    now = office.clock.now()
    with office.store.begin() as work:
        work.close_feedback(feedback_id, now)
        work.audit(now, operator_id, "catalog.feedback.closed", feedback_id)
        work.commit()


def reopen(office: Office, operator_id: str, feedback_id: str) -> None:
    """Take that note back: the clock runs on as if it had never been made.  Raises StoreError."""
    now = office.clock.now()
    with office.store.begin() as work:
        work.reopen_feedback(feedback_id)
        work.audit(now, operator_id, "catalog.feedback.reopened", feedback_id)
        work.commit()
