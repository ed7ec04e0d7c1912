"""Changing the keys of the signed repository, with the root key here or kept offline (ADR 0102).

    rotate ROLE      keys/<role>.next.pem is made; it counts once a root names it
    root key here    the running gateway signs the next root itself, some seconds later
    root offline     request → carried to the machine with the root key → signed → installed

A next root has to bear signatures of enough keys of the former root and of enough of its own (TUF 1.0
§5.3.4); only then is it taken, here as at every terminal.
"""

from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
    load_pem_public_key,
)
from securesystemslib.signer import CryptoSigner, SSlibKey
from tuf.api.exceptions import DownloadError, RepositoryError
from tuf.api.metadata import Metadata, Root
from tuf.api.serialization import DeserializationError

from app.atomic_file import write_atomically
from app.errors import InvalidInputError
from app.gateway.vault import ROLES, WAITING_ROOT, Vault

ROOT_LIFE = timedelta(days=3650)


def prepare_key(vault: Vault, role: str) -> str:
    """Make the key that is to follow a role's present one; its id.  Raises InvalidInputError for the root's
    where that is kept offline: there it is made where it stays."""
    if role == "root" and not vault.holds("root"):
        raise InvalidInputError("the root key is not here", field="role")
    return CryptoSigner(vault.role_key(f"{role}.next")).public_key.keyid


def next_root(present: Metadata[Root], vault: Vault, now: Callable[[], datetime]) -> Metadata[Root] | None:
    """The root to put in force now, signed elsewhere or here; None when none is due.

    Raises InvalidInputError when it is not signed as it has to be.
    """
    waiting = vault.file(WAITING_ROOT)
    if waiting.exists():
        if _parsed(waiting.read_bytes()).signed.version > present.signed.version:
            return _good(present, waiting.read_bytes())
        waiting.unlink()
    if not vault.holds("root") or all(vault.waiting(role) is None for role in ROLES):
        return None
    document = request(present, vault, now)
    for key in (vault.role_key("root"), vault.waiting("root")):
        if key is not None:
            document.sign(CryptoSigner(key), append=True)
    return _good(present, document.to_bytes())


def request(
    present: Metadata[Root],
    vault: Vault,
    now: Callable[[], datetime],
    root_keys: Sequence[bytes] = (),
    threshold: int = 0,
) -> Metadata[Root]:
    """The next root, unsigned: with the waiting keys; `root_keys` (public, PEM) take its own keys' place."""
    root = deepcopy(present.signed)
    root.version += 1
    root.expires = now() + ROOT_LIFE
    for role in ROLES:
        key = vault.waiting(role)
        if key is not None:
            _replace(root, role, [CryptoSigner(key).public_key])
    if root_keys:
        _replace(root, "root", [SSlibKey.from_crypto(_public(pem)) for pem in root_keys])
    if threshold:
        if not 1 <= threshold <= len(root.roles["root"].keyids):
            raise InvalidInputError("threshold", field="threshold")
        root.roles["root"].threshold = threshold
    return Metadata(root)


def sign(document: bytes, keys: Sequence[bytes]) -> bytes:
    """A request with the signatures of these root keys (private, PEM) added.  Raises InvalidInputError."""
    root = _parsed(document)
    for pem in keys:
        key = _read(partial(load_pem_private_key, pem, None))
        if not isinstance(key, ed25519.Ed25519PrivateKey):
            raise InvalidInputError("not an Ed25519 key", field="key")
        root.sign(CryptoSigner(key), append=True)
    return root.to_bytes()


def install_root(present: Metadata[Root], vault: Vault, document: bytes) -> int:
    """Leave a root that was signed elsewhere for the gateway to put in force; its version.

    Raises InvalidInputError when it does not follow the present one, lacks signatures, or names online
    keys that are not here.
    """
    root = _good(present, document)
    for role in ROLES[1:]:
        held = [vault.role_key(role), vault.waiting(role)]
        ids = {CryptoSigner(key).public_key.keyid for key in held if key is not None}
        if not ids & set(root.signed.roles[role].keyids):
            raise InvalidInputError(f"{role} key is not here", field="root")
    write_atomically(vault.file(WAITING_ROOT), document)
    return root.signed.version


def take_offline(vault: Vault, out: Path) -> None:
    """Move the root's private key to `out`: from then on every root is signed where that file is kept."""
    if not vault.holds("root"):
        raise InvalidInputError("the root key is not here", field="root")
    pem = vault.role_key("root").private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    write_atomically(out, pem)
    if out.read_bytes() != pem:
        raise InvalidInputError("the copy is not the key", field="out")
    vault.file("root.pem").unlink()


def standing(present: Metadata[Root], vault: Vault) -> Mapping[str, Mapping[str, Any]]:
    """Of each role: its key ids, threshold, whether its key is here, whether a next one waits."""
    return {
        role: {
            "keys": list(present.signed.roles[role].keyids),
            "threshold": present.signed.roles[role].threshold,
            "here": vault.holds(role),
            "next": vault.holds(f"{role}.next"),
        }
        for role in ROLES
    }


def _good(present: Metadata[Root], document: bytes) -> Metadata[Root]:
    """Raises InvalidInputError unless it may follow the present root."""
    root = _parsed(document)
    if root.signed.version != present.signed.version + 1:
        raise InvalidInputError("not the next version", field="root")
    try:
        for authority in (present.signed, root.signed):
            authority.verify_delegate("root", root.signed_bytes, root.signatures)
    except (RepositoryError, DownloadError, ValueError) as error:
        raise InvalidInputError("not enough signatures", field="root") from error
    return root


def _parsed(document: bytes) -> Metadata[Root]:
    try:
        root = Metadata[Root].from_bytes(document)
    except DeserializationError as error:
        raise InvalidInputError("not a root", field="root") from error
    if not isinstance(root.signed, Root):
        raise InvalidInputError("not a root", field="root")
    return root


def _replace(root: Root, role: str, keys: Sequence[SSlibKey]) -> None:
    for keyid in list(root.roles[role].keyids):
        root.revoke_key(keyid, role)
    for key in keys:
        root.add_key(key, role)


def _public(pem: bytes) -> ed25519.Ed25519PublicKey:
    key = _read(partial(load_pem_public_key, pem))
    if not isinstance(key, ed25519.Ed25519PublicKey):
        raise InvalidInputError("not an Ed25519 key", field="root_key")
    return key


def _read(load: Callable[[], object]) -> object:
    try:
        return load()
    except (ValueError, TypeError) as error:
        raise InvalidInputError("not a key in PEM", field="key") from error
