"""What goes first for a desk."""

from hypothesis import given
from hypothesis import strategies as st

from app.domain.ranking import home_departments, preferred

BODIES = (
    "东莞市公安局",
    "东莞市公安局长安镇分局",
    "东莞市税务局长安镇分局",
    "东莞市税务局虎门镇分局",
    "东莞市民政局",
)
codes = st.lists(st.sampled_from("abcdefgh"), max_size=6)


def test_the_departments_of_the_town_that_the_site_names() -> None:
    assert home_departments("长安镇政务服务中心", BODIES) == {BODIES[1], BODIES[2]}
    assert home_departments("东莞市长安镇政务服务中心", BODIES) >= {BODIES[1], BODIES[2]}
    assert BODIES[3] not in home_departments("东莞市长安镇政务服务中心", BODIES)


def test_a_site_that_names_no_place_prefers_none() -> None:
    assert home_departments("", BODIES) == home_departments("服务厅", BODIES) == frozenset()
    assert home_departments("长安镇", ()) == frozenset()


@given(codes, codes, codes)
def test_favourites_then_often_then_recent_each_once(
    kept: list[str], often: list[str], recent: list[str]
) -> None:
    first = preferred(kept, often, recent).codes
    assert len(first) == len(set(first)) and set(first) == {*kept, *often, *recent}
    assert first == tuple(dict.fromkeys(kept + often + recent))


def test_a_bounded_number_goes_first() -> None:
    assert len(preferred([], map(str, range(500)), []).codes) == 40
