"""Build an `Office` from a station file and a DATA folder: the one place where ports meet adapters."""

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path

from app.domain.device import DeviceKind
from app.domain.record import loads
from app.errors import NotEnrolledError
from app.ports import Enrolment
from app.services.office import Office, Station
from app.settings import StationSettings
from app.texts import RESOURCES, load

logger = logging.getLogger(__name__)
SHANGHAI = timezone(timedelta(hours=8), "CST")


class SystemClock:
    """This machine's clock in the zone of the hall, whatever zone the machine is set to."""

    def now(self) -> datetime:
        return datetime.now(SHANGHAI)
