"""A process around a maker's reader library (sdtapi-style), that speaks SDT frames on its standard streams.

    python -m devices.library_host LIBRARY PORT         PORT: 1-16 serial, 1001-1016 USB

A request in, one answer out, as a reader on a serial line would, so the driver above is the same.  The
first answer is unasked and tells how opening the port went.  Functions and their arguments: header files of
several makers' sdtapi (DEVICES facts §A1; docs/adr/0072).  The port is opened once, so iIfOpen is 0.

What the library prints must not reach our answers, and may hold personal data: its standard output goes
nowhere.  It may crash or hang: that is why it lives here.  The process ends with its parent, even while a
call hangs.  Standard library only, so that a bare 32-bit Python can run it.
"""

import contextlib
import ctypes
import os
import struct
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from queue import SimpleQueue
from typing import Any

from devices.sdt_frames import (
    SHORTEST_REQUEST,
    Command,
    FrameDecoder,
    Request,
    as_request,
    encode_response,
)

OK, FOUND = 0x90, 0x9F
LENGTH_ERROR, UNKNOWN_COMMAND, UNKNOWN_ERROR, NO_PORT = 0x11, 0x21, 0x24, 0x01
_ROOM = 4096  # bytes of each buffer a library writes into; the longest text it should write has 1024
_TEXT, _PHOTO, _MANAGE, _SERIAL = 256, 1024, 4, 8
_SAM = struct.Struct("<HHIII")
_SAM_WORDS = 5
_LEAVING_S = 1.0
_BY_ITSELF = 0  # iIfOpen: the port is open already

Answer = tuple[int, bytes]


class Library:
    """The functions of one library on one port."""

    def __init__(self, path: Path, port: int) -> None:
        """Raises OSError when it cannot be loaded."""
        with contextlib.suppress(OSError):
            os.chdir(path.parent)  # it looks for its companions and its licence there
        if sys.platform == "win32":
            os.add_dll_directory(str(path.parent))
            self._library: Any = ctypes.WinDLL(str(path))  # its functions are stdcall
        else:
            self._library = ctypes.CDLL(str(path))
        self._port = port
        self._tasks: dict[int, Callable[[], Answer]] = {
            Command.RESET: lambda: (self._call("SDT_ResetSAM", _BY_ITSELF), b""),
            Command.SAM_STATUS: lambda: (self._call("SDT_GetSAMStatus", _BY_ITSELF), b""),
            Command.SAM_ID: self._sam_id,
            Command.FIND: lambda: self._short("SDT_StartFindIDCard", FOUND, _MANAGE),
            Command.SELECT: lambda: self._short("SDT_SelectIDCard", OK, _SERIAL),
            Command.READ: self._read,
            Command.READ_NEWEST_ADDRESS: self._newest_address,
        }

    def open(self) -> int:
        return self._call("SDT_OpenPort")

    def close(self) -> None:
        self._call("SDT_ClosePort")

    def answer(self, request: Request) -> bytes:
        """The frame a reader would have answered."""
        task = self._tasks.get(request.command)
        if task is None:
            return encode_response(UNKNOWN_COMMAND)
        try:
            return encode_response(*task())
        except AttributeError:  # a library without this function
            return encode_response(UNKNOWN_COMMAND)

    def _call(self, name: str, *arguments: Any) -> int:
        """The status a function returns.  Raises AttributeError when the library lacks it."""
        function = getattr(self._library, name)
        function.restype = ctypes.c_int
        status = int(function(ctypes.c_int(self._port), *(_as_c(value) for value in arguments)))
        return status if 0 <= status <= 0xFF else UNKNOWN_ERROR

    def _short(self, name: str, good: int, size: int) -> Answer:
        buffer = ctypes.create_string_buffer(_ROOM)
        status = self._call(name, buffer, _BY_ITSELF)
        return status, buffer.raw[:size] if status == good else b""

    def _sam_id(self) -> Answer:
        """16 bytes; made of the printed form where the library tells only that."""
        buffer = ctypes.create_string_buffer(_ROOM)
        try:
            status = self._call("SDT_GetSAMID", buffer, _BY_ITSELF)
            data = buffer.raw[: _SAM.size]
        except AttributeError:
            status = self._call("SDT_GetSAMIDToStr", buffer, _BY_ITSELF)
            data = packed_sam(buffer.value.decode("ascii", "replace"))
        return status, data if status == OK else b""

    def _read(self) -> Answer:
        text, photo = (ctypes.create_string_buffer(_ROOM) for _ in range(2))
        text_size, photo_size = ctypes.c_uint(_TEXT), ctypes.c_uint(_PHOTO)
        sizes = (ctypes.byref(text_size), ctypes.byref(photo_size))
        status = self._call("SDT_ReadBaseMsg", text, sizes[0], photo, sizes[1], _BY_ITSELF)
        if status != OK:
            return status, b""
        if text_size.value != _TEXT or photo_size.value not in (0, _PHOTO):
            return LENGTH_ERROR, b""
        lengths = text_size.value.to_bytes(2, "big") + photo_size.value.to_bytes(2, "big")
        return OK, lengths + text.raw[:_TEXT] + photo.raw[: photo_size.value]

    def _newest_address(self) -> Answer:
        buffer, size = ctypes.create_string_buffer(_ROOM), ctypes.c_uint(0)
        status = self._call("SDT_ReadNewAppMsg", buffer, ctypes.byref(size), _BY_ITSELF)
        if status == OK and size.value > _ROOM:
            return LENGTH_ERROR, b""
        return status, buffer.raw[: size.value] if status == OK else b""


def packed_sam(printed: str) -> bytes:
    """`05.03-20140101-0000000001-…` as the reader itself sends it; b"" for anything else."""
    words = printed.strip().replace(".", "-").split("-")
    if len(words) != _SAM_WORDS or not all(word.isascii() and word.isdigit() for word in words):
        return b""
    try:
        return _SAM.pack(*map(int, words))
    except struct.error:
        return b""


def _as_c(value: Any) -> Any:
    return ctypes.c_int(value) if isinstance(value, int) else value


class _Pipe:
    """Our ends of the standard streams; what the library sees in their place is nothing."""

    def __init__(self) -> None:
        self._incoming, self._outgoing = os.dup(0), os.dup(1)
        nothing = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(nothing, stream)
        if sys.platform == "win32":
            import msvcrt

            for descriptor in (self._incoming, self._outgoing):
                msvcrt.setmode(descriptor, os.O_BINARY)

    def receive(self) -> bytes:
        return os.read(self._incoming, 4096)

    def send(self, frame: bytes) -> None:
        while frame:
            frame = frame[os.write(self._outgoing, frame) :]


def _listen(pipe: _Pipe, requests: "SimpleQueue[Request | None]") -> None:
    """Pass requests on; when the parent has gone, end, soon and in any case."""
    decoder = FrameDecoder(SHORTEST_REQUEST)
    with contextlib.suppress(OSError):
        while data := pipe.receive():
            for body in decoder.feed(data):
                requests.put(as_request(body))
    requests.put(None)
    threading.Event().wait(_LEAVING_S)
    os._exit(0)


def _die_quietly() -> None:
    """A crash leaves no picture of the memory, which has held a person's card, and asks nobody."""
    if sys.platform == "win32":
        ctypes.windll.kernel32.SetErrorMode(0x8003)
    else:
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main(arguments: list[str]) -> int:
    path, port = Path(arguments[0]), int(arguments[1])
    _die_quietly()
    pipe = _Pipe()
    requests: SimpleQueue[Request | None] = SimpleQueue()
    threading.Thread(target=_listen, args=(pipe, requests), daemon=True).start()
    try:
        library = Library(path, port)
        opened = library.open()
    except (OSError, AttributeError):
        opened = NO_PORT
    pipe.send(encode_response(opened))
    if opened != OK:
        return 1
    while (request := requests.get()) is not None:
        answer = library.answer(request)
        with contextlib.suppress(OSError):  # the parent has gone: the end of its pipe ends this loop
            pipe.send(answer)
    library.close()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
