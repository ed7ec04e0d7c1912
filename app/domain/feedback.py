"""事项库问题反馈: what a window tells the keepers of the item library, and the clock of their answer."""

from dataclasses import dataclass
from datetime import date, datetime

from app.domain.outbox import Lane

TOPIC = "catalog.feedback"
ANSWER_DAYS = 3
"""Working days until an effective reply is due; the day it is sent does not count."""
LONGEST_TEXT = 500


@dataclass(frozen=True, slots=True)
class CatalogFeedback:
    """`field`, `rule`: of the finding it comes from, "" for what a person saw; `text`: in own words.

    `due`: the day by which an answer is owed; `provisional`: reckoned without that year's schedule.
    """

    feedback_id: str
    item_code: str
    item_name: str
    catalog_version: str
    item_version: str
    field: str
    rule: str
    text: str
    operator_id: str
    made_at: datetime
    due: date
    provisional: bool = False


@dataclass(frozen=True, slots=True)
class FeedbackLine:
    """`lane` says how far its message got, `reason` why it was refused; `closed_at`: answered."""

    feedback: CatalogFeedback
    lane: Lane
    reason: str = ""
    closed_at: datetime | None = None

    def overdue(self, today: date) -> bool:
        return self.closed_at is None and today > self.feedback.due
