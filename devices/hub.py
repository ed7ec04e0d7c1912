"""Every device of the station behind the one port the core knows (app.ports.Devices).

One session with its own thread for each configured device; the hub starts with none of them
plugged in and closes without waiting for one that hangs.

A device in use is left in peace: while a slip is printed, a card is waited for, a test is running or a flow
has claimed it, nobody else may test or claim it, and who asks how it is gets the last answer.  Printing and
reading are never refused for it: a person's paper waits for a test to end, no longer.
"""

import logging
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import AbstractContextManager
from functools import partial
from threading import Event, Lock, Thread
from typing import Any, TypeVar

from app.domain.device import CardRead, DeviceEvent, DeviceHealth, DeviceKind, FoundDevice
from app.domain.printing import DocumentOptions, PrintOutcome, PrintState, SlipPaper
from app.errors import DeviceBusyError, DeviceError, DeviceNotConfiguredError
from app.ports import Clock
from devices.claims import Claims
from devices.discovery import Progress, start_finding
from devices.document_session import DocumentSession
from devices.plugged import BOOK, is_auto
from devices.printer_session import PrinterSession
from devices.reader_session import ReaderSession
from devices.registry import DeviceLine, entry_for
from devices.scanner_session import ScannerSession
from devices.session import Session
from devices.wlt_photo import decode_photo

_CLOSE_S = 1.0
_SESSIONS: dict[DeviceKind, type[Session[Any]]] = {
    DeviceKind.ID_READER: ReaderSession,
    DeviceKind.RECEIPT_PRINTER: PrinterSession,
    DeviceKind.A4_PRINTER: DocumentSession,
    DeviceKind.SCANNER: ScannerSession,
}
READING, PRINTING, TESTING = "reading", "printing", "testing"  # who has a device, where it is not a flow
_T = TypeVar("_T")

logger = logging.getLogger(__name__)


class DeviceHub:
    """Implements app.ports.Devices."""

    def __init__(self, lines: Sequence[DeviceLine], clock: Clock) -> None:
        """Raises SettingsError for an unknown driver; a kind configured twice counts once, the last one."""
        self._lock = Lock()
        self._listeners: list[Callable[[DeviceEvent], None]] = []
        self._said: dict[DeviceKind, DeviceHealth] = {}
        self._claims = Claims()
        self._closing = Event()
        chosen = {line.kind: line for line in lines if line.kind in _SESSIONS}
        for line in chosen.values():
            entry_for(line)
        self._fixed = [line.line for line in chosen.values() if not is_auto(line.line)]
        for fixed in self._fixed:  # before any session looks around
            BOOK.reserve(fixed)
        self._sessions = {kind: _SESSIONS[kind](line, clock, self._emit) for kind, line in chosen.items()}

    def listen(self, listener: Callable[[DeviceEvent], None]) -> None:
        """A new listener first hears how each device is, as far as it is known.

        May be called more than once; a listener that raises harms nobody else.
        """
        with self._lock:
            known = tuple(self._said.values())
            self._listeners.append(listener)
        for health in known:
            self._sessions[health.kind].later(partial(self._repeat, health, listener))

    def health(self) -> Sequence[DeviceHealth]:
        return [session.health for session in self._sessions.values()]

    def has(self, kind: DeviceKind) -> bool:
        return kind in self._sessions

    def watch_cards(self, on: bool) -> None:
        if (reader := self._reader()) is not None:
            reader.watch(on)

    def read_card(self, deadline_s: float, cancelled: Event) -> Future[CardRead]:
        """The card goes to the caller alone, not to the listeners.  A cancel ends it with NoCardError."""
        reader = self._reader()
        if reader is None:
            return _missing()
        return self._in_use(DeviceKind.ID_READER, READING, lambda: reader.read_card(deadline_s, cancelled))

    def card_photo(self, read: CardRead) -> Future[bytes | None]:
        """By the reader's plug-in, on a thread of its own: three seconds, if it hangs, hold up no card."""
        reader, photo = self._reader(), read.photo
        command = reader.device.photo_decoder if reader is not None else ()
        if photo is None or not command:
            return _done(None)
        answer: Future[bytes | None] = Future()

        def decode() -> None:
            picture = decode_photo(photo, command)
            answer.set_result(picture.data if picture is not None else None)

        Thread(target=decode, name="card-photo", daemon=True).start()
        return answer

    def print_slip(self, data: bytes, deadline_s: float) -> Future[PrintOutcome]:
        printer = self._sessions.get(DeviceKind.RECEIPT_PRINTER)
        if isinstance(printer, PrinterSession):
            return self._in_use(printer.device.kind, PRINTING, lambda: printer.print(data, deadline_s))
        future: Future[PrintOutcome] = Future()
        future.set_result(PrintOutcome(PrintState.FAILED, DeviceNotConfiguredError.code))
        return future

    def slip_paper(self) -> SlipPaper:
        printer = self._sessions.get(DeviceKind.RECEIPT_PRINTER)
        return printer.paper if isinstance(printer, PrinterSession) else SlipPaper()

    def print_document(self, pdf: bytes, options: DocumentOptions, deadline_s: float) -> Future[PrintOutcome]:
        printer = self._sessions.get(DeviceKind.A4_PRINTER)
        if isinstance(printer, DocumentSession):
            return self._in_use(
                printer.device.kind, PRINTING, lambda: printer.print(pdf, options, deadline_s)
            )
        future: Future[PrintOutcome] = Future()
        future.set_result(PrintOutcome(PrintState.FAILED, DeviceNotConfiguredError.code))
        return future

    def drop_prints(self) -> None:
        for session in self._sessions.values():
            if isinstance(session, DocumentSession):
                session.drop_prints()

    def self_test(self, kind: DeviceKind) -> Future[DeviceHealth]:
        session = self._sessions.get(kind)
        if session is None:
            return _missing()
        try:
            self._claims.claim(kind, TESTING)
        except DeviceBusyError as error:
            return _refused(error)
        return _and_then(session.self_test(), lambda: self._claims.unclaim(kind))

    def claim(self, kind: DeviceKind, holder: str) -> AbstractContextManager[None]:
        return self._claims.claimed(kind, holder)

    def trigger_scan(self, on: bool) -> None:
        scanner = self._sessions.get(DeviceKind.SCANNER)
        if isinstance(scanner, ScannerSession):
            scanner.trigger(on)

    def find(
        self, progress: Progress | None = None, cancelled: Event | None = None
    ) -> Future[Sequence[FoundDevice]]:
        """`progress(done, total)` on a thread of its own; what is in use here is not asked.

        A cancel ends it with what has been found by then.
        """

        def over() -> bool:
            return self._closing.is_set() or (cancelled is not None and cancelled.is_set())

        return start_finding(progress=progress, over=over)

    def probe(self, kind: DeviceKind) -> Future[DeviceHealth]:
        session = self._sessions.get(kind)
        if session is None:
            return _missing()
        return _done(session.health) if self._claims.holder(kind) else session.probe()

    def close(self) -> None:
        """Takes a second at most; a thread that hangs in a device is left behind."""
        self._closing.set()
        ends = time.monotonic() + _CLOSE_S
        for session in self._sessions.values():
            session.close()
        for session in self._sessions.values():
            session.join(max(0.0, ends - time.monotonic()))
        for line in self._fixed:
            BOOK.release(line)
        self._fixed = []

    def _in_use(self, kind: DeviceKind, word: str, work: Callable[[], Future[_T]]) -> Future[_T]:
        """The device counts as in use until the work is done."""
        self._claims.begin(kind, word)
        return _and_then(work(), lambda: self._claims.end(kind, word))

    def _reader(self) -> ReaderSession | None:
        reader = self._sessions.get(DeviceKind.ID_READER)
        return reader if isinstance(reader, ReaderSession) else None

    def _emit(self, event: DeviceEvent) -> None:
        with self._lock:
            if isinstance(event, DeviceHealth):
                self._said[event.kind] = event
            listeners = tuple(self._listeners)
        for listener in listeners:
            _tell(listener, event)

    def _repeat(self, health: DeviceHealth, listener: Callable[[DeviceEvent], None]) -> None:
        """On the device's own thread; not when there has been newer news."""
        if self._said[health.kind] is health:
            _tell(listener, health)


def _tell(listener: Callable[[DeviceEvent], None], event: DeviceEvent) -> None:
    try:
        listener(event)
    except Exception:
        logger.exception("a listener failed on a %s", type(event).__name__)


def _missing() -> Future[_T]:
    return _refused(DeviceNotConfiguredError("not in station.toml"))


def _refused(error: DeviceError) -> Future[_T]:
    future: Future[_T] = Future()
    future.set_exception(error)
    return future


def _and_then(work: Future[_T], release: Callable[[], None]) -> Future[_T]:
    """The same future, but whoever has its result finds the device released already."""
    answer: Future[_T] = Future()

    def finished(done: Future[_T]) -> None:
        release()
        if done.cancelled() or not answer.set_running_or_notify_cancel():
            answer.cancel()
        elif (error := done.exception()) is not None:
            answer.set_exception(error)
        else:
            answer.set_result(done.result())

    work.add_done_callback(finished)
    answer.add_done_callback(lambda given: given.cancelled() and work.cancel())
    return answer


def _done(value: _T) -> Future[_T]:
    future: Future[_T] = Future()
    future.set_result(value)
    return future
