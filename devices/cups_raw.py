"""Driver of a receipt printer behind a queue of this machine's spooler: `cups:QUEUE`.

The slip's bytes go through untouched (`application/vnd.cups-raw`).  The spooler's `completed` says that it
has handed them over, not that paper came out, so such a slip ends UNKNOWN and a person looks
(device.print_unproven).
"""

import time
from threading import Event

from app.domain.printing import PrintOutcome
from app.errors import DeviceError, PrinterPausedError
from devices import ipp_state
from devices.driver import Condition
from devices.ipp_client import IppClient
from devices.ipp_job import RAW, JobDesk, failed, look

_LOOK_S = 3.0


class CupsRawPrinter:
    """One queue."""

    def __init__(self, client: IppClient) -> None:
        self._client = client
        self._desk = JobDesk(client)

    def check(self) -> Condition:
        """Raises DeviceError."""
        state = look(self._client)
        self._desk.drop_expired()
        return ipp_state.condition(state)

    def print(self, data: bytes, deadline_s: float) -> PrintOutcome:
        """Never raises a DeviceError."""
        ends = time.monotonic() + deadline_s
        try:
            state = look(self._client, min(_LOOK_S, deadline_s / 2))
        except DeviceError as error:
            return failed(error)
        problem = ipp_state.problem_of(state)
        if isinstance(problem, PrinterPausedError):
            return failed(problem)
        return self._desk.run(state, (RAW, data), {}, ends, Event(), lambda _condition: None)
