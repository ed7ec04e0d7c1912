"""The service-item catalog (事项目录): items, questions, materials, after GB/T 39046."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum


class Audience(Enum):
    PERSON = "person"
    ENTERPRISE = "enterprise"


class Channel(Enum):
    """Where an item can be asked for; the first three are also the modes of the program."""

    COUNTER = "counter"
    KIOSK = "kiosk"
    POPUP = "popup"
    ONLINE = "online"


class Necessity(Enum):
    """必要性; the word is `necessity.<value>`."""

    REQUIRED = "required"
    OPTIONAL = "optional"
    DEFERRABLE = "deferrable"


class CaseType(Enum):
    """办件类型: 即办件, 承诺件."""

    IMMEDIATE = "immediate"
    PROMISED = "promised"
    OTHER = "other"


STRICTNESS = (Necessity.OPTIONAL, Necessity.DEFERRABLE, Necessity.REQUIRED)


@dataclass(frozen=True, slots=True)
class Choice:
    """An option of a question."""

    question_id: str
    option_id: str


@dataclass(frozen=True, slots=True)
class Option:
    """`refusal` is the catalog's reason why this path cannot be handled here ("" = it can)."""

    id: str
    label: str
    hint: str = ""
    refusal: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """`when` empty: always asked; else asked once any of these choices is made."""

    id: str
    question: str
    options: tuple[Option, ...]
    multiple: bool = False
    when: tuple[Choice, ...] = ()
    help: str = ""


@dataclass(frozen=True, slots=True)
class Material:
    """`originals` / `copies`: sheets asked for; an empty text: the source does not say (未提供)."""

    id: str
    name: str
    originals: int
    copies: int
    necessity: Necessity = Necessity.REQUIRED
    source: str = ""
    form: str = ""
    points: str = ""
    returned: bool = False


@dataclass(frozen=True, slots=True)
class MaterialRule:
    """`when` empty: always asked for; else once any of these choices is made."""

    material: Material
    when: tuple[Choice, ...] = ()


@dataclass(frozen=True, slots=True)
class Item:
    """One service item of a catalog version.

    `legal_days`, `promise_days` are working days, None where the source does not say.
    `decided_here`: this hall decides on acceptance; else it only receives (收件).
    `theme` groups items by life event at the kiosk (key `theme.<value>`).
    """

    code: str
    name: str
    department: str
    department_code: str
    audience: frozenset[Audience]
    channels: frozenset[Channel]
    type_code: str = ""
    case_type: CaseType = CaseType.PROMISED
    legal_days: int | None = None
    promise_days: int | None = None
    visits: int | None = None
    fee: bool | None = None
    questions: tuple[Question, ...] = ()
    rules: tuple[MaterialRule, ...] = ()
    everyday_names: tuple[str, ...] = ()
    theme: str = ""
    cross_region: tuple[str, ...] = ()
    decided_here: bool = False
    conditions: str = ""
    results: tuple[str, ...] = ()
    phone: str = ""
    demo: bool = False
    draft: bool = False
    variant: str = ""  # what tells this item from its siblings of the same base name


@dataclass(frozen=True, slots=True)
class ItemHit:
    """One line of a search answer; `match` is (start, end) in `name` or None."""

    code: str
    name: str
    department: str
    audience: frozenset[Audience]
    channels: frozenset[Channel]
    promise_days: int | None = None
    material_count: int = 0
    match: tuple[int, int] | None = None
    theme: str = ""


@dataclass(frozen=True, slots=True)
class CatalogInfo:
    """What a station knows of its catalog; `draft`: imported here, unsigned, never for cases."""

    version: str
    items: int
    published_at: datetime
    draft: bool = False


@dataclass(frozen=True, slots=True)
class ItemCode:
    """实施编码 taken apart: USCC 18 + level 1 + basic code 12 (+ sequence 2 of a business handling item)."""

    uscc: str
    level: str
    region: str
    type_digits: str
    department: str
    main: str
    sub: str
    sequence: str = ""

    @property
    def type_word_key(self) -> str:
        """`task_type.<region>.<digits>`: the digits mean different things under 00 and 44."""
        return f"task_type.{self.region}.{self.type_digits}"


def parse_item_code(code: str) -> ItemCode | None:
    """Take a 31- or 33-character code apart; None when it has another shape."""
    if len(code) not in (31, 33) or not code.isascii():
        return None
    level, basic = code[18], code[19:31]
    if not (level.isdigit() and basic[:6].isdigit()):
        return None
    return ItemCode(code[:18], level, basic[:2], basic[2:4], basic[4:6], basic[6:9], basic[9:12], code[31:])
