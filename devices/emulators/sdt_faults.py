"""What can be wrong with an emulated reader, and what each trouble makes of an answer.

Written `NAME[:VALUE][@WHERE]`; WHERE is the question it strikes: find, select, read, again (a card's data
asked for once more), address, sam (the security module's), any.

    none
    no_card             nothing on the pad, whatever is put there
    gives_again         gives a card out again and again until it is lifted, as some firmware does
    status:XX           answers that status (hex) instead                            at read unless said
    dead                gives no answer                                              at any
    unplug_mid_read     the line breaks in the middle of a card's data               at read
    truncated           a card's data stops half-way, silence after                  at read
    lifted              the card is lifted the moment it is asked                    at read
    wrong_card          a card of another kind (status 40)
    sam_not_authorised  status 66 to everything
    self_test_failed    status 60 to everything until the reader is reset (10 FF); self_test_failed:N: N times
    slow                answers dribble in                                           at any
    split               answers come in odd pieces                                   at any
    stray               a stray byte in the preamble and after the frame             at any
    glued               another frame (90) right behind each answer                  at any
    doubled             each answer comes twice                                      at any
    garbage             answers, but no frames                                       at any
    wrong_xor           answers whose checksum is wrong                              at any
    flip:BIT            that bit of the frame is flipped, in every answer with a card's data
    corrupt             the first answer with a card's data has a flipped bit; corrupt_twice: the first two
    two_bits            the first one has two flipped bits the checksum does not see;
    two_bits:N          each of the first N has, all of them different; @address: those with addresses
    birth, birth:N      the same within the date of birth, so that it contradicts the number (always the same)
"""

import random
import re
from dataclasses import dataclass

from devices.sdt_frames import PREAMBLE, Command, encode_response

FAULTS = (
    "none", "no_card", "gives_again", "status", "dead", "unplug_mid_read", "truncated", "lifted",
    "wrong_card", "sam_not_authorised", "self_test_failed", "slow", "split", "stray", "glued", "doubled",
    "garbage", "wrong_xor", "flip", "corrupt", "corrupt_twice", "two_bits", "birth",
)  # fmt: skip
HALF = 640
_WRITTEN = re.compile(r"(?P<name>[a-z_]+)(:(?P<value>[0-9A-Fa-f]+))?(@(?P<where>[a-z]+))?")
_QUESTIONS = {
    "find": {Command.FIND},
    "select": {Command.SELECT},
    "read": {Command.READ, Command.READ_WITH_FINGERPRINT},
    "again": {Command.READ, Command.READ_WITH_FINGERPRINT},
    "address": {Command.READ_NEWEST_ADDRESS},
    "sam": {Command.SAM_STATUS, Command.SAM_ID, Command.RESET},
    "any": set(range(0x10000)),
}
_AT_READ = ("status", "unplug_mid_read", "truncated", "lifted")
_BIRTH = (49, 51)  # two digits of the year, counted from the end of the preamble
_TEXT = (20, 24)  # two bytes of the name


@dataclass(frozen=True, slots=True)
class Fault:
    name: str = "none"
    value: str = ""
    where: str = ""

    @classmethod
    def parse(cls, written: str) -> "Fault":
        """Raises ValueError."""
        match = _WRITTEN.fullmatch(written)
        if match is None or match["name"] not in FAULTS or match["where"] not in {None, *_QUESTIONS}:
            raise ValueError(f"no fault {written}; there are {', '.join(FAULTS)} (NAME[:VALUE][@WHERE])")
        fault = cls(match["name"], match["value"] or "", match["where"] or "")
        if fault.name == "status":
            int(fault.value, 16)
        elif fault.name == "flip" or fault.value:
            int(fault.value)
        return fault

    def __str__(self) -> str:
        return self.name + (f":{self.value}" if self.value else "") + (f"@{self.where}" if self.where else "")

    def strikes(self, command: int, again: bool = False) -> bool:
        """`again`: whether this placement's data have been given out before."""
        where = self.where or ("read" if self.name in _AT_READ else "any")
        return command in _QUESTIONS[where] and (again or where != "again")

    def instead(self, command: int, again: bool = False) -> bytes | None:
        """The answer given instead of the true one."""
        if self.name == "status" and self.strikes(command, again):
            return encode_response(int(self.value, 16))
        everywhere = {"sam_not_authorised": 0x66, "self_test_failed": 0x60}.get(self.name)
        return None if everywhere is None else encode_response(everywhere)


class Damage:
    """Spoils answers as a fault says; counts those with a card's data since the fault was set."""

    def __init__(self) -> None:
        self._noise = random.Random(1)
        self._sent = 0

    def of(self, answer: bytes, fault: Fault, command: int, again: bool = False) -> bytes:
        strikes = fault.strikes(command, again)
        card = command in _QUESTIONS["read"] and len(answer) > HALF
        if fault.where == "address":
            card = command == Command.READ_NEWEST_ADDRESS
        self._sent += card
        match fault.name:
            case "truncated" if strikes:
                return answer[: min(HALF, len(answer) // 2)]
            case "garbage" if strikes:
                return bytes(self._noise.choices(range(0x20, 0x7F), k=23))
            case "stray" if strikes:
                return answer[:1] + b"\x00" + answer[1:] + b"\x00"
            case "glued" if strikes:
                return answer + encode_response(0x90)
            case "doubled" if strikes:
                return answer * 2
            case "wrong_xor" if strikes:
                return answer[:-1] + bytes([answer[-1] ^ 0xFF])
        return self._card(answer, fault) if card else answer

    def _card(self, answer: bytes, fault: Fault) -> bytes:
        times = int(fault.value or 1)
        match fault.name:
            case "flip":
                return flipped(answer, int(fault.value))
            case "corrupt" | "corrupt_twice":
                spoiled = self._sent <= (1 if fault.name == "corrupt" else 2)
                return _lowest_bits(answer, (20,)) if spoiled else answer
            case "two_bits" if self._sent <= times:
                return _lowest_bits(answer, tuple(at + 4 * (self._sent - 1) for at in _TEXT))
            case "birth" if self._sent <= times:
                return _lowest_bits(answer, _BIRTH)
        return answer


def flipped(frame: bytes, bit: int) -> bytes:
    """The frame with one bit flipped, counted from its first byte's lowest."""
    spoiled = bytearray(frame)
    spoiled[bit // 8 % len(frame)] ^= 1 << bit % 8
    return bytes(spoiled)


def _lowest_bits(frame: bytes, offsets: tuple[int, ...]) -> bytes:
    """The frame with the lowest bit of some bytes flipped (offsets from the end of the preamble)."""
    spoiled = bytearray(frame)
    for offset in offsets:
        spoiled[len(PREAMBLE) + offset] ^= 1
    return bytes(spoiled)
