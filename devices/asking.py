"""Ask a strange line what is behind it, by questions that harm no device.

The order matters.  A receipt printer is asked first, in real time (10 04 01: nothing is printed, and it
answers even when it has stopped); a reader passes over those bytes.  Only where no printer answers, a
reader is asked for its security module (11 FF).  A printer that answers no questions would take those bytes
for text, so ESC @ follows, which empties a printer's line buffer before anything is printed.  A line that
talks of its own accord is not asked at all.  A scanner cannot be asked.

An echo is no answer: neither question, sent back, is an answer of its protocol.

Opening a port raises its modem lines and sets its speed.  So the port is held open once for all speeds, only
when nobody else has locked it, and its former settings are put back.
"""

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import Any

from app.domain.device import DeviceKind, FoundDevice
from app.errors import DeviceError, DeviceNotFoundError
from devices import escpos_status as status
from devices.driver import why_closed
from devices.escpos_printer import DEMO_MODEL
from devices.escpos_status import AnswerDecoder
from devices.line import Line, flush, open_line
from devices.plugged import NETWORK, Port
from devices.sdt_frames import Command, FrameDecoder, encode_request
from devices.sdt_reader import SdtReader

SPEEDS = (115200, 9600, 38400, 19200, 57600)
SILENT, TALKS = "silent", "talks"
_WAIT_S = 0.3  # both answer within a few milliseconds
_WAIT_FAR_S = 1.0
_LISTEN_S = 0.15
_ASK_SERIAL = b"\x1d\x49\x44"
_INITIALISE = b"\x1b\x40"

Over = Callable[[], bool]  # whether to stop asking


def who_is(
    port: Port, speeds: tuple[int, ...] = SPEEDS, over: Over = lambda: False, familiar: int = 0
) -> FoundDevice:
    """What answers there; never raises a DeviceError.  Without an answer `facts["state"]` says what there is.

    About four seconds for a silent port at five speeds.  `familiar`: a speed to ask for everything first.
    """
    facts = {"usb": port.usb} if port.usb else {}
    if port.serial:
        facts["usb_serial"] = port.serial
    plain = FoundDevice(port.line, name=port.name, facts=facts)
    if port.is_scanner:
        return replace(plain, kind=DeviceKind.SCANNER, driver="serial", facts=facts | _id(port.serial))
    try:
        with _as_guest(port.line):
            found = _at_any_speed(port.line, speeds, over, familiar)
    except DeviceError as error:
        found = FoundDevice(port.line, facts={"state": why_closed(error)})
    return replace(found, name=found.name or port.name, facts=facts | found.facts)


def _at_any_speed(line: str, speeds: tuple[int, ...], over: Over, familiar: int) -> FoundDevice:
    heard = False
    for question, speed in _questions((0,) if line.startswith(NETWORK) else speeds, familiar):
        if over():
            break
        answer = _Once(line, speed).ask(question)
        if answer.found is not None:
            return answer.found
        heard = heard or answer.heard
        if answer.talks:
            return FoundDevice(line, facts={"state": TALKS})
    return FoundDevice(line, facts={"state": TALKS if heard else SILENT})


def _questions(speeds: tuple[int, ...], familiar: int) -> "Iterator[tuple[_Question, int]]":
    """The printer's at every speed before the reader's; at a familiar speed both at once."""
    both = (_ask_printer, _ask_reader)
    first = [familiar] if familiar in speeds else []
    yield from ((question, speed) for speed in first for question in both)
    yield from ((question, speed) for question in both for speed in speeds if speed not in first)


class _Once:
    """One question at one speed."""

    def __init__(self, url: str, speed: int) -> None:
        self.url = url
        self.speed = speed
        self.wait_s = _WAIT_FAR_S if url.startswith(NETWORK) else _WAIT_S
        self.found: FoundDevice | None = None
        self.heard = False
        self.talks = False

    def ask(self, question: "_Question") -> "_Once":
        line = open_line(self.url, self.speed)
        try:
            if question is _ask_printer:
                self.talks = bool(self.listen(line, _LISTEN_S) and self.listen(line, _LISTEN_S))
            self.found = None if self.talks else question(self, line)
        finally:
            line.close()
        return self

    def listen(self, line: Line, wait_s: float) -> bytes:
        """The first bytes within the wait, and what follows them at once."""
        ends = time.monotonic() + wait_s
        data = b""
        while time.monotonic() < ends:
            more = line.read(0.05)
            if data and not more:
                break
            data += more
        self.heard = self.heard or bool(data)
        return data


_Question = Callable[[_Once, Line], FoundDevice | None]


def _ask_printer(once: _Once, line: Line) -> FoundDevice | None:
    """Twice the same question, each time one real-time answer and nothing else: no noise does that."""
    answer = 0
    for _ in range(2):
        line.write(status.ASK_PRINTER, once.wait_s)
        answers = AnswerDecoder().feed(once.listen(line, once.wait_s))
        own = [found for found in answers if not isinstance(found, status.Automatic)]
        if len(own) != 1 or not isinstance(own[0], status.RealTime):
            return None
        answer = own[0].byte
    stopped = status.with_answer(status.PrinterState(), status.ASK_PRINTER, answer).offline
    names = [] if stopped else [_name(once, line, ask) for ask in (status.ASK_MODEL, _ASK_SERIAL)]
    model, serial = names if names else ("", "")
    facts = {key: word for key, word in (("model", model), ("serial", serial)) if word}
    if model == DEMO_MODEL:
        facts["simulated"] = "yes"
    identity = _id(f"{model} {serial}".strip() if serial else "")
    return FoundDevice(
        once.url, DeviceKind.RECEIPT_PRINTER, "escpos", model, baudrate=once.speed, facts=facts | identity
    )


def _name(once: _Once, line: Line, question: bytes) -> str:
    line.write(question, once.wait_s)
    for answer in AnswerDecoder().feed(once.listen(line, once.wait_s)):
        if isinstance(answer, status.Block) and answer.name is not None:
            return answer.name.strip()
    return ""


def _ask_reader(once: _Once, line: Line) -> FoundDevice | None:
    line.write(encode_request(Command.SAM_STATUS), once.wait_s)
    if not FrameDecoder().feed(once.listen(line, once.wait_s)):
        with suppress(DeviceError):
            line.write(_INITIALISE, once.wait_s)
            flush(line, 0.0)
        return None
    facts: dict[str, str] = {}
    with suppress(DeviceError):  # a reader that needs service is a reader
        condition = SdtReader(line).check()
        facts = {"sam": condition.facts["sam"]} if "sam" in condition.facts else {}
        facts |= {"simulated": "yes"} if condition.simulated else {}
    return FoundDevice(
        once.url, DeviceKind.ID_READER, "sdt", baudrate=once.speed, facts=facts | _id(facts.get("sam", ""))
    )


def _id(text: str) -> dict[str, str]:
    return {"id": text} if text else {}


if sys.platform == "win32":

    @contextmanager
    def _as_guest(line: str) -> Iterator[None]:
        """A port is exclusive there, and its driver forgets the speed at closing."""
        yield
else:
    import fcntl
    import termios

    @contextmanager
    def _as_guest(line: str) -> Iterator[None]:
        """Hold a port open while it is asked, and leave it as it was.  Raises DeviceNotFoundError."""
        if not line.startswith("/"):
            yield
            return
        try:
            descriptor = os.open(line, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
        except OSError as error:
            raise DeviceNotFoundError("open") from error
        try:
            before = _if_nobody_has_it(descriptor)
            yield
            with suppress(termios.error):  # unplugged meanwhile
                termios.tcsetattr(descriptor, termios.TCSANOW, before)
        finally:
            os.close(descriptor)

    def _if_nobody_has_it(descriptor: int) -> list[Any]:
        """The port's settings.  The lock is pyserial's own, so it is let go again at once."""
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            fcntl.flock(descriptor, fcntl.LOCK_UN)
            return termios.tcgetattr(descriptor)
        except (OSError, termios.error) as error:
            raise DeviceNotFoundError("locked or no terminal") from error
