"""Driver of a code scanner on a serial line (or USB-CDC, or TCP).

Scanners send the code and a suffix that is set on the scanner: CR, LF, both or none.  So
either byte ends a code, and so does a silence: a scanner sends a code in one go.
The payload is nobody's business here: it is never logged.
"""

import time

from app.domain.device import DeviceStatus, Scanned
from app.errors import DeviceProtocolError
from devices.driver import Condition
from devices.line import Line

LONGEST = 4096  # bytes; a QR holds 2953 at most
SILENCE_S = 0.08
_WAIT_S = 0.2


class CodeSplitter:
    """Bytes in, whole codes out: pure, the clock is the caller's."""

    def __init__(self) -> None:
        self._open = b""
        self._overlong = False

    @property
    def waiting(self) -> bool:
        """Whether a code has begun and not ended."""
        return bool(self._open) or self._overlong

    def feed(self, data: bytes) -> list[bytes]:
        """The codes that a suffix has ended; empty ones (the LF of a CR LF) and overlong ones are dropped."""
        *ended, rest = data.replace(b"\r", b"\n").split(b"\n")
        codes: list[bytes] = []
        for piece in ended:
            self._add(piece)
            codes += self.end()
        self._add(rest)
        return codes

    def end(self) -> list[bytes]:
        """Silence: what is there is a code."""
        code, overlong = self._open, self._overlong
        self._open, self._overlong = b"", False
        return [code] if code and not overlong else []

    def _add(self, piece: bytes) -> None:
        self._open += piece
        if len(self._open) > LONGEST:
            self._open, self._overlong = b"", True


def decode(code: bytes) -> str:
    """UTF-8, else GB18030, without control characters.  Raises DeviceProtocolError when it is neither."""
    for encoding in ("utf-8", "gb18030"):
        try:
            text = code.decode(encoding)
        except UnicodeDecodeError:
            continue
        return "".join(character for character in text if character >= " ").strip()
    raise DeviceProtocolError("a code in no known encoding")


class SerialScanner:
    """One scanner on one open line."""

    def __init__(self, line: Line) -> None:
        self._line = line
        self._splitter = CodeSplitter()
        self._heard = 0.0

    def check(self) -> Condition:
        """A scanner cannot be asked; its line is open, so it is taken to be there."""
        return Condition(DeviceStatus.ONLINE)

    def poll(self) -> list[Scanned]:
        """What has been scanned; waits a moment.  Raises DeviceNotFoundError, DeviceProtocolError."""
        data = self._line.read(SILENCE_S if self._splitter.waiting else _WAIT_S)
        if data:
            self._heard = time.monotonic()
            codes = self._splitter.feed(data)
        else:
            silent = time.monotonic() - self._heard >= SILENCE_S
            codes = self._splitter.end() if silent else []
        return [Scanned(text) for code in codes if (text := decode(code))]
