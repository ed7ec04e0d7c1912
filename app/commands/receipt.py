"""Verify a receipt offline: a PDF, or the text of its QR."""

import argparse
import sys
from pathlib import Path
from typing import Any

from app.commands.output import add_json, emit, fail
from app.commands.wiring import receipt_verifier
from app.domain.receipt import Verdict
from app.errors import InvalidInputError, ReceiptNotGenuineError
from app.texts import load


def add_arguments(parser: argparse.ArgumentParser) -> None:
    what = parser.add_subparsers(dest="what", required=True)
    verify = what.add_parser("verify", help="exit 0 genuine, 1 not")
    verify.add_argument("subject", metavar="FILE_OR_TEXT")
    verify.add_argument("--data", type=Path, required=True)
    add_json(verify)


def run(args: argparse.Namespace) -> int:
    try:
        verdict = receipt_verifier(args.data).verify(_subject(args.subject))
    except ReceiptNotGenuineError as error:
        why = load().code("receipt_fault", str(error.values.get("reason", "")))
        fail(args, error.code, why, error.retryable)
        return 1
    emit(args, as_json(verdict), load().say("verify.genuine", number=verdict.claims.number))
    return 0


def _subject(text: str) -> bytes | str:
    """A file when there is one of that name; `-` is standard input."""
    if text == "-":
        return _content(sys.stdin.buffer.read())
    try:
        path = Path(text)
        if path.is_dir() or (path.suffix.lower() == ".pdf" and not path.exists()):
            raise InvalidInputError(field=path.name)
        if not path.is_file():
            return text
    except (OSError, ValueError):  # too long for a file name: a QR's text
        return text
    try:
        return _content(path.read_bytes())
    except OSError as error:
        raise InvalidInputError(field=path.name) from error


def _content(data: bytes) -> bytes | str:
    """A PDF as it is, anything else as text if it is text."""
    if data.startswith(b"%PDF"):
        return data
    try:
        return data.decode("utf-8").strip()
    except UnicodeDecodeError:
        return data


def as_json(verdict: Verdict) -> dict[str, Any]:
    claims = verdict.claims
    return {
        "genuine": True,
        "number": claims.number,
        "item_code": claims.item_code,
        "station_id": claims.station_id,
        "site": verdict.station.site,
        "received_at": claims.received_at.isoformat(),
        "offline": claims.offline,
        "demo": verdict.station.demo,
        "whole_receipt": verdict.receipt is not None,
    }
