"""The reader's driver on a line that hurts answers at random: thousands of reads on a clock of its own."""

import os
import random
from collections import Counter
from threading import Event

import pytest

from app.domain.device import CardRead
from app.errors import DeviceError
from devices import sdt_card
from devices.emulators.cards import PRESETS, Card
from devices.emulators.sdt import PHOTO
from devices.line import READ_S, WRITE_S
from devices.sdt_frames import (
    SHORTEST_REQUEST,
    Command,
    FrameDecoder,
    as_request,
    as_response,
    encode_response,
)
from devices.sdt_reader import SdtReader
from tests.devices.stream_fuzzer import Fuzzer

SEED = int(os.environ.get("FUZZ_SEED", random.SystemRandom().randrange(1 << 32)))
READS = int(os.environ.get("FUZZ_READS", 2_000))
LONGEST_S = 60.0  # a read with every question asked twice and every deadline run out


class Clock:
    """What the driver and its line take for the time: it moves when they wait."""

    def __init__(self) -> None:
        self.now = 0.0

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


class SickReader:
    """A line to a reader that hurts an answer now and then, sends it in pieces, late or not at all."""

    def __init__(self, card: Card, sickness: float, seed: int, clock: Clock) -> None:
        self.sent = 0
        self.refusals = 0  # questions answered with nothing, or with another status in a good frame
        self._clock = clock
        self._random = random.Random(seed)
        self._fuzzer = Fuzzer(seed)
        self._sickness = sickness
        self._questions = FrameDecoder(SHORTEST_REQUEST)
        self._pieces: list[bytes] = []
        newest = sdt_card.encode_address(card.newest_address)
        text = sdt_card.encode_block(card.document)
        self._answers = {
            Command.FIND: encode_response(0x9F, bytes(4)),
            Command.SELECT: encode_response(0x90, bytes(8)),
            Command.READ: encode_response(0x90, sdt_card.join_payload(text, PHOTO)),
            Command.READ_NEWEST_ADDRESS: encode_response(0x90, newest)
            if card.newest_address
            else encode_response(0x91),
        }

    def write(self, data: bytes, deadline_s: float = WRITE_S) -> None:
        self.sent += len(data)
        for body in self._questions.feed(data):
            answer = self._answers[as_request(body).command]
            if self._random.random() < self._sickness:
                answer = self._fuzzer.hurt(answer)
                self.refusals += _refuses(answer)
            while answer:
                size = self._random.choice((1, 16, 400, 5000))
                self._pieces.append(answer[:size])
                answer = answer[size:]

    def read(self, wait_s: float = READ_S) -> bytes:
        if self._pieces:
            self._clock.now += 0.001
            return self._pieces.pop(0)
        self._clock.now += max(wait_s, 0.0001)
        return b""

    def close(self) -> None:
        pass


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr("devices.sdt_reader.time", clock)
    monkeypatch.setattr("devices.line.time", clock)
    return clock


def trial(clock: Clock, seed: int, sickness: float) -> str:
    """One card on a sick reader; what came of it."""
    name = random.Random(seed).choice(list(PRESETS))
    card, begun = PRESETS[name], clock.now
    line = SickReader(card, sickness, seed, clock)
    try:
        read = SdtReader(line).read(Event())
    except DeviceError as error:
        return error.code
    finally:
        assert clock.now - begun < LONGEST_S, f"seed {seed}"
    word = _judged(read, card)
    return "told once" if word == "wrong" and line.refusals else word


def _refuses(answer: bytes) -> bool:
    bodies = FrameDecoder().feed(answer)
    return not answer.strip(b"\0") if not bodies else as_response(bodies[0]).status not in (0x90, 0x9F)


def _judged(read: CardRead | None, card: Card) -> str:
    if read is None:
        return "no card"
    address = card.newest_address or card.document.address
    same = (read.document.name, read.document.number, read.document.birth, read.document.address) == (
        card.document.name, card.document.number, card.document.birth, address,
    )  # fmt: skip
    return "the card" if same else "doubtful" if read.doubtful else "wrong"


def test_a_sick_reader_never_makes_a_sure_card_of_another(clock: Clock) -> None:
    """Unless it tells nothing a second time: readers that give a card out once are not doubted for it."""
    print(f"FUZZ_SEED={SEED}")
    seen = Counter(trial(clock, SEED + number, 0.3) for number in range(READS))
    assert seen["wrong"] == 0, (SEED, seen)
    assert seen["the card"] > READS / 4, seen


@pytest.mark.parametrize("sickness", [0.0, 1.0])
def test_a_healthy_reader_and_one_that_is_always_sick(clock: Clock, sickness: float) -> None:
    seen = Counter(trial(clock, SEED + number, sickness) for number in range(200))
    assert seen["wrong"] == 0, (SEED, seen)
    assert (seen["the card"] == 200) is (sickness == 0.0)
