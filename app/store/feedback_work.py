"""事项库问题反馈: what this station told the keepers of the item library."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import insert, select, update

from app.domain.feedback import CatalogFeedback, FeedbackLine
from app.domain.outbox import Lane
from app.domain.record import dumps
from app.store.schema import FEEDBACK, OUTBOX
from app.store.work import Work, stored


class FeedbackWork(Work):
    def add_feedback(self, feedback: CatalogFeedback) -> None:
        """Its message goes with it, in the same transaction."""
        self._write(
            insert(FEEDBACK).values(
                feedback_id=feedback.feedback_id, item_code=feedback.item_code, body=dumps(feedback)
            )
        )

    def feedback(self, limit: int = 500) -> Sequence[FeedbackLine]:
        """Newest first."""
        query = (
            select(FEEDBACK.c.body, FEEDBACK.c.closed_at, OUTBOX.c.lane, OUTBOX.c.reason)
            .join_from(FEEDBACK, OUTBOX, OUTBOX.c.message_id == FEEDBACK.c.feedback_id)
            .order_by(FEEDBACK.c.seq.desc())
            .limit(limit)
        )
        return tuple(
            FeedbackLine(stored(CatalogFeedback, row.body), Lane(row.lane), row.reason, row.closed_at)
            for row in self._rows(query)
        )

    def close_feedback(self, feedback_id: str, at: datetime) -> None:
        """Answered; the first time stays."""
        open_one = (FEEDBACK.c.feedback_id == feedback_id, FEEDBACK.c.closed_at.is_(None))
        self._write(update(FEEDBACK).where(*open_one).values(closed_at=at))

    def reopen_feedback(self, feedback_id: str) -> None:
        """It was noted by mistake: not answered after all."""
        self._write(update(FEEDBACK).where(FEEDBACK.c.feedback_id == feedback_id).values(closed_at=None))
