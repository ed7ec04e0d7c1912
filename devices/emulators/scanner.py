"""A code scanner over TCP or a pseudo terminal.

    python main.py emulate scanner --listen 127.0.0.1:9200 --control 127.0.0.1:9201

`--code` is sent to every client that connects.  With `--profile newland | honeywell | zebra_ssi |
gm65` it knows that maker's commands and answers them; with `--trigger` besides, it reads only
after the start command, one code each time, as makers' scanners do in trigger mode.

On the control door:

    scan TEXT        a code comes before the scanner: sent, or read at the next trigger
    raw HEX          any bytes: garbage, an answer, noise
    slow SECONDS     between two bytes          split N     bytes a piece, a short pause between
    noise on|off     an acknowledgement before every code, unasked
    deaf on|off      packets are not acknowledged by us, so the host's are looked for twice
    unplug, plug     hang up, and take no client
    status
"""

import argparse
import queue
import threading
import time
from typing import Any

from devices.emulators.server import Wire, add_common_arguments, run

SUFFIXES = {"crlf": b"\r\n", "cr": b"\r", "lf": b"\n", "none": b""}
_LOOK_S = 0.02
_PIECE_S = 0.01

# Each maker's commands, written out once more: an emulator reading our table would agree with its mistakes.
_NEWLAND = "7E 01 30 30 30 30 {} 53 43 4E 54 52 47 {} 3B 03"
COMMANDS: dict[str, dict[bytes, bool]] = {
    "": {},
    "newland": {
        bytes.fromhex(_NEWLAND.format(kind, onoff)): onoff == "31"
        for kind in ("23", "40")
        for onoff in ("31", "30")
    },
    "honeywell": {b"\x16T\r": True, b"\x16U\r": False},
    "zebra_ssi": {bytes.fromhex("04 E4 04 00 FF 14"): True, bytes.fromhex("04 E5 04 00 FF 13"): False},
    "gm65": {
        bytes.fromhex("7E 00 08 01 00 02 01 AB CD"): True,
        bytes.fromhex("7E 00 08 01 00 02 00 AB CD"): False,
    },
}
_SSI_ACK = bytes.fromhex("04 D0 00 00 FF 2C")
_SSI_HOST_ACK = bytes.fromhex("04 D0 04 00 FF 28")


def answer_to(profile: str, command: bytes) -> bytes:
    """What that maker's scanner says to one of its commands."""
    if profile == "newland":
        return b"\x02\x01" + command[2:-2] + b"\x06\x3b\x03"
    return {"zebra_ssi": _SSI_ACK, "gm65": bytes.fromhex("02 00 00 01 00 33 31")}.get(profile, b"")


def ssi_packet(code: bytes, status: int = 0) -> bytes:
    """A code as Zebra's scanners packet it; 1C: a QR."""
    packet = bytes((5 + len(code), 0xF3, 0, status, 0x1C)) + code
    return packet + ((0x10000 - sum(packet)) & 0xFFFF).to_bytes(2, "big")


class ScannerEmulator:
    def __init__(self, codes: list[str], suffix: bytes, encoding: str, profile: str, trigger: bool) -> None:
        self._codes = codes
        self._suffix = suffix
        self._encoding = encoding
        self._profile = profile
        self._trigger = trigger
        self._before: queue.SimpleQueue[bytes] = queue.SimpleQueue()  # codes to be read
        self._raw: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        self._heard = b""
        self._lit = not trigger
        self._plugged = threading.Event()
        self._plugged.set()
        self._slow = 0.0
        self._split = 0
        self._noise = self._deaf = False
        self._sent = self._starts = self._stops = self._acks = 0

    def command(self, words: list[str]) -> dict[str, Any]:
        match words:
            case ["scan", text]:
                self._before.put(text.encode(self._encoding))
            case ["raw", text]:
                self._raw.put(bytes.fromhex(text))
            case ["slow", seconds]:
                self._slow = float(seconds)
            case ["split", size]:
                self._split = int(size)
            case ["noise", ("on" | "off") as onoff]:
                self._noise = onoff == "on"
            case ["deaf", ("on" | "off") as onoff]:
                self._deaf = onoff == "on"
            case ["unplug"]:
                self._plugged.clear()
            case ["plug"]:
                self._plugged.set()
            case ["status"]:
                pass
            case _:
                raise ValueError(
                    "scan TEXT | raw HEX | slow S | split N | noise | deaf | unplug | plug | status"
                )
        return {
            "sent": self._sent,
            "pending": self._before.qsize() + self._raw.qsize(),
            "lit": self._lit,
            "starts": self._starts,
            "stops": self._stops,
            "acks": self._acks,
        }

    def attend(self, wire: Wire, stop: threading.Event) -> None:
        if not self._plugged.is_set():
            return
        self._heard, self._lit = b"", not self._trigger
        for code in self._codes:
            self._read(wire, code.encode(self._encoding))
        while not stop.is_set() and self._plugged.is_set():
            data = wire.receive(_LOOK_S)
            if data is None:
                return
            self._obey(wire, data)
            while not self._raw.empty():
                self._send(wire, self._raw.get())
            while self._lit and not self._before.empty():
                self._read(wire, self._before.get())

    def _obey(self, wire: Wire, data: bytes) -> None:
        self._heard += data
        self._acks += self._heard.count(_SSI_HOST_ACK)
        self._heard = self._heard.replace(_SSI_HOST_ACK, b"")
        for command, on in COMMANDS[self._profile].items():
            for _ in range(self._heard.count(command)):
                self._starts, self._stops = self._starts + on, self._stops + (not on)
                self._lit = on or not self._trigger
                self._send(wire, answer_to(self._profile, command))
            self._heard = self._heard.replace(command, b"")
        self._heard = self._heard[-64:]

    def _read(self, wire: Wire, code: bytes) -> None:
        """One code; in trigger mode the light goes out after it."""
        if self._noise:
            self._send(wire, answer_to(self._profile, next(iter(COMMANDS[self._profile]))))
        if self._profile == "zebra_ssi":
            self._send(wire, ssi_packet(code))
            if self._deaf:
                self._send(wire, ssi_packet(code, status=1))
        else:
            self._send(wire, code + self._suffix)
        self._lit = not self._trigger
        self._sent += 1

    def _send(self, wire: Wire, data: bytes) -> None:
        size = self._split or (1 if self._slow else len(data) or 1)
        for start in range(0, len(data), size):
            wire.send(data[start : start + size])
            if self._slow or self._split:
                time.sleep(self._slow or _PIECE_S)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_common_arguments(parser)
    parser.add_argument("--code", action="append", default=[], metavar="TEXT")
    parser.add_argument("--suffix", choices=SUFFIXES, default="crlf")
    parser.add_argument("--encoding", choices=("utf-8", "gb18030"), default="utf-8")
    parser.add_argument("--profile", choices=COMMANDS, default="")
    parser.add_argument("--trigger", action="store_true", help="read only when told to")


def serve(args: argparse.Namespace) -> int:
    emulator = ScannerEmulator(args.code, SUFFIXES[args.suffix], args.encoding, args.profile, args.trigger)
    return run(args, emulator)


def main() -> int:
    parser = argparse.ArgumentParser(prog="scanner")
    add_arguments(parser)
    return serve(parser.parse_args())


if __name__ == "__main__":
    raise SystemExit(main())
