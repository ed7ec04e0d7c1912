"""One key a purpose, derived from the folder's key by HKDF-SHA256 (RFC 5869).

The folder's key itself opens the database only.
"""

KEY_BYTES = 32
ARCHIVE = "guanjia/archive/1"
FILES = "guanjia/files/1"
STATION_KEY = "guanjia/station-key/1"
CHECK = "guanjia/check/1"


def derived(key: bytes, purpose: str) -> bytes:
    """32 bytes that tell nothing about `key` or about those of another purpose."""
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=purpose.encode()).derive(key)
