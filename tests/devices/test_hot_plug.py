"""Devices that come, go, hang and come again, in any order, while the others work on.

Every device is a process of its own, on a pseudo terminal (its end closes: a real tty hangs up) or on TCP.
"""

import itertools
import os
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import Event

import pytest

from app.domain.device import CardRead, DeviceKind, DeviceStatus, Scanned
from app.domain.printing import PrintState
from app.errors import DeviceError
from devices import session
from devices.driver import Condition
from devices.hub import DeviceHub
from devices.registry import DeviceLine, DriverEntry
from tests.devices.emulators import Emulated, emulator, own_address
from tests.devices.test_auto_line import KINDS, Sockets, each, gone, online
from tests.devices.test_hub import (
    DRIVERS,
    PATIENCE_S,
    PRINTER,
    READER,
    SCANNER,
    SLIP,
    Ear,
    Now,
    health_of,
    hub_of,
    line_to,
)

PAIRS = ((READER, PRINTER), (PRINTER, SCANNER), (SCANNER, READER))


class Desk:
    """The sockets of a station: a device of each kind can be plugged in and out."""

    def __init__(self, folder: Path, over: str) -> None:
        self._over = over
        self._sockets = Sockets(folder, len(KINDS))
        self._places = {kind: number for number, kind in enumerate(KINDS)}
        self._addresses = {kind: own_address() for kind in KINDS}

    def line(self, kind: DeviceKind) -> DeviceLine:
        path = str(self._sockets.paths[self._places[kind]])
        return line_to(kind, path if self._over == "pty" else f"socket://{self._addresses[kind]}")

    @contextmanager
    def plugged(self, kind: DeviceKind) -> Iterator[Emulated]:
        if self._over == "pty":
            with self._sockets.plugged(self._places[kind], kind) as device:
                yield device
        else:
            with emulator(KINDS[kind], "--listen", self._addresses[kind]) as device:
                yield device


def works(hub: DeviceHub, ear: Ear, kind: DeviceKind, device: Emulated) -> None:
    """The device does what it is for."""
    if kind is READER:
        device.command("put rare")
        assert hub.read_card(PATIENCE_S, Event()).result(PATIENCE_S).document.name
    elif kind is PRINTER:
        assert hub.print_slip(SLIP, PATIENCE_S).result(PATIENCE_S).state is PrintState.CONFIRMED
    else:
        device.command("scan A1")
        assert ear.next(Scanned) == Scanned("A1")


@pytest.mark.devices
@pytest.mark.parametrize("over", ["pty", "tcp"])
@pytest.mark.parametrize(
    "order", list(itertools.permutations(KINDS)), ids=lambda o: "-".join(k.value for k in o)
)
def test_any_order_of_plugging_in_and_out(tmp_path: Path, order: Sequence[DeviceKind], over: str) -> None:
    desk = Desk(tmp_path, over)
    with hub_of(*(desk.line(kind) for kind in KINDS)) as (hub, ear), ExitStack() as plugged:
        each(ear, DeviceStatus.NO_DEVICE, KINDS)
        devices = {}
        for kind in order:
            devices[kind] = plugged.enter_context(desk.plugged(kind))
            online(ear, kind)
            for there in devices:
                works(hub, ear, there, devices[there])


@pytest.mark.parametrize(
    ("kind", "over", "times"),
    [
        (READER, "pty", 2),
        (PRINTER, "tcp", 2),
        *(
            pytest.param(kind, over, 10, marks=pytest.mark.devices)
            for kind in KINDS
            for over in ("pty", "tcp")
        ),
    ],
)
def test_out_and_in_again_many_times(tmp_path: Path, kind: DeviceKind, over: str, times: int) -> None:
    desk = Desk(tmp_path, over)
    with hub_of(desk.line(kind)) as (hub, ear):
        for _ in range(times):
            gone(ear, kind)
            with desk.plugged(kind) as device:
                online(ear, kind)
                works(hub, ear, kind, device)
        gone(ear, kind)


@pytest.mark.parametrize("over", ["pty", pytest.param("tcp", marks=pytest.mark.devices)])
def test_back_sooner_than_the_back_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, over: str) -> None:
    """The next try is an hour away; what is plugged in is there before."""
    monkeypatch.setattr(session, "PAUSES_S", (3600.0,))
    desk = Desk(tmp_path, over)
    with hub_of(desk.line(PRINTER)) as (hub, ear):
        for _ in range(8):
            hub.probe(PRINTER).result(PATIENCE_S)
        with desk.plugged(PRINTER):
            online(ear, PRINTER)


@pytest.mark.devices
@pytest.mark.parametrize(("hanging", "working"), PAIRS)
def test_a_stopped_process_stops_nobody_else(hanging: DeviceKind, working: DeviceKind) -> None:
    with (
        emulator(KINDS[hanging]) as frozen,
        emulator(KINDS[working]) as device,
        hub_of(line_to(hanging, frozen), line_to(working, device)) as (hub, ear),
    ):
        each(ear, DeviceStatus.ONLINE, (hanging, working))
        os.kill(frozen.process.pid, signal.SIGSTOP)
        try:
            probing = hub.probe(hanging)
            for _ in range(3):
                works(hub, ear, working, device)
            if hanging is not SCANNER:  # a scanner that says nothing is no news
                assert probing.result(PATIENCE_S).status is DeviceStatus.OFFLINE
            began = time.monotonic()
            hub.close()
            assert time.monotonic() - began < 5.0
        finally:
            os.kill(frozen.process.pid, signal.SIGCONT)


@pytest.mark.devices
def test_a_stopped_reader_goes_on_where_it_was(sdt: Emulated) -> None:
    with emulator("sdt", "--no-card") as device, hub_of(line_to(READER, device)) as (hub, ear):
        online(ear, READER)
        hub.watch_cards(True)
        os.kill(device.process.pid, signal.SIGSTOP)
        ear.status(DeviceStatus.OFFLINE)
        os.kill(device.process.pid, signal.SIGCONT)
        online(ear, READER)
        device.command("put rare")
        assert ear.next(CardRead)


def test_a_library_that_never_returns_delays_nobody(
    monkeypatch: pytest.MonkeyPatch, escpos: Emulated
) -> None:
    """The driver is the boundary here: a vendor's library that hangs in its first question."""
    from devices import registry

    hold = Event()

    class Hanging:
        def check(self) -> object:
            hold.wait()
            raise DeviceError("too late")

    entry = DriverEntry(lambda line, device: Hanging(), 0)
    monkeypatch.setitem(registry._DRIVERS[READER], "hanging", entry)
    hub, ear = DeviceHub([DeviceLine(READER, "hanging", escpos.url), line_to(PRINTER, escpos)], Now()), Ear()
    hub.listen(ear.heard.put)
    reading = hub.read_card(0.3, Event())
    assert isinstance(reading.exception(PATIENCE_S), DeviceError)
    hub.close()  # would never return if it waited for the library
    hold.set()


def seen_until(true: Callable[[], bool]) -> None:
    ends = time.monotonic() + PATIENCE_S
    while not true():
        assert time.monotonic() < ends
        time.sleep(0.02)


def test_a_library_that_hangs_later_is_seen_to_and_heals(
    monkeypatch: pytest.MonkeyPatch, escpos: Emulated
) -> None:
    """It had answered, and then a question never comes back: that is not called well."""
    from devices import registry

    asked, hold = Event(), Event()

    class Hanging:
        def check(self) -> Condition:
            if asked.is_set():
                hold.wait(PATIENCE_S)
            return Condition()

    monkeypatch.setattr("devices.session._BUSY_S", 0.2)
    monkeypatch.setattr("devices.printer_session.LOOK_S", 0.1)
    monkeypatch.setitem(registry._DRIVERS[PRINTER], "hanging", DriverEntry(lambda line, device: Hanging(), 0))
    with hub_of(DeviceLine(PRINTER, "hanging", escpos.url)) as (hub, ear):
        online(ear, PRINTER)
        asked.set()
        seen_until(lambda: health_of(hub, PRINTER).status is DeviceStatus.OFFLINE)
        assert health_of(hub, PRINTER).reason == "device.timeout" and not health_of(hub, PRINTER).works
        asked.clear()
        hold.set()
        seen_until(lambda: health_of(hub, PRINTER).works)


@pytest.mark.parametrize("over", ["pty", pytest.param("tcp", marks=pytest.mark.devices)])
def test_a_port_that_vanishes_while_a_card_is_read(tmp_path: Path, over: str) -> None:
    desk = Desk(tmp_path, over)
    with hub_of(desk.line(READER)) as (hub, ear):
        gone(ear, READER)
        with desk.plugged(READER) as device:
            online(ear, READER)
            device.command("fault unplug_mid_read")
            device.command("put rare")
            reading = hub.read_card(PATIENCE_S, Event())
            assert isinstance(reading.exception(PATIENCE_S), DeviceError)
            if over == "pty":  # a terminal whose end was closed is no more, nor is what played the device
                assert device.process.wait(PATIENCE_S) == 0
        with desk.plugged(READER) as device:
            works(hub, ear, READER, device)


@pytest.mark.parametrize("over", ["pty", pytest.param("tcp", marks=pytest.mark.devices)])
def test_a_port_that_vanishes_while_a_slip_is_printed(tmp_path: Path, over: str) -> None:
    """Bytes have left and no proof has come: nobody knows, and nothing is printed twice by itself."""
    desk = Desk(tmp_path, over)
    with hub_of(desk.line(PRINTER)) as (hub, ear):
        gone(ear, PRINTER)
        with desk.plugged(PRINTER) as device:
            online(ear, PRINTER)
            device.command("fault no_proof")
            printing = hub.print_slip(SLIP, PATIENCE_S)
            ends = time.monotonic() + PATIENCE_S
            while not device.command("printed")["slips"] and time.monotonic() < ends:
                time.sleep(0.01)
        assert printing.result(PATIENCE_S).state is PrintState.UNKNOWN
        with desk.plugged(PRINTER) as device:
            works(hub, ear, PRINTER, device)
            assert len(device.command("printed")["slips"]) == 1
        assert health_of(hub, PRINTER).driver == DRIVERS[PRINTER]
