"""Frames against bytes published by others, and against damage of every kind."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices import sdt_frames as frames
from devices.sdt_card import join_payload
from devices.sdt_frames import Command, FrameDecoder, as_request, as_response

REQUESTS = {
    "reset": (0x10FF, b"", "AA AA AA 96 69 00 03 10 FF EC"),
    "SAM status": (0x11FF, b"", "AA AA AA 96 69 00 03 11 FF ED"),
    "SAM id": (0x12FF, b"", "AA AA AA 96 69 00 03 12 FF EE"),
    "find": (0x2001, b"", "AA AA AA 96 69 00 03 20 01 22"),
    "select": (0x2002, b"", "AA AA AA 96 69 00 03 20 02 21"),
    "read": (0x3001, b"", "AA AA AA 96 69 00 03 30 01 32"),
    "read with fingerprint": (0x3010, b"", "AA AA AA 96 69 00 03 30 10 23"),
    "newest address": (0x3003, b"", "AA AA AA 96 69 00 03 30 03 30"),
    "management numbers": (0x3005, b"", "AA AA AA 96 69 00 03 30 05 36"),
    "RF frame": (0x61FF, b"\x50", "AA AA AA 96 69 00 04 61 FF 50 CA"),
    "115200 baud": (0x6000, b"", "AA AA AA 96 69 00 03 60 00 63"),
    "57600 baud": (0x6001, b"", "AA AA AA 96 69 00 03 60 01 62"),
    "38400 baud": (0x6002, b"", "AA AA AA 96 69 00 03 60 02 61"),
    "19200 baud": (0x6003, b"", "AA AA AA 96 69 00 03 60 03 60"),
    "9600 baud": (0x6004, b"", "AA AA AA 96 69 00 03 60 04 67"),
}
RESPONSES = {
    "ok": (0x90, b"", "AA AA AA 96 69 00 04 00 00 90 94"),
    "checksum error": (0x10, b"", "AA AA AA 96 69 00 04 00 00 10 14"),
    "self test failed": (0x60, b"", "AA AA AA 96 69 00 04 00 00 60 64"),
    "found": (0x9F, bytes(4), "AA AA AA 96 69 00 08 00 00 9F 00 00 00 00 97"),
    "no card": (0x80, b"", "AA AA AA 96 69 00 04 00 00 80 84"),
    "selected": (0x90, bytes(8), "AA AA AA 96 69 00 0C 00 00 90 00 00 00 00 00 00 00 00 9C"),
    "select failed": (0x81, b"", "AA AA AA 96 69 00 04 00 00 81 85"),
    "read failed": (0x41, b"", "AA AA AA 96 69 00 04 00 00 41 45"),
    "card not authenticated": (0x32, b"", "AA AA AA 96 69 00 04 00 00 32 36"),
    "no content": (0x91, b"", "AA AA AA 96 69 00 04 00 00 91 95"),
}
VENDOR_FRAMES = [
    "AA AA AA 96 69 00 0D DC 00 32 30 31 36 5F 30 33 5F 31 38 DE",
    "AA AA AA 96 69 00 13 DC 02 30 30 41 42 43 30 30 30 30 30 30 30 30 30 30 31 BC",
    "AA AA AA 96 69 00 03 DC 01 DE",
    "AA AA AA 96 69 00 03 DC 03 DC",
    "AA AA AA 96 69 00 03 DC 05 DA",
    "AA AA AA 96 69 00 03 DC 07 D8",
]
REJECTED = {
    "a checksum that does not fit": "AA AA AA 96 69 00 04 00 00 80 85",
    "a length that does not fit": "AA AA AA 96 69 00 04 20 01 22",
    "a head that does not fit": "00 AA AA 96 69 00 03 20 01 22",
    "LEN 0": "AA AA AA 96 69 00 00",
    "LEN 3 in a response": "AA AA AA 96 69 00 03 00 90 93",
    "LEN FFFF": "AA AA AA 96 69 FF FF 00 00 90 94",
}
CARD = frames.encode_response(0x90, b"\x01\x00\x04\x00" + bytes(range(256)) + bytes(1024))


def bodies(data: bytes, shortest: int = frames.SHORTEST_RESPONSE) -> list[bytes]:
    return FrameDecoder(shortest).feed(data)


@pytest.mark.parametrize(("command", "data", "wire"), REQUESTS.values(), ids=REQUESTS)
def test_requests_are_the_published_bytes(command: int, data: bytes, wire: str) -> None:
    assert frames.encode_request(command, data) == bytes.fromhex(wire)
    [body] = bodies(bytes.fromhex(wire), frames.SHORTEST_REQUEST)
    assert as_request(body) == frames.Request(command, data)


@pytest.mark.parametrize(("status", "data", "wire"), RESPONSES.values(), ids=RESPONSES)
def test_responses_are_the_published_bytes(status: int, data: bytes, wire: str) -> None:
    assert frames.encode_response(status, data) == bytes.fromhex(wire)
    [body] = bodies(bytes.fromhex(wire))
    assert as_response(body) == frames.Response(status, data)


def test_the_answer_with_a_card_has_the_published_head_and_length() -> None:
    assert len(CARD) == 1295
    assert CARD.startswith(bytes.fromhex("AA AA AA 96 69 05 08 00 00 90 01 00 04 00"))


@pytest.mark.parametrize(
    ("size", "head", "length"),
    [
        (0, "AA AA AA 96 69 05 0A 00 00 90 01 00 04 00 00 00", 1297),
        (512, "AA AA AA 96 69 07 0A 00 00 90 01 00 04 00 02 00", 1809),
        (1024, "AA AA AA 96 69 09 0A 00 00 90 01 00 04 00 04 00", 2321),
    ],
)
def test_the_answer_with_a_fingerprint_has_the_published_head_and_length(
    size: int, head: str, length: int
) -> None:
    answer = frames.encode_response(0x90, join_payload(bytes(256), bytes(1024), bytes(size)))
    assert (answer[:16], len(answer)) == (bytes.fromhex(head), length)


def test_a_stray_byte_after_a_published_answer() -> None:
    decoder = FrameDecoder()
    [body] = decoder.feed(bytes.fromhex("AA AA AA 96 69 00 04 00 00 10 14 00"))
    assert (as_response(body).status, decoder.waiting) == (0x10, 0)


@pytest.mark.parametrize("data", [b"", b"\x5a", bytes(2321), bytes(range(256)) * 5])
def test_the_checksum_is_the_xor_of_all_bytes(data: bytes) -> None:
    expected = 0
    for byte in data:
        expected ^= byte
    assert frames.checksum(data) == expected


@given(st.binary(max_size=700))
def test_the_checksum_is_the_xor_of_any_bytes(data: bytes) -> None:
    test_the_checksum_is_the_xor_of_all_bytes(data)


def test_the_beginning_of_an_answer_and_the_next_one_are_not_one_frame() -> None:
    """Found by the fuzzer: the checksum of such a mixture fits by chance."""
    mixed = CARD[:26] + CARD[:-26]
    whole = mixed[:-1] + bytes([mixed[-1] ^ frames.checksum(mixed[5:])])
    assert frames.checksum(whole[5:]) == 0
    assert bodies(whole) == []
    assert len(bodies(whole + CARD)) == 1


@pytest.mark.parametrize("wire", VENDOR_FRAMES)
def test_a_makers_own_frame_is_survived(wire: str) -> None:
    data = bytes.fromhex(wire) + frames.encode_request(Command.FIND)
    assert as_request(bodies(data, frames.SHORTEST_REQUEST)[-1]).command == Command.FIND


@pytest.mark.parametrize("wire", REJECTED.values(), ids=REJECTED)
def test_what_is_no_frame_is_rejected_and_the_next_one_found(wire: str) -> None:
    shortest = frames.SHORTEST_REQUEST if "20 01" in wire else frames.SHORTEST_RESPONSE
    decoder = FrameDecoder(shortest)
    assert decoder.feed(bytes.fromhex(wire)) == []
    good = bytes.fromhex("AA AA AA 96 69 00 04 00 00 90 94")
    assert decoder.feed(good) == [b"\x00\x00\x90"]


@pytest.mark.parametrize(
    "head", ["AA 00 AA AA 96 69", "AA AA 00 AA 96 69", "AA AA AA AA 96 69", "00 AA AA AA 96 69"]
)
def test_a_stray_byte_in_the_preamble_and_after_the_frame(head: str) -> None:
    data = bytes.fromhex(head + "00 04 00 00 90 94 00") * 2
    assert bodies(data) == [b"\x00\x00\x90"] * 2


def test_every_truncation_gives_nothing_and_the_rest_completes_it() -> None:
    for cut in range(len(CARD)):
        decoder = FrameDecoder()
        assert decoder.feed(CARD[:cut]) == []
        assert len(decoder.feed(CARD[cut:])) == 1


def test_no_flipped_bit_gives_another_content() -> None:
    [good] = bodies(CARD)
    for bit in range(len(CARD) * 8):
        spoiled = bytearray(CARD)
        spoiled[bit // 8] ^= 1 << bit % 8
        # a hurt preamble may still be found by the hunt; the content is then the same
        assert all(body == good for body in bodies(bytes(spoiled)))


@given(
    st.lists(st.binary(max_size=40).filter(lambda noise: b"\xaa" not in noise), min_size=2, max_size=6),
    st.data(),
)
def test_frames_come_out_of_noise_however_they_are_cut(noise: list[bytes], data: st.DataObject) -> None:
    answers = [bytes((0, 0, 0x90)) + piece for piece in noise]
    stream = b"".join(junk + frames.frame(body) for junk, body in zip(noise, answers, strict=True))
    decoder, found = FrameDecoder(), []
    while stream:
        size = data.draw(st.integers(1, len(stream)))
        found += decoder.feed(stream[:size])
        stream = stream[size:]
    assert found == answers


@given(st.binary(max_size=600))
def test_garbage_never_raises_and_is_not_hoarded(garbage: bytes) -> None:
    decoder = FrameDecoder()
    decoder.feed(garbage)
    decoder.feed(bytes(frames.LONGEST + 10))
    assert decoder.waiting < 10
