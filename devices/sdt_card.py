"""The 256-byte text block of an ID card (command 30 01) and its document, both ways: pure functions.

UTF-16LE, blank padded, fixed places.  The unit at byte 248 tells the four kinds apart:

    blank  resident card                           J  residence permit of HK, Macao and Taiwan people
    I      foreigner's permanent residence, 2017   Y  the same, 2023

Offsets: two independent struct definitions for the resident card, vendor documents for
the others (docs/adr/0011).  Nothing is stripped but blanks on the right, nothing is
refused for its content: a number that fails its check is kept and marked, an unknown
nation code stays as it is, a character this machine cannot draw is still that character.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from app.domain.identity import (
    DocumentKind,
    IdentityDocument,
    Sex,
    birth_in,
    sex_in,
)
from app.errors import CardUnsupportedError, DeviceProtocolError

BLOCK = 256
_PHOTOS = (0, 1024)
_FINGERPRINTS = (0, 512, 1024)
ADDRESS = 70  # bytes of one additional address (command 30 03)
MOST_ADDRESSES = 4
LONG_TERM = "\u957f\u671f"  # what stands instead of a last day on a card without an end
_LOST = "\ufffd"


class _Field(NamedTuple):
    """Offset and length in bytes."""

    at: int
    size: int


_FLAG = _Field(248, 2)
_KINDS = {
    " ": DocumentKind.RESIDENT,
    "\0": DocumentKind.RESIDENT,
    "J": DocumentKind.HMT_RESIDENCE,
    "I": DocumentKind.FOREIGNER_2017,
    "Y": DocumentKind.FOREIGNER_2023,
}
_RESIDENT = {
    "name": _Field(0, 30),
    "sex": _Field(30, 2),
    "nation": _Field(32, 4),
    "birth": _Field(36, 16),
    "address": _Field(52, 70),
    "number": _Field(122, 36),
    "authority": _Field(158, 30),
    "valid_from": _Field(188, 16),
    "valid_to": _Field(204, 16),
}
_HMT = {key: place for key, place in _RESIDENT.items() if key != "nation"} | {
    "pass_number": _Field(220, 18),
    "issue_count": _Field(238, 4),
}
_FOREIGNER_2017 = {
    "english_name": _Field(0, 120),
    "sex": _Field(120, 2),
    "number": _Field(122, 30),
    "nationality": _Field(152, 6),
    "name": _Field(158, 30),
    "valid_from": _Field(188, 16),
    "valid_to": _Field(204, 16),
    "birth": _Field(220, 16),
    "card_version": _Field(236, 4),
    "authority": _Field(240, 8),
}
_FOREIGNER_2023 = {
    "name": _Field(0, 30),
    "sex": _Field(30, 2),
    "issue_count": _Field(32, 4),  # how often the card was changed
    "birth": _Field(36, 16),
    "english_name": _Field(52, 70),  # its first 35 characters …
    "english_rest": _Field(220, 22),  # … and the eleven after them
    "number": _Field(122, 36),
    "valid_from": _Field(188, 16),
    "valid_to": _Field(204, 16),
    "nationality": _Field(242, 6),
}
LAYOUTS = {
    DocumentKind.RESIDENT: _RESIDENT,
    DocumentKind.HMT_RESIDENCE: _HMT,
    DocumentKind.FOREIGNER_2017: _FOREIGNER_2017,
    DocumentKind.FOREIGNER_2023: _FOREIGNER_2023,
}


@dataclass(frozen=True, slots=True)
class Payload:
    """What command 30 01 answers: the text block, and a photo nobody here can decode."""

    text: bytes
    photo: bytes | None


def split_payload(data: bytes) -> Payload:
    """Take the answer's data apart: text length (2, big endian), photo length (2), text, photo.

    With a fingerprint (0, 512 or 1024 bytes, passed over) there is a third length.  Which it is the lengths
    say, not the command: readers answer either form to 30 01 as to 30 10.
    Raises DeviceProtocolError when the lengths contradict the bytes.
    """
    for lengths in (2, 3):
        head, body = data[: 2 * lengths], data[2 * lengths :]
        sizes = [int.from_bytes(head[i : i + 2], "big") for i in range(0, 2 * lengths, 2)]
        known = sizes[0] == BLOCK and sizes[1] in _PHOTOS and (lengths == 2 or sizes[2] in _FINGERPRINTS)
        if known and sum(sizes) == len(body):
            return Payload(body[:BLOCK], body[BLOCK : BLOCK + sizes[1]] or None)
    raise DeviceProtocolError(f"a card of {len(data)} bytes whose lengths do not fit")


def join_payload(text: bytes, photo: bytes, fingerprint: bytes | None = None) -> bytes:
    parts = [text, photo] if fingerprint is None else [text, photo, fingerprint]
    return b"".join([len(part).to_bytes(2, "big") for part in parts] + parts)


def kind_of(block: bytes) -> DocumentKind | None:
    """The kind a text block says it is; None for one nobody told us of."""
    return _KINDS.get(_raw_text(block, _FLAG))


def decode_block(block: bytes) -> IdentityDocument:
    """Raises DeviceProtocolError (no text block), CardUnsupportedError (a kind of card nobody told us of)."""
    if len(block) != BLOCK:
        raise DeviceProtocolError(f"a text block of {len(block)} bytes")
    kind = kind_of(block)
    if kind is None:
        raise CardUnsupportedError("unknown kind of card")
    found = {key: _raw_text(block, place) for key, place in LAYOUTS[kind].items()}
    # joined before anything is stripped: the cut may fall on a blank inside the name
    found["english_name"] = found.get("english_name", "") + found.pop("english_rest", "")
    return _document(kind, {key: _stripped(text) for key, text in found.items()})


def decode_addresses(data: bytes) -> list[str]:
    """The additional addresses in the order of the card, empty ones left out.

    Raises DeviceProtocolError for bytes that are none: a late answer to another question, for one.
    """
    if len(data) % ADDRESS or len(data) > MOST_ADDRESSES * ADDRESS:
        raise DeviceProtocolError(f"addresses of {len(data)} bytes")
    places = range(0, len(data) - ADDRESS + 1, ADDRESS)
    return [text for at in places if (text := _text(data, _Field(at, ADDRESS)))]


def encode_block(document: IdentityDocument) -> bytes:
    """The block a card of this document would hold.  Raises ValueError when a text does not fit."""
    layout = LAYOUTS[document.kind]
    block = bytearray(" ".encode("utf-16-le") * (BLOCK // 2))
    for key, text in _fields(document).items():
        if key in layout:
            _put(block, layout[key], text)
    flag = next(flag for flag, kind in _KINDS.items() if kind is document.kind)
    _put(block, _FLAG, flag)
    return bytes(block)


def encode_address(address: str) -> bytes:
    block = bytearray(" ".encode("utf-16-le") * (ADDRESS // 2))
    _put(block, _Field(0, ADDRESS), address)
    return bytes(block)


def contradicts_itself(document: IdentityDocument) -> bool:
    """Number, birth and sex say different things, or a character was lost: the read is to be doubted."""
    born = birth_in(document.number) if document.number_valid is not None else None
    if born is not None and document.birth is not None and born != document.birth:
        return True
    if (
        document.number_valid
        and document.sex in (Sex.MALE, Sex.FEMALE)
        and sex_in(document.number) is not document.sex
    ):
        return True
    return _LOST in document.name + document.address + document.number


def most_likely(blocks: Sequence[bytes]) -> IdentityDocument:
    """Of blocks that differ the first that does not contradict itself.  Raises CardUnsupportedError."""
    for block in blocks[:-1]:
        with suppress(CardUnsupportedError):
            document = decode_block(block)
            if not contradicts_itself(document):
                return document
    return decode_block(blocks[-1])


def _document(kind: DocumentKind, found: dict[str, str]) -> IdentityDocument:
    valid_to = found["valid_to"]
    return IdentityDocument(
        kind=kind,
        name=found["name"],
        number=found["number"],
        sex=_sex(found["sex"]),
        nation=found.get("nation", ""),
        birth=_date(found["birth"]),
        address=found.get("address", ""),
        authority=found.get("authority", ""),
        valid_from=_date(found["valid_from"]),
        valid_to=_date(valid_to),
        long_term=valid_to == LONG_TERM,
        machine_read=True,
        english_name=found["english_name"],
        nationality=found.get("nationality", ""),
        pass_number=found.get("pass_number", ""),
        issue_count=found.get("issue_count", ""),
        card_version=found.get("card_version", ""),
    )


def _fields(document: IdentityDocument) -> dict[str, str]:
    first = LAYOUTS[document.kind].get("english_name", _Field(0, 0)).size // 2
    return {
        "name": document.name,
        "sex": document.sex.value if document.sex else " ",
        "nation": document.nation,
        "birth": _day(document.birth),
        "address": document.address,
        "number": document.number,
        "authority": document.authority,
        "valid_from": _day(document.valid_from),
        "valid_to": LONG_TERM if document.long_term else _day(document.valid_to),
        "english_name": document.english_name[:first],
        "english_rest": document.english_name[first:],
        "nationality": document.nationality,
        "pass_number": document.pass_number,
        "issue_count": document.issue_count,
        "card_version": document.card_version,
    }


def _text(block: bytes, place: _Field) -> str:
    return _stripped(_raw_text(block, place))


def _raw_text(block: bytes, place: _Field) -> str:
    return block[place.at : place.at + place.size].decode("utf-16-le", "replace")


def _stripped(text: str) -> str:
    return text.rstrip(" \0")


def _put(block: bytearray, place: _Field, text: str) -> None:
    raw = text.encode("utf-16-le")
    if len(raw) > place.size:
        raise ValueError(f"{len(raw)} bytes do not fit into {place.size}")
    block[place.at : place.at + len(raw)] = raw


def _sex(code: str) -> Sex | None:
    try:
        return Sex(code)
    except ValueError:
        return None


def _date(text: str) -> date | None:
    """YYYYMMDD; anything else, an impossible day included, is no date."""
    if len(text) != 8 or not (text.isascii() and text.isdigit()):
        return None
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        return None


def _day(day: date | None) -> str:
    return f"{day:%Y%m%d}".zfill(8) if day else ""
