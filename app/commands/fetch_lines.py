"""What a window and the process that fetches its catalog say to each other: a JSON object a line.

    window → process   {"url": …, "root": …, "rate_limit_kbit": …}    once; the line then stays open
    process → window   {"progress": [done, total]}                    bytes; ten a second at most
                       {"report": [version, items, changed]}          the end, or
                       {"error": {"code", "detail", "values"}}        the end

`root` is the root.json of the enrolment: public keys, no secret.  An error crosses by its code and
values, so the person reads the same sentence.
"""

import json
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import Any

from app.errors import AppError, FetchBrokenError, by_code
from app.ports import SyncReport

EVERY_S = 0.1


@dataclass(frozen=True, slots=True)
class Order:
    url: str
    root: str
    rate_limit_kbit: int = 0

    def line(self) -> str:
        return json.dumps(asdict(self))


def parse_order(line: bytes) -> Order:
    return Order(**json.loads(line))


def answer(fetch: Callable[[Callable[[int, int], None]], SyncReport], say: Callable[[str], None]) -> None:
    """Run `fetch(progress)` and say how it goes and how it ended."""
    with _Telling(say) as telling:
        try:
            report = fetch(telling.note)
            end: dict[str, Any] = {"report": [report.catalog_version, report.items, report.changed]}
        except AppError as error:
            end = {"error": {"code": error.code, "detail": str(error), "values": error.values}}
    say(json.dumps(end, default=str))


def heard(line: str) -> tuple[int, int] | SyncReport:
    """Progress or the end.  Raises the error that was told, FetchBrokenError for anything else."""
    with suppress(ValueError, TypeError, KeyError):
        match json.loads(line):
            case {"progress": [int(done), int(total)]}:
                return done, total
            case {"report": [str(version), int(items), bool(changed)]}:
                return SyncReport(version, items, changed)
            case {"error": {"code": str(code), "detail": str(detail), "values": dict(values)}}:
                error = by_code(code, detail, values)
                if error is not None:
                    raise error
    raise FetchBrokenError("not one of our lines")


class _Telling:
    """Says the newest progress every `EVERY_S`, however often it is noted; the last one always."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say
        self._newest: tuple[int, int] | None = None
        self._told: tuple[int, int] | None = None
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._tell, name="telling", daemon=True)

    def note(self, done: int, total: int) -> None:
        self._newest = (done, total)

    def _tell(self) -> None:
        while not self._over.wait(EVERY_S):
            self._say_newest()

    def _say_newest(self) -> None:
        newest = self._newest
        if newest is not None and newest != self._told:
            self._told = newest
            self._say(json.dumps({"progress": newest}))

    def __enter__(self) -> "_Telling":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()
        self._say_newest()
