"""开门自检单: what is said of each thing, and in which degree the station may open."""

import json
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest

from app.domain.catalog import CatalogInfo
from app.domain.device import DeviceHealth, DeviceKind, DeviceStatus
from app.domain.outbox import OutboxSummary
from app.domain.printing import PaperForm, PrintState
from app.domain.readiness import LEAST_DISK, LITTLE_DISK, NEEDED, Opening, ReadinessRow, RowState
from app.domain.receipt import StationKey
from app.errors import (
    ClockWrongError,
    DiskFullError,
    OfflineError,
    RejectedError,
    StationRefusedError,
    ThrottledError,
)
from app.ports import Enrolment
from app.receipts.press import Press
from app.services import readiness
from app.services.office import Office
from app.services.readiness import Findings, KeyStanding, Seen, Trial
from app.services.readiness_print import print_sheet, sheet_pdf
from app.services.station_status import StationStatus
from app.texts import load
from tests.services.fakes import START, FakePrinter, Hall

GB = 1024**3
WELL = StationStatus(
    online=True,
    enrolled=True,
    catalog=CatalogInfo("v2026.11.19", 69, START - timedelta(days=1)),
    outbox=OutboxSummary(0, 0, None),
    sequences_left=300,
    received_today=0,
    at=START,
    skew=timedelta(seconds=1),
)
FOUND = Findings(START, WELL, None, KeyStanding.KNOWN, 50 * GB)
KINDS = (DeviceKind.ID_READER, DeviceKind.RECEIPT_PRINTER, DeviceKind.SCANNER)
HEALTHS = tuple(DeviceHealth(kind, DeviceStatus.ONLINE, since=START) for kind in KINDS)


@pytest.fixture
def sheet(office: Office) -> Any:
    def made(findings: Findings = FOUND, seen: Seen | None = None) -> Any:
        return readiness.sheet_of(office, findings, seen or Seen(HEALTHS), "D0001")

    return made


def row(sheet: Any, area: str) -> ReadinessRow:
    return next(r for r in sheet.rows if r.area == area)


def broken(kind: DeviceKind, status: DeviceStatus, reason: str) -> tuple[DeviceHealth, ...]:
    return tuple(replace(h, status=status, reason=reason) if h.kind is kind else h for h in HEALTHS)


def test_all_well_is_open_without_limits(sheet: Any) -> None:
    found = sheet()
    assert found.opening is Opening.OPEN
    assert found.limits == ()
    assert {r.state for r in found.rows} == {RowState.FINE}
    assert not found.simulated


@pytest.mark.parametrize(
    ("area", "changes", "state"),
    [
        ("catalog", {"catalog": None}, RowState.STOP),
        ("catalog", {"catalog": CatalogInfo("7", 3, START, draft=True)}, RowState.STOP),
        ("catalog", {"catalog": CatalogInfo("7", 3, START - timedelta(days=7))}, RowState.MIND),
        ("catalog", {"catalog": CatalogInfo("7", 3, START - timedelta(days=6))}, RowState.FINE),
        ("clock", {"skew": timedelta(minutes=-6)}, RowState.STOP),
        ("clock", {"skew": None}, RowState.UNCHECKED),
        ("numbers", {"sequences_left": 0}, RowState.STOP),
        ("numbers", {"sequences_left": 49}, RowState.MIND),
        ("network", {"online": False}, RowState.MIND),
        ("outbox", {"outbox": OutboxSummary(3, 0, START - timedelta(hours=20))}, RowState.MIND),
        ("refused", {"outbox": OutboxSummary(0, 2, None)}, RowState.MIND),
    ],
)
def test_what_is_wrong_with_the_station(
    sheet: Any, area: str, changes: Mapping[str, Any], state: RowState
) -> None:
    found = sheet(replace(FOUND, status=replace(WELL, **changes)))
    assert row(found, area).state is state
    expected = Opening.CLOSED if state is RowState.STOP else Opening.OPEN
    assert found.opening is expected
    assert bool(row(found, area).advice) == (state in (RowState.MIND, RowState.STOP))
    assert state is not RowState.STOP or area in NEEDED


@pytest.mark.parametrize(
    ("key", "state"),
    [
        (KeyStanding.KNOWN, RowState.FINE),
        (KeyStanding.AS_SYNCED, RowState.FINE),
        (KeyStanding.UNKNOWN, RowState.UNCHECKED),
        (KeyStanding.REFUSED, RowState.STOP),
        (KeyStanding.NONE, RowState.STOP),
    ],
)
def test_what_the_gateway_thinks_of_the_signature(sheet: Any, key: KeyStanding, state: RowState) -> None:
    assert row(sheet(replace(FOUND, key=key)), "enrolment").state is state


@pytest.mark.parametrize(
    ("free", "state"),
    [
        (LEAST_DISK - 1, RowState.STOP),
        (LEAST_DISK, RowState.MIND),
        (LITTLE_DISK, RowState.FINE),
        (None, RowState.UNCHECKED),
    ],
)
def test_the_disk_has_thresholds(sheet: Any, free: int | None, state: RowState) -> None:
    assert row(sheet(replace(FOUND, disk_free=free)), "disk").state is state


@pytest.mark.parametrize("kind", KINDS)
def test_a_broken_device_limits_and_does_not_close(sheet: Any, kind: DeviceKind) -> None:
    found = sheet(seen=Seen(broken(kind, DeviceStatus.NO_DEVICE, "device.not_found")))
    line = row(found, kind.value)
    assert (found.opening, line.state) == (Opening.LIMITED, RowState.MIND)
    assert line.advice and found.limits == (line.limit,)


def test_everything_broken_at_once_still_opens_with_every_limit(sheet: Any) -> None:
    dead = tuple(replace(h, status=DeviceStatus.NO_DEVICE, reason="device.not_found") for h in HEALTHS)
    assert len(sheet(seen=Seen(dead)).limits) == 3
    assert sheet(seen=Seen(dead)).opening is Opening.LIMITED


def test_little_paper_is_minded_without_a_limit(sheet: Any) -> None:
    low = tuple(
        replace(h, facts={"paper": "near_end"}) if h.kind is DeviceKind.RECEIPT_PRINTER else h
        for h in HEALTHS
    )
    found = sheet(seen=Seen(low))
    assert row(found, "receipt_printer").state is RowState.MIND
    assert found.opening is Opening.OPEN


def test_a_device_still_being_asked_is_not_checked(sheet: Any) -> None:
    found = sheet(seen=Seen(HEALTHS, frozenset({DeviceKind.ID_READER})))
    assert row(found, "id_reader").state is RowState.UNCHECKED


def test_what_a_person_tried_stands_on_the_sheet(sheet: Any) -> None:
    good = sheet(seen=Seen(HEALTHS, trials={DeviceKind.ID_READER: Trial(START)}))
    assert "09:30 试读正常" in row(good, "id_reader").sentence
    bad = sheet(seen=Seen(HEALTHS, trials={DeviceKind.ID_READER: Trial(START, "device.no_card")}))
    assert row(bad, "id_reader").state is RowState.MIND
    assert bad.opening is Opening.LIMITED


@pytest.mark.parametrize(
    ("papers", "missing"),
    [
        ((PaperForm.SLIP,), {"receipt_printer"}),
        ((PaperForm.A4,), {"a4_printer"}),
        ((PaperForm.SLIP, PaperForm.A4), {"receipt_printer", "a4_printer"}),
    ],
)
def test_the_printers_wanted_are_those_of_the_papers_handed_out(
    office: Office, papers: tuple[PaperForm, ...], missing: set[str]
) -> None:
    reader = tuple(h for h in HEALTHS if h.kind is DeviceKind.ID_READER)
    sheet = readiness.sheet_of(replace(office, papers=papers), FOUND, Seen(reader))
    unset = {r.area for r in sheet.rows if r.sentence == office.texts["readiness.not_configured"]}
    assert unset == missing


def test_a_reader_that_is_not_configured_is_said_and_nothing_else_is(sheet: Any) -> None:
    found = sheet(seen=Seen(()))
    assert [r.area for r in found.rows if r.area in [k.value for k in DeviceKind]] == [
        "id_reader",
        "receipt_printer",
    ]
    assert found.opening is Opening.OPEN


def test_a_store_that_cannot_be_written_closes(sheet: Any) -> None:
    found = sheet(Findings(START, None, DiskFullError(), disk_free=0))
    assert found.opening is Opening.CLOSED
    assert row(found, "store").state is RowState.STOP
    assert row(found, "catalog").state is RowState.UNCHECKED


def test_simulated_devices_are_said(sheet: Any) -> None:
    found = sheet(seen=Seen(tuple(replace(h, simulated=True) for h in HEALTHS)))
    assert found.simulated
    assert "模拟" in row(found, "id_reader").name


def test_no_sentence_is_left_out(sheet: Any) -> None:
    for kind in DeviceKind:
        assert load()[f"readiness.limit.{kind.value}"]
    for opening in Opening:
        assert load()[f"readiness.opening.{opening.value}"]
    json.dumps(readiness.document(sheet()))


# -- looking, with the real store -------------------------------------------------------------------


@dataclass
class Machine:
    free: int | None = 9 * GB

    def disk_free(self) -> int | None:
        return self.free

    def versions(self) -> Mapping[str, str]:
        return {"program": "test"}

    def settings(self) -> Mapping[str, Any]:
        return {}

    def logs(self) -> Mapping[str, bytes]:
        return {}


@dataclass
class Keys:
    known: StationKey | None = None

    def key(self, key_id: str) -> StationKey | None:
        return self.known


@dataclass
class Counter(FakePrinter):
    """Devices with health; `FakePrinter` prints."""

    healths: Sequence[DeviceHealth] = HEALTHS
    asked: list[DeviceKind] = field(default_factory=list)

    def __post_init__(self) -> None:
        FakePrinter.__init__(self)

    def health(self) -> Sequence[DeviceHealth]:
        return self.healths

    def probe(self, kind: DeviceKind) -> "Future[DeviceHealth]":
        self.asked.append(kind)
        future: Future[DeviceHealth] = Future()
        future.set_result(next(h for h in self.healths if h.kind is kind))
        return future


def open_office(hall: Hall, **changes: Any) -> Office:
    with hall.local.store.begin() as work:
        work.set_enrolment(Enrolment("441900A12", "fake", "", "", b"", START))
        work.commit()
    values = {"machine": Machine(), "keys": Keys(), "devices": Counter(), "press": Press(load())}
    return hall.office(**{**values, **changes})


def refusing(error: Exception) -> Any:
    def lease(count: int) -> Any:
        assert count == 0, "nothing may be leased for a look"
        raise error

    return lease


def test_check_asks_every_device_and_writes_for_real(hall: Hall) -> None:
    office = open_office(hall)
    sheet, healths, _ = readiness.check(office, "D0001")
    assert office.devices.asked == list(KINDS)  # type: ignore[attr-defined]
    assert len(healths) == 3
    assert sheet.opening is Opening.OPEN
    with hall.local.store.begin() as work:
        assert work.note("readiness.checked") == START.isoformat()
        assert work.sequences_left() == 500, "no number was used up"


@pytest.mark.parametrize(
    ("answer", "standing"),
    [
        (RejectedError(reason="invalid"), KeyStanding.KNOWN),
        (ClockWrongError(), KeyStanding.KNOWN),
        (StationRefusedError(reason="station_revoked"), KeyStanding.REFUSED),
        (ThrottledError(), KeyStanding.UNKNOWN),
        (OfflineError(), KeyStanding.UNKNOWN),
    ],
)
def test_the_key_is_judged_by_a_signed_request_for_nothing(
    hall: Hall, answer: Exception, standing: KeyStanding
) -> None:
    hall.gateway.lease_numbers = refusing(answer)  # type: ignore[method-assign]
    assert readiness.look_over(open_office(hall)).key is standing


def test_without_a_line_the_list_of_the_last_sync_speaks(hall: Hall) -> None:
    hall.gateway.down = True
    key = StationKey("fake", "441900A12", "演示大厅", "")
    assert readiness.look_over(open_office(hall, keys=Keys(key))).key is KeyStanding.AS_SYNCED
    revoked = Keys(replace(key, revoked_at=START))
    assert readiness.look_over(open_office(hall, keys=revoked)).key is KeyStanding.REFUSED
    assert readiness.look_over(open_office(hall)).key is KeyStanding.UNKNOWN


def test_a_station_that_was_never_enrolled(hall: Hall) -> None:
    assert readiness.look_over(hall.office(sealer=None, machine=Machine())).key is KeyStanding.NONE


def test_it_is_offered_until_somebody_has_seen_it_that_day(hall: Hall) -> None:
    office = open_office(hall)
    assert not readiness.seen_today(office)
    readiness.mark_seen(office, "D0001")
    assert readiness.seen_today(office)
    hall.clock.pass_time(days=1)
    assert not readiness.seen_today(office)


def test_it_prints_on_the_slip_printer(hall: Hall) -> None:
    office = open_office(hall)
    printed = print_sheet(office, readiness.check(office)[0])
    assert (printed.form, printed.outcome.state) == (PaperForm.SLIP, PrintState.CONFIRMED)
    (slip,) = office.devices.slips  # type: ignore[attr-defined]
    assert "开门自检单".encode("gb18030") in slip


def test_without_a_printer_it_is_a_file(hall: Hall) -> None:
    hall.printer.present = False
    office = open_office(hall, devices=hall.printer)
    sheet = readiness.sheet_of(office, FOUND, Seen(HEALTHS))
    assert print_sheet(office, sheet).outcome.reason == "device.not_configured"
    name, pdf = sheet_pdf(office, sheet)
    assert name == "readiness-441900A12-20261120-0930.pdf"
    assert pdf.startswith(b"%PDF")
