"""Domain values as JSON and back: the one form in which they are stored, sent and published.

Dataclasses become objects, enums their values, dates ISO 8601, sets sorted lists.
Unknown fields are ignored and missing ones take their default, so that a newer writer
and an older reader understand each other.
"""

import json
import types
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import date, datetime
from enum import Enum
from functools import cache
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

T = TypeVar("T")


def dumps(value: Any) -> str:
    return json.dumps(plain(value), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def loads(kind: type[T], text: str | bytes) -> T:
    """Raises ValueError when the text is not a `kind`."""
    return build(kind, json.loads(text))


def plain(value: Any) -> Any:
    """`value` out of dicts, lists, strings, numbers, booleans and None."""
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: plain(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, (set, frozenset)):
        return sorted(plain(item) for item in value)
    if isinstance(value, (tuple, list)):
        return [plain(item) for item in value]
    return value


def build(kind: type[T], data: Any) -> T:
    """The inverse of `plain`.  Raises ValueError."""
    try:
        result: T = _build(kind, data)
    except (TypeError, KeyError, AttributeError) as error:
        raise ValueError(f"not a {kind.__name__}: {type(error).__name__}") from error
    return result


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def _build(kind: Any, data: Any) -> Any:
    origin, args = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        if data is None:
            return None
        return _build(next(a for a in args if a is not type(None)), data)
    if origin is tuple:
        return tuple(_build(args[0], item) for item in _list(data))
    if origin is frozenset:
        return frozenset(_build(args[0], item) for item in _list(data))
    if origin is not None:  # Mapping[str, X]
        return {key: _build(args[1], item) for key, item in data.items()}
    if is_dataclass(kind):
        return _dataclass(kind, data)
    return _scalar(kind, data)


def _list(data: Any) -> list[Any]:
    if not isinstance(data, list):
        raise ValueError("a list is expected")
    return data


def _dataclass(kind: Any, data: Any) -> Any:
    hints = _hints(kind)
    values = {}
    for f in fields(kind):
        if f.name in data:
            values[f.name] = _build(hints[f.name], data[f.name])
        elif f.default is MISSING and f.default_factory is MISSING:
            raise ValueError(f"{kind.__name__}.{f.name} is missing")
    return kind(**values)


def _scalar(kind: Any, data: Any) -> Any:
    if kind is datetime or kind is date:
        return kind.fromisoformat(data)
    if kind is bytes:
        return bytes.fromhex(data)
    if issubclass(kind, Enum):
        return kind(data)
    if not isinstance(data, kind) or (kind is int and isinstance(data, bool)):
        raise ValueError(f"{kind.__name__} is expected")
    return data
