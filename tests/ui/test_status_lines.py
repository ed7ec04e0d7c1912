"""What strip and device page say: one source, a sentence for each trouble."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from app.domain.catalog import CatalogInfo
from app.domain.device import DeviceHealth, DeviceKind, DeviceStatus
from app.domain.outbox import OutboxSummary
from app.errors import DeviceError, DiskFullError
from app.services.station_status import StationStatus
from app.texts import load
from tests.ui.clerk import Clerk
from tests.ui.fakes import NOW
from ui.status_lines import Known, StatusLine, can_receive, device_line, status_lines, worst

TEXTS = load()
WELL = StationStatus(
    online=True,
    enrolled=True,
    catalog=CatalogInfo("v2026.11.19", 69, NOW - timedelta(days=1)),
    outbox=OutboxSummary(0, 0, None),
    sequences_left=300,
    received_today=3,
    at=NOW,
    skew=timedelta(seconds=1),
)
HEALTHS = tuple(DeviceHealth(kind, DeviceStatus.ONLINE, since=NOW) for kind in DeviceKind)


def of_devices(kind: type[DeviceError]) -> Iterator[str]:
    """The codes of every error a device can have; the base of them stands for none."""
    for one in kind.__subclasses__():
        yield one.code.removeprefix("device.")
        yield from of_devices(one)


TROUBLES = tuple(of_devices(DeviceError))


def lines(
    status: StationStatus | None = WELL, healths: tuple[DeviceHealth, ...] = HEALTHS
) -> tuple[StatusLine, ...]:
    return status_lines(TEXTS, Known(status, healths, None, NOW))


def line(key: str, **changes: object) -> StatusLine:
    return next(x for x in lines(replace(WELL, **changes)) if x.key == key)  # type: ignore[arg-type]


def test_all_is_well_quietly() -> None:
    assert all(x.well for x in lines())
    assert worst(lines()) == "quiet"
    assert can_receive(lines())


@pytest.mark.parametrize(
    ("key", "changes", "tone", "word"),
    [
        ("network", {"online": False}, "warn", "离线"),
        ("network", {"enrolled": False}, "stop", "未登记"),
        (
            "outbox",
            {"outbox": OutboxSummary(3, 0, NOW - timedelta(minutes=34))},
            "warn",
            "待传 3 · 最早 09:12",
        ),
        ("outbox", {"outbox": OutboxSummary(3, 1, NOW)}, "stop", "1 件被退回"),
        ("catalog", {"catalog": None}, "stop", "没有目录"),
        ("catalog", {"catalog": CatalogInfo("x", 1, NOW, draft=True)}, "stop", "只有草稿目录"),
        ("catalog", {"catalog": CatalogInfo("x", 1, NOW - timedelta(days=9))}, "warn", "目录旧了 9 天"),
        ("clock", {"skew": timedelta(minutes=-8)}, "stop", "时钟差 8 分钟"),
        ("numbers", {"sequences_left": 20}, "warn", "余 20"),
        ("numbers", {"sequences_left": 0}, "stop", "余 0"),
    ],
)
def test_trouble_is_loud_in_words(key: str, changes: dict[str, object], tone: str, word: str) -> None:
    found = line(key, **changes)
    assert (found.tone, found.word) == (tone, word)
    assert found.note


@pytest.mark.parametrize(
    "changes", [{"enrolled": False}, {"catalog": None}, {"sequences_left": 0}, {"skew": timedelta(hours=1)}]
)
def test_the_station_may_not_open_without(changes: dict[str, object]) -> None:
    assert not can_receive(lines(replace(WELL, **changes)))  # type: ignore[arg-type]


def test_neither_line_nor_devices_are_needed_to_receive() -> None:
    broken = tuple(DeviceHealth(kind, DeviceStatus.NO_DEVICE, "device.not_found", NOW) for kind in DeviceKind)
    assert can_receive(lines(replace(WELL, online=False, skew=None), broken))


@pytest.mark.parametrize("code", TROUBLES)
@pytest.mark.parametrize("kind", list(DeviceKind))
def test_every_device_trouble_names_itself_and_has_steps(kind: DeviceKind, code: str) -> None:
    health = DeviceHealth(kind, DeviceStatus.NO_DEVICE, f"device.{code}", NOW - timedelta(minutes=8))
    found = next(x for x in lines(WELL, (health,)) if x.key == kind.value)
    assert found.tone in ("warn", "stop")
    assert found.state == TEXTS[f"health.trouble.{code}"]
    assert found.state in found.word and "8 分钟" in found.note
    assert TEXTS[f"health.steps.{code}"].count("\n") >= 1


def test_a_device_another_program_has_is_not_called_well() -> None:
    """Nor is one that works long called ill."""

    def shown(reason: str) -> StatusLine:
        health = DeviceHealth(DeviceKind.ID_READER, DeviceStatus.BUSY, reason, NOW)
        return next(x for x in lines(WELL, (health,)) if x.key == "id_reader")

    assert shown("device.busy").tone == "stop" and shown("device.busy").state == TEXTS["health.trouble.busy"]
    assert shown("").well


def test_a_simulated_device_says_so_and_low_paper_is_a_warning() -> None:
    health = DeviceHealth(
        DeviceKind.RECEIPT_PRINTER, DeviceStatus.ONLINE, simulated=True, facts={"paper": "near_end"}
    )
    found = next(x for x in lines(WELL, (health,)) if x.key == "receipt_printer")
    assert "模拟" in found.name and found.tone == "warn" and "纸快用完" in found.word


@pytest.mark.parametrize(
    ("minutes", "words"), [(0, "已持续不到 1 分钟"), (5, "已持续 5 分钟"), (120, "已持续 2 小时")]
)
def test_how_long_reads_as_one_phrase(minutes: int, words: str) -> None:
    health = DeviceHealth(DeviceKind.SCANNER, DeviceStatus.ONLINE, since=NOW - timedelta(minutes=minutes))
    assert device_line(TEXTS, health, NOW).note == f"正常，{words}"


def test_a_store_in_trouble_stops_everything() -> None:
    found = status_lines(TEXTS, Known(WELL, HEALTHS, DiskFullError(), NOW))
    assert found[0].key == "store" and found[0].tone == "stop"
    assert not can_receive(found)


def test_strip_and_device_page_say_the_same(clerk: Clerk) -> None:
    clerk.hall.devices.set(DeviceKind.RECEIPT_PRINTER, DeviceStatus.USER_ERROR, "device.printer_cover")
    clerk.wait(lambda: "盖子开着" in clerk.button("status_receipt_printer").text())
    clerk.click("status_receipt_printer")
    clerk.wait(lambda: "盖子开着" in clerk.words("device_receipt_printer"))
    clerk.wait(lambda: "盖子开着" in clerk.words("device_note"))
