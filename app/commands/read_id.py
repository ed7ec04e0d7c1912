"""Read one identity card on the station's reader."""

import argparse
from concurrent.futures import CancelledError
from pathlib import Path
from threading import Event
from typing import Any

from app.commands.output import add_json, emit
from app.commands.wiring import device_hub
from app.domain.device import CardRead, DeviceKind
from app.errors import DeviceNotConfiguredError
from app.ports import Devices
from app.settings import read
from app.texts import Texts, load

EXTRAS = ("english_name", "nationality", "pass_number", "issue_count", "card_version")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--station", type=Path, required=True)
    parser.add_argument("--timeout", type=_seconds, default=20.0, help="seconds to wait for a card")
    add_json(parser)


def _seconds(text: str) -> float:
    value = float(text)
    if not 0 < value <= 3600:
        raise argparse.ArgumentTypeError("more than 0, at most 3600")
    return value


def run(args: argparse.Namespace) -> int:
    devices = device_hub(read(args.station), (DeviceKind.ID_READER,))
    try:
        emit(args, as_json(read_card(devices, args.timeout), load()))
    finally:
        devices.close()
    return 0


def read_card(devices: Devices, timeout_s: float) -> CardRead:
    """Wait for one card.  Raises DeviceError."""
    if not devices.has(DeviceKind.ID_READER):
        raise DeviceNotConfiguredError(device=load()["device.id_reader"])
    cancelled = Event()
    future = devices.read_card(timeout_s, cancelled)
    try:
        return future.result()
    except (KeyboardInterrupt, CancelledError):
        cancelled.set()
        raise


def as_json(read: CardRead, texts: Texts) -> dict[str, Any]:
    d = read.document
    fields: dict[str, Any] = {
        "kind": d.kind.value,
        "name": d.name,
        "sex": texts.code("sex", d.sex.value) if d.sex else None,
        "nation": texts.code("nation", d.nation) if d.nation else None,
        "birth": d.birth.isoformat() if d.birth else None,
        "valid_from": d.valid_from.isoformat() if d.valid_from else None,
        "valid_to": texts["identity.long_term"] if d.long_term else d.valid_to and d.valid_to.isoformat(),
        "address": d.address,
        "number": d.number,
        "number_valid": d.number_valid,
        "authority": d.authority,
        "doubtful": read.doubtful,
    }
    return fields | {name: getattr(d, name) for name in EXTRAS if getattr(d, name)}
