"""The line of an ID reader, by the scheme of its URL: USB, a maker's library, or what open_line knows.

A serial reader whose speed nobody has configured (0) is asked at the usual 115200 first, then at the other
speeds of the protocol; the one it answered at is tried first the next time.
"""

from collections.abc import Callable

from app.errors import DeviceTimeoutError
from devices.library_line import open_library
from devices.line import Line, SerialLine, open_line
from devices.sdt_frames import SPEEDS, Command
from devices.sdt_reader import SdtReader
from devices.usb_line import open_usb_reader

_ANSWER_S = 0.3  # readers answer within some milliseconds, at 9600 baud too
# not every reader knows the first question; a card is looked for only when nobody has answered it
_QUESTIONS = (Command.SAM_STATUS, Command.FIND)
_OPENERS: dict[str, Callable[[str], Line]] = {"usb": open_usb_reader, "library": open_library}


class ReaderLines:
    """Opens readers, and remembers the speeds they were found at."""

    def __init__(self) -> None:
        self.speeds: dict[str, int] = {}

    def open(self, url: str, baudrate: int = 0) -> Line:
        """Raises DeviceNotFoundError; DeviceTimeoutError (silent at every speed)."""
        opener = _OPENERS.get(url.partition("://")[0])
        if opener is not None:
            return opener(url)
        line = open_line(url, baudrate)
        if baudrate or not isinstance(line, SerialLine):
            return line
        try:
            self.speeds[url] = _find_speed(line, self.speeds.get(url, 0))
        except BaseException:
            line.close()
            raise
        return line


def _find_speed(line: SerialLine, last: int) -> int:
    speeds = sorted(SPEEDS, key=lambda speed: speed != last)
    for question in _QUESTIONS:
        for speed in speeds:
            line.set_speed(speed)
            if SdtReader(line).answers(question, _ANSWER_S):
                return speed
    raise DeviceTimeoutError("no answer at any speed")
