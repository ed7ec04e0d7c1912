"""Is it a scanner that types, or a person?  The rule, on the times of the keys alone.

A scanner that types sends its code as key presses a few milliseconds apart and ends it by Enter
or Tab.  Nobody types six characters 20 ms apart; fast typists need 60 to 100.  A scanner that ends
a code by nothing is told from a hand only by a prefix set on it, and then by a silence.
Only ASCII: keyboards lose what they have no key for.
"""

from enum import Enum
from statistics import median

from app.domain.scanned_code import without_identifier

GAP_MS = 20  # the median between two keys, at most
SILENCE_MS = 80  # a longer gap ends what came before
LEAST = 6  # characters of a code without a prefix
LONGEST = 4096
STX = "\x02"


class Prefix(Enum):
    """What the scanner was set to send before each code; the values are those of its profile."""

    NONE = ""
    AIM = "aim"
    STX = "stx"


class BurstWatch:
    """Keys in, codes out.  Times are those of the key events in ms, never the clock of who looks at them."""

    def __init__(self, prefix: Prefix = Prefix.NONE) -> None:
        self.prefix = prefix
        self._characters = ""
        self._times: list[int] = []

    @property
    def fast(self) -> bool:
        """Whether the last key came faster than a hand's."""
        return len(self._times) > 1 and self._times[-1] - self._times[-2] <= GAP_MS

    def begins(self, at_ms: int) -> bool:
        """Whether a key at this time belongs to nothing before it."""
        return not self._times or not 0 <= at_ms - self._times[-1] <= SILENCE_MS

    def key(self, character: str, at_ms: int) -> None:
        """One character.  What no scanner types ends the burst without a code."""
        if self.begins(at_ms):
            self.drop()
        if not self._takes(character) or len(self._characters) >= LONGEST:
            self.drop()
            return
        self._characters += character
        self._times.append(at_ms)

    def end(self, at_ms: int) -> str | None:
        """Enter or Tab: the code, if a scanner typed it."""
        code = None if self.begins(at_ms) else self._code()
        self.drop()
        return code

    def silence(self) -> str | None:
        """Nothing came for SILENCE_MS: a code only where the prefix stands before it."""
        code = self._code() if self.prefixed else None
        self.drop()
        return code

    def drop(self) -> None:
        self._characters, self._times = "", []

    @property
    def prefixed(self) -> bool:
        """Whether the prefix the scanner was set to, and something after it, has come."""
        text = self._characters
        if self.prefix is Prefix.AIM:
            return without_identifier(text) != text
        return self.prefix is Prefix.STX and text.startswith(STX) and len(text) > 1

    def _takes(self, character: str) -> bool:
        if character == STX:
            return self.prefix is Prefix.STX and not self._characters
        return len(character) == 1 and " " <= character <= "~"

    def _code(self) -> str | None:
        times = self._times
        gaps = [later - earlier for earlier, later in zip(times, times[1:], strict=False)]
        if len(times) < LEAST and not self.prefixed:
            return None
        if not gaps or median(gaps) > GAP_MS:
            return None
        return self._characters.removeprefix(STX)
