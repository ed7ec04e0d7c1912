"""The example of docs/devices.md works as it stands there: over real bytes, with the hub, and healing."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import settings
from app.domain.device import CardRead, DeviceStatus
from app.errors import DeviceProtocolError, SettingsError
from devices import registry
from devices.hub import DeviceHub
from devices.registry import DeviceLine, DriverEntry, known_drivers
from docs.examples.line_reader import LineReader, decode
from tests.devices.emulators import ROOT, Emulated, emulator
from tests.devices.test_hub import READER, Ear, Now

NUMBER, NAME = "11010519491231002X", "演示·王芳"
STATION = """
[station]
id = "441900A12"
mode = "counter"
site = "x"
[devices.id_reader]
driver = "line"
line = "/dev/ttyUSB0"
"""


@pytest.fixture
def registered(monkeypatch: pytest.MonkeyPatch) -> None:
    """The two lines of the guide."""
    entry = DriverEntry(lambda line, device: LineReader(line), 9600)
    monkeypatch.setitem(registry._DRIVERS[READER], "line", entry)
    monkeypatch.setitem(settings.DRIVERS, READER, ("sdt", "line"))  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def device() -> Iterator[Emulated]:
    with emulator("docs.examples.line_device") as running:
        yield running


def test_the_guide_shows_these_files() -> None:
    guide = (ROOT / "docs" / "devices.md").read_text(encoding="utf-8")
    for name in ("line_reader", "line_device"):
        code = (ROOT / "docs" / "examples" / f"{name}.py").read_text(encoding="utf-8")
        assert f"```python\n{code}```" in guide, name


def test_station_toml_may_name_it_once_it_is_registered(tmp_path: Path, registered: None) -> None:
    file = tmp_path / "station.toml"
    file.write_text(STATION, encoding="utf-8")
    assert settings.read(file).devices[0].driver == "line"
    assert known_drivers(READER) == settings.DRIVERS[READER]


def test_without_its_line_in_the_settings_it_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "station.toml"
    file.write_text(STATION, encoding="utf-8")
    with pytest.raises(SettingsError):
        settings.read(file)


def test_it_reads_hangs_and_heals_like_any_reader(registered: None, device: Emulated) -> None:
    hub, ear = DeviceHub([DeviceLine(READER, "line", device.url)], Now()), Ear()
    hub.listen(ear.heard.put)
    try:
        assert ear.status(DeviceStatus.ONLINE).facts == {"model": "DEMO LR-1"}
        hub.watch_cards(True)
        device.command(f"put {NUMBER} {NAME}")
        read = ear.next(CardRead)
        assert (read.document.number, read.document.name, read.doubtful) == (NUMBER, NAME, False)
        device.command("silent on")
        assert ear.status(DeviceStatus.OFFLINE).reason == "device.timeout"
        device.command("silent off")
        ear.status(DeviceStatus.ONLINE)
        device.command("unplug")
        assert ear.status(DeviceStatus.NO_DEVICE).reason == "device.not_found"
        device.command("plug")
        ear.status(DeviceStatus.ONLINE)
    finally:
        hub.close()


@given(st.binary(max_size=80) | st.text(max_size=40).map(lambda rest: f"CARD {rest}".encode()))
def test_whatever_comes_is_a_good_card_none_or_refused(answer: bytes) -> None:
    try:
        card = decode(answer)
    except DeviceProtocolError:
        return
    assert card is None or card.number_valid
