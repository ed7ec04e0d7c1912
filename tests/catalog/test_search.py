"""The search finds exactly what a scan over every row finds, and puts the best first."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.catalog import grams
from app.catalog.build import build_catalog
from app.catalog.demo import demo_items
from app.catalog.file import CatalogFile
from app.catalog.importing import read_items
from app.catalog.query import Pattern, Vocabulary
from app.catalog.readings import Reader
from app.domain.catalog import Audience, Channel, Item
from app.domain.narrowing import Narrowing
from tests.catalog.conftest import DAY, PORTAL

EVERYTHING = 100_000
plain = cache(grams.plain)


def names(item: Item) -> tuple[str, ...]:
    return (item.name, *item.everyday_names)


def said(item: Item) -> tuple[str, ...]:
    return (*names(item), item.department, *(rule.material.name for rule in item.rules))


def has(text: str, item: Item) -> bool:
    """Characters of a name, the department, the code or a material: what a LIKE would find."""
    return any(text in plain(t) for t in (*said(item), item.code))


class Ear:
    """Reads every text once; judges letters by writing all readings out."""

    def __init__(self) -> None:
        self._reader = Reader()
        self._known: dict[str, list[str]] = {}

    def hears(self, letters: str, text: str) -> bool:
        return any(spelt.startswith(letters) for spelt in self._spelt(plain(text)))

    def _spelt(self, text: str) -> list[str]:
        if text not in self._known:
            self._known[text] = list(self._write_out(self._reader.read(text)[0]))
        return self._known[text]

    def _write_out(self, sounds: Sequence[tuple[str, ...]]) -> Iterator[str]:
        for at in range(len(sounds)):
            window = sounds[at : at + 8]
            yield from ("".join(spelling) for spelling in product(*window))
            yield from ("".join(letter) for letter in product(*({s[0] for s in unit} for unit in window)))


@pytest.fixture(scope="module")
def items() -> tuple[Item, ...]:
    """The demo items and, where they are, every real one; some of them for enterprises, some not here."""
    real = read_items(PORTAL).items[::3] if PORTAL.exists() else ()
    turned = [
        replace(item, audience=frozenset({Audience.ENTERPRISE})) if n % 7 == 0 else item
        for n, item in enumerate(real)
    ]
    return (*demo_items(), *turned)


@pytest.fixture(scope="module")
def catalog(items: tuple[Item, ...], tmp_path_factory: pytest.TempPathFactory) -> Iterator[CatalogFile]:
    path: Path = tmp_path_factory.mktemp("search") / "catalog.sqlite"
    build_catalog(items, "v1", DAY, path)
    file = CatalogFile(path)
    yield file
    file.close()


def found(catalog: CatalogFile, text: str) -> set[str]:
    hits = catalog.search(text, EVERYTHING)
    codes = [hit.code for hit in hits]
    assert len(codes) == len(set(codes)), "a hit came twice"
    return set(codes)


def pieces(items: Sequence[Item], seed: int, count: int) -> Iterator[str]:
    """Pieces of names, departments and materials, of one to eight characters."""
    chance = random.Random(seed)
    for _ in range(count):
        item = chance.choice(items)
        texts = [*names(item), item.department, *(rule.material.name for rule in item.rules)]
        text = plain(chance.choice(texts))
        at = chance.randrange(len(text))
        yield text[at : at + chance.randint(1, 8)]


def test_characters_are_found_as_by_a_full_scan(catalog: CatalogFile, items: tuple[Item, ...]) -> None:
    for piece in pieces(items, 1, 150):
        if not any("a" <= unit <= "z" for unit in piece):
            assert found(catalog, piece) == {item.code for item in items if has(piece, item)}, piece


def test_letters_are_found_as_by_a_full_scan(catalog: CatalogFile, items: tuple[Item, ...]) -> None:
    ear, reader, chance = Ear(), Reader(), random.Random(2)
    for piece in pieces(items, 3, 150):
        sounds = reader.read(piece[:5])[0]
        whole = "".join(chance.choice(unit) for unit in sounds)
        letters = chance.choice(["".join(unit[0][0] for unit in sounds), whole, whole[: len(whole) // 2 + 1]])
        if not (letters.isascii() and letters.isalpha()):
            continue
        heard = {i.code for i in items if any(ear.hears(letters, t) for t in said(i))}
        if heard:
            assert found(catalog, letters) == heard, letters


def test_codes_are_found_as_by_a_full_scan(catalog: CatalogFile, items: tuple[Item, ...]) -> None:
    chance = random.Random(4)
    for _ in range(60):
        code = chance.choice(items).code
        at, length = chance.randrange(24), chance.randint(4, 31)
        piece = code[at : at + length].lower()
        if piece.isdigit():
            assert found(catalog, piece) == {
                i.code for i in items if has(piece, i) or piece in i.code.lower()
            }


def test_the_start_of_a_code_needs_no_four_characters(catalog: CatalogFile, items: tuple[Item, ...]) -> None:
    assert found(catalog, "11") >= {item.code for item in items if item.code.startswith("11")}


def test_groups_come_in_order_and_in_each_the_names_that_begin_so(
    catalog: CatalogFile, items: tuple[Item, ...]
) -> None:
    by_code = {item.code: item for item in items}

    def group(item: Item) -> int:
        if Audience.PERSON not in item.audience:
            return 2
        return 0 if Channel.COUNTER in item.channels else 1

    def place(text: str, item: Item) -> int:
        everyday = [plain(n) for n in item.everyday_names]
        places = (
            plain(item.name).startswith(text),
            text in plain(item.name),
            any(n.startswith(text) for n in everyday),
        )
        return places.index(True) if True in places else len(places)

    for text in ("证", "登记", "申请", "公证", "资格"):
        hits = [by_code[hit.code] for hit in catalog.search(text, EVERYTHING)]
        named = [item for item in hits if any(text in plain(n) for n in names(item))]
        whole = [i for i in named if any(plain(n) == text for n in names(i))]
        keys = [(group(item), place(text, item), len(plain(item.name))) for item in named[len(whole) :]]
        assert hits[: len(named)] == named, "names before departments and materials"
        assert named[: len(whole)] == whole, "whole names first"
        assert keys == sorted(keys), text


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("居住证签注", "居住证签注（演示）"),
        ("juzhuzhengqianzhu", "居住证签注（演示）"),
        ("ju zhu zheng qian", "居住证签注（演示）"),
        ("jzzqz", "居住证签注（演示）"),
        ("JZZQZ", "居住证签注（演示）"),
        ("居住zhengq", "居住证签注（演示）"),
        ("juzhuzqz", "居住证签注（演示）"),  # syllables, then first letters
        ("zheng qian", "居住证签注（演示）"),  # begins at an inner syllable
        ("暂住证续签", "居住证签注（演示）"),  # an everyday name
        ("sfz", "居民身份证办理进度查询（演示）"),  # the whole of an everyday name, by its letters
        ("shenfenzheng", "居民身份证办理进度查询（演示）"),
        ("社保卡", "社会保障卡申领（演示）"),
        ("sbk", "社会保障卡申领（演示）"),
        ("sbaok", "社会保障卡申领（演示）"),
        ("驾照换证", "机动车驾驶证换证（期满换证）（演示）"),
        ("残联 换领", "残疾人证换领（演示）"),  # department and name, in two words
        ("换领 残疾人", "残疾人证换领（演示）"),
    ],
)
def test_what_a_clerk_types_leads_to_the_item(demo: CatalogFile, text: str, name: str) -> None:
    if text.startswith("残联"):
        text = text.replace("残联", "残疾人联合会")
    assert demo.search(text)[0].name == name


def test_zheng_leads_with_items_for_persons_at_the_counter(demo: CatalogFile) -> None:
    hits = demo.search("证", 12)
    assert len(hits) == 12
    assert all(Audience.PERSON in hit.audience and Channel.COUNTER in hit.channels for hit in hits)


def test_the_place_of_a_match_is_told(demo: CatalogFile) -> None:
    (hit, *_) = demo.search("签注")
    assert hit.match is not None and hit.name[slice(*hit.match)] == "签注"
    (hit, *_) = demo.search("qianzhu")
    assert hit.match is not None and hit.name[slice(*hit.match)] == "签注"
    (hit, *_) = demo.search("新设立演示")  # the brackets between are no part of the match's text
    assert hit.match is not None and hit.name[slice(*hit.match)] == "新设立）（演示"


def test_readings_follow_the_phrase(tmp_path: Path) -> None:
    one, two = demo_items()[:2]
    items = (
        replace(one, name="会计从业登记", everyday_names=()),
        replace(two, name="社会团体登记", everyday_names=()),
    )
    build_catalog(items, "v", DAY, tmp_path / "c.sqlite")
    file = CatalogFile(tmp_path / "c.sqlite")
    assert [hit.code for hit in file.search("kuaiji")] == [one.code]
    assert [hit.code for hit in file.search("shehui")] == [two.code]
    assert not file.search("shekuai")
    file.close()


def test_a_name_of_latin_letters_and_digits(tmp_path: Path) -> None:
    item = replace(demo_items()[0], name="HPV疫苗A类12345热线𬭚", everyday_names=())
    build_catalog([item], "v", DAY, tmp_path / "c.sqlite")
    file = CatalogFile(tmp_path / "c.sqlite")
    texts = (
        "hpv",
        "hpv疫苗",
        "hpvyimiao",
        "HPVYM",
        "alei",
        "12345",
        "12345rx",
        "345热线",
        "𬭚",
        "chun",
        "ａ类",
    )
    for text in texts:
        assert file.search(text), text
    for text in ("hp疫苗", "12346", "leia", "yimiaohpv"):
        assert not file.search(text), text
    file.close()


def test_filters_and_the_list_without_a_text(demo: CatalogFile) -> None:
    kiosk = demo.search("", EVERYTHING, channel=Channel.KIOSK, wanted=Narrowing(theme="care"))
    want = {i.code for i in demo_items() if Channel.KIOSK in i.channels and i.theme == "care"}
    assert {hit.code for hit in kiosk} == want
    firms = demo.search("登记", EVERYTHING, wanted=Narrowing(audience=Audience.ENTERPRISE))
    assert firms and all(Audience.ENTERPRISE in hit.audience for hit in firms)
    assert len(demo.search("", EVERYTHING)) == len(demo_items())
    assert len(demo.search("  （）、 ", 5)) == 5  # nothing but signs asks for nothing in particular
    assert demo.search("证", 0) == ()


def test_equal_questions_have_equal_answers(demo: CatalogFile) -> None:
    assert demo.search("sheng", 20) == demo.search("sheng", 20)
    assert demo.search("证", 5) == demo.search("证", 50)[:5]


@given(st.text(max_size=60))
def test_no_text_upsets_it(demo_file: Path, text: str) -> None:
    file = CatalogFile(demo_file)
    try:
        assert len(file.search(text, 3)) <= 3
    finally:
        file.close()


def test_a_long_text_is_cheap_enough_to_answer(demo: CatalogFile) -> None:
    for text in ("an" * 300, "a" * 500, "证" * 500, "xian" * 100, "1" * 400, " ".join("abcdefg" * 20)):
        assert demo.search(text, 5) == ()


@given(st.text(alphabet="abeghinuxz", min_size=1, max_size=12))
def test_the_index_asks_for_no_less_than_what_matches(letters: str) -> None:
    """Whatever text `find` accepts has every word of at least one alternative of `expression`."""
    reader = Reader()
    text = "西安会计证件安置"
    sounds, _ = reader.read(text)
    words = set(grams.text_grams(text, grams.NAME, sounds)) | set(grams.start_grams(text, grams.NAME, sounds))
    for mixed in (False, True):
        for start_only in (False, True):
            pattern = Pattern(letters, Vocabulary(reader.syllables), mixed)
            expression = pattern.expression(grams.NAME, start_only)
            asked = [
                {word.strip('"') for word in part.strip("()").split(" AND ")}
                for part in expression.split(" OR ")
                if part
            ]
            if pattern.find(text, lambda: sounds, start_only) is not None:
                assert any(part <= words for part in asked)
