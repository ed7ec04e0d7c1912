"""A line between a station and its gateway that can be made slow, broken or wrong while it is used."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from urllib.parse import urlsplit

_PIECE = 1 << 15


@dataclass
class Wire:
    """`rate`: bytes a second towards the gateway, 0 unlimited.  `cut_after`: so many more bytes
    towards it and every connection breaks, once.  `flip_after`: the byte at that distance has a
    bit turned over, once.  `sent` counts all bytes towards the gateway."""

    url: str = ""
    rate: float = 0.0
    cut_after: int | None = None
    flip_after: int | None = None
    sent: int = 0
    flips: int = 0
    cuts: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def pass_on(self, piece: bytes) -> bytes | None:
        """What comes out at the other end; None when the line breaks here."""
        with self._lock:
            self.sent += len(piece)
            if self.cut_after is not None:
                self.cut_after -= len(piece)
                if self.cut_after <= 0:
                    self.cut_after, self.cuts = None, self.cuts + 1
                    return None
            if self.flip_after is not None:
                self.flip_after -= len(piece)
                if self.flip_after <= 0:
                    self.flip_after, self.flips = None, self.flips + 1
                    return piece[:-1] + bytes([piece[-1] ^ 0x10])
        if self.rate:
            time.sleep(len(piece) / self.rate)  # the property of the line, not a wait for something
        return piece


@contextmanager
def proxy(target: str) -> Iterator[Wire]:
    """A wire to the gateway at `target`; its own address is `wire.url`."""
    host = urlsplit(target)
    listener = socket.create_server(("127.0.0.1", 0))
    wire = Wire(f"http://127.0.0.1:{listener.getsockname()[1]}")
    over = threading.Event()

    def pump(source: socket.socket, sink: socket.socket, forwards: bool) -> None:
        with suppress(OSError):
            while not over.is_set():
                piece: bytes | None = source.recv(_PIECE)
                if not piece:
                    break
                piece = wire.pass_on(piece) if forwards else piece
                if piece is None:
                    break
                sink.sendall(piece)
        for end in (source, sink):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def accept() -> None:
        with suppress(OSError):
            while True:
                near, _ = listener.accept()
                threading.Thread(target=join, args=(near,), daemon=True).start()

    def join(near: socket.socket) -> None:
        with near, suppress(OSError), socket.create_connection((host.hostname, host.port)) as far:
            back = threading.Thread(target=pump, args=(far, near, False), daemon=True)
            back.start()
            pump(near, far, True)
            back.join()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield wire
    finally:
        over.set()
        with suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()
