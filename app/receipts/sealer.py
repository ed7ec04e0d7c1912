"""The station's own key at work: receipts get their token, papers their signature."""

import os
from collections.abc import Callable
from datetime import datetime
from functools import cached_property

from cryptography import x509
from cryptography.exceptions import InvalidSignature

from app.domain.receipt import SALT_BYTES, IssuedReceipt, Receipt, canonical, digest
from app.receipts import envelope, facts
from app.receipts.keys import load_key
from app.receipts.signature import PdfSeal
from app.receipts.token import certificate_key, claims_of, issue_token, key_id, qr_alphanumeric, qr_text
from app.texts import Texts


class StationSealer:
    """Implements app.ports.Sealer.  `now` gives the time of printing; without it the time of receipt stands.

    Raises ValueError when key, certificate, key id and authority do not belong together, or the address
    does not fit into a QR's alphanumeric mode.
    """

    def __init__(
        self,
        private_key_pem: str,
        certificate_pem: str,
        authority_pem: str,
        key_id: str,
        public_url: str,
        texts: Texts,
        now: Callable[[], datetime] | None = None,
    ) -> None:
        self._key = load_key(private_key_pem)
        _check_pair(self._key.public_key(), certificate_pem, key_id)
        _check_issuer(certificate_pem, authority_pem)
        self.key_id = key_id
        self._certificate_pem = certificate_pem
        if not qr_alphanumeric(public_url.upper()):
            raise ValueError("the public address has a character that a QR's alphanumeric mode lacks")
        self._public_url, self._texts, self._now = public_url, texts, now

    def issue(self, receipt: Receipt) -> IssuedReceipt:
        salt = os.urandom(SALT_BYTES)
        claims = claims_of(receipt, digest(canonical(receipt), salt), self.key_id)
        token = issue_token(claims, self._key)
        return IssuedReceipt(receipt, salt, token, qr_text(self._public_url, token))

    def pdf(self, issued: IssuedReceipt, copy_no: int = 1, platform_number: str = "") -> bytes:
        from app.receipts import pdf

        printed_at = self._now() if self._now else issued.receipt.received_at
        impression = facts.Impression(copy_no, platform_number, printed_at)
        page = pdf.draw(facts.of_issued(issued, self._texts, impression))
        reason = self._texts["paper.title"]
        return self._seal.sign(page, envelope.FILE_NAME, envelope.pack(issued), reason)

    def warm_up(self) -> None:
        """Load what the first paper needs, half a second of imports and fonts: for the background."""
        from app.receipts import pdf

        self._seal.warm_up()
        pdf.warm_up()

    @cached_property
    def _seal(self) -> PdfSeal:
        return PdfSeal(self._key, self._certificate_pem)


def _check_pair(public_key: object, certificate_pem: str, wanted: str) -> None:
    certified = certificate_key(certificate_pem)
    if certified != public_key or key_id(certified) != wanted:
        raise ValueError("the certificate is not of this key")


def _check_issuer(certificate_pem: str, authority_pem: str) -> None:
    """Raises ValueError when the authority did not issue the certificate."""
    station = x509.load_pem_x509_certificate(certificate_pem.encode())
    authority = x509.load_pem_x509_certificate(authority_pem.encode())
    try:
        station.verify_directly_issued_by(authority)
    except (InvalidSignature, TypeError) as error:
        raise ValueError("not a certificate of this authority") from error
