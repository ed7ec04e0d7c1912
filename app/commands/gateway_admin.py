"""What an administrator tells the gateway: codes, operators, withdrawn stations, publishing, keys."""

import argparse
import getpass
import sys
from pathlib import Path

from app.carried_words import words_told
from app.commands import gateway_keys
from app.commands.output import add_json, emit
from app.domain.operator import Operator, Role
from app.errors import CarriedFilesError, InvalidInputError
from app.schedules import schedules_told
from app.services import carried
from app.texts import load


def add_arguments(parser: argparse.ArgumentParser) -> None:
    what = parser.add_subparsers(dest="what", required=True)
    code = what.add_parser("code", help="a one-time enrolment code, told once")
    code.add_argument("--station-id", help="only for this station; lets it change its key")
    operator = what.add_parser("operator", help="add or change an operator; asks for the PIN")
    operator.add_argument("operator_id")
    operator.add_argument("name")
    operator.add_argument("--role", choices=[role.value for role in Role], default=Role.CLERK.value)
    withdraw = what.add_parser("withdraw", help="stop a station: stolen, scrapped")
    withdraw.add_argument("station_id")
    publish = what.add_parser("publish", help="put the draft and the files in publish/ in force")
    publish.add_argument("--demo", action="store_true", help="as the gateway was started, when it is stopped")
    keys = gateway_keys.add_arguments(what)
    for each in (code, operator, withdraw, publish, *keys):
        each.add_argument("--data", type=Path, required=True, help="folder of the gateway")
        each.add_argument("--database", help="SQLAlchemy URL, as the gateway was started with")
        add_json(each)


def run(args: argparse.Namespace) -> int:
    commands = {"code": _code, "operator": _operator, "withdraw": _withdraw, "publish": _publish}
    return {**commands, **gateway_keys.COMMANDS}[args.what](args)


def _publish(args: argparse.Namespace) -> int:
    from app.gateway.admin import publish

    _check_files(args.data / "publish")
    version = publish(args.data, args.database, args.demo)
    emit(args, {"version": version}, load().say("gateway_admin.published", version=version))
    return 0


def _check_files(folder: Path) -> None:
    """By the terminals' own rules.  Raises CarriedFilesError: they would refuse it, each with a warning."""
    told = (*schedules_told(folder / "schedules"), *words_told(folder))
    broken = carried.refused(told)
    if broken:
        raise CarriedFilesError(faults="".join(carried.describe(load(), each) for each in broken))


def _code(args: argparse.Namespace) -> int:
    from app.gateway.admin import make_code

    code = make_code(args.data, args.database, args.station_id)
    emit(args, {"code": code}, code)
    return 0


def _operator(args: argparse.Namespace) -> int:
    from app.gateway.admin import set_operator

    asked = load()["gateway_admin.pin"]
    pin = getpass.getpass(asked) if sys.stdin.isatty() else sys.stdin.readline().rstrip("\r\n")
    operator = Operator(args.operator_id, args.name, Role(args.role))
    set_operator(args.data, operator, pin, args.database)
    emit(args, {"operator_id": operator.operator_id}, load()["gateway_admin.operator_kept"])
    return 0


def _withdraw(args: argparse.Namespace) -> int:
    from app.gateway.admin import withdraw_station

    if not withdraw_station(args.data, args.station_id, args.database):
        raise InvalidInputError("no key in force", field="station_id")
    emit(args, {"withdrawn": args.station_id}, load()["gateway_admin.withdrawn"])
    return 0
