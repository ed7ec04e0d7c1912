"""What travels with the catalog beside its items, and how it stands here."""

from dataclasses import dataclass
from enum import Enum


class CarriedKind(Enum):
    """Also the folder's name under DATA/data; the word is `carried.kind.<value>`."""

    SCHEDULES = "schedules"
    CODES = "codes"
    TEXTS = "texts"


class Standing(Enum):
    """The word is `carried.standing.<value>`.

    OLDER: what came with the program is newer, and counts.  BROKEN: refused, and what came with
    the program counts.  WAITING: counts from the next start.
    """

    IN_FORCE = "in_force"
    OLDER = "older"
    BROKEN = "broken"
    WAITING = "waiting"


@dataclass(frozen=True, slots=True)
class Carried:
    """One file.  `version`: the day it was issued, "" where it does not say.

    `reason`: why it is broken (key `carried.reason.<reason>`), `at`: the first place of it, a key or a code.
    """

    kind: CarriedKind
    name: str
    standing: Standing
    version: str = ""
    reason: str = ""
    at: str = ""
