"""Files only this folder's key opens: AES-256-GCM (NIST SP 800-38D).

    "GJS1"  nonce (12 bytes)  ciphertext and tag (n + 16 bytes)

The label goes into the tag, so that a file put in another's place does not open.
"""

import os
from pathlib import Path

from app.atomic_file import translated, write_atomically
from app.errors import StoreDamagedError

_MAGIC = b"GJS1"
_NONCE_BYTES = 12


def seal_to(path: Path, key: bytes, label: str, data: bytes) -> None:
    """Encrypt and put in place, durably.  Raises DiskFullError, StoreError."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    nonce = os.urandom(_NONCE_BYTES)
    write_atomically(path, _MAGIC + nonce + AESGCM(key).encrypt(nonce, data, _MAGIC + label.encode()))


def open_from(path: Path, key: bytes, label: str) -> bytes | None:
    """None when there is no such file.  Raises StoreDamagedError when it does not open, StoreError."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    with translated(path):
        if not path.exists():
            return None
        sealed = path.read_bytes()
    start = len(_MAGIC) + _NONCE_BYTES
    try:
        if not sealed.startswith(_MAGIC):
            raise InvalidTag
        return AESGCM(key).decrypt(sealed[len(_MAGIC) : start], sealed[start:], _MAGIC + label.encode())
    except (InvalidTag, ValueError) as error:
        raise StoreDamagedError("a sealed file does not open") from error
