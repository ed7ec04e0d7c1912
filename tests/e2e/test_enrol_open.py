"""Enrolment from an open window: the process that holds the DATA folder does it itself."""

from pathlib import Path

import pytest

from app.commands.embedded import CODE
from app.commands.wiring import open_office, open_station
from app.errors import EnrolmentRefusedError
from tests.e2e.hall import Hall


def test_a_station_is_enrolled_while_it_is_open_and_known_when_it_opens_again(
    hall: Hall, tmp_path: Path
) -> None:
    file, data = tmp_path / "station.toml", tmp_path / "data"
    file.write_text(hall.station.read_text().replace("441900A12", "441900A77"))
    with open_station(file, data, devices=()) as opened:
        assert opened.office.sealer is None
        with pytest.raises(EnrolmentRefusedError):
            opened.enrol("NOT-A-CODE")
        assert opened.enrol(CODE).enrolment.station_id == "441900A77"
    with open_office(file, data, devices=()) as office:
        assert office.sealer is not None
        assert office.gateway is not None and office.gateway.lease_numbers(1).last > 0
