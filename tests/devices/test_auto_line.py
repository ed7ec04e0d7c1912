"""Lines `auto`: a device is found by what it is, on whichever port, and found again on another one."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from serial.tools import list_ports

from app.domain.device import CardRead, DeviceHealth, DeviceKind, DeviceStatus, FoundDevice, Scanned
from app.domain.printing import PrintState
from devices.auto_line import Seekers
from devices.plugged import Port, PortBook, is_auto, token_of
from devices.registry import DeviceLine
from tests.devices.emulators import Emulated, emulator
from tests.devices.strange import Behaviour, echo, mute, noise, strange_port
from tests.devices.test_hub import (
    DRIVERS,
    PATIENCE_S,
    PRINTER,
    READER,
    SCANNER,
    SLIP,
    Ear,
    health_of,
    hub_of,
)

KINDS = {READER: "sdt", PRINTER: "escpos", SCANNER: "scanner"}


@pytest.fixture(autouse=True)
def no_ports_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(list_ports, "comports", list)


class Sockets:
    """Sockets of a computer: a plug is a link to the terminal of an emulated device."""

    def __init__(self, folder: Path, count: int) -> None:
        self.paths = [folder / f"port{number}" for number in range(count)]

    def auto(self, kind: DeviceKind, device_id: str = "") -> DeviceLine:
        line = " ".join(["auto", *map(str, self.paths)])
        return DeviceLine(kind, DRIVERS[kind], line, device_id=device_id)

    @contextmanager
    def plugged(self, number: int, kind: DeviceKind) -> Iterator[Emulated]:
        with emulator(KINDS[kind], "--listen", "pty") as device, self.linked(number, device.address):
            yield device

    @contextmanager
    def linked(self, number: int, address: str) -> Iterator[str]:
        self.paths[number].symlink_to(address)
        try:
            yield str(self.paths[number])
        finally:
            self.paths[number].unlink()


def online(ear: Ear, kind: DeviceKind) -> DeviceHealth:
    return ear.next(DeviceHealth, lambda h: h.kind is kind and h.status is DeviceStatus.ONLINE)


def gone(ear: Ear, kind: DeviceKind) -> DeviceHealth:
    return ear.next(DeviceHealth, lambda h: h.kind is kind and h.status is DeviceStatus.NO_DEVICE)


def each(ear: Ear, status: DeviceStatus, kinds: Iterable[DeviceKind]) -> None:
    """Wait until each kind has had the status, in whatever order."""
    waiting = set(kinds)
    while waiting:
        waiting.discard(ear.status(status).kind)


def test_what_is_auto() -> None:
    assert is_auto("auto")
    assert is_auto("auto /dev/ttyS0")
    assert not is_auto("/dev/auto")
    assert not is_auto("automatic")
    assert not is_auto("")


def test_a_token_changes_when_something_comes_and_goes(tmp_path: Path) -> None:
    port = tmp_path / "port"
    lines = [str(port), f"auto {port}"]
    before = [token_of(line) for line in lines]
    port.touch()
    there = [token_of(line) for line in lines]
    port.chmod(0o600)
    ours = [token_of(line) for line in lines]
    port.unlink()
    assert [token_of(line) for line in lines] == before
    for states in zip(before, there, ours, strict=True):
        assert len(set(states)) == 3


def test_the_book_knows_a_port_by_all_its_names(tmp_path: Path) -> None:
    port, link = tmp_path / "ttyUSB0", tmp_path / "by-id"
    link.symlink_to(port)
    book = PortBook()
    book.reserve(str(link))
    assert not book.try_take(str(port))
    book.release(str(link))
    with book.taking(str(port)) as free, book.taking(str(link)) as second:
        assert (free, second) == (True, False)
    assert book.try_take(str(link))


@pytest.mark.devices
@pytest.mark.parametrize("order", [(SCANNER, PRINTER, READER), (READER, PRINTER, SCANNER)])
def test_devices_among_strangers_find_their_ports(tmp_path: Path, order: tuple[DeviceKind, ...]) -> None:
    sockets = Sockets(tmp_path, 5)
    with hub_of(*(sockets.auto(kind) for kind in order)) as (hub, ear), strange_port(echo) as stranger:
        each(ear, DeviceStatus.NO_DEVICE, order)
        with (
            sockets.linked(0, stranger),
            sockets.plugged(1, order[0]) as first,
            sockets.plugged(3, order[1]) as second,
            sockets.plugged(4, order[2]) as third,
        ):
            ends = {order[0]: first, order[1]: second, order[2]: third}
            each(ear, DeviceStatus.ONLINE, order)
            lines = {kind: health_of(hub, kind).line for kind in order}
            assert lines == {kind: str(sockets.paths[n]) for kind, n in zip(order, (1, 3, 4), strict=True)}
            hub.watch_cards(True)
            ends[READER].command("put rare")
            assert ear.next(CardRead)
            ends[SCANNER].command("scan A1")
            assert ear.next(Scanned) == Scanned("A1")
            assert hub.print_slip(SLIP, PATIENCE_S).result(PATIENCE_S).state is PrintState.CONFIRMED


@pytest.mark.devices
def test_a_device_is_found_again_on_another_port(tmp_path: Path) -> None:
    sockets = Sockets(tmp_path, 3)
    with hub_of(sockets.auto(READER)) as (hub, ear):
        for number in (2, 0):
            with sockets.plugged(number, READER):
                assert online(ear, READER).line == str(sockets.paths[number])
            gone(ear, READER)
        assert health_of(hub, READER).status is DeviceStatus.NO_DEVICE


@pytest.mark.devices
def test_only_the_device_with_the_configured_id_will_do(tmp_path: Path) -> None:
    sockets = Sockets(tmp_path, 1)
    with sockets.plugged(0, READER):
        with hub_of(sockets.auto(READER, "05.01-20260101-0000000001-0000000001")) as (hub, ear):
            gone(ear, READER)
            assert hub.probe(READER).result(PATIENCE_S).status is DeviceStatus.NO_DEVICE
        with hub_of(sockets.auto(READER, "DEMO")) as (_, ear):
            assert online(ear, READER).facts["sam"] == "DEMO"


def test_a_port_of_another_configured_device_is_never_asked(tmp_path: Path) -> None:
    sockets = Sockets(tmp_path, 2)
    heard: list[bytes] = []

    def listen(data: bytes) -> bytes:
        heard.append(data)
        return b""

    with strange_port(listen) as port, sockets.linked(0, port), sockets.plugged(1, READER):
        fixed = DeviceLine(SCANNER, "serial", port)  # by another name than the link's
        with hub_of(sockets.auto(READER), fixed) as (_, ear):
            assert online(ear, READER).line == str(sockets.paths[1])
    assert b"".join(heard) == b""


def test_who_is_remembered_is_preferred() -> None:
    """Two readers: the one that was here before comes back, though another one answers first."""
    ports = {"a": "one", "b": "two"}

    def ask(port: Port, speeds: tuple[int, ...], over: object, familiar: int) -> FoundDevice:
        return FoundDevice(port.line, READER, "sdt", baudrate=9600, facts={"id": ports[port.line]})

    seekers = Seekers(lambda: [Port(line) for line in ports], ask, (), PortBook())
    seeker = seekers.of(DeviceLine(READER, "sdt", "auto"))
    assert seeker.seek(lambda: False).line == "a"
    seeker.lost()
    ports.clear()
    ports.update({"c": "two", "d": "one"})
    assert seeker.seek(lambda: False).line == "d"
    assert seekers.book.try_take("c")
    seeker.lost()
    ports.clear()
    ports.update({"e": "three"})  # replaced by a technician
    assert seeker.seek(lambda: False).line == "e"


@pytest.mark.devices
@pytest.mark.parametrize("behave", [mute, noise(3), echo])
def test_strangers_are_no_readers(tmp_path: Path, behave: Behaviour) -> None:
    sockets = Sockets(tmp_path, 1)
    with strange_port(behave) as port, sockets.linked(0, port), hub_of(sockets.auto(READER)) as (hub, ear):
        gone(ear, READER)
        assert hub.probe(READER).result(PATIENCE_S).status is DeviceStatus.NO_DEVICE
