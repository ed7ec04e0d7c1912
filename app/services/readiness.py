"""开门自检单, the readiness sheet: looks at everything a case needs and says in degrees whether to open.

One place of rules: the page, the paper and the doctor all show the rows made here (ADR 0083).
"""

from collections.abc import Mapping, Sequence
from concurrent.futures import wait
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Any

from app.domain.carried import Carried
from app.domain.catalog_age import Freshness
from app.domain.device import DeviceHealth, DeviceKind, DeviceStatus
from app.domain.printing import PaperForm
from app.domain.readiness import (
    FEW_NUMBERS,
    LEAST_DISK,
    LITTLE_DISK,
    MEGABYTE,
    ReadinessRow,
    ReadinessSheet,
    RowState,
)
from app.errors import AppError, ClockWrongError, RejectedError, RemoteError, StationRefusedError, StoreError
from app.services import carried
from app.services.device_words import trouble_word
from app.services.office import Office
from app.services.printing import PRINTERS
from app.services.station_status import StationStatus, look
from app.texts import Texts

PROBE_S = 10.0
_TRIALS = {
    DeviceKind.ID_READER: "read",
    DeviceKind.RECEIPT_PRINTER: "page",
    DeviceKind.A4_PRINTER: "page",
    DeviceKind.SCANNER: "scan",
}
_STATION = ("network", "enrolment", "clock", "catalog", "outbox", "refused", "numbers")
_CHECKED, _SEEN = "readiness.checked", "readiness.seen"


class KeyStanding(Enum):
    """What is known of this station's signature at the gateway."""

    KNOWN = "known"
    REFUSED = "refused"
    AS_SYNCED = "as_synced"  # the line is down; the list of the last sync has it in force
    UNKNOWN = "unknown"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Trial:
    """What a person tried on this sheet: `code` of the error, "" when it went well."""

    at: datetime
    code: str = ""


@dataclass(frozen=True, slots=True)
class Findings:
    """What was looked at besides the devices.  `trouble`: the store's; then `status` is None.

    `disk_free`: bytes, None where nobody can say.
    """

    at: datetime
    status: StationStatus | None = None
    trouble: AppError | None = None
    key: KeyStanding = KeyStanding.UNKNOWN
    disk_free: int | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """The devices: how each is, which are still being asked, and what was tried."""

    healths: Sequence[DeviceHealth] = ()
    pending: frozenset[DeviceKind] = frozenset()
    trials: Mapping[DeviceKind, Trial] = field(default_factory=dict)


# -- looking -------------------------------------------------------------------------------------


def check(office: Office, operator: str = "") -> tuple[ReadinessSheet, tuple[DeviceHealth, ...], Findings]:
    """Ask every device and everything else.  Blocks for the slowest, `PROBE_S` at most; raises nothing."""
    healths = ask_devices(office)
    findings = look_over(office)
    return sheet_of(office, findings, Seen(healths), operator), healths, findings


def ask_devices(office: Office) -> tuple[DeviceHealth, ...]:
    """Of one that hangs, the last that is known."""
    kinds = [health.kind for health in office.devices.health()]
    wait([office.devices.probe(kind) for kind in kinds], PROBE_S)
    return tuple(office.devices.health())


def look_over(office: Office, timeout_s: float = 2.0) -> Findings:
    """Line, store, key, disk.  Blocks on the line; raises nothing: what fails is a finding."""
    disk = None if office.machine is None else office.machine.disk_free()
    try:
        status = look(office, timeout_s)
        _write(office, _CHECKED, status.at.isoformat())
    except StoreError as error:
        return Findings(office.clock.now(), None, error, disk_free=disk)
    return Findings(status.at, status, None, _standing(office, status), disk)


def _write(office: Office, note: str, value: str) -> None:
    """A real, durable write: what the next case will need."""
    with office.store.begin() as work:
        work.set_note(note, value)
        work.commit()


def _standing(office: Office, status: StationStatus) -> KeyStanding:
    if office.sealer is None or not status.enrolled:
        return KeyStanding.NONE
    synced = office.keys.key(office.sealer.key_id) if office.keys is not None else None
    if synced is not None and synced.revoked_at is not None:
        return KeyStanding.REFUSED
    asked = _asked(office) if status.online else KeyStanding.UNKNOWN
    if asked is KeyStanding.UNKNOWN and synced is not None:
        return KeyStanding.AS_SYNCED
    return asked


def _asked(office: Office) -> KeyStanding:
    """Sign a request for no numbers at all: it is refused for its count, and before that for its signer."""
    if office.gateway is None:
        return KeyStanding.UNKNOWN
    try:
        office.gateway.lease_numbers(0)
    except StationRefusedError:
        return KeyStanding.REFUSED
    except (RejectedError, ClockWrongError):  # both come after the signature was found good
        return KeyStanding.KNOWN
    except RemoteError:
        return KeyStanding.UNKNOWN
    return KeyStanding.KNOWN


# -- once a day ----------------------------------------------------------------------------------


def seen_today(office: Office) -> bool:
    """Whether a person has looked at the sheet today.  Raises StoreError."""
    with office.store.begin() as work:
        return work.note(_SEEN) == office.clock.now().date().isoformat()


def mark_seen(office: Office, operator_id: str) -> None:
    """Raises StoreError."""
    now = office.clock.now()
    with office.store.begin() as work:
        work.set_note(_SEEN, now.date().isoformat())
        work.audit(now, operator_id, "readiness.seen", office.station.station_id)
        work.commit()


# -- the sheet -----------------------------------------------------------------------------------


def sheet_of(office: Office, findings: Findings | None, seen: Seen, operator: str = "") -> ReadinessSheet:
    """The rows in the order one walks round a counter: devices, then what the station itself needs.

    `findings` None: it is still being looked at.
    """
    texts, station = office.texts, office.station
    rows = device_rows(texts, seen, office.papers) + station_rows(texts, findings)
    simulated = any(health.simulated for health in seen.healths)
    at = findings.at if findings else office.clock.now()
    return ReadinessSheet(station.station_id, station.site, operator, at, simulated, rows)


def device_rows(texts: Texts, seen: Seen, papers: Sequence[PaperForm]) -> tuple[ReadinessRow, ...]:
    """What is configured, and what this station needs (a reader, printers of its `papers`) but has not."""
    expected = {DeviceKind.ID_READER, *(PRINTERS[form] for form in papers)}
    there = {health.kind: health for health in seen.healths}
    rows = []
    for kind in DeviceKind:
        if kind in there:
            rows.append(_device(texts, there[kind], kind in seen.pending, seen.trials.get(kind)))
        elif kind in expected:
            name, area = texts[f"health.{kind.value}.name"], kind.value
            sentence, advice = texts["readiness.not_configured"], texts["readiness.not_configured_advice"]
            rows.append(ReadinessRow(area, name, RowState.UNCHECKED, sentence, advice))
    return tuple(rows)


def _device(texts: Texts, health: DeviceHealth, pending: bool, trial: Trial | None) -> ReadinessRow:
    area, name = health.kind.value, texts[f"health.{health.kind.value}.name"]
    if health.simulated:
        name = texts.say("health.simulated", name=name)
    limit = texts[f"readiness.limit.{area}"]
    can_try = _TRIALS.get(health.kind, "")
    if pending or health.status is DeviceStatus.STARTING:
        return ReadinessRow(area, name, RowState.UNCHECKED, texts["readiness.checking"])
    if not health.works:
        sentence = trouble_word(texts, health)
        return ReadinessRow(area, name, RowState.MIND, sentence, texts.trouble(health.reason), limit, can_try)
    if trial is not None and trial.code:
        sentence = texts.say("readiness.tried_badly", time=f"{trial.at:%H:%M}")
        return ReadinessRow(area, name, RowState.MIND, sentence, texts.trouble(trial.code), limit, can_try)
    sentence = texts["readiness.answers"]
    if trial is not None:
        sentence = texts.say(f"readiness.tried.{can_try}", time=f"{trial.at:%H:%M}")
    if health.facts.get("paper") == "near_end":
        low, advice = texts["health.paper_low"], texts["health.paper_low_note"]
        return ReadinessRow(area, name, RowState.MIND, low, advice, trial=can_try)
    return ReadinessRow(area, name, RowState.FINE, sentence, trial=can_try)


def station_rows(texts: Texts, findings: Findings | None) -> tuple[ReadinessRow, ...]:
    say = _Say(texts)
    if findings is None:
        return tuple(say(area, RowState.UNCHECKED, "checking") for area in ("store", "disk", *_STATION))
    rows = [_store(say, findings), _disk(say, findings.disk_free)]
    status = findings.status
    if status is None:
        return (*rows, *(say(area, RowState.UNCHECKED, "unchecked") for area in _STATION))
    rows += [_network(say, status), _enrolment(say, findings.key), _clock(say, status), _catalog(say, status)]
    rows += [_carried(texts, status.carried)] if status.carried else []
    return (*rows, *_outbox(say, status), _numbers(say, status))


class _Say:
    """Makes a row out of the sentences `readiness.<area>.<key>` and `…<key>_advice`."""

    def __init__(self, texts: Texts) -> None:
        self.texts = texts

    def __call__(self, area: str, state: RowState, key: str, **values: object) -> ReadinessRow:
        texts, at = self.texts, f"readiness.{area}.{key}"
        at = at if at in texts else f"readiness.{key}"
        advice = texts.say(f"{at}_advice", **values) if f"{at}_advice" in texts else ""
        return ReadinessRow(area, texts[f"readiness.{area}.name"], state, texts.say(at, **values), advice)


def _store(say: _Say, findings: Findings) -> ReadinessRow:
    if findings.trouble is None:
        return say("store", RowState.FINE, "fine")
    name, sentence = say.texts["readiness.store.name"], say.texts["readiness.store.bad"]
    return ReadinessRow("store", name, RowState.STOP, sentence, say.texts.error(findings.trouble))


def _disk(say: _Say, free: int | None) -> ReadinessRow:
    if free is None:
        return say("disk", RowState.UNCHECKED, "unchecked")
    megabytes = free // MEGABYTE
    room = f"{megabytes / 1024:.1f} GB" if megabytes >= 1024 else f"{megabytes} MB"
    if free < LEAST_DISK:
        return say("disk", RowState.STOP, "full", room=room)
    state, key = (RowState.MIND, "little") if free < LITTLE_DISK else (RowState.FINE, "fine")
    return say("disk", state, key, room=room)


def _network(say: _Say, status: StationStatus) -> ReadinessRow:
    return say("network", *((RowState.FINE, "fine") if status.online else (RowState.MIND, "offline")))


def _enrolment(say: _Say, key: KeyStanding) -> ReadinessRow:
    state = {
        KeyStanding.KNOWN: RowState.FINE,
        KeyStanding.AS_SYNCED: RowState.FINE,
        KeyStanding.UNKNOWN: RowState.UNCHECKED,
    }
    return say("enrolment", state.get(key, RowState.STOP), key.value)


def _clock(say: _Say, status: StationStatus) -> ReadinessRow:
    if status.skew is None:
        return say("clock", RowState.UNCHECKED, "unknown")
    seconds = abs(round(status.skew.total_seconds()))
    if status.clock_wrong:
        return say("clock", RowState.STOP, "wrong", n=max(1, round(seconds / 60)))
    return say("clock", RowState.FINE, "fine", n=seconds)


_FRESHNESS = {
    Freshness.FRESH: (RowState.FINE, "fine"),
    Freshness.AGEING: (RowState.MIND, "old"),
    Freshness.STALE: (RowState.MIND, "stale"),
    Freshness.REFUSED: (RowState.STOP, "refused"),
}


def _catalog(say: _Say, status: StationStatus) -> ReadinessRow:
    info, age = status.catalog, status.catalog_age_days()
    if info is None or age is None:
        return say("catalog", RowState.STOP, "none")
    if info.draft:
        return say("catalog", RowState.STOP, "draft")
    freshness = status.limits.judge(age)
    state, key = _FRESHNESS[freshness]
    return say("catalog", state, key, version=info.version, items=info.items, n=age)


def _carried(texts: Texts, files: Sequence[Carried]) -> ReadinessRow:
    """Schedules, code tables, texts.  No case waits for one: what came with the program stands in."""
    name, broken = texts["carried.name"], carried.refused(files)
    if not broken:
        sentence = texts.say("carried.fine", n=len(files))
        return ReadinessRow("carried", name, RowState.FINE, sentence)
    sentence = " ".join(carried.describe(texts, each) for each in broken)
    advice = carried.instead(texts, broken) + texts["carried.advice"]
    return ReadinessRow("carried", name, RowState.MIND, sentence, advice)


def _outbox(say: _Say, status: StationStatus) -> tuple[ReadinessRow, ReadinessRow]:
    box = status.outbox
    waiting = say("outbox", RowState.FINE, "fine")
    if box.pending:
        oldest = "" if box.oldest is None else f"{box.oldest:%m-%d %H:%M}"
        waiting = say("outbox", RowState.MIND, "waiting", n=box.pending, oldest=oldest)
    refused = say("refused", RowState.FINE, "fine")
    if box.rejected:
        refused = say("refused", RowState.MIND, "some", n=box.rejected)
    return waiting, refused


def _numbers(say: _Say, status: StationStatus) -> ReadinessRow:
    left = status.sequences_left
    if left == 0:
        return say("numbers", RowState.STOP, "none")
    state, key = (RowState.MIND, "few") if left < FEW_NUMBERS else (RowState.FINE, "fine")
    return say("numbers", state, key, n=left)


def document(sheet: ReadinessSheet) -> dict[str, Any]:
    """The sheet as JSON values: what `doctor --json` and the diagnostic bundle hold."""
    return {
        "station": sheet.station_id,
        "site": sheet.site,
        "at": sheet.at.isoformat(),
        "opening": sheet.opening.value,
        "limits": list(sheet.limits),
        "simulated": sheet.simulated,
        "rows": [
            {
                "area": row.area,
                "state": row.state.value,
                "name": row.name,
                "sentence": row.sentence,
                "advice": row.advice,
            }
            for row in sheet.rows
        ],
    }
