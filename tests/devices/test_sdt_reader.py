"""The reader's driver against an emulated reader in its own process, healthy and otherwise."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from threading import Event

import pytest

from app.domain.device import CardRead, DeviceStatus
from app.errors import (
    CardUnreadableError,
    CardUnsupportedError,
    DeviceError,
    DeviceNotFoundError,
    DeviceProtocolError,
    DeviceServiceError,
    DeviceTimeoutError,
)
from devices.emulators.cards import PRESETS
from devices.emulators.sdt import PHOTO
from devices.line import open_line
from devices.sdt_reader import Cancelled, SdtReader
from tests.devices.emulators import Emulated, emulator


@contextmanager
def reader_at(device: Emulated, card: str = "resident", fault: str = "none") -> Iterator[SdtReader]:
    device.command(f"fault {fault}")
    device.command(f"put {card}")
    with closing(open_line(device.url)) as line:
        yield SdtReader(line)


def read(device: Emulated, card: str = "resident", fault: str = "none") -> CardRead | None:
    with reader_at(device, card, fault) as reader:
        return reader.read(Event())


@pytest.mark.parametrize("name", PRESETS)
def test_every_kind_of_card(sdt: Emulated, name: str) -> None:
    found = read(sdt, name)
    assert found is not None
    card = PRESETS[name]
    assert found.document.address == (card.newest_address or card.document.address)
    assert found.document.name == card.document.name
    assert (found.doubtful, found.photo) == (False, PHOTO)


def test_a_card_is_given_out_once_until_it_is_lifted(sdt: Emulated) -> None:
    with reader_at(sdt) as reader:
        assert reader.read(Event()) is not None
        assert reader.read(Event()) is None
        sdt.command("put rare")
        again = reader.read(Event())
        assert again is not None
        assert again.document.name == PRESETS["rare"].document.name


def test_two_programs_one_after_the_other_both_find_the_card(sdt: Emulated) -> None:
    assert read(sdt) is not None
    with closing(open_line(sdt.url)) as line:
        assert SdtReader(line).read(Event()) is not None


@pytest.mark.parametrize("fault", ["slow", "split", "stray", "corrupt"])
def test_a_bad_line_is_ridden_out(sdt: Emulated, fault: str) -> None:
    found = read(sdt, fault=fault)
    assert found is not None
    assert (found.document, found.doubtful) == (PRESETS["resident"].document, False)


def test_what_the_checksum_does_not_see_makes_the_read_doubtful(sdt: Emulated) -> None:
    found = read(sdt, fault="two_bits")
    assert found is not None
    assert found.document.name != PRESETS["resident"].document.name
    assert found.doubtful


def test_an_empty_pad_is_no_error(sdt: Emulated) -> None:
    assert read(sdt, fault="no_card") is None


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ("corrupt_twice", CardUnreadableError),
        ("truncated", CardUnreadableError),
        ("dead", DeviceTimeoutError),
        ("garbage", DeviceProtocolError),
        ("unplug_mid_read", DeviceNotFoundError),
        ("wrong_card", CardUnsupportedError),
        ("sam_not_authorised", DeviceServiceError),
        *((f"status:{status}", CardUnreadableError) for status in ("31", "32", "33", "41", "47", "81")),
        *((f"status:{status}", CardUnreadableError) for status in ("10", "11", "21", "24", "91", "80")),
        ("status:40", CardUnsupportedError),
        *((f"status:{status}", DeviceServiceError) for status in ("60", "66")),
    ],
)
def test_each_trouble_has_its_error(sdt: Emulated, fault: str, error: type[DeviceError]) -> None:
    with pytest.raises(error) as raised:
        read(sdt, fault=fault)
    assert type(raised.value) is error


def test_after_trouble_the_next_card_reads(sdt: Emulated) -> None:
    with reader_at(sdt, fault="corrupt_twice") as reader:
        with pytest.raises(CardUnreadableError):
            reader.read(Event())
        sdt.command("fault none")
        sdt.command("put rare")
        found = reader.read(Event())
    assert found is not None
    assert found.document == PRESETS["rare"].document


def test_the_reader_says_who_it_is(sdt: Emulated) -> None:
    with reader_at(sdt) as reader:
        condition = reader.check()
    assert (condition.status, condition.facts, condition.simulated) == (
        DeviceStatus.ONLINE,
        {"sam": "DEMO"},
        True,
    )


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        pytest.param("dead", DeviceTimeoutError, marks=pytest.mark.devices),
        ("sam_not_authorised", DeviceServiceError),
    ],
)
def test_a_reader_that_cannot_work_says_so_when_asked(
    sdt: Emulated, fault: str, error: type[DeviceError]
) -> None:
    with reader_at(sdt, fault=fault) as reader, pytest.raises(error):
        reader.check()


def test_a_cancel_ends_a_read_that_waits(sdt: Emulated) -> None:
    cancelled = Event()
    cancelled.set()
    with reader_at(sdt, fault="dead") as reader, pytest.raises(Cancelled):
        reader.read(cancelled)


def test_over_a_pseudo_terminal_by_pyserial() -> None:
    with (
        emulator("sdt", "--listen", "pty", "--fault", "stray") as device,
        closing(open_line(device.url)) as line,
    ):
        reader = SdtReader(line)
        assert reader.check().simulated
        found = reader.read(Event())
    assert found is not None
    assert found.document == PRESETS["resident"].document
