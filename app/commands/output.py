"""How commands answer: one JSON document on stdout under --json, words otherwise; logs go to stderr."""

import argparse
import codecs
import io
import json
import logging
import sys
from collections.abc import Callable
from typing import Any

from app.errors import AppError, SettingsError, StoppedByPersonError
from app.texts import load

logger = logging.getLogger(__name__)


def emit(args: argparse.Namespace, value: dict[str, Any] | list[Any], words: str = "") -> None:
    """`value` under --json; else `words`, or the value laid out for reading."""
    if getattr(args, "json", False):
        print(_document(value))
    else:
        print(words or json.dumps(value, ensure_ascii=False, indent=2))


def _document(value: dict[str, Any] | list[Any]) -> str:
    """Readable where stdout is UTF-8; pure ASCII elsewhere, which every caller decodes alike."""
    readable = codecs.lookup(sys.stdout.encoding or "ascii").name == "utf-8"
    return json.dumps(value, ensure_ascii=not readable)


def sturdy_streams() -> None:
    """No character of a name may end the program because a terminal cannot show it."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def guarded(run: Callable[[argparse.Namespace], int], args: argparse.Namespace) -> int:
    """Run a command; a deliberate error becomes its sentence and exit code."""
    try:
        return run(args)
    except AppError as error:
        logger.info("%s: %s", error.code, error)
        fail(args, error.code, load().error(error), error.retryable)
        return 2 if isinstance(error, SettingsError) else 1
    except KeyboardInterrupt:
        fail(args, StoppedByPersonError.code, load()["error.app.stopped.text"], True)
        return 130
    except Exception:
        if not getattr(args, "json", False):
            raise
        logger.exception("a bug")  # a calling program still gets its one document
        fail(args, "app", load()["error.app.text"], False)
        return 1


def fail(args: argparse.Namespace, code: str, message: str, retryable: bool) -> None:
    if getattr(args, "json", False):
        print(_document({"error": {"code": code, "message": message, "retryable": retryable}}))
    else:
        print(message, file=sys.stderr)


def add_json(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="one JSON document on stdout")
