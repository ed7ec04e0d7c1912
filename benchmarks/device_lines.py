"""`make bench-devices`: what our side of the devices costs, over real bytes to emulators that are processes.

The emulators' own time is taken out by a line that adds up how long it waited for them; what is left is ours.
`--rounds N` reads and slips for the trial of endurance (10 000), `--idle S` seconds of doing nothing.
"""

import argparse
import os
import resource
import socket
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QEvent, QEventLoop, QObject, QTimer
from PySide6.QtWidgets import QAbstractButton, QLabel, QWidget

from app.commands.demo import demo_operator
from app.commands.embedded import Embedded, embedded
from app.commands.window import application, desk_of, make_shell
from app.commands.wiring import open_office
from app.domain.catalog import Channel
from app.domain.device import CardRead, DeviceEvent, DeviceHealth, DeviceKind, DeviceStatus
from app.domain.identity import DocumentKind, IdentityDocument
from app.domain.operator import Operator
from app.domain.printing import PrintState, SlipPaper
from app.flows.intake import Intake
from app.services.intake import Received, receive
from app.services.office import Office
from devices import reader_session, registry, sdt_reader
from devices.line import READ_S, WRITE_S, Line
from devices.sdt_frames import FrameDecoder
from ui.garbage import collected_here

FOUND = 0x9F
ROUNDS = 30
PATIENCE_S = 30.0
FORGET_AFTER = 500


class TimedLine:
    """A line that knows how long it waited for the device, and when the last card was found."""

    newest: "TimedLine | None" = None

    def __init__(self, line: Line) -> None:
        self._line = line
        self._decoder = FrameDecoder()
        self.waited = 0.0
        self.found_at = 0.0
        self.waited_then = 0.0
        self.written_at = 0.0
        TimedLine.newest = self

    @property
    def sent(self) -> int:
        return self._line.sent

    def read(self, wait_s: float = READ_S) -> bytes:
        started = time.perf_counter()
        data = self._line.read(wait_s)
        now = time.perf_counter()
        self.waited += now - started
        if any(body[2] == FOUND for body in self._decoder.feed(data)):
            self.found_at, self.waited_then = now, self.waited
        return data

    def write(self, data: bytes, deadline_s: float = WRITE_S) -> None:
        self._line.write(data, deadline_s)
        self.written_at = time.perf_counter()

    def close(self) -> None:
        self._line.close()


def timed_driver(kind: DeviceKind, driver: str) -> None:
    entry = registry._DRIVERS[kind][driver]
    timed = replace(entry, open=lambda device, baudrate: TimedLine(entry.open(device, baudrate)))
    registry._DRIVERS[kind][driver] = timed


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=10_000)
    parser.add_argument("--idle", type=float, default=20.0)
    args = parser.parse_args()
    timed_driver(DeviceKind.ID_READER, "sdt")
    with tempfile.TemporaryDirectory() as folder, embedded(Path(folder), ("--no-card",)) as services:
        station, data = services.station(Channel.COUNTER)
        operator = demo_operator(station, data)
        print("| what | figure | bound |\n|---|---|---|")
        _card_to_screen(services, station, data, operator)
        with open_office(station, data) as office:
            _until_online(office)
            received = _a_case(office)
            _slip(office, received)
            _idle(args.idle)
            _replug(office, services)
            _endurance(office, services, received, args.rounds)


def row(what: str, figure: str, bound: str = "") -> None:
    print(f"| {what} | {figure} | {bound} |", flush=True)


# -- a card on the reader ---------------------------------------------------------------------------


class Painted(QObject):
    """Notices when the shell has painted its window with the name in it, up to the hand-over to the screen.

    The paint is called from here, so that it ends when it ends: a timer set in it would count the other
    timers that are due as well.  It watches two widgets and not the application, whose every event would
    have to pass through Python.
    """

    def __init__(self, shell: QWidget, loop: QEventLoop) -> None:
        super().__init__()
        self._shell, self._name, self._loop = shell, shell.findChild(QLabel, "applicant_name"), loop
        self._seen, self.at = False, 0.0
        for widget in (shell, self._name):
            widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if self.at:
            return False
        if event.type() == QEvent.Type.Paint and watched is self._name:
            self._seen = True
        elif event.type() == QEvent.Type.UpdateRequest and watched is self._shell:
            self._shell.event(event)
            if self._seen:
                self.at = time.perf_counter()
                self._loop.quit()
            return True
        return False

    def stop(self) -> None:
        for widget in (self._shell, self._name):
            widget.removeEventFilter(self)


def _card_to_screen(services: Embedded, station: Path, data: Path, operator: Operator) -> None:
    """The window runs in its own event loop, as it does in use.

    QTest.qWait would hold the interpreter's lock all the time, so that the reader's thread stood still
    behind the very loop that waits for it: about ten milliseconds a card that no clerk ever waits.
    """
    application()
    with (
        collected_here(),
        open_office(station, data, mode=Channel.COUNTER) as office,
        desk_of(office, operator) as desk,
    ):
        shell = make_shell(desk, Channel.COUNTER)
        shell.resize(1366, 768)
        shell.show()
        _until_online(office, lambda: _pause(20))
        told: list[float] = []

        def card_came(event: DeviceEvent) -> None:
            """On the reader's own thread: when the card was found, as if its answers had taken no time."""
            line = TimedLine.newest
            if isinstance(event, CardRead) and line is not None:
                told.append(line.found_at + line.waited - line.waited_then)

        office.devices.listen(card_came)

        def card() -> tuple[float, float]:
            """Seconds: whole, and ours."""
            loop = QEventLoop()
            painted, started = Painted(shell, loop), time.perf_counter()
            services.tell("sdt", "put resident")
            QTimer.singleShot(int(PATIENCE_S * 1000), loop.quit)
            loop.exec()
            painted.stop()
            if not painted.at:
                raise SystemExit("waited in vain")
            services.tell("sdt", "lift")
            _pause(1500)  # the reader looks again after a second; what follows the card (a preview) is over
            return painted.at - started, painted.at - told[-1]

        def clear() -> None:
            shell.findChild(QAbstractButton, "clear").click()
            _pause(200)

        def start_page() -> None:
            """As after a case: another person signs in, which empties the page."""
            shell.intake.sign_in(operator)
            shell.intake.entered()
            _pause(400)

        start_page()
        first = card()
        rows = []
        for begin in (clear, start_page):
            times = []
            for _ in range(ROUNDS):
                begin()
                times.append(card())
            rows.append(times)
        shell.stop()
    whole = [whole for times in rows for whole, _ours in times]
    cleared, started = ([ours for _whole, ours in times] for times in rows)
    row("card on the reader → fields on the screen, whole", f"{_ms(whole)} ms median, {_p95(whole)} ms p95")
    row("… of it ours, on an empty sheet", f"{_ms(cleared)} ms median", "10 ms")
    row("… of it ours, from the start page", f"{_ms(started)} ms median", "10 ms")
    row("… of it ours, the first card", f"{first[1] * 1000:.1f} ms")


def _pause(ms: int) -> None:
    loop = QEventLoop()
    QTimer.singleShot(ms, loop.quit)
    loop.exec()


# -- a slip -----------------------------------------------------------------------------------------


def _a_case(office: Office) -> Received:
    code = office.catalog.search("", limit=1, channel=Channel.COUNTER)[0].code
    item = office.catalog.item(code)
    assert item is not None
    person = IdentityDocument(DocumentKind.RESIDENT, "\u6f14\u793a", "11010519491231002X")
    filled = Intake().with_item(item, preselect=True).with_applicant(person).with_all_taken()
    application = replace(filled.application(Channel.COUNTER, None), request_id=uuid4().hex)
    return receive(office, application, offline=False)


def _slip(office: Office, received: Received) -> None:
    """Composed by the press and handed to the line; the printer's own answers are not in it."""
    paper = office.devices.slip_paper()
    composed, sent = [], []
    office.press.slip(received.issued, paper)
    for _ in range(ROUNDS):
        started = time.perf_counter()
        slip = office.press.slip(received.issued, paper)
        composed.append(time.perf_counter() - started)
        sent.append(composed[-1] + _raw_send(slip))
    row("slip composed", f"{_ms(composed)} ms median")
    row(f"slip composed and handed to the line ({len(slip) // 1024} KB)", f"{_ms(sent)} ms median", "15 ms")


def _raw_send(slip: bytes) -> float:
    """A socket line to somebody who reads."""
    from devices.line import SocketLine

    ours, theirs = socket.socketpair(socket.AF_INET) if os.name == "nt" else _tcp_pair()
    reader = threading.Thread(target=_drain, args=(theirs,), daemon=True)
    reader.start()
    line = SocketLine(ours)
    started = time.perf_counter()
    line.write(slip)
    took = time.perf_counter() - started
    line.close()
    reader.join()
    theirs.close()
    return took


def _tcp_pair() -> tuple[socket.socket, socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        ours = socket.create_connection(server.getsockname())
        return ours, server.accept()[0]


def _drain(sock: socket.socket) -> None:
    while sock.recv(65536):
        pass


# -- doing nothing ----------------------------------------------------------------------------------


def _idle(seconds: float) -> None:
    before, started = _cpu(), time.perf_counter()
    time.sleep(seconds)
    share = (_cpu() - before) / (time.perf_counter() - started)
    row("idle, three devices polled", f"{share:.2%} of a core", "1 %")


def _cpu() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


# -- unplugged and plugged in again -----------------------------------------------------------------


def _replug(office: Office, services: Embedded) -> None:
    names = {DeviceKind.ID_READER: "sdt", DeviceKind.RECEIPT_PRINTER: "escpos", DeviceKind.SCANNER: "scanner"}
    with _heard(office) as heard:
        for kind, name in names.items():
            times = []
            for _ in range(10):
                services.tell(name, "unplug")
                heard.wait_for(kind, lambda status: status is not DeviceStatus.ONLINE)
                time.sleep(1.5)  # long enough for the pauses between tries to grow
                started = time.perf_counter()
                services.tell(name, "plug")
                heard.wait_for(kind, lambda status: status is DeviceStatus.ONLINE)
                times.append(time.perf_counter() - started)
            row(
                f"{kind.value}: in again → online",
                f"{_ms(times)} ms median, {max(times) * 1000:.0f} worst",
                "1 s",
            )


class _Heard:
    def __init__(self) -> None:
        self._news = threading.Condition()
        self._status: dict[DeviceKind, DeviceStatus] = {}

    def __call__(self, event: DeviceEvent) -> None:
        if isinstance(event, DeviceHealth):
            with self._news:
                self._status[event.kind] = event.status
                self._news.notify_all()

    def wait_for(self, kind: DeviceKind, wanted: Callable[[DeviceStatus], bool]) -> None:
        with self._news:
            came = self._news.wait_for(
                lambda: kind in self._status and wanted(self._status[kind]), PATIENCE_S
            )
        if not came:
            raise SystemExit(f"{kind.value}: still {self._status.get(kind)}")


@contextmanager
def _heard(office: Office) -> Iterator[_Heard]:
    heard = _Heard()
    office.devices.listen(heard)
    yield heard


# -- ten thousand -----------------------------------------------------------------------------------


def _endurance(office: Office, services: Embedded, received: Received, rounds: int) -> None:
    """No growth of ours after the first tenth: memory, threads, files.

    An emulator keeps what it has printed (some 6 KB a slip) until it is told to forget it.
    """
    reader_session.POLL_S = sdt_reader.POLL_S = 0.0  # the rest between two finds is not what is measured
    slip = office.press.slip(received.issued, SlipPaper())
    steps: dict[str, Callable[[], None]] = {
        "reads": lambda: _read(office, services),
        "slips": lambda: _print(office, slip),
    }
    for name, step in steps.items():
        for _ in range(max(1, rounds // 10)):
            step()
        before, started = _held(), time.perf_counter()
        for number in range(rounds - rounds // 10):
            if number % FORGET_AFTER == 0:
                services.tell("escpos", "forget")
            step()
        after, took = _held(), time.perf_counter() - started
        growth = ", ".join(
            f"{what} {b - a:+d}{unit}" for (what, a, unit), (_, b, _) in zip(before, after, strict=True)
        )
        row(f"{rounds} {name} ({took / rounds * 1000:.1f} ms each, emulator and all)", growth, "no growth")


def _read(office: Office, services: Embedded) -> None:
    services.tell("sdt", "put resident")
    office.devices.read_card(PATIENCE_S, threading.Event()).result(PATIENCE_S)


def _print(office: Office, slip: bytes) -> None:
    outcome = office.devices.print_slip(slip, PATIENCE_S).result(PATIENCE_S)
    if outcome.state is not PrintState.CONFIRMED:
        raise SystemExit(f"a slip was {outcome}")


def _held() -> list[tuple[str, int, str]]:
    status = Path("/proc/self/status").read_text(encoding="ascii").split()
    kib = int(status[status.index("VmRSS:") + 1])
    files = len(list(Path("/proc/self/fd").iterdir()))
    return [("memory", kib // 1024, " MB"), ("threads", threading.active_count(), ""), ("files", files, "")]


# -- small things -----------------------------------------------------------------------------------


def _until_online(office: Office, pause: Callable[[], object] = lambda: time.sleep(0.02)) -> None:
    _wait(lambda: all(h.status is DeviceStatus.ONLINE for h in office.devices.health()), pause)


def _wait(wanted: Callable[[], object], pause: Callable[[], object]) -> None:
    ends = time.monotonic() + PATIENCE_S
    while not wanted():
        if time.monotonic() > ends:
            raise SystemExit("waited in vain")
        pause()


def _ms(times: list[float]) -> str:
    return f"{statistics.median(times) * 1000:.1f}"


def _p95(times: list[float]) -> str:
    return f"{sorted(times)[int(len(times) * 0.95)] * 1000:.0f}"


if __name__ == "__main__":
    sys.exit(main())
