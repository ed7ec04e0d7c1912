"""Charge of the battery, where the system tells it (Linux: /sys/class/power_supply)."""

from pathlib import Path

SUPPLIES = Path("/sys/class/power_supply")


def battery_percent(supplies: Path = SUPPLIES) -> int | None:
    """0 … 100 of the first battery; None on a machine without one, or that does not say."""
    try:
        for supply in sorted(supplies.glob("*")):
            if (supply / "type").read_text().strip() == "Battery":
                return max(0, min(100, int((supply / "capacity").read_text())))
    except (OSError, ValueError):
        return None
    return None
