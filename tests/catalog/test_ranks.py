"""Row numbers with gaps: in order, stable, and few neighbours moved where a gap is full."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from app.catalog.ranks import GAP, assign

Ranks = list[int | None]


def rising(ranks: list[int]) -> bool:
    return all(one < two for one, two in pairwise([0, *ranks]))


def moved(former: Ranks, ranks: list[int]) -> int:
    return sum(was is not None and was != is_now for was, is_now in zip(former, ranks, strict=True))


def test_a_first_version_has_gaps_everywhere() -> None:
    assert assign([None] * 5) == [GAP, 2 * GAP, 3 * GAP, 4 * GAP, 5 * GAP]
    assert assign([]) == []


@given(st.lists(st.none() | st.integers(-5, 60), max_size=60))
def test_any_former_numbers_come_out_in_order(former: Ranks) -> None:
    """Also numbers out of order or twice, as only a damaged file has them."""
    assert rising(assign(former))


@given(st.lists(st.integers(1, 300), unique=True, max_size=60).map(sorted), st.data())
def test_who_stays_keeps_its_number_while_gaps_are_wide(numbers: list[int], data: st.DataObject) -> None:
    former: Ranks = []
    for low, high in pairwise([0, *numbers, None]):
        room = 9 if high is None else high - (low or 0) - 1
        former += [None] * data.draw(st.integers(0, min(room, 9)))
        former += [high] if high is not None else []
    ranks = assign(former)
    assert rising(ranks) and moved(former, ranks) == 0


@given(st.integers(1, 60), st.integers(0, 60), st.integers(1, 40))
def test_a_full_gap_moves_no_more_neighbours_than_it_takes(count: int, at: int, new: int) -> None:
    """Many new items at one place: a name that every town begins to offer."""
    former: Ranks = [GAP * n for n in range(1, count + 1)]
    former[min(at, count) : min(at, count)] = [None] * new
    ranks = assign(former)
    assert rising(ranks)
    assert moved(former, ranks) <= 2 * new / (GAP - 2) + 2


@given(st.lists(st.tuples(st.integers(0, 400), st.booleans()), max_size=120))
def test_order_holds_over_many_versions(edits: list[tuple[int, bool]]) -> None:
    """An item comes or goes with each version; the window that moves stays small in the end."""
    ranks = assign([None] * 20)
    moves = 0
    for at, goes in edits:
        former: Ranks = list(ranks)
        if goes and former:
            del former[at % len(former)]
        else:
            former.insert(at % (len(former) + 1), None)
        ranks = assign(former)
        moves += moved(former, ranks)
        assert rising(ranks)
    assert moves <= 6 * len(edits)


def test_an_item_that_goes_elsewhere_leaves_the_others_alone() -> None:
    assert assign([4, 8, 12, 16, 20]) == [4, 8, 12, 16, 20]
    ranks = assign([4, 20, 8, 12, 16])  # the last became the second
    assert [ranks[n] for n in (0, 2, 3, 4)] == [4, 8, 12, 16] and 4 < ranks[1] < 8
