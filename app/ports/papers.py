"""Papers drawn, signed and verified."""

from collections.abc import Sequence
from typing import Protocol

from app.domain.printing import BOTH_PARTS, PagePart, PaperForm, SlipPaper
from app.domain.readiness import ReadinessSheet
from app.domain.receipt import IssuedReceipt, Receipt, StationKey, Verdict
from app.ports.pages import Picture


class Sealer(Protocol):
    """Holds this station's private key."""

    key_id: str

    def issue(self, receipt: Receipt) -> IssuedReceipt:
        """Sign the token over the canonical receipt with a fresh salt."""
        ...

    def pdf(self, issued: IssuedReceipt, copy_no: int = 1, platform_number: str = "") -> bytes:
        """The signed one-page A4 PDF."""
        ...

    def warm_up(self) -> None:
        """Load in the background what the first PDF would otherwise wait for."""
        ...


class ReceiptPress(Protocol):
    """Draws papers that need no key."""

    def slip(
        self, issued: IssuedReceipt, paper: SlipPaper, copy_no: int = 1, platform_number: str = ""
    ) -> bytes:
        """ESC/POS bytes of the whole slip, from initialise to cut."""
        ...

    def a4(
        self,
        issued: IssuedReceipt,
        copy_no: int = 1,
        platform_number: str = "",
        parts: Sequence[PagePart] = BOTH_PARTS,
        signature: bytes = b"",
    ) -> bytes:
        """The paper handed out on A4, a PDF of a page a part: the applicant's, and the stub the hall keeps.

        `signature`: what the applicant drew, as PNG; without it the line of the stub is left free.
        """
        ...

    def test_slip(self, paper: SlipPaper, lines: Sequence[str]) -> bytes:
        """A slip that shows how the printer prints, never a receipt; `lines` say whose and when."""
        ...

    def preview(
        self, receipt: Receipt, form: PaperForm, width_px: int, parts: Sequence[PagePart] = BOTH_PARTS
    ) -> Picture:
        """The paper as it would come out, watermarked 样张; drawn by the same code as the paper.

        Of A4 its `parts`, one under the other.
        """
        ...

    def readiness_slip(self, sheet: ReadinessSheet, paper: SlipPaper) -> bytes:
        """开门自检单 as ESC/POS bytes."""
        ...

    def readiness_page(self, sheet: ReadinessSheet) -> bytes:
        """开门自检单 as a one-page A4 PDF."""
        ...

    def qr_matrix(self, text: str) -> tuple[tuple[bool, ...], ...]:
        """The modules of the QR a screen shows: square, True dark, without quiet zone."""
        ...


class StationKeys(Protocol):
    def key(self, key_id: str) -> StationKey | None: ...


class ReceiptVerifier(Protocol):
    def verify(self, subject: bytes | str) -> Verdict:
        """A whole PDF, or the text of a QR.  Raises ReceiptNotGenuineError."""
        ...
