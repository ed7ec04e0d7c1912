"""The gateway's certificate authority: a station's key request in, a certificate out (X.509, P-256).

Only the public key and the proof that the asker holds its private half are taken from the
request; every name in the certificate is what the gateway knows.
"""

from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from app.atomic_file import write_atomically
from app.gateway.faults import Fault, GatewayFaultError
from app.gateway.vault import Vault

_AUTHORITY_YEARS = 25
_STATION_YEARS = 10
_YEAR = timedelta(days=365)
_EARLY = timedelta(days=1)  # a station whose clock is a little behind must not find its certificate too young


class Authority:
    """Issues station certificates; its own certificate is made once, beside its key."""

    def __init__(self, vault: Vault) -> None:
        self._key = vault.authority_key()
        path = vault.file("authority.crt")
        if not path.exists():
            write_atomically(path, _pem(_self_signed(self._key)), mode=0o644)
        self._certificate = x509.load_pem_x509_certificate(path.read_bytes())

    @property
    def certificate_pem(self) -> str:
        return _pem(self._certificate).decode()

    def issue(self, public_key: ec.EllipticCurvePublicKey, station_id: str, site: str) -> str:
        """A station's certificate in PEM."""
        subject = _name((NameOID.COMMON_NAME, station_id), (NameOID.ORGANIZATION_NAME, site[:64]))
        subject_key = x509.SubjectKeyIdentifier.from_public_key(public_key)
        authority_key = x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key())
        builder = (
            _builder(subject, self._certificate.subject, public_key, _STATION_YEARS)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_usage(signs=True), critical=True)
            .add_extension(subject_key, critical=False)
            .add_extension(authority_key, critical=False)
        )
        return _pem(builder.sign(self._key, hashes.SHA256())).decode()


def requested_key(request_pem: str) -> ec.EllipticCurvePublicKey:
    """The P-256 key of a PKCS #10 request, proved to be held.  Raises GatewayFaultError."""
    try:
        request = x509.load_pem_x509_csr(request_pem.encode())
        key, proved = request.public_key(), request.is_signature_valid
    except (ValueError, UnsupportedAlgorithm) as error:
        raise GatewayFaultError(Fault.REQUEST_INVALID, type(error).__name__) from error
    if not proved or not isinstance(key, ec.EllipticCurvePublicKey) or key.curve.name != "secp256r1":
        raise GatewayFaultError(Fault.REQUEST_INVALID, "not a proved P-256 key")
    return key


def _self_signed(key: ec.EllipticCurvePrivateKey) -> x509.Certificate:
    name = _name((NameOID.COMMON_NAME, "GJZC Station Authority"), (NameOID.ORGANIZATION_NAME, "GJZC"))
    subject_key = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    return (
        _builder(name, name, key.public_key(), _AUTHORITY_YEARS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs=False), critical=True)
        .add_extension(subject_key, critical=False)
        .sign(key, hashes.SHA256())
    )


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, years: int
) -> x509.CertificateBuilder:
    now = datetime.now(UTC).replace(microsecond=0)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _EARLY)
        .not_valid_after(now + years * _YEAR)
    )


def _usage(*, signs: bool) -> x509.KeyUsage:
    """A station signs papers (digitalSignature, nonRepudiation); the authority certificates."""
    return x509.KeyUsage(
        digital_signature=signs,
        content_commitment=signs,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=not signs,
        crl_sign=not signs,
        encipher_only=False,
        decipher_only=False,
    )


def _name(*parts: tuple[x509.ObjectIdentifier, str]) -> x509.Name:
    return x509.Name([x509.NameAttribute(oid, value) for oid, value in parts])


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(Encoding.PEM)
