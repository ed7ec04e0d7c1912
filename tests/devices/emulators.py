"""Emulated devices as real processes, for any test that needs one.

with emulator("sdt", "--card", "resident") as reader:
    url = reader.url                    # socket://127.0.0.1:NNNNN
    reader.command("lift")              # needs nothing more: the control door is always open
"""

import itertools
import json
import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.patience import PATIENCE_S

ROOT = Path(__file__).parent.parent.parent
_addresses = itertools.count(1)
_READY = re.compile(r"ready (?P<address>\S+) control (?P<control>\S+)")


@dataclass(frozen=True)
class Emulated:
    """A running emulator; `address` is HOST:PORT, or the name of a pseudo terminal."""

    process: "subprocess.Popen[str]"
    address: str
    control: str

    @property
    def url(self) -> str:
        return self.address if self.address.startswith("/") else f"socket://{self.address}"

    @property
    def port(self) -> int:
        return int(self.address.rpartition(":")[2])

    def command(self, line: str) -> dict[str, Any]:
        """One control command; fails the test when the emulator does not understand it."""
        host, _, port = self.control.rpartition(":")
        with (
            socket.create_connection((host, int(port)), timeout=PATIENCE_S) as door,
            door.makefile("rw") as words,
        ):
            words.write(line + "\n")
            words.flush()
            answer: dict[str, Any] = json.loads(words.readline())
        assert answer.pop("ok"), answer
        return answer


def own_address() -> str:
    """HOST:PORT at which a device can go and come again: nothing else connects from this loopback address,
    so that its port cannot be taken meanwhile, as one of 127.0.0.1 can."""
    process, number = os.getpid(), next(_addresses)
    return f"127.{64 + process // 256 % 64}.{process % 256}.{number % 250 + 1}:{9100 + number // 250}"


@contextmanager
def emulator(kind: str, *arguments: str) -> Iterator[Emulated]:
    """Start `sdt`, `escpos` …, or another module; stopped (and seen to stop cleanly) on leaving."""
    module = kind if "." in kind else f"devices.emulators.{kind}"
    command = [sys.executable, "-m", module, "--control", "127.0.0.1:0", "--leash"]
    with subprocess.Popen(
        [*command, *arguments], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        try:
            line = process.stdout.readline()
            ready = _READY.match(line)
            assert ready is not None, f"the emulator said {line!r}"
            yield Emulated(process, ready["address"], ready["control"])
        finally:
            if process.poll() is None:
                process.terminate()
            code = process.wait(timeout=PATIENCE_S)
    assert code == 0
