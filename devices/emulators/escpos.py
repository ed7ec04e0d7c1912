"""An 80 mm (or 58 mm) receipt printer that speaks ESC/POS over TCP or a pseudo terminal.

    python main.py emulate escpos --listen 127.0.0.1:9100 --out DIR

Every cut gives slip-0001.png and slip-0001.bin in DIR.  Real-time requests are answered as they
arrive, everything else is carried out in its order; with the paper out or the cover open the
printer is off line and what came in waits, until the paper is refilled or the buffers are cleared.

Control: `paper ok|near_end|out`, `cover open|closed`, `fault NAME`, `printed`, `forget`, `status`.
"""

import argparse
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from devices.emulators.escpos_commands import Command, CommandReader
from devices.emulators.escpos_paper import DOTS, Paper, Slip
from devices.emulators.server import Wire, add_common_arguments, run
from devices.escpos_printer import DEMO_MODEL
from devices.escpos_status import CLEAR_BUFFERS, CLEARED

FAULTS = (
    "none",
    "silent",  # swallows everything, answers nothing
    "mute_after",  # answers until a slip comes, then prints and says nothing more
    "die_mid_slip",  # the line breaks in the middle of a slip
    "paper_out_mid_slip",  # the paper ends in the middle of a slip
    "cover_mid_slip",  # somebody opens the cover in the middle of a slip
    "cutter",  # the cutter jams at the next cut
    "slow",  # prints a little at a time
    "no_gs_r",  # a clone that does not answer in the order of the data
    "eager",  # the same in a clone that says 0F at once, without printing what came before
)
PAPERS = ("ok", "near_end", "out")
_MID_SLIP = 300  # bytes of a slip after which a mid-slip fault strikes
_SLOW_COMMANDS = 12  # commands a tick of a slow printer
_TICK_S = 0.05
_NAMES = {65: "1.0", 66: "DEMO", 67: DEMO_MODEL, 68: "0"}


@dataclass
class _Switches:
    """What hands and sensors do to the printer."""

    paper: str = "ok"
    cover_open: bool = False
    jammed: bool = False
    fault: str = "none"

    @property
    def stopped(self) -> bool:
        return self.paper == "out" or self.cover_open or self.jammed

    def real_time(self, question: int) -> int:
        """Answer to 10 04 n."""
        bits = {
            1: self.stopped * 0x08,
            2: self.cover_open * 0x04 | (self.paper == "out") * 0x20 | self.jammed * 0x40,
            3: self.jammed * 0x08,
            4: {"ok": 0, "near_end": 0x0C, "out": 0x6C}[self.paper],
        }
        return 0x12 | bits.get(question, 0)

    def in_order(self) -> int:
        """Answer to 1D 72 1."""
        return {"ok": 0x00, "near_end": 0x03, "out": 0x0F}[self.paper]

    def automatic(self) -> bytes:
        """The four bytes of automatic status."""
        first = 0x10 | self.stopped * 0x08 | self.cover_open * 0x20
        return bytes((first, self.jammed * 0x08, self.in_order(), 0))


@dataclass
class _Dialogue:
    """What belongs to one client."""

    wire: Wire
    reader: CommandReader = field(default_factory=CommandReader)
    tail: bytes = b""  # a real-time request may be cut by packets
    automatic: bool = False
    told: bytes = b""  # the automatic status told last
    slip_bytes: int = 0
    muted: bool = False
    broken: bool = False

    def say(self, data: bytes) -> None:
        if not self.muted:
            self.wire.send(data)


class EscposEmulator:
    def __init__(self, width_mm: int = 80, out: Path | None = None, clears: bool = True) -> None:
        self._paper = Paper(width_mm)
        self._out = out
        self._clears = clears
        self._switches = _Switches()
        self._slips: list[dict[str, Any]] = []
        self._lock = threading.RLock()

    def set_paper(self, paper: str) -> None:
        if paper not in PAPERS:
            raise ValueError(f"paper {'|'.join(PAPERS)}")
        with self._lock:
            self._switches.paper = paper

    def set_cover(self, cover: str) -> None:
        if cover not in ("open", "closed"):
            raise ValueError("cover open|closed")
        with self._lock:
            self._switches.cover_open = cover == "open"

    def set_fault(self, fault: str) -> None:
        if fault not in FAULTS:
            raise ValueError(f"no fault {fault}; there are {', '.join(FAULTS)}")
        with self._lock:
            self._switches.fault = fault
            self._switches.jammed = False

    def command(self, words: list[str]) -> dict[str, Any]:
        with self._lock:
            match words:
                case ["paper", paper]:
                    self.set_paper(paper)
                case ["cover", cover]:
                    self.set_cover(cover)
                case ["fault", fault]:
                    self.set_fault(fault)
                case ["forget"]:
                    self._slips.clear()
                case ["printed"]:
                    return {"slips": list(self._slips), "open_lines": self._paper.lines}
                case ["status"]:
                    pass
                case _:
                    raise ValueError("paper P | cover C | fault NAME | printed | forget | status")
            return {**vars(self._switches), "slips": len(self._slips)}

    def attend(self, wire: Wire, stop: threading.Event) -> None:
        dialogue = _Dialogue(wire)
        while not stop.is_set() and not dialogue.broken:
            data = wire.receive(_TICK_S)
            if data is None:
                return
            with self._lock:
                self._take(dialogue, data)

    def _take(self, dialogue: _Dialogue, data: bytes) -> None:
        if self._switches.fault == "silent":
            return
        self._answer_real_time(dialogue, data)
        dialogue.reader.add(data)
        self._print_what_waits(dialogue)
        self._tell_of_change(dialogue)

    # -- real time ------------------------------------------------------------------------------------

    def _answer_real_time(self, dialogue: _Dialogue, data: bytes) -> None:
        """Requests are heard wherever they stand, in a picture's dots too, and stay in the stream."""
        stream = dialogue.tail + data
        for at in range(len(stream)):
            if stream[at : at + 2] == b"\x10\x04" and len(stream) > at + 2 and at + 2 >= len(dialogue.tail):
                dialogue.say(bytes([self._switches.real_time(stream[at + 2])]))
            if stream[at : at + 10] == CLEAR_BUFFERS and at + 9 >= len(dialogue.tail):
                self._clear(dialogue)
        dialogue.tail = stream[-(len(CLEAR_BUFFERS) - 1) :]

    def _clear(self, dialogue: _Dialogue) -> None:
        if self._clears:
            dialogue.reader.clear()
            dialogue.slip_bytes = 0
            self._switches.jammed = False
            if self._paper.has_print:  # what hangs from the printer is torn off by hand
                self._keep(self._paper.tear(cut=False))
            dialogue.say(CLEARED)

    # -- in order -------------------------------------------------------------------------------------

    def _print_what_waits(self, dialogue: _Dialogue) -> None:
        left = _SLOW_COMMANDS if self._switches.fault == "slow" else None
        for command, raw in dialogue.reader.commands():
            if self._switches.stopped:
                self._put_back(dialogue, raw)
                return
            self._carry_out(dialogue, command, raw)
            left = None if left is None else left - 1
            if dialogue.broken or left == 0:
                return

    def _put_back(self, dialogue: _Dialogue, raw: bytes) -> None:
        rest = CommandReader()
        rest.add(raw + dialogue.reader.rest())
        dialogue.reader = rest
        if self._switches.fault == "eager" and rest.rest().endswith(b"\x1d\x72\x01"):
            rest.clear()
            dialogue.say(bytes([self._switches.in_order()]))

    def _carry_out(self, dialogue: _Dialogue, command: Command, raw: bytes) -> None:
        name, rest = command
        match name:
            case "GS r":
                self._answer_in_order(dialogue, rest[0])
            case "GS a":
                dialogue.automatic, dialogue.told = bool(rest[0]), b""
            case "GS I":
                dialogue.say(_name(rest[0]))
            case "GS (" if rest[:1] == b"H" and len(rest) >= 9:
                dialogue.say(b"\x37\x22" + rest[5:9] + b"\x00")
            case "DLE 04" | "DLE 05" | "DLE 14" | "ESC \x06":
                pass
            case "GS V" | "ESC i" | "ESC m":
                self._cut(dialogue, raw)
            case _:
                self._print(dialogue, command, raw)

    def _print(self, dialogue: _Dialogue, command: Command, raw: bytes) -> None:
        self._paper.carry_out(command, raw)
        dialogue.slip_bytes += len(raw)
        fault = self._switches.fault
        if fault == "mute_after":
            dialogue.muted = True
        if dialogue.slip_bytes < _MID_SLIP:
            return
        if fault == "die_mid_slip":
            dialogue.broken = True
            self._keep(self._paper.tear(cut=False))
        elif fault in ("paper_out_mid_slip", "eager"):
            self._switches.paper = "out"
        elif fault == "cover_mid_slip":
            self._switches.cover_open = True

    def _cut(self, dialogue: _Dialogue, raw: bytes) -> None:
        if self._switches.fault == "cutter":
            self._switches.jammed = True
            return
        self._paper.carry_out(("cut", b""), raw)
        dialogue.slip_bytes = 0
        self._keep(self._paper.tear())

    def _answer_in_order(self, dialogue: _Dialogue, question: int) -> None:
        if self._switches.fault != "no_gs_r":
            dialogue.say(bytes([self._switches.in_order() if question in (1, 49) else 0]))

    def _tell_of_change(self, dialogue: _Dialogue) -> None:
        now = self._switches.automatic()
        if dialogue.automatic and now != dialogue.told:
            dialogue.say(now)
            dialogue.told = now

    def _keep(self, slip: Slip) -> None:
        number = len(self._slips) + 1
        known: dict[str, Any] = {"cut": slip.cut, "bytes": len(slip.data), "lines": slip.lines}
        if self._out is not None:
            self._out.mkdir(parents=True, exist_ok=True)
            number = 1 + len(list(self._out.glob("slip-*.bin")))
            picture, data = self._out / f"slip-{number:04}.png", self._out / f"slip-{number:04}.bin"
            slip.picture.save(picture)
            data.write_bytes(slip.data)
            known |= {"png": str(picture), "bin": str(data)}
        self._slips.append({"number": number, **known})


def _name(question: int) -> bytes:
    """Answer to 1D 49 n."""
    if question in _NAMES:
        return b"\x5f" + _NAMES[question].encode() + b"\x00"
    return b"\x02"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_common_arguments(parser)
    parser.add_argument("--out", type=Path, metavar="DIR", help="where the slips go as PNG and bytes")
    parser.add_argument("--width-mm", type=int, choices=sorted(DOTS), default=80)
    parser.add_argument("--paper", choices=PAPERS, default="ok")
    parser.add_argument("--cover", choices=("open", "closed"), default="closed")
    parser.add_argument("--fault", choices=FAULTS, default="none")
    parser.add_argument(
        "--clears", action=argparse.BooleanOptionalAction, default=True, help="knows how to clear its buffers"
    )


def serve(args: argparse.Namespace) -> int:
    emulator = EscposEmulator(args.width_mm, args.out, args.clears)
    emulator.set_paper(args.paper)
    emulator.set_cover(args.cover)
    emulator.set_fault(args.fault)
    return run(args, emulator)


def main() -> int:
    parser = argparse.ArgumentParser(prog="escpos")
    add_arguments(parser)
    return serve(parser.parse_args())


if __name__ == "__main__":
    raise SystemExit(main())
