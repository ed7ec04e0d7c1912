"""Settings: station.toml as frozen dataclasses.

    [station]  id, mode, site            required; papers optional: ["slip"], ["a4"] or both
    [gateway]  url, public_url           both optional; rate_limit_kbit: of large downloads, 0 for none
    [catalog]  sync_hours                every how many hours the newest catalog is fetched, 0 for never
               ageing_days, stale_days, refused_days (app.domain.catalog_age)
    [devices.<kind>]                     driver, line, simulated, and for
               id_reader                 baudrate, photo_decoder (a program and its arguments)
               receipt_printer           baudrate, width_mm, profile
               a4_printer                tray, duplex
               scanner                   baudrate, profile
               document_camera           line may be "" for the first one there is, or a camera's name

A line is a port (/dev/ttyUSB0, COM3), a URL (socket://host:port, rfc2217://…, usb:// for reader and receipt
printer, library:///PATH?port=1001 for a reader behind its maker's library), or for reader, receipt printer
and scanner "auto": wherever it is plugged in ("auto LINE LINE …": among these); `id` then names the one
device that will do.

Unknown keys are errors, and all faults of a file are reported at once (`SettingsError.values["faults"]`).
"""

import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from app.domain.catalog import Channel
from app.domain.catalog_age import AgeLimits
from app.domain.device import DeviceKind
from app.domain.numbering import STATION_ID
from app.domain.printing import PaperForm
from app.errors import SettingsError
from app.texts import load

MODES = (Channel.COUNTER, Channel.KIOSK, Channel.POPUP)
DRIVERS: Mapping[DeviceKind, tuple[str, ...]] = {
    DeviceKind.ID_READER: ("sdt",),
    DeviceKind.RECEIPT_PRINTER: ("escpos", "cups_raw"),
    DeviceKind.A4_PRINTER: ("ipp",),
    DeviceKind.SCANNER: ("serial", "wedge"),
    DeviceKind.DOCUMENT_CAMERA: ("qt", "simulated"),
}
NO_LINE = ("wedge", "qt", "simulated")  # it types into whatever has the focus; the first camera there is
AUTO_DRIVERS = ("sdt", "escpos", "serial")  # whose device can be found wherever it is plugged in
WIDTHS_MM = (80, 58)
_OWN_KEYS: Mapping[DeviceKind, tuple[str, ...]] = {
    DeviceKind.ID_READER: ("baudrate", "id", "photo_decoder"),
    DeviceKind.RECEIPT_PRINTER: ("baudrate", "width_mm", "profile", "id"),
    DeviceKind.A4_PRINTER: ("tray", "duplex"),
    DeviceKind.SCANNER: ("baudrate", "profile", "id"),
    DeviceKind.DOCUMENT_CAMERA: (),
}


@dataclass(frozen=True, slots=True)
class DeviceSettings:
    kind: DeviceKind
    driver: str
    line: str
    baudrate: int = 0  # 0: the driver's own default
    width_mm: int = 80
    simulated: bool = False
    profile: str = ""
    tray: str = ""
    duplex: bool = False
    device_id: str = ""
    photo_decoder: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class GatewaySettings:
    url: str = ""
    public_url: str = ""
    rate_limit_kbit: int = 0


@dataclass(frozen=True, slots=True)
class CatalogSettings:
    limits: AgeLimits = AgeLimits()
    sync_hours: int = 4


@dataclass(frozen=True, slots=True)
class StationSettings:
    station_id: str
    mode: Channel
    site: str
    gateway: GatewaySettings = GatewaySettings()
    devices: tuple[DeviceSettings, ...] = field(default=())
    papers: tuple[PaperForm, ...] = (PaperForm.SLIP,)
    catalog: CatalogSettings = CatalogSettings()


def read(path: Path) -> StationSettings:
    """Raises SettingsError with every fault of the file."""
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise _refused(path, [load()["settings.unreadable"]]) from error
    except UnicodeDecodeError as error:
        raise _refused(path, [load()["settings.not_utf8"]]) from error
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise _refused(path, [load().say("settings.not_toml", detail=str(error)[:120])]) from error
    checked = _Checked()
    settings = checked.station(table)
    if checked.faults:
        raise _refused(path, checked.faults)
    return settings


def _refused(path: Path, faults: Iterable[str]) -> SettingsError:
    listed = tuple(faults)
    return SettingsError(f"{len(listed)} faults", file=path.name, faults=load()["settings.and"].join(listed))


class _Checked:
    """Reads tables and gathers what is wrong with them instead of stopping at the first fault."""

    def __init__(self) -> None:
        self.faults: list[str] = []

    def fault(self, key: str, where: str, **values: object) -> None:
        self.faults.append(load().say(f"settings.{key}", where=where, **values))

    def table(self, parent: Mapping[str, Any], name: str, where: str) -> Mapping[str, Any]:
        value = parent.get(name, {})
        if isinstance(value, dict):
            return value
        self.fault("not_a_table", where)
        return {}

    def only(self, table: Mapping[str, Any], known: Iterable[str], where: str) -> None:
        for key in table.keys() - set(known):
            self.fault("unknown_key", f"{where}{key}")

    def text(
        self, table: Mapping[str, Any], key: str, where: str, good: Callable[[str], bool], *, required: bool
    ) -> str:
        value = table.get(key)
        if value is None:
            if required:
                self.fault("missing", f"{where}{key}")
            return ""
        if not isinstance(value, str) or not good(value):
            self.fault("bad_value", f"{where}{key}")
            return ""
        return value

    def station(self, root: Mapping[str, Any]) -> StationSettings:
        self.only(root, ("station", "gateway", "devices", "catalog"), "")
        station = self.table(root, "station", "[station]")
        self.only(station, ("id", "mode", "site", "papers"), "station.")
        station_id = self.text(
            station, "id", "station.", lambda s: bool(STATION_ID.fullmatch(s)), required=True
        )
        mode = self.text(station, "mode", "station.", lambda s: s in [m.value for m in MODES], required=True)
        site = self.text(station, "site", "station.", lambda s: bool(s.strip()), required=True)
        return StationSettings(
            station_id,
            Channel(mode) if mode else Channel.COUNTER,
            site,
            self.gateway(self.table(root, "gateway", "[gateway]")),
            self.devices(self.table(root, "devices", "[devices]")),
            self.papers(station),
            self.catalog(self.table(root, "catalog", "[catalog]")),
        )

    def catalog(self, table: Mapping[str, Any]) -> CatalogSettings:
        where, usual = "catalog.", AgeLimits()
        self.only(table, ("ageing_days", "stale_days", "refused_days", "sync_hours"), where)
        limits = AgeLimits(
            self.number(table, "ageing_days", where, lambda n: 0 < n <= 3650, usual.ageing_days),
            self.number(table, "stale_days", where, lambda n: 0 < n <= 3650, usual.stale_days),
            self.number(table, "refused_days", where, lambda n: 0 < n <= 3650, usual.refused_days),
        )
        if not limits.ageing_days < limits.stale_days < limits.refused_days:
            self.fault("days_in_order", "[catalog]")
        hours = self.number(table, "sync_hours", where, lambda n: 0 <= n <= 168, CatalogSettings().sync_hours)
        return CatalogSettings(limits, hours)

    def papers(self, table: Mapping[str, Any]) -> tuple[PaperForm, ...]:
        """Which papers a case gets here: "slip", "a4" or both, in the order they are printed."""
        words = table.get("papers", [PaperForm.SLIP.value])
        known = [form.value for form in PaperForm]
        if isinstance(words, list) and words and all(words.count(w) == 1 and w in known for w in words):
            return tuple(PaperForm(word) for word in words)
        self.fault("bad_value", "station.papers")
        return (PaperForm.SLIP,)

    def gateway(self, table: Mapping[str, Any]) -> GatewaySettings:
        self.only(table, ("url", "public_url", "rate_limit_kbit"), "gateway.")
        return GatewaySettings(
            self.text(table, "url", "gateway.", _is_url, required=False),
            self.text(table, "public_url", "gateway.", _is_qr_url, required=False),
            self.number(table, "rate_limit_kbit", "gateway.", lambda n: n == 0 or 64 <= n <= 10_000_000, 0),
        )

    def devices(self, table: Mapping[str, Any]) -> tuple[DeviceSettings, ...]:
        self.only(table, [kind.value for kind in DeviceKind], "devices.")
        return tuple(
            self.device(kind, self.table(table, kind.value, f"[devices.{kind.value}]"))
            for kind in DeviceKind
            if kind.value in table
        )

    def device(self, kind: DeviceKind, table: Mapping[str, Any]) -> DeviceSettings:
        where = f"devices.{kind.value}."
        self.only(table, ("driver", "line", "simulated", *_OWN_KEYS[kind]), where)
        may_lack = table.get("driver") in NO_LINE
        device = DeviceSettings(
            kind,
            self.text(table, "driver", where, lambda s: s in DRIVERS[kind], required=True),
            self.text(table, "line", where, lambda s: may_lack or bool(s.strip()), required=not may_lack),
            self.number(table, "baudrate", where, lambda n: 0 < n <= 4_000_000, 0),
            self.number(table, "width_mm", where, lambda n: n in WIDTHS_MM, 80),
            self.flag(table, "simulated", where),
            self.text(table, "profile", where, lambda s: s.isascii() and bool(s.strip()), required=False),
            self.text(table, "tray", where, lambda s: s.isascii() and bool(s.strip()), required=False),
            self.flag(table, "duplex", where),
            self.text(table, "id", where, lambda s: s.isprintable() and bool(s.strip()), required=False),
            self.command(table, "photo_decoder", where),
        )
        return self.auto(device, where)

    def command(self, table: Mapping[str, Any], key: str, where: str) -> tuple[str, ...]:
        """A program and its arguments, each a word of its own; () when there is none."""
        words = table.get(key, [])
        if isinstance(words, list) and all(isinstance(word, str) and word for word in words):
            return tuple(words)
        self.fault("bad_value", f"{where}{key}")
        return ()

    def auto(self, device: DeviceSettings, where: str) -> DeviceSettings:
        """A line that is found by itself, and the id that only then means something."""
        is_auto = device.line.split()[:1] == ["auto"]
        if is_auto and device.driver and device.driver not in AUTO_DRIVERS:
            self.fault("bad_value", f"{where}line")
        if device.device_id and device.line and not is_auto:
            self.fault("needs_auto", f"{where}id")
        return device

    def number(
        self, table: Mapping[str, Any], key: str, where: str, good: Callable[[int], bool], default: int
    ) -> int:
        value = table.get(key, default)
        if value == default and key not in table:
            return default
        if not isinstance(value, int) or isinstance(value, bool) or not good(value):
            self.fault("bad_value", f"{where}{key}")
            return default
        return value

    def flag(self, table: Mapping[str, Any], key: str, where: str) -> bool:
        value = table.get(key, False)
        if not isinstance(value, bool):
            self.fault("bad_value", f"{where}{key}")
            return False
        return value


def _is_url(text: str) -> bool:
    try:
        parts = urlsplit(text)
        _ = parts.port  # out of range: ValueError
    except ValueError:
        return False
    seen = text.isascii() and text.isprintable() and " " not in text
    return seen and parts.scheme.lower() in ("http", "https") and bool(parts.hostname)


def _is_qr_url(text: str) -> bool:
    """A URL whose upper-case form fits the alphanumeric mode of a QR code (ISO/IEC 18004)."""
    return _is_url(text) and all(c.isascii() and (c.isalnum() or c in "$%*+-./:") for c in text)
