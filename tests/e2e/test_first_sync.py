"""A station that was just enrolled gets its first catalog by itself when its window opens."""

from pathlib import Path

from PySide6.QtWidgets import QApplication

from app.commands.window import desk_of
from app.commands.wiring import enrol_station, open_office
from tests.e2e.hall import Hall


def test_the_first_catalog_comes_with_the_window(hall: Hall, tmp_path: Path, qapp: QApplication) -> None:
    station = tmp_path / "station.toml"
    text = hall.station.read_text(encoding="utf-8")
    station.write_text(text.replace("441900A12", "441900A13"), encoding="utf-8")
    enrol_station(station, tmp_path / "data", "DEMO")
    with open_office(station, tmp_path / "data", devices=()) as office:
        assert office.catalog.info() is None
        told: list[tuple[int, int]] = []
        with desk_of(office) as desk:
            desk.fetch_news.listen(lambda *figures: told.append(figures))
            desk.sync_executor.submit(lambda: None).result(timeout=60)  # behind what the start put there
        info = office.catalog.info()
    assert told[-1] == (0, 0) and any(done == total > 0 for done, total in told)
    assert info is not None and info.items >= 60
