"""The service-item catalog (事项目录/实施清单): items, questions, materials.

Fields after GB/T 39046-2020 tables 4 to 10 and the national exchange tables; codes stay text.
Whatever a source does not say is None or "": 未提供 on screen, never a guess.
"""

from dataclasses import dataclass
from datetime import date, datetime
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


class DayUnit(Enum):
    """What a deadline counts; the word is `day_unit.<value>`."""

    WORKING_DAY = "working_day"
    NATURAL_DAY = "natural_day"
    HOUR = "hour"


class CrossRegionMode(Enum):
    """通办: how an item is handled away from its place; the word is `cross_region.<value>`.

    ONLINE 全程网办, PROXY 异地代收代办 (the receiving hall checks form and identity, the place of
    jurisdiction accepts), JOINT 多地联办, CITY_WIDE 全市通办 (市镇通收).
    """

    ONLINE = "online"
    PROXY = "proxy"
    JOINT = "joint"
    CITY_WIDE = "city_wide"


COUNTS, NECESSITY = "counts", "necessity"
STRICTNESS = (Necessity.OPTIONAL, Necessity.DEFERRABLE, Necessity.REQUIRED)


@dataclass(frozen=True, slots=True)
class Period:
    """A deadline; 0 means on the spot.  `note`: what the source adds in words."""

    count: int
    unit: DayUnit = DayUnit.WORKING_DAY
    note: str = ""

    @property
    def working_days(self) -> int | None:
        """None for a period that is not counted in working days."""
        return self.count if self.unit is DayUnit.WORKING_DAY or self.count == 0 else None


@dataclass(frozen=True, slots=True)
class Step:
    """One step of 办理流程; `days` as the source writes it (0.5)."""

    name: str
    days: str = ""
    handler: str = ""
    standard: str = ""
    outcome: str = ""


@dataclass(frozen=True, slots=True)
class Fee:
    """`standard` as the source writes it: money stays text.  `reducible` None: not said."""

    name: str
    standard: str = ""
    basis: str = ""
    reducible: bool | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """What the applicant gets; `licence_code`: the type of the e-licence it becomes."""

    name: str
    kind: str = ""
    licence_code: str = ""
    sample: str = ""


@dataclass(frozen=True, slots=True)
class Window:
    """Where the item is handled (办理窗口)."""

    name: str
    address: str = ""
    phone: str = ""
    hours: str = ""
    guide: str = ""


@dataclass(frozen=True, slots=True)
class FaqEntry:
    question: str
    answer: str


@dataclass(frozen=True, slots=True)
class CrossRegion:
    """`areas`: the places as the source names them, () for all of them."""

    mode: CrossRegionMode
    scope: str = ""
    areas: tuple[str, ...] = ()
    note: str = ""


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
    """`originals` / `copies`: sheets asked for; an empty text: the source does not say (未提供).

    `unsaid`: COUNTS, NECESSITY where the source does not say those either; what stands in their place is
    what a window acts by (one original, required), and is shown as 未提供.

    `kind`, `form`, `source` are words of the source; `points` 收件要点; `sample` and `blank`: what to call
    the filled-in example and the empty form; `licence_code`, `licence_name`: the e-licence that replaces it.
    """

    id: str
    name: str
    originals: int
    copies: int
    necessity: Necessity = Necessity.REQUIRED
    source: str = ""
    form: str = ""
    points: str = ""
    returned: bool = False
    kind: str = ""
    issuer: str = ""
    basis: str = ""
    sample: str = ""
    blank: str = ""
    licence_code: str = ""
    licence_name: str = ""
    note: str = ""
    unsaid: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MaterialRule:
    """`when` empty: always asked for; else once any of these choices is made."""

    material: Material
    when: tuple[Choice, ...] = ()


@dataclass(frozen=True, slots=True)
class Item:
    """One service item of a catalog version.

    `legal`, `promise`: 法定 and 承诺 deadline, None where the source does not say.
    `decided_here`: this hall decides on acceptance; else it only receives (收件).
    `effective_from`, `withdrawn_on`: the days this version of the item begins and ends.
    `theme` groups items by life event at the kiosk (key `theme.<value>`).
    `level`: 行使层级 as the source says it, a digit (key `use_level.<digit>`); `area`: the place by name.
    `parent_code`, `parent_name`: the main item in the basic catalog.  `applicants`: 服务对象 in the source's
    words.  `booking`, `courier`, `online_payment`: whether one can; None where the source does not say.
    `system`: the 业务系统 it runs on.  `online_depth`: 网办深度, a digit 1 to 4 (shown as I to IV).
    """

    code: str
    name: str
    department: str
    department_code: str
    audience: frozenset[Audience]
    channels: frozenset[Channel]
    type_code: str = ""
    case_type: CaseType = CaseType.PROMISED
    legal: Period | None = None
    promise: Period | None = None
    visits: int | None = None
    fee: bool | None = None
    questions: tuple[Question, ...] = ()
    rules: tuple[MaterialRule, ...] = ()
    everyday_names: tuple[str, ...] = ()
    theme: str = ""
    cross_region: tuple[CrossRegion, ...] = ()
    decided_here: bool = False
    conditions: str = ""
    results: tuple[Result, ...] = ()
    phone: str = ""
    demo: bool = False
    draft: bool = False
    variant: str = ""  # what tells this item from its siblings of the same base name
    version: str = ""
    effective_from: date | None = None
    withdrawn_on: date | None = None
    body_nature: str = ""
    entrusted_by: str = ""
    joint_bodies: tuple[str, ...] = ()
    steps: tuple[Step, ...] = ()
    fees: tuple[Fee, ...] = ()
    windows: tuple[Window, ...] = ()
    faq: tuple[FaqEntry, ...] = ()
    legal_basis: tuple[str, ...] = ()
    visit_reason: str = ""
    online_depth: str = ""
    special_procedures: tuple[str, ...] = ()
    complaint_phone: str = ""
    topics: tuple[str, ...] = ()
    level: str = ""
    area: str = ""
    parent_code: str = ""
    parent_name: str = ""
    applicants: tuple[str, ...] = ()
    online_url: str = ""
    online_payment: bool | None = None
    booking: bool | None = None
    booking_url: str = ""
    courier: bool | None = None
    system: str = ""

    @property
    def legal_days(self) -> int | None:
        """Working days; None when not said, or counted otherwise."""
        return None if self.legal is None else self.legal.working_days

    @property
    def promise_days(self) -> int | None:
        """Working days; None when not said, or counted otherwise."""
        return None if self.promise is None else self.promise.working_days


@dataclass(frozen=True, slots=True)
class Bundle:
    """一件事: several items asked for together, with one form and one set of materials.

    `items` by code, in the order they are handled.  `same`: groups of "item code#question id" that are one
    question in different words; the first of a group is the one asked.
    """

    code: str
    name: str
    items: tuple[str, ...]
    everyday_names: tuple[str, ...] = ()
    theme: str = ""
    promise: Period | None = None
    same: tuple[tuple[str, ...], ...] = ()
    note: str = ""
    demo: bool = False


@dataclass(slots=True, unsafe_hash=True)
class ItemHit:
    """One line of a search answer, never changed; `match` is (start, end) in `name` or None.

    Not frozen: fifty are made at every key, and making a frozen one takes five times as long.
    """

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
    """What a station knows of its catalog; `draft`: imported here, unsigned, never for cases.

    `verified_at`: when the gateway signed what the last sync proved; None while no sync did.
    """

    version: str
    items: int
    published_at: datetime
    draft: bool = False
    verified_at: datetime | None = None


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
