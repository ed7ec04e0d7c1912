"""What an emulated page printer says of itself, of its jobs and of a spooler's queues (RFC 8011 5.3, 5.4)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from devices.ipp_client import Operation
from devices.ipp_codec import Attributes, Group, GroupTag, Range, Tag, Value, Values
from devices.ipp_state import DEMO_MODEL

PENDING, PROCESSING, STOPPED, CANCELED, ABORTED, COMPLETED = 3, 5, 6, 7, 8, 9  # job-state
Clock = Callable[[float], int]  # a monotonic time as the printer's own seconds


@dataclass
class Job:
    """`asked`: what the client wanted; `done`: sheets that are out."""

    job_id: int
    name: str
    data: bytes = field(repr=False)
    mime: str
    sheets: int
    born: float
    asked: dict[str, Any]
    state: int = PENDING
    reason: str = "none"
    done: int = 0
    begun: float | None = None

    @property
    def open(self) -> bool:
        return self.state < CANCELED


_SIZE = {"x-dimension": (Value(Tag.INTEGER, 21000),), "y-dimension": (Value(Tag.INTEGER, 29700),)}
_A4: Attributes = {"media-size": (Value(Tag.COLLECTION, _SIZE),)}


def job_words(job: Job, now: float, clock: Clock) -> Attributes:
    begun = Value(Tag.NO_VALUE, None) if job.begun is None else Value(Tag.INTEGER, clock(job.begun))
    return {
        "job-id": _numbers(job.job_id),
        "job-uri": (Value(Tag.URI, f"ipp://localhost/ipp/print/{job.job_id}"),),
        "job-name": (Value(Tag.NAME, job.name),),
        "job-state": (Value(Tag.ENUM, job.state),),
        "job-state-reasons": _keywords(job.reason),
        "job-impressions-completed": _numbers(job.done),
        "job-media-sheets-completed": _numbers(job.done),
        "time-at-creation": _numbers(clock(job.born)),
        "time-at-processing": (begun,),
        "job-printer-up-time": _numbers(clock(now)),
    }


def printer_words(
    reasons: Sequence[str], stands: bool, open_jobs: int, formats: Sequence[str], up_s: int
) -> Attributes:
    """`stands`: a person has to do something; `up_s`: seconds since it was switched on."""
    return {
        "printer-uri-supported": (Value(Tag.URI, "ipp://localhost/ipp/print"),),
        "uri-security-supported": _keywords("none"),
        "uri-authentication-supported": _keywords("none"),
        "printer-name": (Value(Tag.NAME, "demo"),),
        "printer-info": (Value(Tag.TEXT, "demo"),),
        "printer-location": (Value(Tag.TEXT, ""),),
        "printer-more-info": (Value(Tag.URI, "http://localhost/"),),
        "printer-make-and-model": (Value(Tag.TEXT, DEMO_MODEL),),
        "printer-state": (Value(Tag.ENUM, 5 if stands else 4 if open_jobs else 3),),
        "printer-state-reasons": _keywords(*reasons),
        "printer-is-accepting-jobs": (Value(Tag.BOOLEAN, True),),
        "printer-up-time": _numbers(up_s),
        "queued-job-count": _numbers(open_jobs),
        "ipp-versions-supported": _keywords("1.1", "2.0"),
        "operations-supported": tuple(Value(Tag.ENUM, int(o)) for o in Operation),
        "charset-configured": (Value(Tag.CHARSET, "utf-8"),),
        "charset-supported": (Value(Tag.CHARSET, "utf-8"),),
        "natural-language-configured": (Value(Tag.LANGUAGE, "en"),),
        "generated-natural-language-supported": (Value(Tag.LANGUAGE, "en"),),
        "pdl-override-supported": _keywords("attempted"),
        "compression-supported": _keywords("none"),
        "document-format-default": (Value(Tag.MIME, formats[0]),),
        "document-format-supported": tuple(Value(Tag.MIME, mime) for mime in formats),
        "sides-supported": _keywords("one-sided", "two-sided-long-edge", "two-sided-short-edge"),
        "copies-supported": (Value(Tag.RANGE, Range(1, 9)),),
        "color-supported": (Value(Tag.BOOLEAN, False),),
        "media-default": _keywords("iso_a4_210x297mm"),
        "media-col-default": (Value(Tag.COLLECTION, _A4),),
        "media-ready": _keywords("iso_a4_210x297mm"),
        "media-supported": _keywords("iso_a4_210x297mm"),
        "media-source-supported": _keywords("auto", "tray-1", "tray-2"),
        "print-color-mode-supported": _keywords("monochrome"),
        "print-scaling-supported": _keywords("none", "fit"),
    }


def queue_words(written: str) -> Group:
    """`NAME` takes PDF, `NAME:raw` has no driver, `NAME:MIME` takes that alone."""
    name, _, kind = written.partition(":")
    model = "Local Raw Printer" if kind == "raw" else DEMO_MODEL
    mime = kind if "/" in kind else "application/pdf"
    said = {
        "printer-name": (Value(Tag.NAME, name),),
        "printer-make-and-model": (Value(Tag.TEXT, model),),
        "document-format-supported": (Value(Tag.MIME, mime),),
    }
    return Group(GroupTag.PRINTER, said)


def _keywords(*words: str) -> Values:
    return tuple(Value(Tag.KEYWORD, word) for word in words)


def _numbers(*numbers: int) -> Values:
    return tuple(Value(Tag.INTEGER, number) for number in numbers)
