"""The reader's driver against an emulated reader in its own process, healthy and otherwise."""

import time
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
from devices.line import Line, open_line
from devices.sdt_card import split_payload
from devices.sdt_frames import Command, FrameDecoder, Response, as_response, encode_request
from devices.sdt_reader import POLL_S, Cancelled, SdtReader
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


def asked(line: Line, command: int) -> Response:
    """One question without the driver."""
    decoder = FrameDecoder()
    line.write(encode_request(command))
    while not (bodies := decoder.feed(line.read())):
        pass
    return as_response(bodies[0])


@pytest.fixture(autouse=True)
def no_rest(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    """The reader's rest between two finds has a test of its own."""
    if "pace" not in request.node.name:
        monkeypatch.setattr("devices.sdt_reader.POLL_S", 0.0)


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


@pytest.mark.parametrize("fault", ["slow", "split", "stray", "corrupt", "glued", "doubled"])
def test_a_bad_line_is_ridden_out(sdt: Emulated, fault: str) -> None:
    found = read(sdt, fault=fault)
    assert found is not None
    assert (found.document, found.doubtful) == (PRESETS["resident"].document, False)


@pytest.mark.parametrize("fault", ["two_bits", "birth"])
def test_what_the_checksum_does_not_see_is_outvoted_by_two_good_reads(sdt: Emulated, fault: str) -> None:
    before = sdt.command("status")["reads"]
    found = read(sdt, fault=fault)
    assert found is not None
    assert (found.document, found.doubtful) == (PRESETS["resident"].document, False)
    assert sdt.command("status")["reads"] == before + 3


def test_three_reads_that_all_differ_are_doubtful(sdt: Emulated) -> None:
    found = read(sdt, fault="two_bits:3")
    assert found is not None
    assert found.doubtful
    assert found.document.number == PRESETS["resident"].document.number


def test_a_contradiction_that_stays_when_read_again_is_doubtful(sdt: Emulated) -> None:
    before = sdt.command("status")["reads"]
    found = read(sdt, fault="birth:9")
    assert found is not None
    assert found.doubtful
    assert found.document.birth != PRESETS["resident"].document.birth
    assert sdt.command("status")["reads"] == before + 2


def test_an_address_is_outvoted_too(sdt: Emulated) -> None:
    found = read(sdt, "moved", fault="two_bits:1@address")
    assert found is not None
    assert (found.document.address, found.doubtful) == (PRESETS["moved"].newest_address, False)
    found = read(sdt, "moved", fault="two_bits:3@address")
    assert found is not None
    assert found.doubtful


@pytest.mark.parametrize("size", ["0", "512", "1024"])
def test_a_fingerprint_is_passed_over_whichever_command_asked(sdt: Emulated, size: str) -> None:
    sdt.command(f"fingerprint {size}")
    try:
        found = read(sdt)
        sdt.command("put resident")
        with closing(open_line(sdt.url)) as line:
            assert (asked(line, Command.FIND).status, asked(line, Command.SELECT).status) == (0x9F, 0x90)
            data = asked(line, Command.READ_WITH_FINGERPRINT).data
    finally:
        sdt.command("fingerprint none")
    assert found is not None
    assert (found.document, found.photo) == (PRESETS["resident"].document, PHOTO)
    assert len(data) + 11 == {"0": 1297, "512": 1809, "1024": 2321}[size]
    assert split_payload(data).photo == PHOTO


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
        *((f"status:{status}", CardUnreadableError) for status in ("10", "11", "21", "23", "24", "91", "80")),
        *((f"status:{status}", CardUnreadableError) for status in ("02", "03", "9F", "EE")),
        *((f"status:{status}", DeviceNotFoundError) for status in ("01", "05")),
        ("status:40", CardUnsupportedError),
        *((f"status:{status}", DeviceServiceError) for status in ("60", "66")),
        *((f"status:{status}@find", CardUnreadableError) for status in ("31", "41", "81")),
        *((f"status:{status}@find", DeviceProtocolError) for status in ("10", "11", "21", "23", "24", "91")),
        *((f"status:{status}@find", DeviceServiceError) for status in ("60", "66")),
        ("status:02@find", DeviceTimeoutError),
        ("status:01@find", DeviceNotFoundError),
        *(
            (f"status:{status}@select", CardUnreadableError)
            for status in ("31", "32", "33", "41", "47", "81")
        ),
        *((f"status:{status}@select", DeviceProtocolError) for status in ("10", "03", "24", "9F")),
        ("status:40@select", CardUnsupportedError),
        ("status:66@select", DeviceServiceError),
        ("wrong_xor@find", DeviceProtocolError),
        ("wrong_xor@select", DeviceProtocolError),
        ("wrong_xor@read", CardUnreadableError),
        pytest.param("dead@select", DeviceTimeoutError, marks=pytest.mark.devices),
        pytest.param("dead@read", CardUnreadableError, marks=pytest.mark.devices),
    ],
)
def test_each_trouble_has_its_error(sdt: Emulated, fault: str, error: type[DeviceError]) -> None:
    with pytest.raises(error) as raised:
        read(sdt, fault=fault)
    assert type(raised.value) is error


def test_a_card_lifted_between_find_and_select_is_no_card(sdt: Emulated) -> None:
    assert read(sdt, fault="status:80@select") is None


@pytest.mark.parametrize("fault", ["status:21@address", "status:91@address", "status:41@address"])
def test_a_reader_that_tells_no_newest_address_still_reads(sdt: Emulated, fault: str) -> None:
    found = read(sdt, "moved", fault=fault)
    assert found is not None
    assert (found.document, found.doubtful) == (PRESETS["moved"].document, False)


def test_an_address_lost_on_the_line_makes_the_read_doubtful(sdt: Emulated) -> None:
    found = read(sdt, "moved", fault="wrong_xor@address")
    assert found is not None
    assert (found.document, found.doubtful) == (PRESETS["moved"].document, True)


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


def test_a_module_that_failed_its_self_test_is_reset_once(sdt: Emulated) -> None:
    before = sdt.command("status")["resets"]
    with reader_at(sdt, fault="self_test_failed") as reader:
        assert reader.check().status is DeviceStatus.ONLINE
        assert sdt.command("status")["resets"] == before + 1
        assert reader.self_test().facts == {"sam": "DEMO"}
        assert sdt.command("status")["resets"] == before + 2
    with reader_at(sdt, fault="status:60@sam") as reader, pytest.raises(DeviceServiceError):
        reader.check()
    assert sdt.command("status")["resets"] == before + 3


def test_the_pace_of_finds_is_the_makers(sdt: Emulated) -> None:
    with reader_at(sdt, fault="no_card") as reader:
        begun = time.monotonic()
        for _ in range(3):
            assert reader.read(Event()) is None
        assert time.monotonic() - begun >= 2 * POLL_S


def test_a_reader_pulled_out_and_plugged_in_again() -> None:
    with emulator("sdt") as device:
        with closing(open_line(device.url)) as line:
            reader = SdtReader(line)
            assert reader.check().simulated
            device.command("unplug")
            with pytest.raises(DeviceNotFoundError):
                reader.check()
        with pytest.raises(DeviceNotFoundError):
            open_line(device.url)
        device.command("plug")
        assert read(device) is not None


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
