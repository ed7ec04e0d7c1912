"""Find what is plugged in, configured or not, and say what it is.

Every serial port, every extra line a technician names, and what the searches of other buses know (USB
devices, print queues).  Each is asked on a thread of its own, so one that hangs costs the others nothing;
all of it ends after twenty seconds.  A line this process uses is listed, not asked.
"""

import logging
import math
import queue
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future
from threading import Thread

from app.domain.device import FoundDevice
from app.errors import DeviceError
from devices import asking
from devices.driver import IN_USE
from devices.plugged import BOOK, Port, serial_ports
from devices.registry import SEARCHES, Search

TOTAL_S = 20.0
HANGS, NOT_ASKED = "hangs", "not_asked"  # no word in all the time; cancelled before
_LOOK_S = 0.1
_GRACE_S = 1.5  # for those that are asked to stop to put their ports back as they were

Progress = Callable[[int, int], None]
logger = logging.getLogger(__name__)

_Job = Callable[[], Sequence[FoundDevice]]
_Done = queue.SimpleQueue[tuple[str, Sequence[FoundDevice]]]


def find_devices(
    extra: Iterable[str] = (),
    progress: Progress | None = None,
    over: asking.Over = lambda: False,
    searches: Sequence[Search] | None = None,
    total_s: float = TOTAL_S,
) -> Sequence[FoundDevice]:
    """What there is, sorted: known devices first.  Ends early with what is known when `over` says so.

    `progress(done, total)`: lines and buses.
    """
    ends = time.monotonic() + total_s

    def stop() -> bool:
        return over() or time.monotonic() > ends

    ports = {port.line: port for port in (*serial_ports(), *(Port(line) for line in extra))}
    jobs: dict[str, _Job] = {line: _asking(port, stop) for line, port in ports.items()}
    for number, search in enumerate(SEARCHES if searches is None else searches):
        jobs[f"search {number}"] = search
    answers = _all_at_once(jobs, progress, stop)
    state = NOT_ASKED if over() else HANGS
    for line in ports.keys() - answers.keys():
        answers[line] = [FoundDevice(line, name=ports[line].name, facts={"state": state})]
    found = [device for devices in answers.values() for device in devices]
    return tuple(sorted(found, key=lambda device: (device.kind is None, device.line)))


def start_finding(
    extra: Iterable[str] = (), progress: Progress | None = None, over: asking.Over = lambda: False
) -> Future[Sequence[FoundDevice]]:
    """The same on a thread of its own; cancelling the future ends it, too."""
    future: Future[Sequence[FoundDevice]] = Future()

    def look() -> None:
        try:
            found = find_devices(extra, progress, lambda: over() or future.cancelled())
        except Exception as error:
            logger.exception("looking for devices failed")
            if future.set_running_or_notify_cancel():
                future.set_exception(error)
            return
        if future.set_running_or_notify_cancel():
            future.set_result(found)

    Thread(target=look, name="device-find", daemon=True).start()
    return future


def _asking(port: Port, stop: asking.Over) -> _Job:
    def job() -> Sequence[FoundDevice]:
        with BOOK.taking(port.line) as free:
            if not free:
                return [FoundDevice(port.line, name=port.name, facts={"state": IN_USE})]
            return [asking.who_is(port, over=stop)]

    return job


def _all_at_once(
    jobs: dict[str, _Job], progress: Progress | None, stop: asking.Over
) -> dict[str, Sequence[FoundDevice]]:
    """The answers of the jobs that were done in time, by their names."""
    done: _Done = queue.SimpleQueue()
    for name, job in jobs.items():
        Thread(target=_do, args=(name, job, done), name="device-ask", daemon=True).start()
    answers: dict[str, Sequence[FoundDevice]] = {}
    ends = math.inf
    while len(answers) < len(jobs) and time.monotonic() < ends:
        if stop():
            ends = min(ends, time.monotonic() + _GRACE_S)
        try:
            name, found = done.get(timeout=_LOOK_S)
        except queue.Empty:
            continue
        answers[name] = found
        if progress is not None:
            progress(len(answers), len(jobs))
    return answers


def _do(name: str, job: _Job, done: _Done) -> None:
    done.put((name, _sure(job)))


def _sure(job: _Job) -> Sequence[FoundDevice]:
    """One bus that cannot be searched hides nothing of the others."""
    try:
        return job()
    except DeviceError as error:
        logger.info("a search failed: %s", error.code)
    except Exception:
        logger.exception("a search failed")
    return ()
