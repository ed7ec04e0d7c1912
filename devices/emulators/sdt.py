"""An ID-card reader that speaks the SDT / SAM_V protocol over TCP or a pseudo terminal.

    python main.py emulate sdt --listen 127.0.0.1:9001 --card resident

Behaves as real firmware: find, select, read in this order; once a card has been read, find
answers 80 until the card has been lifted.  With --auto-lift (the default) the card is lifted
and put back whenever a client hangs up, so that two programs started one after the other
both find it; --no-auto-lift leaves it as it lies.

Control: `put CARD`, `lift`, `fault NAME`, `status`.
"""

import argparse
import random
import sys
import threading
import time
from pathlib import Path
from typing import Any

from devices import sdt_card
from devices.emulators.cards import PRESETS, Card, load_cards
from devices.emulators.server import Wire, add_common_arguments, run
from devices.sdt_frames import (
    PREAMBLE,
    SHORTEST_REQUEST,
    Command,
    FrameDecoder,
    Request,
    as_request,
    encode_response,
)
from devices.sdt_reader import DEMO_SAM

FAULTS = (
    "none",
    "no_card",  # nothing on the pad, whatever is put there
    "slow",  # answers dribble in
    "split",  # answers come in odd pieces
    "stray",  # a stray byte in the preamble and after the frame
    "corrupt",  # the first answer with a card's data has a flipped bit
    "corrupt_twice",  # the first two
    "two_bits",  # the first one has two flipped bits that the checksum does not see
    "truncated",  # a card's data stops half-way, silence after
    "dead",  # never answers
    "garbage",  # answers, but no frames
    "unplug_mid_read",  # the line breaks in the middle of a card's data
    "wrong_card",  # a card of another kind
    "sam_not_authorised",
)  # and status:XX, the answer to reading the card
PHOTO = b"\x57\x4c\x66\x00\x7e\x00\x32\x00\x00\xff\x85" + bytes(0x5A for _ in range(1013))
_HALF = 640


class SdtEmulator:
    """The state of the pad and of the reader's dialogue."""

    def __init__(self, cards: dict[str, Card], fault: str = "none", auto_lift: bool = True) -> None:
        self._cards = cards
        self._auto_lift = auto_lift
        self._lock = threading.RLock()
        self._noise = random.Random(1)
        self._card: Card | None = None
        self._fault = "none"
        self._reads = 0
        self.set_fault(fault)
        self._new_placement()

    def put(self, name: str) -> None:
        """Raises ValueError when there is no such card."""
        if name not in self._cards:
            raise ValueError(f"no card {name}; there are {', '.join(self._cards)}")
        with self._lock:
            self._card = self._cards[name]
            self._new_placement()

    def lift(self) -> None:
        with self._lock:
            self._card = None
            self._new_placement()

    def set_fault(self, name: str) -> None:
        if name not in FAULTS and not name.startswith("status:"):
            raise ValueError(f"no fault {name}; there are {', '.join(FAULTS)} and status:XX")
        if name.startswith("status:"):
            int(name.removeprefix("status:"), 16)
        with self._lock:
            self._fault, self._data_sent = name, 0

    def command(self, words: list[str]) -> dict[str, Any]:
        match words:
            case ["put", name]:
                self.put(name)
            case ["lift"]:
                self.lift()
            case ["fault", name]:
                self.set_fault(name)
            case ["status"]:
                pass
            case _:
                raise ValueError("put CARD | lift | fault NAME | status")
        return {
            "card": self._card is not None,
            "delivered": self._delivered,
            "fault": self._fault,
            "reads": self._reads,
        }

    def attend(self, wire: Wire, stop: threading.Event) -> None:
        decoder = FrameDecoder(SHORTEST_REQUEST)
        with self._lock:
            self._data_sent = 0
            if self._auto_lift:
                self._new_placement()
        while not stop.is_set():
            data = wire.receive()
            if data is None:
                return
            for body in decoder.feed(data):
                if not self._reply(wire, as_request(body)):
                    return

    def _new_placement(self) -> None:
        self._found = self._selected = self._delivered = False

    def _reply(self, wire: Wire, request: Request) -> bool:
        """Answer one request; False when the line breaks."""
        with self._lock:
            fault, answer = self._fault, self._answer(request)
        has_data = request.command == Command.READ and len(answer) > _HALF
        if fault == "dead":
            return True
        if fault == "unplug_mid_read" and has_data:
            wire.send(answer[:_HALF])
            return False
        self._send(wire, self._damaged(answer, fault, has_data), fault)
        return True

    def _damaged(self, answer: bytes, fault: str, has_data: bool) -> bytes:
        if fault == "garbage":
            return bytes(self._noise.choices(range(0x20, 0x7F), k=23))
        if fault == "stray":
            return answer[:1] + b"\x00" + answer[1:] + b"\x00"
        if not has_data:
            return answer
        self._data_sent += 1
        if fault == "truncated":
            return answer[:_HALF]
        spoiled = {"corrupt": 1, "corrupt_twice": 2, "two_bits": 1}.get(fault, 0)
        if self._data_sent > spoiled:
            return answer
        return _flipped(answer, (20, 24) if fault == "two_bits" else (20,))

    def _send(self, wire: Wire, data: bytes, fault: str) -> None:
        if fault == "slow":
            self._send_in_pieces(wire, data, [16] * (len(data) // 16 + 1), 0.005)
        elif fault == "split":
            self._send_in_pieces(wire, data, [1, 3, 2, 5, 7, 500, 1, 700, 100], 0.02)
        else:
            wire.send(data)

    @staticmethod
    def _send_in_pieces(wire: Wire, data: bytes, sizes: list[int], pause_s: float) -> None:
        for size in sizes:
            if data:
                wire.send(data[:size])
                data = data[size:]
                time.sleep(pause_s)
        wire.send(data)

    def _answer(self, request: Request) -> bytes:
        if self._fault == "sam_not_authorised":
            return encode_response(0x66)
        match request.command:
            case Command.SAM_STATUS | Command.RESET:
                return encode_response(0x90)
            case Command.SAM_ID:
                return encode_response(0x90, DEMO_SAM)
            case Command.FIND:
                return self._find()
            case Command.SELECT:
                return self._select()
            case Command.READ:
                return self._read()
            case Command.READ_NEWEST_ADDRESS:
                return self._newest_address()
        return encode_response(0x21)

    def _find(self) -> bytes:
        self._selected = False
        self._found = self._card is not None and not self._delivered and self._fault != "no_card"
        return encode_response(0x9F, bytes(4)) if self._found else encode_response(0x80)

    def _select(self) -> bytes:
        self._selected = self._found
        return encode_response(0x90, bytes(8)) if self._found else encode_response(0x81)

    def _read(self) -> bytes:
        if not self._selected or self._card is None:
            return encode_response(0x41)
        if self._fault == "wrong_card":
            return encode_response(0x40)
        if self._fault.startswith("status:"):
            return encode_response(int(self._fault.removeprefix("status:"), 16))
        self._delivered = True
        self._reads += 1
        return encode_response(0x90, sdt_card.join_payload(sdt_card.encode_block(self._card.document), PHOTO))

    def _newest_address(self) -> bytes:
        if not self._selected or self._card is None:
            return encode_response(0x41)
        if not self._card.newest_address:
            return encode_response(0x91)
        return encode_response(0x90, sdt_card.encode_address(self._card.newest_address))


def _flipped(frame: bytes, offsets: tuple[int, ...]) -> bytes:
    """The frame with the lowest bit of some bytes flipped (offsets from the end of the preamble)."""
    spoiled = bytearray(frame)
    for offset in offsets:
        spoiled[len(PREAMBLE) + offset] ^= 1
    return bytes(spoiled)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_common_arguments(parser)
    parser.add_argument("--card", default="resident", help=f"{', '.join(PRESETS)}, or one of --cards")
    parser.add_argument("--cards", type=Path, metavar="FILE.json", help="more cards by name")
    parser.add_argument("--no-card", action="store_true", help="start with an empty pad")
    parser.add_argument("--fault", default="none", help=f"{', '.join(FAULTS)}, status:XX")
    parser.add_argument("--auto-lift", action=argparse.BooleanOptionalAction, default=True)


def serve(args: argparse.Namespace) -> int:
    """0 after a clean stop, 2 when an argument names something there is not."""
    try:
        cards = PRESETS | (load_cards(args.cards) if args.cards else {})
        emulator = SdtEmulator(cards, args.fault, args.auto_lift)
        if not args.no_card:
            emulator.put(args.card)
    except (OSError, ValueError, KeyError, TypeError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return run(args, emulator)


def main() -> int:
    parser = argparse.ArgumentParser(prog="sdt")
    add_arguments(parser)
    return serve(parser.parse_args())


if __name__ == "__main__":
    raise SystemExit(main())
