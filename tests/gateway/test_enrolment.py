"""Enrolment against the running gateway: codes, keys, certificates, numbers."""

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from app.errors import EnrolmentRefusedError, InvalidInputError, StationRefusedError
from app.gateway.admin import withdraw_station
from app.receipts.keys import load_key, make_key, signing_request
from app.receipts.token import key_id
from tests.gateway.running import SITE, AStation, RunningGateway


def refused(station: AStation, code: str, request_pem: str | None = None) -> str:
    pem = request_pem if request_pem is not None else signing_request(station.pem, station.station_id)
    with pytest.raises(EnrolmentRefusedError) as caught:
        station.client.enrol(code, station.station_id, SITE, "counter", pem)
    return str(caught.value.values["reason"])


def test_a_code_becomes_a_certificate_that_the_authority_signed(
    running: RunningGateway, station_id: str
) -> None:
    station = AStation(station_id, running.url).enrol(running.code())
    assert station.granted is not None
    enrolment = station.granted.enrolment
    certificate = x509.load_pem_x509_certificate(enrolment.certificate_pem.encode())
    authority = x509.load_pem_x509_certificate(enrolment.authority_pem.encode())
    certificate.verify_directly_issued_by(authority)
    name = certificate.subject.get_attributes_for_oid
    assert name(NameOID.COMMON_NAME)[0].value == station_id
    assert name(NameOID.ORGANIZATION_NAME)[0].value == SITE
    usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    assert usage.digital_signature and usage.content_commitment and not usage.key_cert_sign
    assert authority.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    assert certificate.public_key() == load_key(station.pem).public_key()
    assert enrolment.key_id == key_id(load_key(station.pem).public_key())
    assert (station.block.first, station.block.last) == (1, 1000)


def test_a_code_works_once(running: RunningGateway, station_id: str) -> None:
    code = running.code()
    AStation(station_id, running.url).enrol(code)
    assert refused(AStation(station_id + "X", running.url), code) == "code_refused"


def test_a_lost_answer_can_be_asked_for_again(running: RunningGateway, station_id: str) -> None:
    code = running.code()
    station = AStation(station_id, running.url).enrol(code)
    before = station.granted
    station.enrol(code)
    assert before is not None and station.granted is not None
    assert station.granted.enrolment.certificate_pem == before.enrolment.certificate_pem
    assert station.block.first == before.block.last + 1


def test_an_unknown_code_and_an_expired_one_are_refused(running: RunningGateway, station_id: str) -> None:
    from datetime import timedelta

    from app.gateway.admin import make_code

    old = make_code(running.data, running.database, life=timedelta(seconds=-1))
    station = AStation(station_id, running.url)
    assert refused(station, "NEVERMADE") == "code_refused"
    assert refused(station, old) == "code_refused"
    assert refused(station, "DEMO") == "code_refused"  # this gateway is not a demo


def test_a_code_for_one_station_is_not_for_another(running: RunningGateway, station_id: str) -> None:
    code = running.code(station_id)
    assert refused(AStation(station_id + "B", running.url), code) == "code_refused"
    AStation(station_id, running.url).enrol(code)


def test_an_enrolled_id_is_taken_over_only_by_a_code_made_for_it(
    running: RunningGateway, station: AStation
) -> None:
    newcomer = AStation(station.station_id, running.url)
    assert refused(newcomer, running.code()) == "station_taken"
    assert station.client.lease_numbers(1).first == station.block.last + 1  # the first is still in office

    newcomer.enrol(running.code(station.station_id))
    assert newcomer.block.first > station.block.last + 1
    with pytest.raises(StationRefusedError) as caught:
        station.client.lease_numbers(1)
    assert caught.value.values["reason"] == "signature"


def test_a_withdrawn_station_is_out(running: RunningGateway, station: AStation) -> None:
    assert withdraw_station(running.data, station.station_id, running.database)
    with pytest.raises(StationRefusedError) as caught:
        station.client.lease_numbers(1)
    assert caught.value.values["reason"] == "station_revoked"
    assert not withdraw_station(running.data, station.station_id, running.database)


@pytest.mark.parametrize("bad", ["abc", "AB", "A" * 17, "441900-A", "四四一九", " 441900A"])
def test_ids_have_one_form(running: RunningGateway, bad: str) -> None:
    pem = make_key()
    with pytest.raises(EnrolmentRefusedError) as caught:
        AStation(bad, running.url, pem).client.enrol(
            running.code(), bad, SITE, "counter", signing_request(pem, "X")
        )
    assert caught.value.values["reason"] in {"station_id", "invalid"}
    if bad != "A" * 17:
        with pytest.raises(InvalidInputError):
            running.code(bad)


def _request(key: object) -> str:
    builder = x509.CertificateSigningRequestBuilder().subject_name(x509.Name([]))
    algorithm = None if isinstance(key, ed25519.Ed25519PrivateKey) else hashes.SHA256()
    return builder.sign(key, algorithm).public_bytes(Encoding.PEM).decode()  # type: ignore[arg-type]


def test_requests_that_prove_no_p256_key_are_refused(running: RunningGateway, station_id: str) -> None:
    station = AStation(station_id, running.url)
    good = signing_request(station.pem, station_id).splitlines()
    middle = good[2]
    flipped = "\n".join(
        [*good[:2], middle[:10] + ("A" if middle[10] != "A" else "B") + middle[11:], *good[3:]]
    )
    for pem in (
        "",
        "not a request",
        _request(ec.generate_private_key(ec.SECP384R1())),
        _request(ed25519.Ed25519PrivateKey.generate()),
        flipped,
    ):
        assert refused(station, running.code(), pem) == "request_invalid"


def test_a_key_certified_for_one_station_serves_no_other(running: RunningGateway, station: AStation) -> None:
    twin = AStation(station.station_id + "T", running.url, station.pem)
    assert refused(twin, running.code()) == "request_invalid"
