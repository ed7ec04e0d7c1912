"""Number blocks: in order, never twice."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from app.domain.numbering import NumberBlock
from app.errors import NumbersExhaustedError, StoreError
from app.store.sql_store import SqlStore
from tests.store.samples import KEY


def lease(store: SqlStore, *blocks: NumberBlock) -> None:
    with store.begin() as work:
        for block in blocks:
            work.add_block(block)
        work.commit()


def take(store: SqlStore, keep: bool = True) -> int:
    with store.begin() as work:
        sequence = work.take_sequence()
        if keep:
            work.commit()
        return sequence


def test_several_blocks_in_the_order_they_came(store: SqlStore) -> None:
    lease(store, NumberBlock("b", 100, 101), NumberBlock("a", 7, 8))
    with store.begin() as work:
        assert work.sequences_left() == 4
    assert [take(store) for _ in range(4)] == [100, 101, 7, 8]
    with store.begin() as work:
        assert work.sequences_left() == 0
        with pytest.raises(NumbersExhaustedError):
            work.take_sequence()
    lease(store, NumberBlock("c", 1, 1))
    assert take(store) == 1


def test_without_a_block_there_is_no_number(store: SqlStore) -> None:
    with store.begin() as work:
        assert work.sequences_left() == 0
        with pytest.raises(NumbersExhaustedError):
            work.take_sequence()


def test_a_rolled_back_transaction_gives_its_number_back(store: SqlStore) -> None:
    lease(store, NumberBlock("a", 1, 2))
    assert [take(store, keep=False), take(store), take(store)] == [1, 1, 2]


def test_the_same_block_twice_is_one_block(store: SqlStore) -> None:
    block = NumberBlock("a", 1, 9)
    lease(store, block)
    take(store)
    lease(store, block, block)
    assert take(store) == 2


@pytest.mark.parametrize(
    "block",
    [
        NumberBlock("a", 10, 29),
        NumberBlock("a", 50, 59),
        NumberBlock("b", 1, 10),
        NumberBlock("b", 19, 30),
        NumberBlock("b", 12, 13),
        NumberBlock("b", 1, 99),
        NumberBlock("b", 5, 4),
        NumberBlock("b", -3, 3),
    ],
)
def test_a_block_that_would_give_a_number_twice_is_refused(store: SqlStore, block: NumberBlock) -> None:
    lease(store, NumberBlock("a", 10, 19))
    with store.begin() as work:
        with pytest.raises(StoreError):
            work.add_block(block)
        assert work.sequences_left() == 10


def test_eight_threads_never_take_the_same(store: SqlStore) -> None:
    lease(store, NumberBlock("a", 1, 150), NumberBlock("b", 1001, 1250))
    with ThreadPoolExecutor(8) as pool:
        taken = list(pool.map(lambda n: take(store, keep=n % 5 != 0), range(400)))
    kept = [sequence for n, sequence in enumerate(taken) if n % 5]
    assert len(set(kept)) == len(kept) == 320
    assert max(kept) <= 1250
    with store.begin() as work:
        assert work.sequences_left() == 400 - 320


def test_two_stores_on_one_file_never_take_the_same(tmp_path: Path) -> None:
    """Not allowed by the folder's lock, and harmless all the same."""
    stores = [SqlStore(tmp_path / "store.db", KEY) for _ in range(2)]
    lease(stores[0], NumberBlock("a", 1, 200))
    with ThreadPoolExecutor(4) as pool:
        taken = list(pool.map(lambda n: take(stores[n % 2]), range(200)))
    assert sorted(taken) == list(range(1, 201))
    for store in stores:
        store.close()


class Numbers(RuleBasedStateMachine):
    """Any order of leases, takes, roll-backs and restarts."""

    @initialize()
    def open(self) -> None:
        import tempfile

        self.folder = tempfile.TemporaryDirectory()
        self.path = Path(self.folder.name) / "store.db"
        self.store = SqlStore(self.path, KEY)
        self.leased: set[int] = set()
        self.taken: list[int] = []

    @rule(first=st.integers(0, 60), size=st.integers(1, 8))
    def lease_block(self, first: int, size: int) -> None:
        block = NumberBlock(f"{first}+{size}", first, first + size - 1)
        try:
            lease(self.store, block)
            self.leased |= set(range(block.first, block.last + 1))
        except StoreError:
            assert self.leased & set(range(block.first, block.last + 1))

    @rule(keep=st.booleans())
    def take_one(self, keep: bool) -> None:
        try:
            sequence = take(self.store, keep)
        except NumbersExhaustedError:
            assert self.leased == set(self.taken)
            return
        assert sequence in self.leased and sequence not in self.taken
        if keep:
            self.taken.append(sequence)

    @rule()
    def restart(self) -> None:
        self.store.close()
        self.store = SqlStore(self.path, KEY)

    @invariant()
    def none_is_lost(self) -> None:
        with self.store.begin() as work:
            assert work.sequences_left() == len(self.leased) - len(self.taken)

    def teardown(self) -> None:
        if hasattr(self, "store"):
            self.store.close()
            self.folder.cleanup()


TestNumbers = Numbers.TestCase
TestNumbers.settings = settings(max_examples=12, stateful_step_count=25, deadline=None)


def test_the_file_itself_refuses_to_count_backwards(store: SqlStore) -> None:
    lease(store, NumberBlock("a", 1, 9))
    take(store)
    with store.begin() as work, pytest.raises(Exception, match="never given twice"):
        work._connection.exec_driver_sql("UPDATE number_blocks SET next = 1")
