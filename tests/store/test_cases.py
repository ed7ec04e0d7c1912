"""Cases: one a request, searchable, with what has become of them."""

from datetime import timedelta

import pytest

from app.domain.case import Organisation
from app.domain.outbox import Lane
from app.domain.printing import PrintState
from app.errors import StoreError
from app.store.sql_store import SqlStore
from tests.store.samples import NOW, a_case, a_job, a_message, a_number, a_receipt, uid


def add(store: SqlStore, *numbers: int, **changes: object) -> None:
    with store.begin() as work:
        for n in numbers:
            case = a_case(n, **changes)
            work.add_case(case, a_receipt(case))
        work.commit()


def numbers_found(store: SqlStore, text: str) -> list[str]:
    with store.begin() as work:
        return [line.number for line in work.case_lines(50, text)]


def test_without_commit_nothing_is_kept(store: SqlStore) -> None:
    with store.begin() as work:
        work.add_case(a_case(), a_receipt(a_case()))
    with pytest.raises(RuntimeError), store.begin() as work:
        work.add_case(a_case(), a_receipt(a_case()))
        raise RuntimeError
    with store.begin() as work:
        assert work.case(uid(1)) is None
        assert work.receipt(uid(1)) is None


def test_the_same_case_again_changes_nothing(store: SqlStore) -> None:
    add(store, 1)
    add(store, 1)
    with store.begin() as work:
        work.set_platform_number(uid(1), "P-1")
        work.add_case(a_case(1), a_receipt(a_case(1)))
        work.commit()
    with store.begin() as work:
        assert len(work.case_lines(9)) == 1
        case = work.case(uid(1))
        assert case is not None and case.platform_number == "P-1"


@pytest.mark.parametrize(
    "rival",
    [
        a_case(2, request_id="request-1"),
        a_case(2, number=a_number(1)),
        a_case(2, case_id=uid(1)),
        a_case(1, item_name="演示事项:别的"),
    ],
    ids=["request", "number", "id", "changed"],
)
def test_another_case_never_takes_the_place_of_a_kept_one(store: SqlStore, rival: object) -> None:
    add(store, 1)
    with store.begin() as work, pytest.raises(StoreError):
        work.add_case(rival, a_receipt(rival))  # type: ignore[arg-type]
    with store.begin() as work:
        assert work.case_by_request("request-1") == a_case(1)
        assert work.count_cases(NOW) == 1


def test_platform_number_is_on_the_case_and_on_the_line(store: SqlStore) -> None:
    add(store, 1, 2)
    with store.begin() as work:
        work.set_platform_number(uid(2), "PF20261120001")
        work.set_platform_number("unknown", "PF0")
        work.commit()
    with store.begin() as work:
        case = work.case(uid(2))
        assert case is not None and case.platform_number == "PF20261120001"
        assert [line.platform_number for line in work.case_lines(5)] == ["PF20261120001", ""]


def test_lines_are_newest_first_and_limited(store: SqlStore) -> None:
    add(store, 2, 3, 1)
    with store.begin() as work:
        assert [line.case_id for line in work.case_lines(5)] == [uid(3), uid(2), uid(1)]
        assert [line.case_id for line in work.case_lines(2)] == [uid(3), uid(2)]
        assert work.case_lines(0) == () == work.case_lines(-1)


def test_search_by_number_item_and_names(store: SqlStore) -> None:
    add(store, 1, name="演示·张三")
    add(store, 2, item_name="演示事项:50%_折\\扣")
    add(store, 3, organisation=Organisation("演示有限公司"))
    one, two, three = (a_number(n) for n in (1, 2, 3))
    assert numbers_found(store, "张三") == [one]
    assert numbers_found(store, two[-8:].lower()) == [two]
    assert numbers_found(store, "有限公司") == [three]
    assert numbers_found(store, "居住证") == [three, one]
    assert numbers_found(store, " 居住证  张三 ") == [one]
    assert numbers_found(store, "没有的") == []
    assert numbers_found(store, "  ") == [three, two, one]


@pytest.mark.parametrize("text", ["%", "_", "\\", "50%_折\\扣"])
def test_signs_of_the_query_language_stand_for_themselves(store: SqlStore, text: str) -> None:
    add(store, 1)
    add(store, 2, item_name="演示事项:50%_折\\扣")
    assert numbers_found(store, text) == [a_number(2)]


@pytest.mark.parametrize("text", ["50__折", "居%证", "' OR 1=1 --", '"', "5\\0"])
def test_and_never_for_anything_else(store: SqlStore, text: str) -> None:
    add(store, 1)
    add(store, 2, item_name="演示事项:50%_折\\扣")
    assert numbers_found(store, text) == []


def test_a_line_masks_the_name_and_tells_upload_and_print(store: SqlStore) -> None:
    add(store, 1, 2, 3)
    with store.begin() as work:
        for n in (1, 2):
            work.add_message(a_message(n))
        work.update_message(a_message(1).done())
        work.add_message(a_message(9, uid(2), lane=Lane.DONE))
        work.add_print(a_job(1, state=PrintState.UNKNOWN))
        work.add_print(a_job(2, uid(1), state=PrintState.CONFIRMED, copy_no=2))
        work.commit()
    with store.begin() as work:
        third, second, first = work.case_lines(5)
    assert (first.uploaded, second.uploaded, third.uploaded) == (True, False, False)
    assert (first.print_state, third.print_state) == ("confirmed", "none")
    assert first.applicant_masked_name == "演" + "*" * 5
    assert first.operator_id == "D0001"


def test_counts_since(store: SqlStore) -> None:
    add(store, 1, 2, 3)
    with store.begin() as work:
        assert work.count_cases(NOW) == 3
        assert work.count_cases(NOW + timedelta(seconds=2)) == 2
        assert work.count_cases(NOW + timedelta(days=1)) == 0


def test_a_print_or_a_receipt_belongs_to_a_case(store: SqlStore) -> None:
    with store.begin() as work, pytest.raises(Exception, match="FOREIGN KEY"):
        work.add_print(a_job(7))


def test_error_messages_hold_no_personal_data(store: SqlStore) -> None:
    add(store, 1)
    with store.begin() as work, pytest.raises(StoreError) as caught:
        work.add_case(a_case(2, number=a_number(1)), a_receipt(a_case(1)))
    told = f"{caught.value!r} {caught.value.__cause__!r} {caught.value.__cause__}"
    assert "演示" not in told and "110105" not in told
