"""Small phrases made of values: dates, hours, numbers of documents, sentences of errors."""

from datetime import date, datetime

from app.domain.deadline import DueDate
from app.domain.identity import IdentityDocument
from app.errors import AppError
from app.services.case_dates import CaseDate
from app.texts import Texts


class _Coded(AppError):
    """An error known by its code only (a print job or a device keeps no more)."""

    def __init__(self, code: str, **values: object) -> None:
        super().__init__(code, **values)
        self.code = code  # type: ignore[misc]


def sentence(texts: Texts, code: str, **values: object) -> str:
    """What happened and what to do, for an error code; "" for no code."""
    return texts.error(_Coded(code, **values)) if code else ""


def weekday(texts: Texts, day: date) -> str:
    return texts[f"ui.weekday.{day.weekday()}"]


def day(texts: Texts, when: date) -> str:
    """2026-11-27 with its weekday."""
    return texts.say("ui.day", day=when.isoformat(), weekday=weekday(texts, when))


def due_day(texts: Texts, due: DueDate) -> str:
    """The same, and that it may move while that year's schedule is not known."""
    words = day(texts, due.day)
    return texts.say("ui.provisional", day=words) if due.provisional else words


def case_day(texts: Texts, dated: CaseDate) -> str:
    """The day as it stands now, and what the paper says where that is another one."""
    words = due_day(texts, dated.due)
    if dated.printed is None:
        return words
    return texts.say("ui.printed_day", day=words, printed=dated.printed.isoformat())


def hour(texts: Texts, when: datetime) -> str:
    return texts.say("ui.hour", weekday=weekday(texts, when.date()), time=f"{when:%H:%M}")


def moment(texts: Texts, when: datetime, now: datetime) -> str:
    """Today the time is enough; before that the day goes with it."""
    return f"{when:%H:%M}" if when.date() == now.date() else f"{when:%m-%d %H:%M}"


def since(texts: Texts, start: datetime, now: datetime) -> str:
    """How long something has lasted, in the largest whole unit."""
    minutes = max(0, int((now - start).total_seconds() // 60))
    if minutes < 1:
        return texts["ui.since_now"]
    if minutes < 60:
        return texts.say("ui.since_minutes", n=minutes)
    if minutes < 60 * 24:
        return texts.say("ui.since_hours", n=minutes // 60)
    return texts.say("ui.since_days", n=minutes // (60 * 24))


def number_of(document: IdentityDocument, masked: bool) -> str:
    return document.masked_number if masked else document.number


def document_line(texts: Texts, document: IdentityDocument, masked: bool) -> str:
    """Number, sex, nation and validity, as far as known."""
    parts = [number_of(document, masked)]
    if document.sex is not None:
        parts.append(texts.code("sex", document.sex.value))
    if document.nation:
        parts.append(texts.code("nation", document.nation))
    if document.nationality:
        parts.append(document.nationality)
    if document.long_term:
        parts.append(texts["ui.valid_long"])
    elif document.valid_to is not None:
        parts.append(texts.say("ui.valid_to", day=document.valid_to.isoformat()))
    return texts["ui.dot"].join(part for part in parts if part)
