"""What an area says about binding, kept by the verbs: made, changed, confirmed and ended."""

from datetime import date, timedelta

import pytest

from pooling.bindings import selectors, services
from pooling.bindings.models import Binding
from pooling.bindings.services import Limits, Refused, applications
from pooling.cases.models import Case
from tests import build
from tests.at_once import at_once, codes
from tests.bindings.test_applications import apply, decide
from tests.bindings.test_authorise import authorise, refusal

pytestmark = pytest.mark.django_db
AT = build.NOON
HERE = build.SHANGRAO


@pytest.fixture
def payer():
    return build.employee("周兰", born="1980-04-01", gender="2")


@pytest.fixture
def by_payer(payer):
    return build.member_actor(payer)


@pytest.fixture
def mother(payer):
    person = build.resident("赵秀英", born="1950-02-03", gender="2")
    build.relation(payer, person, "52")
    return person


def sister(payer, name="周梅"):
    person = build.resident(name, born="1978-04-01", gender="2")
    build.relation(payer, person, "75")
    return person


def release(binding, at=AT):
    return services.release(binding_id=binding.pk, by=build.Actor.member(binding.payer_id), at=at)


# --- how many, how often, how soon --------------------------------------------------------


def test_one_father_one_mother_and_no_second_of_either(payer, mother):
    build.area(HERE, "上饶市", max_per_role={"father": 1, "mother": 1})
    father = build.resident("周建国", born="1948-02-03")
    step_mother = build.resident("钱芳", born="1955-02-03", gender="2")
    build.relation(payer, father, "51")
    build.relation(payer, step_mother, "58")
    authorise(payer, mother)
    authorise(payer, father, "51")
    refused = refusal(payer, step_mother, "58")
    assert (refused.code, refused.rule.name) == ("max_per_role", "max_per_role")
    assert "“母亲”最多为 1 位" in str(refused)


def test_a_general_word_for_a_parent_does_not_make_a_second_mother(payer, mother):
    build.area(HERE, evidence_accepted=["commitment", "registry"], max_per_role={"mother": 1})
    authorise(payer, mother)
    another = build.resident("钱芳", born="1955-02-03", gender="2")
    refused = refusal(payer, another, "50", proof="documented")
    assert refused.code == "max_per_role"


def test_whoever_was_released_still_counts_for_a_lifetime_but_may_come_back(payer, mother):
    build.area(HERE, max_relatives_lifetime=1)
    release(authorise(payer, mother))
    refused = refusal(payer, sister(payer), "75")
    assert (refused.code, refused.rule.name) == ("max_lifetime", "max_relatives_lifetime")
    assert authorise(payer, mother).state == "active"


def test_the_last_change_of_a_year_is_never_refused_to_who_releases(payer, mother):
    build.area(HERE, max_changes_per_year=3)
    first = authorise(payer, mother)
    release(first)
    second = authorise(payer, mother)
    refused = refusal(payer, sister(payer), "75")
    assert refused.code == "max_changes"
    assert "2027年1月1日起" in refused.remedy
    assert release(second).state == "released"
    new_year = build.moment("2027-01-01 00:00")
    assert authorise(payer, mother, at=new_year, signing=build.signing(at=new_year))


def test_the_same_pair_waits_and_another_does_not(payer, mother):
    build.area(HERE, rebind_wait_days=30)
    release(authorise(payer, mother))
    with pytest.raises(Refused) as refused:
        authorise(payer, mother, at=AT + timedelta(days=29))
    assert (refused.value.code, refused.value.details["date"]) == ("rebind_too_soon", "2026-12-22")
    assert authorise(payer, sister(payer), "75").state == "active"
    assert authorise(payer, mother, at=AT + timedelta(days=30)).state == "active"


def test_a_lock_keeps_both_from_releasing_but_not_from_stopping(payer, mother, by_payer):
    build.area(HERE, lock_days=90)
    binding = authorise(payer, mother)
    by_mother = build.member_actor(mother)
    last, free = AT + timedelta(days=89), AT + timedelta(days=90)
    for by in (by_payer, by_mother, build.clerk(on_behalf_of=payer)):
        with pytest.raises(Refused) as refused:
            services.release(binding_id=binding.pk, by=by, at=last)
        assert (refused.value.code, refused.value.rule.name) == ("release_locked", "lock_days")
        assert "2027年2月20日起可以解除" in refused.value.remedy
    services.freeze(binding_id=binding.pk, by=by_payer, at=last)
    services.decline(binding_id=binding.pk, by=by_mother, at=last)
    locked = selectors.get_for(payer.pk, binding.pk, last.date())
    assert ("release" in locked.may, locked.locked_until) == (False, free.date())
    open_again = selectors.get_for(payer.pk, binding.pk, free.date())
    assert ("release" in open_again.may, open_again.locked_until) == (True, None)
    assert services.release(binding_id=binding.pk, by=by_mother, at=free).state == "released"


# --- who ----------------------------------------------------------------------------------


def test_who_is_paid_for_does_not_pay_and_the_other_way_round(payer, mother):
    build.area(HERE, payer_may_be_relative=False)
    brother = build.employee("周海", born="1978-01-01")
    build.relation(payer, brother, "71")
    build.active_binding(brother, payer, "77")
    refused = refusal(payer, mother)
    assert (refused.code, refused.rule.name) == ("payer_is_relative", "payer_may_be_relative")
    aunt = build.employee("赵梅", born="1970-01-01", gender="2")
    build.relation(aunt, brother, "70")
    assert refusal(aunt, brother, "70").code == "relative_is_payer"


def test_a_proposal_nobody_agreed_to_bars_nobody(payer, mother):
    build.area(HERE, payer_may_be_relative=False, relative_confirms=True)
    brother = build.employee("周海", born="1978-01-01")
    build.relation(payer, brother, "71")
    proposed = authorise(brother, payer, "77")
    given = authorise(payer, mother)
    services.confirm(binding_id=given.pk, by=build.member_actor(mother), at=AT)
    with pytest.raises(Refused) as refused:
        services.confirm(binding_id=proposed.pk, by=build.member_actor(payer), at=AT)
    assert refused.value.code == "relative_is_payer"


def test_excluded_classes_neither_pay_nor_are_paid_for(mother):
    build.area(HERE, "上饶市", excluded_payer_types=["13"], excluded_relative_types=["1602"])
    retired = build.member("周红", born="1979-04-01", gender="2")
    build.enrolment(retired, "310", psn_type="13")
    build.relation(retired, mother, "52")
    refused = refusal(retired, mother)
    assert refused.code == "payer_type_excluded"
    assert "“离休人员”" in str(refused)
    supported = build.member("周建国", born="1948-02-03")
    build.enrolment(supported, "390", psn_type="1602")
    payer = build.employee("周兰", born="1980-04-01", gender="2")
    build.relation(payer, supported, "51")
    assert refusal(payer, supported, "51").code == "relative_type_excluded"


# --- consent, proof, period, caps ---------------------------------------------------------


@pytest.mark.parametrize(("born", "state"), [("2008-11-23", "active"), ("2008-11-22", "proposed")])
def test_who_is_old_enough_is_asked(payer, born, state):
    build.area(HERE, relative_confirms=True, confirms_from_age=18, confirms_for=["child"])
    child = build.resident("周小雨", born=born, gender="2")
    build.relation(payer, child, "30")
    assert authorise(payer, child, "30").state == state


def test_kinds_that_need_not_agree_are_bound_at_once(payer, mother):
    build.area(HERE, relative_confirms=True, confirms_for=["child"])
    assert authorise(payer, mother).state == "active"


def test_where_it_counts_from_the_next_day_it_cannot_end_on_it(payer, mother):
    build.area(HERE, binding_counts="next_day")
    build.activated_long_ago(mother)
    tomorrow = AT.date() + timedelta(days=1)
    assert refusal(payer, mother, to_date=tomorrow).code == "period_reversed"
    binding = authorise(payer, mother)
    assert (binding.state, binding.bound_at, binding.from_date) == ("active", AT, tomorrow)
    row = selectors.get_for(payer.pk, binding.pk, AT.date())
    assert row.state_code == "not_begun"


def test_consent_counts_from_the_day_after_it_too(payer, mother):
    build.area(HERE, binding_counts="next_day", relative_confirms=True)
    proposed = authorise(payer, mother)
    agreed = services.confirm(
        binding_id=proposed.pk, by=build.member_actor(mother), at=AT + timedelta(days=3)
    )
    assert agreed.from_date == date(2026, 11, 26)


def test_an_authorisation_lasts_no_longer_than_the_area_allows_also_later(payer, mother, by_payer):
    build.area(HERE, max_validity_months=12, end_date_required=True)
    assert refusal(payer, mother).code == "validity_too_long"
    assert refusal(payer, mother, to_date=date(2027, 11, 23)).code == "validity_too_long"
    binding = authorise(payer, mother, to_date=date(2027, 11, 22))
    later = Limits(to_date=date(2028, 1, 1))
    with pytest.raises(Refused) as refused:
        services.change_limits(
            binding_id=binding.pk, limits=later, by=by_payer, at=AT + timedelta(days=60)
        )
    assert "2027年11月22日" in refused.value.remedy


def test_caps_are_those_the_area_offers_and_one_of_them(payer, mother, by_payer):
    build.area(HERE, "上饶市", caps_offered=["month", "all_month"], caps_required=True)
    assert refusal(payer, mother).code == "cap_required"
    refused = refusal(payer, mother, cap_per_day_fen=100)
    assert (refused.code, refused.rule.name) == ("cap_not_offered", "caps_offered")
    binding = authorise(payer, mother, cap_per_month_fen=100)
    with pytest.raises(Refused) as refused:
        services.change_limits(binding_id=binding.pk, limits=Limits(), by=by_payer, at=AT)
    assert refused.value.code == "cap_required"
    with pytest.raises(Refused) as refused:
        services.set_payer_caps(cap_per_year_fen=1, by=by_payer, at=AT)
    assert "所有家人合计每年上限" in str(refused.value)
    assert services.set_payer_caps(cap_per_month_fen=1, by=by_payer, at=AT).cap_per_month_fen == 1


# --- doors --------------------------------------------------------------------------------


def test_a_stranger_is_told_only_what_rests_on_themselves(payer, by_payer, mother):
    build.area(
        HERE,
        evidence_accepted=["commitment", "registry"],
        max_relatives_lifetime=1,
        excluded_relative_types=["15"],
    )
    unknown = build.resident("钱芳", born="1956-02-03", gender="2")
    outcome = apply(by_payer, unknown, code="52")
    assert outcome.kind == "submitted"
    assert decide(outcome).reason_code == "cannot_be_bound"
    build.area(HERE, "上饶市", since="2021-01-01", max_relatives_lifetime=1)
    release(authorise(payer, mother))
    with pytest.raises(Refused) as refused:
        apply(by_payer, unknown, code="52")
    assert refused.value.code == "max_lifetime"


def test_whom_the_payer_bound_before_is_known_by_the_number_they_type(payer, by_payer):
    build.area(HERE, evidence_accepted=["commitment"], rebind_wait_days=30)
    aunt = build.resident("钱芳", born="1956-02-03", gender="2")
    binding = authorise(payer, aunt, "52", proof="commitment")
    release(binding)
    with pytest.raises(Refused) as refused:
        apply(by_payer, aunt, code="52", at=AT)
    assert refused.value.code == "rebind_too_soon"


def test_where_the_registry_is_not_enough_the_signed_promise_is_offered(payer, by_payer, mother):
    build.area(HERE, evidence_accepted=["commitment"])
    outcome = apply(by_payer, mother)
    assert outcome.kind == "active"
    assert Binding.objects.get(pk=outcome.binding_id).proof == "commitment"


def test_where_papers_alone_prove_it_even_a_registered_relative_waits(payer, by_payer, mother):
    build.area(HERE, evidence_by_relation={"parent": ["document"]})
    outcome = apply(by_payer, mother)
    assert (outcome.kind, outcome.binding_id) == ("waiting", None)
    assert Case.objects.get(number=outcome.case_number).state == "waiting"
    refused = refusal(payer, mother)
    assert (refused.code, refused.rule.name) == ("registry_not_enough", "evidence_by_relation")


def test_what_the_window_takes_the_portal_need_not(payer, by_payer):
    build.area(HERE, evidence_at_counter=["registry", "commitment"])
    aunt = build.resident("钱芳", born="1956-02-03", gender="2")
    assert decide(apply(by_payer, aunt, code="52")).state == "waiting"
    assert refusal(payer, aunt, "52", proof="commitment").code == "commitment_not_accepted"
    at_window = authorise(payer, aunt, "52", proof="commitment", channel="counter")
    assert at_window.proof == "commitment"


def test_an_application_is_refused_where_it_was_filled_in(payer, by_payer):
    build.area(HERE, "上饶市", max_validity_months=6, caps_offered=["day"], caps_required=True)
    case = applications.start(by=by_payer, at=AT)
    for values, field in (
        ({"cap_per_day_fen": 1}, "to_date"),
        ({"to_date": date(2027, 1, 1)}, "cap_per_day_fen"),
        ({"to_date": date(2027, 1, 1), "cap_per_year_fen": 1}, "cap_per_year_fen"),
    ):
        with pytest.raises(applications.answers.AnswerRefused) as refused:
            applications.answer(case_id=case.pk, step="limits", values=values, by=by_payer, at=AT)
        assert list(refused.value.details) == [field]


# --- two at once --------------------------------------------------------------------------


def both_ask(*pairs) -> list[str]:
    """Authorise one sibling for another, all at once; return the codes of the refusals."""
    return codes(at_once(*[lambda pair=pair: authorise(*pair, "70") for pair in pairs]))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("clauses", "code"),
    [
        ({"max_relatives_per_payer": 2, "relatives_count_payer": True}, "max_relatives"),
        ({"max_per_role": {"sibling": 1}}, "max_per_role"),
        ({"max_relatives_lifetime": 1}, "max_lifetime"),
        ({"max_changes_per_year": 1}, "max_changes"),
    ],
)
def test_two_relatives_at_once_do_not_both_take_the_last_place(clauses, code):
    build.area(HERE, **clauses)
    uncle = build.employee("周海")
    pair = [build.resident("王小雨"), build.resident("王小雪")]
    for relative in pair:
        build.relation(uncle, relative, "70")
    assert both_ask(*[(uncle, relative) for relative in pair]) == [code]


@pytest.mark.django_db(transaction=True)
def test_two_that_bind_each_other_at_once_do_not_both_pay():
    build.area(HERE, payer_may_be_relative=False)
    uncle, aunt = build.employee("周海"), build.employee("周红")
    build.relation(uncle, aunt, "70")
    assert both_ask((uncle, aunt), (aunt, uncle)) in (["payer_is_relative"], ["relative_is_payer"])


@pytest.mark.django_db(transaction=True)
def test_a_chain_of_payers_is_not_made_at_once():
    build.area(HERE, payer_may_be_relative=False)
    first, middle, last = build.employee("周海"), build.employee("周红"), build.resident("周梅")
    build.relation(first, middle, "70")
    build.relation(middle, last, "70")
    refused = both_ask((first, middle), (middle, last))
    assert refused in (["payer_is_relative"], ["relative_is_payer"])
