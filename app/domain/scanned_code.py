"""What a scanned code is, by its shape and its check characters alone; nothing is looked up.

Told apart honestly: a code that is none of ours and has no public form is UNKNOWN, and a code
whose form is public but whose content only its own platform can resolve is only named.
"""

import re
from dataclasses import dataclass
from enum import Enum
from urllib.parse import urlsplit

from app.domain.catalog_rules import uscc_valid
from app.domain.identity import id_number_valid, mask, tidy_number
from app.domain.receipt import QR_ADDRESS, QR_TEXT, TOKEN_HEAD

_RECEIPT_ADDRESS = re.compile(rf"{QR_ADDRESS}[A-Z2-7]+")
_MEDICAL = re.compile(r"424[0-9A-Za-z]{25}")
_AIM = re.compile(r"\][A-Za-z][0-9A-Za-z]")


class CodeKind(Enum):
    """The sentence for each is under `scanned.<value>`."""

    RECEIPT = "receipt"
    URL = "url"
    ID_NUMBER = "id_number"
    USCC = "uscc"
    MEDICAL = "medical"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, repr=False)
class ScannedCode:
    """`text`: tidied; of numbers the one form of it.  It is never logged and never shown whole."""

    kind: CodeKind
    text: str

    @property
    def shown(self) -> str:
        """What a screen may show of it: a number masked, of anything else nothing."""
        return mask(self.text) if self.kind in (CodeKind.ID_NUMBER, CodeKind.USCC) else ""


def classify(scanned: str) -> ScannedCode:
    """By the first shape that fits.  A number good as both an id number and a USCC is the person's.

    RECEIPT: our QR (whole address, or the token alone); whether it is genuine is another question.
    MEDICAL: 医保电子凭证, 28 characters beginning with 424, short-lived; only its platform resolves it.
    """
    text = without_identifier(scanned.strip())
    if is_receipt(text):
        return ScannedCode(CodeKind.RECEIPT, text)
    if _is_url(text):
        return ScannedCode(CodeKind.URL, text)
    number = tidy_number(text)
    if id_number_valid(number):
        return ScannedCode(CodeKind.ID_NUMBER, number)
    if uscc_valid(number):
        return ScannedCode(CodeKind.USCC, number)
    if _MEDICAL.fullmatch(text):
        return ScannedCode(CodeKind.MEDICAL, text)
    return ScannedCode(CodeKind.UNKNOWN, text)


def without_identifier(text: str) -> str:
    """Without the AIM identifier (ISO/IEC 15424) that a scanner may put in front: `]`, letter, modifier."""
    return text[3:] if len(text) > 3 and _AIM.match(text) else text


def is_receipt(text: str) -> bool:
    if _RECEIPT_ADDRESS.fullmatch(text):
        return True
    return text.startswith(TOKEN_HEAD) and QR_TEXT.fullmatch(text) is not None


def _is_url(text: str) -> bool:
    try:
        parts = urlsplit(text)
        return parts.scheme.lower() in ("http", "https") and bool(parts.hostname) and " " not in text
    except ValueError:
        return False
