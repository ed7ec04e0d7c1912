"""The signed catalog repository, after The Update Framework 1.0 (theupdateframework.github.io/specification).

    metadata/1.root.json …  N.targets.json  N.snapshot.json  timestamp.json
    targets/catalog/<sha256>.<version>.sqlite.zst  <sha256>.stations.json  catalog/<sha256>.current.json

Everything but `timestamp.json` carries its version or digest in its name (consistent
snapshots), so a terminal in the middle of a sync is never surprised by a publication.  A
publication writes the new files first and `timestamp.json` last, in one replace: a crash in
between leaves the old repository whole.
"""

import os
import shutil
from collections.abc import Callable, Collection, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Lock
from typing import Any, TypeVar

from securesystemslib.signer import CryptoSigner
from tuf.api.metadata import Metadata, MetaFile, Root, Snapshot, TargetFile, Targets, Timestamp

from app.atomic_file import install, sync_directory, temporary_beside, write_atomically
from app.gateway.role_keys import next_root
from app.gateway.vault import ROLES, Vault
from app.packed import file_sha256 as file_sha256

LIFETIME: Mapping[str, timedelta] = {
    "root": timedelta(days=3650),
    "targets": timedelta(days=365),
    "snapshot": timedelta(days=14),
    "timestamp": timedelta(days=2),
}
SIGNED_AT = "x-signed-at"
"""Of every document: when it was signed, under the same signature (TUF 1.0 §4.1 allows more fields)."""
_KEPT_VERSIONS = 12
S = TypeVar("S", Root, Targets, Snapshot, Timestamp)


def utc_now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


class Repository:
    """One publisher's view; safe to call from several threads of one process."""

    def __init__(self, folder: Path, vault: Vault, now: Callable[[], datetime] = utc_now) -> None:
        self.metadata = folder / "metadata"
        self.targets = folder / "targets"
        self.kept = folder.with_name("versions")  # unpacked catalogs, to make deltas from; never served
        self._now = now
        self._lock = Lock()
        for place in (self.metadata, self.targets):
            place.mkdir(parents=True, exist_ok=True)
        self._vault = vault
        if any(self.metadata.glob("*.root.json")):
            vault.adopt(self.root_document().signed)  # a change of keys may have been broken off
        self._signers = self._load_signers()
        if not (self.metadata / "timestamp.json").exists():
            self._create()

    @property
    def first_root(self) -> bytes:
        """What a station takes as its anchor of trust when it is enrolled."""
        return (self.metadata / "1.root.json").read_bytes()

    def listed(self) -> Mapping[str, str]:
        """SHA-256 of every target in force, by its path."""
        with self._lock:
            return {path: target.hashes["sha256"] for path, target in self._current()[0].targets.items()}

    def publish(self, files: Mapping[str, Path | bytes], drop: Collection[str] = ()) -> None:
        """Put `files` (target path: content or a file to copy) in force and take `drop` out, in one step."""
        with self._lock:
            targets, snapshot, timestamp = self._current()
            for path in drop:
                targets.targets.pop(path, None)
            for path, source in files.items():
                targets.targets[path] = self._store(path, source)
            targets.version += 1
            self._write(targets)
            self._seal(snapshot, timestamp, targets.version)
            self._prune(targets.version, snapshot.version)

    def rotate(self) -> bool:
        """Put the keys in force that wait in the vault (app.gateway.role_keys); True when any did.

        With the root key here the new root is signed here; with the root kept offline the keys wait
        for a root that was signed elsewhere.  Everything is signed again with the new keys.
        """
        with self._lock:
            root = next_root(self.root_document(), self._vault, self._now)
            if root is None:
                return False
            name = f"{root.signed.version}.root.json"
            write_atomically(self.metadata / name, root.to_bytes(), mode=0o644)
            self._vault.adopt(root.signed)
            self._signers = self._load_signers()
            self._sign_all()
            return True

    def root_document(self) -> Metadata[Root]:
        """The newest root, with its signatures."""
        root = newest_root(self.metadata)
        assert root is not None  # made with the repository
        return root

    def renew(self) -> bool:
        """Sign again what is past half of its life; True when anything was."""
        with self._lock:
            self._renew_root()
            if self._foreign():
                self._sign_all()
            targets, snapshot, timestamp = self._current()
            if self._due(targets):
                targets.version += 1
                self._write(targets)
            elif not (self._due(snapshot) or self._due(timestamp)):
                return False
            self._seal(snapshot, timestamp, targets.version)
            return True

    def target_file(self, path: str) -> Path | None:
        """Where the bytes of a target in force are."""
        digest = self.listed().get(path)
        return None if digest is None else self.targets / _named(path, digest)

    # -- one level down ----------------------------------------------------------------------------

    def _create(self) -> None:
        if not (self.metadata / "1.root.json").exists():
            root = Root(consistent_snapshot=True)
            for role, signer in self._signers.items():
                root.add_key(signer.public_key, role)
            self._write(root)
        for signed in (Targets(), Snapshot(), Timestamp()):  # each at version 1, naming version 1
            self._write(signed)

    def _current(self) -> tuple[Targets, Snapshot, Timestamp]:
        timestamp = self._read("timestamp.json", Timestamp)
        snapshot = self._read(f"{timestamp.snapshot_meta.version}.snapshot.json", Snapshot)
        targets = self._read(f"{snapshot.meta['targets.json'].version}.targets.json", Targets)
        return targets, snapshot, timestamp

    def _seal(self, snapshot: Snapshot, timestamp: Timestamp, targets_version: int) -> None:
        snapshot.meta["targets.json"] = MetaFile(targets_version)
        snapshot.version += 1
        self._write(snapshot)
        timestamp.snapshot_meta = MetaFile(snapshot.version)
        timestamp.version += 1
        self._write(timestamp)

    def _load_signers(self) -> dict[str, CryptoSigner]:
        """Every role's; without the root's where that key is kept elsewhere."""
        offline = any(self.metadata.glob("*.root.json")) and not self._vault.holds("root")
        return {r: CryptoSigner(self._vault.role_key(r)) for r in ROLES if r != "root" or not offline}

    def _sign_all(self) -> None:
        targets, snapshot, timestamp = self._current()
        targets.version += 1
        self._write(targets)
        self._seal(snapshot, timestamp, targets.version)

    def _foreign(self) -> bool:
        """Whether something in force bears only the signature of a key that is no longer the role's."""
        targets, snapshot, _ = self._current()
        names = ("timestamp.json", f"{snapshot.version}.snapshot.json", f"{targets.version}.targets.json")
        for role, name in zip(("timestamp", "snapshot", "targets"), names, strict=True):
            signed_by = Metadata[Any].from_file(str(self.metadata / name)).signatures
            if self._signers[role].public_key.keyid not in signed_by:
                return True
        return False

    def _renew_root(self) -> None:
        root = self.root_document().signed
        if self._due(root) and "root" in self._signers and root.roles["root"].threshold == 1:
            root.version += 1
            self._write(root)

    def _due(self, signed: Any) -> bool:
        left: timedelta = signed.expires - self._now()
        return left < LIFETIME[signed.type] / 2

    def _expiry(self, role: str) -> datetime:
        return self._now() + LIFETIME[role]

    def _write(self, signed: Any) -> None:
        signed.expires = self._expiry(signed.type)
        signed.unrecognized_fields[SIGNED_AT] = self._now().isoformat()
        document: Metadata[Any] = Metadata(signed)
        document.sign(self._signers[signed.type])
        prefix = "" if signed.type == "timestamp" else f"{signed.version}."
        write_atomically(self.metadata / f"{prefix}{signed.type}.json", document.to_bytes(), mode=0o644)

    def _read(self, name: str, kind: type[S]) -> S:
        signed = Metadata.from_bytes((self.metadata / name).read_bytes()).signed
        if not isinstance(signed, kind):
            raise TypeError(f"{name} is not {kind.__name__}")
        return signed

    def _store(self, path: str, source: Path | bytes) -> TargetFile:
        if isinstance(source, bytes):
            target = TargetFile.from_data(path, source, ["sha256"])
        else:
            target = TargetFile.from_file(path, str(source), ["sha256"])
        place = self.targets / _named(path, target.hashes["sha256"])
        place.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(source, bytes):
            write_atomically(place, source, mode=0o644)
        elif not place.exists():
            _copy(source, place)
        return target

    def _prune(self, targets_version: int, snapshot_version: int) -> None:
        """Remove what no terminal in the middle of a sync can still ask for."""
        for role, newest in (("targets", targets_version), ("snapshot", snapshot_version)):
            for path in self.metadata.glob(f"*.{role}.json"):
                if int(path.name.split(".")[0]) <= newest - _KEPT_VERSIONS:
                    path.unlink(missing_ok=True)
        used = self._used()
        for path in self.targets.rglob("*"):
            if path.is_file() and path.relative_to(self.targets).as_posix() not in used:
                path.unlink(missing_ok=True)

    def _used(self) -> set[str]:
        used = set()
        for path in self.metadata.glob("*.targets.json"):
            listed = self._read(path.name, Targets).targets
            used |= {_named(name, target.hashes["sha256"]) for name, target in listed.items()}
        return used


def newest_root(metadata: Path) -> Metadata[Root] | None:
    """The root with the highest version in this folder of a repository; None without any."""
    found = sorted(metadata.glob("*.root.json"), key=lambda path: int(path.name.split(".")[0]))
    return Metadata[Root].from_file(str(found[-1])) if found else None


def _named(path: str, digest: str) -> str:
    """`catalog/current.json` → `catalog/<digest>.current.json`."""
    folder, slash, name = path.rpartition("/")
    return f"{folder}{slash}{digest}.{name}"


def _copy(source: Path, place: Path) -> None:
    temporary = temporary_beside(place)
    try:
        with source.open("rb") as src, temporary.open("xb") as out:
            shutil.copyfileobj(src, out, 1 << 20)
            out.flush()
            os.fsync(out.fileno())
        install(temporary, place)
    finally:
        temporary.unlink(missing_ok=True)
    sync_directory(place.parent.parent)
