"""Case numbers (办件编号): from a block the gateway leased to this station, never recycled.

    441900A12-261120-000217-K      station · yymmdd · sequence · check character

The check character is ISO 7064 MOD 37,36 over the letters and digits before it.  The
sequence never starts again, so two numbers differ even on a machine whose clock is wrong.
"""

import re
from dataclasses import dataclass
from datetime import date

_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_NUMBER = re.compile(r"([0-9A-Z]{4,16})-(\d{6})-(\d{6,9})-([0-9A-Z])")
STATION_ID = re.compile(r"[0-9A-Z]{4,16}")


@dataclass(frozen=True, slots=True)
class NumberBlock:
    """A lease: the sequences first … last belong to one station for ever."""

    block_id: str
    first: int
    last: int


def check_character(text: str) -> str:
    """ISO 7064 MOD 37,36 of upper-case letters and digits; hyphens do not count."""
    check = 36
    for character in text.replace("-", ""):
        check = ((check + _ALPHABET.index(character)) % 36 or 36) * 2 % 37
    return _ALPHABET[(37 - check) % 36]


def compose(station_id: str, day: date, sequence: int) -> str:
    body = f"{station_id}-{day:%y%m%d}-{sequence:06d}"
    return f"{body}-{check_character(body)}"


def number_valid(number: str) -> bool:
    match = _NUMBER.fullmatch(number)
    return bool(match) and check_character(number[:-2]) == number[-1]
