"""The gateway's keys: made at the first start, kept in DATA/gateway/keys, one file each, mode 0600.

`authority` (P-256) signs station certificates; `root`, `targets`, `snapshot` and `timestamp`
(Ed25519) sign the catalog repository; `records` (256 bits) seals the cases in the database.
A site that keeps root and authority keys elsewhere puts its own PEM files here before the
first start; the gateway never replaces a file it finds, except by a key that `<role>.next.pem`
holds, once a root names it (app.gateway.role_keys).
"""

import os
import secrets
from collections.abc import Callable
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from securesystemslib.signer import CryptoSigner
from tuf.api.metadata import Root

from app.atomic_file import install, write_atomically
from app.errors import StoreKeyError

WAITING_ROOT = "next.root.json"
ROLES = ("root", "targets", "snapshot", "timestamp")
_NONCE = 12
PrivateKey = ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey


class Vault:
    """Keys by name; a missing one is made.  Raises StoreKeyError when a file is not the key it should be."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o700)

    def authority_key(self) -> ec.EllipticCurvePrivateKey:
        key = self._pem("authority", lambda: ec.generate_private_key(ec.SECP256R1()))
        if not isinstance(key, ec.EllipticCurvePrivateKey):
            raise StoreKeyError("authority key is not an elliptic-curve key")
        return key

    def role_key(self, role: str) -> ed25519.Ed25519PrivateKey:
        key = self._pem(role, ed25519.Ed25519PrivateKey.generate)
        if not isinstance(key, ed25519.Ed25519PrivateKey):
            raise StoreKeyError(f"{role} key is not Ed25519")
        return key

    def holds(self, role: str) -> bool:
        """Whether the key of a role is here; the root's may be kept elsewhere."""
        return self.file(f"{role}.pem").exists()

    def waiting(self, role: str) -> ed25519.Ed25519PrivateKey | None:
        """The key that is to follow the role's present one, if one was made."""
        return self.role_key(f"{role}.next") if self.holds(f"{role}.next") else None

    def adopt(self, root: Root) -> None:
        """Put the waiting keys that `root` names in the place of the former ones."""
        for role in ROLES:
            key = self.waiting(role)
            if key is not None and CryptoSigner(key).public_key.keyid in root.roles[role].keyids:
                install(self.file(f"{role}.next.pem"), self.file(f"{role}.pem"))

    def records_box(self) -> "RecordsBox":
        data = self._bytes("records.key", lambda: secrets.token_bytes(32))
        if len(data) != 32:
            raise StoreKeyError("records key is not 256 bits")
        return RecordsBox(data)

    def file(self, name: str) -> Path:
        return self._folder / name

    def _pem(self, name: str, make: Callable[[], PrivateKey]) -> object:
        def fresh() -> bytes:
            return make().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())

        try:
            return load_pem_private_key(self._bytes(f"{name}.pem", fresh), None)
        except (ValueError, TypeError) as error:
            raise StoreKeyError(f"{name} key cannot be read") from error

    def _bytes(self, name: str, fresh: Callable[[], bytes]) -> bytes:
        path = self._folder / name
        if not path.exists():
            write_atomically(path, fresh())
        return path.read_bytes()


class RecordsBox:
    """AES-256-GCM over one record, bound to the id it is stored under: nonce (12) + ciphertext + tag (16)."""

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(key)

    def seal(self, record_id: str, text: str) -> bytes:
        return self.seal_bytes(record_id, text.encode())

    def open(self, record_id: str, sealed: bytes) -> str:
        return self.open_bytes(record_id, sealed).decode()

    def seal_bytes(self, record_id: str, data: bytes) -> bytes:
        nonce = os.urandom(_NONCE)
        return nonce + self._cipher.encrypt(nonce, data, record_id.encode())

    def open_bytes(self, record_id: str, sealed: bytes) -> bytes:
        """Raises InvalidTag."""
        return self._cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], record_id.encode())
