"""What all emulators share: a door for the device's own bytes, a second one for commanding it.

The first line on stdout says `ready HOST:PORT`, followed by ` control HOST:PORT` when there
is a control door; port 0 picks free ones.  `--listen pty` opens a pseudo terminal instead and
says its name, for lines by pyserial.  One client at a time, as on a cable: a second one waits.

The control door takes one command a line and answers one JSON object a line:
`{"ok": true, …}` or `{"ok": false, "error": "…"}`.  Every device on TCP knows two of them: `unplug` (hang
up and let nobody connect) and `plug` (be there again, at the same address); it starts plugged in.
"""

import argparse
import contextlib
import json
import os
import select
import shlex
import signal
import socket
import sys
import threading
import time
from typing import Any, Protocol

_WAIT_S = 0.1
_RECEIVE = 65536
_SPEEDS = (9600, 19200, 38400, 57600, 115200)


class Wire(Protocol):
    """The device's end of the cable."""

    def receive(self, wait_s: float = _WAIT_S) -> bytes | None:
        """What came, b"" when nothing did within the wait, None when the other side hung up."""
        ...

    def send(self, data: bytes) -> None: ...
    def close(self) -> None: ...

    @property
    def speed(self) -> int:
        """The baud rate the other side has set; 0 where there is none."""
        ...


class Device(Protocol):
    """An emulated device: talks on a wire until it ends, and obeys commands meanwhile."""

    def attend(self, wire: Wire, stop: threading.Event) -> None:
        """One client, from connecting to hanging up."""
        ...

    def command(self, words: list[str]) -> dict[str, Any]:
        """One control command; raises ValueError when it is not understood."""
        ...


def add_common_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--listen", default="127.0.0.1:0", metavar="HOST:PORT", help="or: pty")
    parser.add_argument("--control", metavar="HOST:PORT", help="door for commands, JSON answers")
    parser.add_argument(
        "--leash", action="store_true", help="end when standard input is closed (the starter has gone)"
    )


def run(args: argparse.Namespace, device: Device) -> int:
    """Serve until SIGTERM, SIGINT or the end of the leash; returns the exit code."""
    stop, cable = threading.Event(), Cable()
    _stop_on_signals(stop)
    if args.leash:
        threading.Thread(target=_wait_for_the_end_of_stdin, args=(stop,), daemon=True).start()
    with contextlib.ExitStack() as opened:
        control = opened.enter_context(_listener(args.control)) if args.control else None
        if control is not None:
            commanded = None if args.listen == "pty" else cable
            threading.Thread(target=_serve_control, args=(control, device, commanded), daemon=True).start()
        if args.listen == "pty":
            _serve_pty(device, control, stop)
        else:
            _serve_tcp(args.listen, device, control, stop, cable)
    return 0


def address_of(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"{host}:{port}"


def _stop_on_signals(stop: threading.Event) -> None:
    if threading.current_thread() is threading.main_thread():
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())


def _wait_for_the_end_of_stdin(stop: threading.Event) -> None:
    with contextlib.suppress(OSError, ValueError):
        while os.read(0, 4096):
            pass
    stop.set()


def _listener(address: str) -> socket.socket:
    host, _, port = address.rpartition(":")
    listener = socket.create_server((host or "127.0.0.1", int(port)))
    listener.settimeout(_WAIT_S)
    return listener


def _say_ready(address: str, control: socket.socket | None) -> None:
    door = f" control {address_of(control)}" if control is not None else ""
    sys.stdout.write(f"ready {address}{door}\n")
    sys.stdout.flush()


class Cable:
    """Whether the device is plugged in, and who must be hung up on when it no longer is."""

    def __init__(self) -> None:
        self.plugged = threading.Event()
        self.plugged.set()
        self.out = threading.Event()  # said by the server: nobody can connect any more
        self._lock = threading.Lock()
        self._client: socket.socket | None = None

    def hold(self, client: socket.socket | None) -> None:
        with self._lock:
            self._client = client
            if client is not None and not self.plugged.is_set():
                _hang_up(client)

    def command(self, word: str) -> bool:
        """Obey `unplug` or `plug`, and return when it has happened; False for any other word."""
        if word == "unplug":
            with self._lock:
                self.plugged.clear()
                if self._client is not None:
                    _hang_up(self._client)
            self.out.wait(10)
        elif word == "plug":
            self.plugged.set()
            while self.out.is_set():
                time.sleep(_WAIT_S / 10)
        return word in ("unplug", "plug")


def _hang_up(client: socket.socket) -> None:
    with contextlib.suppress(OSError):
        client.shutdown(socket.SHUT_RDWR)


def _serve_tcp(
    listen: str, device: Device, control: socket.socket | None, stop: threading.Event, cable: Cable
) -> None:
    address = ""
    while not stop.is_set():
        with _listener(address or listen) as listener:
            if not address:
                address = address_of(listener)
                _say_ready(address, control)
            cable.out.clear()
            _serve_clients(listener, device, stop, cable)
        cable.out.set()
        while not (cable.plugged.wait(_WAIT_S) or stop.is_set()):
            pass


def _serve_clients(listener: socket.socket, device: Device, stop: threading.Event, cable: Cable) -> None:
    while cable.plugged.is_set() and not stop.is_set():
        with contextlib.suppress(TimeoutError):
            client, _ = listener.accept()
            cable.hold(client)
            _attend(device, SocketWire(client), stop)
            cable.hold(None)


def _attend(device: Device, wire: Wire, stop: threading.Event) -> None:
    try:
        device.attend(wire, stop)
    except OSError:
        pass  # the client went away in mid-sentence
    finally:
        wire.close()


def _serve_pty(device: Device, control: socket.socket | None, stop: threading.Event) -> None:
    import pty
    import tty

    ours, theirs = pty.openpty()
    tty.setraw(theirs)
    _say_ready(os.ttyname(theirs), control)
    try:
        # `theirs` stays open here, so that a client may come and go without an end of file on ours
        _attend(device, FileWire(ours), stop)
    finally:
        os.close(theirs)


def _serve_control(listener: socket.socket, device: Device, cable: Cable | None) -> None:
    listener.settimeout(None)
    while True:
        try:
            client, _ = listener.accept()
        except OSError:
            return
        client.settimeout(None)
        threading.Thread(target=_obey, args=(client, device, cable), daemon=True).start()


def _obey(client: socket.socket, device: Device, cable: Cable | None) -> None:
    with client, client.makefile("rw", encoding="utf-8", newline="\n") as words, contextlib.suppress(OSError):
        for line in words:
            if line.strip():
                words.write(json.dumps(_answer(device, cable, line), ensure_ascii=False) + "\n")
                words.flush()


def _answer(device: Device, cable: Cable | None, line: str) -> dict[str, Any]:
    try:
        if cable is not None and cable.command(line.strip()):
            return {"ok": True, "plugged": cable.plugged.is_set()}
        return {"ok": True, **device.command(shlex.split(line))}
    except (ValueError, KeyError, IndexError, TypeError) as error:
        return {"ok": False, "error": str(error)}


class SocketWire:
    speed = 0

    def __init__(self, client: socket.socket) -> None:
        client.settimeout(None)
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._client = client

    def receive(self, wait_s: float = _WAIT_S) -> bytes | None:
        if not select.select([self._client], [], [], wait_s)[0]:
            return b""
        return self._client.recv(_RECEIVE) or None

    def send(self, data: bytes) -> None:
        self._client.sendall(data)

    def close(self) -> None:
        self._client.close()


class FileWire:
    """The controlling side of a pseudo terminal."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def receive(self, wait_s: float = _WAIT_S) -> bytes | None:
        if not select.select([self._descriptor], [], [], wait_s)[0]:
            return b""
        return os.read(self._descriptor, _RECEIVE) or None

    def send(self, data: bytes) -> None:
        while data:
            data = data[os.write(self._descriptor, data) :]

    def close(self) -> None:
        os.close(self._descriptor)

    @property
    def speed(self) -> int:
        import termios

        code = termios.tcgetattr(self._descriptor)[4]
        return next((baud for baud in _SPEEDS if getattr(termios, f"B{baud}") == code), 0)
