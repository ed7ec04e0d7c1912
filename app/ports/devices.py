"""Everything plugged into the station."""

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import AbstractContextManager
from threading import Event
from typing import Protocol

from app.domain.device import CardRead, DeviceEvent, DeviceHealth, DeviceKind, FoundDevice
from app.domain.printing import DocumentOptions, PrintOutcome, SlipPaper


class Devices(Protocol):
    """Every device of the station; one worker a line; starts with none plugged in, heals by itself."""

    def listen(self, listener: Callable[[DeviceEvent], None]) -> None:
        """Called on a device's own thread: hand over at once."""
        ...

    def health(self) -> Sequence[DeviceHealth]:
        """The last known state of every configured device; never waits."""
        ...

    def has(self, kind: DeviceKind) -> bool: ...
    def watch_cards(self, on: bool) -> None:
        """Poll the reader for cards (CardRead events) or leave it alone."""
        ...

    def read_card(self, deadline_s: float, cancelled: Event) -> Future[CardRead]:
        """One read.  The future fails with DeviceError (NoCardError at the deadline)."""
        ...

    def card_photo(self, read: CardRead) -> Future[bytes | None]:
        """The photo of a card as a BMP or PNG file; None where nothing decodes it.  Never fails."""
        ...

    def print_slip(self, data: bytes, deadline_s: float) -> Future[PrintOutcome]:
        """Never fails: a device error is an outcome with its reason."""
        ...

    def slip_paper(self) -> SlipPaper:
        """What a slip has to be composed for; 80 mm with a cutter when no printer is configured."""
        ...

    def print_document(self, pdf: bytes, options: DocumentOptions, deadline_s: float) -> Future[PrintOutcome]:
        """Print pages on the A4 printer.  Never fails: a device error is an outcome with its reason.

        A job that has not come out by the deadline is taken back, so that it never prints later.
        """
        ...

    def drop_prints(self) -> None:
        """Take back whatever has not come out yet (a session ends); returns at once."""
        ...

    def probe(self, kind: DeviceKind) -> Future[DeviceHealth]:
        """Ask the device now (test button, doctor)."""
        ...

    def self_test(self, kind: DeviceKind) -> Future[DeviceHealth]:
        """Have the device show that it works: a test page, a beep, its security module's word.

        Fails with DeviceError; DeviceBusyError while somebody has claimed it.
        """
        ...

    def claim(self, kind: DeviceKind, holder: str) -> AbstractContextManager[None]:
        """While it is held nobody else may test or claim the device.  `holder` is a word of the program.

        Raises DeviceBusyError (values: holder).
        """
        ...

    def trigger_scan(self, on: bool) -> None:
        """Have the scanner look for a code, or stop; nothing where it cannot be told to."""
        ...

    def find(self) -> Future[Sequence[FoundDevice]]:
        """Look at every port, USB device and print queue that is not configured, and say what it is."""
        ...

    def close(self) -> None: ...
