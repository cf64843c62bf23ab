"""A death, a divorce, a relation that never was: on a paper, by two people, and the bill knows."""

from datetime import date, timedelta

import pytest

from accounts.models import Member
from pooling.bindings import services as bindings
from pooling.cases.models import Case
from pooling.cases.services import FourEyes
from pooling.counter import services as desk
from pooling.registry import corrections
from pooling.registry.corrections import NothingToCorrect
from tests import build
from tests.settlements.couple import husband, wife
from tests.settlements.test_relation_ends import asked

__all__ = ["husband", "wife"]
pytestmark = pytest.mark.django_db
AT, DAY = build.NOON, build.TODAY
FIRST, SECOND = build.clerk(901), build.clerk(902)


@pytest.fixture
def clinic():
    build.area(evidence_accepted=["registry", "commitment"])
    return build.institution(area="999900")


@pytest.fixture
def married(husband, wife):
    build.relation(husband, wife, "12")
    return build.active_binding(husband, wife, "12")


def report(event, member, other=None, *, paper="finding", day=DAY) -> Case:
    return desk.report(
        event=event,
        member_id=member.pk,
        other_id=other and other.pk,
        day=day,
        paper=paper,
        paper_no="2026-001",
        by=FIRST,
        at=AT,
    )


def reported_and_believed(*given, **facts):
    desk.approve(report(*given, **facts), remark="材料相符", by=SECOND, at=AT)


def pays(wife, clinic):
    return asked(build.settle(wife, 100, place=clinic))


def test_nothing_changes_before_a_second_person_agrees(husband, wife, married, clinic):
    case = report("death", husband, paper="death_certificate")
    assert case.state == "waiting"
    assert pays(wife, clinic) == ("covered", 100)
    with pytest.raises(FourEyes):
        desk.approve(case, remark="同意", by=FIRST, at=AT)
    assert Member.objects.get(pk=husband.pk).died_on is None
    desk.approve(case, remark="死亡证明相符", by=SECOND, at=AT)
    assert pays(wife, clinic) == ("payer_dead", 0)


def test_a_divorce_on_record(husband, wife, married, clinic):
    reported_and_believed("divorce", wife, husband, paper="divorce_certificate")
    assert husband.relations.get(relative=wife).to_date == DAY
    assert wife.relations.get(relative=husband).to_date == DAY
    assert pays(wife, clinic) == ("relation_ended", 0)
    bindings.follow(after_id=0, limit=9, on=DAY, by=build.JOB, at=AT)
    married.refresh_from_db()
    assert married.ended_cause == "marriage_ended"


def test_a_divorce_of_which_only_a_promise_tells(husband, wife, clinic):
    binding = build.active_binding(husband, wife, "12", registered=False)
    reported_and_believed("divorce", husband, wife, paper="divorce_certificate")
    binding.refresh_from_db()
    assert binding.ended_cause == "marriage_ended"


@pytest.mark.parametrize("registered", [True, False])
def test_a_relation_that_never_was(husband, wife, clinic, registered):
    binding = build.active_binding(husband, wife, "77", registered=registered)
    reported_and_believed("disproof", husband, wife)
    binding.refresh_from_db()
    assert binding.ended_cause == "relation_disproved"
    assert not husband.relations.filter(to_date=None).exists()


def test_a_report_can_be_turned_down(husband, clinic):
    case = report("death", husband, paper="death_certificate")
    desk.refuse(case, reason_code="papers_do_not_prove", remark="不是本人", by=SECOND, at=AT)
    assert Member.objects.get(pk=husband.pk).died_on is None
    with pytest.raises(ValueError, match="because"):
        corrections.turn_down(case_id=case.pk, reason_code="because", by=SECOND, at=AT)


def test_what_cannot_be_is_refused_at_once(husband, wife, married):
    stranger = build.resident("孙丽", area="999900")
    for given, facts in (
        (("death", husband), {"paper": "divorce_certificate"}),
        (("death", husband), {"day": DAY + timedelta(days=1)}),
        (("death", husband), {"day": date(1970, 1, 1)}),
        (("divorce", husband), {}),
        (("divorce", husband, husband), {}),
        (("divorce", husband, stranger), {}),
        (("divorce", husband, wife), {"day": date(2015, 5, 20)}),
        (("disproof", husband, stranger), {}),
    ):
        with pytest.raises(NothingToCorrect):
            report(*given, **facts)
    assert not Case.objects.exists()


def test_nobody_dies_twice(husband):
    first, second = (report("death", husband) for _time in range(2))
    desk.approve(first, remark="相符", by=SECOND, at=AT)
    with pytest.raises(NothingToCorrect, match="不必重复"):
        desk.approve(second, remark="相符", by=SECOND, at=AT)


def test_a_derived_relation_is_put_right_where_it_is_wrong(husband, clinic):
    mother = build.resident("赵秀英", born="1955-02-03", gender="2", area="999900")
    child = build.resident("王小雨", born="2010-05-01", gender="2", area="999900")
    build.relation(husband, mother, "52")
    build.relation(husband, child, "30")
    with pytest.raises(NothingToCorrect, match="其中错误的那一层"):
        report("disproof", mother, child)
