"""Code tables and texts that travelled with the catalog, over the program's own.

    codes/<table>.toml     version = 2027-01-01        texts/<locale>.toml   version = 2027-01-01
                           [codes]                                           [counter]
                           "06" = "…"                                        search_hint = "…"

A code table may know codes that the program's own does not; codes it leaves out keep the program's
word, since old items still bear them.  Texts reword sentences the program has, with the same
placeholders; they bring none of their own.  `resources/carried.toml` says what there is and how new.
Both count from the start of a program on: the words on an open screen do not change under a person.
"""

import re
import string
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache, partial
from pathlib import Path
from typing import Any

from app.carried_data import CarriedFault, Found, stamp, take
from app.domain.carried import Carried, CarriedKind, Standing
from app.texts import DEFAULT_LOCALE, RESOURCES, Texts, flat, load

LONGER, ROOM = 2, 8  # a sentence may be so many times as long as ours, and some more: it must find its place
MOST_CODES = 5000
Words = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Table:
    """A code table of the program: since when, how its codes look, how long its words may be."""

    version: date
    code: str
    longest: int


@cache
def _own() -> tuple[Mapping[str, _Table], Mapping[str, date]]:
    """The code tables by name, and the versions of the texts by locale."""
    found = tomllib.loads((RESOURCES / "carried.toml").read_text(encoding="utf-8"))
    return {name: _Table(**table) for name, table in found["codes"].items()}, found["texts"]


class CarriedWords:
    """The words of a station.  `texts`: as they were when it started."""

    def __init__(self, data: Path, locale: str = DEFAULT_LOCALE) -> None:
        self._data, self._locale = data, locale
        self._stamp = self._stamps()
        self._words, self._told = _words(data, locale)
        self.texts = load(locale).with_words(self._words) if self._words else load(locale)

    def told(self) -> tuple[Carried, ...]:
        """How each file stands now; what came since the start waits for the next one."""
        now = self._stamps()
        if now != self._stamp:
            words, told = _words(self._data, self._locale)
            self._stamp = now
            self._told = tuple(map(_waiting, told)) if words != self._words else told
        return self._told

    def _stamps(self) -> tuple[object, ...]:
        return tuple(stamp(self._data / kind.value) for kind in (CarriedKind.CODES, CarriedKind.TEXTS))


def words_told(data: Path, locale: str = DEFAULT_LOCALE) -> tuple[Carried, ...]:
    """How terminals would take the code tables and texts of a folder."""
    return _words(data, locale)[1]


def _waiting(carried: Carried) -> Carried:
    return replace(carried, standing=Standing.WAITING) if carried.standing is Standing.IN_FORCE else carried


def _words(data: Path, locale: str) -> tuple[dict[str, str], tuple[Carried, ...]]:
    """The words that go before the program's own; texts never reword a code table."""
    kinds = (CarriedKind.TEXTS, partial(read_texts, locale)), (CarriedKind.CODES, read_codes)
    words: dict[str, str] = {}
    told: tuple[Carried, ...] = ()
    for kind, read in kinds:
        found, stands = take(kind, data / kind.value, read)
        for each in found:
            words |= each
        told += stands
    return words, told


# -- reading ---------------------------------------------------------------------------------------


def read_codes(name: str, data: bytes) -> Found[Words]:
    """Raises CarriedFault."""
    table_name = name.removesuffix(".toml")
    table = _own()[0].get(table_name)
    if table is None or not name.endswith(".toml"):
        raise CarriedFault("unknown_table", table_name)
    found = _toml(data)
    version, codes = _version(found), found.get("codes")
    if not isinstance(codes, dict) or not 0 < len(codes) <= MOST_CODES or set(found) != {"version", "codes"}:
        raise CarriedFault("form", "codes")
    for code, word in codes.items():
        if not re.fullmatch(table.code, code):
            raise CarriedFault("code", code)
        if not isinstance(word, str) or not 0 < len(word.strip()) <= table.longest or not _plain(word):
            raise CarriedFault("word", code)
    return Found({f"{table_name}.{code}": word for code, word in codes.items()}, version, table.version)


def read_texts(locale: str, name: str, data: bytes) -> Found[Words]:
    """Of another locale: nothing.  Raises CarriedFault."""
    tables, versions = _own()
    of = name.removesuffix(".toml")
    if of not in versions or not name.endswith(".toml"):
        raise CarriedFault("unknown_locale", of)
    found = _toml(data)
    version = _version(found)
    del found["version"]
    own, words = load(of), dict(flat(found))
    for key, sentence in words.items():
        _check_sentence(own, tables, key, sentence)
    if not words:
        raise CarriedFault("form", "text")
    return Found(words if of == locale else {}, version, versions[of])


def _check_sentence(own: Texts, tables: Mapping[str, _Table], key: str, sentence: object) -> None:
    if key not in own:
        raise CarriedFault("unknown_key", key)
    if key.rpartition(".")[0] in tables:
        raise CarriedFault("code_table", key)
    if not isinstance(sentence, str) or not sentence.strip() or not _plain(sentence, own[key]):
        raise CarriedFault("word", key)
    if len(sentence) > LONGER * len(own[key]) + ROOM:
        raise CarriedFault("too_long", key)
    if sorted(_places(key, sentence)) != sorted(_places(key, own[key])):
        raise CarriedFault("places", key)


def _places(key: str, sentence: str) -> Iterator[str]:
    """Each placeholder once, as it is written."""
    try:
        parts = list(string.Formatter().parse(sentence))
    except ValueError as error:
        raise CarriedFault("places", key) from error
    yield from {f"{name}!{how}:{spec}" for _, name, spec, how in parts if name is not None}


def _plain(text: str, like: str = "") -> bool:
    """No signs that are not seen; a new line only where ours has one."""
    return all(sign.isprintable() or (sign == "\n" and "\n" in like) for sign in text)


def _toml(data: bytes) -> dict[str, Any]:
    try:
        return tomllib.loads(data.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise CarriedFault("unreadable") from error


def _version(found: Mapping[str, Any]) -> date:
    version = found.get("version")
    if type(version) is not date:  # a point in time is a date too
        raise CarriedFault("version")
    return version
