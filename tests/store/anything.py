"""Any value of a domain type: like hypothesis' from_type, but times have zones and numbers fit SQLite."""

from dataclasses import fields, is_dataclass
from datetime import datetime, timedelta, timezone
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from hypothesis import strategies as st

MOMENTS = st.datetimes(datetime(1990, 1, 1), datetime(2200, 1, 1)).flatmap(
    lambda naive: st.integers(-14, 14).map(lambda h: naive.replace(tzinfo=timezone(timedelta(hours=h))))
)


def anything(kind: Any) -> st.SearchStrategy[Any]:
    origin, args = get_origin(kind), get_args(kind)
    if origin in (Union, UnionType):
        return st.one_of(*(anything(arg) for arg in args))
    if origin in (tuple, frozenset):
        return st.lists(anything(args[0]), max_size=3).map(origin)
    if origin is not None:
        return st.dictionaries(anything(args[0]), anything(args[1]), max_size=3)
    if is_dataclass(kind):
        hints = get_type_hints(kind)
        return st.builds(kind, **{f.name: anything(hints[f.name]) for f in fields(kind)})
    if kind is int:
        return st.integers(-(2**63), 2**63 - 1)
    return MOMENTS if kind is datetime else st.from_type(kind)
