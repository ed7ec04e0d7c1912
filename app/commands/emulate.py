"""Play a device over real bytes: ID reader (sdt), receipt printer (escpos), scanner, A4 printer (ipp)."""

import argparse
from importlib import import_module

from app.commands.child import end_with_parent

KINDS = ("sdt", "escpos", "scanner", "ipp")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    kinds = parser.add_subparsers(dest="kind", required=True, metavar="|".join(KINDS))
    for kind in KINDS:
        module = import_module(f"devices.emulators.{kind}")
        plain = argparse.RawDescriptionHelpFormatter  # keeps the lines of the docstring
        module.add_arguments(kinds.add_parser(kind, description=module.__doc__, formatter_class=plain))


def run(args: argparse.Namespace) -> int:
    end_with_parent()
    code: int = import_module(f"devices.emulators.{args.kind}").serve(args)
    return code
