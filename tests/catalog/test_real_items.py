"""The 2262 published items, each looked for as people look: by its name, its initials and its code.

A sample daily; every one of them in `make soak`.
"""

from collections import Counter
from collections.abc import Iterator
from itertools import groupby

import pytest
from pypinyin import lazy_pinyin

from app.catalog.build import build_catalog
from app.catalog.file import CatalogFile
from app.catalog.grams import plain
from app.catalog.importing import ImportedItems, read_items
from app.catalog.readings import is_hanzi
from app.domain.catalog import Channel, Item
from app.domain.narrowing import UNSAID, Narrowing
from tests.catalog.conftest import DAY, PORTAL

EVERY = 23  # a sample of ninety-nine
EVERYTHING = 5000
WHOLE_NAME_WITHIN = 60  # of one name there are up to three items, and a short name is part of longer ones


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[ImportedItems, CatalogFile]]:
    if not PORTAL.exists():
        pytest.skip("the real portal data is not beside this checkout (../shared/data)")
    imported = read_items(PORTAL)
    path = tmp_path_factory.mktemp("real") / "catalog.sqlite"
    build_catalog(imported.items, "real-1", DAY, path)
    file = CatalogFile(path)
    yield imported, file
    file.close()


def initials(name: str) -> str:
    """As a person types them: the first letters of the first Chinese words of a name, at most eight."""
    run = next(("".join(group) for hanzi, group in groupby(plain(name), is_hanzi) if hanzi), "")[:8]
    return "".join(sound[0] for sound in lazy_pinyin(run))


def check(items: list[Item], file: CatalogFile) -> None:
    for item in items:
        assert item.code in {hit.code for hit in file.search(item.name, WHOLE_NAME_WITHIN)}, item.name
        assert file.search(item.code, 5)[0].code == item.code
        assert item.code in {hit.code for hit in file.search(initials(item.name), EVERYTHING)}, item.name
        assert file.item(item.code) == item


def test_a_sample_is_found_by_name_initials_and_code(real: tuple[ImportedItems, CatalogFile]) -> None:
    imported, file = real
    assert len(imported.items) == 2262
    check(list(imported.items[::EVERY]), file)


@pytest.mark.soak
def test_every_item_is_found_by_name_initials_and_code(real: tuple[ImportedItems, CatalogFile]) -> None:
    imported, file = real
    check(list(imported.items), file)


def test_real_items_are_narrowed_by_what_their_source_says(
    real: tuple[ImportedItems, CatalogFile],
) -> None:
    imported, file = real
    items = imported.items
    facets = file.facets()
    topics = Counter(topic for item in items for topic in item.topics)
    topics[UNSAID] = sum(not item.topics for item in items)
    assert facets.topics == +topics
    assert facets.themes == Counter(item.theme or UNSAID for item in items)
    assert facets.departments == Counter(item.department for item in items)
    assert facets.audiences == Counter(a.value for item in items for a in item.audience)
    assert facets.channels == Counter(c.value for item in items for c in item.channels)
    assert Channel.KIOSK.value not in facets.channels, "the portal does not say"
    for wanted in (Narrowing(topic="人才"), Narrowing(topic=UNSAID), Narrowing(theme="care", topic="老年人")):
        found = {hit.code for hit in file.search("", EVERYTHING, wanted=wanted)}
        assert found == {item.code for item in items if fits(item, wanted)}
        assert {hit.code for hit in file.hits([i.code for i in items], None, wanted)} == found


def fits(item: Item, wanted: Narrowing) -> bool:
    topics = item.topics or (UNSAID,)
    return wanted.theme in ("", item.theme) and (not wanted.topic or wanted.topic in topics)
