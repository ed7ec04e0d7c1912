"""A test slip goes through the real press and the real hub to an emulated printer, and counts as nothing."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from app.domain.device import DeviceHealth, DeviceKind, DeviceStatus
from app.domain.printing import PrintOutcome, PrintState
from app.errors import DeviceNotConfiguredError
from app.receipts.press import Press
from app.services import device_test
from app.services.office import Office
from app.texts import load
from devices.hub import DeviceHub
from devices.registry import DeviceLine
from tests.devices.emulators import Emulated, emulator
from tests.services.fakes import Hall

PRINTER = DeviceKind.RECEIPT_PRINTER


@pytest.fixture(scope="module")
def printer() -> Iterator[Emulated]:
    with emulator("escpos") as running:
        yield running


@pytest.fixture
def trying(hall: Hall, office: Office, printer: Emulated) -> Iterator[Office]:
    for command in ("forget", "fault none", "paper ok"):
        printer.command(command)
    hub = DeviceHub([DeviceLine(PRINTER, "escpos", printer.url, profile="epson_tm80")], office.clock)
    try:
        hub.probe(PRINTER).result(20)
        yield replace(office, devices=hub, press=Press(load()))
    finally:
        hub.close()


def test_a_test_slip_says_whose_it_is_and_is_nobodys_receipt(trying: Office, printer: Emulated) -> None:
    assert device_test.test_device(trying, PRINTER) == PrintOutcome(PrintState.CONFIRMED)
    [slip] = printer.command("printed")["slips"]
    lines = "\n".join(slip["lines"])
    for word in ("测试页", "不是受理凭证", trying.station.station_id, "EMULATOR", "Epson TM-T82", "576"):
        assert word in lines, word
    assert slip["cut"]
    with trying.store.begin() as work:
        assert list(work.open_prints()) == []


def test_a_test_slip_is_as_honest_as_a_receipt(trying: Office, printer: Emulated) -> None:
    printer.command("paper out")
    outcome = device_test.print_test_slip(trying)
    assert outcome == PrintOutcome(PrintState.FAILED, "device.printer_paper")
    assert printer.command("printed")["slips"] == []


def test_other_devices_have_tests_of_their_own(trying: Office) -> None:
    with pytest.raises(DeviceNotConfiguredError):
        device_test.test_device(trying, DeviceKind.ID_READER)


def test_a_station_without_a_printer_is_told(office: Office) -> None:
    hub = DeviceHub([], office.clock)
    alone = replace(office, devices=hub, press=Press(load()))
    outcome = device_test.test_device(alone, PRINTER)
    assert outcome == PrintOutcome(PrintState.FAILED, DeviceNotConfiguredError.code)
    assert not isinstance(outcome, DeviceHealth)
    assert DeviceStatus.ONLINE not in {health.status for health in hub.health()}
    hub.close()
