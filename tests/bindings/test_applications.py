"""A member applies step by step; what a stranger may not learn is answered uniformly."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from procrastinate.contrib.django.models import ProcrastinateJob

from pooling.audit.models import Event
from pooling.bindings import jobs, selectors, services, texts
from pooling.bindings.answers import AnswerRefused
from pooling.bindings.models import Attempt, Binding
from pooling.bindings.services import Refused, Signing, applications
from pooling.cases import selectors as cases
from pooling.cases.models import Case
from pooling.cases.services import NotNow
from pooling.notices import selectors as notices
from pooling.shared.errors import NotFound
from pooling.shared.periods import business_date
from pooling.shared.work import database_clock
from tests import build

pytestmark = pytest.mark.django_db
AT = build.NOON


@pytest.fixture
def payer():
    return build.employee("周兰", born="1980-04-01", gender="2")


@pytest.fixture
def by_payer(payer):
    return build.member_actor(payer)


@pytest.fixture
def grandmother():
    return build.resident("赵秀英", born="1950-02-03", gender="2")


@pytest.fixture
def takes_commitments():
    return build.area(build.SHANGRAO, "上饶市", evidence_accepted=["registry", "commitment"])


def signing(at=AT):
    return Signing(texts.CURRENT, texts.fingerprint(texts.CURRENT), at)


def filled_in(by, person, *, code="52", at=AT, number=None, name=None, **limits):
    """Fill in all steps for a person and sign; return the draft."""
    case = applications.start(by=by, at=at)
    answer = {"case_id": case.pk, "by": by, "at": at}
    applications.answer(step="relation", values={"code": code}, **answer)
    who = {"name": name or person.name, "cert_no": number or person.cert_no}
    applications.answer(step="person", values=who, **answer)
    applications.answer(step="limits", values=limits, **answer)
    applications.sign(case_id=case.pk, signing=signing(at), by=by, at=at)
    return case


def apply(by, person, *, at=AT, **given):
    case = filled_in(by, person, at=at, **given)
    return applications.submit(case_id=case.pk, by=by, at=at)


def decide(outcome, at=AT):
    """Run the job that was enqueued, as the worker would."""
    case = Case.objects.get(number=outcome.case_number)
    return applications.decide(case_id=case.pk, by=build.JOB, at=at)


# --- a registered relative ----------------------------------------------------------------


def test_a_registered_relative_is_bound_at_once(payer, by_payer, grandmother):
    build.relation(payer, grandmother, "52")
    outcome = apply(by_payer, grandmother, cap_per_day_fen=20000, to_date=date(2027, 11, 22))
    assert outcome.kind == "active"
    binding = Binding.objects.get(pk=outcome.binding_id)
    assert (binding.cap_per_day_fen, binding.to_date) == (20000, date(2027, 11, 22))
    assert binding.text_version == texts.CURRENT
    case = cases.by_number(payer.pk, outcome.case_number)
    assert (case.state_code, case.subject_id) == ("approved", binding.pk)
    assert not ProcrastinateJob.objects.exists()


def test_where_the_relative_must_agree_they_are_asked(payer, by_payer, grandmother):
    build.area(build.SHANGRAO, relative_confirms=True)
    build.relation(payer, grandmother, "52")
    outcome = apply(by_payer, grandmother)
    assert outcome.kind == "proposed"
    (told,) = notices.inbox(grandmother.pk)
    assert told.sentence.startswith("周*申请为您开通家庭共济，等待您确认")
    row = selectors.get_for(grandmother.pk, outcome.binding_id, build.TODAY)
    assert (row.other_name, row.may) == ("周*", ("confirm", "refuse", "block"))
    mine = selectors.get_for(payer.pk, outcome.binding_id, build.TODAY)
    assert (mine.other_name, mine.may) == ("赵秀英", ("withdraw",))


def test_a_precise_refusal_leaves_the_draft_to_be_mended(payer, by_payer, grandmother):
    build.relation(payer, grandmother, "52")
    grandmother.enrolments.update(status="2")
    case = filled_in(by_payer, grandmother)
    with pytest.raises(Refused, match="正常参保"):
        applications.submit(case_id=case.pk, by=by_payer, at=AT)
    case.refresh_from_db()
    assert case.state == "draft"
    assert not Event.objects.filter(verb="cases.submit").exists()


def test_the_draft_waits_on_the_server(payer, by_payer, grandmother):
    case = applications.start(by=by_payer, at=AT)
    applications.answer(case_id=case.pk, step="relation", values={"code": "52"}, by=by_payer, at=AT)
    resumed = applications.start(by=by_payer, at=AT + timedelta(days=9))
    assert resumed.pk == case.pk
    assert cases.answers(payer.pk, case.pk)["relation"] == {"code": "52", "kind": "parent"}


def test_a_changed_answer_voids_the_signature(by_payer, grandmother):
    case = filled_in(by_payer, grandmother)
    applications.answer(
        case_id=case.pk, step="limits", values={"cap_per_day_fen": 1}, by=by_payer, at=AT
    )
    with pytest.raises(Refused) as refused:
        applications.submit(case_id=case.pk, by=by_payer, at=AT)
    assert refused.value.code == "not_signed"


def test_another_relation_keeps_the_person_only_if_they_still_fit(payer, by_payer, grandmother):
    case = filled_in(by_payer, grandmother)
    answer = {"case_id": case.pk, "step": "relation", "by": by_payer, "at": AT}
    assert "person" in applications.answer(values={"code": "62"}, **answer)
    assert "person" not in applications.answer(values={"code": "30"}, **answer)
    with pytest.raises(Refused) as refused:
        applications.submit(case_id=case.pk, by=by_payer, at=AT)
    assert refused.value.code == "unfinished"


def test_an_old_text_cannot_be_signed(by_payer, grandmother):
    case = filled_in(by_payer, grandmother)
    old = Signing(texts.PAPER, texts.fingerprint(texts.PAPER), AT)
    with pytest.raises(Refused, match="重新签署"):
        applications.sign(case_id=case.pk, signing=old, by=by_payer, at=AT)


def test_nobody_fills_in_somebody_elses_application(by_payer, grandmother):
    case = filled_in(by_payer, grandmother)
    stranger = build.member_actor(build.employee("孙石"))
    for verb in (applications.submit, applications.withdraw):
        with pytest.raises(NotFound):
            verb(case_id=case.pk, by=stranger, at=AT)


# --- wrong answers ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("step", "values", "field", "code"),
    [
        ("relation", {"code": "53"}, "code", "in_law_not_allowed"),
        ("relation", {"code": "xx"}, "code", "relation_unknown"),
        ("person", {"name": "", "cert_no": "1"}, "name", "answer_refused"),
        ("person", {"name": "赵", "cert_no": "100101195002030021"}, "cert_no", None),
        ("limits", {"cap_per_day_fen": -1}, "cap_per_day_fen", "cap_negative"),
        ("limits", {"from_date": date(2026, 11, 21)}, "from_date", "period_past"),
        ("limits", {"to_date": date(2026, 11, 22)}, "to_date", "period_reversed"),
        ("limits", {"uses": ["gambling"]}, "uses", "uses_not_allowed"),
        ("elsewhere", {}, "step", "answer_refused"),
    ],
)
def test_a_wrong_answer_names_its_field(by_payer, step, values, field, code):
    case = applications.start(by=by_payer, at=AT)
    with pytest.raises(AnswerRefused) as refused:
        applications.answer(case_id=case.pk, step=step, values=values, by=by_payer, at=AT)
    assert list(refused.value.details) == [field]
    if code:
        assert refused.value.code == code


def test_the_number_must_fit_the_relation(payer, by_payer):
    case = applications.start(by=by_payer, at=AT)
    answer = {"case_id": case.pk, "by": by_payer, "at": AT}
    applications.answer(step="relation", values={"code": "52"}, **answer)
    for number, what in (
        (build.cert_no("1950-02-03", "1"), "implausible_sex"),
        (build.cert_no("1990-02-03", "2"), "implausible_elder_not_older"),
        (payer.cert_no, "oneself"),
    ):
        with pytest.raises(AnswerRefused) as refused:
            applications.answer(step="person", values={"name": "赵", "cert_no": number}, **answer)
        assert refused.value.code == what


# --- somebody the registry does not know as a relative ------------------------------------


def strangers():
    """Return who may stand behind a number, each with how they came to be so."""
    insured = build.resident("赵秀英", born="1950-02-03", gender="2")
    uninsured = build.member("赵秀英", born="1950-02-03", gender="2")
    bound = build.resident("赵秀英", born="1950-02-03", gender="2")
    build.active_binding(build.employee("周海"), bound)
    return {"insured": insured, "uninsured": uninsured, "already bound": bound}


def test_the_answer_and_its_cost_are_the_same_whoever_is_named():
    build.area(
        build.SHANGRAO, evidence_accepted=["registry", "commitment"], max_payers_per_relative=1
    )
    unknown = {"name": "赵秀英", "cert_no": build.cert_no("1950-02-03", "2")}
    named = {"nobody": unknown} | {
        what: {"name": person.name, "cert_no": person.cert_no}
        for what, person in strangers().items()
    }
    seen = {}
    for what, person in named.items():
        by = build.member_actor(build.employee("周兰", born="1980-04-01", gender="2"))
        with CaptureQueriesContext(connection) as filling:
            case = filled_in(by, None, name=person["name"], number=person["cert_no"])
        with CaptureQueriesContext(connection) as submitting:
            outcome = applications.submit(case_id=case.pk, by=by, at=AT)
        row = cases.by_number(case.member_id, outcome.case_number)
        shown = (outcome.kind, outcome.binding_id, row.state, row.reason_code, row.reason_values)
        seen[what] = (shown, len(filling), len(submitting))
        told = Event.objects.filter(actor_id=case.member_id).order_by("pk")
        seen[what] += (list(told.values_list("verb", flat=True)),)
    assert len({repr(answer) for answer in seen.values()}) == 1, seen
    assert seen["nobody"][0][0] == "submitted"


def test_a_wrong_name_is_answered_like_an_unknown_number(by_payer, payer, grandmother):
    build.relation(payer, grandmother, "52")
    assert apply(by_payer, grandmother, name="赵桂英").kind == "submitted"


def test_a_refusal_about_the_asker_alone_is_told_at_once(by_payer, payer, takes_commitments):
    grandmother = build.resident("赵秀英", born="1950-02-03", gender="2")
    case = filled_in(by_payer, grandmother)
    payer.enrolments.update(status="4")
    with pytest.raises(Refused, match="已终止"):
        applications.submit(case_id=case.pk, by=by_payer, at=AT)
    assert not Attempt.objects.exists()
    with pytest.raises(AnswerRefused, match="已终止"):
        apply(by_payer, grandmother)


def test_submitting_enqueues_one_job_in_the_same_transaction(by_payer, grandmother):
    outcome = apply(by_payer, grandmother)
    job = ProcrastinateJob.objects.get()
    case = Case.objects.get(number=outcome.case_number)
    assert (job.task_name, job.args) == ("bindings.decide", {"case_id": case.pk})
    assert jobs.decide.name == "bindings.decide"


def test_a_commitment_is_decided_by_the_job_where_the_area_takes_it(
    payer, by_payer, grandmother, takes_commitments
):
    outcome = apply(by_payer, grandmother)
    case = decide(outcome)
    assert (case.state, case.decided_by_rule) == ("approved", "evidence_accepted:commitment")
    binding = Binding.objects.get()
    assert (binding.state, binding.proof) == ("active", "commitment")
    for side in (payer, grandmother):
        assert "已生效" in notices.inbox(side.pk)[0].sentence
    assert decide(outcome).state == "approved", "a job that runs twice decides once"
    assert Binding.objects.count() == 1


def test_every_refusal_reads_the_same_and_the_trail_keeps_the_true_one():
    build.area(
        build.SHANGRAO, evidence_accepted=["registry", "commitment"], max_payers_per_relative=1
    )
    people = strangers() | {"nobody": None}
    people.pop("insured")
    read = set()
    for person in people.values():
        asker = build.employee("周兰", born="1980-04-01", gender="2")
        number = person.cert_no if person else build.cert_no("1950-02-03", "2")
        outcome = apply(build.member_actor(asker), None, name="赵秀英", number=number)
        decide(outcome)
        row = cases.by_number(asker.pk, outcome.case_number)
        (told,) = notices.inbox(asker.pk)
        read.add((row.state, row.reason_code, repr(row.reason_values), told.sentence))
    assert len(read) == 1, read
    because = Event.objects.filter(verb="bindings.refuse_application").order_by("pk")
    assert [event.detail["because"] for event in because] == [
        "relative_not_insured",
        "max_payers",
        "unknown_person",
    ]


def test_where_only_the_registry_counts_a_reviewer_decides_whoever_is_named(by_payer):
    outcome = apply(by_payer, None, name="赵秀英", number=build.cert_no("1950-02-03", "2"))
    case = decide(outcome)
    assert (case.state, case.reason_code) == ("waiting", "reviewer_needed")
    (told,) = notices.inbox(case.member_id)
    assert "工作人员" in told.sentence


def test_whoever_is_asked_about_learns_it_and_can_block(
    payer, by_payer, grandmother, takes_commitments
):
    grandmother.enrolments.update(status="2")
    decide(apply(by_payer, grandmother))
    (told,) = notices.inbox(grandmother.pk)
    assert (told.kind, told.asker_id) == ("somebody_asked", payer.pk)

    by_grandmother = build.member_actor(grandmother)
    services.block(payer_id=told.asker_id, by=by_grandmother, at=AT)
    assert selectors.blocked_by(grandmother.pk) == [(payer.pk, "周*")]
    grandmother.enrolments.update(status="1")
    case = decide(apply(by_payer, grandmother))
    assert (case.state, case.reason_code) == ("refused", "cannot_be_bound")
    assert len(notices.inbox(grandmother.pk)) == 1, "a blocked asker is heard no more"

    services.unblock(payer_id=payer.pk, by=by_grandmother, at=AT)
    assert decide(apply(by_payer, grandmother)).state == "approved"


def test_only_somebody_who_asked_can_be_blocked(payer, grandmother):
    with pytest.raises(NotFound):
        services.block(payer_id=payer.pk, by=build.member_actor(grandmother), at=AT)
    with pytest.raises(NotFound):
        services.block(payer_id=payer.pk + 99, by=build.member_actor(grandmother), at=AT)


def test_blocking_refuses_what_was_proposed(payer, by_payer, grandmother):
    build.area(build.SHANGRAO, relative_confirms=True)
    build.relation(payer, grandmother, "52")
    outcome = apply(by_payer, grandmother)
    services.block(payer_id=payer.pk, by=build.member_actor(grandmother), at=AT)
    row = selectors.get_for(payer.pk, outcome.binding_id, build.TODAY)
    assert (row.state_code, row.may) == ("refused", ())
    with pytest.raises(Refused, match="不接受"):
        apply(by_payer, grandmother)


def test_five_attempts_a_day(by_payer):
    for _each in range(applications.ATTEMPTS_A_DAY):
        apply(by_payer, None, name="赵秀英", number=build.cert_no("1950-02-03", "2"))
    one_more = {"name": "赵秀英", "number": build.cert_no("1950-02-03", "2")}
    with pytest.raises(applications.TooMany) as refused:
        apply(by_payer, None, **one_more)
    assert refused.value.status == 429
    tomorrow = AT + timedelta(hours=12)
    assert apply(by_payer, None, at=tomorrow, **one_more).kind == "submitted"


def test_the_same_person_is_not_asked_about_twice_at_a_time(by_payer, grandmother):
    first = apply(by_payer, grandmother)
    with pytest.raises(Refused, match="不必重复提交"):
        apply(by_payer, grandmother)
    case = Case.objects.get(number=first.case_number)
    applications.withdraw(case_id=case.pk, by=by_payer, at=AT)
    assert apply(by_payer, grandmother).kind == "submitted"


def test_three_requests_about_one_person_are_enough(grandmother):
    outcomes = []
    for name in ("周兰", "周海", "周红", "周明"):
        asker = build.employee(name, born="1980-04-01")
        outcomes.append(decide(apply(build.member_actor(asker), grandmother)).state)
    assert outcomes == ["waiting", "waiting", "waiting", "refused"]


def test_a_withdrawn_application_is_not_decided(by_payer, grandmother, takes_commitments):
    outcome = apply(by_payer, grandmother)
    case = Case.objects.get(number=outcome.case_number)
    applications.withdraw(case_id=case.pk, by=by_payer, at=AT)
    assert decide(outcome).state == "withdrawn"
    assert not Binding.objects.exists()
    with pytest.raises(NotNow):
        applications.submit(case_id=case.pk, by=by_payer, at=AT)


def test_a_decision_on_a_later_day_begins_on_that_day(by_payer, grandmother, takes_commitments):
    outcome = apply(by_payer, grandmother)
    decide(outcome, at=AT + timedelta(days=3))
    assert Binding.objects.get().from_date == date(2026, 11, 25)


def test_no_number_is_kept_outside_the_sealed_answers(by_payer, grandmother):
    apply(by_payer, grandmother)
    with connection.cursor() as cursor:
        for table in ("cases_case", "bindings_attempt", "audit_event", "procrastinate_jobs"):
            cursor.execute(
                f"SELECT count(*) FROM {table} t WHERE t::text LIKE %s",
                [f"%{grandmother.cert_no}%"],
            )
            assert cursor.fetchone() == (0,), table


@pytest.mark.django_db(transaction=True)
def test_the_worker_decides_and_ends_in_units_of_work_of_its_own():
    build.area(build.SHANGRAO, evidence_accepted=["commitment"])
    asker = build.employee("周兰", born="1980-04-01", gender="2")
    grandmother = build.resident("赵秀英", born="1950-02-03", gender="2")
    now = database_clock()
    apply(build.member_actor(asker), grandmother, at=now)
    jobs.decide(case_id=Case.objects.get().pk)
    binding = Binding.objects.get()
    assert binding.state == "active"
    Binding.objects.update(from_date=date(2020, 1, 1), to_date=business_date(now))
    jobs.expire_due()
    binding.refresh_from_db()
    assert binding.state == "expired"
