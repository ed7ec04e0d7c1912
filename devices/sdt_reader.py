"""Driver of an SDT / SAM_V reader: find, select, read, always from the start.

How the reader's answers are understood (status word SW3):

    80                    nobody put a card there: normal, said to nobody
    81 41 31 32 33 47     the card could not be read: one silent retry from find, then "lift it, put it back"
    10 11 21 23 24        the link, or a question out of turn, as bad frames and unknown words do:
                          wait for silence, ask once more
    60 66                 the reader's own security module: service, no retry; 60 (self-test) after one reset
    40                    a card, but none of ours
    91                    nothing stored there
    01 02 03 05           said by makers' libraries only: no port, no answer, transmission, no module there

The frame's XOR misses errors that flip the same bit twice, so text and address are read a
second time where the reader allows it; where two reads differ a third decides, and three
that differ are shown as doubtful.  So is a text, read again, whose number, birth and sex do
not agree.  After a good read a reader answers 80 until the card is lifted, so a card is told
once.  Deadlines: 1 s for short commands, 3 s for the card.
"""

import struct
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from threading import Event
from typing import Protocol, TypeVar

from app.domain.device import CardRead
from app.domain.identity import DocumentKind
from app.errors import (
    CardUnreadableError,
    CardUnsupportedError,
    DeviceError,
    DeviceNotFoundError,
    DeviceProtocolError,
    DeviceServiceError,
    DeviceTimeoutError,
)
from devices import sdt_card
from devices.driver import Condition
from devices.line import READ_S, Line, flush
from devices.sdt_frames import (
    Command,
    FrameDecoder,
    Response,
    as_response,
    encode_request,
)

SHORT_S = 1.0
READ_CARD_S = 3.0
READ_AGAIN_S = 1.5
_RESTART_S = 1.5  # the module after a reset
_READS = 3  # of the same text at most
POLL_S = 0.3  # the least time between two finds, by the vendors' notes
_QUIET_S = 0.15  # so long a silence means that a broken answer has ended …
_PAUSE_S = 0.8  # … or that the rest of a frame will not come

OK, FOUND, EMPTY, NO_CARD = 0x90, 0x9F, 0x91, 0x80
_UNKNOWN_QUESTION = (0x21, 0x23, 0x24)
_SELF_TEST_FAILED = 0x60
_SERVICE = frozenset({_SELF_TEST_FAILED, 0x66})
_ERRORS: dict[int, type[DeviceError]] = (
    dict.fromkeys((0x81, 0x41, 0x31, 0x32, 0x33, 0x47), CardUnreadableError)
    | dict.fromkeys(_SERVICE, DeviceServiceError)
    | dict.fromkeys((0x01, 0x05), DeviceNotFoundError)
    | {0x40: CardUnsupportedError, 0x02: DeviceTimeoutError}
)  # any other is a DeviceProtocolError

PHOTO_DECODING, NO_PHOTO_DECODING = "photo_decoding", "no_photo_decoding"

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
    """One reader on one open line; `decodes_photos`: whether a plug-in for its photos is there."""

    def __init__(self, line: Line, decodes_photos: bool = False) -> None:
        self._line = line
        self._decoder = FrameDecoder()
        self._cancelled: CancelSignal = Event()
        self._in_step = True  # False: an answer may still be on its way
        self._next_find = 0.0
        self._tells_addresses: bool | None = None  # whether it has ever answered that question
        self._capabilities = (PHOTO_DECODING if decodes_photos else NO_PHOTO_DECODING,)

    def check(self) -> Condition:
        """Ask the security module how it is and who it is.  Raises DeviceError.

        Not every reader knows these questions; one that can look for a card is there.
        """
        self._cancelled = Event()
        try:
            status = self._ask(Command.SAM_STATUS).status
            if status == _SELF_TEST_FAILED:
                status = self._after_reset()
            answer = self._ask(Command.SAM_ID)
        except (DeviceTimeoutError, DeviceProtocolError):
            status = self._ask(Command.FIND).status
            answer = Response(EMPTY)
        if status in _SERVICE:
            raise _error(status)
        if answer.status != OK or len(answer.data) != _SAM.size:
            return Condition(capabilities=self._capabilities)
        number = "{:02}.{:02}-{:08}-{:010}-{:010}".format(*_SAM.unpack(answer.data))
        demo = answer.data == DEMO_SAM
        return Condition(
            facts={"sam": "DEMO" if demo else number}, simulated=demo, capabilities=self._capabilities
        )

    def self_test(self) -> Condition:
        """Reset the security module, which tests itself then, and ask how it is.  Raises DeviceError."""
        self._cancelled = Event()
        with suppress(DeviceTimeoutError, DeviceProtocolError):  # readers that know no reset
            self._after_reset()
        return self.check()

    def answers(self, command: int, deadline_s: float) -> bool:
        """Whether anything of this protocol comes back: the right speed.  Raises DeviceNotFoundError."""
        try:
            self._ask(command, deadline_s)
        except (DeviceTimeoutError, DeviceProtocolError):
            return False
        return True

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

    def feels(self, cancelled: CancelSignal) -> bool:
        """Whether a card lies there that could be read.  Raises DeviceError, Cancelled."""
        self._cancelled = cancelled
        return self._linked(self._find)

    def _from_find(self) -> CardRead | None:
        if not self._find():
            return None
        if self._good(self._ask(Command.SELECT), OK, NO_CARD).status == NO_CARD:
            return None  # lifted this very moment
        return self._card()

    def _find(self) -> bool:
        self._keep_pace()
        return self._good(self._ask(Command.FIND), FOUND, NO_CARD).status == FOUND

    def _card(self) -> CardRead:
        try:
            payload = self._linked(self._payload)
        except (DeviceProtocolError, DeviceTimeoutError) as error:
            raise CardUnreadableError("the card's data did not come through") from error
        # the address first: it is known to work right after the card's text, a second read is not
        resident = sdt_card.kind_of(payload.text) is DocumentKind.RESIDENT
        address, sure_of_address = self._newest_address() if resident else ("", True)
        texts, sure_of_text = self._read_until_sure(payload.text, self._text_again)
        document = sdt_card.most_likely(texts)
        if document.kind is DocumentKind.RESIDENT and not resident:  # the first text was hurt there
            address, sure_of_address = self._newest_address()
        sure = sure_of_text and sure_of_address and not sdt_card.contradicts_itself(document)
        return CardRead(replace(document, address=address) if address else document, not sure, payload.photo)

    def _payload(self) -> sdt_card.Payload:
        return _payload_of(self._good(self._ask(Command.READ, READ_CARD_S), OK))

    def _text_again(self) -> bytes:
        answer = self._ask(Command.READ, READ_AGAIN_S)
        if answer.status != OK:  # with data it is no refusal, but an answer that was hurt
            raise DeviceProtocolError("hurt") if answer.data else CardUnreadableError("given out once")
        return _payload_of(answer).text

    def _newest_address(self) -> tuple[str, bool]:
        """The additional address that counts, "" for none, and whether it is sure.

        They stand on the card in the order they were written, so it is the last one.
        """
        try:
            first = self._linked(self._first_addresses)
        except DeviceProtocolError:
            return "", False  # it did tell, and the link lost it twice
        except DeviceNotFoundError:
            return "", False  # the line broke: what stands there nobody has heard
        except DeviceTimeoutError:
            return "", not self._tells_addresses
        except DeviceError:
            return "", True  # the card itself has been read
        answers, sure = self._read_until_sure(first, self._addresses)
        found = sdt_card.decode_addresses(answers[0])
        return (found[-1] if found else ""), sure

    def _first_addresses(self) -> bytes:
        """Silence is a lost answer, or a reader that knows no such question: until known, asked again."""
        try:
            found = self._addresses()
        except DeviceTimeoutError:
            if self._tells_addresses is not None:
                raise
            self._tells_addresses = False
            found = self._addresses()
        self._tells_addresses = True
        return found

    def _addresses(self) -> bytes:
        answer = self._good(self._ask(Command.READ_NEWEST_ADDRESS), OK, EMPTY, *_UNKNOWN_QUESTION)
        data = answer.data if answer.status == OK else b""
        sdt_card.decode_addresses(data)
        return data

    def _read_until_sure(self, first: bytes, ask: Callable[[], bytes]) -> tuple[Sequence[bytes], bool]:
        """The one answer that came twice; else all that came, and that none of them is sure.

        A reader that gives it out only once, and says so or stays silent, is not doubted for it.
        """
        seen, garbled = [first], False
        for _ in range(_READS - 1):
            try:
                again = ask()
            except DeviceProtocolError:
                garbled = True  # so that was one of the reads
                continue
            except DeviceError:
                break
            if again in seen:
                return [again], True
            seen.append(again)
        return seen, len(seen) == 1 and not garbled

    def _after_reset(self) -> int:
        """Reset the module; its status then, from the first answer it gives.  Raises DeviceError."""
        self._good(self._ask(Command.RESET, _RESTART_S), OK, *_SERVICE)
        try:
            return self._ask(Command.SAM_STATUS, _RESTART_S).status
        except DeviceTimeoutError:
            return self._ask(Command.SAM_STATUS, _RESTART_S).status

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
        # perhaps the answer to another question, and ours still to come
        self._in_step = answer.status in _ERRORS
        raise _error(answer.status)

    def _keep_pace(self) -> None:
        """Readers are not asked for a card more often than their makers allow."""
        while (left := self._next_find - time.monotonic()) > 0:
            if self._cancelled.is_set():
                raise Cancelled
            time.sleep(min(left, READ_S))
        self._next_find = time.monotonic() + POLL_S

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


def _payload_of(answer: Response) -> sdt_card.Payload:
    """Raises DeviceProtocolError for what is no card."""
    payload = sdt_card.split_payload(answer.data)
    if not payload.text.strip(b" \0"):
        raise DeviceProtocolError("a card without a text")
    return payload


def _error(status: int) -> DeviceError:
    kind = _ERRORS.get(status, DeviceProtocolError)
    word = f"{status:02X}"
    return kind(f"status {word}", part=word) if kind is DeviceServiceError else kind(f"status {word}")
