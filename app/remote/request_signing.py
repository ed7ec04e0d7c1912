"""The station's half of signed requests: fill the header that app.domain.station_request describes."""

import secrets
from collections.abc import Callable
from datetime import UTC, datetime

from app.domain.station_request import Stamp, header, signing_input

Sign = Callable[[bytes], bytes]
"""Bytes in, ECDSA P-256 signature over their SHA-256 out, in DER."""


def authorization(station_id: str, sign: Sign, method: str, path: str, body: bytes) -> str:
    """A header value that fits this one request; a repetition needs a new one."""
    stamp = Stamp(station_id, datetime.now(UTC), secrets.token_hex(16))
    return header(stamp, sign(signing_input(stamp, method, path, body)))
