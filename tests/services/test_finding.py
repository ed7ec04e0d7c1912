"""Finding an item: the same lists, filters and order for every page that asks."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from app.catalog.build import build_catalog
from app.catalog.demo import demo_items
from app.catalog.file import CatalogFile
from app.domain.catalog import Audience, Channel
from app.domain.hall_time import CHINA
from app.domain.narrowing import SELF_SERVICE, UNSAID, Narrowing
from app.services import favourites
from app.services.finding import Question, Tab, find
from app.services.office import Office

ITEMS = tuple(replace(item, topics=("户籍",) if n % 3 else ()) for n, item in enumerate(demo_items()))


@pytest.fixture
def desk(office: Office, tmp_path: Path) -> Iterator[Office]:
    path = tmp_path / "catalog.sqlite"
    build_catalog(ITEMS, "1", datetime(2026, 11, 21, tzinfo=CHINA), path)
    file = CatalogFile(path)
    yield replace(office, catalog=file)
    file.close()


def codes(office: Office, asked: Question) -> list[str]:
    return [hit.code for hit in find(office, "li", asked).hits]


def test_a_favourite_goes_first_and_has_a_list(desk: Office) -> None:
    third = codes(desk, Question("zheng"))[2]
    favourites.toggle(desk, "li", third)
    assert codes(desk, Question("zheng"))[0] == third
    assert codes(desk, Question(tab=Tab.KEPT)) == [third]
    assert codes(desk, Question("没有这样的事项", Tab.KEPT)) == []
    assert find(desk, "wang", Question(tab=Tab.KEPT)).hits == ()


def test_ones_own_lists_are_narrowed_like_the_catalog(desk: Office) -> None:
    with desk.store.begin() as work:
        for item in ITEMS[:9]:
            work.count_use(item.code)
        work.commit()
    for wanted in (
        Narrowing(topic="户籍"), Narrowing(topic=UNSAID), Narrowing(channel=SELF_SERVICE),
        Narrowing(Audience.ENTERPRISE), Narrowing(theme=ITEMS[0].theme, department=ITEMS[0].department),
    ):  # fmt: skip
        everything = set(codes(desk, Question(wanted=wanted, limit=1000)))
        mine = set(codes(desk, Question(tab=Tab.OFTEN, wanted=wanted)))
        assert mine == everything & {item.code for item in ITEMS[:9]}
        assert everything == {item.code for item in ITEMS if has(item, wanted)}


def has(item, wanted: Narrowing) -> bool:  # type: ignore[no-untyped-def]
    return (
        (wanted.audience is None or wanted.audience in item.audience)
        and wanted.theme in ("", item.theme)
        and (not wanted.topic or wanted.topic in (item.topics or (UNSAID,)))
        and (wanted.channel is None or wanted.channel in item.channels)
        and wanted.department in ("", item.department)
    )


def test_what_is_not_done_here_is_found_elsewhere(desk: Office) -> None:
    only = next(item for item in ITEMS if Channel.POPUP not in item.channels)
    found = find(desk, "li", Question(only.name, channel=Channel.POPUP))
    assert found.everywhere and found.hits[0].code == only.code
    assert not find(desk, "li", Question(only.name)).everywhere
