"""PINs of operators are kept only as scrypt hashes: `scrypt$n$r$p$salt$hash` (hex)."""

import hashlib
import hmac
import secrets

_N, _R, _P = 2**14, 8, 1


def pin_hash(pin: str) -> str:
    salt = secrets.token_bytes(16)
    return f"scrypt${_N}${_R}${_P}${salt.hex()}${_scrypt(pin, salt, _N, _R, _P).hex()}"


def pin_matches(pin: str, kept: str) -> bool:
    _, n, r, p, salt, expected = kept.split("$")
    found = _scrypt(pin, bytes.fromhex(salt), int(n), int(r), int(p))
    return hmac.compare_digest(found, bytes.fromhex(expected))


def _scrypt(pin: str, salt: bytes, n: int, r: int, p: int) -> bytes:
    return hashlib.scrypt(pin.encode(), salt=salt, n=n, r=r, p=p, maxmem=64 * 1024 * 1024)
