"""An A4 printer that speaks IPP over HTTP.

    python main.py emulate ipp --listen 127.0.0.1:8631 --out DIR     line: ipp://127.0.0.1:8631/ipp/print

Every document that came out whole gives doc-0001.pdf and doc-0001-1.png … in DIR.  Jobs are printed one
after the other, sheet by sheet; with the paper out, the cover open or a jam the printer stops where it is
and goes on when it is put right, unless the job is cancelled.

Control: `paper N|full`, `cover open|closed`, `jam on|off`, `toner ok|low|empty`, `pause`, `resume`, `pace
SECONDS`, `fault NAME [N]`, `at N COMMAND` (when sheet N of the next job is due), `age SECONDS` (of all jobs),
`printed`, `forget`, `status`.
"""

import argparse
import os
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from app.errors import DeviceProtocolError
from devices import ipp_codec as ipp
from devices.emulators.http_requests import Request, read_request, response
from devices.emulators.ipp_words import (
    ABORTED,
    CANCELED,
    COMPLETED,
    PROCESSING,
    STOPPED,
    Job,
    job_words,
    printer_words,
    queue_words,
)
from devices.emulators.paper_pictures import save_document, sheets_of
from devices.emulators.server import Wire, add_common_arguments, run
from devices.ipp_client import Operation
from devices.ipp_codec import Group, GroupTag, Message, Tag, Value

FAULTS = (
    "none",
    "silent",  # takes requests and answers nothing
    "drips",  # answers a byte now and then
    "garbage",  # answers something that is no IPP
    "refuses",  # HTTP 503 to everything
    "hangs_up",  # takes a job and hangs up before it answers
    "loses",  # hangs up in the middle of a job it then forgets
    "dies_at",  # the process ends when sheet N is due
    "aborts_at",  # gives the job up when sheet N is due
    "ends_at",  # the paper ends when sheet N is due
    "errors",  # completes, with errors
    "stuck",  # never ends a job, never obeys a cancel
    "amnesia",  # knows no job any more once it has ended
    "raster_only",  # takes no PDF
)
_FOR_EVER = 10**6
_TICK_S = 0.02
_BAD, _NOT_POSSIBLE, _NO_JOB, _NO_FORMAT, _PAUSED = 0x0400, 0x0404, 0x0406, 0x040A, 0x0506


class IppEmulator:
    """One printer and its jobs."""

    def __init__(self, out: Path | None = None, pace_s: float = 0.5, queues: Sequence[str] = ()) -> None:
        self._out, self._pace_s, self._queues = out, pace_s, queues
        self._lock = threading.RLock()
        self._jobs: dict[int, Job] = {}
        self._printed: list[dict[str, Any]] = []
        self._paper, self._toner = _FOR_EVER, "ok"
        self._cover_open = self._jammed = self._paused = False
        self._fault, self._at = "none", 1
        self._order: tuple[int, list[str]] = (0, [])
        self._asked = 0
        self._started = time.monotonic()
        threading.Thread(target=self._print_for_ever, daemon=True).start()

    # -- the control door ----------------------------------------------------------------------------

    def command(self, words: list[str]) -> dict[str, Any]:
        with self._lock:
            self._obey(words)
            return self._status()

    def _obey(self, words: list[str]) -> None:
        match words:
            case ["paper", count]:
                self._paper = _FOR_EVER if count == "full" else int(count)
            case ["cover", ("open" | "closed") as how]:
                self._cover_open = how == "open"
            case ["jam", ("on" | "off") as how]:
                self._jammed = how == "on"
            case ["toner", ("ok" | "low" | "empty") as how]:
                self._toner = how
            case [("pause" | "resume") as how]:
                self._paused = how == "pause"
            case ["pace", seconds]:
                self._pace_s = float(seconds)
            case ["fault", name, *at] if name in FAULTS:
                self._fault, self._at = name, int(at[0]) if at else 1
            case ["at", sheet, *order]:
                self._order = int(sheet), order
            case ["age", seconds]:
                for job in self._jobs.values():
                    job.born -= float(seconds)
                self._started -= float(seconds)
            case ["forget"]:
                self._jobs, self._printed, self._asked = {}, [], 0
            case ["printed"] | ["status"]:
                pass
            case _:
                raise ValueError(__doc__)

    def _status(self) -> dict[str, Any]:
        jobs = [
            {"id": j.job_id, "name": j.name, "state": j.state, "sheets": j.done} for j in self._jobs.values()
        ]
        return {"jobs": jobs, "printed": self._printed, "asked": self._asked, "reasons": self._reasons()}

    # -- paper ---------------------------------------------------------------------------------------

    def _reasons(self) -> list[str]:
        found = ["media-empty-error"] if not self._paper else []
        found += ["cover-open-error"] if self._cover_open else []
        found += ["media-jam-error"] if self._jammed else []
        found += ["toner-empty-error"] if self._toner == "empty" else []
        found += ["toner-low-warning"] if self._toner == "low" else []
        found += ["paused"] if self._paused else []
        return found or ["none"]

    @property
    def _stops(self) -> bool:
        return not self._paper or self._cover_open or self._jammed or self._toner == "empty" or self._paused

    def _print_for_ever(self) -> None:
        while True:
            with self._lock:
                job = next((j for j in self._jobs.values() if j.open), None)
                pause = _TICK_S if job is None else self._print_some(job)
            if pause is not None:
                time.sleep(pause)
            elif job is not None:
                self._finish(job)

    def _print_some(self, job: Job) -> float | None:
        """One sheet, or nothing while the printer stands; seconds until the next look, None: all are out."""
        job.begun = time.monotonic() if job.begun is None else job.begun
        if job.done + 1 == self._order[0]:
            self._obey(self._order[1])
            self._order = (0, [])
        if job.done + 1 == self._at:
            self._strike(job)
        job.state = STOPPED if self._stops else PROCESSING if job.open else job.state
        if job.state != PROCESSING or self._fault == "stuck":
            return _TICK_S
        if job.done == job.sheets:
            return None
        job.done += 1
        self._paper -= 1
        return self._pace_s

    def _strike(self, job: Job) -> None:
        """What a fault does when its sheet is due."""
        if self._fault == "dies_at":
            os._exit(0)
        if self._fault == "ends_at":
            self._paper, self._fault = 0, "none"
        if self._fault == "aborts_at":
            job.state, job.reason = ABORTED, "aborted-by-system"

    def _finish(self, job: Job) -> None:
        """Drawn without the lock: a printer answers while it works."""
        number = len(self._printed) + 1
        files = save_document(self._out, number, job.data, job.mime) if self._out else []
        with self._lock:
            if not job.open:  # taken back in the last moment
                return
            job.state = COMPLETED
            wrong = self._fault == "errors"
            job.reason = "job-completed-with-errors" if wrong else "job-completed-successfully"
            self._printed.append({"name": job.name, "sheets": job.done, **job.asked, "files": files})
            if self._fault == "amnesia":
                self._jobs.pop(job.job_id, None)

    # -- requests ------------------------------------------------------------------------------------

    def attend(self, wire: Wire, stop: threading.Event) -> None:
        request = read_request(wire, stop)
        if request is None:
            return
        fault = self._fault
        if fault == "silent":
            while not stop.is_set() and wire.receive() == b"":
                pass
        elif fault == "drips":
            self._drip(wire, stop)
        elif fault == "garbage":
            wire.send(response(200, b"\x00\xff" * 64))
        elif fault == "refuses":
            wire.send(response(503, b""))
        else:
            self._answer(wire, request, fault)

    def _drip(self, wire: Wire, stop: threading.Event) -> None:
        wire.send(response(200, b"", length=10_000))
        while not stop.is_set() and wire.receive() == b"":
            wire.send(b"\1")

    def _answer(self, wire: Wire, request: Request, fault: str) -> None:
        try:
            asked = ipp.decode(request.body)
        except DeviceProtocolError:
            wire.send(response(400, b""))
            return
        with self._lock:
            self._asked += 1
            answer = self._do(asked)
            if asked.code == Operation.PRINT_JOB and fault in ("hangs_up", "loses"):
                if fault == "loses":
                    self._jobs.clear()
                return
        wire.send(response(200, ipp.encode(answer)))

    def _do(self, asked: Message) -> Message:
        known: dict[int, Callable[[Message], tuple[int, list[Group]]]] = {
            Operation.PRINT_JOB: self._take_job,
            Operation.VALIDATE_JOB: self._validate,
            Operation.CANCEL_JOB: self._cancel,
            Operation.GET_JOB: self._tell_job,
            Operation.GET_JOBS: self._tell_jobs,
            Operation.GET_PRINTER: lambda _asked: (0, [self._printer()]),
            Operation.CUPS_GET_PRINTERS: lambda _asked: (0, [queue_words(each) for each in self._queues]),
        }
        do = known.get(asked.code)
        status, groups = do(asked) if do else (0x0501, [])
        head = {
            "attributes-charset": (Value(Tag.CHARSET, "utf-8"),),
            "attributes-natural-language": (Value(Tag.LANGUAGE, "en"),),
        }
        groups = [Group(GroupTag.OPERATION, head), *groups]
        return Message(status, asked.request_id, tuple(groups), version=asked.version)

    def _validate(self, asked: Message) -> tuple[int, list[Group]]:
        mime = ipp.word(asked.group(GroupTag.OPERATION), "document-format")
        if mime and mime not in self._formats():
            return _NO_FORMAT, []
        return (_PAUSED if self._paused else 0), []

    def _take_job(self, asked: Message) -> tuple[int, list[Group]]:
        status, _ = self._validate(asked)
        if status:
            return status, []
        said, wanted = asked.group(GroupTag.OPERATION), asked.group(GroupTag.JOB)
        mime = ipp.word(said, "document-format")
        number = 1 + max(self._jobs, default=0)
        copies = ipp.number(wanted, "copies") or 1
        two_sided = ipp.word(wanted, "sides").startswith("two-sided")
        pages = sheets_of(asked.data, mime)
        sheets = copies * (-(-pages // 2) if two_sided else pages)
        tray = [v.value for v in wanted.get("media-col", ())]
        source = ipp.word(tray[0], "media-source") if tray and isinstance(tray[0], dict) else ""
        extras = {"copies": copies, "sides": ipp.word(wanted, "sides"), "tray": source}
        name = ipp.word(said, "job-name")
        job = Job(number, name, asked.data, mime, sheets, time.monotonic(), extras)
        self._jobs[number] = job
        return 0, [self._job(job)]

    def _one(self, asked: Message) -> Job | None:
        return self._jobs.get(ipp.number(asked.group(GroupTag.OPERATION), "job-id") or 0)

    def _cancel(self, asked: Message) -> tuple[int, list[Group]]:
        job = self._one(asked)
        if job is None:
            return _NO_JOB, []
        if not job.open:
            return _NOT_POSSIBLE, []
        if self._fault != "stuck":
            job.state, job.reason = CANCELED, "job-canceled-by-user"
        return 0, []

    def _tell_job(self, asked: Message) -> tuple[int, list[Group]]:
        job = self._one(asked)
        return (_NO_JOB, []) if job is None else (0, [self._job(job)])

    def _tell_jobs(self, asked: Message) -> tuple[int, list[Group]]:
        ended = ipp.word(asked.group(GroupTag.OPERATION), "which-jobs") == "completed"
        return 0, [self._job(j) for j in self._jobs.values() if j.open is not ended]

    # -- what it says --------------------------------------------------------------------------------

    def _formats(self) -> tuple[str, ...]:
        return ("image/pwg-raster", "image/urf") if self._fault == "raster_only" else ("application/pdf",)

    def _job(self, job: Job) -> Group:
        return Group(GroupTag.JOB, job_words(job, time.monotonic(), self._clock))

    def _printer(self) -> Group:
        waiting = sum(job.open for job in self._jobs.values())
        up_s = self._clock(time.monotonic())
        words = printer_words(self._reasons(), self._stops, waiting, self._formats(), up_s)
        return Group(GroupTag.PRINTER, words)

    def _clock(self, at: float) -> int:
        """Seconds since it was switched on, from 1."""
        return 1 + int(at - self._started)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_common_arguments(parser)
    parser.add_argument("--out", type=Path, metavar="DIR", help="where what is printed goes")
    parser.add_argument("--pace", type=float, default=0.5, metavar="SECONDS", help="a sheet takes")
    parser.add_argument(
        "--queue", action="append", default=[], metavar="NAME[:raw]", help="be a spooler with these queues"
    )


def serve(args: argparse.Namespace) -> int:
    if args.out:
        args.out.mkdir(parents=True, exist_ok=True)
    return run(args, IppEmulator(args.out, args.pace, args.queue))


def main() -> int:
    parser = argparse.ArgumentParser(prog="ipp")
    add_arguments(parser)
    return serve(parser.parse_args())


if __name__ == "__main__":
    raise SystemExit(main())
