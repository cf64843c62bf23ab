"""A case goes from the member who fills it in to whoever or whatever decides it."""

import json
import re
from datetime import date, timedelta
from functools import partial

import pytest

from pooling.audit import selectors as trail
from pooling.audit.models import Event
from pooling.cases import selectors, services
from pooling.cases.models import Case, check_code
from pooling.counter import selectors as desk
from pooling.notices.models import Notice
from pooling.shared.errors import NotFound
from pooling.shared.periods import end_of
from tests import build
from tests.at_once import at_once

AT = build.NOON


@pytest.fixture
def applicant(db):
    return build.member("周兰")


@pytest.fixture
def draft(applicant):
    by = build.member_actor(applicant)
    return services.open(
        kind=Case.Kind.BIND, member_id=applicant.pk, answers={"name": "赵大"}, by=by, at=AT
    )


def submitted(case):
    return services.submit(case_id=case.pk, by=build.Actor.member(case.member_id), at=AT)


def test_a_case_number_can_be_read_out_on_the_phone(draft):
    assert re.fullmatch(r"GJ20261122-\d{6}", draft.number)


def test_answers_are_sealed_in_the_table_and_open_for_their_member(draft, applicant):
    stored = Case.objects.values_list("answers_sealed", flat=True).get(pk=draft.pk)
    assert "赵大".encode() not in bytes(stored)
    assert selectors.answers(applicant.pk, draft.pk) == {"name": "赵大"}


def test_answers_change_only_while_the_case_is_a_draft(draft, applicant):
    by = build.member_actor(applicant)
    services.update_answers(case_id=draft.pk, answers={"name": "赵二"}, by=by, at=AT)
    assert selectors.answers(applicant.pk, draft.pk) == {"name": "赵二"}
    submitted(draft)
    with pytest.raises(services.NotNow, match="不能再修改"):
        services.update_answers(case_id=draft.pk, answers={}, by=by, at=AT)


def test_a_waiting_case_has_a_deadline_and_a_reason_and_stands_in_the_queue(draft):
    submitted(draft)
    services.wait(case_id=draft.pk, reason_code="evidence_missing", by=build.JOB, at=AT)
    (row,) = desk.queue("waiting", "", AT)
    assert (row.number, row.member, row.overdue) == (draft.number, "周*", False)
    (later,) = desk.queue("waiting", "", AT + timedelta(days=10))
    assert later.overdue


@pytest.mark.parametrize(
    ("days", "promised"), [(0, "2026-11-22"), (1, "2026-11-23"), (7, "2026-12-01")]
)
def test_the_area_says_how_many_working_days_an_answer_takes(applicant, draft, days, promised):
    """From a Sunday: a day is promised whole, and week-ends do not count."""
    build.area("999900", handling_working_days=days)
    build.enrolment(applicant, area="999900")
    submitted(draft)
    case = services.wait(case_id=draft.pk, reason_code="reviewer_needed", by=build.JOB, at=AT)
    assert case.due_at == end_of(date.fromisoformat(promised))


def test_a_reviewer_approves_and_a_rule_may_decide_alone(draft, applicant):
    submitted(draft)
    by_rule = services.approve(
        case_id=draft.pk, rule="registry_relation", subject=applicant, by=build.JOB, at=AT
    )
    assert (by_rule.decided_by, by_rule.decided_by_rule) == ("", "registry_relation")
    assert by_rule.subject_id == applicant.pk

    waiting = services.open_waiting(
        kind=Case.Kind.SUSPENSE,
        member_id=applicant.pk,
        reason_code="owner_dead",
        reason_values={},
        by=build.JOB,
        at=AT,
    )
    by_person = services.approve(case_id=waiting.pk, by=build.clerk(), at=AT)
    assert (by_person.decided_by, by_person.decided_by_rule) == ("staff:901", "")


def test_nobody_decides_the_case_they_submitted(applicant):
    case = services.open(kind=Case.Kind.BIND, member_id=applicant.pk, by=build.clerk(), at=AT)
    services.submit(case_id=case.pk, by=build.clerk(), at=AT)
    with pytest.raises(services.FourEyes):
        services.approve(case_id=case.pk, by=build.clerk(), at=AT)
    assert services.approve(case_id=case.pk, by=build.clerk(902), at=AT).state == "approved"


def test_a_decided_case_stays_decided(draft):
    submitted(draft)
    services.refuse(case_id=draft.pk, reason_code="already_bound", by=build.clerk(), at=AT)
    with pytest.raises(services.NotNow, match="未通过"):
        services.approve(case_id=draft.pk, by=build.clerk(), at=AT)


@pytest.fixture
def waiting(draft):
    submitted(draft)
    return services.wait(case_id=draft.pk, reason_code="reviewer_needed", by=build.JOB, at=AT)


def ask(case, *, by=None, items=("marriage_certificate",), at=AT):
    by = by or build.clerk(902)
    return services.ask_more(case_id=case.pk, items=list(items), by=by, at=at)


def test_a_reviewer_asks_for_more_and_the_member_brings_it(waiting, applicant):
    asked = ask(waiting, items=["marriage_certificate", "a horse"])
    assert (asked.state, asked.asked_by) == ("more", "staff:902")
    assert asked.reason_values == {"items": ["marriage_certificate"]}
    assert asked.due_at == AT + services.MORE_TIME
    told = Notice.objects.get(member=applicant, kind="application_more")
    assert told.values == {"date": "2026-12-07"}

    by = build.member_actor(applicant)
    answered = services.answer_more(case_id=waiting.pk, by=by, at=AT)
    assert (answered.state, answered.answered_by) == ("waiting", by.name)
    assert answered.due_at == end_of(date(2026, 11, 27)), "five working days"


def test_more_is_never_nothing(waiting):
    with pytest.raises(services.NothingAsked):
        ask(waiting, items=["a horse"])


def test_only_the_member_or_a_clerk_for_them_completes_a_case(waiting, applicant):
    ask(waiting)
    for somebody in (build.member_actor(build.member("孙石")), build.clerk(), build.JOB):
        with pytest.raises(NotFound):
            services.answer_more(case_id=waiting.pk, by=somebody, at=AT)
    clerk = build.clerk(on_behalf_of=applicant)
    assert services.answer_more(case_id=waiting.pk, by=clerk, at=AT).state == "waiting"


def test_whoever_completed_a_case_cannot_decide_it(waiting, applicant):
    ask(waiting)
    clerk = build.clerk(on_behalf_of=applicant)
    services.answer_more(case_id=waiting.pk, by=clerk, at=AT)
    for verb in (services.approve, partial(services.refuse, reason_code="cannot_be_bound")):
        with pytest.raises(services.FourEyes):
            verb(case_id=waiting.pk, by=build.clerk(), at=AT)
    with pytest.raises(services.FourEyes):
        ask(waiting, by=build.clerk())
    assert services.approve(case_id=waiting.pk, by=build.clerk(902), at=AT).state == "approved"


def test_whoever_checked_an_original_cannot_decide(draft):
    seen = {"marriage_certificate", "applicant_id"}
    services.note_originals(case_id=draft.pk, seen=seen, by=build.clerk(), at=AT)
    submitted(draft)
    with pytest.raises(services.FourEyes):
        services.approve(case_id=draft.pk, by=build.clerk(), at=AT)


def test_originals_are_taken_back_while_a_draft_and_only_added_later(draft):
    def note(*seen):
        services.note_originals(case_id=draft.pk, seen=set(seen), by=build.clerk(), at=AT)
        return selectors.originals_of(draft.pk)

    assert note("applicant_id", "birth_certificate") == ["applicant_id", "birth_certificate"]
    assert note("applicant_id") == ["applicant_id"]
    submitted(draft)
    with pytest.raises(services.NotNow):
        note("birth_certificate")
    services.wait(case_id=draft.pk, reason_code="reviewer_needed", by=build.JOB, at=AT)
    ask(draft)
    assert note("birth_certificate") == ["applicant_id", "birth_certificate"]


def test_what_is_not_completed_in_time_is_refused_with_a_reason(waiting, applicant):
    ask(waiting)
    late = AT + services.MORE_TIME + timedelta(seconds=1)
    assert services.expire_more(by=build.JOB, at=AT + services.MORE_TIME) == 0
    assert services.expire_more(by=build.JOB, at=late) == 1
    assert services.expire_more(by=build.JOB, at=late) == 0
    case = Case.objects.get(pk=waiting.pk)
    assert (case.state, case.decided_by_rule) == ("refused", "more_time")
    assert case.reason_code == "more_not_brought"
    assert Notice.objects.filter(member=applicant, kind="application_refused").exists()


def test_an_agent_is_named_sealed_and_only_while_a_draft(draft):
    agent = {"name": "周小弟", "cert_type": "01", "cert_no": build.cert_no()}
    services.name_agent(case_id=draft.pk, agent=agent, by=build.clerk(), at=AT)
    stored = Case.objects.get(pk=draft.pk)
    assert "周小弟".encode() not in bytes(stored.agent_sealed)
    assert json.loads(stored.agent_text) == agent
    submitted(draft)
    with pytest.raises(services.NotNow):
        services.name_agent(case_id=draft.pk, agent=None, by=build.clerk(), at=AT)


def test_where_nobody_came_for_the_applicant_no_agent_stands_on_the_trail(draft):
    services.name_agent(case_id=draft.pk, agent=None, by=build.clerk(), at=AT)
    assert "cases.name_agent" not in [event.verb for event in trail.trail_of(draft)]
    agent = {"name": "周小弟", "cert_type": "01", "cert_no": build.cert_no()}
    services.name_agent(case_id=draft.pk, agent=agent, by=build.clerk(), at=AT)
    services.name_agent(case_id=draft.pk, agent=None, by=build.clerk(), at=AT)
    named = [each.detail for each in trail.trail_of(draft) if each.verb == "cases.name_agent"]
    assert named == [{"agent": True}, {"agent": False}]


def test_nobody_decides_on_their_own_proposal(applicant):
    case = services.open_waiting(
        kind=Case.Kind.SUSPENSE,
        member_id=applicant.pk,
        reason_code="owner_dead",
        reason_values={},
        by=build.JOB,
        at=AT,
    )
    services.propose(case_id=case.pk, answers={"way": "payout"}, by=build.clerk(), at=AT)
    with pytest.raises(services.FourEyes):
        services.approve(case_id=case.pk, by=build.clerk(), at=AT)
    assert services.approve(case_id=case.pk, by=build.clerk(902), at=AT).state == "approved"


def test_check_codes_are_unguessable_and_differ():
    codes = {check_code() for _each in range(200)}
    assert len(codes) == 200
    assert {len(code) for code in codes} == {16}


def test_a_member_withdraws_their_own_case_and_nobody_elses(draft, applicant):
    stranger = build.member("孙石")
    with pytest.raises(NotFound):
        services.withdraw(case_id=draft.pk, by=build.member_actor(stranger), at=AT)
    withdrawn = services.withdraw(case_id=draft.pk, by=build.member_actor(applicant), at=AT)
    assert withdrawn.state == Case.State.WITHDRAWN


def test_absent_and_not_yours_are_the_same_refusal(draft, applicant):
    stranger = build.member("孙石")
    refusals = []
    for asker, case_id in ((stranger.pk, draft.pk), (applicant.pk, draft.pk + 1)):
        with pytest.raises(NotFound) as refusal:
            selectors.owned(asker, pk=case_id)
        refusals.append((str(refusal.value), refusal.value.code, refusal.value.status))
    assert refusals[0] == refusals[1]


def test_the_list_of_a_member_takes_one_statement(draft, applicant, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert [row.number for row in selectors.for_member(applicant.pk)] == [draft.number]


def test_every_step_leaves_a_trace(draft):
    submitted(draft)
    services.wait(case_id=draft.pk, reason_code="evidence_missing", by=build.JOB, at=AT)
    trail = Event.objects.filter(subject_type="cases.case", subject_id=draft.pk)
    assert list(trail.order_by("pk").values_list("verb", flat=True)) == [
        "cases.open",
        "cases.submit",
        "cases.wait",
    ]


@pytest.mark.django_db(transaction=True)
def test_numbers_drawn_at_once_differ():
    numbers = at_once(*[lambda: services._number(AT)] * 4)
    assert {type(number) for number in numbers} == {str}
    assert len(set(numbers)) == 4
