"""The photo of an ID card: 1024 bytes of WLT, a coding nobody has published.

A photo is 102 × 126 pixels and begins `57 4C 66 00 7E 00 32 00`: "WL", width, height, then what is not known
(DEVICES facts §B).  Decoders are closed libraries, so here it stays opaque; a site that has one names a
program that reads the 1024 bytes from its standard input and writes a BMP or PNG to its standard output.

It runs in a process of its own, killed when it takes too long.  Whatever goes wrong there is no picture, and
never an error: a case does not need one.  Nothing is stored, neither here nor by way of a file.
"""

import logging
import shutil
import struct
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, field

SIZE = 1024
HEAD = bytes.fromhex("574c66007e003200")
DEADLINE_S = 3.0
_LARGEST = 1 << 20  # bytes of a picture that should have forty thousand
_WIDEST = 2048
_PNG_HEAD = b"\x89PNG\r\n\x1a\n"
_BMP_SIZES = struct.Struct("<ii")  # at 18, after BITMAPINFOHEADER's own size; a negative height runs top down
_PNG_SIZES = struct.Struct(">II")  # at 16, in IHDR

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Picture:
    """`data`: a whole file of `media_type` image/bmp or image/png; never logged, never stored."""

    media_type: str
    width: int
    height: int
    data: bytes = field(repr=False)


def is_wlt(photo: bytes) -> bool:
    return len(photo) == SIZE and photo.startswith(HEAD)


def can_decode(command: Sequence[str]) -> bool:
    """Whether the plug-in is named and there."""
    return bool(command) and shutil.which(command[0]) is not None


def decode_photo(wlt: bytes, command: Sequence[str], deadline_s: float = DEADLINE_S) -> Picture | None:
    """The picture by the plug-in; None without one, for what is no photo, and for whatever it fails at."""
    if not is_wlt(wlt) or not can_decode(command):
        return None
    try:
        done = subprocess.run(
            command,
            input=wlt,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # may hold personal data
            timeout=deadline_s,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
    except (OSError, subprocess.SubprocessError) as error:
        logger.warning("the photo plug-in failed: %s", type(error).__name__)
        return None
    return picture_of(done.stdout) if done.returncode == 0 else None


def picture_of(data: bytes) -> Picture | None:
    """A BMP or PNG file of a sensible size; None for anything else."""
    found: tuple[str, struct.Struct, int] | None = None
    if data.startswith(_PNG_HEAD):
        found = ("image/png", _PNG_SIZES, 16)
    elif data.startswith(b"BM"):
        found = ("image/bmp", _BMP_SIZES, 18)
    if found is None or not found[2] + found[1].size <= len(data) <= _LARGEST:
        return None
    media_type, sizes, at = found
    width, height = sizes.unpack_from(data, at)
    if not (0 < width <= _WIDEST and 0 < abs(height) <= _WIDEST):
        return None
    return Picture(media_type, width, abs(height), data)
