"""What was found, in lines that station.toml understands."""

import tomllib

from hypothesis import given
from hypothesis import strategies as st

from app.domain.device import DeviceKind, FoundDevice
from app.services.found_devices import station_lines

PRINTABLE = st.text(
    st.characters(min_codepoint=32, exclude_characters="\x7f", exclude_categories=["Cs"]), min_size=1
)


@given(PRINTABLE, st.sampled_from([0, 9600, 115200]))
def test_the_lines_say_the_same_to_a_reader_of_toml(line: str, baudrate: int) -> None:
    found = FoundDevice(line, DeviceKind.ID_READER, "sdt", "x", baudrate)
    table = tomllib.loads(station_lines(found))["devices"]["id_reader"]
    assert table == {"driver": "sdt", "line": line} | ({"baudrate": baudrate} if baudrate else {})


def test_what_speaks_no_protocol_of_ours_has_no_lines() -> None:
    assert station_lines(FoundDevice("/dev/ttyS0")) == ""


def test_a_windows_port_stays_readable() -> None:
    assert "line = '\\\\.\\COM11'" in station_lines(FoundDevice("\\\\.\\COM11", DeviceKind.SCANNER, "serial"))
