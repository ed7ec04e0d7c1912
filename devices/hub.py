"""Every device of the station behind the one port the core knows (app.ports.Devices).

One session with its own thread for each configured device; the hub starts with none of them
plugged in and closes without waiting for one that hangs.
"""

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from functools import partial
from threading import Event, Lock
from typing import Any, TypeVar

from app.domain.device import CardRead, DeviceEvent, DeviceHealth, DeviceKind, FoundDevice
from app.domain.printing import DocumentOptions, PrintOutcome, PrintState, SlipPaper
from app.errors import DeviceBusyError, DeviceNotConfiguredError
from app.ports import Clock
from devices.printer_session import PrinterSession
from devices.reader_session import ReaderSession
from devices.registry import DeviceLine
from devices.scanner_session import ScannerSession
from devices.session import Session

_CLOSE_S = 1.0
DOTS = {80: 576, 58: 384}
_SESSIONS: dict[DeviceKind, type[Session[Any]]] = {
    DeviceKind.ID_READER: ReaderSession,
    DeviceKind.RECEIPT_PRINTER: PrinterSession,
    DeviceKind.SCANNER: ScannerSession,
}
_T = TypeVar("_T")

logger = logging.getLogger(__name__)


class DeviceHub:
    """Implements app.ports.Devices."""

    def __init__(self, lines: Sequence[DeviceLine], clock: Clock) -> None:
        """Raises SettingsError for an unknown driver; a kind configured twice counts once, the last one."""
        self._lock = Lock()
        self._listeners: list[Callable[[DeviceEvent], None]] = []
        self._said: dict[DeviceKind, DeviceHealth] = {}
        self._holders: dict[DeviceKind, str] = {}
        chosen = {line.kind: line for line in lines if line.kind in _SESSIONS}
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
        return _missing() if reader is None else reader.read_card(deadline_s, cancelled)

    def print_slip(self, data: bytes, deadline_s: float) -> Future[PrintOutcome]:
        printer = self._sessions.get(DeviceKind.RECEIPT_PRINTER)
        if isinstance(printer, PrinterSession):
            return printer.print(data, deadline_s)
        future: Future[PrintOutcome] = Future()
        future.set_result(PrintOutcome(PrintState.FAILED, DeviceNotConfiguredError.code))
        return future

    def slip_paper(self) -> SlipPaper:
        printer = self._sessions.get(DeviceKind.RECEIPT_PRINTER)
        if printer is None:
            return SlipPaper()
        width_mm = printer.device.width_mm
        return SlipPaper(width_mm, DOTS[width_mm])

    def print_document(self, pdf: bytes, options: DocumentOptions, deadline_s: float) -> Future[PrintOutcome]:
        future: Future[PrintOutcome] = Future()
        future.set_result(PrintOutcome(PrintState.FAILED, DeviceNotConfiguredError.code))
        return future

    def drop_prints(self) -> None:
        pass

    def self_test(self, kind: DeviceKind) -> Future[DeviceHealth]:
        return self.probe(kind)

    @contextmanager
    def claim(self, kind: DeviceKind, holder: str) -> Iterator[None]:
        with self._lock:
            if kind in self._holders:
                raise DeviceBusyError(holder=self._holders[kind])
            self._holders[kind] = holder
        try:
            yield
        finally:
            with self._lock:
                del self._holders[kind]

    def trigger_scan(self, on: bool) -> None:
        scanner = self._sessions.get(DeviceKind.SCANNER)
        if isinstance(scanner, ScannerSession):
            scanner.trigger(on)

    def find(self) -> Future[Sequence[FoundDevice]]:
        future: Future[Sequence[FoundDevice]] = Future()
        future.set_result(())
        return future

    def probe(self, kind: DeviceKind) -> Future[DeviceHealth]:
        session = self._sessions.get(kind)
        return _missing() if session is None else session.probe()

    def close(self) -> None:
        """Takes a second at most; a thread that hangs in a device is left behind."""
        ends = time.monotonic() + _CLOSE_S
        for session in self._sessions.values():
            session.close()
        for session in self._sessions.values():
            session.join(max(0.0, ends - time.monotonic()))

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
    future: Future[_T] = Future()
    future.set_exception(DeviceNotConfiguredError("not in station.toml"))
    return future
