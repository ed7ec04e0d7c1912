"""A serial code scanner over TCP or a pseudo terminal.

    python main.py emulate scanner --listen 127.0.0.1:9200 --control 127.0.0.1:9201

`--code` is sent to every client that connects; `scan TEXT` and `raw HEX` on the control door
send more, to the client that is there or to the next one.
"""

import argparse
import queue
import threading
from typing import Any

from devices.emulators.server import Wire, add_common_arguments, run

SUFFIXES = {"crlf": b"\r\n", "cr": b"\r", "lf": b"\n", "none": b""}
_LOOK_S = 0.02


class ScannerEmulator:
    def __init__(self, codes: list[str], suffix: bytes, encoding: str) -> None:
        self._codes = codes
        self._suffix = suffix
        self._encoding = encoding
        self._pending: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        self._sent = 0

    def command(self, words: list[str]) -> dict[str, Any]:
        match words:
            case ["scan", text]:
                self._pending.put(self._bytes(text))
            case ["raw", text]:
                self._pending.put(bytes.fromhex(text))
            case ["status"]:
                pass
            case _:
                raise ValueError("scan TEXT | raw HEX | status")
        return {"sent": self._sent, "pending": self._pending.qsize()}

    def attend(self, wire: Wire, stop: threading.Event) -> None:
        for code in self._codes:
            self._send(wire, self._bytes(code))
        while not stop.is_set() and wire.receive(_LOOK_S) is not None:
            while not self._pending.empty():
                self._send(wire, self._pending.get())

    def _send(self, wire: Wire, data: bytes) -> None:
        wire.send(data)
        self._sent += 1

    def _bytes(self, text: str) -> bytes:
        return text.encode(self._encoding) + self._suffix


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_common_arguments(parser)
    parser.add_argument("--code", action="append", default=[], metavar="TEXT")
    parser.add_argument("--suffix", choices=SUFFIXES, default="crlf")
    parser.add_argument("--encoding", choices=("utf-8", "gb18030"), default="utf-8")


def serve(args: argparse.Namespace) -> int:
    return run(args, ScannerEmulator(args.code, SUFFIXES[args.suffix], args.encoding))


def main() -> int:
    parser = argparse.ArgumentParser(prog="scanner")
    add_arguments(parser)
    return serve(parser.parse_args())


if __name__ == "__main__":
    raise SystemExit(main())
