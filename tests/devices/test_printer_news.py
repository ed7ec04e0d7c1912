"""What a printer tells by itself is heard between two looks, and only then is it asked."""

import time
from contextlib import closing
from threading import Event

import pytest

from app.domain.device import DeviceStatus
from app.domain.printing import PrintOutcome, PrintState, SlipText
from app.errors import SettingsError
from devices import escpos_status as status
from devices import printer_session, registry
from devices.driver import Condition
from devices.escpos_printer import EscposPrinter
from devices.hub import DeviceHub
from devices.line import open_line
from devices.registry import DeviceLine, DriverEntry
from tests.devices.emulators import Emulated, emulator
from tests.devices.strange import strange_server
from tests.devices.test_hub import PATIENCE_S, PRINTER, Now, hub_of, line_to

COVER_OPEN = b"\x38\x00\x00\x00"  # as automatic status tells it


def next_news(printer: EscposPrinter) -> Condition:
    ends = time.monotonic() + PATIENCE_S
    while time.monotonic() < ends:
        if (news := printer.news()) is not None:
            return news
    raise AssertionError("no news")


def test_cover_and_paper_are_told_without_a_look(escpos: Emulated) -> None:
    for command in ("fault none", "paper ok", "cover closed"):
        escpos.command(command)
    with closing(open_line(escpos.url)) as line:
        printer = EscposPrinter(line)
        assert {"cutter", "print_proof", "automatic_status"} <= set(printer.check().capabilities)
        assert next_news(printer).status is DeviceStatus.ONLINE  # how it is, told when switched on
        assert printer.news() is None
        for command, reason, paper in (
            ("cover open", "device.printer_cover", "ok"),
            ("cover closed", "", "ok"),
            ("paper near_end", "", "near_end"),
            ("paper out", "device.printer_paper", "out"),
            ("paper ok", "", "ok"),
        ):
            escpos.command(command)
            news = next_news(printer)
            assert (news.reason, news.facts["paper"]) == (reason, paper)


def test_a_slip_that_resets_the_printer_does_not_end_its_news(escpos: Emulated) -> None:
    with closing(open_line(escpos.url)) as line:
        printer = EscposPrinter(line)
        printer.check()
        assert printer.print(b"\x1b@slip\n\x1dVB\x00", PATIENCE_S).state is PrintState.CONFIRMED
        printer.check()
        printer.check()  # answered only when it has carried out what the first one asked: to tell again
        escpos.command("cover open")
        assert next_news(printer).reason == "device.printer_cover"
        escpos.command("cover closed")


def test_the_hub_hears_of_the_cover_between_two_looks(
    escpos: Emulated, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next look is an hour away: what is heard was told."""
    monkeypatch.setattr(printer_session, "LOOK_S", 3600.0)
    with hub_of(line_to(PRINTER, escpos)) as (hub, ear):
        ear.status(DeviceStatus.ONLINE)
        escpos.command("cover open")
        assert ear.status(DeviceStatus.USER_ERROR).reason == "device.printer_cover"
        escpos.command("cover closed")
        assert "print_proof" in ear.status(DeviceStatus.ONLINE).capabilities


class SlowToTell:
    """A printer that answers what it is asked, and tells of itself only when it may."""

    def __init__(self) -> None:
        self.asked_twice, self.may_tell, self.told = Event(), Event(), False
        self._wishes = 0

    def __call__(self, data: bytes) -> bytes:
        self._wishes += data.count(status.TELL_CHANGES)
        if self._wishes >= 2:  # the look of the opening, and the first of the polling
            self.asked_twice.set()
        tells = self.may_tell.is_set() and not self.told
        self.told = self.told or tells
        open_now = self.told * 0x04
        looks = sum(data.count(b"\x10\x04" + bytes([n])) for n in (1, 4))
        return (
            bytes([0x12 | open_now]) * data.count(status.ASK_OFFLINE)
            + b"\x12" * looks
            + b"\x00" * data.count(status.ASK_PAPER_IN_ORDER)
            + COVER_OPEN * tells
        )


def test_first_news_that_come_late_are_heard_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy printer may tell how it is long after it was asked to: it is listened to from the asking on."""
    monkeypatch.setattr(printer_session, "LOOK_S", 3600.0)
    printer = SlowToTell()
    with strange_server(printer) as url, hub_of(line_to(PRINTER, url)) as (_, ear):
        ear.status(DeviceStatus.ONLINE)
        assert printer.asked_twice.wait(PATIENCE_S)
        printer.may_tell.set()
        assert ear.status(DeviceStatus.USER_ERROR).reason == "device.printer_cover"


def test_the_profile_of_a_station_reaches_driver_and_paper() -> None:
    with emulator("escpos", "--width-mm", "58", "--no-cutter") as device:
        line = DeviceLine(PRINTER, "escpos", device.url, profile="clone58_raster")
        with hub_of(line) as (hub, ear):
            health = ear.status(DeviceStatus.ONLINE)
            assert "cutter" not in health.capabilities
            paper = hub.slip_paper()
            assert (paper.dots, paper.cutter, paper.text) == (384, False, SlipText.RASTER)


class Patient:
    """A driver that tells how long it was given."""

    given_s = 0.0

    def check(self) -> Condition:
        return Condition()

    def print(self, data: bytes, deadline_s: float) -> PrintOutcome:
        Patient.given_s = deadline_s
        return PrintOutcome(PrintState.CONFIRMED)


@pytest.mark.parametrize(("line", "least", "most"), [("/dev/pts/none", 45, 60), ("socket://x:1", 9, 20)])
def test_a_slow_line_is_given_the_time_its_bytes_take(
    monkeypatch: pytest.MonkeyPatch, line: str, least: float, most: float
) -> None:
    entry = DriverEntry(lambda line, device: Patient(), 9600, lambda device, baudrate: NoLine())
    monkeypatch.setitem(registry._DRIVERS[PRINTER], "patient", entry)
    with hub_of(DeviceLine(PRINTER, "patient", line)) as (hub, _):
        assert hub.print_slip(bytes(38_400), 10.0).result(PATIENCE_S).state is PrintState.CONFIRMED
    assert least < Patient.given_s < most


class NoLine:
    def close(self) -> None:
        pass


def test_a_model_nobody_wrote_stops_the_start() -> None:
    with pytest.raises(SettingsError, match="tm_nothing"):
        DeviceHub([DeviceLine(PRINTER, "escpos", "/dev/none", profile="tm_nothing")], Now())
