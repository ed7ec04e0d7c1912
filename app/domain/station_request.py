"""How a station signs what it asks of the gateway: one header, ECDSA P-256 over a canonical text.

    Authorization: GJ-Station station=441900A12,at=2026-11-21T02:30:00Z,nonce=<32 hex>,signature=<base64>

The signature (DER, SHA-256) covers these lines, joined by line feeds, no line feed at the end:

    GJ-STATION-1
    PUT
    /v1/messages/3f0c…            path of the interface with its query, without what a proxy puts before it
    <SHA-256 of the body, lower-case hex>
    441900A12
    2026-11-21T02:30:00Z
    <nonce>

The time keeps old requests out (SKEW), the nonce a repeated one within that time.  Both ends
use this module, so that they cannot drift apart.
"""

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

SCHEME = "GJ-Station"
SKEW = timedelta(minutes=10)
_VERSION = "GJ-STATION-1"
_TIME = "%Y-%m-%dT%H:%M:%SZ"
_HEADER = re.compile(
    SCHEME + r" station=([0-9A-Z]{4,16}),at=(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ),"
    r"nonce=([0-9a-f]{32}),signature=([A-Za-z0-9+/]{1,200}={0,2})"
)


@dataclass(frozen=True, slots=True)
class Stamp:
    """Who asks, when (aware), and 16 random bytes in hex that make the request the only one of its kind."""

    station_id: str
    at: datetime
    nonce: str

    @property
    def time(self) -> str:
        return self.at.astimezone(UTC).strftime(_TIME)


def signing_input(stamp: Stamp, method: str, path: str, body: bytes) -> bytes:
    """The bytes the signature covers; `path` begins with `/v1/`."""
    digest = hashlib.sha256(body).hexdigest()
    return "\n".join((_VERSION, method, path, digest, stamp.station_id, stamp.time, stamp.nonce)).encode()


def header(stamp: Stamp, signature: bytes) -> str:
    """The value of `Authorization`."""
    text = base64.b64encode(signature).decode()
    return f"{SCHEME} station={stamp.station_id},at={stamp.time},nonce={stamp.nonce},signature={text}"


def parse_header(value: str) -> tuple[Stamp, bytes]:
    """The inverse of `header`.  Raises ValueError."""
    match = _HEADER.fullmatch(value)
    if match is None:
        raise ValueError("not a station's signature header")
    station_id, time, nonce, signature = match.groups()
    at = datetime.strptime(time, _TIME).replace(tzinfo=UTC)
    try:
        return Stamp(station_id, at, nonce), base64.b64decode(signature, validate=True)
    except binascii.Error as error:
        raise ValueError("the signature is not base64") from error
