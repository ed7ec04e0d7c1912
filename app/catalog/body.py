"""The whole items in a catalog file: JSON, each in a zstd frame of its own (RFC 8878) with check sum.

Items are much alike, so they share a dictionary, trained when a file is first made and then carried
on from version to version: what did not change keeps its bytes.  Raises ValueError for broken ones.
"""

from collections.abc import Sequence

import zstandard

_LEVEL = 6
_DICTIONARY = 1 << 16  # bytes
_ENOUGH = 500  # so many items are worth a dictionary
_MOST = 1 << 24  # bytes of one item; more is no item


class Packing:
    """`dictionary` b"": none.  One thread at a time."""

    def __init__(self, dictionary: bytes, level: int = _LEVEL) -> None:
        self.dictionary = dictionary
        shared = zstandard.ZstdCompressionDict(dictionary) if dictionary else None
        self._packer = zstandard.ZstdCompressor(level=level, dict_data=shared, write_checksum=True)
        self._opener = zstandard.ZstdDecompressor(dict_data=shared)

    def pack(self, json: bytes) -> bytes:
        return self._packer.compress(json)

    def unpack(self, packed: bytes) -> bytes:
        try:
            if not 0 <= zstandard.frame_content_size(packed) <= _MOST:
                raise ValueError("a body without its length")
            return self._opener.decompress(packed)
        except zstandard.ZstdError as error:
            raise ValueError(str(error)) from error


def train(samples: Sequence[bytes]) -> bytes:
    """A dictionary for bodies like these; b"" for too few.  Equal samples make equal dictionaries."""
    if len(samples) < _ENOUGH:
        return b""
    return zstandard.train_dictionary(_DICTIONARY, list(samples), k=256, d=8).as_bytes()
