"""Who may charge what, what is never paid, and that nobody is insured twice for one year."""

import pytest

from pooling.bindings.usability import Visit
from pooling.policy import parameters, wording
from pooling.settlements import selectors, services, uses
from pooling.settlements.models import Settlement, Use
from pooling.settlements.services import (
    AlreadySettled,
    PremiumAlreadyPaid,
    PremiumRefused,
    UseRefused,
)
from pooling.settlements.sources import Charge
from pooling.settlements.uses import Premium
from tests import build
from tests.at_once import at_once
from tests.settlements.household import AREA, balance, household, paid

NEXT_YEAR = Premium(2027)

#: The table written out once more: what each place charges for; it charges nothing else.
CHARGES = {
    "hospital": {"outpatient", "inpatient", "vaccination", "checkup", "tcm_preventive"},
    "pharmacy": {"pharmacy_drugs", "pharmacy_devices", "pharmacy_consumables"},
    "premium": {"resident_premium", "ltc_premium", "large_expense_premium"},
    "insurer": {"commercial_insurance"},
}


def office(type: str = "premium"):
    return build.institution(area=AREA, type=type, level=0, name="示范缴费处")


def pay_premium(member, fen: int = 38000, *, place=None, premium=NEXT_YEAR, **facts):
    facts = {"use": "resident_premium", "premium": premium} | facts
    return build.settle(member, fen, place=place or office(), **facts)


@pytest.mark.django_db
@pytest.mark.parametrize("type", CHARGES)
def test_each_place_charges_what_it_is_there_for(type):
    family, place = household(), office(type)
    build.contribution(family.wei, 50000, part="prior", area=AREA)
    for use in Use.values:
        if use in CHARGES[type]:
            assert build.settle(family.mei, 100, place=place, use=use).pooled_fen == 100
            continue
        with pytest.raises(UseRefused) as refused:
            build.settle(family.mei, 100, place=place, use=use)
        assert refused.value.code == "use_not_of_this_place"
        assert str(Use(use).label) in str(refused.value)


def test_every_use_has_its_place_and_none_has_two():
    assert sorted(use for fitting in uses.FITTING.values() for use in fitting) == sorted(Use.values)


@pytest.mark.django_db
@pytest.mark.parametrize(("use", "word"), wording.NEVER_USES.items())
def test_what_is_never_paid_is_refused_by_its_name(use, word):
    family = household()
    with pytest.raises(UseRefused, match=str(word)):
        build.settle(family.mei, 100, place=family.clinic, use=use)
    assert balance(family.wei) == (2000, 4000)


def test_what_is_never_paid_is_a_use_nowhere():
    never = {*parameters.NEVER_USES}
    assert never == wording.NEVER_USES.keys()
    assert not never & {*parameters.USES, *Use.values, *wording.USES}


@pytest.mark.django_db
def test_a_premium_is_paid_by_a_relative_and_the_log_says_for_which_year():
    family = household()
    premium = Premium(2027, "居民医保二档")
    settlement = pay_premium(family.mei, 9000, premium=premium)
    assert paid(family, settlement) == [
        ("Wei", "prior", 4000), ("Wei", "current", 2000), ("Lan", "prior", 3000),
    ]  # fmt: skip
    [to_mei] = selectors.usage_for(family.mei.pk).received
    [by_wei] = selectors.usage_for(family.wei.pk).given
    assert to_mei.premium == "2027年度 · 居民医保二档"
    assert by_wei.premium == "居民医保缴费 · 2027年度 · 居民医保二档"
    assert selectors.decision_for(family.mei.pk, settlement.uid).premium == to_mei.premium
    assert selectors.decision_for(family.wei.pk, settlement.uid).premium == by_wei.premium


@pytest.mark.django_db
def test_a_payer_of_somebody_of_fifteen_reads_amount_and_month_of_a_premium_too():
    family = household()
    son = build.resident("王小雨", area=AREA, born="2011-05-01")
    build.active_binding(family.wei, son)
    settlement = pay_premium(son, 1000)
    [row] = selectors.usage_for(family.wei.pk).given
    assert (row.premium, row.day) == ("", None)
    assert selectors.decision_for(family.wei.pk, settlement.uid).premium == ""


@pytest.mark.django_db
def test_uses_do_not_bind_the_own_account_where_they_bind_the_relatives():
    family = household(mei_is_employed=True, uses=["outpatient"])
    build.personal_account(family.mei, prior=500, area=AREA)
    settlement = pay_premium(family.mei, 1000)
    assert paid(family, settlement) == [("own", "prior", 500), ("cash", "", 500)]
    reasons = {item["reason"] for item in settlement.decision["considered"][1:]}
    assert reasons == {"use_not_allowed_by_area"}


@pytest.mark.django_db
def test_a_premium_of_a_kind_is_paid_once_a_year_until_it_went_back():
    family = household()
    build.contribution(family.wei, 500000, part="prior", area=AREA)
    first = pay_premium(family.mei)
    with pytest.raises(PremiumAlreadyPaid, match="2027年度的居民医保缴费"):
        pay_premium(family.mei)
    bill = build.bill(family.mei, 100, place=office(), use="resident_premium", premium=NEXT_YEAR)
    with pytest.raises(PremiumAlreadyPaid):
        services.preview(bill=bill, backdate_days=0, by=build.JOB, at=build.NOON)
    again = {"use": "resident_premium", "premium": NEXT_YEAR, "place": first.institution}
    with pytest.raises(AlreadySettled):
        build.settle(family.mei, 38000, message_id=first.message_id, **again)
    # Another year, another kind and another person are other premiums.
    pay_premium(family.mei, premium=Premium(2026))
    pay_premium(family.mei, use="ltc_premium")
    pay_premium(family.wei)
    build.reversal(first)
    second = pay_premium(family.mei)
    build.refund(second, 1000)
    with pytest.raises(PremiumAlreadyPaid):
        pay_premium(family.mei)
    build.refund(second, 37000)
    assert pay_premium(family.mei).status == "settled"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("type", "use", "premium"),
    [
        ("hospital", "outpatient", Premium(2026)),
        ("premium", "resident_premium", Premium(2025)),
        ("premium", "resident_premium", Premium(2028)),
    ],
)
def test_a_year_belongs_to_a_premium_and_is_this_one_or_the_next(type, use, premium):
    family = household()
    with pytest.raises(PremiumRefused):
        build.settle(family.mei, 100, place=office(type), use=use, premium=premium)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_of_two_offices_at_once_one_collects_the_premium():
    family = household()
    bills = [
        build.bill(family.mei, 6000, place=office(), use="resident_premium", premium=NEXT_YEAR)
        for _office in range(2)
    ]
    works = [
        lambda bill=bill: services.settle(bill=bill, backdate_days=0, by=build.JOB, at=build.NOON)
        for bill in bills
    ]
    came = at_once(*works)
    assert sorted(type(each).__name__ for each in came) == ["PremiumAlreadyPaid", "Settlement"]
    assert Settlement.objects.count() == 1
    assert sum(balance(family.wei)) == 0


# --- commercial products an area lists ----------------------------------------------------

LISTED = {"惠民保": ["parent"], "医惠保": []}


def insure(member, product: str, fen: int = 100, **more):
    bought = {"use": "commercial_insurance", "premium": Premium(2027, product), **more}
    return build.settle(member, fen, place=office("insurer"), **bought)


@pytest.mark.django_db
def test_one_of_each_listed_product_is_paid_a_year_and_of_all_others_one():
    family = household(commercial_products=LISTED | {"*": []})
    assert insure(family.mei, "惠民保").premium_listed
    assert insure(family.mei, "医惠保").premium_listed
    for listed in LISTED:
        with pytest.raises(PremiumAlreadyPaid, match=f"2027年度的{listed}已经结算过"):
            insure(family.mei, listed)
    assert not insure(family.mei, "别的").premium_listed
    for other in ("又一种", "惠民保二档", ""):
        with pytest.raises(PremiumAlreadyPaid, match="商业补充保险"):
            insure(family.mei, other)


@pytest.mark.django_db
def test_rules_that_list_no_product_let_one_be_paid_a_year_whatever_its_name():
    family = household()
    assert not insure(family.mei, "惠民保").premium_listed
    with pytest.raises(PremiumAlreadyPaid):
        insure(family.mei, "医惠保")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("product", "reason"),
    [
        ("惠民保", "premium_product_not_for_relative"),
        ("别的", "premium_product_not_listed"),
        ("", "premium_product_not_listed"),
        ("医惠保", "covered"),
    ],
)
def test_relatives_pay_a_listed_product_for_whom_it_is(product, reason):
    family = household(commercial_products=LISTED)
    uncle = build.resident("王大力", area=AREA)
    build.active_binding(family.wei, uncle, "73")
    settlement = insure(uncle, product)
    [_own, wei] = settlement.decision["considered"]
    assert wei["reason"] == reason
    clause = wei["clause"] and wei["clause"]["name"]
    assert clause == (None if reason == "covered" else "commercial_products")


@pytest.mark.django_db
def test_the_page_shows_each_product_by_name_and_which_is_paid(client):
    family = household(commercial_products=LISTED)
    insure(family.mei, "医惠保")
    client.force_login(
        build.phone_user(member=family.wei), "django.contrib.auth.backends.ModelBackend"
    )
    read = client.get("/premiums/").content.decode()
    assert read.count("商业补充保险：") == 2 * 2
    assert "2027 年度已付" in read
    [row] = selectors.usage_for(family.wei.pk).given
    assert row.premium.endswith("医惠保")


# --- paid first, asked back afterwards ----------------------------------------------------


def split_claim(family, *, claimant=None, personal=5000):
    """Return what a premium asked back would take, and from whom nothing was."""
    visit = Visit(build.TODAY, "resident_premium", 0, refund=True)
    charge = Charge(visit, personal, 0, 2, claimant=claimant and claimant.pk)
    told = services.estimate(patient_id=family.mei.pk, charge=charge)
    reasons = [item.reason for item in told.decision.considered]
    return [(line.payer_id, line.amount_fen) for line in told.lines], reasons


@pytest.mark.django_db
def test_where_premiums_are_asked_back_the_office_takes_nothing_from_relatives():
    family = household(premium_form={"resident_premium": "refund"})
    settlement = pay_premium(family.mei, 1000)
    assert settlement.cash_fen == 1000
    considered = settlement.decision["considered"][1]
    assert considered["reason"] == "premium_paid_first"
    assert considered["clause"]["name"] == "premium_form"


@pytest.mark.django_db
@pytest.mark.parametrize("form", ["refund", "both"])
def test_what_is_asked_back_comes_from_whoever_asks_and_nobody_else(form):
    family = household(mei_is_employed=True, premium_form={"resident_premium": form})
    build.personal_account(family.mei, prior=300, area=AREA)
    lines, reasons = split_claim(family, claimant=family.wei)
    assert lines == [(family.wei.pk, 4000), (family.wei.pk, 1000)]
    assert reasons == ["not_the_claimant", "covered", "not_the_claimant"]
    lines, reasons = split_claim(family)
    assert lines == [(None, 300), (None, 4700)]
    assert reasons == ["account_given_whole", "not_the_claimant", "not_the_claimant"]


@pytest.mark.django_db
def test_where_premiums_are_paid_at_once_nothing_is_given_back():
    family = household()
    lines, reasons = split_claim(family, claimant=family.wei)
    assert lines == [(None, 5000)]
    assert reasons[1] == "premium_not_refunded"


@pytest.mark.django_db
def test_the_page_of_premiums_says_once_what_is_the_same_for_every_kind(client):
    user = build.phone_user(member=build.resident("郝新丽"))
    client.force_login(user, "django.contrib.auth.backends.ModelBackend")
    assert client.get("/premiums/").content.decode().count("没有账户可以用") == 1


@pytest.mark.django_db
def test_the_page_of_premiums_folds_the_relatives_of_a_large_family(client):
    build.area(AREA)
    payer = build.employee("王伟", area=AREA)
    client.force_login(build.phone_user(member=payer), "django.contrib.auth.backends.ModelBackend")
    folded = []
    for name in ("王一", "王二", "王三"):
        build.active_binding(payer, build.resident(name, area=AREA))
        folded.append(client.get("/premiums/").content.decode().count("card fold"))
    assert folded == [0, 0, 3]
