"""No hurt answer is ever taken for another person's card: every bit, every cut, a million streams."""

import faulthandler
import os
import random
from collections import Counter
from collections.abc import Iterator
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.identity import IdentityDocument, Sex
from devices import sdt_card, sdt_frames
from devices.emulators.cards import PRESETS
from devices.sdt_frames import FrameDecoder, as_response, encode_response
from tests.devices.stream_fuzzer import ANSWERS, DOCUMENTS, NOISE, Fuzzer, answer, documents_in
from tests.devices.test_sdt_card import HANGUL

MILLION = int(os.environ.get("FUZZ_STREAMS", 1_000_000))
SEED = int(os.environ.get("FUZZ_SEED", random.SystemRandom().randrange(1 << 32)))
HANGS_S = 1800.0
GOOD = answer(PRESETS["resident"].document)
ORIGINALS = dict(zip(PRESETS, DOCUMENTS, strict=True))
WEIGHTS = [pow(2, 17 - place, 11) for place in range(17)]


def agrees(document: IdentityDocument) -> bool:
    """By arithmetic of its own: number, birth and sex do not say different things.

    A number in which eight digits are a date is a number of the standard, whether its check fits or not.
    """
    number = document.number
    if document.number_valid is None or len(number) != 18 or not (number.isascii() and number[:17].isdigit()):
        return True
    born = document.birth
    try:
        date.fromisoformat(number[6:14])
    except ValueError:
        return True
    if born is not None and number[6:14] != f"{born.year:04}{born.month:02}{born.day:02}":
        return False
    check = (12 - sum(int(digit) * weight for digit, weight in zip(number, WEIGHTS, strict=False))) % 11
    if number[17] != "0123456789X"[check] or document.sex not in (Sex.MALE, Sex.FEMALE):
        return True
    return (document.sex is Sex.MALE) == (int(number[16]) % 2 == 1)


def trial(seed: int, count: int) -> Counter[str]:
    """Feed so many streams; each document is one of the cards', agrees with itself, or is said doubtful."""
    seen: Counter[str] = Counter()
    for number, (stream, cut) in enumerate(Fuzzer(seed).streams(count)):
        found = documents_in(stream, cut)
        seen["nothing"] += not found.documents and not found.errors
        seen["refused"] += found.errors
        for document in found.documents:
            if document in DOCUMENTS:
                seen["the card"] += 1
            elif sdt_card.contradicts_itself(document):
                seen["doubtful"] += 1
            else:
                assert agrees(document), f"stream {number} of seed {seed}"
                seen["another that agrees"] += 1
    return seen


@pytest.fixture
def alarm() -> Iterator[None]:
    """A hang ends the process, saying where."""
    faulthandler.dump_traceback_later(HANGS_S, exit=True)
    yield
    faulthandler.cancel_dump_traceback_later()


def test_some_thousand_streams(alarm: None) -> None:
    print(f"FUZZ_SEED={SEED}")
    seen = trial(SEED, 20_000)
    assert min(seen[what] for what in ("nothing", "refused", "the card", "doubtful")) > 100, seen


@pytest.mark.devices
def test_a_million_streams(alarm: None) -> None:
    print(f"FUZZ_SEED={SEED} FUZZ_STREAMS={MILLION}")
    print(dict(trial(SEED, MILLION)))


@pytest.mark.parametrize("name", ORIGINALS)
@pytest.mark.parametrize("fingerprint", [None, 512])
def test_no_flipped_bit_gives_another_document(name: str, fingerprint: int | None) -> None:
    good = answer(ORIGINALS[name], fingerprint)
    own = 8 * (len(sdt_frames.PREAMBLE) + 9 + 256)  # the rest is photo and fingerprint
    bits = [*range(own), *range(own, 8 * len(good), 41), *range(8 * len(good) - 8, 8 * len(good))]
    for bit in bits if name != "resident" else range(8 * len(good)):
        hurt = bytearray(good)
        hurt[bit // 8] ^= 1 << bit % 8
        assert documents_in(bytes(hurt)).documents in ([], [ORIGINALS[name]])


@pytest.mark.parametrize("fingerprint", [None, 0, 512, 1024])
def test_no_truncation_gives_another_document(fingerprint: int | None) -> None:
    """Nor does it with the whole answer behind it, to the same question asked again."""
    document = ORIGINALS["resident"]
    good = answer(document, fingerprint)
    for cut in range(len(good)):
        assert documents_in(good[:cut]).documents == []
        assert documents_in(good[:cut] + good).documents == [document]


def test_a_truncated_answer_and_one_of_another_card_never_mix() -> None:
    first, second = answer(ORIGINALS["resident"]), answer(ORIGINALS["rare"])
    for cut in range(len(first)):
        assert documents_in(first[:cut] + second).documents == [ORIGINALS["rare"]]
        assert documents_in(first + second[:cut]).documents == [ORIGINALS["resident"]]


@pytest.mark.parametrize("before", NOISE)
@pytest.mark.parametrize("after", NOISE)
def test_glued_answers_with_garbage_about_them(before: bytes, after: bytes) -> None:
    first, second = answer(ORIGINALS["resident"]), answer(ORIGINALS["foreigner_2017"])
    found = documents_in(before + first + second + after).documents
    assert found == [ORIGINALS["resident"], ORIGINALS["foreigner_2017"]]
    assert documents_in(first + after).documents == [ORIGINALS["resident"]]


@pytest.mark.parametrize("size", [0, 3, 0xFFFF])
def test_an_answer_whose_length_is_impossible(size: int) -> None:
    hurt = GOOD[:5] + size.to_bytes(2, "big") + GOOD[7:]
    assert documents_in(hurt).documents == []
    assert documents_in(hurt + GOOD).documents == [ORIGINALS["resident"]]


@pytest.mark.parametrize("data", [b"", bytes(8), b"\x01\x00", b"\x01\x00\x04\x00", bytes(1284)])
def test_status_90_without_a_card_is_no_card(data: bytes) -> None:
    found = documents_in(encode_response(0x90, data))
    assert (found.documents, found.errors) == ([], 1)
    assert documents_in(b"\x00\x00\x90").documents == []


def test_the_foreign_recipe_in_a_whole_frame() -> None:
    """SDT_VECTORS §4: 1295 bytes, the text from byte 14 on, a photo of 5A."""
    frame = encode_response(0x90, sdt_card.join_payload(HANGUL, b"\x5a" * 1024))
    assert (len(frame), frame[14 : 14 + 256]) == (1295, HANGUL)
    [document] = documents_in(frame).documents
    assert (document.name, document.number, document.number_valid) == ("테스트", "0" * 18, False)


@pytest.mark.parametrize("status", range(256))
def test_a_card_is_given_with_status_90_only(status: int) -> None:
    data = sdt_card.join_payload(sdt_card.encode_block(ORIGINALS["resident"]), bytes(1024))
    [body] = FrameDecoder().feed(encode_response(status, data))
    assert as_response(body).status == status
    assert bool(documents_in(encode_response(status, data)).documents) is (status == 0x90)


@given(
    st.integers(0, len(ANSWERS) - 1),
    st.lists(st.tuples(st.integers(0, 2400), st.integers(1, 255)), max_size=6),
)
def test_bytes_changed_at_will(which: int, changes: list[tuple[int, int]]) -> None:
    """For the shrinking: what ever fails here is told as the fewest changes that fail."""
    hurt = bytearray(ANSWERS[which])
    for at, mask in changes:
        hurt[at % len(hurt)] ^= mask
    for document in documents_in(bytes(hurt)).documents:
        assert document in DOCUMENTS or sdt_card.contradicts_itself(document) or agrees(document)


@given(
    st.lists(st.binary(max_size=300) | st.sampled_from(ANSWERS) | st.sampled_from(NOISE), max_size=6),
    st.data(),
)
def test_any_bytes_at_all(pieces: list[bytes], data: st.DataObject) -> None:
    stream = b"".join(pieces)
    found = documents_in(stream, data.draw(st.integers(0, len(stream))))
    for document in found.documents:
        assert document in DOCUMENTS or sdt_card.contradicts_itself(document) or agrees(document)
