"""IPP messages: the published example byte for byte, every value there and back, garbage refused."""

from datetime import timedelta, timezone

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.errors import DeviceProtocolError
from devices import ipp_codec as ipp
from devices.ipp_codec import Group, GroupTag, Message, Range, Resolution, Tag, Value, Worded

# RFC 8010, appendix A.1: a Print-Job request
PRINT_JOB = bytes.fromhex(
    "0101 0002 00000001 01"
    "47 0012 617474726962757465732d63686172736574 0005 7574662d38"
    "48 001b 617474726962757465732d6e61747572616c2d6c616e6775616765 0005 656e2d7573"
    "45 000b 7072696e7465722d757269 002c"
    "6970703a2f2f7072696e7465722e6578616d706c652e636f6d2f6970702f7072696e742f70696e65747265 65"
    "42 0008 6a6f622d6e616d65 0006 666f6f626172"
    "22 0016 6970702d6174747269627574652d666964656c697479 0001 01"
    "02"
    "21 0006 636f70696573 0004 00000014"
    "44 0005 7369646573 0013 74776f2d73696465642d6c6f6e672d65646765"
    "03".replace(" ", "")
) + b"%!PDF..."  # fmt: skip

texts = st.text(st.characters(codec="utf-8"), max_size=40)
names = st.text(st.characters(codec="ascii", categories=["L", "N"]), min_size=1, max_size=20)
integers = st.integers(-(2**31), 2**31 - 1)
zones = st.integers(-14 * 60, 14 * 60).map(lambda m: timezone(timedelta(minutes=m)))
dates = st.datetimes(timezones=zones).map(lambda d: d.replace(microsecond=d.microsecond // 100_000 * 100_000))
plain = st.one_of(
    st.builds(Value, st.sampled_from([Tag.INTEGER, Tag.ENUM]), integers),
    st.builds(Value, st.just(Tag.BOOLEAN), st.booleans()),
    st.builds(Value, st.sampled_from([Tag.TEXT, Tag.NAME, Tag.KEYWORD, Tag.URI, Tag.MIME]), texts),
    st.builds(Value, st.sampled_from([Tag.UNSUPPORTED, Tag.UNKNOWN, Tag.NO_VALUE]), st.none()),
    st.builds(Value, st.just(Tag.OCTETS), st.binary(max_size=40)),
    st.builds(Value, st.just(Tag.DATE), dates),
    st.builds(Value, st.just(Tag.RANGE), st.builds(Range, integers, integers)),
    st.builds(Value, st.just(Tag.RESOLUTION), st.builds(Resolution, integers, integers, st.integers(3, 4))),
    st.builds(
        Value,
        st.sampled_from([Tag.TEXT_WITH_LANGUAGE, Tag.NAME_WITH_LANGUAGE]),
        st.builds(Worded, names, texts),
    ),
)


def several(value: st.SearchStrategy[Value]) -> st.SearchStrategy[tuple[Value, ...]]:
    return st.lists(value, min_size=1, max_size=3).map(tuple)


values = st.recursive(
    plain,
    lambda inner: st.builds(
        Value, st.just(Tag.COLLECTION), st.dictionaries(names, several(inner), max_size=3)
    ),
    max_leaves=6,
)
messages = st.builds(
    Message,
    st.integers(0, 0xFFFF),
    integers,
    st.lists(
        st.builds(
            Group, st.sampled_from(list(GroupTag)), st.dictionaries(names, several(values), max_size=4)
        ),
        max_size=3,
    ).map(tuple),
    st.binary(max_size=30),
    st.sampled_from([0x0100, 0x0101, 0x0200]),
)


def test_the_published_request_is_what_we_write_and_read() -> None:
    message = Message(
        0x0002,
        1,
        (
            Group(
                GroupTag.OPERATION,
                {
                    "attributes-charset": (Value(Tag.CHARSET, "utf-8"),),
                    "attributes-natural-language": (Value(Tag.LANGUAGE, "en-us"),),
                    "printer-uri": (Value(Tag.URI, "ipp://printer.example.com/ipp/print/pinetree"),),
                    "job-name": (Value(Tag.NAME, "foobar"),),
                    "ipp-attribute-fidelity": (Value(Tag.BOOLEAN, True),),
                },
            ),
            Group(
                GroupTag.JOB,
                {
                    "copies": (Value(Tag.INTEGER, 20),),
                    "sides": (Value(Tag.KEYWORD, "two-sided-long-edge"),),
                },
            ),
        ),
        b"%!PDF...",
    )
    assert ipp.encode(message) == PRINT_JOB
    assert ipp.decode(PRINT_JOB) == message


@given(message=messages)
def test_whatever_is_written_is_read_back(message: Message) -> None:
    assert ipp.decode(ipp.encode(message)) == message


@given(data=st.binary(max_size=300))
@example(b"\1\1\0\0\0\0\0\1" + b"\4" + b"\x34\0\1a\0\0" * 400)
@example(b"\1\1\0\0\0\0\0\1" + b"\4\x34\0\1a\0\0" + b"\x4a\0\0\0\1b\x34\0\0\0\0" * 4000)
def test_garbage_is_refused_or_understood_but_never_a_crash(data: bytes) -> None:
    try:
        ipp.decode(data)
    except DeviceProtocolError:
        return


@given(message=messages, cut=st.integers(1, 200))
def test_a_message_cut_short_is_refused(message: Message, cut: int) -> None:
    whole = ipp.encode(message)[: len(ipp.encode(message)) - len(message.data)]
    with pytest.raises(DeviceProtocolError):
        ipp.decode(whole[:-cut])


@given(message=messages, at=st.integers(0, 400), bit=st.integers(0, 7))
def test_a_flipped_bit_does_not_crash(message: Message, at: int, bit: int) -> None:
    data = bytearray(ipp.encode(message))
    data[at % len(data)] ^= 1 << bit
    try:
        ipp.decode(bytes(data))
    except DeviceProtocolError:
        return


@pytest.mark.parametrize(
    ("tag", "content"),
    [
        (Tag.INTEGER, b"\0\1"),
        (Tag.BOOLEAN, b"\7"),
        (Tag.DATE, bytes(11)),
        (Tag.DATE, b"\7\xe9\x0d\1\0\0\0\0+\0\0"),
        (Tag.RANGE, b"\0\0\0\1"),
        (Tag.TEXT_WITH_LANGUAGE, b"\0\x09zh"),
        (Tag.NAME, b"\xff\xfe"),
        (Tag.NO_VALUE, b"x"),
    ],
)
def test_a_value_that_breaks_its_promise_stays_bytes(tag: Tag, content: bytes) -> None:
    message = Message(0, 1, (Group(GroupTag.PRINTER, {"a": (Value(tag, content),)}),))
    read = ipp.decode(ipp.encode(message))
    assert read == message
    attributes = read.group(GroupTag.PRINTER)
    assert ipp.number(attributes, "a") is None and ipp.word(attributes, "a") == ""
    assert ipp.flag(attributes, "a") is None


def test_looking_things_up() -> None:
    attributes = {
        "state": (Value(Tag.ENUM, 5), Value(Tag.INTEGER, 7)),
        "name": (Value(Tag.NAME_WITH_LANGUAGE, Worded("zh", "大厅")), Value(Tag.NAME, "hall")),
        "copies": (Value(Tag.RANGE, Range(1, 99)),),
        "yes": (Value(Tag.BOOLEAN, True),),
        "none": (Value(Tag.NO_VALUE, None),),
    }
    assert ipp.number(attributes, "state") == 5 and ipp.numbers(attributes, "state") == (5, 7)
    assert ipp.words(attributes, "name") == ("大厅", "hall") and ipp.word(attributes, "none") == ""
    assert ipp.number(attributes, "copies") == 99 and ipp.number(attributes, "yes") is None
    assert ipp.flag(attributes, "yes") is True and ipp.flag(attributes, "state") is None


@pytest.mark.parametrize(
    "value",
    [Value(Tag.INTEGER, 2**31), Value(Tag.TEXT, "x" * 40_000), Value(Tag.RANGE, Range(0, 2**40))],
)
def test_what_does_not_fit_is_not_written(value: Value) -> None:
    with pytest.raises(ValueError):
        ipp.encode(Message(0, 1, (Group(GroupTag.JOB, {"a": (value,)}),)))
