"""The gateway (前置机) as a process: everything ready first, then the port opens.

    python -m app.gateway.server --data DIR --port N [--database URL] [--demo] [--host HOST]

prints `ready HOST:PORT` once it answers (port 0 takes a free one).  SIGTERM and SIGINT end it
cleanly: requests under way are finished, then the process leaves with 0.
"""

import argparse
import logging
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread

import uvicorn

from app.gateway.application import create_app
from app.gateway.parts import Parts, hold_lock, maintain, open_parts

_MAINTAIN_EVERY_S = 10.0
_FINISH_WITHIN_S = 5
_KEEP_ALIVE_S = 75  # longer than the pauses of a terminal, which would else meet a line just closed
_log = logging.getLogger(__name__)


def serve(
    data: Path,
    port: int,
    database: str | None,
    demo: bool,
    host: str = "127.0.0.1",
    ready: Callable[[str, int], None] | None = None,
) -> int:
    """Run until a signal says stop; returns the exit code.

    When the port is open `ready(host, port)` is called; left out, it writes `ready HOST:PORT`
    to stdout, which is what a parent process waits for.  Raises StoreBusyError (another
    gateway on this DATA folder), StoreError, OSError (port taken), SQLAlchemyError.
    """
    _on_signal(_leave)
    hold_lock(data)
    parts = open_parts(data, database, demo)
    try:
        server = _server(parts)
        with _listening(host, port) as listener, _upkeep(parts):
            _on_signal(lambda: setattr(server, "should_exit", True))
            (ready or _announce)(*listener.getsockname()[:2])
            server.run(sockets=[listener])
    finally:
        parts.database.close()
    return 0


def _server(parts: Parts) -> uvicorn.Server:
    config = uvicorn.Config(
        create_app(parts),
        log_config=None,
        access_log=False,  # it would write receipt tokens; app.gateway.guard keeps the log
        server_header=False,
        lifespan="off",
        timeout_keep_alive=_KEEP_ALIVE_S,
        timeout_graceful_shutdown=_FINISH_WITHIN_S,
    )
    return uvicorn.Server(config)


def _on_signal(act: Callable[[], None]) -> None:
    """What SIGTERM and SIGINT do from now on.  While uvicorn serves, its own handling is in place;
    it raises the signal once more when it has stopped, and that must find ours again."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: act())


def _leave() -> None:
    """Still preparing: nothing is served yet, and what is written so far is whole at any moment."""
    raise SystemExit(0)


@contextmanager
def _listening(host: str, port: int) -> Iterator[socket.socket]:
    listener = socket.create_server((host, port), backlog=128)
    # Connections inherit it.  asyncio would set it only on sockets that name their protocol, which these
    # do not; without it the second piece of every answer waits some 40 ms for the first's delayed ACK.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    try:
        yield listener
    finally:
        listener.close()


@contextmanager
def _upkeep(parts: Parts) -> Iterator[None]:
    """Maintenance on a thread of its own; a failure is logged once, and its recovery once."""
    stop = Event()

    def run() -> None:
        failing = False
        while not stop.wait(_MAINTAIN_EVERY_S):
            try:
                maintain(parts)
                if failing:
                    _log.warning("maintenance works again")
                failing = False
            except Exception as error:  # the loop must outlive any one round
                if not failing:
                    _log.error("maintenance failed: %s", type(error).__name__)
                failing = True

    thread = Thread(target=run, name="gateway-upkeep", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(timeout=_FINISH_WITHIN_S)


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="app.gateway.server")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--database")
    parser.add_argument("--demo", action="store_true")
    parser.add_argument("--host", default="127.0.0.1")
    args = parser.parse_args(argv)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    return serve(args.data, args.port, args.database, args.demo, args.host)


def _announce(host: str, port: int) -> None:
    sys.stdout.write(f"ready {host}:{port}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
