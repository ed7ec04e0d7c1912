"""Cards for the emulated reader: people and places that do not exist.

Names begin with 演示; numbers are the printed examples of GB 11643 and of the official
specimens (证件样本), or are made here with the check character computed, born in 1900.
"""

import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from app.domain.identity import DocumentKind, IdentityDocument, Sex, check_character


@dataclass(frozen=True, slots=True)
class Card:
    document: IdentityDocument
    newest_address: str = ""


def _made(seventeen: str) -> str:
    return seventeen + check_character(seventeen)


_RESIDENT = IdentityDocument(
    kind=DocumentKind.RESIDENT,
    name="演示·王芳",
    number="11010519491231002X",
    sex=Sex.FEMALE,
    nation="01",
    birth=date(1949, 12, 31),
    address="广东省东莞市演示街道样本路1号",
    authority="东莞市公安局演示分局",
    valid_from=date(2015, 1, 1),
    valid_to=date(2035, 1, 1),
    machine_read=True,
)

PRESETS: dict[str, Card] = {
    "resident": Card(_RESIDENT),
    "moved": Card(_RESIDENT, newest_address="广东省东莞市样本镇演示大道99号新居"),
    "hmt_residence": Card(
        IdentityDocument(
            kind=DocumentKind.HMT_RESIDENCE,
            name="演示·港生",
            number=_made("81000019000101001"),
            sex=Sex.MALE,
            birth=date(1900, 1, 1),
            address="广东省东莞市演示街道样本路2号",
            authority="东莞市公安局演示分局",
            valid_from=date(2023, 1, 1),
            valid_to=date(2028, 1, 1),
            pass_number="H00000000",
            issue_count="01",
            machine_read=True,
        )
    ),
    "foreigner_2017": Card(
        IdentityDocument(
            kind=DocumentKind.FOREIGNER_2017,
            name="证件样本",
            english_name="ZHENGJIAN,YANGBEN",
            number="CAN110081080319",
            sex=Sex.FEMALE,
            birth=date(1981, 8, 3),
            nationality="CAN",
            authority="1500",
            valid_from=date(2015, 10, 25),
            valid_to=date(2025, 10, 24),
            card_version="01",
            machine_read=True,
        )
    ),
    "foreigner_2023": Card(
        IdentityDocument(
            kind=DocumentKind.FOREIGNER_2023,
            name="证件样本",
            english_name="ZHENGJIAN, YANGBEN ZHENG JIAN YANG BEN",
            number="931586198001010028",
            sex=Sex.FEMALE,
            birth=date(1980, 1, 1),
            nationality="PAK",
            valid_from=date(2023, 8, 8),
            valid_to=date(2033, 8, 7),
            issue_count="00",
            machine_read=True,
        )
    ),
    "rare": Card(
        IdentityDocument(
            kind=DocumentKind.RESIDENT,
            name="演示·𠮷𬭚䶮㛃",
            number=_made("44190019000101001"),
            sex=Sex.MALE,
            nation="11",
            birth=date(1900, 1, 1),
            address="广东省东莞市演示街道𬭚㛃路3号",
            authority="东莞市公安局演示分局",
            valid_from=date(2020, 2, 29),
            valid_to=date(2040, 2, 28),
            machine_read=True,
        )
    ),
    "bad_number": Card(
        IdentityDocument(
            kind=DocumentKind.RESIDENT,
            name="演示·错号",
            number="110105194912310021",
            sex=Sex.FEMALE,
            nation="99",
            birth=date(1949, 12, 31),
            address="广东省东莞市演示街道样本路4号",
            authority="东莞市公安局演示分局",
            valid_from=date(2016, 6, 1),
            valid_to=date(2036, 6, 1),
            machine_read=True,
        )
    ),
    "long": Card(
        IdentityDocument(
            kind=DocumentKind.RESIDENT,
            name="演示·一二三四五六七八九十甲乙"[:15],
            number="440524188001010014",
            sex=Sex.MALE,
            nation="05",
            birth=date(1880, 1, 1),
            address="广东省东莞市演示街道样本社区很长很长的路一百二十三号演示大厦甲座一二三四房"[:35],
            authority="东莞市公安局演示分局样本派出所"[:15],
            valid_from=date(2010, 10, 10),
            long_term=True,
            machine_read=True,
        )
    ),
}

_DATES = ("birth", "valid_from", "valid_to")
_LONG_TERM = "长期"


def load_cards(path: Path) -> dict[str, Card]:
    """More cards by name: `{"anna": {"kind": "resident", "name": …, "valid_to": "长期", …}}`.

    The fields are those `read-id --json` prints (codes for sex and nation), and `newest_address`.
    Raises ValueError.
    """
    return {
        name: _card(dict(fields)) for name, fields in json.loads(path.read_text(encoding="utf-8")).items()
    }


def _card(fields: dict[str, Any]) -> Card:
    newest = str(fields.pop("newest_address", ""))
    fields["kind"] = DocumentKind(fields["kind"])
    if "sex" in fields:
        fields["sex"] = Sex(str(fields["sex"]))
    fields["long_term"] = fields.get("valid_to") == _LONG_TERM
    if fields["long_term"]:
        del fields["valid_to"]
    for key in _DATES:
        if fields.get(key):
            fields[key] = date.fromisoformat(fields[key])
    return Card(IdentityDocument(machine_read=True, **fields), newest)
