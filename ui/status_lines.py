"""What the strip and the device page say about the station: one line a thing, from one source.

Pure functions from (what is known) to (words, tone, icon), so that the two places can
never disagree and a test needs no window.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from app.domain.carried import Carried, Standing
from app.domain.catalog_age import Freshness
from app.domain.device import DeviceHealth, DeviceKind, DeviceStatus
from app.domain.readiness import FEW_NUMBERS, NEEDED
from app.errors import AppError
from app.services import carried
from app.services.device_words import trouble_word
from app.services.station_status import StationStatus
from app.texts import Texts
from ui.words import moment, sentence, since

WELL = "quiet"
ICONS = {
    DeviceKind.ID_READER: "idcard",
    DeviceKind.RECEIPT_PRINTER: "printer",
    DeviceKind.A4_PRINTER: "printer",
    DeviceKind.SCANNER: "scanner",
    DeviceKind.DOCUMENT_CAMERA: "camera",
}


@dataclass(frozen=True, slots=True)
class StatusLine:
    """`word` stands on the strip, `state` on the pill of the device page; tone "quiet": all is well."""

    key: str
    icon: str
    tone: str
    name: str
    word: str
    state: str
    note: str
    loud: bool = False  # only shown on the strip when not well

    @property
    def well(self) -> bool:
        return self.tone == WELL


@dataclass(frozen=True, slots=True)
class Known:
    """Everything the lines are made of; `status` None until the first look came back."""

    status: StationStatus | None
    healths: tuple[DeviceHealth, ...]
    trouble: AppError | None
    now: datetime
    fetching: str = ""  # how far the catalog is that comes just now


def status_lines(texts: Texts, known: Known) -> tuple[StatusLine, ...]:
    """In the order of the strip."""
    lines: list[StatusLine] = []
    if known.trouble is not None:
        lines.append(_store(texts, known.trouble))
    if known.status is not None:
        lines += [
            _network(texts, known.status),
            _outbox(texts, known.status),
            _coming(_catalog(texts, known.status), known.fetching),
        ]
    lines += [device_line(texts, health, known.now) for health in known.healths]
    if known.status is not None:
        lines += [_clock(texts, known.status), _numbers(texts, known.status)]
        lines += [carried_line(texts, known.status.carried)] if known.status.carried else []
    return tuple(lines)


def _store(texts: Texts, error: AppError) -> StatusLine:
    word = texts["health.store_word"]
    return StatusLine("store", "warning", "stop", texts["health.store"], word, word, texts.error(error))


def _network(texts: Texts, status: StationStatus) -> StatusLine:
    name = texts["health.network"]
    if not status.enrolled:
        word = texts["health.not_enrolled"]
        note = sentence(texts, "trust.not_enrolled")
        return StatusLine("network", "offline", "stop", name, word, word, note)
    if status.online:
        word = texts["health.online"]
        return StatusLine("network", "network", WELL, name, word, word, texts["health.online_note"])
    word = texts["health.offline"]
    return StatusLine("network", "offline", "warn", name, word, word, texts["health.offline_note"])


def _outbox(texts: Texts, status: StationStatus) -> StatusLine:
    box, name = status.outbox, texts["health.outbox"]
    if box.rejected:
        word = texts.say("health.rejected", n=box.rejected)
        return StatusLine("outbox", "warning", "stop", name, word, word, texts["health.rejected_note"])
    if not box.pending:
        word = texts["health.all_sent"]
        return StatusLine("outbox", "sync", WELL, name, word, word, texts["health.all_sent_note"])
    word = texts.say("health.pending", n=box.pending)
    if box.oldest is None:
        return StatusLine("outbox", "sync", "warn", name, word, word, "")
    oldest = moment(texts, box.oldest, status.at)
    strip = texts.say("health.pending_since", n=box.pending, time=oldest)
    note = texts.say("health.oldest", time=oldest, since=since(texts, box.oldest, status.at))
    return StatusLine("outbox", "sync", "warn", name, strip, word, note)


def fetch_words(texts: Texts, done: int, total: int) -> str:
    if not total:
        return ""
    if done >= total:
        return texts["health.fetch_checks"]
    return texts.say("health.fetching", n=100 * done // total)


def _coming(line: StatusLine, fetching: str) -> StatusLine:
    return replace(line, icon="sync", word=fetching, state=fetching) if fetching else line


def _catalog(texts: Texts, status: StationStatus) -> StatusLine:
    name, info, age = texts["health.catalog"], status.catalog, status.catalog_age_days()
    if info is None or age is None:
        word = texts["health.no_catalog"]
        return StatusLine(
            "catalog", "calendar", "stop", name, word, word, sentence(texts, "trust.no_catalog")
        )
    note = texts.say(
        "health.catalog_note",
        version=info.version,
        items=info.items,
        day=f"{info.published_at:%Y-%m-%d}",
    )
    if info.draft:
        word = texts["health.draft_catalog"]
        return StatusLine(
            "catalog", "calendar", "stop", name, word, word, sentence(texts, "trust.no_catalog")
        )
    freshness = status.limits.judge(age)
    if freshness is not Freshness.FRESH:
        word = texts.say(f"health.catalog_{freshness.value}", n=age)
        tone = "stop" if freshness is Freshness.REFUSED else "warn"
        note += texts.say(f"health.catalog_{freshness.value}_note", n=age)
        return StatusLine("catalog", "calendar", tone, name, word, word, note)
    word = texts["health.catalog_today"] if age == 0 else texts.say("health.catalog_age", n=age)
    return StatusLine("catalog", "calendar", WELL, name, word, texts["health.fine"], note)


def device_line(texts: Texts, health: DeviceHealth, now: datetime) -> StatusLine:
    kind = health.kind.value
    name, short = texts[f"health.{kind}.name"], texts[f"health.{kind}.short"]
    if health.simulated:
        name, short = texts.say("health.simulated", name=name), texts.say("health.simulated", name=short)
    icon = ICONS[health.kind]
    if health.status is DeviceStatus.STARTING:
        state = texts["health.state.starting"]
        return StatusLine(
            kind,
            icon,
            "muted",
            name,
            texts.say("health.device_word", name=short, state=state),
            state,
            state,
        )
    if health.works:
        if health.facts.get("paper") == "near_end":
            state = texts["health.paper_low"]
            word = texts.say("health.device_word", name=short, state=state)
            return StatusLine(kind, icon, "warn", name, word, state, texts["health.paper_low_note"])
        return StatusLine(kind, icon, WELL, name, short, texts["health.fine"], _fine_note(texts, health, now))
    state = trouble_word(texts, health)
    word = texts.say("health.device_word", name=short, state=state)
    tone = "warn" if health.kind is DeviceKind.SCANNER else "stop"
    note = state if health.since is None else texts.say("health.since", since=since(texts, health.since, now))
    return StatusLine(kind, icon, tone, name, word, state, note)


def _fine_note(texts: Texts, health: DeviceHealth, now: datetime) -> str:
    if health.since is None:
        return texts["health.fine_note"]
    return texts.say("health.fine_since", since=since(texts, health.since, now))


def _clock(texts: Texts, status: StationStatus) -> StatusLine:
    name = texts["health.clock"]
    if status.skew is None:
        state = texts["health.clock_unknown"]
        return StatusLine(
            "clock", "clock", "muted", name, state, state, texts["health.clock_unknown_note"], loud=True
        )
    seconds = abs(status.skew.total_seconds())
    if status.clock_wrong:
        word = texts.say("health.clock_wrong", n=max(1, round(seconds / 60)))
        return StatusLine(
            "clock", "clock", "stop", name, word, word, texts["health.clock_wrong_note"], loud=True
        )
    note = texts.say("health.clock_note", n=f"{seconds:.0f}")
    return StatusLine(
        "clock", "clock", WELL, name, texts["health.clock"], texts["health.fine"], note, loud=True
    )


def _numbers(texts: Texts, status: StationStatus) -> StatusLine:
    left = status.sequences_left
    name, word = texts["health.numbers"], texts.say("health.numbers_left", n=left)
    tone = "stop" if left == 0 else "warn" if left < FEW_NUMBERS else WELL
    note = texts["health.numbers_low_note" if tone != WELL else "health.numbers_note"]
    return StatusLine("numbers", "key", tone, name, word, word, note, loud=True)


def carried_line(texts: Texts, files: Sequence[Carried]) -> StatusLine:
    """Schedules, code tables and texts that travel with the catalog.

    The note says what it comes to, then a line a file; what is refused stands first.
    """
    name, broken = texts["carried.name"], carried.refused(files)
    rest = [each for each in files if each not in broken]
    lines = [carried.describe(texts, each) for each in (*broken, *rest)]
    if broken:
        word = texts.say("carried.broken", n=len(broken))
        note = "\n".join((carried.instead(texts, broken) + texts["carried.advice"], *lines))
        return StatusLine("carried", "calendar", "warn", name, word, word, note, loud=True)
    waiting = any(each.standing is Standing.WAITING for each in files)
    tone, state = ("muted", texts["carried.waiting"]) if waiting else (WELL, texts["health.fine"])
    note = "\n".join((texts.say("carried.fine", n=len(files)), *lines))
    return StatusLine("carried", "calendar", tone, name, state, state, note, loud=True)


def worst(lines: Sequence[StatusLine]) -> str:
    """The tone that sums the station up: stop, warn or quiet."""
    tones = {line.tone for line in lines}
    return next((tone for tone in ("stop", "warn") if tone in tones), WELL)


def can_receive(lines: Sequence[StatusLine]) -> bool:
    """Whether cases can be taken at all: neither line nor printer nor reader is needed for that."""
    must = NEEDED | {"network"}  # the line of the network stops only where the station is not enrolled
    return not must & {line.key for line in lines if line.tone == "stop"}
