"""Streams of bytes as a sick reader might send them, from good answers: fast, and the same for a seed.

Half of the hurt answers get their checksum put right again, or nothing hurt would ever get past it.
"""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from app.domain.identity import IdentityDocument
from app.errors import CardUnsupportedError, DeviceProtocolError
from devices import sdt_card
from devices.emulators.cards import PRESETS
from devices.emulators.sdt import PHOTO
from devices.sdt_frames import PREAMBLE, FrameDecoder, as_response, checksum, encode_response

OK = 0x90
NOISE = (b"", b"\x00", b"\xaa", b"\xaa\xaa", PREAMBLE[:4], PREAMBLE, PREAMBLE + b"\x0f\xff", bytes(7))
DOCUMENTS = [card.document for card in PRESETS.values()]


def answer(document: IdentityDocument, fingerprint: int | None = None, photo: bytes = PHOTO) -> bytes:
    """The frame by which a reader gives out this card."""
    finger = None if fingerprint is None else bytes(fingerprint)
    return encode_response(OK, sdt_card.join_payload(sdt_card.encode_block(document), photo, finger))


# of each card every form there is; without a photo streams are short, and hurt the text more often
ANSWERS = [
    answer(document, fingerprint, photo)
    for document in DOCUMENTS
    for fingerprint, photo in ((None, PHOTO), (None, b""), (0, b""), (0, PHOTO), (512, PHOTO), (1024, PHOTO))
]


@dataclass(frozen=True, slots=True)
class Found:
    """What a stream gave: documents, each as the reader would show it, and the errors of the others."""

    documents: list[IdentityDocument]
    errors: int


def documents_in(stream: bytes, cut: int = 0) -> Found:
    """The way of an answer through decoder and card parser, the stream coming in two pieces."""
    decoder = FrameDecoder()
    documents, errors = [], 0
    for body in decoder.feed(stream[:cut]) + decoder.feed(stream[cut:]):
        answered = as_response(body)
        try:
            if answered.status == OK:
                documents.append(sdt_card.decode_block(sdt_card.split_payload(answered.data).text))
        except (DeviceProtocolError, CardUnsupportedError):
            errors += 1
    return Found(documents, errors)


class Fuzzer:
    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self._ways: list[Callable[[bytearray], None]] = [
            self._flip, self._flip_pair, self._overwrite, self._cut, self._insert, self._delete, self._repeat,
            self._length, self._swap_ends,
        ]  # fmt: skip

    def streams(self, count: int) -> Iterator[tuple[bytes, int]]:
        """So many streams, each with the place where it comes to a halt."""
        for _ in range(count):
            stream = self.stream()
            yield stream, self._random.randrange(len(stream) + 1)

    def stream(self) -> bytes:
        stream = self.hurt(self._random.choice(ANSWERS))
        return b"".join((self._noise(), stream, self._noise(), self._another()))

    def hurt(self, answer: bytes) -> bytes:
        stream = bytearray(answer)
        for _ in range(self._random.choice((1, 1, 1, 2, 3, 8))):
            if stream:
                self._random.choice(self._ways)(stream)
        if self._random.random() < 0.5:
            self._put_checksum_right(stream)
        return bytes(stream)

    def _noise(self) -> bytes:
        if self._random.random() < 0.8:
            return b""
        return self._random.choice((*NOISE, self._random.randbytes(self._random.randrange(40))))

    def _another(self) -> bytes:
        return self._random.choice(ANSWERS) if self._random.random() < 0.1 else b""

    def _at(self, stream: bytearray) -> int:
        """Rather at the head and in the text than in the photo."""
        near = min(len(stream), 280)
        return self._random.randrange(near if self._random.random() < 0.9 else len(stream))

    def _flip(self, stream: bytearray) -> None:
        stream[self._at(stream)] ^= 1 << self._random.randrange(8)

    def _flip_pair(self, stream: bytearray) -> None:
        """What the checksum does not see."""
        bit = 1 << self._random.randrange(8)
        for _ in range(2):
            stream[self._at(stream)] ^= bit

    def _overwrite(self, stream: bytearray) -> None:
        at = self._at(stream)
        piece = self._random.randbytes(self._random.randrange(1, 20))
        stream[at : at + len(piece)] = piece

    def _cut(self, stream: bytearray) -> None:
        del stream[self._random.randrange(len(stream)) :]

    def _insert(self, stream: bytearray) -> None:
        at = self._at(stream)
        stream[at:at] = self._random.randbytes(self._random.randrange(1, 20))

    def _delete(self, stream: bytearray) -> None:
        at = self._at(stream)
        del stream[at : at + self._random.randrange(1, 20)]

    def _repeat(self, stream: bytearray) -> None:
        at = self._at(stream)
        stream[at:at] = stream[at : at + self._random.randrange(1, 300)]

    def _length(self, stream: bytearray) -> None:
        """LEN, or one of the lengths within the answer."""
        at = self._random.choice((5, 10, 12, 14))
        value = self._random.choice((0, 3, 4, 0xFFFF, 0x0508, 0x0100, self._random.randrange(0x10000)))
        stream[at : at + 2] = value.to_bytes(2, "big")

    def _swap_ends(self, stream: bytearray) -> None:
        """The beginning of one answer and the end of another: bytes lost in between."""
        other = self._random.choice(ANSWERS)
        at = self._at(stream)
        stream[at:] = other[min(at, len(other)) :]

    def _put_checksum_right(self, stream: bytearray) -> None:
        size = int.from_bytes(stream[5:7], "big")
        if size >= 4 and len(stream) >= 7 + size:
            stream[6 + size] ^= checksum(bytes(stream[5 : 7 + size]))
