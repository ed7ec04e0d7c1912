"""Find a device by what it is, not by where it is plugged in: the lines `auto` of station.toml.

    auto                    any serial port, and what the searches of other buses know
    auto LINE LINE …        only these

A line is taken when the device on it speaks the protocol of its kind.  It is remembered by its own id
(security module, serial number), and so found again on another port; the port where it was last is asked
first, then ports that were not there before.  Where the settings name an id, no other device will do.

A scanner cannot be asked.  It is known by its maker's USB id; a silent port is taken for a scanner only while
no other device of the station is being looked for.
"""

import time
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from threading import Lock

from app.domain.device import DeviceKind, FoundDevice
from app.errors import DeviceError, DeviceNotFoundError
from devices import asking
from devices.driver import GONE
from devices.plugged import BOOK, Port, PortBook, named_in, serial_ports, token_of
from devices.registry import SEARCHES, DeviceLine, Search

_SILENCE_KEPT_S = 30.0  # how long a port that did not answer is left alone

Ports = Callable[[], Iterable[Port]]
Ask = Callable[[Port, tuple[int, ...], asking.Over, int], FoundDevice]


@dataclass(slots=True)
class _Answers:
    """What each port answered, shared by the sessions, so that each is asked once for all of them."""

    known: dict[str, tuple[Hashable, float, FoundDevice]] = field(default_factory=dict)
    missing: set[DeviceKind] = field(default_factory=set)
    lock: Lock = field(default_factory=Lock)

    def keep(self, line: str, found: FoundDevice) -> None:
        if found.facts.get("state") == GONE:
            return
        with self.lock:
            self.known[line] = (token_of(line), time.monotonic(), found)

    def recall(self, line: str) -> FoundDevice | None:
        with self.lock:
            token, at, found = self.known.get(line, (None, 0.0, None))
        fresh = token == token_of(line) and time.monotonic() - at < _SILENCE_KEPT_S
        return found if fresh else None

    def forget(self, line: str) -> None:
        with self.lock:
            self.known.pop(line, None)

    def miss(self, kind: DeviceKind, missing: bool) -> None:
        with self.lock:
            (self.missing.add if missing else self.missing.discard)(kind)

    def others_missing(self, kind: DeviceKind) -> bool:
        with self.lock:
            return bool(self.missing - {kind})


class Seekers:
    """The seekers of one hub: what one of them has learnt of a port the others need not ask."""

    def __init__(
        self,
        ports: Ports = serial_ports,
        ask: Ask = asking.who_is,
        searches: Sequence[Search] = SEARCHES,
        book: PortBook = BOOK,
    ) -> None:
        self.ports = ports
        self.ask = ask
        self.searches = searches
        self.book = book
        self.answers = _Answers()

    def of(self, device: DeviceLine) -> "Seeker":
        self.answers.miss(device.kind, True)
        return Seeker(self, device)


class Seeker:
    """Looks for one device; used on its own thread."""

    def __init__(self, all_of_them: Seekers, device: DeviceLine) -> None:
        self._all = all_of_them
        self._device = device
        self._last: FoundDevice | None = None
        self._line = ""  # taken in the book
        self._seen: frozenset[str] = frozenset()

    def seek(self, over: asking.Over) -> DeviceLine:
        """The device with the line it is on now, taken in the book.  Raises DeviceNotFoundError."""
        chosen = self._choose(over)
        if chosen is None:
            raise DeviceNotFoundError("on no line")
        self._last, self._line = chosen, chosen.line
        self._all.answers.miss(self._device.kind, False)
        return replace(self._device, line=chosen.line, driver=chosen.driver, baudrate=chosen.baudrate)

    def lost(self) -> None:
        """Let go of the line: what is behind it has to be asked anew."""
        line, self._line = self._line, ""
        if line:
            self._all.book.release(line)
            self._all.answers.forget(line)
            self._all.answers.miss(self._device.kind, True)

    def close(self) -> None:
        self._all.answers.miss(self._device.kind, False)

    def _choose(self, over: asking.Over) -> FoundDevice | None:
        """The device that was here before; else, of those that fit, the first."""
        second_best: FoundDevice | None = None
        for found in self._fitting(over):
            if self._is_the_one(found):
                if second_best is not None:
                    self._all.book.release(second_best.line)
                return found
            if second_best is None:
                second_best = found
            else:
                self._all.book.release(found.line)
        return second_best

    def _fitting(self, over: asking.Over) -> Iterator[FoundDevice]:
        """The devices of our kind that are free, each taken in the book when it is given."""
        for port in self._candidates():
            if over():
                return
            found = self._look(port, over)
            if found is not None:
                yield found
        if named_in(self._device.line):
            return
        for found in (found for search in self._all.searches for found in _sure(search)):
            fitting = self._as_ours(found)
            if fitting is not None and self._all.book.try_take(fitting.line):
                yield fitting

    def _look(self, port: Port, over: asking.Over) -> FoundDevice | None:
        """A device of our kind on this port, which is then ours in the book."""
        book, answers = self._all.book, self._all.answers
        if not book.try_take(port.line):
            return None
        found = answers.recall(port.line)
        if found is None:
            familiar = self._last.baudrate if self._last else 0
            found = self._all.ask(port, self._speeds, over, familiar)
            answers.keep(port.line, found)
        fitting = self._as_ours(found)
        if fitting is None:
            book.release(port.line)
        return fitting

    def _as_ours(self, found: FoundDevice) -> FoundDevice | None:
        wanted = self._device
        if found.kind is None and wanted.kind is DeviceKind.SCANNER and self._may_guess(found):
            return replace(found, kind=wanted.kind, driver=wanted.driver, baudrate=wanted.baudrate)
        if found.kind is not wanted.kind or "state" in found.facts:  # it is there, but did not answer
            return None
        return None if wanted.device_id and found.facts.get("id") != wanted.device_id else found

    def _may_guess(self, found: FoundDevice) -> bool:
        """A silent port may be a scanner, unless a certain one is wanted or another device lacks a port."""
        silent = found.facts.get("state") == asking.SILENT
        return (
            silent and not self._device.device_id and not self._all.answers.others_missing(self._device.kind)
        )

    def _is_the_one(self, found: FoundDevice) -> bool:
        return self._last is None or self._last.facts.get("id") == found.facts.get("id")

    def _candidates(self) -> list[Port]:
        """Where it was first, then ports that are new, then the others."""
        named = named_in(self._device.line)
        ports = [Port(line) for line in named] if named else list(self._all.ports())
        last = self._last.line if self._last else ""
        old, self._seen = self._seen, frozenset(port.line for port in ports)
        return sorted(ports, key=lambda port: (port.line != last, port.line in old))

    @property
    def _speeds(self) -> tuple[int, ...]:
        return (self._device.baudrate,) if self._device.baudrate else asking.SPEEDS


def _sure(search: Search) -> Sequence[FoundDevice]:
    """A bus that cannot be searched has nothing for us."""
    try:
        return search()
    except DeviceError:
        return ()


SEEKERS = Seekers()
