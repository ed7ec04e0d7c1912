"""An 80 mm (or 58 mm) receipt printer that speaks ESC/POS over TCP or a pseudo terminal.

    python main.py emulate escpos --listen 127.0.0.1:9100 --out DIR

Every cut gives slip-0001.png and slip-0001.bin in DIR.  Real-time requests are answered as they
arrive, everything else is carried out in its order; with the paper out or the cover open the
printer is off line and what came in waits, until the paper is refilled or the buffers are cleared.

A printer without a cutter keeps what it printed until it is quiet: then somebody has torn it off.

Control: `paper ok|near_end|out`, `cover open|closed`, `fault NAME`, `fault NAME BYTES` (one of mid-slip:
after so many bytes), `fault NAME cut` (the same right after the cut, before its proof), `power on|off`,
`printed`, `forget`, `status`.
"""

import argparse
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from devices.emulators.escpos_commands import Command, CommandReader, is_known
from devices.emulators.escpos_paper import DOTS, Paper, Slip
from devices.emulators.server import SocketWire, Wire, add_common_arguments, run
from devices.escpos_printer import DEMO_MODEL
from devices.escpos_status import CLEAR_BUFFERS, CLEARED, RECOVER

FAULTS = (
    "none",
    "silent",  # swallows everything, answers nothing
    "mute",  # prints, and answers nothing
    "mute_after",  # answers until a slip comes, then prints and says nothing more
    "die_mid_slip",  # the line breaks in the middle of a slip
    "paper_out_mid_slip",  # the paper ends in the middle of a slip
    "cover_mid_slip",  # somebody opens the cover in the middle of a slip
    "cutter",  # the cutter jams at the next cut
    "recoverable",  # an error at the next cut that the host can clear once this fault is gone
    "hot",  # the head is too hot: it stops by itself and goes on by itself
    "slow",  # prints a little at a time
    "noise",  # XON and XOFF between its answers, as on a serial line
    "no_gs_h",  # does not say process ids back
    "no_proof",  # neither of both
    "dies_after",  # the power goes after so many bytes of a slip; `power on` brings it back
    "no_gs_r",  # a clone that does not answer in the order of the data
    "eager",  # the same in a clone that says 0F at once, without printing what came before
)
PAPERS = ("ok", "near_end", "out")
_MID_SLIP = 300  # bytes of a slip after which a mid-slip fault strikes, unless it is said
_AT_CUT = -1
_SLOW_COMMANDS = 12  # commands a tick of a slow printer
_TICK_S = 0.05
_TORN_AFTER = 10  # quiet ticks
_NAMES = {65: "1.0", 66: "DEMO", 67: DEMO_MODEL, 68: "0"}


@dataclass
class _Switches:
    """What hands and sensors do to the printer."""

    paper: str = "ok"
    cover_open: bool = False
    jammed: bool = False
    failed: bool = False
    off: bool = False
    strikes_at: int = _MID_SLIP
    fault: str = "none"

    @property
    def hot(self) -> bool:
        return self.fault == "hot"

    @property
    def error(self) -> bool:
        return self.jammed or self.failed or self.hot

    @property
    def stopped(self) -> bool:
        return self.paper == "out" or self.cover_open or self.error

    def real_time(self, question: int) -> int:
        """Answer to 10 04 n."""
        bits = {
            1: self.stopped * 0x08,
            2: self.cover_open * 0x04 | (self.paper == "out") * 0x20 | self.error * 0x40,
            3: self.errors(),
            4: {"ok": 0, "near_end": 0x0C, "out": 0x6C}[self.paper],
        }
        return 0x12 | bits.get(question, 0)

    def errors(self) -> int:
        return self.failed * 0x04 | self.jammed * 0x08 | self.hot * 0x40

    def recover(self) -> None:
        """The host asks to go on: what still stands in the way stays."""
        self.jammed = self.jammed and self.fault == "cutter"
        self.failed = self.failed and self.fault == "recoverable"

    def in_order(self) -> int:
        """Answer to 1D 72 1."""
        return {"ok": 0x00, "near_end": 0x03, "out": 0x0F}[self.paper]

    def automatic(self) -> bytes:
        """The four bytes of automatic status."""
        first = 0x10 | self.stopped * 0x08 | self.cover_open * 0x20
        return bytes((first, self.errors(), self.in_order(), 0))


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
    noisy: bool = False
    broken: bool = False
    quiet_ticks: int = 0

    def say(self, data: bytes) -> None:
        if not self.muted:
            noisy = b"".join(b"\x13" + bytes([byte]) + b"\x11" for byte in data)
            self.wire.send(noisy if self.noisy else data)


class EscposEmulator:
    def __init__(
        self, width_mm: int = 80, out: Path | None = None, clears: bool = True, cutter: bool = True
    ) -> None:
        self._paper = Paper(width_mm)
        self._out = out
        self._clears, self._cutter = clears, cutter
        self._unknown: list[str] = []
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

    def set_fault(self, fault: str, after: int = _MID_SLIP) -> None:
        if fault not in FAULTS:
            raise ValueError(f"no fault {fault}; there are {', '.join(FAULTS)}")
        with self._lock:
            self._switches.fault = fault
            self._switches.strikes_at = after
            self._switches.jammed = False

    def set_power(self, power: str) -> None:
        if power not in ("on", "off"):
            raise ValueError("power on|off")
        with self._lock:
            self._switches.off = power == "off"
            if power == "on" and self._switches.fault == "dies_after":
                self.set_fault("none")

    def command(self, words: list[str]) -> dict[str, Any]:
        with self._lock:
            match words:
                case ["paper", paper]:
                    self.set_paper(paper)
                case ["cover", cover]:
                    self.set_cover(cover)
                case ["fault", fault]:
                    self.set_fault(fault)
                case ["fault", fault, "cut"]:
                    self.set_fault(fault, _AT_CUT)
                case ["fault", fault, count]:
                    self.set_fault(fault, int(count))
                case ["power", power]:
                    self.set_power(power)
                case ["forget"]:
                    self._slips.clear()
                    self._unknown.clear()
                case ["printed"]:
                    return {
                        "slips": list(self._slips),
                        "open_lines": self._paper.lines,
                        "unknown": self._unknown,
                    }
                case ["status"]:
                    pass
                case _:
                    raise ValueError(
                        "paper P | cover C | fault NAME [N] | power P | printed | forget | status"
                    )
            return {**vars(self._switches), "slips": len(self._slips)}

    def attend(self, wire: Wire, stop: threading.Event) -> None:
        dialogue = _Dialogue(wire)
        while not stop.is_set() and not dialogue.broken:
            data = wire.receive(_TICK_S)
            if data is None:
                return
            with self._lock:
                if self._switches.off and isinstance(wire, SocketWire):
                    return
                self._take(dialogue, data)

    def _take(self, dialogue: _Dialogue, data: bytes) -> None:
        if self._switches.fault == "silent" or self._switches.off:
            return
        dialogue.muted = dialogue.muted or self._switches.fault == "mute"
        dialogue.noisy = self._switches.fault == "noise"
        dialogue.quiet_ticks = 0 if data else dialogue.quiet_ticks + 1
        if not self._cutter and dialogue.quiet_ticks == _TORN_AFTER and self._paper.has_print:
            self._keep(self._paper.tear(cut=False))
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
            if stream[at : at + 3] in (RECOVER, b"\x10\x05\x01") and at + 2 >= len(dialogue.tail):
                self._switches.recover()
                if stream[at + 2] == 2:
                    dialogue.reader.clear()
                    dialogue.slip_bytes = 0
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
                if self._switches.fault not in ("no_gs_h", "no_proof"):
                    dialogue.say(b"\x37\x22" + rest[5:9] + b"\x00")
            case "DLE 04" | "DLE 05" | "DLE 14" | "ESC \x06":
                pass
            case "GS V" | "ESC i" | "ESC m":
                self._cut(dialogue, raw)
            case _:
                if name == "ESC @":
                    dialogue.automatic = False
                if not is_known(command):
                    self._unknown.append(raw.hex(" "))
                self._print(dialogue, command, raw)

    def _print(self, dialogue: _Dialogue, command: Command, raw: bytes) -> None:
        self._paper.carry_out(command, raw)
        dialogue.slip_bytes += len(raw)
        if self._switches.strikes_at != _AT_CUT and dialogue.slip_bytes >= self._switches.strikes_at:
            self._strike(dialogue)

    def _strike(self, dialogue: _Dialogue) -> None:
        fault = self._switches.fault
        if fault == "mute_after":
            dialogue.muted = True
        elif fault in ("die_mid_slip", "dies_after"):
            self._switches.off = self._switches.off or fault == "dies_after"
            dialogue.broken = True
            if self._paper.has_print:
                self._keep(self._paper.tear(cut=False))
        elif fault in ("paper_out_mid_slip", "eager"):
            self._switches.paper = "out"
        elif fault == "cover_mid_slip":
            self._switches.cover_open = True

    def _cut(self, dialogue: _Dialogue, raw: bytes) -> None:
        if self._switches.fault in ("cutter", "recoverable"):
            self._switches.jammed = self._switches.fault == "cutter"
            self._switches.failed = not self._switches.jammed
            return
        if not self._cutter:
            return
        self._paper.carry_out(("cut", b""), raw)
        dialogue.slip_bytes = 0
        self._keep(self._paper.tear())
        if self._switches.strikes_at == _AT_CUT:
            self._strike(dialogue)

    def _answer_in_order(self, dialogue: _Dialogue, question: int) -> None:
        if self._switches.fault not in ("no_gs_r", "no_proof"):
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
        "--cutter", action=argparse.BooleanOptionalAction, default=True, help="cuts by itself"
    )
    parser.add_argument(
        "--clears", action=argparse.BooleanOptionalAction, default=True, help="knows how to clear its buffers"
    )


def serve(args: argparse.Namespace) -> int:
    emulator = EscposEmulator(args.width_mm, args.out, args.clears, args.cutter)
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
