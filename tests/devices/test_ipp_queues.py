"""Print queues are found by asking the spooler: which take a page, which a receipt printer's own bytes."""

import pytest

from app.commands.find_devices import as_json
from app.domain.device import DeviceKind, FoundDevice
from app.errors import DeviceTimeoutError
from app.services.found_devices import station_lines
from devices.discovery import find_devices
from devices.ipp_client import Target, target_of
from devices.ipp_queues import search_queues, spooler
from devices.registry import SEARCHES
from tests.devices.emulators import Emulated, emulator


def at(running: Emulated) -> Target:
    return target_of(f"ipp://{running.address}/")


def test_every_queue_is_said_with_what_it_is_for() -> None:
    with emulator("ipp", "--queue", "office", "--queue", "till:raw", "--queue", "labels:image/x-zpl") as cups:
        found = {device.line: device for device in search_queues(at(cups))}
    assert set(found) == {"cups:office", "cups:till", "cups:labels"}
    assert (found["cups:office"].kind, found["cups:office"].driver) == (DeviceKind.A4_PRINTER, "ipp")
    assert found["cups:office"].facts["simulated"] == "yes"
    assert (found["cups:till"].kind, found["cups:till"].driver) == (DeviceKind.RECEIPT_PRINTER, "cups_raw")
    assert found["cups:till"].facts["queue"] == "raw"
    assert (found["cups:labels"].kind, found["cups:labels"].driver) == (None, "")
    assert station_lines(found["cups:till"]).splitlines() == [
        "[devices.receipt_printer]",
        'driver = "cups_raw"',
        'line = "cups:till"',
    ]


def test_find_devices_lists_them_with_the_rest() -> None:
    with emulator("ipp", "--queue", "office") as cups:
        found = find_devices(searches=[lambda: search_queues(at(cups))])
    queues = [as_json(device) for device in found if device.line.startswith("cups:")]
    assert [(queue["line"], queue["kind"]) for queue in queues] == [("cups:office", "a4_printer")]
    assert search_queues in SEARCHES


def test_a_spooler_without_queues_or_no_spooler_at_all() -> None:
    with emulator("ipp") as cups:
        assert search_queues(at(cups)) == ()
    assert search_queues(at(cups)) == ()  # gone


@pytest.mark.devices
def test_a_spooler_that_hangs_ends_the_search() -> None:
    with emulator("ipp", "--queue", "office") as cups:
        cups.command("fault silent")
        with pytest.raises(DeviceTimeoutError):
            search_queues(at(cups))
        others = find_devices(searches=[lambda: search_queues(at(cups)), lambda: [FoundDevice("usb://1")]])
    assert [device.line for device in others if device.line.startswith(("usb:", "cups:"))] == ["usb://1"]


def test_the_spooler_is_asked_on_its_own_socket_where_there_is_one(tmp_path) -> None:  # type: ignore[no-untyped-def]
    pipe = tmp_path / "cups.sock"
    assert spooler(str(pipe)).pipe == ""
    pipe.touch()
    assert (spooler(str(pipe)).pipe, spooler(str(pipe)).path) == (str(pipe), "/")
