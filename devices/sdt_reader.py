"""Driver of an SDT / SAM_V reader: find, select, read, always from the start.

How the reader's answers are understood (status word SW3):

    80                    nobody put a card there: normal, said to nobody
    81 41 31 32 33 47     the card could not be read: one silent retry from find, then "lift it, put it back"
    10 11 21, bad frames  the link: wait for silence, ask once more
    60 66                 the reader's own security module: service, no retry
    40                    a card, but none of ours
    91                    nothing stored there

The frame's XOR misses errors that flip the same bit twice, so the text is read a second
time where the reader allows it and compared; where it does not, number, birth and sex
have to agree.  After a good read a reader answers 80 until the card is lifted, so a card
is told once.  Deadlines: 1 s for short commands, 3 s for the card.
"""

import struct
import time
from collections.abc import Callable
from dataclasses import replace
from threading import Event
from typing import Protocol, TypeVar

from app.domain.device import CardRead
from app.domain.identity import DocumentKind, IdentityDocument
from app.errors import (
    CardUnreadableError,
    CardUnsupportedError,
    DeviceError,
    DeviceProtocolError,
    DeviceServiceError,
    DeviceTimeoutError,
)
from devices import sdt_card
from devices.driver import Condition
from devices.line import Line, flush
from devices.sdt_frames import Command, FrameDecoder, Response, as_response, encode_request

SHORT_S = 1.0
READ_CARD_S = 3.0
READ_AGAIN_S = 1.5
POLL_S = 0.3  # the least time between two finds, by the vendors' notes
_QUIET_S = 0.15  # so long a silence means that a broken answer has ended …
_PAUSE_S = 0.8  # … or that the rest of a frame will not come

OK, FOUND, EMPTY, NO_CARD = 0x90, 0x9F, 0x91, 0x80
_AGAIN = frozenset({0x81, 0x41, 0x31, 0x32, 0x33, 0x47})
_SERVICE = frozenset({0x60, 0x66})
_UNSUPPORTED = 0x40

# SAM number no real module has; our emulator answers it (docs/adr/0013)
DEMO_SAM = bytes(8) + b"DEMODEMO"
_SAM = struct.Struct("<HHIII")

_T = TypeVar("_T")


class CancelSignal(Protocol):
    """A threading.Event, or whatever else knows whether to go on."""

    def is_set(self) -> bool: ...


class Cancelled(Exception):
    """The caller gave up; nothing is wrong with the device."""


class SdtReader:
    """One reader on one open line."""

    def __init__(self, line: Line) -> None:
        self._line = line
        self._decoder = FrameDecoder()
        self._cancelled: CancelSignal = Event()
        self._in_step = True  # False: an answer may still be on its way

    def check(self) -> Condition:
        """Ask the security module how it is and who it is.  Raises DeviceError.

        Not every reader knows these questions; one that can look for a card is there.
        """
        self._cancelled = Event()
        try:
            status = self._ask(Command.SAM_STATUS).status
            answer = self._ask(Command.SAM_ID)
        except (DeviceTimeoutError, DeviceProtocolError):
            status = self._ask(Command.FIND).status
            answer = Response(EMPTY)
        if status in _SERVICE:
            raise _error(status)
        if answer.status != OK or len(answer.data) != _SAM.size:
            return Condition()
        number = "{:02}.{:02}-{:08}-{:010}-{:010}".format(*_SAM.unpack(answer.data))
        demo = answer.data == DEMO_SAM
        return Condition(facts={"sam": "DEMO" if demo else number}, simulated=demo)

    def read(self, cancelled: CancelSignal) -> CardRead | None:
        """One card, or None when there is none.  Raises DeviceError, Cancelled."""
        self._cancelled = cancelled
        try:
            return self._linked(self._from_find)
        except CardUnreadableError as error:
            second = self._linked(self._from_find)
            if second is None:
                # lifted, or the reader believes it delivered: either way the person has to put it back
                raise error
            return second

    def _from_find(self) -> CardRead | None:
        if not self._find():
            return None
        self._good(self._ask(Command.SELECT), OK)
        return self._card()

    def _find(self) -> bool:
        return self._good(self._ask(Command.FIND), FOUND, NO_CARD).status == FOUND

    def _card(self) -> CardRead:
        try:
            payload = self._linked(self._payload)
        except (DeviceProtocolError, DeviceTimeoutError) as error:
            raise CardUnreadableError("the card's data did not come through") from error
        document = sdt_card.decode_block(payload.text)
        # the address first: it is known to work right after the card's text, a second read is not
        whole = self._with_newest_address(document)
        doubtful = sdt_card.contradicts_itself(document) or self._differs(payload.text)
        return CardRead(whole, doubtful, payload.photo)

    def _payload(self, deadline_s: float = READ_CARD_S) -> sdt_card.Payload:
        return sdt_card.split_payload(self._good(self._ask(Command.READ, deadline_s), OK).data)

    def _differs(self, text: bytes) -> bool:
        """Read again and compare; a reader that gives the card out only once does not make it doubtful."""
        try:
            return self._payload(READ_AGAIN_S).text != text
        except DeviceError:
            return False

    def _with_newest_address(self, document: IdentityDocument) -> IdentityDocument:
        """Additional addresses stand on the card in the order they were written; the last one counts."""
        if document.kind is not DocumentKind.RESIDENT:
            return document
        try:
            answer = self._good(self._ask(Command.READ_NEWEST_ADDRESS), OK, EMPTY)
        except DeviceError:
            return document  # the card itself has been read
        found = sdt_card.decode_addresses(answer.data) if answer.status == OK else []
        return replace(document, address=found[-1]) if found else document

    # -- asking -----------------------------------------------------------------------------------

    def _linked(self, step: Callable[[], _T]) -> _T:
        """Do a step; when the link garbled it, wait for silence and do it once more."""
        try:
            return step()
        except DeviceProtocolError:
            return step()

    def _good(self, answer: Response, *good: int) -> Response:
        if answer.status in good:
            return answer
        raise _error(answer.status)

    def _ask(self, command: int, deadline_s: float = SHORT_S) -> Response:
        ends = time.monotonic() + deadline_s
        self._resync()
        self._in_step = False
        self._line.write(encode_request(command), deadline_s)
        answer = self._answer(ends)
        self._in_step = True
        return answer

    def _answer(self, ends: float) -> Response:
        heard = False
        quiet_since = time.monotonic()
        while time.monotonic() < ends:
            if self._cancelled.is_set():
                raise Cancelled
            data = self._line.read()
            for body in self._decoder.feed(data):
                return as_response(body)
            if data:
                heard, quiet_since = True, time.monotonic()
            elif heard and time.monotonic() - quiet_since > self._patience_s:
                break
        if heard:
            raise DeviceProtocolError("an answer that is no frame, or a damaged one")
        raise DeviceTimeoutError("no answer from the reader")

    @property
    def _patience_s(self) -> float:
        """How long a silence ends an answer: a frame that has begun may pause."""
        return _PAUSE_S if self._decoder.waiting else _QUIET_S

    def _resync(self) -> None:
        """Forget what is left of former answers, so that none is taken for the next one."""
        flush(self._line, 0.0 if self._in_step else _QUIET_S)
        self._decoder.clear()


def _error(status: int) -> DeviceError:
    detail = f"status {status:02X}"
    if status in _AGAIN:
        return CardUnreadableError(detail)
    if status in _SERVICE:
        return DeviceServiceError(detail, part=f"{status:02X}")
    if status == _UNSUPPORTED:
        return CardUnsupportedError(detail)
    return DeviceProtocolError(detail)
