"""What a person narrows a search to, and how much of the catalog each choice would leave."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from app.domain.catalog import Audience, Channel

UNSAID = "-"
"""A theme or topic of this value asks for the items whose source says none."""

SELF_SERVICE = Channel.KIOSK
"""Where a person can do it without a clerk."""


@dataclass(frozen=True, slots=True)
class Narrowing:
    """What an item must have besides the text; "" and None let everything through.

    `theme`: the life event (key `theme.<value>`).  `topic`: a 服务主题 in the source's words.
    `channel`: one can ask for it there too (the kiosk, for one).  `department`: its name in full.
    """

    audience: Audience | None = None
    theme: str = ""
    topic: str = ""
    channel: Channel | None = None
    department: str = ""


EVERYTHING = Narrowing()


@dataclass(frozen=True, slots=True)
class Facets:
    """How many items of the whole catalog have each value; a value that no item has is not there.

    `themes` and `topics` count what the source does not say under `UNSAID`.
    """

    audiences: Mapping[str, int] = field(default_factory=dict)
    channels: Mapping[str, int] = field(default_factory=dict)
    themes: Mapping[str, int] = field(default_factory=dict)
    topics: Mapping[str, int] = field(default_factory=dict)
    departments: Mapping[str, int] = field(default_factory=dict)
