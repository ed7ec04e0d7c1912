"""Row numbers in the order of items, with gaps: a new item moves none of the others.

A row number is a place in the search's order (ADR 0103) and stands in every word of the index, so an
item keeps its number from version to version for as long as the order allows.
"""

from bisect import bisect_left
from collections.abc import Sequence

GAP = 8  # numbers an item where there is a choice; more of them make a larger index


def assign(former: Sequence[int | None]) -> list[int]:
    """Rising numbers from 1 on for items in their order; `former`: the number each had, None for a new one.

    New items go into the gap where they belong.  Where it is too narrow, as few neighbours as it takes
    move with them, so that every second number there is free again.
    """
    ranks = _standing(former)
    fixed = [place for place, rank in enumerate(ranks) if rank]
    left: list[int] = []
    at = 0
    while at <= len(fixed):
        at = _fill(ranks, left, fixed, at) + 1
        left += fixed[at - 1 : at]
    return ranks


def _standing(former: Sequence[int | None]) -> list[int]:
    """The numbers of those that may keep theirs: as many as can while they rise; 0 for the others."""
    ends: list[int] = []  # the smallest number that a rising row of each length ends with
    at: list[int] = []  # and its place
    before: dict[int, int] = {}
    for place, rank in enumerate(former):
        if rank is None or rank < 1:
            continue
        length = bisect_left(ends, rank)
        if length:
            before[place] = at[length - 1]
        ends[length : length + 1] = [rank]
        at[length : length + 1] = [place]
    ranks = [0] * len(former)
    place_or_none = at[-1] if at else None
    while place_or_none is not None:
        ranks[place_or_none] = former[place_or_none] or 0
        place_or_none = before.get(place_or_none)
    return ranks


def _fill(ranks: list[int], left: list[int], fixed: Sequence[int], at: int) -> int:
    """Number the places between the last of `left` and `fixed[at]`; returns up to which of `fixed` it went.

    Too narrow: the window grows by one neighbour, to either side in turn, and `left` loses those in it.
    """
    first = left[-1] + 1 if left else 0
    beyond = fixed[at] if at < len(fixed) else len(ranks)
    wanted = 1  # numbers a place needs
    turn = False
    while at < len(fixed):
        low = ranks[left[-1]] if left else 0
        if ranks[fixed[at]] - low - 1 >= wanted * (beyond - first):
            break
        wanted = 2
        if turn and left:
            left.pop()
            first = left[-1] + 1 if left else 0
        else:
            at += 1
            beyond = fixed[at] if at < len(fixed) else len(ranks)
        turn = not turn
    low, count = ranks[left[-1]] if left else 0, beyond - first
    room = ranks[fixed[at]] - low if at < len(fixed) else (count + 1) * GAP
    for number in range(1, count + 1):
        ranks[first + number - 1] = low + number * room // (count + 1)
    return at
