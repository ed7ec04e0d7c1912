"""What a catalog file says of one item: its narrow row and its words; and the words of names."""

import hashlib
import unicodedata
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

from app.catalog import grams, readings
from app.catalog.layout import AUDIENCES, CHANNELS
from app.domain.catalog import Audience, Channel, Item

Said = tuple[str, Mapping[int, tuple[str, ...]]]
"""The words of one text, and its unusual readings by place."""


class Facts(NamedTuple):
    """What rank and rows are made of; lists joined by line ends, sets as bits."""

    code: str
    group: int
    length: int
    name: str
    department: str
    everyday: str
    materials: str
    audience: int
    channels: int
    promise_days: int | None
    theme: str
    topics: str


class Row(NamedTuple):
    """`line` without number and check sum; `words` for the index."""

    line: tuple[str | int | None, ...]
    words: str


def facts(item: Item) -> Facts:
    return Facts(
        item.code,
        _group(item),
        len(grams.plain(item.name)),
        item.name,
        item.department,
        "\n".join(item.everyday_names),
        "\n".join(dict.fromkeys(rule.material.name for rule in item.rules)),
        sum(1 << AUDIENCES.index(a) for a in item.audience),
        sum(1 << CHANNELS.index(c) for c in item.channels),
        item.promise_days,
        item.theme,
        "\n".join(dict.fromkeys(item.topics)),
    )


def _group(item: Item) -> int:
    if Audience.PERSON not in item.audience:
        return 2
    return 0 if Channel.COUNTER in item.channels else 1


def rules() -> str:
    """A digest of all that words are made by: other rules make another index of the same items.

    "" where it cannot be told, as in a program without its source.
    """
    from pypinyin import __version__ as pinyin

    try:
        sources = [Path(name).read_bytes() for name in (__file__, grams.__file__, readings.__file__)]
    except OSError:
        return ""
    parts = [*sources, pinyin.encode(), unicodedata.unidata_version.encode()]
    return hashlib.sha256(b"\n".join(parts)).hexdigest()


class Rows:
    """Makes rows; a text that many items share is read once.

    `departments`, `papers`: name → number.  `reader` and `pairs` remember what was read.
    """

    def __init__(self, departments: Mapping[str, int], papers: Mapping[str, int]) -> None:
        self.reader = readings.Reader()
        self.pairs: set[str] = set()
        self._departments, self._papers = departments, papers
        self._name = cache(lambda raw: self._read(raw, grams.NAME))
        self._everyday = cache(lambda raw: self._read(raw, grams.EVERYDAY))

    def row(self, item: Facts) -> Row:
        department = self._departments[item.department]
        said = [
            self._name(item.name),
            *map(self._everyday, item.everyday.split("\n") if item.everyday else ()),
        ]
        unusual = " ".join(_noted(str(n), notes) for n, (_, notes) in enumerate(said) if notes)
        papers = [self._papers[name] for name in item.materials.split("\n")] if item.materials else []
        line = (
            item.code, item.name, department, item.everyday, item.audience, item.channels, item.promise_days,
            len(papers), item.theme, unusual, " ".join(map(str, papers)),
        )  # fmt: skip
        words = [
            *(text for text, _ in said[1:]),  # those of the name stand at its run
            *map(grams.paper_gram, papers),
            _code(item.code),
            self._filters(item.audience, item.channels, item.theme, item.topics, department),
        ]
        return Row(line, " ".join(words))

    def name(self, name: str) -> tuple[str, str]:
        """The unusual readings of an item's name, and its words."""
        words, unusual = self._name(name)
        return _noted("0", unusual), words

    def department(self, name: str) -> tuple[str, str]:
        return self._called(name, grams.DEPARTMENT)

    def paper(self, name: str) -> tuple[str, str]:
        return self._called(name, grams.MATERIALS)

    def _called(self, name: str, field: str) -> tuple[str, str]:
        text = grams.plain(name)
        sounds, unusual = self.reader.read(text)
        self.pairs.update(grams.pairs(sounds))
        return _noted("0", unusual), grams.unique(grams.text_grams(text, field, sounds))

    def _read(self, raw: str, field: str) -> Said:
        """The words for a name or everyday name, and its unusual readings."""
        text = grams.plain(raw)
        sounds, unusual = self.reader.read(text)
        self.pairs.update(grams.pairs(sounds))
        words = [*grams.whole_grams(text, field, sounds), *grams.text_grams(text, field, sounds)]
        words += grams.start_grams(text, field, sounds)
        return grams.unique(words), unusual

    @staticmethod
    @cache
    def _filters(audience: int, channels: int, theme: str, topics: str, department: int) -> str:
        words = [grams.filter_gram("c", c.value) for n, c in enumerate(CHANNELS) if channels >> n & 1]
        words += [grams.filter_gram("a", a.value) for n, a in enumerate(AUDIENCES) if audience >> n & 1]
        words += [grams.filter_gram("o", topic) for topic in topics.split("\n")]
        return " ".join([*words, grams.filter_gram("t", theme), grams.department_gram(department)])


def _code(code: str) -> str:
    text = grams.plain(code)
    return " ".join([*grams.whole_grams(text, grams.CODE), *grams.code_grams(text)])


def _noted(which: str, unusual: Mapping[int, tuple[str, ...]]) -> str:
    return " ".join(f"{which}.{place}.{sound}" for place, sounds in unusual.items() for sound in sounds)
