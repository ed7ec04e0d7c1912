"""The public keys of all stations, as the last sync left them: the port `app.ports.StationKeys`.

    DATA/trust/stations.json          the signed target, byte for byte
    DATA/trust/proof/<sha256>.json    the signed targets metadata that lists this very file
    DATA/trust/metadata/root.json     who may sign targets metadata

The proof carries the digest of the list in its name and is written before the list, so
that a power cut between two files leaves a list with its proof.  A list without one, or
changed on the disk, counts as none.
"""

import hashlib
import json
from pathlib import Path
from threading import Lock

from app.atomic_file import write_atomically
from app.domain import record
from app.domain.receipt import StationKey

TARGET = "stations.json"


class SyncedStationKeys:
    """Reads the files again when they changed; loads python-tuf only then."""

    def __init__(self, data: Path) -> None:
        self._trust = data / "trust"
        self._lock = Lock()
        self._stamp: tuple[int, int, int] | None = None
        self._keys: dict[str, StationKey] = {}

    def key(self, key_id: str) -> StationKey | None:
        with self._lock:
            stamp = _stamp(self._trust / TARGET)
            if stamp != self._stamp:
                self._keys = _load(self._trust) if stamp else {}
                self._stamp = stamp
            return self._keys.get(key_id)


def keep_stations(trust: Path, listed: bytes, proof: bytes) -> None:
    """Put a verified list and its proof in force; no change when it is there already.  Raises StoreError."""
    digest = hashlib.sha256(listed).hexdigest()
    present = trust / TARGET
    former = hashlib.sha256(present.read_bytes()).hexdigest() if present.exists() else ""
    proofs = trust / "proof"
    proofs.mkdir(mode=0o700, parents=True, exist_ok=True)
    if former == digest and _load(trust):
        return
    write_atomically(proofs / f"{digest}.json", proof)
    write_atomically(present, listed)
    for path in proofs.glob("*.json"):
        if path.stem not in (digest, former):
            path.unlink(missing_ok=True)


def _load(trust: Path) -> dict[str, StationKey]:
    """The keys of the list, if it is proved; else none."""
    from tuf.api.exceptions import RepositoryError
    from tuf.api.metadata import Metadata, Root, Targets

    try:
        listed = (trust / TARGET).read_bytes()
        digest = hashlib.sha256(listed).hexdigest()
        targets = Metadata[Targets].from_bytes((trust / "proof" / f"{digest}.json").read_bytes())
        root = Metadata[Root].from_bytes((trust / "metadata" / "root.json").read_bytes())
        root.signed.verify_delegate("targets", targets.signed_bytes, targets.signatures)
        targets.signed.targets[TARGET].verify_length_and_hashes(listed)
        keys = [record.build(StationKey, each) for each in json.loads(listed)]
    except (OSError, RepositoryError, ValueError, KeyError, TypeError):
        return {}
    return {key.key_id: key for key in keys}


def _stamp(path: Path) -> tuple[int, int, int] | None:
    try:
        stat = path.stat()
    except OSError:
        return None
    return stat.st_ino, stat.st_mtime_ns, stat.st_size
