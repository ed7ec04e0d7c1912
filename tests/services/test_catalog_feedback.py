"""事项库问题反馈: stored with its message, on its way like a case, and its three working days."""

import json
from dataclasses import replace
from datetime import date

from app.domain.feedback import TOPIC
from app.domain.outbox import Lane
from app.errors import RejectedError
from app.services import catalog_feedback
from app.services.catalog_check import PAGE, CatalogCheck
from app.services.office import Office
from app.services.outbox_relay import relay
from tests.services.fakes import FakeCatalog, Hall, an_item


def test_three_working_days_by_the_schedule(hall: Hall, office: Office) -> None:
    """2026-11-20 is a Friday: Monday, Tuesday, Wednesday."""
    told = catalog_feedback.send(office, "D0001", an_item(), field="phone", rule="unsaid", text=" 没有电话 ")
    assert (told.due, told.provisional, told.text) == (date(2026, 11, 25), False, "没有电话")
    (line,) = catalog_feedback.listed(office)
    assert (line.lane, line.closed_at) == (Lane.PENDING, None)
    assert not line.overdue(date(2026, 11, 25)) and line.overdue(date(2026, 11, 26))


def test_it_leaves_with_the_relay_and_is_no_case(hall: Hall, office: Office) -> None:
    hall.gateway.down = True
    told = catalog_feedback.send(office, "D0001", an_item(), text="名称有误")
    assert relay(office).offline and catalog_feedback.listed(office)[0].lane is Lane.PENDING
    hall.gateway.down = False
    report = relay(office, everything=True)
    assert (report.uploaded, report.pending, report.offline) == (0, 0, False)
    sent = hall.gateway.kept[told.feedback_id]
    assert sent.topic == TOPIC and json.loads(sent.body)["feedback"]["text"] == "名称有误"
    assert catalog_feedback.listed(office)[0].lane is Lane.DONE


def test_a_refusal_is_kept_with_its_reason(hall: Hall, office: Office) -> None:
    hall.gateway.trouble = lambda message: RejectedError(reason="topic_unknown")
    catalog_feedback.send(office, "D0001", an_item())
    relay(office)
    (line,) = catalog_feedback.listed(office)
    assert (line.lane, line.reason) == (Lane.REJECTED, "topic_unknown")


def test_the_same_finding_is_told_once_until_it_is_answered(hall: Hall, office: Office) -> None:
    first = catalog_feedback.send(office, "D0001", an_item(), field="phone", rule="unsaid")
    assert catalog_feedback.send(office, "D0002", an_item(), field="phone", rule="unsaid") == first
    catalog_feedback.send(office, "D0001", an_item(), field="phone", rule="unsaid", text="另一件")
    catalog_feedback.close(office, "D0001", first.feedback_id)
    assert catalog_feedback.send(office, "D0001", an_item(), field="phone", rule="unsaid") != first
    lines = catalog_feedback.listed(office)
    assert [line.closed_at is None for line in lines] == [True, True, False]
    assert not lines[2].overdue(date(2027, 1, 1))


def test_the_check_goes_through_every_item_a_page_at_a_time(hall: Hall, office: Office) -> None:
    items = [
        replace(an_item(), code=f"13440000515356094L244010000{n:04d}", phone="1", department=f"第 {n % 3} 局")
        for n in range(250)
    ]
    office = replace(office, catalog=FakeCatalog(*items))
    check, steps = CatalogCheck(office), 0
    while check.step():
        steps += 1
    result = check.result()
    assert (steps, check.total, check.done, result.items) == (-(-250 // PAGE), 250, 250, 250)
    by_rule = {(g.rule, g.field): g.codes for g in result.groups}
    assert len(by_rule["uscc", ""]) == 1, "a body is told once, not once a page"
    assert len(by_rule["unsaid", "legal_basis"]) == 250 and ("unsaid", "phone") not in by_rule
    assert result.lines[items[7].code].name == "演示事项"
    group = next(g for g in result.groups if (g.rule, g.field) == ("unsaid", "legal_basis"))
    assert result.departments == ("第 0 局", "第 1 局", "第 2 局")
    assert [group.count_of(name) for name in ("", *result.departments, "没有的局")] == [250, 84, 83, 83, 0]
    assert set(group.first("第 1 局", 9)) == {item.code for item in items[1:27:3]}
    assert group.first("", 200) == group.codes[:200] and group.count == len(set(group.codes)) == 250


def test_an_empty_station_has_nothing_to_check(office: Office) -> None:
    check = CatalogCheck(replace(office, catalog=FakeCatalog()))
    assert not check.step() and check.result().groups == ()
