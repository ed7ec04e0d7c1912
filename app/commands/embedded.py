"""The embedded demo: a local gateway, emulated devices and an enrolled station, each in its own process.

Everything goes over real bytes on free ports of this machine, by the production path; only
the other end of each line is ours, and it says so on screen and on paper.
"""

import json
import logging
import socket
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.atomic_file import write_atomically
from app.commands.child import Child
from app.commands.wiring import enrol_station, is_enrolled, open_office
from app.domain.catalog import Channel
from app.services.catalog_sync import sync
from app.store.writer_lock import WriterLock
from app.texts import load

logger = logging.getLogger(__name__)
CODE = "DEMO"
OPERATOR, PIN = "0000", "1234"
_STATION_IDS = {Channel.COUNTER: "441900A12", Channel.KIOSK: "441900K07", Channel.POPUP: "441900P03"}
_STATION = """\
[station]
id = "{station_id}"
mode = "{mode}"
site = "{site}"
papers = {papers}

[gateway]
url = "{gateway}"
public_url = "{gateway}"

[devices.id_reader]
driver = "sdt"
line = "socket://{sdt}"
simulated = true

[devices.receipt_printer]
driver = "escpos"
line = "socket://{escpos}"
width_mm = 80
simulated = true

[devices.scanner]
driver = "serial"
line = "socket://{scanner}"
simulated = true

[devices.document_camera]
driver = "simulated"
"""
_A4_PRINTER = """
[devices.a4_printer]
driver = "ipp"
line = "ipp://{ipp}/ipp/print"
simulated = true
"""


@dataclass(frozen=True, slots=True)
class Embedded:
    """`lines`: HOST:PORT by emulator; `controls`: their control doors; `slips`, `pages`: what was printed.

    `cut_line()` ends the gateway, as a line that goes down would.
    """

    data: Path
    gateway: str
    lines: Mapping[str, str]
    controls: Mapping[str, str]
    slips: Path
    pages: Path
    cut_line: Callable[[], None]

    def tell(self, device: str, command: str) -> dict[str, Any]:
        """Command an emulator while it runs (`card resident`, `lift`, `fault …`): its JSON answer."""
        host, _, port = self.controls[device].rpartition(":")
        with socket.create_connection((host, int(port)), timeout=5) as door, door.makefile("rw") as lines:
            lines.write(f"{command}\n")
            lines.flush()
            answer: dict[str, Any] = json.loads(lines.readline())
        return answer

    def station(self, mode: Channel) -> tuple[Path, Path]:
        """An enrolled and synced station of a mode: (station file, DATA folder)."""
        folder = self.data / mode.value
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = folder / "station.toml"
        both = mode is Channel.COUNTER and "ipp" in self.lines
        text = (_STATION + _A4_PRINTER * both).format(
            papers=json.dumps(["slip", "a4"] if both else ["slip"]),
            station_id=_STATION_IDS[mode],
            mode=mode.value,
            site=load()[f"demo.site_{mode.value}"],
            gateway=self.gateway,
            **self.lines,
        )
        write_atomically(file, text.encode())
        if not is_enrolled(folder):
            enrol_station(file, folder, CODE)
        with open_office(file, folder, devices=()) as office:
            sync(office)
        return file, folder


@contextmanager
def embedded(
    data: Path, reader_options: Sequence[str] = ("--card", "resident"), *, a4: bool = False
) -> Iterator[Embedded]:
    """Start everything; all of it ends with the block, or with this process however it ends.

    `a4`: the counter has a page printer too, and hands out both papers.
    Raises StoreBusyError when a demo runs on this folder already.
    """
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    lock = WriterLock(data / "demo.lock")
    lock.acquire("demo")
    slips, pages = data / "slips", data / "pages"
    slips.mkdir(exist_ok=True)
    children: list[Child] = []

    def start(*arguments: str) -> Child:
        children.append(Child(*arguments, log=data / "children.log"))
        return children[-1]

    any_port = ("--listen", "127.0.0.1:0", "--control", "127.0.0.1:0")
    try:
        gateway = start("gateway", "--data", str(data), "--port", "0", "--demo")
        devices = {
            "sdt": start("emulate", "sdt", *any_port, *reader_options),
            "escpos": start("emulate", "escpos", *any_port, "--out", str(slips)),
            "scanner": start("emulate", "scanner", *any_port),
        }
        if a4:
            devices["ipp"] = start("emulate", "ipp", *any_port, "--out", str(pages))
        ready = {name: child.ready() for name, child in devices.items()}
        yield Embedded(
            data,
            f"http://{gateway.ready()['listen']}",
            {name: words["listen"] for name, words in ready.items()},
            {name: words.get("control", "") for name, words in ready.items()},
            slips,
            pages,
            gateway.stop,
        )
    finally:
        for child in reversed(children):
            child.stop()
        lock.release()
