"""Identity documents of the people we serve, and the check of their numbers (GB 11643)."""

import unicodedata
from dataclasses import dataclass
from datetime import date
from enum import Enum

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK_CHARACTERS = "10X98765432"  # ISO 7064 MOD 11-2, as GB 11643 prescribes


class DocumentKind(Enum):
    """The word for each is the key `document.<value>`."""

    RESIDENT = "resident"
    HMT_RESIDENCE = "hmt_residence"
    FOREIGNER_2017 = "foreigner_2017"
    FOREIGNER_2023 = "foreigner_2023"
    # only typed in, never read by an SDT reader:
    HMT_PERMIT = "hmt_permit"
    PASSPORT = "passport"
    HOUSEHOLD_REGISTER = "household_register"
    OTHER = "other"


CARD_KINDS = frozenset(
    {
        DocumentKind.RESIDENT,
        DocumentKind.HMT_RESIDENCE,
        DocumentKind.FOREIGNER_2017,
        DocumentKind.FOREIGNER_2023,
    }
)
_NUMBERED_BY_GB_11643 = frozenset(
    {
        DocumentKind.RESIDENT,
        DocumentKind.HMT_RESIDENCE,
        DocumentKind.FOREIGNER_2023,
        DocumentKind.HOUSEHOLD_REGISTER,
    }
)


class Sex(Enum):
    """GB/T 2261.1; the word is `sex.<value>`."""

    UNKNOWN = "0"
    MALE = "1"
    FEMALE = "2"
    UNSPECIFIED = "9"


@dataclass(frozen=True, slots=True, repr=False)
class IdentityDocument:
    """What a card says, or what a clerk typed (`machine_read` False, marked on screen and paper).

    No repr: personal data must not slip into a log by `%r`.  The same holds wherever repr=False stands.

    `number` is text and may fail its check: it is kept and marked, never refused.
    `nation` is the GB 3304 code as found; unknown codes stay as they are.
    `valid_to` None with `long_term` True means a card without an end.
    """

    kind: DocumentKind
    name: str
    number: str
    sex: Sex | None = None
    nation: str = ""
    birth: date | None = None
    address: str = ""
    authority: str = ""
    valid_from: date | None = None
    valid_to: date | None = None
    long_term: bool = False
    machine_read: bool = False
    english_name: str = ""
    nationality: str = ""
    pass_number: str = ""
    issue_count: str = ""
    card_version: str = ""

    @property
    def number_valid(self) -> bool | None:
        """Whether the check character fits; None where the kind has no known check."""
        if self.kind not in _NUMBERED_BY_GB_11643:
            return None
        return id_number_valid(self.number)

    @property
    def masked_number(self) -> str:
        return mask(self.number)

    @property
    def full_name(self) -> str:
        """The name for papers: the Chinese one, then the English one where a card has one; either alone."""
        names = [" ".join(name.split()).strip(" ,") for name in (self.name, self.english_name)]
        return " ".join(dict.fromkeys(name for name in names if name))

    @property
    def masked_name(self) -> str:
        """First character and stars, for screens that a bystander can see; of an English name the surname."""
        name = self.name.strip() or next(iter(self.english_name.replace(",", " ").split()), "")
        return name[:1] + "*" * max(len(name) - 1, 1) if name else ""

    def expired_on(self, day: date) -> bool:
        return self.valid_to is not None and self.valid_to < day

    def age_on(self, day: date) -> int | None:
        """By the date of birth, or the one in a good number (typed entries often have no other)."""
        birth = self.birth or (birth_in(self.number) if self.number_valid else None)
        if birth is None:
            return None
        return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))


def tidy_number(typed: str) -> str:
    """A number as people type it, in its one form: full-width digits narrow, no spaces, capitals."""
    return "".join(unicodedata.normalize("NFKC", typed).split()).upper()


def check_character(seventeen: str) -> str:
    """The 18th character for 17 digits."""
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, seventeen, strict=True))
    return _CHECK_CHARACTERS[total % 11]


def id_number_valid(number: str) -> bool:
    """True for 18 characters with the right check and a real date of birth in them.

    Number ranges are not judged: 81/82/83 (residence permits of Hong Kong, Macao and
    Taiwan people) and 9 (foreign permanent residents) are good numbers.
    """
    body, check = number[:17], number[17:]
    if len(number) != 18 or not (body.isascii() and body.isdigit()):
        return False
    return check_character(body) == check and birth_in(number) is not None


def birth_in(number: str) -> date | None:
    """The date of birth an 18-character number carries, if it is a date."""
    if len(number) != 18 or not (number[6:14].isascii() and number[6:14].isdigit()):
        return None
    try:
        return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None


def sex_in(number: str) -> Sex | None:
    """The sex an 18-character number carries (17th digit odd: male)."""
    digit = number[16:17]
    if len(number) != 18 or not (digit.isascii() and digit.isdigit()):
        return None
    return Sex.MALE if int(digit) % 2 else Sex.FEMALE


def document_kind_of(number: str) -> DocumentKind:
    """By the first digits of 18: 81 to 83 residence permits, 9 permanent residents, else resident."""
    if number[:2] in ("81", "82", "83"):
        return DocumentKind.HMT_RESIDENCE
    if number.startswith("9"):
        return DocumentKind.FOREIGNER_2023
    return DocumentKind.RESIDENT


def mask(number: str) -> str:
    """First four and last four of a number; shorter ones keep two and two; short ones nothing."""
    if len(number) >= 12:
        return number[:4] + "*" * (len(number) - 8) + number[-4:]
    if len(number) >= 6:
        return number[:2] + "*" * (len(number) - 4) + number[-2:]
    return "*" * len(number)


def mask_phone(phone: str) -> str:
    return phone[:3] + "*" * (len(phone) - 7) + phone[-4:] if len(phone) >= 8 else "*" * len(phone)
