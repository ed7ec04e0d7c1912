"""Key stores of imaginary platforms, chosen as keyring lets a user choose: PYTHON_KEYRING_BACKEND."""

import json
import os
import threading
from pathlib import Path

from keyring.backend import KeyringBackend


class InAFile(KeyringBackend):
    """Keeps what it is told in the file named by TEST_KEYRING_FILE."""

    priority = 5  # type: ignore[assignment]

    @property
    def _file(self) -> Path:
        return Path(os.environ["TEST_KEYRING_FILE"])

    def _all(self) -> dict[str, str]:
        kept: dict[str, str] = json.loads(self._file.read_text()) if self._file.exists() else {}
        return kept

    def get_password(self, service: str, username: str) -> str | None:
        return self._all().get(f"{service}/{username}")

    def set_password(self, service: str, username: str, password: str) -> None:
        self._file.write_text(json.dumps({**self._all(), f"{service}/{username}": password}))


class Weak(InAFile):
    """One that does not recommend itself, like the plain-text ones."""

    priority = 0.5  # type: ignore[assignment]


class Hanging(InAFile):
    """Waits for a dialog nobody sees."""

    def get_password(self, service: str, username: str) -> str | None:
        threading.Event().wait()
        return None


class Forgetful(InAFile):
    """Says it kept the secret and did not."""

    def set_password(self, service: str, username: str, password: str) -> None:
        return


class Refusing(InAFile):
    def get_password(self, service: str, username: str) -> str | None:
        raise OSError("locked")
