"""One file a command; the only places that wire the parts.

Every command module has `add_arguments(parser)` and `run(args) -> int`.  Exit codes: 0 done;
1 failed, with `{"error": {...}}` on stdout under --json; 2 wrong usage or settings.
"""

import argparse
import logging
import sys
from importlib import import_module

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
    "catalog": "catalog",
    "sync": "sync",
    "intake": "intake",
    "receipt": "receipt",
    "doctor": "doctor",
}


def main(argv: list[str]) -> int:
    """Only the chosen command's module is imported: a terminal without the gateway's extra still starts."""
    name = argv[0] if argv else ""
    if name not in COMMANDS:
        return _usage(name)
    module = import_module(f"app.commands.{COMMANDS[name]}")
    parser = argparse.ArgumentParser(prog=f"main.py {name}", description=module.__doc__)
    module.add_arguments(parser)
    args = parser.parse_args(argv[1:])
    args.command = name
    logging.basicConfig(
        stream=sys.stderr, level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s"
    )
    from app.commands.output import guarded, sturdy_streams

    sturdy_streams()
    return guarded(module.run, args)


def _usage(name: str) -> int:
    wanted_help = name in ("-h", "--help", "help")
    out = sys.stdout if wanted_help else sys.stderr
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
