"""The station's own key: made here, never leaves; only the signing request travels.

P-256, because it is what COSE ES256, PAdES and the common PDF readers all accept.
"""

from collections.abc import Callable

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import NameOID

from app.receipts.token import key_id

__all__ = ["key_id", "load_key", "make_key", "signer", "signing_request"]


def make_key() -> str:
    """A new P-256 private key, PKCS #8 PEM, unencrypted: the caller puts it into its key store."""
    key = ec.generate_private_key(ec.SECP256R1())
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def load_key(pem: str) -> ec.EllipticCurvePrivateKey:
    """Raises ValueError for anything but a P-256 private key."""
    key = load_pem_private_key(pem.encode(), password=None)
    if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP256R1):
        raise ValueError("not a P-256 private key")
    return key


def signing_request(pem: str, station_id: str) -> str:
    """PKCS #10 request, PEM, common name the station's id, signed with SHA-256."""
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, station_id)])
    request = (
        x509.CertificateSigningRequestBuilder().subject_name(subject).sign(load_key(pem), hashes.SHA256())
    )
    return request.public_bytes(Encoding.PEM).decode()


def signer(pem: str) -> Callable[[bytes], bytes]:
    """Signs what the station sends: ECDSA over SHA-256, DER."""
    key = load_key(pem)
    return lambda data: key.sign(data, ec.ECDSA(hashes.SHA256()))
