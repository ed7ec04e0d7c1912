"""An ID-card reader that speaks the SDT / SAM_V protocol over TCP or a pseudo terminal.

    python main.py emulate sdt --listen 127.0.0.1:9001 --card resident

Behaves as real firmware: find, select, read in this order; once a card has been read, find
answers 80 until the card has been lifted.  With --auto-lift (the default) the card is lifted
and put back whenever a client hangs up, so that two programs started one after the other
both find it; --no-auto-lift leaves it as it lies.

Control:
    put CARD              lay a card there (cards.py, or one of --cards)
    lift                  take it away
    fault NAME            a trouble, `NAME[:VALUE][@WHERE]` as devices/emulators/sdt_faults.py lists them
    fault status XX [WHERE]   the same as `fault status:XX@WHERE`: find, select, read, address, sam, any
    fingerprint none|0|512|1024   whether cards carry fingerprints (answers of 1295, 1297, 1809, 2321 bytes)
    speed BAUD            answer at this speed only (a pseudo terminal; 0: at any)
    unplug, plug          the cable (on TCP)
    status                what there is, how often cards were looked for and read, the reader reset
Every one answers the same as `status`.
"""

import argparse
import sys
import threading
import time
from pathlib import Path
from typing import Any

from devices import sdt_card
from devices.emulators.cards import PRESETS, Card, load_cards
from devices.emulators.sdt_faults import FAULTS, HALF, Damage, Fault
from devices.emulators.server import Wire, add_common_arguments, run
from devices.sdt_frames import (
    SHORTEST_REQUEST,
    Command,
    FrameDecoder,
    Request,
    as_request,
    encode_response,
)
from devices.sdt_reader import DEMO_SAM

PHOTO = b"\x57\x4c\x66\x00\x7e\x00\x32\x00\x00\xff\x85" + bytes(0x5A for _ in range(1013))
_FINGERPRINTS = {"none": None, "0": 0, "512": 512, "1024": 1024}


class SdtEmulator:
    """The state of the pad and of the reader's dialogue."""

    def __init__(
        self, cards: dict[str, Card], fault: str = "none", auto_lift: bool = True, speed: int = 0
    ) -> None:
        self._cards = cards
        self._auto_lift = auto_lift
        self._speed = speed
        self._lock = threading.RLock()
        self._card: Card | None = None
        self._fingerprint: int | None = None
        self._reads = self._resets = self._finds = 0
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

    def set_fault(self, written: str) -> None:
        """Raises ValueError."""
        fault = Fault.parse(written)
        with self._lock:
            self._fault, self._damage, self._resets_of_fault = fault, Damage(), 0

    def command(self, words: list[str]) -> dict[str, Any]:
        match words:
            case ["put", name]:
                self.put(name)
            case ["lift"]:
                self.lift()
            case ["fault", "status", code, *where] if len(where) <= 1:
                self.set_fault(f"status:{code}@{(where or ['read'])[0]}")
            case ["fault", name]:
                self.set_fault(name)
            case ["fingerprint", size]:
                self._fingerprint = _FINGERPRINTS[size]
            case ["speed", baud]:
                self._speed = int(baud)
            case ["status"]:
                pass
            case _:
                raise ValueError("put CARD | lift | fault NAME | fingerprint N | speed BAUD | status")
        return self._state()

    def _state(self) -> dict[str, Any]:
        return {
            "card": self._card is not None,
            "delivered": self._delivered,
            "fault": str(self._fault),
            "reads": self._reads,
            "finds": self._finds,
            "resets": self._resets,
            "speed": self._speed,
        }

    def attend(self, wire: Wire, stop: threading.Event) -> None:
        decoder = FrameDecoder(SHORTEST_REQUEST)
        with self._lock:
            self._damage = Damage()
            if self._auto_lift:
                self._new_placement()
        while not stop.is_set():
            data = wire.receive()
            if data is None:
                return
            if self._deaf(wire):
                continue
            for body in decoder.feed(data):
                if not self._reply(wire, as_request(body)):
                    return

    def _deaf(self, wire: Wire) -> bool:
        """At another speed a reader hears noise."""
        return bool(self._speed and wire.speed and wire.speed != self._speed)

    def _new_placement(self) -> None:
        self._found = self._selected = self._delivered = False

    def _reply(self, wire: Wire, request: Request) -> bool:
        """Answer one request; False when the line breaks."""
        with self._lock:
            fault, again = self._fault, self._delivered
            strikes = fault.strikes(request.command, again)
            if fault.name == "lifted" and strikes:
                self.lift()
            answer = self._answer(request)
            damaged = self._damage.of(answer, fault, request.command, again)
        if fault.name == "dead" and strikes:
            return True
        if fault.name == "unplug_mid_read" and strikes:
            wire.send(answer[: min(HALF, len(answer) // 2)])
            return False
        self._send(wire, damaged, fault.name if strikes else "none")
        return True

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
        instead = self._fault.instead(request.command, self._delivered)
        self._finds += request.command == Command.FIND
        if request.command == Command.RESET:
            self._reset()
        if instead is not None:
            return instead
        match request.command:
            case Command.SAM_STATUS | Command.RESET:
                return encode_response(0x90)
            case Command.SAM_ID:
                return encode_response(0x90, DEMO_SAM)
            case Command.FIND:
                return self._find()
            case Command.SELECT:
                return self._select()
            case Command.READ | Command.READ_WITH_FINGERPRINT:
                return self._read(request.command)
            case Command.READ_NEWEST_ADDRESS:
                return self._newest_address()
        return encode_response(0x21)

    def _reset(self) -> None:
        self._resets += 1
        self._found = self._selected = False
        self._resets_of_fault += 1
        if self._fault.name == "self_test_failed" and self._resets_of_fault >= int(self._fault.value or 1):
            self._fault = Fault()

    def _find(self) -> bytes:
        self._selected = False
        over = self._delivered and self._fault.name != "gives_again"
        self._found = self._card is not None and not over and self._fault.name != "no_card"
        return encode_response(0x9F, bytes(4)) if self._found else encode_response(0x80)

    def _select(self) -> bytes:
        self._selected = self._found
        return encode_response(0x90, bytes(8)) if self._found else encode_response(0x81)

    def _read(self, command: int) -> bytes:
        if not self._selected or self._card is None:
            return encode_response(0x41)
        if self._fault.name == "wrong_card":
            return encode_response(0x40)
        self._delivered = True
        self._reads += 1
        size = self._fingerprint
        if size is None and command == Command.READ_WITH_FINGERPRINT:
            size = 0
        finger = None if size is None else bytes(size)
        text = sdt_card.encode_block(self._card.document)
        return encode_response(0x90, sdt_card.join_payload(text, PHOTO, finger))

    def _newest_address(self) -> bytes:
        if not self._selected or self._card is None:
            return encode_response(0x41)
        if not self._card.newest_address:
            return encode_response(0x91)
        return encode_response(0x90, sdt_card.encode_address(self._card.newest_address))


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_common_arguments(parser)
    parser.add_argument("--card", default="resident", help=f"{', '.join(PRESETS)}, or one of --cards")
    parser.add_argument("--cards", type=Path, metavar="FILE.json", help="more cards by name")
    parser.add_argument("--no-card", action="store_true", help="start with an empty pad")
    parser.add_argument("--fault", default="none", help=f"{', '.join(FAULTS)}: NAME[:VALUE][@WHERE]")
    parser.add_argument("--speed", type=int, default=0, help="answer at this speed only (with --listen pty)")
    parser.add_argument("--auto-lift", action=argparse.BooleanOptionalAction, default=True)


def serve(args: argparse.Namespace) -> int:
    """0 after a clean stop, 2 when an argument names something there is not."""
    try:
        cards = PRESETS | (load_cards(args.cards) if args.cards else {})
        emulator = SdtEmulator(cards, args.fault, args.auto_lift, args.speed)
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
