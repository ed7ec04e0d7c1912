"""The keys that sign the catalog: look, change, take the root offline (docs/gateway/keys.md)."""

import argparse
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from app.atomic_file import write_atomically
from app.commands.output import add_json, emit
from app.texts import load

ROLES = ("root", "targets", "snapshot", "timestamp")


def add_arguments(what: Any) -> tuple[argparse.ArgumentParser, ...]:
    """The parsers that want the gateway's DATA folder; `root-sign` wants none."""
    keys = what.add_parser("keys", help="which keys sign, where they are, which wait")
    rotate = what.add_parser("rotate", help="make the next key of a role; in force once a root names it")
    rotate.add_argument("role", choices=ROLES)
    offline = what.add_parser("root-offline", help="move the root key out of this machine")
    offline.add_argument("--out", type=Path, required=True)
    request = what.add_parser("root-request", help="the next root, to be signed where the root key is kept")
    request.add_argument("--out", type=Path, required=True)
    request.add_argument("--root-key", type=Path, action="append", default=[], help="public PEM of a new one")
    request.add_argument("--threshold", type=int, default=0, help="how many root keys have to sign")
    install = what.add_parser("root-install", help="put a signed root in force")
    install.add_argument("file", type=Path)
    sign = what.add_parser("root-sign", help="on the machine with the root key: sign a request")
    sign.add_argument("file", type=Path)
    sign.add_argument("--key", type=Path, action="append", required=True, help="private PEM; several allowed")
    sign.add_argument("--out", type=Path, required=True)
    add_json(sign)
    return keys, rotate, offline, request, install


def _keys(args: argparse.Namespace) -> int:
    from app.gateway.role_keys import standing

    root, vault = _opened(args.data)
    found = standing(root, vault)
    lines = [
        load().say(
            "gateway_admin.key",
            role=role,
            keys=" ".join(key[:16] for key in of["keys"]),
            here=load()["gateway_admin.key_here" if of["here"] else "gateway_admin.key_away"],
            next=load()["gateway_admin.key_next"] if of["next"] else "",
        )
        for role, of in found.items()
    ]
    emit(args, {"root_version": root.signed.version, "roles": found}, "\n".join(lines))
    return 0


def _rotate(args: argparse.Namespace) -> int:
    from app.gateway.role_keys import prepare_key

    key_id = prepare_key(_opened(args.data)[1], args.role)
    emit(args, {"role": args.role, "key": key_id}, load()["gateway_admin.key_made"])
    return 0


def _offline(args: argparse.Namespace) -> int:
    from app.gateway.role_keys import take_offline

    take_offline(_opened(args.data)[1], args.out)
    emit(args, {"out": str(args.out)}, load()["gateway_admin.root_offline"])
    return 0


def _request(args: argparse.Namespace) -> int:
    from app.gateway.repository import utc_now
    from app.gateway.role_keys import request

    root, vault = _opened(args.data)
    asked = request(root, vault, utc_now, [path.read_bytes() for path in args.root_key], args.threshold)
    write_atomically(args.out, asked.to_bytes(), mode=0o644)
    emit(args, {"version": asked.signed.version}, load()["gateway_admin.root_requested"])
    return 0


def _sign(args: argparse.Namespace) -> int:
    from app.gateway.role_keys import sign

    signed = sign(args.file.read_bytes(), [path.read_bytes() for path in args.key])
    write_atomically(args.out, signed, mode=0o644)
    emit(args, {"out": str(args.out)}, load()["gateway_admin.root_signed"])
    return 0


def _install(args: argparse.Namespace) -> int:
    from app.gateway.role_keys import install_root

    version = install_root(*_opened(args.data), args.file.read_bytes())
    emit(args, {"version": version}, load().say("gateway_admin.root_installed", version=version))
    return 0


def _opened(data: Path) -> tuple[Any, Any]:
    """The newest root and the vault of a gateway.  Raises InvalidInputError when there is none yet."""
    from app.errors import InvalidInputError
    from app.gateway.repository import newest_root
    from app.gateway.vault import Vault

    home = data / "gateway"
    root = newest_root(home / "repository" / "metadata")
    if root is None:
        raise InvalidInputError("no repository yet", field="data")
    return root, Vault(home / "keys")


COMMANDS: Mapping[str, Callable[[argparse.Namespace], int]] = {
    "keys": _keys,
    "rotate": _rotate,
    "root-offline": _offline,
    "root-request": _request,
    "root-sign": _sign,
    "root-install": _install,
}
