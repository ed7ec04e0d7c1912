"""Which page follows which: the one order of a session from the notice to the receipt."""

from app.domain.device import DeviceKind
from ui.pages.kiosk.board import prints, works
from ui.pages.kiosk.guide import Guide
from ui.pages.kiosk.session import Place


def begin(guide: Guide) -> Place:
    """From the first page: no promise without reader and printer."""
    if guide.board.closed(guide.desk) is not None:
        return Place("closed")
    if not (works(guide.desk, DeviceKind.ID_READER) and prints(guide.desk)):
        return Place("trouble")
    return Place("themes")


def after(guide: Guide, place: Place) -> Place:
    """The page after one that is settled."""
    intake = guide.session.intake
    if place.name == "consent":
        return Place("check") if intake.applicant is not None else Place("card")
    if place.name in ("card", "hand_name"):
        return Place("check")
    asked = len(intake.questions())
    index = 0 if place.name == "check" else place.index + 1
    if place.name in ("check", "question") and index < asked:
        return Place("question", index)
    if place.name in ("check", "question") and intake.materials():
        return Place("materials")
    following = {"materials": "phone", "phone": "delivery", "delivery": "summary"}
    return Place(following.get(place.name, "phone"))


def onward(guide: Guide) -> None:
    """Go to the page after the current one."""
    place = after(guide, guide.session.place)
    guide.go(place.name, place.index)
