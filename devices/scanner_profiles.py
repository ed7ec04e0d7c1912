"""What makers' scanners are told and what they answer: resources/devices/scanners.toml as values.

The answers matter more than they seem: a GM65's "done" ends in 33 31, which would pass for
the code "31".  `AnswerFilter` takes them out of the stream before it is cut into codes.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from app.errors import SettingsError
from app.texts import RESOURCES

FILE = RESOURCES / "devices" / "scanners.toml"
_RUN = "**"
_RUN_BYTES = rb"[\x05\x06\x15\x20-\x7e]{0,48}?"  # characters, and the status bytes ENQ, ACK, NAK
_LONGEST_RUN = 48


@dataclass(frozen=True, slots=True)
class Answer:
    """One shape of an answer: `head`, its fixed first bytes; `whole`, all of it; `longest` in bytes."""

    head: bytes
    whole: re.Pattern[bytes]
    longest: int

    def begins(self, data: bytes) -> bool:
        """Whether `data` may yet become this answer."""
        if len(data) < len(self.head):
            return self.head.startswith(data)
        return data.startswith(self.head) and len(data) < self.longest


@dataclass(frozen=True, slots=True)
class ScannerProfile:
    """`start` b"": it cannot be told to look.  `prefix`: "aim", "stx" or "", for scanners that type."""

    name: str = ""
    wake: bytes = b""
    start: bytes = b""
    stop: bytes = b""
    again_s: float = 5.0
    answers: tuple[Answer, ...] = ()
    packets: str = ""
    prefix: str = ""


PLAIN = ScannerProfile()


def profile_of(word: str) -> ScannerProfile:
    """The profile station.toml names; the plain one for "".  Raises SettingsError for an unknown word."""
    if not word:
        return PLAIN
    try:
        return profiles()[word]
    except KeyError as error:
        raise SettingsError(f"no scanner profile {word}") from error


@cache
def profiles() -> Mapping[str, ScannerProfile]:
    table = tomllib.loads(FILE.read_text(encoding="utf-8"))
    return {word: _profile(entry) for word, entry in table.items()}


def _profile(entry: Mapping[str, Any]) -> ScannerProfile:
    """Keys nobody knows are a TypeError: the table is ours."""
    values = dict(entry)
    for command in ("wake", "start", "stop"):
        values[command] = bytes.fromhex(values.get(command, ""))
    values["answers"] = tuple(_answer(pattern) for pattern in values.get("answers", ()))
    return ScannerProfile(**values)


def _answer(pattern: str) -> Answer:
    words = pattern.split()
    fixed = words.index(_RUN) if _RUN in words else len(words)
    whole = b"".join(_RUN_BYTES if w == _RUN else re.escape(bytes.fromhex(w)) for w in words)
    longest = len(words) + words.count(_RUN) * (_LONGEST_RUN - 1)
    return Answer(bytes.fromhex("".join(words[:fixed])), re.compile(whole, re.DOTALL), longest)


class AnswerFilter:
    """Bytes in, the same without the scanner's answers out; pure."""

    replies = b""  # nothing to send back

    def __init__(self, answers: tuple[Answer, ...]) -> None:
        self._answers = answers
        self._held = b""

    @property
    def waiting(self) -> bool:
        return bool(self._held)

    def feed(self, data: bytes) -> bytes:
        data, self._held = self._held + data, b""
        if not self._answers:
            return data
        out = bytearray()
        at = 0
        while at < len(data):
            end = self._answer_at(data, at)
            if end is not None:
                at = end
            elif any(answer.begins(data[at:]) for answer in self._answers):
                self._held = data[at:]
                break
            else:
                out.append(data[at])
                at += 1
        return bytes(out)

    def end(self) -> bytes:
        """Silence: half an answer is no code, unless it is plain characters after all."""
        held, self._held = self._held, b""
        return held if held[:1] >= b" " else b""

    def _answer_at(self, data: bytes, at: int) -> int | None:
        for answer in self._answers:
            match = answer.whole.match(data, at)
            if match is not None:
                return match.end()
        return None
