"""Driver of a code scanner on a serial line (or USB-CDC, or TCP).

Scanners send the code and a suffix that is set on the scanner: CR, LF, both or none.  So
either byte ends a code, and so does a silence: a scanner sends a code in one go.
A scanner whose profile knows its commands can be told to look for a code.
The payload is nobody's business here: it is never logged.
"""

import time

from app.domain.device import DeviceStatus, Scanned
from app.errors import DeviceProtocolError
from devices.driver import Condition
from devices.line import Line
from devices.scanner_profiles import PLAIN, AnswerFilter, ScannerProfile
from devices.ssi_frames import SsiFilter

LONGEST = 4096  # bytes; a QR holds 2953 at most
SILENCE_S = 0.08
_WAIT_S = 0.2
_SAME_S = 3.0


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
    """One scanner on one open line.  `lit`: whether it was told to look for a code."""

    pause_s = 0.0  # `poll` waits by itself

    def __init__(self, line: Line, profile: ScannerProfile = PLAIN) -> None:
        self._line = line
        self._profile = profile
        self._stream = SsiFilter() if profile.packets == "ssi" else AnswerFilter(profile.answers)
        self._splitter = CodeSplitter()
        self._heard = 0.0
        self._told = 0.0
        self._same = _Same()
        self.lit = False

    def check(self) -> Condition:
        """A scanner cannot be asked; its line is open, so it is taken to be there."""
        return Condition(DeviceStatus.ONLINE, capabilities=("trigger",) if self._profile.start else ())

    def trigger(self, on: bool) -> None:
        """Have it look for a code, or stop.  Raises DeviceNotFoundError, DeviceTimeoutError."""
        self.lit = on
        if not self._profile.start:
            return
        self._told = time.monotonic()
        self._same = _Same()
        self._line.write(self._profile.wake + (self._profile.start if on else self._profile.stop))

    def poll(self) -> list[Scanned]:
        """What has been scanned; waits a moment.  Raises DeviceNotFoundError, DeviceProtocolError."""
        waiting = self._splitter.waiting or self._stream.waiting
        codes = self._codes(self._line.read(SILENCE_S if waiting else _WAIT_S))
        if self._triggered:
            self._go_on(bool(codes))
        return [Scanned(text) for code in codes if (text := decode(code)) and self._news(text)]

    def _codes(self, data: bytes) -> list[bytes]:
        if data:
            self._heard = time.monotonic()
            codes = self._splitter.feed(self._stream.feed(data))
            if replies := self._stream.replies:
                self._line.write(replies)
            return codes
        silent = time.monotonic() - self._heard >= SILENCE_S
        return self._splitter.feed(self._stream.end()) + self._splitter.end() if silent else []

    @property
    def _triggered(self) -> bool:
        return self.lit and bool(self._profile.start)

    def _go_on(self, stopped: bool) -> None:
        """After one code, or after a while, a scanner gives up by itself: tell it again."""
        now = time.monotonic()
        if stopped or now - self._told >= self._profile.again_s:
            self._told = now
            self._line.write(self._profile.wake + self._profile.start)

    def _news(self, text: str) -> bool:
        return not self._triggered or self._same.news(text, time.monotonic())


class _Same:
    """A code that stays under a scanner kept alight is told once, until it was away for a while."""

    def __init__(self) -> None:
        self._text = ""
        self._seen = 0.0

    def news(self, text: str, now: float) -> bool:
        same = text == self._text and now - self._seen < _SAME_S
        self._text, self._seen = text, now
        return not same
