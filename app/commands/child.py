"""Child processes of the demo, the tour and a window, which end with their parent however it ends.

The parent holds the write end of the child's stdin; when the parent dies the child reads
its end and stops.  Works on every operating system, `kill -9` included.
"""

import os
import queue
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path

_ENVIRONMENT = "GUANJIA_CHILD"
_MAIN = Path(__file__).parents[2] / "main.py"
READY_S = 60.0
_PATIENT = int(getattr(subprocess, "BELOW_NORMAL_PRIORITY_CLASS", 0))  # Windows; elsewhere it is nice itself


def end_with_parent() -> None:
    """Called by a command that may run as a child: watches stdin when it is one."""
    if os.environ.pop(_ENVIRONMENT, ""):
        threading.Thread(target=_wait_for_end, name="parent", daemon=True).start()


def _wait_for_end() -> None:
    while os.read(0, 4096):  # not by sys.stdin: its lock would abort an interpreter that is ending
        pass
    os.kill(os.getpid(), signal.SIGTERM)


class Child:
    """`main.py ARGUMENTS`, started.  `patient`: it stands back behind whatever else the machine has to do."""

    def __init__(self, *arguments: str, log: Path | None = None, patient: bool = False) -> None:
        self._log = log.open("ab") if log else None
        self._process = subprocess.Popen(
            [sys.executable, str(_MAIN), *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log or subprocess.DEVNULL,
            env={**os.environ, _ENVIRONMENT: "1"},
            creationflags=_PATIENT if patient else 0,
        )
        self._lines: queue.Queue[str] = queue.Queue()
        threading.Thread(target=self._read, name="child-output", daemon=True).start()

    def _read(self) -> None:
        assert self._process.stdout is not None
        with suppress(ValueError):  # closed while reading: the child was stopped
            for line in self._process.stdout:
                self._lines.put(line.decode(errors="replace").strip())
        self._lines.put("")

    def tell(self, line: str) -> None:
        """A line for its stdin; one that has ended already does not hear it."""
        assert self._process.stdin is not None
        with suppress(OSError):
            self._process.stdin.write(line.encode() + b"\n")
            self._process.stdin.flush()

    def hear(self, timeout_s: float) -> str:
        """The next line it says, "" once it has ended.  Raises queue.Empty."""
        return self._lines.get(timeout=timeout_s)

    def ended(self) -> int:
        """Its exit code, after `hear` returned ""."""
        return self._process.wait(READY_S)

    def ready(self) -> dict[str, str]:
        """Wait until it says `ready HOST:PORT [control HOST:PORT]`: {"listen": …, "control": …}.

        Raises RuntimeError when the child ends or stays silent instead.
        """
        while True:
            try:
                line = self._lines.get(timeout=READY_S)
            except queue.Empty:
                raise RuntimeError("a child process did not become ready") from None
            if not line:
                raise RuntimeError(f"a child process ended with {self._process.wait(READY_S)}")
            if line.startswith("ready "):
                words = ["listen", *line.removeprefix("ready ").split()]
                return dict(zip(words[::2], words[1::2], strict=False))

    def stop(self) -> None:
        """End it and wait; a second time does nothing."""
        if self._process.stdin is not None:
            with suppress(OSError):
                self._process.stdin.close()
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()
        if self._log is not None:
            self._log.close()
