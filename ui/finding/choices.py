"""What a search can be narrowed to, in words, each with how many items of the catalog it would leave."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from app.domain.catalog import Audience, Channel
from app.domain.narrowing import SELF_SERVICE, UNSAID, Facets, Narrowing
from app.texts import Texts

THEMES = ("social_insurance", "household", "work", "care", "housing", "traffic", "family", "company")


@dataclass(frozen=True, slots=True)
class Choice:
    """`value` as `Narrowing` has it in text; a choice without items cannot be made."""

    value: str
    word: str
    count: int


@dataclass(frozen=True, slots=True)
class Kind:
    """One way of narrowing: its values, where it stands in a `Narrowing`, and how it is put there."""

    name: str
    choices: Callable[[Texts, Facets], tuple[Choice, ...]]
    chosen: Callable[[Narrowing], str]
    put: Callable[[Narrowing, str], Narrowing]


def _audiences(texts: Texts, facets: Facets) -> tuple[Choice, ...]:
    return _counted(facets.audiences, ((a.value, texts.code("audience", a.value)) for a in Audience))


def _channels(texts: Texts, facets: Facets) -> tuple[Choice, ...]:
    return _counted(facets.channels, ((c.value, texts.code("channel", c.value)) for c in Channel))


def _kiosk(texts: Texts, facets: Facets) -> tuple[Choice, ...]:
    return _counted(facets.channels, ((SELF_SERVICE.value, texts["filter.kiosk_word"]),))


def _themes(texts: Texts, facets: Facets) -> tuple[Choice, ...]:
    own = ((theme, texts[f"theme.{theme}.title"]) for theme in THEMES)
    others = ((theme, theme) for theme in sorted(facets.themes) if theme not in (*THEMES, UNSAID))
    return _counted(facets.themes, (*own, *others, (UNSAID, texts["filter.unsaid_word"])))


def _topics(texts: Texts, facets: Facets) -> tuple[Choice, ...]:
    """The most common first, then by their words; nothing is said of items published without them."""
    known = sorted(facets.topics, key=lambda topic: (-facets.topics[topic], topic))
    said = ((topic, topic) for topic in known if topic != UNSAID)
    return _counted(facets.topics, (*said, (UNSAID, texts["filter.unsaid_word"])))


def _departments(texts: Texts, facets: Facets) -> tuple[Choice, ...]:
    return _counted(facets.departments, ((name, name) for name in sorted(facets.departments)))


def _counted(counts: Mapping[str, int], named: Iterable[tuple[str, str]]) -> tuple[Choice, ...]:
    return tuple(Choice(value, word, counts.get(value, 0)) for value, word in named)


AUDIENCE = Kind(
    "audience",
    _audiences,
    lambda n: n.audience.value if n.audience else "",
    lambda n, v: replace(n, audience=Audience(v) if v else None),
)
CHANNEL = Kind(
    "channel",
    _channels,
    lambda n: n.channel.value if n.channel else "",
    lambda n, v: replace(n, channel=Channel(v) if v else None),
)
KIOSK = replace(CHANNEL, name="kiosk", choices=_kiosk)
THEME = Kind("theme", _themes, lambda n: n.theme, lambda n, v: replace(n, theme=v))
TOPIC = Kind("topic", _topics, lambda n: n.topic, lambda n, v: replace(n, topic=v))
DEPARTMENT = Kind("department", _departments, lambda n: n.department, lambda n, v: replace(n, department=v))


def said(texts: Texts, facets: Facets, wanted: Narrowing, kinds: Iterable[Kind]) -> str:
    """The words of what is chosen, "" where nothing is."""
    words = [
        texts.say("filter.unsaid", kind=texts[f"filter.{kind.name}"])
        if choice.value == UNSAID
        else choice.word
        for kind in kinds
        for choice in kind.choices(texts, facets)
        if choice.value == kind.chosen(wanted)
    ]
    return texts["ui.dot"].join(words)
