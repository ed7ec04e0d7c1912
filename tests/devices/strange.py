"""Strange things on a serial port or a TCP port, for who has to find out what they are."""

import os
import pty
import random
import select
import socket
import threading
import tty
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Behaviour = Callable[[bytes], bytes]
_LOOK_S = 0.02


def echo(data: bytes) -> bytes:
    return data


def mute(data: bytes) -> bytes:
    return b""


def noise(seed: int) -> Behaviour:
    """Answers every question with garbage."""
    random_bytes = random.Random(seed)
    return lambda data: random_bytes.randbytes(random_bytes.randint(1, 30)) if data else b""


def hang_up(data: bytes) -> bytes:
    """A loose contact: the line breaks as soon as it stands."""
    raise OSError


def chatter(data: bytes) -> bytes:
    """Talks without being asked."""
    return b"0123456789\r\n"


@contextmanager
def strange_port(behave: Behaviour) -> Iterator[str]:
    """A pseudo terminal with something at its other end."""
    ours, theirs = pty.openpty()
    tty.setraw(theirs)
    stop = threading.Event()
    thread = threading.Thread(target=_serve, args=(ours, behave, stop))
    thread.start()
    try:
        yield os.ttyname(theirs)
    finally:
        stop.set()
        thread.join()
        os.close(ours)
        os.close(theirs)


@contextmanager
def strange_server(behave: Behaviour) -> Iterator[str]:
    """A TCP port with something behind it, for one client after the other."""
    stop = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(_LOOK_S)

        def accept() -> None:
            while not stop.is_set():
                try:
                    client, _ = server.accept()
                except TimeoutError:
                    continue
                with client:
                    _serve(client.fileno(), behave, stop)

        thread = threading.Thread(target=accept)
        thread.start()
        try:
            yield f"socket://127.0.0.1:{server.getsockname()[1]}"
        finally:
            stop.set()
            thread.join()


def _serve(descriptor: int, behave: Behaviour, stop: threading.Event) -> None:
    try:
        while not stop.is_set():
            asked = bool(select.select([descriptor], [], [], _LOOK_S)[0])
            data = os.read(descriptor, 4096) if asked else b""
            if asked and not data:
                return
            if answer := behave(data):
                os.write(descriptor, answer)
    except OSError:
        return
