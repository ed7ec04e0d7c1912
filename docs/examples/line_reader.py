"""Driver of a card reader that answers a line of text with a line of text, at 9600 baud.

WHO     the reader's model and serial number
READ    `NONE`, or `CARD number|name`, in UTF-8
"""

import time
from threading import Event

from app.domain.device import CardRead
from app.domain.identity import DocumentKind, IdentityDocument, birth_in, sex_in
from app.errors import DeviceProtocolError, DeviceTimeoutError
from devices.driver import Condition
from devices.line import Line, flush
from devices.sdt_reader import Cancelled, CancelSignal

ANSWER_S = 1.0
LONGEST = 256


def decode(answer: bytes) -> IdentityDocument | None:
    """The card of an answer to READ, None for no card.  Raises DeviceProtocolError."""
    if answer == b"NONE":
        return None
    try:
        word, rest = answer.decode("utf-8").split(" ", 1)
        number, name = rest.split("|")
    except ValueError as error:  # of decoding, too
        raise DeviceProtocolError("no answer to READ") from error
    card = IdentityDocument(
        DocumentKind.RESIDENT, name, number, sex=sex_in(number), birth=birth_in(number), machine_read=True
    )
    if word != "CARD" or not card.number_valid:
        raise DeviceProtocolError("a card that is none")
    return card


class LineReader:
    """One reader on one open line."""

    def __init__(self, line: Line) -> None:
        self._line = line

    def check(self) -> Condition:
        """Ask who it is.  Raises DeviceError."""
        return Condition(facts={"model": self._ask(b"WHO", Event()).decode("ascii", "replace")})

    def read(self, cancelled: CancelSignal) -> CardRead | None:
        """One card, read twice, or None when there is none.  Raises DeviceError, Cancelled."""
        first = decode(self._ask(b"READ", cancelled))
        if first is None:
            return None
        again = decode(self._ask(b"READ", cancelled))
        return CardRead(first, doubtful=again != first)

    def _ask(self, question: bytes, cancelled: CancelSignal) -> bytes:
        ends, answer = time.monotonic() + ANSWER_S, b""
        flush(self._line, 0.0)  # what is left of an answer that came too late
        self._line.write(question + b"\r\n", ANSWER_S)
        while not answer.endswith(b"\n"):
            if cancelled.is_set():
                raise Cancelled
            if time.monotonic() > ends:
                raise DeviceTimeoutError("no answer from the reader")
            answer += self._line.read()
            if len(answer) > LONGEST:
                raise DeviceProtocolError("an endless line")
        return answer.strip()
