"""Receipts of people who do not exist, and a small authority with one station of its own.

Other tests may use these: `station()` is a sealer with the lookup that knows its key,
`receipt(...)` a receipt with any field replaced.
"""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from app import texts
from app.domain import numbering
from app.domain.hall_time import CHINA
from app.domain.receipt import Receipt, ReceiptMaterial, StationKey
from app.receipts.keys import key_id, load_key, make_key, signing_request
from app.receipts.sealer import StationSealer
from app.receipts.token import KeyLookup

STATION = "441900A12"
PUBLIC_URL = "HTTPS://Q.EXAMPLE.CN"
RECEIVED = datetime(2026, 11, 20, 9, 46, 12, tzinfo=CHINA)

MATERIALS = (
    ReceiptMaterial("初始注册申请表", 1, 0, 1, 0, "form"),
    ReceiptMaterial("执业资格证书", 1, 1, 1, 1, "scan"),
    ReceiptMaterial("居民身份证", 1, 1, 1, 1, "card"),
    ReceiptMaterial("劳动合同", 1, 1, 1, 1, "scan"),
    ReceiptMaterial("逾期提供继续教育证明", 1, 0, 0, 0, "paper"),
    ReceiptMaterial("学历证书", 1, 1, 0, 0, "licence"),
)


def receipt(**changes: Any) -> Receipt:
    """A complete receipt of a fictitious applicant; `changes` replace fields."""
    sample = Receipt(
        number=numbering.compose(STATION, RECEIVED.date(), 217),
        case_id="3f0c2a54-0000-4000-8000-000000000217",
        station_id=STATION,
        site="东莞市市民服务中心",
        item_code="11440000006939799Q244011403500201",
        item_name="二级注册建造师执业资格注册核准（二级注册建造师初始注册）",
        department="广东省住房和城乡建设厅",
        situation=("初始注册", "取得资格超过三年"),
        catalog_version="2026.11.19",
        applicant_name="演示·东方测试",
        document_kind="居民身份证",
        document_number="1101**********002X",
        machine_read=True,
        organisation="",
        agent_name="",
        phone="138****0000",
        delivery="窗口自取",
        materials=MATERIALS,
        received_at=RECEIVED,
        starts=date(2026, 11, 20),
        starts_provisional=False,
        answer_by=date(2026, 11, 27),
        answer_provisional=False,
        promise_days=20,
        promised_by=date(2026, 12, 18),
        operator_id="0217",
        operator_name="演示·李柜员",
        channel="counter",
        offline=False,
        demo=True,
        service_phone="0769-0000 0000",
        number_valid=True,
    )
    return replace(sample, **changes)


def crowded(count: int = 40) -> Receipt:
    """Everything long at once: names of items, materials, situation, delivery; every doubt marked."""
    long_name = "演示·" + "建设工程消防验收（含特殊建设工程）及其他建设工程消防验收备案抽查" * 2
    materials = tuple(
        ReceiptMaterial(
            f"材料{n}：" + "不动产权属证明或者租赁合同等场所合法使用证明文件"[: 6 + n % 20],
            1,
            2,
            n % 2,
            2,
            "scan",
        )
        for n in range(1, count + 1)
    )
    return receipt(
        item_name=long_name,
        department="东莞市住房和城乡建设局（演示）消防设计审查验收科",
        situation=("新建工程", "建筑面积大于一万平方米的公共建筑", "委托代理人办理并且需要现场核查的情形"),
        organisation="演示·东莞市某某建筑装饰设计工程有限公司第三分公司（普通合伙）",
        applicant_name="演示·阿卜杜拉·买买提·样例",
        agent_name="演示·代办𠮷",
        delivery="邮寄送达：广东省东莞市南城街道演示路一千二百三十四号样例大厦甲座二十五层二五零一室（收件人同申请人）",
        machine_read=False,
        number_valid=False,
        starts_provisional=True,
        answer_provisional=True,
        promised_provisional=True,
        offline=True,
        materials=materials,
    )


# -- an authority and a station ----------------------------------------------------------------------


_SIGNING = x509.KeyUsage(
    digital_signature=True,
    content_commitment=True,  # what validators of signed papers ask for
    key_encipherment=False,
    data_encipherment=False,
    key_agreement=False,
    key_cert_sign=False,
    crl_sign=False,
    encipher_only=False,
    decipher_only=False,
)


@dataclass(frozen=True)
class Authority:
    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate

    @property
    def pem(self) -> str:
        return self.certificate.public_bytes(Encoding.PEM).decode()

    def certify(self, request_pem: str) -> str:
        """A station certificate for a signing request, as the gateway would issue it."""
        request = x509.load_pem_x509_csr(request_pem.encode())
        assert request.is_signature_valid
        builder = _builder(request.subject, self.certificate.subject, request.public_key())
        builder = builder.add_extension(_SIGNING, critical=True)
        return builder.sign(self.key, hashes.SHA256()).public_bytes(Encoding.PEM).decode()


@dataclass(frozen=True)
class SampleStation:
    sealer: StationSealer
    entry: StationKey
    private_key_pem: str
    authority: Authority

    @property
    def keys(self) -> KeyLookup:
        return {self.entry.key_id: self.entry}.get


@cache
def authority() -> Authority:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "演示前置机")])
    builder = _builder(name, name, key.public_key())
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    return Authority(key, builder.sign(key, hashes.SHA256()))


@cache
def station(station_id: str = STATION, public_url: str = PUBLIC_URL) -> SampleStation:
    pem = make_key()
    certificate = authority().certify(signing_request(pem, station_id))
    kid = key_id(load_key(pem).public_key())
    sealer = StationSealer(pem, certificate, authority().pem, kid, public_url, texts.load())
    entry = StationKey(kid, station_id, "东莞市市民服务中心", certificate, demo=True)
    return SampleStation(sealer, entry, pem, authority())


def _builder(subject: x509.Name, issuer: x509.Name, key: Any) -> x509.CertificateBuilder:
    start = datetime.now(UTC) - timedelta(days=1)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=3650))
    )
