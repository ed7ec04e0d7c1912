"""What a shell and its pages may use; wired once where the window is opened."""

from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass, field

from app.domain.operator import Operator
from app.domain.printing import PaperForm
from app.services.office import Office
from ui.fetch_news import FetchNews
from ui.tasks import TaskRunner


@dataclass(frozen=True, slots=True)
class Desk:
    """One executor a kind of work, one thread each, so that a slow line never holds up a case.

    `operator` is signed in from the start (the demo does that); None means the sign-in page comes first.
    `enrol` makes the station known by a one-time code (blocks, raises AppError); None: not from here.
    """

    office: Office
    tasks: TaskRunner
    store_executor: Executor  # services that touch the store
    relay_executor: Executor  # outbox relay, heartbeat
    sync_executor: Executor
    catalog_executor: Executor  # searches
    paper_executor: Executor  # printing: a printer that hangs must not hold up a draft (ADR 0004)
    pages_executor: Executor  # pages straightened and joined, files read in
    camera_executor: Executor  # frames of the document camera: dropped while it is busy
    sheets_executor: Executor  # printing pages: they take a minute and may hang, and no slip waits for them
    operator: Operator | None
    demo: bool
    enrol: Callable[[str], object] | None = None
    fetch_news: FetchNews = field(default_factory=FetchNews)

    def printing(self, form: PaperForm) -> Executor:
        """Where a paper of that form is printed."""
        return self.sheets_executor if form is PaperForm.A4 else self.paper_executor
