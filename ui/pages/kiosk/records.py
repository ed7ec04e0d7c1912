"""What the kiosk writes down: words of the program and ids, never a person."""

from app.domain.printing import PrintJob
from app.services import drafts
from app.services.office import Office


def note(office: Office, action: str, subject: str = "") -> None:
    """One line of the audit.  Raises StoreError."""
    with office.store.begin() as work:
        work.audit(office.clock.now(), "", action, subject or office.station.station_id)
        work.commit()


def forget(office: Office, draft_id: str, how: str) -> None:
    """No draft of a kiosk session stays, and the audit says that the session was wiped."""
    drafts.drop(office, draft_id)
    note(office, "session.wiped", how)


def open_prints(office: Office) -> tuple[PrintJob, ...]:
    """Papers whose fate nobody has answered for; the staff page says how many."""
    with office.store.begin() as work:
        return tuple(work.open_prints())
