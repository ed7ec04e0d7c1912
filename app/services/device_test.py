"""Trying a device out, for the person who put it up: a test slip, or the device's own test.

A test slip is nobody's receipt: it has no number, is not stored, and no print job counts it.
Blocks; run it off the GUI thread.
"""

from app.domain.device import DeviceHealth, DeviceKind
from app.domain.printing import PaperForm, PrintOutcome
from app.services.office import Office
from app.services.printing import DEADLINES_S

_KNOWN = ("model", "profile", "line")


def test_device(office: Office, kind: DeviceKind) -> PrintOutcome | DeviceHealth:
    """Raises DeviceError for a device that is not there, or fails its own test."""
    if kind is DeviceKind.RECEIPT_PRINTER:
        return print_test_slip(office)
    return office.devices.self_test(kind).result()


def print_test_slip(office: Office) -> PrintOutcome:
    """Print the test slip of the receipt printer; the outcome is as honest as a receipt's."""
    data = office.press.test_slip(office.devices.slip_paper(), about_printer(office))
    return office.devices.print_slip(data, DEADLINES_S[PaperForm.SLIP]).result()


def about_printer(office: Office) -> tuple[str, ...]:
    """Station, time, and what is known of its receipt printer."""
    say, station = office.texts.say, office.station
    lines = [
        say("paper.test.station", site=station.site, station=station.station_id),
        *([office.texts["paper.test.demo"]] if station.demo else []),
        say("paper.test.at", time=f"{office.clock.now():%Y-%m-%d %H:%M:%S}"),
    ]
    for health in office.devices.health():
        if health.kind is DeviceKind.RECEIPT_PRINTER:
            known = {**health.facts, "line": health.line}
            lines += [say(f"paper.test.{key}", value=known[key]) for key in _KNOWN if known.get(key)]
    paper = office.devices.slip_paper()
    lines.append(say("paper.test.paper", mm=paper.width_mm, dots=paper.dots))
    return tuple(lines)
