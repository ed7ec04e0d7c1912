"""The encoding of the Internet Printing Protocol, as pure functions.

A message (RFC 8010, 3.1):

    version 2 · operation or status 2 · request id 4 · groups … · 0x03 · document data

A group is a delimiter tag (0x01 operation, 0x02 job, 0x04 printer, 0x05 unsupported …) and its attributes;
a value is

    tag 1 · name length 2 · name · value length 2 · value

where a further value of the same attribute has an empty name.  Integers are big-endian and signed.  A
collection (3.1.6) is 0x34 and an empty value, members (0x4a with the member's name as its value, then the
values, their names empty), and 0x37.  An integer (0x21, enum 0x23) has 4 bytes, a boolean (0x22) one,
dateTime (0x31) is the DateAndTime of RFC 2579, resolution (0x32) two integers and a unit, rangeOfInteger
(0x33) two integers, text and name with language (0x35, 0x36) two strings with their lengths; tags 0x10 to
0x1f have no value; 0x41 to 0x49 are strings.

Values are int, bool, str, datetime, Range, Resolution, Worded, a mapping (a collection) or None (out of
band).  What does not fit its tag stays bytes: one odd value makes no printer unusable.
"""

import struct
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from enum import IntEnum
from typing import NamedTuple

from app.errors import DeviceProtocolError

VERSION = 0x0101  # what every printer understands (RFC 8011, 4.1.8)
_END, _FIRST_VALUE_TAG = 0x03, 0x10
_DEEPEST = 16  # collections in collections
_LONGEST = 0x7FFF


class Tag(IntEnum):
    """Value tags we send or look at (RFC 8010, 3.5.2)."""

    UNSUPPORTED = 0x10
    UNKNOWN = 0x12
    NO_VALUE = 0x13
    INTEGER = 0x21
    BOOLEAN = 0x22
    ENUM = 0x23
    OCTETS = 0x30
    DATE = 0x31
    RESOLUTION = 0x32
    RANGE = 0x33
    COLLECTION = 0x34
    TEXT_WITH_LANGUAGE = 0x35
    NAME_WITH_LANGUAGE = 0x36
    END_COLLECTION = 0x37
    TEXT = 0x41
    NAME = 0x42
    KEYWORD = 0x44
    URI = 0x45
    CHARSET = 0x47
    LANGUAGE = 0x48
    MIME = 0x49
    MEMBER_NAME = 0x4A
    EXTENSION = 0x7F


class GroupTag(IntEnum):
    OPERATION = 0x01
    JOB = 0x02
    PRINTER = 0x04
    UNSUPPORTED = 0x05


class Range(NamedTuple):
    lower: int
    upper: int


class Resolution(NamedTuple):
    """`unit` 3: dots an inch, 4: dots a centimetre."""

    across: int
    along: int
    unit: int


class Worded(NamedTuple):
    """A text or name with its language."""

    language: str
    text: str


Plain = int | bool | str | bytes | datetime | Range | Resolution | Worded | None


@dataclass(frozen=True, slots=True)
class Value:
    tag: int
    value: "Plain | Attributes"


Values = tuple[Value, ...]
Attributes = Mapping[str, Values]


@dataclass(frozen=True, slots=True)
class Group:
    tag: int
    attributes: Attributes


@dataclass(frozen=True, slots=True)
class Message:
    """A request (`code` an operation) or an answer (`code` a status)."""

    code: int
    request_id: int
    groups: tuple[Group, ...] = ()
    data: bytes = field(default=b"", repr=False)
    version: int = VERSION

    def group(self, tag: int) -> Attributes:
        """The first group of this kind; empty when there is none."""
        return next(iter(self.all_of(tag)), {})

    def all_of(self, tag: int) -> tuple[Attributes, ...]:
        return tuple(group.attributes for group in self.groups if group.tag == tag)


# -- reading attributes ------------------------------------------------------------------------------


def words(attributes: Attributes, name: str) -> tuple[str, ...]:
    """The values that are words: keywords, names, texts, addresses."""
    found = (v.value for v in attributes.get(name, ()))
    return tuple(v if isinstance(v, str) else v.text for v in found if isinstance(v, (str, Worded)))


def word(attributes: Attributes, name: str) -> str:
    """The first word; "" when there is none."""
    return next(iter(words(attributes, name)), "")


def number(attributes: Attributes, name: str) -> int | None:
    """The first integer or enum; the upper end of a range."""
    for v in attributes.get(name, ()):
        if isinstance(v.value, Range):
            return v.value.upper
        if isinstance(v.value, int) and not isinstance(v.value, bool):
            return v.value
    return None


def numbers(attributes: Attributes, name: str) -> tuple[int, ...]:
    found = (v.value for v in attributes.get(name, ()))
    return tuple(v for v in found if isinstance(v, int) and not isinstance(v, bool))


def flag(attributes: Attributes, name: str) -> bool | None:
    return next((v.value for v in attributes.get(name, ()) if isinstance(v.value, bool)), None)


# -- encoding ----------------------------------------------------------------------------------------


def encode(message: Message) -> bytes:
    """Raises ValueError for what does not fit: a name or value over 32767 bytes, a number over 31 bits."""
    out = bytearray(struct.pack(">HHi", message.version, message.code, message.request_id))
    for group in message.groups:
        out.append(group.tag)
        for name, values in group.attributes.items():
            _encode_attribute(out, name, values)
    out.append(_END)
    return bytes(out) + message.data


def _encode_attribute(out: bytearray, name: str, values: Values) -> None:
    if not name or not values:
        raise ValueError("an attribute has a name and a value")
    for value in values:
        _encode_value(out, name, value)
        name = ""


def _encode_value(out: bytearray, name: str, value: Value) -> None:
    if isinstance(value.value, Mapping):
        _field(out, value.tag, name, b"")
        for member, values in value.value.items():
            _field(out, Tag.MEMBER_NAME, "", member.encode())
            for inner in values:
                _encode_value(out, "", inner)
        _field(out, Tag.END_COLLECTION, "", b"")
        return
    _field(out, value.tag, name, _packed(value.tag, value.value))


def _field(out: bytearray, tag: int, name: str, content: bytes) -> None:
    label = name.encode()
    if max(len(label), len(content)) > _LONGEST:
        raise ValueError("too long")
    out += struct.pack(">BH", tag, len(label)) + label + struct.pack(">H", len(content)) + content


def _packed(tag: int, value: Plain) -> bytes:
    try:
        match value:
            case None:
                return b""
            case bytes():
                return value
            case bool():
                return bytes([value])
            case int():
                return struct.pack(">i", value)
            case str():
                return value.encode()
            case Range():
                return struct.pack(">ii", *value)
            case Resolution():
                return struct.pack(">iib", *value)
            case Worded():
                parts = value.language.encode(), value.text.encode()
                return b"".join(struct.pack(">H", len(part)) + part for part in parts)
            case datetime():
                return _packed_date(value)
    except struct.error as error:
        raise ValueError(f"does not fit into a value of tag {tag:#x}") from error


def _packed_date(at: datetime) -> bytes:
    """DateAndTime (RFC 2579); a datetime without a zone counts as UTC."""
    offset = round((at.utcoffset() or timedelta()).total_seconds()) // 60
    sign, (hours, minutes) = b"+" if offset >= 0 else b"-", divmod(abs(offset), 60)
    day = struct.pack(
        ">H6B", at.year, at.month, at.day, at.hour, at.minute, at.second, at.microsecond // 100_000
    )
    return day + sign + bytes((hours, minutes))


# -- decoding ----------------------------------------------------------------------------------------


class _Reader:
    """Fields one after the other; whatever ends too early is a DeviceProtocolError."""

    def __init__(self, data: bytes, at: int) -> None:
        self._data, self.at = data, at

    def tag(self) -> int:
        return self._take(1)[0]

    def peek(self) -> int:
        tag = self.tag()
        self.at -= 1
        return tag

    def counted(self) -> bytes:
        return self._take(int.from_bytes(self._take(2), "big"))

    def name(self) -> str:
        return self.counted().decode("utf-8", "replace")

    def _take(self, count: int) -> bytes:
        part = self._data[self.at : self.at + count]
        if len(part) != count:
            raise DeviceProtocolError("an IPP message ends too early")
        self.at += count
        return part


def decode(data: bytes) -> Message:
    """Raises DeviceProtocolError for whatever is no IPP message."""
    if len(data) < 9:
        raise DeviceProtocolError("too short for an IPP message")
    version, code, request_id = struct.unpack_from(">HHi", data)
    if not 1 <= version >> 8 <= 2:
        raise DeviceProtocolError("no version of IPP")
    reader = _Reader(data, 8)
    groups = tuple(_groups(reader))
    return Message(code, request_id, groups, data[reader.at :], version)


def _groups(reader: _Reader) -> Iterator[Group]:
    while (tag := reader.tag()) != _END:
        if tag >= _FIRST_VALUE_TAG or not tag:
            raise DeviceProtocolError("a value outside of any group")
        yield Group(tag, _attributes(reader))


def _attributes(reader: _Reader) -> Attributes:
    found: dict[str, Values] = {}
    name = ""
    while reader.peek() >= _FIRST_VALUE_TAG:
        tag = reader.tag()
        name = reader.name() or name
        if not name:
            raise DeviceProtocolError("a value without a name")
        found[name] = (*found.get(name, ()), _value(reader, tag, 0))
    return found


def _value(reader: _Reader, tag: int, depth: int) -> Value:
    content = reader.counted()
    if tag == Tag.COLLECTION:
        return Value(tag, _collection(reader, depth + 1))
    return Value(tag, _unpacked(tag, content))


def _collection(reader: _Reader, depth: int) -> Attributes:
    if depth > _DEEPEST:
        raise DeviceProtocolError("collections nested too deep")
    members: dict[str, Values] = {}
    member = ""
    while (tag := reader.tag()) != Tag.END_COLLECTION:
        if tag < _FIRST_VALUE_TAG:
            raise DeviceProtocolError("a collection without its end")
        reader.name()
        if tag == Tag.MEMBER_NAME:
            member = reader.name()
        elif member:
            members[member] = (*members.get(member, ()), _value(reader, tag, depth))
        else:
            raise DeviceProtocolError("a collection's value without a name")
    reader.name()
    reader.counted()
    return members


def _unpacked(tag: int, content: bytes) -> Plain:
    """The value its tag promises; the bytes themselves when they do not keep that promise."""
    try:
        return _READERS.get(tag, _text if Tag.TEXT <= tag < 0x60 else _octets)(content)
    except (ValueError, struct.error, OverflowError):
        return content


def _octets(content: bytes) -> Plain:
    return content


def _text(content: bytes) -> str:
    return content.decode()


def _integer(content: bytes) -> int:
    value: int = struct.unpack(">i", content)[0]
    return value


def _boolean(content: bytes) -> bool:
    if content not in (b"\0", b"\1"):
        raise ValueError("neither true nor false")
    return content == b"\1"


def _nothing(content: bytes) -> None:
    if content:
        raise ValueError("a value where none belongs")


def _worded(content: bytes) -> Worded:
    at = 2 + int.from_bytes(content[:2], "big")
    text = content[at + 2 :]
    if len(content) < 4 or int.from_bytes(content[at : at + 2], "big") != len(text) or at + 2 > len(content):
        raise ValueError("lengths that do not add up")
    return Worded(content[2:at].decode(), text.decode())


def _date(content: bytes) -> datetime:
    year, month, day, hour, minute, second, tenths, sign, hours, minutes = struct.unpack(">H6BcBB", content)
    if sign not in (b"+", b"-") or tenths > 9:
        raise ValueError("no date")
    offset = timedelta(hours=hours, minutes=minutes) * (1 if sign == b"+" else -1)
    return datetime(year, month, day, hour, minute, second, tenths * 100_000, timezone(offset))


_READERS: dict[int, Callable[[bytes], Plain]] = {
    Tag.INTEGER: _integer,
    Tag.ENUM: _integer,
    Tag.BOOLEAN: _boolean,
    Tag.DATE: _date,
    Tag.RESOLUTION: lambda content: Resolution(*struct.unpack(">iib", content)),
    Tag.RANGE: lambda content: Range(*struct.unpack(">ii", content)),
    Tag.TEXT_WITH_LANGUAGE: _worded,
    Tag.NAME_WITH_LANGUAGE: _worded,
    **dict.fromkeys(range(Tag.UNSUPPORTED, 0x20), _nothing),
}
