"""Commitment letters the lot fell on: asked for, found by one, decided by another."""

from datetime import date, timedelta

import pytest

from pooling.bindings import services as bindings
from pooling.bindings.models import Binding
from pooling.cases import documents
from pooling.cases import selectors as case_selectors
from pooling.cases import services as cases
from pooling.cases.models import Case
from pooling.cases.services import FourEyes, NotNow
from pooling.counter import inquiries
from pooling.counter import services as desk
from pooling.notices.models import Notice
from pooling.registry import auditing, due
from pooling.registry.auditing import NothingFound
from pooling.settlements import selectors as settlements
from tests import build

pytestmark = pytest.mark.django_db
AT = build.NOON
FIRST, SECOND = build.clerk(901), build.clerk(902)


@pytest.fixture
def payer():
    build.area(
        "999900",
        "试验市",
        evidence_accepted=["registry", "commitment"],
        commitment_audit_percent=100,
    )
    payer = build.employee("周兰", born="1980-04-01", gender="2", area="999900")
    build.personal_account(payer, prior=50_000, area="999900")
    return payer


@pytest.fixture
def friend(payer):
    return build.resident("王敏", born="1982-02-03", gender="2", area="999900")


@pytest.fixture
def binding(payer, friend):
    return build.active_binding(payer, friend, "77", registered=False)


def walk(on=build.TODAY):
    run = due.begin(on=on, by=due.RUN, at=AT)
    while due.step(run_id=run.pk, limit=10, by=due.RUN, at=AT):
        pass


@pytest.fixture
def case(binding):
    walk()
    return Case.objects.get(kind="audit")


def disproved(case):
    auditing.find(case_id=case.pk, finding="disproved", reason="户口不符", by=FIRST, at=AT)
    return desk.approve(case, remark="同意", by=SECOND, at=AT)


def test_the_lot_opens_one_case_with_a_deadline_and_no_second(case, binding, payer):
    assert (case.state, case.member_id, case.subject_id) == ("waiting", payer.pk, binding.pk)
    assert case.due_at > AT
    walk()
    assert Case.objects.filter(kind="audit").count() == 1


def test_proof_is_asked_for_and_the_member_brings_it(case, payer, settings, tmp_path):
    settings.UPLOADS = tmp_path
    desk.ask_more(case, items=["household_register"], remark="请上传", by=FIRST, at=AT)
    assert Notice.objects.get(member_id=payer.pk, kind="proof_asked").values["date"]
    build.paper(Case.objects.get(pk=case.pk))
    documents.hand_in(case_id=case.pk, by=build.member_actor(payer), at=AT)
    case.refresh_from_db()
    assert (case.state, case.reason_code) == ("waiting", "more_answered")


def test_who_does_not_answer_is_judged_by_people_not_by_time(case):
    desk.ask_more(case, items=["household_register"], remark="请上传", by=FIRST, at=AT)
    late = AT + cases.MORE_TIME + timedelta(hours=1)
    assert cases.expire_more(by=build.JOB, at=late) == 1
    assert cases.expire_more(by=build.JOB, at=late) == 0
    case.refresh_from_db()
    assert (case.state, case.reason_code) == ("waiting", "more_unanswered")


def test_the_member_cannot_take_the_audit_back(case, payer):
    with pytest.raises(NotNow, match="不能撤回"):
        cases.withdraw(case_id=case.pk, by=build.member_actor(payer), at=AT)


def test_nobody_decides_what_they_found_nor_what_nobody_found(case, binding):
    with pytest.raises(NothingFound):
        desk.approve(case, remark="同意", by=SECOND, at=AT)
    auditing.find(case_id=case.pk, finding="disproved", reason="户口不符", by=FIRST, at=AT)
    with pytest.raises(FourEyes):
        desk.approve(case, remark="同意", by=FIRST, at=AT)
    binding.refresh_from_db()
    assert binding.state == "active"
    with pytest.raises(NothingFound):
        auditing.find(case_id=case.pk, finding="perhaps", reason="不清楚", by=FIRST, at=AT)


def test_a_finding_can_be_sent_back(case):
    auditing.find(case_id=case.pk, finding="disproved", reason="户口不符", by=FIRST, at=AT)
    desk.turn_back(case, remark="再查", by=SECOND, at=AT)
    case.refresh_from_db()
    assert (case.state, case.answers_sealed) == ("waiting", None)


def test_a_true_letter_goes_on(case, binding, payer):
    auditing.find(case_id=case.pk, finding="confirmed", reason="户口簿相符", by=FIRST, at=AT)
    assert desk.approve(case, remark="同意", by=SECOND, at=AT).state == "approved"
    binding.refresh_from_db()
    assert binding.state == "active"
    assert Notice.objects.filter(member_id=payer.pk, kind="commitment_confirmed").exists()


def test_an_untrue_letter_ends_at_once_and_both_are_told(case, binding, payer, friend):
    assert disproved(case).state == "refused"
    binding.refresh_from_db()
    assert (binding.state, binding.ended_cause) == ("released", "commitment_disproved")
    told = Notice.objects.filter(kind="binding_ended_by_event")
    assert set(told.values_list("member_id", flat=True)) == {payer.pk, friend.pk}
    assert not Case.objects.filter(kind="misuse").exists()


def test_the_money_used_becomes_a_case_that_two_people_close(binding, payer, friend):
    clinic = build.institution(area="999900")
    kept = build.settle(friend, 3_000, place=clinic)
    undone = build.settle(friend, 2_000, place=clinic)
    build.reversal(undone)
    partly = build.settle(friend, 1_000, place=clinic)
    build.refund(partly, 400)
    walk()
    disproved(Case.objects.get(kind="audit"))
    case = Case.objects.get(kind="misuse")
    assert case.reason_values == {
        "amount_fen": 3_600,
        "relative": friend.pk,
        "settlements": [[kept.pk, 3_000], [partly.pk, 600]],
    }
    held = sum(each.fen for each in settlements.taken_by(binding.pk))
    auditing.note_outcome(
        case_id=case.pk, outcome="repaid_outside", reason="已退回专户", by=FIRST, at=AT
    )
    with pytest.raises(FourEyes):
        desk.approve(case, remark="同意", by=FIRST, at=AT)
    closed = desk.approve(case, remark="凭证相符", by=SECOND, at=AT)
    assert closed.state == "approved"
    noted = case_selectors.opened(closed)
    assert (noted["outcome"], noted["amount_fen"]) == ("repaid_outside", 3_600)
    assert sum(each.fen for each in settlements.taken_by(binding.pk)) == held


def test_a_letter_already_ended_is_disproved_all_the_same(binding, payer):
    bindings.release(binding_id=binding.pk, by=build.member_actor(payer), at=AT)
    walk()
    disproved(Case.objects.get(kind="audit"))
    binding.refresh_from_db()
    assert binding.ended_cause == "released_by_payer"


def test_only_letters_are_looked_into(payer):
    sister = build.resident("周敏", born="1985-02-03", gender="2", area="999900")
    build.active_binding(payer, sister, "77")
    walk(date(2026, 11, 21))
    assert Binding.objects.get().sampled is None
    assert not Case.objects.exists()


def test_the_report_counts_by_area(case):
    (row,) = inquiries.letters()
    assert (row.area, row.letters, row.sampled, row.waiting) == ("试验市", 1, 1, 1)
    disproved(case)
    (row,) = inquiries.letters()
    assert (row.waiting, row.confirmed, row.disproved) == (0, 0, 1)
