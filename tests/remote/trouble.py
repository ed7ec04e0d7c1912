"""Servers that misbehave, byte by byte, on a thread of their own."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from tests.patience import PATIENCE_S

Behaviour = Callable[[socket.socket, threading.Event], None]
"""What to do with a connection whose request has been read; ends when the event is set."""


@contextmanager
def server(behave: Behaviour) -> Iterator[str]:
    """The URL of a server that treats every connection like `behave`."""
    over = threading.Event()
    listener = socket.create_server(("127.0.0.1", 0))
    threads: list[threading.Thread] = []

    def one(connection: socket.socket) -> None:
        with connection, suppress(OSError):
            connection.settimeout(20)
            _read_request(connection)
            behave(connection, over)

    def accept() -> None:
        with suppress(OSError):
            while True:
                connection, _ = listener.accept()
                threads.append(threading.Thread(target=one, args=(connection,), daemon=True))
                threads[-1].start()

    accepting = threading.Thread(target=accept, daemon=True)
    accepting.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        over.set()
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        for thread in (accepting, *threads):
            thread.join(PATIENCE_S)
            assert not thread.is_alive()


def _read_request(connection: socket.socket) -> None:
    data = b""
    while b"\r\n\r\n" not in data:
        data += connection.recv(65536) or b"\r\n\r\n"


def answer(status: str, body: bytes = b"", *headers: str) -> Behaviour:
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close", *headers]
    data = "\r\n".join(lines).encode() + b"\r\n\r\n" + body

    def behave(connection: socket.socket, _over: threading.Event) -> None:
        connection.sendall(data)

    return behave


def raw(data: bytes) -> Behaviour:
    def behave(connection: socket.socket, _over: threading.Event) -> None:
        connection.sendall(data)

    return behave


def silence(_connection: socket.socket, over: threading.Event) -> None:
    over.wait(PATIENCE_S)


def drip(data: bytes, pause_s: float = 0.1) -> Behaviour:
    """One byte at a time, over and over, faster than any time-out per read."""

    def behave(connection: socket.socket, over: threading.Event) -> None:
        while not over.is_set():
            for byte in data:
                connection.sendall(bytes([byte]))
                if over.wait(pause_s):
                    return

    return behave


def flood(head: bytes) -> Behaviour:
    """`head`, then bytes without end."""

    def behave(connection: socket.socket, over: threading.Event) -> None:
        connection.sendall(head)
        while not over.is_set():
            connection.sendall(b"x" * 65536)

    return behave
