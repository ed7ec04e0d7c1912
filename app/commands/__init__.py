"""One file a command; the only places that wire the parts.

Every command module has `add_arguments(parser)` and `run(args) -> int`.  Exit codes: 0 done;
1 failed, with `{"error": {...}}` on stdout under --json; 2 wrong usage or settings.
"""

import argparse
import os
import signal
import sys
import time
from importlib import import_module
from typing import NoReturn

ZONE = "Asia/Shanghai"
COMMANDS = {
    "counter": "window",
    "kiosk": "window",
    "popup": "window",
    "demo": "demo",
    "tour": "tour",
    "gateway": "gateway",
    "gateway-admin": "gateway_admin",
    "enrol": "enrol",
    "emulate": "emulate",
    "read-id": "read_id",
    "find-devices": "find_devices",
    "catalog": "catalog",
    "sync": "sync",
    "fetch-catalog": "fetch_catalog",
    "intake": "intake",
    "receipt": "receipt",
    "doctor": "doctor",
    "diagnose": "diagnose",
}
LOGGED = frozenset(
    {"counter", "kiosk", "popup", "enrol", "sync", "fetch-catalog", "intake", "doctor", "diagnose"}
)


def main(argv: list[str]) -> int:
    """Only the chosen command's module is imported: a terminal without the gateway's extra still starts."""
    name = argv[0] if argv else ""
    if name not in COMMANDS:
        return _usage(name, in_json="--json" in argv)
    from app.commands.output import guarded, sturdy_streams

    module = import_module(f"app.commands.{COMMANDS[name]}")
    sturdy_streams()
    _live_in_the_halls_zone()
    parser = _Parser(prog=f"main.py {name}", description=module.__doc__)
    module.add_arguments(parser)
    args = parser.parse_args(argv[1:])
    args.command = name
    _keep_log(args)
    if getattr(args, "json", False):  # a calling program that loses patience gets its document too
        signal.signal(signal.SIGTERM, signal.default_int_handler)
    return guarded(module.run, args)


def _keep_log(args: argparse.Namespace) -> None:
    """To stderr, and for whoever opens a station to its DATA folder too: support reads it there."""
    from app import logbook

    logbook.to_terminal()
    if args.command in LOGGED:
        logbook.keep(args.data.expanduser() / "log", args.command)


class _Parser(argparse.ArgumentParser):
    """Wrong usage (exit 2) answers a calling program in its one document too."""

    def error(self, message: str) -> NoReturn:
        if "--json" in sys.argv:
            _answer_wrong_usage()
        super().error(message)


def _answer_wrong_usage() -> None:
    from app.commands.output import fail
    from app.texts import load

    fail(argparse.Namespace(json=True), "usage", load()["error.usage.text"], False)


def _live_in_the_halls_zone() -> None:
    """Logs, windows and the libraries' own times agree with the papers, whatever zone the machine is set to.

    A zone like `CST-8` is one that the PDF library cannot even read.
    """
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    try:
        ZoneInfo(ZONE)
    except ZoneInfoNotFoundError:
        return
    os.environ["TZ"] = ZONE
    if sys.platform != "win32":
        time.tzset()


def _usage(name: str, *, in_json: bool) -> int:
    wanted_help = name in ("-h", "--help", "help")
    out = sys.stdout if wanted_help else sys.stderr
    if in_json:
        _answer_wrong_usage()
    print("usage: main.py COMMAND [options]   (main.py COMMAND --help tells more)\n", file=out)
    for command, module in COMMANDS.items():
        print(f"  {command:14} {_first_line(module)}", file=out)
    return 0 if wanted_help else 2


def _first_line(module: str) -> str:
    """The first line of a command's docstring, read without importing it."""
    import ast
    from pathlib import Path

    source = (Path(__file__).parent / f"{module}.py").read_text(encoding="utf-8")
    return (ast.get_docstring(ast.parse(source)) or "").partition("\n")[0]
