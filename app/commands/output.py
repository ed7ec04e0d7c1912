"""How commands answer: one JSON document on stdout under --json, words otherwise; logs go to stderr."""

import argparse
import json
import logging
import sys
from collections.abc import Callable
from typing import Any

from app.errors import AppError, SettingsError
from app.texts import load

logger = logging.getLogger(__name__)


def emit(args: argparse.Namespace, value: dict[str, Any] | list[Any], words: str = "") -> None:
    """`value` under --json; else `words`, or the value laid out for reading."""
    if getattr(args, "json", False):
        print(json.dumps(value, ensure_ascii=False))
    else:
        print(words or json.dumps(value, ensure_ascii=False, indent=2))


def guarded(run: Callable[[argparse.Namespace], int], args: argparse.Namespace) -> int:
    """Run a command; a deliberate error becomes its sentence and exit code."""
    try:
        return run(args)
    except AppError as error:
        logger.info("%s: %s", error.code, error)
        _fail(args, error.code, load().error(error), error.retryable)
        return 2 if isinstance(error, SettingsError) else 1
    except KeyboardInterrupt:
        return 130
    except Exception:
        if not getattr(args, "json", False):
            raise
        logger.exception("a bug")  # a calling program still gets its one document
        _fail(args, "app", load()["error.app.text"], False)
        return 1


def _fail(args: argparse.Namespace, code: str, message: str, retryable: bool) -> None:
    if getattr(args, "json", False):
        print(
            json.dumps(
                {"error": {"code": code, "message": message, "retryable": retryable}}, ensure_ascii=False
            )
        )
    else:
        print(message, file=sys.stderr)


def add_json(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="one JSON document on stdout")
