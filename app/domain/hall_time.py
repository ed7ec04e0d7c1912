"""The time of the halls: one zone and no summer time, whatever zone a machine is set to."""

from datetime import timedelta, timezone

CHINA = timezone(timedelta(hours=8), "CST")
