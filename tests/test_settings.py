"""station.toml: devices by line and by themselves; every fault of a file at once."""

from pathlib import Path

import pytest

from app.domain.catalog_age import AgeLimits
from app.domain.device import DeviceKind
from app.errors import SettingsError
from app.settings import AUTO_DRIVERS, DRIVERS, CatalogSettings, DeviceSettings, read
from devices.registry import known_drivers

STATION = '[station]\nid = "DEMO01"\nmode = "counter"\nsite = "演示大厅"\n'


def devices(tmp_path: Path, text: str) -> tuple[DeviceSettings, ...]:
    file = tmp_path / "station.toml"
    file.write_text(STATION + text, encoding="utf-8")
    return read(file).devices


def faults(tmp_path: Path, text: str) -> str:
    with pytest.raises(SettingsError) as caught:
        devices(tmp_path, text)
    return str(caught.value.values["faults"])


def test_a_device_on_a_line_and_one_that_is_found(tmp_path: Path) -> None:
    found = devices(
        tmp_path,
        '[devices.id_reader]\ndriver = "sdt"\nline = "auto"\nid = "05.01-1"\n'
        '[devices.receipt_printer]\ndriver = "escpos"\nline = "COM3"\nbaudrate = 19200\nwidth_mm = 58\n',
    )
    assert found == (
        DeviceSettings(DeviceKind.ID_READER, "sdt", "auto", device_id="05.01-1"),
        DeviceSettings(DeviceKind.RECEIPT_PRINTER, "escpos", "COM3", baudrate=19200, width_mm=58),
    )


def test_a_reader_behind_a_library_and_a_program_for_its_photos(tmp_path: Path) -> None:
    line = "library:///opt/maker/libsdtapi.so?port=1001"
    (reader,) = devices(
        tmp_path,
        f'[devices.id_reader]\ndriver = "sdt"\nline = "{line}"\nphoto_decoder = ["/opt/maker/wlt", "-"]\n',
    )
    assert (reader.line, reader.photo_decoder) == (line, ("/opt/maker/wlt", "-"))


def test_a_scanner_that_types_needs_no_line(tmp_path: Path) -> None:
    (scanner,) = devices(tmp_path, '[devices.scanner]\ndriver = "wedge"\nprofile = "aim"\n')
    assert (scanner.driver, scanner.line, scanner.profile) == ("wedge", "", "aim")
    assert "devices.scanner.line" in faults(tmp_path, '[devices.scanner]\ndriver = "serial"\n')


def test_the_days_of_a_catalog_are_the_sites(tmp_path: Path) -> None:
    file = tmp_path / "station.toml"
    days = "[catalog]\nageing_days = 3\nstale_days = 10\nrefused_days = 20\nsync_hours = 1\n"
    file.write_text(f"{STATION}[gateway]\nrate_limit_kbit = 512\n{days}", encoding="utf-8")
    settings = read(file)
    assert settings.catalog == CatalogSettings(AgeLimits(3, 10, 20), 1)
    assert settings.gateway.rate_limit_kbit == 512
    assert "[catalog]" in faults(tmp_path, "[catalog]\nageing_days = 30\n")
    assert "catalog.stale_days" in faults(tmp_path, "[catalog]\nstale_days = 0\n")


@pytest.mark.parametrize(
    ("kind", "table", "where"),
    [
        ("id_reader", 'driver = "sdt"\nline = "/dev/ttyS0"\nid = "x"', "devices.id_reader.id"),
        ("scanner", 'driver = "wedge"\nline = "auto"', "devices.scanner.line"),
        ("scanner", 'driver = "serial"\nline = "auto"\nid = 5', "devices.scanner.id"),
        ("a4_printer", 'driver = "ipp"\nline = "ipp://x/"\nid = "x"', "devices.a4_printer.id"),
        ("id_reader", 'driver = "sdt"\nline = " "', "devices.id_reader.line"),
        (
            "id_reader",
            'driver = "sdt"\nline = "auto"\nphoto_decoder = "wlt -"',
            "devices.id_reader.photo_decoder",
        ),
        ("id_reader", 'driver = "magic"\nline = "auto"', "devices.id_reader.driver"),
    ],
)
def test_what_makes_no_sense_is_refused(tmp_path: Path, kind: str, table: str, where: str) -> None:
    assert where in faults(tmp_path, f"[devices.{kind}]\n{table}\n")


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    said = faults(tmp_path, '[devices.id_reader]\ndriver = "magic"\nline = ""\nbaudrate = -1\nspeed = 1\n')
    assert all(f"devices.id_reader.{key}" in said for key in ("driver", "line", "baudrate", "speed"))


def test_the_settings_know_the_drivers_there_are() -> None:
    for kind, drivers in DRIVERS.items():
        if kind is not DeviceKind.DOCUMENT_CAMERA:  # the window's own, not the hub's
            assert set(known_drivers(kind)) == set(drivers), kind
    assert set(AUTO_DRIVERS) <= {driver for drivers in DRIVERS.values() for driver in drivers}
