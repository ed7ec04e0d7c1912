"""The sentences people see, by key: the only place where the program's language lives.

A leaf like `app.errors`: screens, papers, the gateway's page and the command line
take their words here.  `resources/text/<locale>.toml` holds nested tables; a key
is their dotted path.
"""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from app.errors import AppError

RESOURCES = Path(__file__).parent.parent / "resources"
DEFAULT_LOCALE = "zh_CN"


class Texts:
    """`texts["app.name"]`, `texts.say("verify.genuine", number="…")`."""

    def __init__(self, sentences: dict[str, str]) -> None:
        self._sentences = sentences

    def __getitem__(self, key: str) -> str:
        """Raises KeyError: a missing sentence is a bug, not a blank on the screen."""
        return self._sentences[key]

    def __contains__(self, key: str) -> bool:
        return key in self._sentences

    def __iter__(self) -> Any:
        return iter(self._sentences)

    def with_words(self, words: Mapping[str, str]) -> "Texts":
        """The same with other words for some keys, and words for further codes of a table."""
        return Texts({**self._sentences, **words})

    def say(self, key: str, /, **values: object) -> str:
        return self._sentences[key].format_map(values)

    def code(self, table: str, code: str) -> str:
        """The word for a code of a table; an unknown code stands for itself."""
        return self._sentences.get(f"{table}.{code}", code)

    def error(self, error: AppError) -> str:
        """What happened and what to do."""
        return self.trouble(error.code, **error.values)

    def trouble(self, code: str, /, **values: object) -> str:
        """The sentence of an error code; falls back from `a.b.c` to `a.b` to `a`; "" for no code."""
        while code and f"error.{code}.text" not in self._sentences:
            code = code.rpartition(".")[0]
        return self._sentences[f"error.{code}.text"].format_map(_Lenient(values)) if code else ""


class _Lenient(dict[str, object]):
    def __missing__(self, key: str) -> str:
        return "?"


@cache
def load(locale: str = DEFAULT_LOCALE) -> Texts:
    """Read one locale; raises FileNotFoundError when there is none of that name."""
    path = RESOURCES / "text" / f"{locale}.toml"
    return Texts(dict(flat(tomllib.loads(path.read_text(encoding="utf-8")))))


def flat(table: dict[str, Any], prefix: str = "") -> list[tuple[str, Any]]:
    """The sentences of nested tables, by dotted path."""
    pairs: list[tuple[str, Any]] = []
    for key, value in table.items():
        if isinstance(value, dict):
            pairs += flat(value, f"{prefix}{key}.")
        else:
            pairs.append((f"{prefix}{key}", value))
    return pairs
