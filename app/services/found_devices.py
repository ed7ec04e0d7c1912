"""What was found and is not configured yet, in the words of station.toml."""

import json

from app.domain.device import FoundDevice


def station_lines(found: FoundDevice) -> str:
    """The table to add to station.toml; "" for what speaks no protocol of ours."""
    if found.kind is None:
        return ""
    lines = [
        f"[devices.{found.kind.value}]",
        f"driver = {_quoted(found.driver)}",
        f"line = {_quoted(found.line)}",
    ]
    if found.baudrate:
        lines.append(f"baudrate = {found.baudrate}")
    return "\n".join(lines)


def _quoted(text: str) -> str:
    """A basic string of TOML: JSON's escapes are a part of TOML's."""
    return json.dumps(text, ensure_ascii=False)
