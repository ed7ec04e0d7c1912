"""Makers' scanners: told to look, told to stop, and never an answer taken for a code."""

import time
from collections.abc import Callable
from contextlib import closing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.device import DeviceHealth, DeviceKind, DeviceStatus, Scanned
from app.errors import SettingsError
from devices.emulators.scanner import COMMANDS, answer_to, ssi_packet
from devices.hub import DeviceHub
from devices.line import open_line
from devices.registry import DeviceLine
from devices.scanner import SILENCE_S, CodeSplitter, SerialScanner
from devices.scanner_profiles import AnswerFilter, profile_of, profiles
from devices.ssi_frames import HOST_ACK, SsiFilter, checksum, frame, packet_size
from tests.devices.emulators import Emulated, emulator
from tests.patience import PATIENCE_S
from tests.services.fakes import FakeClock

MAKERS = [word for word in COMMANDS if word]
TEXT = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), min_size=1, max_size=60)


def until(seen: Callable[[], object]) -> bool:
    ends = time.monotonic() + PATIENCE_S
    while not (found := bool(seen())) and time.monotonic() < ends:
        time.sleep(0.01)
    return found


def cut(data: bytes, sizes: st.DataObject) -> list[bytes]:
    pieces = []
    while data:
        size = sizes.draw(st.integers(1, len(data)))
        pieces.append(data[:size])
        data = data[size:]
    return pieces


# -- the tables ----------------------------------------------------------------------------------


@pytest.mark.parametrize("maker", MAKERS)
def test_our_commands_are_the_ones_the_maker_knows(maker: str) -> None:
    profile = profile_of(maker)
    assert COMMANDS[maker][profile.start] is True
    assert COMMANDS[maker][profile.stop] is False


def test_every_profile_can_either_be_told_or_types() -> None:
    for word, profile in profiles().items():
        assert bool(profile.start) == bool(profile.stop), word
        assert bool(profile.start) != bool(profile.prefix), word


def test_an_unknown_profile_is_a_fault_of_the_settings() -> None:
    with pytest.raises(SettingsError):
        DeviceHub([DeviceLine(DeviceKind.SCANNER, "serial", "loop://", profile="nobody")], FakeClock())


# Published packets: Zebra's Simple Serial Interface guide.
PUBLISHED = [
    "04 E4 04 00 FF 14", "04 E5 04 00 FF 13", "04 E9 04 00 FF 0F", "04 EA 04 00 FF 0E",
    "04 D0 00 00 FF 2C", "04 D0 04 00 FF 28", "07 C6 04 00 FF 8A 08 FD 9E",
]  # fmt: skip


@pytest.mark.parametrize("packet", PUBLISHED)
def test_published_checksums(packet: str) -> None:
    data = bytes.fromhex(packet)
    assert checksum(data[:-2]) == data[-2:]
    assert frame(data[1], data[4:-2], source=data[2]) == data


def test_the_hosts_acknowledgement_is_the_published_one() -> None:
    assert bytes.fromhex("04 D0 04 00 FF 28") == HOST_ACK


# -- answers -------------------------------------------------------------------------------------


@pytest.mark.parametrize("maker", ["newland", "gm65"])
@given(texts=st.lists(TEXT, max_size=3), data=st.data())
def test_an_answer_is_never_a_code(maker: str, texts: list[str], data: st.DataObject) -> None:
    """However the bytes are cut, and wherever between the codes the answers stand."""
    answers = [answer_to(maker, command) for command in COMMANDS[maker]]
    stream = b""
    for text in texts:
        stream += data.draw(st.sampled_from([b"", *answers])) + text.encode() + b"\r"
    stream += data.draw(st.sampled_from(answers))
    filtered, splitter = AnswerFilter(profile_of(maker).answers), CodeSplitter()
    codes = [code for piece in cut(stream, data) for code in splitter.feed(filtered.feed(piece))]
    codes += splitter.feed(filtered.end()) + splitter.end()
    assert codes == [text.encode() for text in texts]


def test_half_an_answer_is_no_code() -> None:
    filtered = AnswerFilter(profile_of("gm65").answers)
    assert filtered.feed(bytes.fromhex("02 00 00 01")) == b""
    assert filtered.waiting
    assert filtered.end() == b""
    assert filtered.feed(b"31\r") == b"31\r"


@pytest.mark.parametrize("status", ["06", "15", "05"])
def test_newland_says_done_refused_or_unknown(status: str) -> None:
    answer = bytes.fromhex("02 01 30 30 30 30 40 53 43 4E 4D 4F 44 30" + status + "3B 03")
    assert AnswerFilter(profile_of("newland").answers).feed(answer + b"A1\r") == b"A1\r"


# -- packets -------------------------------------------------------------------------------------


@given(st.lists(st.text(min_size=1, max_size=60).map(lambda t: t.encode()[:200]), max_size=3), st.data())
def test_packets_come_out_whole_and_each_is_acknowledged(codes: list[bytes], data: st.DataObject) -> None:
    ack = answer_to("zebra_ssi", b"")
    stream = b"".join(ack + ssi_packet(code) for code in codes) + ack
    packets, out, replies = SsiFilter(), b"", b""
    for piece in cut(stream, data):
        out += packets.feed(piece)
        replies += packets.replies
    assert out + packets.end() == b"".join(code + b"\r" for code in codes)
    assert replies == HOST_ACK * len(codes)


def test_a_packet_sent_once_more_is_told_once_and_acknowledged_again() -> None:
    packets = SsiFilter()
    assert packets.feed(ssi_packet(b"CODE") + ssi_packet(b"CODE", status=1)) == b"CODE\r"
    assert packets.replies == HOST_ACK * 2
    assert packets.feed(ssi_packet(b"CODE")) == b"CODE\r"  # laid down once more


def test_a_code_in_several_packets() -> None:
    packets = SsiFilter()
    assert packets.feed(ssi_packet(b"FIRST ", status=2) + ssi_packet(b"SECOND")) == b"FIRST SECOND\r"


@given(st.binary(min_size=1, max_size=40), st.integers(0, 400))
def test_a_packet_with_a_flipped_bit_is_no_code(code: bytes, where: int) -> None:
    good = ssi_packet(code)
    bad = bytearray(good)
    bad[where // 8 % len(good)] ^= 1 << where % 8
    packets = SsiFilter()
    out = packets.feed(bytes(bad)) + packets.end()
    assert code + b"\r" != out
    assert packets.replies == b""


@given(TEXT)
def test_a_scanner_not_set_to_packets_is_understood_too(text: str) -> None:
    packets = SsiFilter()
    out = packets.feed(text.encode() + b"\r\n")
    assert out + packets.end() == text.encode() + b"\r\n"


@given(st.binary(min_size=1, max_size=300))
def test_any_bytes_are_taken(data: bytes) -> None:
    size = packet_size(data)
    assert size is None or 0 <= size <= len(data)
    packets = SsiFilter()
    assert len(packets.feed(data) + packets.end()) <= len(data)


# -- real processes ------------------------------------------------------------------------------


class Heard:
    """A hub with one scanner, and what it said."""

    def __init__(self, device: Emulated, profile: str, driver: str = "serial") -> None:
        line = DeviceLine(DeviceKind.SCANNER, driver, device.url, profile=profile, simulated=True)
        self.hub = DeviceHub([line], FakeClock())
        self.codes: list[str] = []
        self.hub.listen(lambda event: self.codes.append(event.text) if isinstance(event, Scanned) else None)

    @property
    def health(self) -> DeviceHealth:
        return self.hub.health()[0]


@pytest.mark.parametrize("maker", MAKERS)
def test_a_triggered_scanner(maker: str) -> None:
    with emulator("scanner", "--profile", maker, "--trigger") as device:
        heard = Heard(device, maker)
        with closing(heard.hub):
            assert until(lambda: heard.health.status is DeviceStatus.ONLINE)
            assert heard.health.capabilities == ("trigger",)
            device.command("scan FIRST-1")
            heard.hub.trigger_scan(True)
            assert until(lambda: heard.codes == ["FIRST-1"])
            device.command("noise on")
            device.command("scan SECOND-2")  # it stays alight after a code
            assert until(lambda: heard.codes == ["FIRST-1", "SECOND-2"])
            heard.hub.trigger_scan(False)
            assert until(lambda: device.command("status")["stops"] == 1)
            device.command("scan THIRD-3")
            assert device.command("status")["pending"] == 1  # in the dark nothing is read
            heard.hub.trigger_scan(True)
            assert until(lambda: heard.codes == ["FIRST-1", "SECOND-2", "THIRD-3"])


def test_a_code_that_stays_there_is_told_once() -> None:
    with emulator("scanner", "--profile", "gm65", "--trigger") as device:
        heard = Heard(device, "gm65")
        with closing(heard.hub):
            heard.hub.trigger_scan(True)
            for code in ("SAME-1", "SAME-1", "OTHER-2", "SAME-1"):
                device.command(f"scan {code}")
            assert until(lambda: device.command("status")["sent"] == 4)
            assert until(lambda: heard.codes[-1:] == ["SAME-1"] and len(heard.codes) > 2)
            assert heard.codes == ["SAME-1", "OTHER-2", "SAME-1"]


def test_a_scanner_plugged_in_while_somebody_waits_lights_up_and_goes_dark_when_let_go() -> None:
    with emulator("scanner", "--profile", "honeywell", "--trigger") as device:
        device.command("unplug")
        heard = Heard(device, "honeywell")
        heard.hub.trigger_scan(True)
        device.command("plug")
        assert until(lambda: device.command("status")["lit"])
        heard.hub.close()
        assert until(lambda: device.command("status")["stops"] == 1)


@pytest.mark.devices
@pytest.mark.parametrize("how", ["split 1", "split 3", "slow 0.004"])
@pytest.mark.parametrize("maker", ["newland", "zebra_ssi", "gm65"])
def test_answers_and_codes_in_pieces(maker: str, how: str) -> None:
    """Pieces come closer together than the silence that ends a code."""
    with emulator("scanner", "--profile", maker, "--suffix", "cr") as device:
        device.command(how)
        device.command("noise on")
        heard = Heard(device, maker)
        with closing(heard.hub):
            heard.hub.trigger_scan(True)
            device.command("scan 4419-ABC")
            assert until(lambda: heard.codes)
            assert heard.codes == ["4419-ABC"]


def test_packets_are_acknowledged_over_the_line_and_a_repeated_one_is_told_once() -> None:
    with emulator("scanner", "--profile", "zebra_ssi", "--encoding", "gb18030") as device:
        device.command("deaf on")
        heard = Heard(device, "zebra_ssi")
        with closing(heard.hub):
            device.command("scan 演示码甲")
            assert until(lambda: device.command("status")["acks"] >= 2)
            assert heard.codes == ["演示码甲"]


def test_a_plain_scanner_is_left_alone_by_the_trigger() -> None:
    with emulator("scanner") as device, closing(open_line(device.url)) as line:
        driver = SerialScanner(line)
        driver.trigger(True)
        device.command("scan A-1")
        assert until(driver.poll)
        assert line.sent == 0
        assert driver.check().capabilities == ()


def test_a_silent_line_is_read_a_few_times_a_second_only() -> None:
    """The read itself waits: an idle scanner costs next to no processor time."""
    with emulator("scanner") as device, closing(open_line(device.url)) as line:
        driver = SerialScanner(line)
        before, began = time.thread_time(), time.monotonic()
        for _ in range(5):
            assert driver.poll() == []
        waited, used = time.monotonic() - began, time.thread_time() - before
        assert waited > 5 * SILENCE_S
        assert used < waited / 20


def test_a_scanner_that_types_has_its_place_among_the_devices() -> None:
    hub = DeviceHub([DeviceLine(DeviceKind.SCANNER, "wedge", "", profile="aim")], FakeClock())
    with closing(hub):
        assert until(lambda: hub.health()[0].status is DeviceStatus.ONLINE)
        assert hub.health()[0].capabilities == ("wedge", "wedge_aim")
        hub.trigger_scan(True)
        assert hub.probe(DeviceKind.SCANNER).result(timeout=PATIENCE_S).status is DeviceStatus.ONLINE
