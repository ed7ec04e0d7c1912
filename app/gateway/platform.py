"""The city's acceptance platform (市统一申办受理平台), which gives a case its official number.

A port with one adapter so far, the simulator (模拟): it announces itself in the log and in
every number it gives (`SIM-…`).  Without an adapter the number stays unknown, and papers
say so.
"""

import hashlib
import logging
from typing import Protocol

from app.domain.case import Case

SIMULATED = "SIM-"
_log = logging.getLogger(__name__)


class CityPlatform(Protocol):
    def submit(self, case: Case) -> str:
        """Hand a case in; the same case always gets the same number.  Raises RemoteError."""
        ...


class SimulatedPlatform:
    """Numbers out of the case's own id: repeatable, and never mistaken for official ones."""

    def __init__(self) -> None:
        _log.warning("the city platform is simulated: its numbers begin with %s", SIMULATED)

    def submit(self, case: Case) -> str:
        digest = hashlib.sha256(case.case_id.encode()).hexdigest()[:12].upper()
        return f"{SIMULATED}{case.received_at:%Y%m%d}-{digest}"
