"""What the core knows of a device: kind, status (XFS4IoT words), and what it reads."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum

from app.domain.identity import IdentityDocument


class DeviceKind(Enum):
    """The values are also the tables of station.toml; the word is `device.<value>`."""

    ID_READER = "id_reader"
    RECEIPT_PRINTER = "receipt_printer"
    A4_PRINTER = "a4_printer"
    SCANNER = "scanner"
    DOCUMENT_CAMERA = "document_camera"


class DeviceStatus(Enum):
    """After XFS4IoT's common device status; the word is `device_status.<value>`."""

    STARTING = "starting"
    ONLINE = "online"
    OFFLINE = "offline"
    NO_DEVICE = "no_device"
    BUSY = "busy"
    HARDWARE_ERROR = "hardware_error"
    USER_ERROR = "user_error"


@dataclass(frozen=True, slots=True)
class DeviceHealth:
    """`reason`: error code that explains a status other than ONLINE.  `simulated` is said on screen.

    `capabilities`: words of what this device can do (`cutter`, `duplex`, `trigger` …), as far as it is known;
    the word on screen is `capability.<word>`.
    """

    kind: DeviceKind
    status: DeviceStatus
    reason: str = ""
    since: datetime | None = None
    driver: str = ""
    line: str = ""
    simulated: bool = False
    facts: dict[str, str] = field(default_factory=dict)  # e.g. {"paper": "near_end", "sam": "05.01-…"}
    capabilities: tuple[str, ...] = ()

    @property
    def works(self) -> bool:
        """Whether it can be used: a device BUSY for a reason is another program's, one without is at work."""
        return self.status is DeviceStatus.ONLINE or (self.status is DeviceStatus.BUSY and not self.reason)


@dataclass(frozen=True, slots=True)
class CardRead:
    """One read of a card.

    `doubtful`: two reads, or number and birth, disagree.  `photo` is opaque and never stored.
    """

    document: IdentityDocument
    doubtful: bool = False
    photo: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, repr=False)
class Scanned:
    """A code from the scanner.  Never logged."""

    text: str


@dataclass(frozen=True, slots=True)
class DeviceTrouble:
    """A device could not do what a person just tried (a card that will not read); an error code."""

    kind: DeviceKind
    code: str


@dataclass(frozen=True, slots=True)
class FoundDevice:
    """What answered, or merely is plugged in, where nothing is configured.

    `line` is what station.toml would say; `kind` and `driver` are None and "" for a line where something is
    plugged in that speaks no protocol of ours.  `name` is what the device or the system calls it.
    """

    line: str
    kind: DeviceKind | None = None
    driver: str = ""
    name: str = ""
    baudrate: int = 0
    facts: dict[str, str] = field(default_factory=dict)


DeviceEvent = CardRead | Scanned | DeviceTrouble | DeviceHealth
