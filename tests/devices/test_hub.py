"""The hub over emulated devices in their own processes: events, healing, deadlines, leaving."""

import logging
import queue
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from threading import Event
from typing import TypeVar

import pytest
import serial

from app.domain.device import (
    CardRead,
    DeviceEvent,
    DeviceHealth,
    DeviceKind,
    DeviceStatus,
    DeviceTrouble,
    Scanned,
)
from app.domain.printing import PrintOutcome, PrintState, SlipPaper
from app.errors import (
    CardUnreadableError,
    DeviceBusyError,
    DeviceError,
    DeviceNotConfiguredError,
    DeviceNotFoundError,
    DeviceServiceError,
    DeviceTimeoutError,
    NoCardError,
    SettingsError,
)
from app.ports import Devices
from devices import reader_session, registry
from devices.change_log import CHANGES
from devices.driver import Condition
from devices.emulators.cards import PRESETS
from devices.hub import DeviceHub
from devices.registry import DeviceLine, DriverEntry, known_drivers
from tests.devices.emulators import ROOT, Emulated, emulator, own_address
from tests.devices.strange import hang_up, strange_server
from tests.patience import PATIENCE_S

READER, PRINTER, SCANNER = DeviceKind.ID_READER, DeviceKind.RECEIPT_PRINTER, DeviceKind.SCANNER
DRIVERS = {READER: "sdt", PRINTER: "escpos", SCANNER: "serial"}
SLIP = b"\x1b@hello\n\x1dV\x00"
E = TypeVar("E", bound=DeviceEvent)


class Now:
    def now(self) -> datetime:
        return datetime.now(UTC)


class Ear:
    """A listener that keeps what it hears."""

    def __init__(self) -> None:
        self.heard: queue.SimpleQueue[DeviceEvent] = queue.SimpleQueue()

    def next(self, kind: type[E], fits: Callable[[E], bool] = lambda event: True) -> E:
        """The next event of a kind that fits; others are passed over."""
        ends = time.monotonic() + PATIENCE_S
        while True:
            event = self.heard.get(timeout=max(0.0, ends - time.monotonic()))
            if isinstance(event, kind) and fits(event):
                return event

    def status(self, status: DeviceStatus) -> DeviceHealth:
        return self.next(DeviceHealth, lambda health: health.status is status)

    def rest(self) -> list[DeviceEvent]:
        found = []
        while not self.heard.empty():
            found.append(self.heard.get())
        return found


@contextmanager
def hub_of(*devices: DeviceLine) -> Iterator[tuple[DeviceHub, Ear]]:
    hub, ear = DeviceHub(devices, Now()), Ear()
    hub.listen(ear.heard.put)
    try:
        yield hub, ear
    finally:
        hub.close()


def line_to(kind: DeviceKind, device: Emulated | str) -> DeviceLine:
    return DeviceLine(kind, DRIVERS[kind], device if isinstance(device, str) else device.url)


def reset(sdt: Emulated, card: str | None = None) -> None:
    sdt.command("fault none")
    sdt.command(f"put {card}" if card else "lift")


def health_of(hub: Devices, kind: DeviceKind) -> DeviceHealth:
    return next(health for health in hub.health() if health.kind is kind)


def test_a_station_without_devices() -> None:
    with hub_of() as (hub, _):
        port: Devices = hub
        assert not any(port.has(kind) for kind in DeviceKind)
        assert list(port.health()) == []
        port.watch_cards(True)
        assert isinstance(port.read_card(1, Event()).exception(PATIENCE_S), DeviceNotConfiguredError)
        assert isinstance(port.probe(SCANNER).exception(PATIENCE_S), DeviceNotConfiguredError)
        outcome = port.print_slip(SLIP, 1).result(PATIENCE_S)
        assert outcome == PrintOutcome(PrintState.FAILED, "device.not_configured")


def test_a_driver_nobody_has_written() -> None:
    assert all(DRIVERS[kind] in known_drivers(kind) for kind in DRIVERS)
    with pytest.raises(SettingsError):
        DeviceHub([DeviceLine(READER, "magic", "loop://")], Now())


def test_cards_come_as_events_while_watched(sdt: Emulated) -> None:
    reset(sdt)
    with hub_of(line_to(READER, sdt)) as (hub, ear):
        online = ear.status(DeviceStatus.ONLINE)
        assert (online.simulated, online.facts, online.driver) == (True, {"sam": "DEMO"}, "sdt")
        hub.watch_cards(True)
        for name in ("rare", "resident"):
            sdt.command(f"put {name}")
            assert ear.next(CardRead).document == PRESETS[name].document
        # the card lies there still: it was told once
        assert isinstance(hub.read_card(0.8, Event()).exception(PATIENCE_S), NoCardError)
        assert ear.rest() == []


def finds_more(sdt: Emulated, times: int) -> None:
    """Wait until the reader was asked for a card so many times more."""
    asked, ends = sdt.command("status")["finds"], time.monotonic() + PATIENCE_S
    while sdt.command("status")["finds"] < asked + times:
        assert time.monotonic() < ends, "it is not looked for any more"
        Event().wait(0.01)


@pytest.mark.parametrize("firmware", ["none", "gives_again"])
def test_a_card_laid_down_again_is_read_again_at_once(
    sdt: Emulated, firmware: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether the reader gives a card out once or again and again; not at the next slow round."""
    monkeypatch.setattr(reader_session, "_SLOW_POLL_S", 3600.0)
    reset(sdt)
    sdt.command(f"fault {firmware}")
    with hub_of(line_to(READER, sdt)) as (hub, ear):
        hub.watch_cards(True)
        for _ in range(3):
            sdt.command("put resident")
            assert ear.next(CardRead).document == PRESETS["resident"].document
            finds_more(sdt, 3)
            assert not any(isinstance(event, CardRead) for event in ear.rest()), "it lies there still"
            sdt.command("lift")
            finds_more(sdt, 2)
    sdt.command("fault none")


def test_a_card_given_out_again_and_again_is_only_felt(
    sdt: Emulated, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reader_session, "_SLOW_POLL_S", 3600.0)
    reset(sdt)
    sdt.command("fault gives_again")
    with hub_of(line_to(READER, sdt)) as (hub, ear):
        hub.watch_cards(True)
        sdt.command("put resident")
        ear.next(CardRead)
        finds_more(sdt, 3)  # it has shown itself by now
        reads = sdt.command("status")["reads"]
        finds_more(sdt, 3)
        assert sdt.command("status")["reads"] == reads
    sdt.command("fault none")


def test_the_photo_of_a_card_by_the_plug_in(sdt: Emulated) -> None:
    """On a thread of its own; without a plug-in, or a photo, there is none."""
    reset(sdt, "resident")
    bmp = "b'BM' + bytes(16) + (102).to_bytes(4, 'little') + (126).to_bytes(4, 'little')"
    body = f"import sys; assert len(sys.stdin.buffer.read()) == 1024; sys.stdout.buffer.write({bmp})"
    able = replace(line_to(READER, sdt), photo_decoder=(sys.executable, "-c", body))
    with hub_of(able) as (hub, _):
        card = hub.read_card(PATIENCE_S, Event()).result(PATIENCE_S)
        decoded = hub.card_photo(card).result(PATIENCE_S)
        assert decoded is not None and decoded.startswith(b"BM")
        assert hub.card_photo(replace(card, photo=None)).result(PATIENCE_S) is None
    with hub_of(line_to(READER, sdt)) as (hub, _):
        assert hub.card_photo(card).result(PATIENCE_S) is None


def test_an_unwatched_reader_is_left_alone(sdt: Emulated) -> None:
    reset(sdt, "resident")
    with hub_of(line_to(READER, sdt)) as (hub, ear):
        ear.status(DeviceStatus.ONLINE)
        hub.probe(READER).result(PATIENCE_S)
        assert (sdt.command("status")["delivered"], ear.rest()) == (False, [])


def test_one_read_goes_to_who_asked_for_it(sdt: Emulated) -> None:
    reset(sdt)
    with hub_of(line_to(READER, sdt)) as (hub, ear):
        hub.watch_cards(True)
        ear.status(DeviceStatus.ONLINE)
        asked = hub.read_card(PATIENCE_S, Event())
        sdt.command("put long")
        assert asked.result(PATIENCE_S).document == PRESETS["long"].document
        assert not any(isinstance(event, CardRead) for event in ear.rest())


def test_nobody_puts_a_card(sdt: Emulated) -> None:
    reset(sdt)
    with hub_of(line_to(READER, sdt)) as (hub, _):
        assert isinstance(hub.read_card(0.3, Event()).exception(PATIENCE_S), NoCardError)


@pytest.mark.parametrize("fault", ["none", "dead"])
def test_a_cancel_ends_the_waiting(sdt: Emulated, fault: str) -> None:
    reset(sdt)
    with hub_of(line_to(READER, sdt)) as (hub, ear):
        ear.status(DeviceStatus.ONLINE)
        sdt.command(f"fault {fault}")
        cancelled = Event()
        asked = hub.read_card(600, cancelled)
        cancelled.set()
        assert isinstance(asked.exception(PATIENCE_S), NoCardError)


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ("corrupt_twice", CardUnreadableError),
        ("unplug_mid_read", DeviceNotFoundError),
        ("sam_not_authorised", DeviceServiceError),
        pytest.param("dead", DeviceTimeoutError, marks=pytest.mark.devices),
    ],
)
def test_a_read_fails_with_what_went_wrong(sdt: Emulated, fault: str, error: type[DeviceError]) -> None:
    reset(sdt, "resident")
    sdt.command(f"fault {fault}")
    with hub_of(line_to(READER, sdt)) as (hub, _):
        assert type(hub.read_card(PATIENCE_S, Event()).exception(PATIENCE_S)) is error


def test_a_card_that_will_not_read_is_said_once(sdt: Emulated) -> None:
    reset(sdt)
    sdt.command("fault status:41")
    with hub_of(line_to(READER, sdt)) as (hub, ear):
        hub.watch_cards(True)
        sdt.command("put resident")
        assert ear.next(DeviceTrouble) == DeviceTrouble(READER, "device.card_unreadable")
        sdt.command("fault none")  # it still lies there, and reads in the end
        seen: list[DeviceEvent] = []
        ends = time.monotonic() + PATIENCE_S
        while not any(isinstance(event, CardRead) for event in seen) and time.monotonic() < ends:
            seen.append(ear.heard.get(timeout=PATIENCE_S))
        assert not any(isinstance(event, DeviceTrouble) for event in seen)
        assert health_of(hub, READER).status is DeviceStatus.ONLINE


def test_scans_are_events(scanner: Emulated) -> None:
    with hub_of(line_to(SCANNER, scanner)) as (_, ear):
        ear.status(DeviceStatus.ONLINE)
        scanner.command("scan 演示码")
        assert ear.next(Scanned) == Scanned("演示码")
        scanner.command("raw ff0d")
        assert ear.next(DeviceTrouble) == DeviceTrouble(SCANNER, "device.protocol")


def test_a_slip_is_printed_and_the_paper_watched(escpos: Emulated) -> None:
    with hub_of(line_to(PRINTER, escpos)) as (hub, ear):
        assert hub.print_slip(SLIP, PATIENCE_S).result(PATIENCE_S) == PrintOutcome(PrintState.CONFIRMED)
        assert health_of(hub, PRINTER).simulated
        escpos.command("paper out")
        assert ear.status(DeviceStatus.USER_ERROR).reason == "device.printer_paper"
        outcome = hub.print_slip(SLIP, PATIENCE_S).result(PATIENCE_S)
        assert outcome == PrintOutcome(PrintState.FAILED, "device.printer_paper")
        escpos.command("paper near_end")
        health = hub.probe(PRINTER).result(PATIENCE_S)
        escpos.command("paper ok")
        assert (health.status, health.facts["paper"]) == (DeviceStatus.ONLINE, "near_end")
        assert ear.status(DeviceStatus.ONLINE) == health


def test_the_width_of_the_paper_is_the_settings() -> None:
    with hub_of(DeviceLine(PRINTER, "escpos", "/dev/no-such-port", width_mm=58)) as (hub, _):
        assert hub.slip_paper() == SlipPaper(58, 384)


def test_a_reader_that_comes_late_goes_and_comes_again(caplog: pytest.LogCaptureFixture) -> None:
    """Starts with nothing plugged in; the emulator restarts on the same port; said once each time."""
    address = own_address()
    with (
        caplog.at_level(logging.INFO, "devices"),
        hub_of(line_to(READER, f"socket://{address}")) as (hub, ear),
    ):
        assert ear.status(DeviceStatus.NO_DEVICE).reason == "device.not_found"
        for _ in range(2):
            with emulator("sdt", "--listen", address):
                assert ear.status(DeviceStatus.ONLINE).reason == ""
                hub.watch_cards(True)
                assert ear.next(CardRead).document == PRESETS["resident"].document
            assert ear.status(DeviceStatus.NO_DEVICE).reason == "device.not_found"
    said = [record.getMessage() for record in caplog.records]
    assert said == ["id_reader: device.not_found", "id_reader: ok"] * 2 + ["id_reader: device.not_found"]


def test_a_printer_that_hung_up_meanwhile_still_prints() -> None:
    address = own_address()
    with emulator("escpos", "--listen", address) as device:
        hub = DeviceHub([line_to(PRINTER, device)], Now())
        assert hub.print_slip(SLIP, PATIENCE_S).result(PATIENCE_S).state is PrintState.CONFIRMED
    with emulator("escpos", "--listen", address) as device:
        assert hub.print_slip(SLIP, PATIENCE_S).result(PATIENCE_S).state is PrintState.CONFIRMED
        assert len(device.command("printed")["slips"]) == 1
        hub.close()


def test_a_person_who_asks_does_not_wait_for_the_back_off() -> None:
    address = own_address()
    with hub_of(line_to(PRINTER, f"socket://{address}")) as (hub, ear):
        ear.status(DeviceStatus.NO_DEVICE)
        for _ in range(8):  # the pause grows
            assert hub.probe(PRINTER).result(PATIENCE_S).status is DeviceStatus.NO_DEVICE
        with emulator("escpos", "--listen", address):
            outcome = hub.print_slip(SLIP, PATIENCE_S).result(PATIENCE_S)
    assert outcome == PrintOutcome(PrintState.CONFIRMED)


def test_a_listener_that_raises_harms_nobody(sdt: Emulated, caplog: pytest.LogCaptureFixture) -> None:
    reset(sdt)

    def bad(event: DeviceEvent) -> None:
        raise RuntimeError("a bug of the listener")

    hub, ear = DeviceHub([line_to(READER, sdt)], Now()), Ear()
    hub.listen(bad)
    hub.listen(ear.heard.put)
    hub.watch_cards(True)
    sdt.command("put rare")
    assert ear.next(CardRead).document == PRESETS["rare"].document
    hub.close()


def test_nothing_of_a_card_or_a_code_is_logged(
    sdt: Emulated, scanner: Emulated, caplog: pytest.LogCaptureFixture
) -> None:
    reset(sdt)
    document = PRESETS["rare"].document
    devices = (line_to(READER, sdt), line_to(SCANNER, scanner))
    with caplog.at_level(logging.DEBUG), hub_of(*devices) as (hub, ear):
        hub.watch_cards(True)
        ear.next(DeviceHealth, lambda health: health.kind is SCANNER)
        sdt.command("put rare")
        ear.next(CardRead)
        sdt.command("fault status:41")
        sdt.command("put rare")
        ear.next(DeviceTrouble)
        scanner.command("scan SECRETCODE")
        ear.next(Scanned)
    said = caplog.text
    assert not any(text in said for text in (document.name, document.number, document.address, "SECRETCODE"))


def test_a_port_another_program_has_is_busy_and_heals() -> None:
    """Not "no device": the cable is in, somebody else uses it."""
    with emulator("sdt", "--listen", "pty") as device:
        with serial.Serial(device.address, exclusive=True), hub_of(line_to(READER, device)) as (hub, ear):
            assert ear.status(DeviceStatus.BUSY).reason == "device.busy"
            error = hub.read_card(PATIENCE_S, Event()).exception(PATIENCE_S)
            assert isinstance(error, DeviceBusyError)
        with hub_of(line_to(READER, device)) as (_, ear):
            ear.status(DeviceStatus.ONLINE)


def test_what_a_device_can_do_is_told_and_kept_while_it_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    """The driver is played: its conditions are what is looked at here."""

    class Played:
        def __init__(self, line: object) -> None:
            self.line = line

        def check(self) -> Condition:
            return Condition(facts={"paper": "unknown"}, capabilities=("cutter",))

    monkeypatch.setitem(
        registry._DRIVERS[PRINTER], "played", DriverEntry(lambda line, device: Played(line), 0)
    )
    with emulator("escpos") as device:
        hub, ear = DeviceHub([DeviceLine(PRINTER, "played", device.url)], Now()), Ear()
        hub.listen(ear.heard.put)
        assert ear.status(DeviceStatus.ONLINE).capabilities == ("cutter",)
    health = ear.status(DeviceStatus.NO_DEVICE)
    hub.close()
    assert (health.capabilities, health.facts) == (("cutter",), {})


def test_a_self_test_asks_the_driver_for_more_than_how_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    class Tested:
        def check(self) -> Condition:
            return Condition()

        def self_test(self) -> Condition:
            return Condition(facts={"page": "printed"})

    monkeypatch.setitem(registry._DRIVERS[PRINTER], "tested", DriverEntry(lambda line, device: Tested(), 0))
    with emulator("escpos") as device, hub_of(DeviceLine(PRINTER, "tested", device.url)) as (hub, _):
        assert hub.self_test(PRINTER).result(PATIENCE_S).facts == {"page": "printed"}


def test_a_flapping_device_does_not_fill_the_log(caplog: pytest.LogCaptureFixture) -> None:
    with (
        caplog.at_level(logging.INFO, "devices"),
        strange_server(hang_up) as url,
        hub_of(DeviceLine(SCANNER, "serial", url)) as (_, ear),
    ):
        for _ in range(CHANGES):
            ear.status(DeviceStatus.ONLINE)
            ear.status(DeviceStatus.NO_DEVICE)
    assert len(caplog.records) <= CHANGES + 1


LEAVING = """
import sys
from datetime import datetime, UTC
from threading import Event
from app.domain.device import DeviceKind
from devices.hub import DeviceHub
from devices.registry import DeviceLine

class Now:
    def now(self):
        return datetime.now(UTC)

hub = DeviceHub([DeviceLine(DeviceKind.ID_READER, "sdt", sys.argv[1])], Now())
hub.watch_cards(True)
future = hub.read_card(600, Event())
if sys.argv[2] == "hang":
    # a library that never returns, in the reader's own thread
    hub._sessions[DeviceKind.ID_READER]._worker.submit(Event().wait)
    print("leaving", flush=True)
else:
    hub.close()
"""


@pytest.mark.parametrize("how", ["hang", "close"])
def test_the_interpreter_ends_while_a_device_hangs(sdt: Emulated, how: str) -> None:
    sdt.command("fault dead")
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", LEAVING, sdt.url, how],
        cwd=ROOT,
        timeout=PATIENCE_S,
        capture_output=True,
        text=True,
        check=False,
    )
    sdt.command("fault none")
    assert (done.returncode, done.stderr) == (0, "")
