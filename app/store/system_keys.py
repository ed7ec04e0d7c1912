"""The platform's key store (Secret Service, Windows Credential Locker, macOS Keychain), asked with care.

Asking must neither hang nor open a dialog where nobody sits, so it is asked only where
there is a session that can answer, only through a back end that recommends itself
(priority 1 or more: not the plain-text and null ones), and only for so long.
"""

import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from queue import Empty, Queue
from threading import Thread
from typing import Any, TypeVar

from app.errors import StoreKeyError

SERVICE = "guanjia-zongchuang"
PATIENCE_S = 5.0
_GOOD_ENOUGH = 1

T = TypeVar("T")


class SystemKeys:
    """`get` and `put` of secrets by name; `usable` before a new secret is entrusted to it."""

    def __init__(self, environment: Mapping[str, str] = os.environ, patience_s: float = PATIENCE_S) -> None:
        self._environment = environment
        self._patience_s = patience_s

    def usable(self) -> bool:
        """Whether a good back end answers a harmless question in time."""
        if not self._session():
            return False
        try:
            self._ask(lambda backend: backend.get_password(SERVICE, "probe"))
        except StoreKeyError:
            return False
        return True

    def get(self, name: str) -> str | None:
        """Raises StoreKeyError when it does not answer."""
        secret: str | None = self._asked(lambda backend: backend.get_password(SERVICE, name))
        return secret

    def put(self, name: str, secret: str) -> None:
        """Kept, and read back to be sure.  Raises StoreKeyError."""
        self._asked(lambda backend: backend.set_password(SERVICE, name, secret))
        if self.get(name) != secret:
            raise StoreKeyError("the key store of the platform did not keep the key")

    def _session(self) -> bool:
        """On Linux the Secret Service lives on the session bus; elsewhere a log-in is session enough."""
        if sys.platform in ("win32", "darwin"):
            return True
        runtime = self._environment.get("XDG_RUNTIME_DIR", "")
        bus = self._environment.get("DBUS_SESSION_BUS_ADDRESS", "")
        return bool(bus) or bool(runtime) and (Path(runtime) / "bus").exists()

    def _asked(self, question: Callable[[Any], T]) -> T:
        if not self._session():
            raise StoreKeyError("no session that could answer for the key store of the platform")
        return self._ask(question)

    def _ask(self, question: Callable[[Any], T]) -> T:
        """In a daemon thread of its own: a back end that hangs is left behind."""
        answers: Queue[tuple[bool, Any]] = Queue()

        def work() -> None:
            try:
                answers.put((True, question(_backend())))
            except Exception as error:  # back ends raise what they like
                answers.put((False, error))

        Thread(target=work, name="key-store", daemon=True).start()
        try:
            good, answer = answers.get(timeout=self._patience_s)
        except Empty as error:
            raise StoreKeyError("the key store of the platform does not answer") from error
        if not good:
            raise StoreKeyError(f"key store of the platform: {type(answer).__name__}") from answer
        result: T = answer
        return result


def _backend() -> Any:
    """Raises LookupError when none is good enough."""
    import keyring

    backend = keyring.get_keyring()
    if backend.priority < _GOOD_ENOUGH:
        raise LookupError("no recommended back end")
    return backend
