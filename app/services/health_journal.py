"""The last changes of health of every device: what support asks for first.  No person is in it."""

from collections import deque
from dataclasses import dataclass, field

from app.domain.device import DeviceEvent, DeviceHealth

LENGTH = 200


@dataclass(frozen=True, slots=True)
class HealthJournal:
    """Written on the devices' threads (a deque's append is atomic), read on any."""

    _kept: deque[DeviceHealth] = field(default_factory=lambda: deque(maxlen=LENGTH))

    def heard(self, event: DeviceEvent) -> None:
        """A listener of the hub: cards and codes pass by unseen; the same state twice is kept once."""
        if isinstance(event, DeviceHealth) and not self._said(event):
            self._kept.append(event)

    def _said(self, health: DeviceHealth) -> bool:
        before = next((h for h in reversed(self.entries()) if h.kind is health.kind), None)
        return before is not None and (before.status, before.reason) == (health.status, health.reason)

    def entries(self) -> tuple[DeviceHealth, ...]:
        """Oldest first."""
        return tuple(self._kept.copy())
