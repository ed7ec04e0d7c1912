"""What goes first, what narrows, and exactness over catalogs made by chance."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.catalog.build import build_catalog
from app.catalog.demo import demo_items
from app.catalog.file import CatalogFile
from app.catalog.grams import plain
from app.domain.catalog import Audience, Item, Material, MaterialRule
from app.domain.narrowing import Narrowing
from app.domain.ranking import Preference
from benchmarks.realistic import items as realistic
from tests.catalog.conftest import DAY

MOST = 100_000
TOWN = "长安镇政务服务中心"


@pytest.fixture(scope="module")
def items() -> tuple[Item, ...]:
    """Some names in every town."""
    return tuple(i for i in realistic(30_000, 1) if "许可" in i.name)[::9]


@pytest.fixture(scope="module")
def towns(items: tuple[Item, ...], tmp_path_factory: pytest.TempPathFactory) -> Iterator[CatalogFile]:
    path = tmp_path_factory.mktemp("towns") / "catalog.sqlite"
    build_catalog(items, "v1", DAY, path)
    file = CatalogFile(path)
    yield file
    file.close()


@pytest.mark.parametrize("text", ["许可", "xk", "xuke", "证", "1144", "许可证 公安", "申请表"])
def test_what_goes_first_changes_the_order_and_nothing_else(towns: CatalogFile, text: str) -> None:
    usual = [hit.code for hit in towns.search(text, MOST)]
    used = tuple(usual[-3:])
    first = [hit.code for hit in towns.search(text, MOST, prefer=Preference(used, TOWN))]
    assert sorted(first) == sorted(usual) and len(usual) > 10
    assert [code for code in first if code in used] == list(used), "in the order of their use"
    assert first == [hit.code for hit in towns.search(text, MOST, prefer=Preference(used, TOWN))]
    assert first[:9] == [hit.code for hit in towns.search(text, 9, prefer=Preference(used, TOWN))]


def test_what_is_used_here_leads_its_stage(towns: CatalogFile) -> None:
    usual = [hit.code for hit in towns.search("许可", MOST)]
    first = towns.search("许可", 5, prefer=Preference((usual[-1], usual[40])))
    assert [hit.code for hit in first][:2] == [usual[-1], usual[40]]


def test_of_equal_names_the_towns_own_comes_first(items: tuple[Item, ...], tmp_path: Path) -> None:
    bodies = [f"东莞市市场监督管理局{town}分局" for town in ("东城街道", "虎门镇", "长安镇", "石龙镇")]
    same = [
        replace(items[0], code=f"{items[0].code[:-1]}{n}", name="食品经营许可证", department=body)
        for n, body in enumerate(bodies)
    ]
    build_catalog(same, "v", DAY, tmp_path / "c.sqlite")
    file = CatalogFile(tmp_path / "c.sqlite")
    for text in ("食品", "食品经营许可证", "spjy", "1144"):
        assert file.search(text, 4)[0].department == bodies[0], "by rank"
        assert file.search(text, 4, prefer=Preference((), TOWN))[0].department == bodies[2], text
    file.close()


def test_a_department_and_an_audience_narrow(towns: CatalogFile, items: tuple[Item, ...]) -> None:
    body = items[5].department
    found = towns.search("许可", MOST, wanted=Narrowing(Audience.PERSON, department=body))
    want = {i.code for i in items if i.department == body and Audience.PERSON in i.audience}
    assert {hit.code for hit in found} == want
    assert towns.search("许可", MOST, wanted=Narrowing(department="没有的部门")) == ()
    assert set(towns.departments()) == {item.department for item in items}
    used = Preference(tuple(item.code for item in items[:30]))
    assert {
        hit.code for hit in towns.search("许可", MOST, wanted=Narrowing(department=body), prefer=used)
    } <= {i.code for i in items if i.department == body}


@pytest.mark.parametrize("signs", [False, True])
def test_codes_are_found_however_they_are_written(
    items: tuple[Item, ...], tmp_path: Path, signs: bool
) -> None:
    """Few and many that begin so, and pieces from within; with signs the table's own index says nothing."""
    made = [
        replace(item, code=f"{item.code[:18].lower()}-{item.code[18:]}") if signs and n % 3 == 0 else item
        for n, item in enumerate(items)
    ]
    build_catalog(made, "v", DAY, tmp_path / "c.sqlite")
    file = CatalogFile(tmp_path / "c.sqlite")
    code = plain(items[len(items) // 2].code)
    for text in ("1144", code[:9], code[:18], code[:20], code, code[5:14], code[16:22], code[-6:]):
        want = {item.code for item in made if text in plain(item.code)}
        assert {hit.code for hit in file.search(text, MOST)} == want and want, text
        used = Preference(tuple(sorted(want)[-3:]), TOWN)
        assert {hit.code for hit in file.search(text, MOST, prefer=used)} == want, text
    file.close()


def test_letters_of_a_material_and_of_several_words(towns: CatalogFile, items: tuple[Item, ...]) -> None:
    with_card = {i.code for i in items if any("居民身份证" in plain(r.material.name) for r in i.rules)}
    for text in ("jmsfz", "juminshenfenz"):
        assert {hit.code for hit in towns.search(text, MOST)} >= with_card != set(), text
    body = [i.code for i in items if "许可" in i.name and "长安" in i.department]
    for text in ("许可 长安", "长安 许可"):
        found = [hit.code for hit in towns.search(text, MOST)]
        assert set(body) <= set(found) and len(found) == len(set(found)), text


words = st.text(alphabet="会计登记行长重庆A1（）许可证", min_size=1, max_size=7).filter(plain)


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.tuples(words, words, words), min_size=1, max_size=30), st.lists(words, min_size=1, max_size=8)
)
def test_any_catalog_is_searched_as_by_a_look_at_every_item(
    made: list[tuple[str, str, str]], asked: list[str]
) -> None:
    base = replace(demo_items()[0], questions=(), code="")
    items = [
        replace(
            base,
            code=f"1144{n:027}",
            name=name,
            everyday_names=(everyday,),
            department=name[:2] + everyday[:1],
            rules=(MaterialRule(Material("m", paper, 1, 0)),),
        )
        for n, (name, everyday, paper) in enumerate(made)
    ]
    with TemporaryDirectory() as folder:
        path = Path(folder) / "c.sqlite"
        build_catalog(items, "v", DAY, path)
        file = CatalogFile(path)
        for question in asked:
            text = plain(question)
            if any("a" <= unit <= "z" for unit in text):
                continue
            want = {i.code for i in items if any(text in plain(t) for t in _texts(i))}
            found = {hit.code for hit in file.search(question, MOST)}
            assert found == want or (text.isdigit() and len(text) < 4 and want >= found), question
        file.close()


def _texts(item: Item) -> tuple[str, ...]:
    materials = (rule.material.name for rule in item.rules)
    return (item.name, *item.everyday_names, item.department, item.code, *materials)
