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
    """A literal string of TOML for the backslashes of Windows ports; else a basic one, escaped as JSON is."""
    return f"'{text}'" if "\\" in text and "'" not in text else json.dumps(text, ensure_ascii=False)
