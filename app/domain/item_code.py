"""What an item code (实施编码) says in words and in law.

The tables of digits stand with the texts: `task_type.<region>.<digits>`,
`task_department.<region>.<digits>`, `use_level.<digit>`.  A type's digits mean different
things under the national prefix 00 and Guangdong's 44, so they are read only together
(GB/T 39046-2020 A.1 for 00; 2262 published Guangdong items without exception for 44).
"""

from dataclasses import dataclass
from enum import Enum

from app.domain.catalog import ItemCode

PARENT_MARK = "Y"


class Regime(Enum):
    """What law an item is handled under; the word is `regime.<value>`.

    LICENCE: 行政许可法, with its one-time notice and deemed acceptance.  POWER: another
    administrative power, by its own rules.  SERVICE: 公共服务, by what was promised.
    """

    LICENCE = "licence"
    POWER = "power"
    SERVICE = "service"
    UNKNOWN = "unknown"


_LICENCE = "01"
_SERVICE = {"00": "20", "44": "21"}
_POWERS = {
    "00": frozenset({"02", "03", "04", "05", "06", "07", "08", "09", "10"}),
    "44": frozenset({"02", "03", "04", "05", "06", "07", "08", "09", "10", "20"}),
}


def regime(code: ItemCode | None) -> Regime:
    """UNKNOWN for no code, a region without a table, and digits that its table does not have."""
    if code is None or code.region not in _SERVICE:
        return Regime.UNKNOWN
    if code.type_digits == _LICENCE:
        return Regime.LICENCE
    if code.type_digits == _SERVICE[code.region]:
        return Regime.SERVICE
    return Regime.POWER if code.type_digits in _POWERS[code.region] else Regime.UNKNOWN


@dataclass(frozen=True, slots=True)
class CodeWords:
    """The text keys of a code's parts."""

    level: str
    kind: str
    department: str
    regime: str


def code_words(code: ItemCode) -> CodeWords:
    return CodeWords(
        f"use_level.{code.level}",
        code.type_word_key,
        f"task_department.{code.region}.{code.department}",
        f"regime.{regime(code).value}",
    )


def has_children(basic_code: str) -> bool:
    """A basic code (12 characters) of a main item under which others stand ends in Y."""
    return len(basic_code) == 12 and basic_code.endswith(PARENT_MARK)


def main_item_of(basic_code: str) -> str:
    """The basic code of the main item that a sub-item stands under: 44010200200Y for 440102002003.

    "" for a main item and for what is no basic code.
    """
    if len(basic_code) != 12 or not basic_code[9:].strip("0") or has_children(basic_code):
        return ""
    return basic_code[:9] + "00" + PARENT_MARK
