"""The PAdES signature of a receipt (ETSI EN 319 142-1, level B-B), ECDSA P-256 with SHA-256.

Signing is pyHanko's.  The CMS it makes is then brought into the one form that the verifier
accepts: `canonical_cms` rebuilds it from the station's certificate, the signed attributes and
the signature value (low `s`), and any other spelling of the same signature is refused.  The
authority's certificate stays out: who trusts it has it, and nothing in the file would bind it.
"""

from functools import cached_property
from io import BytesIO
from typing import Any

from asn1crypto import cms, core, keys, x509
from asn1crypto import pem as asn1_pem
from asn1crypto.parser import emit
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from app.receipts.token import P256_ORDER

FIELD = "Station"
RESERVED = 8192  # hex digits of /Contents: a container takes some 1600


def low_s(signature: bytes) -> bytes:
    """A DER ECDSA signature with the smaller of the two `s` that verify."""
    r, s = decode_dss_signature(signature)
    return encode_dss_signature(r, min(s, P256_ORDER - s))


def certificate_der(pem: str) -> bytes:
    _, _, der = asn1_pem.unarmor(pem.encode())
    return bytes(der)


def canonical_cms(certificate_der: bytes, attributes: bytes, signature: bytes) -> bytes:
    """The only CMS container (RFC 5652) we write and accept, put together octet by octet.

    `attributes` is the content of the signed attributes' SET, `signature` the DER signature value.
    """
    parsed = x509.Certificate.load(certificate_der)["tbs_certificate"]
    signer = _sequence(
        _VERSION,
        _sequence(parsed["issuer"].dump(), parsed["serial_number"].dump()),
        _SHA256,
        emit(_CONTEXT, 1, 0, attributes),
        _ECDSA_SHA256,
        emit(0, 0, 4, low_s(signature)),
    )
    body = _sequence(
        _VERSION,
        emit(0, 1, 17, _SHA256),
        _sequence(_DATA),
        emit(_CONTEXT, 1, 0, certificate_der),
        emit(0, 1, 17, signer),
    )
    return _sequence(_SIGNED_DATA, emit(_CONTEXT, 1, 0, body))


def _sequence(*parts: bytes) -> bytes:
    encoded: bytes = emit(0, 1, 16, b"".join(parts))
    return encoded


def _oid(dotted: str) -> bytes:
    encoded: bytes = core.ObjectIdentifier(dotted).dump()
    return encoded


_CONTEXT = 2  # tag class
_VERSION = emit(0, 0, 2, b"\x01")
_SHA256 = _sequence(_oid("2.16.840.1.101.3.4.2.1"))
_ECDSA_SHA256 = _sequence(_oid("1.2.840.10045.4.3.2"))
_DATA = _oid("1.2.840.113549.1.7.1")
_SIGNED_DATA = _oid("1.2.840.113549.1.7.2")


class PdfSeal:
    """Signs PDFs with one station key.  The first use imports pyHanko (0.3 s)."""

    def __init__(self, key: ec.EllipticCurvePrivateKey, certificate_pem: str) -> None:
        self._key = key
        self._certificate = certificate_der(certificate_pem)

    def sign(self, pdf: bytes, file_name: str, attachment: bytes, reason: str) -> bytes:
        """`pdf` with `attachment` embedded, then signed over everything but the signature itself."""
        from pyhanko.pdf_utils.embed import EmbeddedFileObject, FileSpec, embed_file
        from pyhanko.pdf_utils.generic import pdf_name
        from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
        from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter
        from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner

        writer = IncrementalPdfFileWriter(BytesIO(pdf))
        stream = EmbeddedFileObject.from_file_data(writer, attachment, mime_type="application/json")
        spec = FileSpec(file_name, file_name, stream, af_relationship=pdf_name("/Data"))
        embed_file(writer, spec)
        meta = PdfSignatureMetadata(
            field_name=FIELD,
            md_algorithm="sha256",
            subfilter=SigSeedSubFilter.PADES,
            certify=True,
            docmdp_permissions=MDPPerm.NO_CHANGES,
            reason=reason,
        )
        signed = PdfSigner(meta, self._signer).sign_pdf(writer, bytes_reserved=RESERVED)
        return bytes(signed.getvalue())

    def warm_up(self) -> None:
        """Import pyHanko now."""
        import pyhanko.pdf_utils.embed
        import pyhanko.pdf_utils.incremental_writer  # noqa: F401

        _ = self._signer

    @cached_property
    def _signer(self) -> Any:
        from pyhanko.sign.signers import SimpleSigner
        from pyhanko_certvalidator.registry import SimpleCertificateStore

        class CanonicalSigner(SimpleSigner):
            async def async_sign_prescribed_attributes(self, *args: Any, **kwargs: Any) -> cms.ContentInfo:
                made = await super().async_sign_prescribed_attributes(*args, **kwargs)
                return cms.ContentInfo.load(_canonicalised(made, station))

        station = self._certificate
        store: Any = SimpleCertificateStore()  # type: ignore[no-untyped-call]
        der = self._key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        return CanonicalSigner(x509.Certificate.load(station), keys.PrivateKeyInfo.load(der), store)


def _canonicalised(made: cms.ContentInfo, station: bytes) -> bytes:
    (info,) = made["content"]["signer_infos"]
    return canonical_cms(station, info["signed_attrs"].contents, info["signature"].native)
