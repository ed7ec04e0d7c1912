"""The key of a DATA folder: 32 random bytes, kept in exactly one place.

Either in the platform's key store, under a name made of this folder's place and random
identity, or in `store.key` (mode 0600) beside the data.  `store.id` says which, and holds a
check value, so that a wrong key is told from a damaged file.  A new folder takes the
platform's key store where there is a usable one; GUANJIA_KEYSTORE=file|system decides
otherwise.  A folder that holds anything encrypted never gets a second key.
"""

import logging
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import Enum
from hashlib import sha256
from pathlib import Path

from app.atomic_file import translated, write_atomically
from app.domain.record import dumps, loads
from app.errors import SettingsError, StoreKeyError
from app.store.derived_key import CHECK, KEY_BYTES, derived
from app.store.folder import DataFolder
from app.store.system_keys import SystemKeys

VARIABLE = "GUANJIA_KEYSTORE"
_log = logging.getLogger(__name__)


class KeyPlace(Enum):
    FILE = "file"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class FolderIdentity:
    """What `store.id` says.  `check`: hex digest that proves a key without telling it ("" while unknown)."""

    folder_id: str
    place: KeyPlace
    check: str = ""


@dataclass(frozen=True, slots=True)
class FolderKey:
    """`proven`: it passed the check value of this folder, or was just made for it."""

    key: bytes
    proven: bool


def folder_key(folder: DataFolder, environment: Mapping[str, str] = os.environ) -> FolderKey:
    """The folder's key, made on first use.  Call it with the writer's lock held.

    Raises StoreKeyError (missing, malformed or not this folder's), SettingsError (a wrong
    GUANJIA_KEYSTORE), DiskFullError, StoreError.
    """
    system = SystemKeys(environment)
    identity = _identity(folder, _wish(environment), system)
    key = _kept(folder, identity, system)
    if key is None:
        return FolderKey(_new_key(folder, identity, system), proven=True)
    if identity.check and not secrets.compare_digest(identity.check, _check(key)):
        raise StoreKeyError("the key found is not this folder's")
    return FolderKey(key, proven=bool(identity.check))


def confirm(folder: DataFolder, key: bytes) -> None:
    """Write down that `key`, found in `store.key` without a `store.id`, has opened the database."""
    write_atomically(folder.identity, dumps(_adopted(key)).encode())


def _wish(environment: Mapping[str, str]) -> KeyPlace | None:
    value = environment.get(VARIABLE, "")
    try:
        return KeyPlace(value) if value else None
    except ValueError as error:
        raise SettingsError(f"{VARIABLE} is neither file nor system", faults=(VARIABLE,), file="") from error


def _identity(folder: DataFolder, wish: KeyPlace | None, system: SystemKeys) -> FolderIdentity:
    """What the folder says of itself; a `store.key` alone makes it one that keeps its key there."""
    with translated(folder.identity):
        if folder.identity.exists():
            identity = _parsed(folder.identity.read_bytes())
        elif folder.key_file.exists():
            identity = _adopted()
        else:
            return _new_identity(folder, wish, system)
    if wish is not None and wish is not identity.place:
        raise StoreKeyError(f"{VARIABLE} asks for another place than the folder's own")
    if identity.place is KeyPlace.SYSTEM and folder.key_file.exists():
        _log.warning("a store.key lies in a folder whose key the platform keeps; it is not used")
    return identity


def _adopted(key: bytes | None = None) -> FolderIdentity:
    return FolderIdentity(secrets.token_hex(16), KeyPlace.FILE, _check(key) if key else "")


def _parsed(data: bytes) -> FolderIdentity:
    try:
        return loads(FolderIdentity, data)
    except ValueError as error:
        raise StoreKeyError("store.id cannot be read") from error


def _new_identity(folder: DataFolder, wish: KeyPlace | None, system: SystemKeys) -> FolderIdentity:
    if folder.holds_secrets():
        raise StoreKeyError("encrypted data in the folder, but neither store.id nor store.key")
    place = wish or (KeyPlace.SYSTEM if system.usable() else KeyPlace.FILE)
    return FolderIdentity(secrets.token_hex(16), place)


def _new_key(folder: DataFolder, identity: FolderIdentity, system: SystemKeys) -> bytes:
    """Identity first: a crash before the key is kept leaves an identity alone, and that starts anew."""
    if folder.holds_secrets():
        raise StoreKeyError(f"no key in its place ({identity.place.value}), but encrypted data in the folder")
    key = secrets.token_bytes(KEY_BYTES)
    write_atomically(folder.identity, dumps(replace(identity, check=_check(key))).encode())
    if identity.place is KeyPlace.SYSTEM:
        system.put(_name(folder, identity), key.hex())
    else:
        write_atomically(folder.key_file, f"{key.hex()}\n".encode())
    return key


def _kept(folder: DataFolder, identity: FolderIdentity, system: SystemKeys) -> bytes | None:
    if identity.place is KeyPlace.SYSTEM:
        text = system.get(_name(folder, identity))
        return None if text is None else _key_of(text)
    with translated(folder.key_file):
        if not folder.key_file.exists():
            return None
        _close_to_others(folder.key_file)
        return _key_of(folder.key_file.read_text(encoding="ascii", errors="replace"))


def _check(key: bytes) -> str:
    return derived(key, CHECK).hex()


def _key_of(text: str) -> bytes:
    try:
        key = bytes.fromhex(text.strip())
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise StoreKeyError("the key is malformed")
    return key


def _name(folder: DataFolder, identity: FolderIdentity) -> str:
    """A copied or moved folder has another name, and so does not find this one's key."""
    place = sha256(os.fsencode(folder.path.resolve())).hexdigest()[:16]
    return f"{place}.{identity.folder_id}"


def _close_to_others(file: Path) -> None:
    if os.name != "nt" and file.stat().st_mode & 0o077:
        _log.warning("store.key could be read by other users; its mode is set to 0600")
        file.chmod(0o600)
