"""How the state of a device is said in two to five characters, on strip, sheet and paper alike."""

from app.domain.device import DeviceHealth
from app.texts import Texts


def trouble_word(texts: Texts, health: DeviceHealth) -> str:
    """The trouble by its name; the whole sentence stands on the device page."""
    key = f"health.trouble.{health.reason.rpartition('.')[2]}"
    return texts[key] if key in texts else texts[f"health.state.{health.status.value}"]
