"""Card blocks: official specimens, a foreign recipe, and every text that fits."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.identity import DocumentKind, IdentityDocument, Sex
from app.errors import CardUnsupportedError, DeviceProtocolError
from devices import sdt_card
from devices.emulators.cards import PRESETS


def block_of(places: dict[int, str]) -> bytes:
    """A block written by hand: text by byte offset, blanks elsewhere."""
    block = bytearray(" ".encode("utf-16-le") * 128)
    for at, text in places.items():
        raw = text.encode("utf-16-le")
        block[at : at + len(raw)] = raw
    return bytes(block)


HANGUL = block_of(
    {
        0: "테스트", 30: "1", 32: "01", 36: "20000102", 52: "가상 주소", 122: "000000000000000000",
        158: "시험 기관", 188: "20200101", 204: "20300101",
    }
)  # fmt: skip
FOREIGNER_2017 = block_of(
    {
        0: "ZHENGJIAN,YANGBEN", 120: "2", 122: "CAN110081080319", 152: "CAN", 158: "证件样本",
        188: "20151025", 204: "20251024", 220: "19810803", 236: "01", 240: "1500", 248: "I",
    }
)  # fmt: skip
FOREIGNER_2023 = block_of(
    {
        0: "证件样本证件样本证件样本证件样", 30: "2", 32: "00", 36: "19800101",
        52: "ZHENGJIAN, YANGBEN ZHENG JIAN YANG", 122: "931586198001010028",
        188: "20230808", 204: "20330807", 242: "PAK", 248: "Y", 250: "000",
    }
)  # fmt: skip
HMT = block_of(
    {
        0: "演示·港生", 30: "1", 36: "19000101", 52: "演示地址", 122: "810000190001010018", 158: "演示机关",
        188: "20230101", 204: "20280101", 220: "H00000000", 238: "01", 248: "J",
    }
)  # fmt: skip


def test_the_foreign_recipe_card() -> None:
    """Hangul values: no text is refused for its script; a number failing its check is kept and marked."""
    card = sdt_card.decode_block(HANGUL)
    assert (card.name, card.address, card.authority) == ("테스트", "가상 주소", "시험 기관")
    assert (card.number, card.number_valid) == ("000000000000000000", False)
    assert (card.sex, card.nation, card.birth) == (Sex.MALE, "01", date(2000, 1, 2))
    assert (card.valid_from, card.valid_to, card.long_term) == (date(2020, 1, 1), date(2030, 1, 1), False)
    assert not sdt_card.contradicts_itself(card)


def test_the_specimen_of_2017() -> None:
    card = sdt_card.decode_block(FOREIGNER_2017)
    assert card == PRESETS["foreigner_2017"].document
    assert card.number_valid is None


def test_the_specimen_of_2023() -> None:
    card = sdt_card.decode_block(FOREIGNER_2023)
    assert card.name == "证件样本证件样本证件样本证件样"
    assert card.english_name == "ZHENGJIAN, YANGBEN ZHENG JIAN YANG"
    assert (card.number, card.number_valid) == ("931586198001010028", True)
    assert (card.nationality, card.issue_count, card.sex) == ("PAK", "00", Sex.FEMALE)
    assert (card.valid_from, card.valid_to) == (date(2023, 8, 8), date(2033, 8, 7))


@pytest.mark.parametrize(
    "number", ["932682198501010017", "911124198108030024", "11010519491231002X", "440524188001010014"]
)
def test_the_printed_specimen_numbers_are_good(number: str) -> None:
    assert sdt_card.decode_block(block_of({122: number})).number_valid is True


def test_the_second_specimen_of_2017() -> None:
    places = {0: "ZHENGJIAN,YANGBEN " * 3, 120: "2", 122: "PAK310080010103", 152: "PAK", 158: "证件样本"}
    places |= {188: "20230808", 204: "20330807", 220: "19800101", 236: "01", 240: "1500", 248: "I"}
    card = sdt_card.decode_block(block_of(places))
    assert (card.number, card.number_valid, card.birth) == ("PAK310080010103", None, date(1980, 1, 1))
    assert card.english_name == "ZHENGJIAN,YANGBEN ZHENGJIAN,YANGBEN ZHENGJIAN,YANGBEN"
    assert not sdt_card.contradicts_itself(card)


@pytest.mark.parametrize("code", ["00", "57", "59", "96", "99", "A1", "1"])
def test_a_nation_nobody_has_listed_stays_as_it_is(code: str) -> None:
    assert sdt_card.decode_block(block_of({32: code})).nation == code


def test_an_english_name_that_needs_its_second_place() -> None:
    name = "ZHENGJIAN, YANGBEN ZHENG JIAN YANG BEN ZHENGJI"
    assert len(name) == 46
    card = replace(PRESETS["foreigner_2023"].document, english_name=name)
    assert sdt_card.decode_block(sdt_card.encode_block(card)).english_name == name


def test_the_permit_of_hong_kong_macao_and_taiwan_people() -> None:
    card = sdt_card.decode_block(HMT)
    assert card.kind is DocumentKind.HMT_RESIDENCE
    assert (card.pass_number, card.issue_count, card.nation) == ("H00000000", "01", "")
    assert card.number_valid is True


@pytest.mark.parametrize("code", ["0", "1", "2", "9"])
def test_every_sex_of_the_standard(code: str) -> None:
    assert sdt_card.decode_block(block_of({30: code})).sex is Sex(code)


def test_what_is_not_known_stays_as_it_is() -> None:
    card = sdt_card.decode_block(block_of({0: " 演 示 ", 30: "7", 32: "99", 36: "20001301", 204: "20230230"}))
    assert (card.name, card.sex, card.nation) == (" 演 示", None, "99")
    assert (card.birth, card.valid_to, card.long_term) == (None, None, False)


def test_a_card_without_an_end() -> None:
    card = sdt_card.decode_block(block_of({188: "20100101", 204: "长期"}))
    assert (card.valid_to, card.long_term) == (None, True)


def test_a_kind_nobody_told_us_of() -> None:
    with pytest.raises(CardUnsupportedError):
        sdt_card.decode_block(block_of({248: "Z"}))


@pytest.mark.parametrize("size", [0, 255, 257])
def test_a_block_of_another_size(size: int) -> None:
    with pytest.raises(DeviceProtocolError):
        sdt_card.decode_block(bytes(size))


@pytest.mark.parametrize("fingerprint", [None, 0, 512, 1024])
def test_the_payload_of_every_published_length(fingerprint: int | None) -> None:
    head = b"\x01\x00\x04\x00" + (b"" if fingerprint is None else fingerprint.to_bytes(2, "big"))
    payload = sdt_card.split_payload(head + HANGUL + b"\x5a" * 1024 + bytes(fingerprint or 0))
    assert (payload.text, payload.photo) == (HANGUL, b"\x5a" * 1024)


@pytest.mark.parametrize("cut", [0, 3, 4, 259, 1000])
def test_a_payload_whose_lengths_do_not_fit(cut: int) -> None:
    with pytest.raises(DeviceProtocolError):
        sdt_card.split_payload((b"\x01\x00\x04\x00" + HANGUL + bytes(1024))[:cut])


@pytest.mark.parametrize(
    ("change", "doubtful"),
    [
        ({}, False),
        ({"birth": date(1949, 12, 30)}, True),
        ({"sex": Sex.MALE}, True),
        ({"sex": Sex.UNSPECIFIED}, False),
        ({"birth": None}, False),
        ({"name": "演示\ufffd"}, True),
        ({"number": "110105194912310021"}, False),
    ],
)
def test_number_birth_and_sex_have_to_agree(change: dict[str, object], doubtful: bool) -> None:
    card = replace(PRESETS["resident"].document, **change)  # type: ignore[arg-type]
    assert sdt_card.contradicts_itself(card) is doubtful


def test_of_reads_that_differ_one_that_agrees_with_itself_is_shown() -> None:
    card = PRESETS["resident"].document
    wrong = sdt_card.encode_block(replace(card, birth=date(1958, 12, 31)))
    strange = block_of({248: "Z"})
    good = sdt_card.encode_block(card)
    other = sdt_card.encode_block(replace(card, name="演示·别名"))
    assert sdt_card.most_likely([wrong, strange, good]) == card
    assert sdt_card.most_likely([strange, good, other]) == card
    assert sdt_card.most_likely([wrong, wrong]) == sdt_card.decode_block(wrong)
    with pytest.raises(CardUnsupportedError):
        sdt_card.most_likely([wrong, strange])


@pytest.mark.parametrize("size", [1, 69, 71, 140 + 8, 5 * 70, 1284])
def test_bytes_that_are_no_addresses(size: int) -> None:
    with pytest.raises(DeviceProtocolError):
        sdt_card.decode_addresses(bytes(size))


def test_addresses_in_the_order_of_the_card() -> None:
    data = (
        sdt_card.encode_address("演示旧址")
        + sdt_card.encode_address("")
        + sdt_card.encode_address("演示新址")
    )
    assert sdt_card.decode_addresses(data) == ["演示旧址", "演示新址"]
    assert sdt_card.decode_addresses(b"") == []


@pytest.mark.parametrize("name", PRESETS)
def test_every_card_of_the_emulator_round_trips(name: str) -> None:
    document = PRESETS[name].document
    assert sdt_card.decode_block(sdt_card.encode_block(document)) == document


def texts(units: int) -> st.SearchStrategy[str]:
    """Any text of so many UTF-16 units, blanks only inside."""
    return (
        st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=units)
        .map(lambda text: text.rstrip(" "))
        .filter(lambda text: len(text.encode("utf-16-le")) <= 2 * units)
    )


DAYS = st.none() | st.dates(date(1000, 1, 1), date(9999, 12, 31))
COMMON = {"birth": DAYS, "valid_from": DAYS, "valid_to": DAYS, "sex": st.none() | st.sampled_from(Sex)}
RESIDENT = {
    "name": texts(15),
    "number": texts(18),
    "nation": texts(2),
    "address": texts(35),
    "authority": texts(15),
}
SHAPES = {
    DocumentKind.RESIDENT: RESIDENT,
    DocumentKind.HMT_RESIDENCE: {key: RESIDENT[key] for key in ("name", "number", "address", "authority")}
    | {"pass_number": texts(9), "issue_count": texts(2)},
    DocumentKind.FOREIGNER_2017: {
        "name": texts(15), "number": texts(15), "english_name": texts(60), "nationality": texts(3),
        "authority": texts(4), "card_version": texts(2),
    },
    DocumentKind.FOREIGNER_2023: {
        "name": texts(15), "number": texts(18), "english_name": texts(35), "nationality": texts(3),
        "issue_count": texts(2),
    },
}  # fmt: skip
DOCUMENTS = st.sampled_from(sorted(SHAPES, key=lambda kind: kind.value)).flatmap(
    lambda kind: st.builds(
        IdentityDocument, kind=st.just(kind), machine_read=st.just(True), **(COMMON | SHAPES[kind])
    )
)


@given(DOCUMENTS)
def test_every_document_that_fits_round_trips(document: IdentityDocument) -> None:
    assert sdt_card.decode_block(sdt_card.encode_block(document)) == document


@given(st.binary(min_size=256, max_size=256))
def test_any_256_bytes_are_a_document_or_a_device_error(block: bytes) -> None:
    try:
        document = sdt_card.decode_block(block)
    except CardUnsupportedError:
        return
    assert document.machine_read
