"""Look at every serial port, USB device and print queue, and say what it is and what station.toml needs."""

import argparse
import sys
from collections.abc import Sequence
from threading import Event
from typing import Any

from app.commands.output import add_json, emit
from app.domain.device import FoundDevice
from app.receipts.escpos import columns
from app.services.found_devices import station_lines
from app.texts import Texts, load
from devices.discovery import start_finding
from devices.plugged import NETWORK

_GAP = 3
_LEAVE_S = 3.0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--line",
        action="append",
        default=[],
        metavar="URL",
        help="ask this line too: socket://HOST:PORT, a port",
    )
    add_json(parser)


def run(args: argparse.Namespace) -> int:
    texts = load()
    shown = not args.json and sys.stderr.isatty()
    found = _find(args.line, texts if shown else None)
    emit(args, [as_json(device) for device in found], _words(found, texts))
    return 0


def _find(lines: Sequence[str], shown: Texts | None) -> Sequence[FoundDevice]:
    """Ctrl-C lets the ports be put back as they were."""

    def progress(done: int, total: int) -> None:
        if shown is not None:
            end = "\n" if done == total else ""
            print(
                "\r" + shown.say("found.progress", done=done, total=total),
                end=end,
                file=sys.stderr,
                flush=True,
            )

    cancelled = Event()
    future = start_finding(lines, progress, cancelled.is_set)
    try:
        return future.result()
    except KeyboardInterrupt:
        cancelled.set()
        future.result(_LEAVE_S)
        raise


def as_json(found: FoundDevice) -> dict[str, Any]:
    return {
        "line": found.line,
        "kind": found.kind.value if found.kind else None,
        "driver": found.driver,
        "name": found.name,
        "baudrate": found.baudrate,
        "facts": found.facts,
    }


def _words(found: Sequence[FoundDevice], texts: Texts) -> str:
    if not found:
        return texts["found.none"]
    head = tuple(texts[f"found.head.{key}"] for key in ("line", "what", "details"))
    table = _table([head, *(_row(device, texts) for device in found)])
    lines = _station_lines(found, texts)
    return "\n".join([*table, *(["", texts["found.paste"], "", *lines] if lines else [])])


def _row(found: FoundDevice, texts: Texts) -> tuple[str, str, str]:
    facts = found.facts
    what = texts.code("device", found.kind.value) if found.kind else _state(found, texts)
    details = [found.name, *(facts.get(key, "") for key in ("serial", "sam", "usb"))]
    if found.baudrate:
        details.append(texts.say("found.speed", baudrate=found.baudrate))
    if "simulated" in facts:
        details.append(texts["found.simulated"])
    return found.line, what, "  ".join(dict.fromkeys(word for word in details if word))


def _state(found: FoundDevice, texts: Texts) -> str:
    state = found.facts.get("state", "")
    far = state == "silent" and found.line.startswith(NETWORK)
    return texts["found.state.silent_far" if far else f"found.state.{state or 'strange'}"]


def _table(rows: Sequence[tuple[str, ...]]) -> list[str]:
    """Columns by what a terminal shows: a Chinese character takes two."""
    widths = [max(columns(row[i]) for row in rows) for i in range(len(rows[0]))]
    return [
        "".join(
            cell + " " * (width - columns(cell) + _GAP) for cell, width in zip(row, widths, strict=True)
        ).rstrip()
        for row in rows
    ]


def _station_lines(found: Sequence[FoundDevice], texts: Texts) -> list[str]:
    """A table of station.toml for the first device of each kind; the others as comments."""
    lines: list[str] = []
    first: set[str] = set()
    for device in (device for device in found if device.kind is not None and device.driver):
        assert device.kind is not None
        mark = "# " if device.kind.value in first else ""
        first.add(device.kind.value)
        lines += [mark + line for line in station_lines(device).splitlines()] + [""]
    if lines and any("id" in device.facts and not device.line.startswith(NETWORK) for device in found):
        lines += [texts["found.auto"]]
    return lines
