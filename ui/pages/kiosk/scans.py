"""Codes held before a kiosk's scanner that help nobody there: said, never shown."""

from app.domain.scanned_code import CodeKind, ScannedCode
from app.texts import Texts
from ui.pages.kiosk.session import Notice


def of_no_use(texts: Texts, code: ScannedCode) -> Notice:
    """What the person held there, as far as it is known, and what to do instead."""
    known = code.kind if code.kind in (CodeKind.MEDICAL, CodeKind.RECEIPT) else CodeKind.UNKNOWN
    return Notice("warn", texts["kiosk.scan.title"], texts[f"kiosk.scan.{known.value}"])
