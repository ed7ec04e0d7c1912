"""The line to a maker's reader library: a process of its own around it (devices/library_host.py).

    library:///opt/maker/libsdtapi.so?port=1001              PORT: 1-16 serial, 1001-1016 USB
    library:///C:/maker/sdtapi.dll?port=1001&host=C:/python32/python.exe

`host`: the Python that runs the process, where the library has 32 bits and this program 64.

The library may crash: then the process ends and the line is broken.  It may hang: then nothing comes, and
closing the line kills the process without waiting for it.  Each request has exactly one answer, so answers
are counted, and one that comes too late is never taken for that of a later request.
"""

import os
import re
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import IO
from urllib.parse import parse_qs, unquote, urlsplit

from app.errors import DeviceNotFoundError, DeviceTimeoutError
from devices.line import READ_S, WRITE_S
from devices.sdt_frames import FrameDecoder, as_response, frame

OPEN_S = 5.0  # loading a library and opening its port
_OK = 0x90
_USUAL_PORT = 1001  # the first reader on USB
_PORTS = (*range(1, 17), *range(1001, 1017))
_ROOT = Path(__file__).parent.parent
_DRIVE = re.compile(r"/[A-Za-z]:")


def open_library(url: str) -> "LibraryLine":
    """Raises DeviceNotFoundError (no library, no port, no such Python), DeviceTimeoutError (it hangs)."""
    path, port, host = _parse(url)
    line = LibraryLine(_start(host, path, port))
    try:
        line.greet(OPEN_S)
    except BaseException:
        line.close()
        raise
    return line


class LibraryLine:
    def __init__(self, process: "subprocess.Popen[bytes]") -> None:
        assert process.stdin is not None and process.stdout is not None
        self._process = process
        self._requests: IO[bytes] = process.stdin
        self._arrived: SimpleQueue[bytes] = SimpleQueue()  # b"" when the process has ended
        self._decoder = FrameDecoder()
        self._ended = False
        self._answers_due = 1  # the greeting
        self.sent = 0
        threading.Thread(target=self._listen, args=(process.stdout,), name="library", daemon=True).start()

    @property
    def pid(self) -> int:
        return self._process.pid

    def greet(self, deadline_s: float) -> None:
        """Hear how opening the port went.  Raises DeviceNotFoundError, DeviceTimeoutError."""
        ends = time.monotonic() + deadline_s
        while time.monotonic() < ends:
            for body in self._bodies(READ_S):
                status = as_response(body).status
                if status != _OK:
                    raise DeviceNotFoundError(f"the library opens no reader: status {status:02X}")
                return
        raise DeviceTimeoutError("the library does not answer")

    def read(self, wait_s: float = READ_S) -> bytes:
        return b"".join(frame(body) for body in self._bodies(wait_s))

    def write(self, data: bytes, deadline_s: float = WRITE_S) -> None:
        """One request.  It is some bytes, for which a pipe always has room."""
        self._answers_due += 1
        try:
            os.write(self._requests.fileno(), data)
        except (OSError, ValueError) as error:
            raise DeviceNotFoundError("the library's process has ended") from error
        self.sent += len(data)

    def is_broken(self) -> bool:
        return self._ended or self._process.poll() is not None

    def close(self) -> None:
        """Kill the process; the thread that listens to it sees to its end."""
        with suppress(OSError):
            self._process.kill()
        with suppress(OSError, ValueError):
            self._requests.close()

    def _bodies(self, wait_s: float) -> list[bytes]:
        """The answer to the last request, if it is among what has come; those to earlier ones are dropped."""
        if self._ended:
            raise DeviceNotFoundError("the library's process has ended")
        try:
            data = self._arrived.get(timeout=wait_s) if wait_s else self._arrived.get_nowait()
        except Empty:
            return []
        if not data:
            self._ended = True
            raise DeviceNotFoundError("the library's process has ended")
        answers = []
        for body in self._decoder.feed(data):
            self._answers_due -= 1
            if not self._answers_due:
                answers.append(body)
        return answers

    def _listen(self, stream: IO[bytes]) -> None:
        with suppress(OSError, ValueError):
            while data := os.read(stream.fileno(), 65536):
                self._arrived.put(data)
        self._arrived.put(b"")
        stream.close()
        self._process.wait()  # on this thread: a process stuck in a kernel driver takes its time to die


def _parse(url: str) -> tuple[Path, int, str]:
    parts = urlsplit(url)
    query = parse_qs(parts.query)
    port = query.get("port", [str(_USUAL_PORT)])[0]
    path = unquote(parts.path)
    if _DRIVE.match(path):
        path = path[1:]
    if parts.netloc or not Path(path).is_absolute() or not port.isdecimal() or int(port) not in _PORTS:
        raise DeviceNotFoundError("not a library: library:///PATH?port=1-16 or 1001-1016")
    return Path(path), int(port), query.get("host", [sys.executable])[0]


def _start(host: str, path: Path, port: int) -> "subprocess.Popen[bytes]":
    if not path.is_file():
        raise DeviceNotFoundError("there is no such library")
    command = [host, "-E", "-s", "-m", "devices.library_host", str(path), str(port)]
    try:
        return subprocess.Popen(
            command,
            cwd=_ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
    except OSError as error:
        raise DeviceNotFoundError("the library's host cannot be started") from error
