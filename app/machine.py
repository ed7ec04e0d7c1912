"""The computer under the program: disk, versions, settings and log; implements app.ports.Machine."""

import platform
import shutil
from collections.abc import Mapping
from dataclasses import asdict
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from app import logbook
from app.settings import StationSettings

_LIBRARIES = (
    "PySide6-Essentials", "PySide6-Addons", "SQLAlchemy", "sqlcipher3", "cryptography", "requests", "tuf",
    "pyserial", "pyusb", "Pillow", "reportlab", "pyHanko", "opencv-python-headless",
)  # fmt: skip


class ThisMachine:
    """`data`: the DATA folder.  Nothing here raises: what cannot be told is left out."""

    def __init__(self, data: Path, settings: StationSettings) -> None:
        self._data, self._settings = data, settings

    def disk_free(self) -> int | None:
        try:
            return shutil.disk_usage(self._data).free
        except OSError:
            return None

    def versions(self) -> Mapping[str, str]:
        found = {
            "program": _version("guanjia-zongchuang"),
            "python": platform.python_version(),
            "system": platform.platform(),
            "machine": platform.machine(),
        }
        return found | {name: _version(name) for name in _LIBRARIES}

    def settings(self) -> Mapping[str, Any]:
        """What station.toml says, without anything that lets somebody in."""
        said: dict[str, Any] = _plain(asdict(self._settings))
        return said

    def logs(self) -> Mapping[str, bytes]:
        return logbook.files(self._data / "log")


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "-"


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(inner) for inner in value]
    if isinstance(value, str):
        return without_secrets(value)
    return getattr(value, "value", value)


def without_secrets(text: str) -> str:
    """A URL without user, password, query and fragment; anything else as it is."""
    if "://" not in text:
        return text
    try:
        parts = urlsplit(text)
    except ValueError:
        return "?"
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))
