"""Domain values as JSON and back: the one form in which they are stored, sent and published.

Dataclasses become objects, enums their values, dates ISO 8601, sets sorted lists.
Unknown fields are ignored and missing ones take their default, so that a newer writer
and an older reader understand each other.
"""

import json
import types
from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING, fields, is_dataclass
from datetime import date, datetime
from enum import Enum
from functools import cache
from operator import attrgetter
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

T = TypeVar("T")


def dumps(value: Any) -> str:
    """The JSON of `plain(value)`: keys sorted, no spaces, characters as they are."""
    kind = type(value)
    return _quoted(value) if kind is str else _writer(kind)(value)  # type: ignore[arg-type]


_WRITER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))
_quoted = json.encoder.encode_basestring
_FIXED = {True: "true", False: "false", None: "null"}
Write = Callable[[Any], str]


@cache
def _writer(kind: type) -> Write:
    """What writes a `kind`, made once a type: a catalog is written twice as fast as by way of `plain`."""
    if kind is int:
        return int.__repr__
    if kind is bool or kind is type(None):
        return _FIXED.__getitem__
    if kind is tuple or kind is list:
        return lambda values: f"[{','.join([dumps(value) for value in values])}]" if values else "[]"
    if is_dataclass(kind) and len(fields(kind)) > 1:
        return _object_writer(sorted(f.name for f in fields(kind)))
    if issubclass(kind, Enum):
        return lambda member: dumps(member._value_)  # `value` is the same by a slow way
    if kind is frozenset:
        return lambda values: dumps(sorted([plain(value) for value in values]))
    return lambda value: _WRITER.encode(plain(value))


def _object_writer(names: Sequence[str]) -> Write:
    keys, values = [f"{_quoted(name)}:" for name in names], attrgetter(*names)

    def write(value: Any) -> str:
        parts = zip(keys, values(value), strict=True)
        said = [key + (_quoted(v) if type(v) is str else dumps(v)) for key, v in parts]
        return "{" + ",".join(said) + "}"

    return write


def loads(kind: type[T], text: str | bytes) -> T:
    """Raises ValueError when the text is not a `kind`."""
    return build(kind, json.loads(text))


_AS_THEY_ARE = frozenset({str, int, float, bool, type(None)})


def plain(value: Any) -> Any:
    """`value` out of dicts, lists, strings, numbers, booleans and None."""
    kind = type(value)
    if kind in _AS_THEY_ARE:
        return value
    if kind is tuple or kind is list:
        return [plain(item) for item in value] if value else []
    names = _names(kind)  # type: ignore[arg-type]
    if names is not None:
        return {name: plain(getattr(value, name)) for name in names}
    return _plain_other(value)


@cache
def _names(kind: type) -> tuple[str, ...] | None:
    """The fields of a dataclass; None for any other type."""
    return tuple(f.name for f in fields(kind)) if is_dataclass(kind) else None


def _plain_other(value: Any) -> Any:
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
        read: Read = _reader(kind)  # type: ignore[arg-type]
        result: T = read(data)
    except (TypeError, KeyError, AttributeError) as error:
        raise ValueError(f"not a {getattr(kind, '__name__', kind)}: {type(error).__name__}") from error
    return result


Read = Callable[[Any], Any]


@cache
def _reader(kind: Any) -> Read:
    """What makes a `kind` of its plain form; made once a type."""
    origin, args = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        return _optional(_reader(next(a for a in args if a is not type(None))))
    if origin is tuple or origin is frozenset:
        return _listed(origin, _reader(args[0]))
    if origin is not None:  # Mapping[str, X]
        return _mapped(_reader(args[1]))
    if is_dataclass(kind):
        return _dataclass(kind)
    return _scalar(kind)


def _optional(read: Read) -> Read:
    return lambda data: None if data is None else read(data)


def _listed(make: Any, read: Read) -> Read:
    def listed(data: Any) -> Any:
        if not isinstance(data, list):
            raise ValueError("a list is expected")
        return make(map(read, data)) if data else make()

    return listed


def _mapped(read: Read) -> Read:
    return lambda data: {key: read(item) for key, item in data.items()}


def _dataclass(kind: Any) -> Read:
    hints = get_type_hints(kind)
    required = {f.name for f in fields(kind) if f.default is MISSING and f.default_factory is MISSING}
    readers: dict[str, Read] = {}

    def made(data: Any) -> Any:
        if not readers:  # not before: a type may hold itself
            readers.update((f.name, _reader(hints[f.name])) for f in fields(kind))
        values = {name: readers[name](part) for name, part in data.items() if name in readers}
        if not required <= values.keys():
            raise ValueError(f"{kind.__name__}.{min(required - values.keys())} is missing")
        return kind(**values)

    return made


def _scalar(kind: Any) -> Read:
    if kind is datetime or kind is date:
        made: Read = kind.fromisoformat
    elif kind is bytes:
        made = bytes.fromhex
    elif issubclass(kind, Enum):
        made = kind
    else:

        def made(data: Any) -> Any:
            if not isinstance(data, kind) or (kind is int and isinstance(data, bool)):
                raise ValueError(f"{kind.__name__} is expected")
            return data

    return made
