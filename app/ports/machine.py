"""The clock, and the computer under the program."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol


class Clock(Protocol):
    def now(self) -> datetime:
        """Aware, in the station's zone (Asia/Shanghai)."""
        ...


class Machine(Protocol):
    """The computer under the program, as support needs to know it.  Raises nothing."""

    def disk_free(self) -> int | None:
        """Bytes left where DATA lies; None where nobody can say."""
        ...

    def versions(self) -> Mapping[str, str]: ...
    def settings(self) -> Mapping[str, Any]:
        """What station.toml says, without passwords."""
        ...

    def logs(self) -> Mapping[str, bytes]:
        """The last log files by name, bounded and redacted."""
        ...
