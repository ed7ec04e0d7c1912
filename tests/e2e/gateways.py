"""Servers that stand where the gateway should be and behave badly, and a watch over how they are asked."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

Behaviour = Callable[[socket.socket, threading.Event], None]


@contextmanager
def standing_in(behave: Behaviour) -> Iterator[str]:
    """A server on a free port that treats every connection with `behave`; yields HOST:PORT."""
    over = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as door:

        def serve() -> None:
            while True:
                try:
                    line, _ = door.accept()
                except OSError:
                    return
                threading.Thread(target=one, args=(line,), daemon=True).start()

        def one(line: socket.socket) -> None:
            with line, suppress(OSError):
                behave(line, over)

        threading.Thread(target=serve, daemon=True).start()
        try:
            yield f"127.0.0.1:{door.getsockname()[1]}"
        finally:
            over.set()
            with suppress(OSError):
                door.shutdown(socket.SHUT_RDWR)


def silent(line: socket.socket, over: threading.Event) -> None:
    """Takes the call and says nothing."""
    over.wait()


def dripping(line: socket.socket, over: threading.Event) -> None:
    """A byte a second, for ever."""
    _request(line)
    line.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 5000\r\n\r\n")
    while not over.wait(1):
        line.sendall(b" ")


def endless(line: socket.socket, over: threading.Event) -> None:
    _request(line)
    line.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n")
    while not over.is_set():
        line.sendall(b"x" * 65536)


def saying(head: str, body: str = "", kind: str = "text/html") -> Behaviour:
    """One whole answer, always the same."""

    def behave(line: socket.socket, over: threading.Event) -> None:
        _request(line)
        data = body.encode()
        line.sendall(
            f"HTTP/1.1 {head}\r\nContent-Type: {kind}\r\nContent-Length: {len(data)}\r\n"
            "Connection: close\r\n\r\n".encode()
            + data
        )

    return behave


def _request(line: socket.socket) -> None:
    received = b""
    while b"\r\n\r\n" not in received:
        part = line.recv(65536)
        if not part:
            return
        received += part


def swallowing(gateway: str) -> Behaviour:
    """Passes everything on to the real gateway, but hangs up before the answer to an upload."""
    host, _, port = gateway.rpartition("/")[2].rpartition(":")

    def behave(line: socket.socket, over: threading.Event) -> None:
        upload = threading.Event()
        with socket.create_connection((host, int(port))) as real:
            threading.Thread(target=_send_on, args=(line, real, upload), daemon=True).start()
            while (part := real.recv(65536)) and not upload.is_set():
                line.sendall(part)

    return behave


def _send_on(line: socket.socket, real: socket.socket, upload: threading.Event) -> None:
    with suppress(OSError):
        while part := line.recv(65536):
            if part.startswith(b"PUT"):
                upload.set()
            real.sendall(part)
