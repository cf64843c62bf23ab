"""The one verb that makes an authorisation: what it grants and what it refuses, in words."""

from datetime import date, timedelta

import pytest

from pooling.audit.models import Event
from pooling.bindings import services, texts
from pooling.bindings.models import Binding
from pooling.bindings.services import NotNow, OtherSide, Refused, Signing, Terms
from pooling.notices.models import Notice
from pooling.shared.errors import NotFound
from tests import build
from tests.at_once import at_once, codes

pytestmark = pytest.mark.django_db
AT = build.NOON


@pytest.fixture
def payer():
    return build.employee("周兰", born="1980-04-01", gender="2")


@pytest.fixture
def grandmother():
    return build.resident("赵秀英", born="1950-02-03", gender="2")


def authorise(payer, relative, code="52", *, at=AT, **given):
    """Ask as the portal does, with the registry's word unless the test says otherwise."""
    terms = {"from_date": at.date()} | {
        name: given.pop(name) for name in list(given) if name in Terms.__dataclass_fields__
    }
    asked = {"proof": "registry", "signing": build.signing(), "by": build.member_actor(payer)}
    return services.authorise(
        payer_id=payer.pk,
        relative_id=relative.pk,
        relation_code=code,
        terms=Terms(**terms),
        at=at,
        **asked | given,
    )


def refusal(payer, relative, code="52", **given) -> Refused:
    with pytest.raises(Refused) as refused:
        authorise(payer, relative, code, **given)
    assert not Binding.objects.filter(payer=payer, relative=relative).exists()
    return refused.value


@pytest.fixture
def registered(payer, grandmother):
    return build.relation(payer, grandmother, "52")


def test_a_registered_relation_binds_at_once_and_both_are_told(payer, grandmother, registered):
    binding = authorise(payer, grandmother, cap_per_day_fen=20000)
    assert (binding.state, binding.proof) == ("active", "registry")
    assert (binding.bound_at, binding.from_date) == (AT, AT.date())
    assert (binding.relation_kind, binding.cap_per_day_fen) == ("parent", 20000)
    assert binding.text_hash == texts.fingerprint(binding.text_version)
    told = Notice.objects.filter(kind="binding_active").values_list("member_id", flat=True)
    assert set(told) == {payer.pk, grandmother.pk}


def test_an_area_may_take_a_signed_commitment(payer, grandmother):
    build.area(build.SHANGRAO, evidence_accepted=["registry", "commitment"])
    binding = authorise(payer, grandmother, proof="commitment")
    assert (binding.state, binding.proof) == ("active", "commitment")


def test_an_area_may_want_the_relatives_own_yes(payer, grandmother, registered):
    build.area(build.SHANGRAO, relative_confirms=True)
    binding = authorise(payer, grandmother)
    assert (binding.state, binding.bound_at) == ("proposed", None)
    later = AT + timedelta(days=2)
    confirmed = services.confirm(
        binding_id=binding.pk, by=build.member_actor(grandmother), at=later
    )
    assert (confirmed.state, confirmed.bound_at) == ("active", later)
    assert confirmed.from_date == later.date(), "nothing counts for days before consent"


def test_a_commitment_becomes_stronger_when_the_relative_confirms(payer, grandmother):
    build.area(build.SHANGRAO, relative_confirms=True, evidence_accepted=["commitment"])
    binding = authorise(payer, grandmother, proof="commitment")
    confirmed = services.confirm(binding_id=binding.pk, by=build.member_actor(grandmother), at=AT)
    assert confirmed.proof == "confirmed"


def test_confirming_asks_the_rules_again(payer, grandmother, registered):
    build.area(build.SHANGRAO, relative_confirms=True)
    binding = authorise(payer, grandmother)
    grandmother.enrolments.update(status="2")
    with pytest.raises(Refused, match="正常参保"):
        services.confirm(binding_id=binding.pk, by=build.member_actor(grandmother), at=AT)
    binding.refresh_from_db()
    assert binding.state == "proposed"


def test_the_relative_may_refuse_and_the_payer_may_withdraw(payer, grandmother, registered):
    build.area(build.SHANGRAO, relative_confirms=True)
    refused = authorise(payer, grandmother)
    services.refuse(binding_id=refused.pk, by=build.member_actor(grandmother), at=AT)
    withdrawn = authorise(payer, grandmother)
    services.withdraw(binding_id=withdrawn.pk, by=build.member_actor(payer), at=AT)
    refused.refresh_from_db()
    withdrawn.refresh_from_db()
    assert (refused.state, refused.ended_cause) == ("refused", "refused_by_relative")
    assert (withdrawn.state, withdrawn.ended_cause) == ("withdrawn", "withdrawn_by_payer")


def test_only_the_relative_confirms_and_a_stranger_finds_nothing(payer, grandmother, registered):
    build.area(build.SHANGRAO, relative_confirms=True)
    binding = authorise(payer, grandmother)
    with pytest.raises(OtherSide):
        services.confirm(binding_id=binding.pk, by=build.member_actor(payer), at=AT)
    stranger = build.resident("孙石")
    with pytest.raises(NotFound):
        services.confirm(binding_id=binding.pk, by=build.member_actor(stranger), at=AT)
    services.confirm(binding_id=binding.pk, by=build.member_actor(grandmother), at=AT)
    with pytest.raises(NotNow):
        services.confirm(binding_id=binding.pk, by=build.member_actor(grandmother), at=AT)


def test_without_a_rank_a_new_payer_comes_after_the_others(payer, grandmother, registered):
    build.active_binding(build.employee("王伟"), grandmother, rank=4)
    assert authorise(payer, grandmother).rank == 5


# --- refusals -----------------------------------------------------------------------------


def test_in_laws_are_refused_with_the_areas_clause(payer):
    build.area(build.SHANGRAO, "上饶市", relations=["spouse", "parent", "child"])
    mother_in_law = build.resident("钱桂芳", born="1952-01-01", gender="2")
    build.relation(payer, mother_in_law, "54")
    refused = refusal(payer, mother_in_law, "54")
    assert refused.code == "in_law_not_allowed"
    assert "上饶市" in str(refused)
    assert refused.rule.name == "relations"


def test_a_relation_outside_the_areas_list_is_refused(payer):
    build.area(build.SHANGRAO, "上饶市", relations=["spouse", "child"])
    brother = build.resident("周海", born="1985-01-01")
    build.relation(payer, brother, "73")
    refused = refusal(payer, brother, "73")
    assert refused.code == "relation_not_allowed"
    assert "兄弟姐妹" in str(refused)
    assert "配偶、子女" in str(refused)


@pytest.mark.parametrize(
    ("home", "away", "scope", "code"),
    [
        (build.SHANGRAO, build.NANCHANG, "same_area", "out_of_area"),
        (build.SHANGRAO, build.XIAN, "same_province", "out_of_province"),
        (build.SHANGRAO, build.XIAN, "nationwide", "needs_national_form"),
    ],
)
def test_the_scope_is_measured_between_the_two_insurances(home, away, scope, code):
    build.area(home, scope=scope)
    payer = build.employee("周兰", born="1980-04-01", area=home)
    mother = build.resident("赵秀英", born="1950-02-03", gender="2", area=away)
    build.relation(payer, mother, "52")
    assert refusal(payer, mother).code == code


def test_within_the_province_another_area_may_be_allowed():
    build.area(build.SHANGRAO, scope="same_province")
    payer = build.employee("周兰", born="1980-04-01")
    mother = build.resident("赵秀英", born="1950-02-03", gender="2", area=build.NANCHANG)
    build.relation(payer, mother, "52")
    assert authorise(payer, mother).state == "active"


@pytest.mark.parametrize(("model", "page"), [("pooled_transfer", "/fund/"), ("wallet", "/wallet/")])
@pytest.mark.parametrize("across", [True, False])
def test_where_money_is_moved_beforehand_the_way_leads_there(
    payer, grandmother, registered, model, page, across
):
    build.area(build.SHANGRAO, model=model, quota_across_provinces=across)
    refused = refusal(payer, grandmother)
    assert (refused.code, refused.rule.name) == (f"model_{model}", "model")
    assert page in refused.remedy


@pytest.mark.parametrize("model", ["quota", "pooled_transfer"])
@pytest.mark.parametrize("scope", ["same_area", "nationwide"])
def test_across_provinces_the_nations_form_lets_them_bind(model, scope):
    build.area(build.SHANGRAO, model=model, scope=scope, quota_across_provinces=True)
    payer = build.employee("周兰", born="1980-04-01")
    mother = build.resident("赵秀英", born="1950-02-03", gender="2", area=build.XIAN)
    build.relation(payer, mother, "52")
    assert authorise(payer, mother).state == "active"


def test_in_a_quota_area_one_binds_and_then_sets_the_amount(payer, grandmother, registered):
    build.area(build.SHANGRAO, model="quota")
    assert authorise(payer, grandmother).state == "active"


def test_limits_on_how_many(payer, grandmother, registered):
    build.area(build.SHANGRAO, max_relatives_per_payer=1, max_payers_per_relative=1)
    build.active_binding(build.employee("王伟"), grandmother)
    assert refusal(payer, grandmother).code == "max_payers"
    build.active_binding(payer, build.resident("周海"))
    assert refusal(payer, grandmother).code == "max_relatives"


def test_the_same_pair_is_bound_once(payer, grandmother, registered):
    authorise(payer, grandmother)
    with pytest.raises(Refused) as refused:
        authorise(payer, grandmother)
    assert refused.value.code == "already_bound"


@pytest.mark.parametrize(
    ("terms", "code"),
    [
        ({"cap_per_day_fen": -1}, "cap_negative"),
        ({"cap_per_settlement_fen": 50001}, "cap_above_area"),
        ({"cap_per_year_fen": 10**15 + 1}, "cap_too_large"),
        ({"to_date": date(2026, 11, 22)}, "period_reversed"),
        ({"from_date": date(2026, 11, 21)}, "period_past"),
        ({"uses": ("checkup",)}, "uses_not_allowed"),
        ({"uses": ()}, "uses_empty"),
        ({"rank": 0}, "rank_impossible"),
    ],
)
def test_bad_terms_are_refused(payer, grandmother, registered, terms, code):
    build.area(build.SHANGRAO, cap_payer_day_fen=50000, uses=["outpatient"])
    refused = refusal(payer, grandmother, **terms)
    assert refused.code == code
    assert str(refused)


def test_a_cap_at_the_areas_own_is_no_more_than_it(payer, grandmother, registered):
    build.area(build.SHANGRAO, cap_payer_day_fen=50000)
    assert authorise(payer, grandmother, cap_per_settlement_fen=50000).state == "active"


def test_a_payer_needs_employee_insurance_that_has_not_ended(grandmother):
    uninsured = build.resident("周兰", born="1980-04-01")
    build.relation(uninsured, grandmother, "52")
    assert refusal(uninsured, grandmother).code == "payer_not_employee"
    left = build.member("周红", born="1981-04-01")
    build.enrolment(left, "310", until="2026-06-30")
    build.relation(left, grandmother, "52")
    assert refusal(left, grandmother).code == "payer_insurance_ended"


def test_a_paused_payer_is_let_in(grandmother):
    paused = build.member("周兰", born="1980-04-01")
    build.enrolment(paused, "310", status="2")
    build.relation(paused, grandmother, "52")
    assert authorise(paused, grandmother).state == "active"


def test_the_dead_neither_pay_nor_are_paid_for(payer, grandmother):
    died = build.resident("赵大", born="1949-01-01", died_on="2026-10-01")
    build.relation(payer, died, "51")
    assert refusal(payer, died, "51").code == "relative_dead"
    dead = build.employee("周红", born="1981-04-01", died_on="2026-10-01")
    build.relation(dead, grandmother, "52")
    assert refusal(dead, grandmother).code == "payer_dead"


def test_the_relative_must_be_insured_as_the_area_wants(payer):
    nobody = build.member("赵秀英", born="1950-02-03", gender="2")
    build.relation(payer, nobody, "52")
    assert refusal(payer, nobody).code == "relative_not_insured"
    build.area(build.SHANGRAO, patient_types=["390"])
    father = build.employee("赵大", born="1950-01-01")
    build.relation(payer, father, "51")
    assert refusal(payer, father, "51").code == "insurance_not_allowed"


def test_nobody_is_their_own_relative(payer):
    assert refusal(payer, payer).code == "oneself"


def test_evidence_is_what_the_area_accepts(payer, grandmother):
    assert refusal(payer, grandmother).code == "evidence_missing"
    refused = refusal(payer, grandmother, proof="commitment")
    assert refused.code == "commitment_not_accepted"
    assert refused.rule.name == "evidence_accepted"


def test_the_registry_knows_another_relation(payer, grandmother, registered):
    refused = refusal(payer, grandmother, "75")
    assert refused.code == "relation_differs"
    assert "父母" in str(refused)


def test_a_commitment_must_be_plausible(payer):
    build.area(build.SHANGRAO, evidence_accepted=["commitment"])
    twin = build.resident("周海", born="1980-04-01")
    refused = refusal(payer, twin, "51", proof="commitment")
    assert refused.code == "implausible_elder_not_older"
    assert "请核对" in str(refused)


def test_a_text_nobody_showed_cannot_be_signed(payer, grandmother, registered):
    forged = Signing(texts.CURRENT, "0" * 64, AT)
    assert refusal(payer, grandmother, signing=forged).code == "text_changed"


def test_an_unknown_relation_code_is_refused(payer, grandmother):
    assert refusal(payer, grandmother, "60").code == "relation_unknown"


def test_a_file_loaded_later_tells_how_things_stand_now(payer, grandmother, registered):
    since = build.moment("2024-03-01 00:00")
    earlier = {"consented_at": since, "from_date": since.date(), "confirmed": True}
    binding = authorise(payer, grandmother, **earlier)
    assert (binding.bound_at, binding.from_date) == (since, date(2024, 3, 1))
    assert Event.objects.get(verb="bindings.authorise").at == AT, "the trail is never backdated"
    left = build.member("周红", born="1981-04-01")
    build.enrolment(left, "310", until="2026-06-30")
    build.relation(left, grandmother, "52")
    refused = refusal(left, grandmother, **earlier)
    assert refused.code == "payer_insurance_ended"
    aunt = build.employee("周梅", born="1978-04-01", gender="2")
    build.relation(aunt, grandmother, "52")
    refused = refusal(aunt, grandmother, to_date=AT.date(), **earlier)
    assert refused.code == "period_over"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("limit", ["max_payers_per_relative", "max_relatives_per_payer"])
def test_two_at_once_do_not_both_take_the_last_place(limit):
    build.area(build.SHANGRAO, **{limit: 1})
    uncle, aunt = build.employee("周海"), build.employee("周红")
    nephew, niece = build.resident("王小雨"), build.resident("王小雪")
    pairs = [(uncle, nephew), (aunt, nephew)]
    if limit == "max_relatives_per_payer":
        pairs = [(uncle, nephew), (uncle, niece)]
    for payer, relative in pairs:
        build.relation(payer, relative, "70")
    outcomes = at_once(*[lambda pair=pair: authorise(*pair, "70") for pair in pairs])
    expected = "max_payers" if limit.startswith("max_payers") else "max_relatives"
    assert codes(outcomes) == [expected]


# --- what follows from parents and children --------------------------------------------------


@pytest.fixture
def granddaughter(payer):
    """Return the child of the payer's child; nobody has recorded her as a grandchild."""
    son = build.member("周强", born="2001-02-03", gender="1")
    child = build.resident("周小雨", born="2024-05-01", gender="2")
    build.relation(payer, son, "20", evidence="birth_certificate")
    build.relation(child, son, "51", evidence="household_register")
    return child


def test_a_grandchild_proven_by_two_parents_is_bound_at_once(payer, granddaughter):
    binding = authorise(payer, granddaughter, "42")
    assert (binding.state, binding.proof) == ("active", "registry")
    assert binding.relation_kind == "sons_child"


def test_the_wrong_side_is_refused_with_the_right_one(payer, granddaughter):
    refused = refusal(payer, granddaughter, "44")
    assert refused.code == "relation_differs"
    assert "孙子女" in refused.sentence
