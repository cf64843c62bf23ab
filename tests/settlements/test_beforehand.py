"""能不能用: the page answers what the split answers, typed or with the real family."""

from dataclasses import replace

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pooling.bindings.usability import Authorisation, Patient, Payer, Visit
from pooling.ledger.models import Entry
from pooling.policy import selectors as policy
from pooling.settlements import services, uses, waterfall
from pooling.settlements.beforehand import charge
from pooling.settlements.models import Settlement
from pooling.settlements.privacy import TOLD_AT_MOST_FEN
from pooling.settlements.selectors.families import rules_of
from pooling.settlements.sources import NO_PURSE, Candidate, Caps, Charge, Input, Part, Purse
from pooling.settlements.waterfall import considered_from_json
from pooling.shared.money import yuan_from_fen
from tests import build
from tests.settlements.household import household

pytestmark = pytest.mark.django_db
TYPED, MINE = "/can/pay/", "/can/pay/mine/"
FIXTURES = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
AREAS = ("361100", "310000", "450200", "330100")
HERE = "999900"
KEPT = ("wallet", "fund")


@pytest.fixture(autouse=True)
def _it_is_sunday_noon(monkeypatch):
    monkeypatch.setattr("pooling.settlements.views.now", lambda: build.NOON)


@pytest.fixture
def site(client):
    build.built_in_areas()
    policy.forget()
    return client


def words(**said) -> dict:
    """Return a filled-in form: a bill of ¥130 at a clinic, one relative with 20 and 40."""
    return {
        "personal": "130",
        "use": "outpatient",
        "level": "1",
        "area": "361100",
        "insured": "390",
        "first_current": "20",
        "first_prior": "40",
    } | said


@pytest.mark.parametrize(
    "day", ["0001-01-01", "1999-12-31", "2100-01-01", "9999-12-31", "2026-02-29"]
)
def test_a_day_nobody_can_speak_of_is_refused_at_its_field(site, day):
    page = site.get(TYPED, words(on=day, first_year="1")).context
    assert "outcome" not in page
    assert set(page["form"].errors) == {"on"}


def test_the_last_day_of_february_in_a_leap_year_is_a_day_like_others(site):
    assert site.get(TYPED, words(on="2028-02-29", first_year="1")).context["outcome"]


fen = st.integers(0, 30_000)
maybe = st.one_of(st.none(), fen)
payers = st.tuples(st.sampled_from(AREAS), fen, fen, maybe, maybe)
bills = st.fixed_dictionaries(
    {
        "personal": fen,
        "own_paid": fen,
        "use": st.sampled_from(("outpatient", "inpatient", "checkup", "resident_premium")),
        "level": st.integers(1, 3),
        "area": st.sampled_from(AREAS),
        "insured": st.sampled_from(("390", "310", "390-2", "none")),
        "own": maybe,
        "payers": st.lists(payers, max_size=2),
    }
)

elsewhere = st.sampled_from(("", *AREAS))
#: Quotas, wallet and family fund, beside the accounts of a bill.
purses = st.fixed_dictionaries(
    {
        "quotas": st.tuples(maybe, maybe),
        "wallet": maybe,
        "wallet_area": elsewhere,
        "fund": maybe,
        "fund_area": elsewhere,
    }
)


def typed(said) -> dict:
    """Return the form as a person would type it."""
    form = {
        name: yuan_from_fen(said[name])
        for name in ("personal", "own_paid", "own")
        if said[name] is not None
    }
    form |= {name: said[name] for name in ("use", "level", "area", "insured")}
    for name in ("wallet", "fund"):
        if said.get(name) is not None:
            form |= {name: yuan_from_fen(said[name]), f"{name}_area": said[f"{name}_area"]}
    for which, quota in zip(("first", "second"), said.get("quotas", ()), strict=False):
        if quota is not None:
            form[f"{which}_quota"] = yuan_from_fen(quota)
    form["own_paid"] = yuan_from_fen(min(said["own_paid"], said["personal"]))
    for which, (area, current, prior, each, year) in zip(
        ("first", "second"), said["payers"], strict=False
    ):
        form |= {
            f"{which}_area": area,
            f"{which}_current": yuan_from_fen(current),
            f"{which}_prior": yuan_from_fen(prior),
            f"{which}_each": "" if each is None else yuan_from_fen(each),
            f"{which}_year": "" if year is None else yuan_from_fen(year),
        }
    return form


def by_hand(said) -> Input:
    """Return the split's input, put together here once more."""
    on = build.TODAY
    insutype, _dash, status = said["insured"].replace("none", "").partition("-")
    nobody = not insutype and said["own"] is None
    area = "000000" if nobody else said["area"]

    def purse(current, prior):
        return Purse(parts=(Part("current", 0, current), Part("prior", 0, prior)))

    quotas = said.get("quotas", (None, None))
    wallet_area, fund_area = (said.get(f"{name}_area") or said["area"] for name in KEPT)
    wallet, fund = (said.get(name) for name in KEPT)
    # Only a payer with an account, or whom the form was given a quota of, stands there.
    payers = said["payers"] + [
        (said["area"], 0, 0, None, None)
        for quota in quotas[len(said["payers"]) :]
        if quota is not None
    ]
    quotas = [*quotas[: len(said["payers"])]] + [
        quota for quota in quotas[len(said["payers"]) :] if quota is not None
    ]
    return Input(
        charge=Charge(
            Visit(on, said["use"], said["level"], area=said["area"] if wallet is not None else ""),
            said["personal"],
            min(said["own_paid"], said["personal"]),
            2,
        ),
        patient=Patient(
            False,
            insutype,
            said["area"] if insutype else "",
            status or ("1" if insutype else ""),
        ),
        rules_area=area,
        rules=rules_of(
            area,
            [payer[0] for payer in payers],
            on,
            fund=fund_area if fund is not None else None,
            wallet=(wallet_area, said["area"]) if wallet is not None else (),
        )[0],
        own=NO_PURSE if said["own"] is None else purse(said["own"], 0),
        wallet=None if wallet is None else Purse(area=wallet_area, parts=(Part("", 0, wallet),)),
        family_fund=None
        if fund is None
        else Purse(area=fund_area, parts=(Part("prior", 0, fund),)),
        candidates=tuple(
            Candidate(
                binding=place,
                payer=place,
                rank=place,
                bound_at=None,
                authorisation=Authorisation("active", on),
                standing=Payer(False, "1", payer[0]),
                purse=purse(payer[1], payer[2]),
                caps=Caps(per_settlement_fen=payer[3], per_year_fen=payer[4]),
                quota=None if quota is None else purse(0, quota),
            )
            for place, (payer, quota) in enumerate(zip(payers, quotas, strict=False), 1)
        ),
    )


@settings(max_examples=60, deadline=None, suppress_health_check=FIXTURES)
@given(said=bills, more=purses)
def test_the_page_says_what_the_split_says(site, said, more):
    said = said | more
    page = site.get(TYPED, typed(said))
    outcome = waterfall.split(by_hand(said))
    assert page.context["outcome"] == outcome
    assert [row.reason for row in page.context["sources"]] == [
        item.reason for item in outcome.considered
    ]


@settings(max_examples=12, deadline=None, suppress_health_check=FIXTURES)
@given(
    said=bills,
    clauses=st.fixed_dictionaries(
        {
            "floor_fen": st.sampled_from((0, 1_000)),
            "shareable_parts": st.sampled_from(("all", "prior")),
            "payers_per_settlement": st.sampled_from(("one", "many")),
            "payer_order": st.sampled_from(("rank", "highest_available")),
            "uses": st.sampled_from((None, ["outpatient", "checkup"])),
            "pays_own_paid": st.booleans(),
            "resident_outpatient_max_level": st.sampled_from((None, 1)),
            "cap_relative_year_fen": st.sampled_from((None, 10_000)),
            "cap_relative_settlement_fen": st.sampled_from((None, 5_000)),
            "cap_binding_month_fen": st.sampled_from((None, 4_000)),
            "cap_use_month_fen": st.sampled_from(({}, {"outpatient": 3_000})),
            "needs_empty_own_account": st.sampled_from((False, False, True)),
            "uses_opt_in": st.sampled_from(([], ["checkup"])),
        }
    ),
)
def test_really_settled_it_gives_the_same_lines(client, said, clauses):
    said |= {"area": HERE, "insured": said["insured"].replace("none", "310")[:3]}
    said["payers"] = [
        # Nobody may set a cap above the area's.
        (HERE, *money, each and min(each, 3_000), year and min(year, 3_000))
        for _area, *money, each, year in said["payers"]
    ]
    with transaction.atomic():
        build.area("990000", "试验省")
        build.area(HERE, **clauses)
        policy.forget()
        page = client.get(TYPED, typed(said))
        settled = _settled(said)
        lines = [(line.source, line.part, line.amount_fen) for line in settled.lines.all()]
        told = [
            (item.reason, item.taken_fen)
            for item in considered_from_json(settled.decision["considered"])
        ]
        transaction.set_rollback(True)
    policy.forget()
    outcome = page.context["outcome"]
    assert [(line.source, line.part, line.amount_fen) for line in outcome.lines] == lines
    assert [(item.reason, item.taken_fen) for item in outcome.considered] == told


def _settled(said):
    patient = build.member("梅", gender="2")
    build.enrolment(patient, said["insured"], area=HERE)
    if said["own"] is not None:
        build.personal_account(patient, current=said["own"], area=HERE)
    for place, (area, current, prior, each, year) in enumerate(said["payers"], 1):
        payer = build.employee("伟", area=area)
        build.personal_account(payer, current=current, prior=prior, area=area)
        build.active_binding(
            payer, patient, rank=place, cap_per_settlement_fen=each, cap_per_year_fen=year
        )
    suits = next(kind for kind, its in uses.FITTING.items() if said["use"] in its)
    return build.settle(
        patient,
        said["personal"],
        place=build.institution(level=said["level"], area=HERE, type=suits),
        use=said["use"],
        own_paid=min(said["own_paid"], said["personal"]),
    )


def test_a_bill_is_answered_with_who_pays_and_the_clause(site):
    page = site.get(TYPED, words(area="450200", first_prior="1600")).content.decode()
    assert "能用，家人付 ¥120.00" in page
    assert "须保留 ¥1,500.00" in page
    assert "广西" in page or "柳州" in page, "whose rule it is"


def test_rules_are_those_of_the_chosen_day(site):
    asked = {"area": "450200", "first_prior": "1600"}
    assert site.get(TYPED, words(**asked)).context["outcome"].pooled_fen == 12000
    then = site.get(TYPED, words(on="2022-08-02", **asked)).context["outcome"]
    assert then.pooled_fen == 13000, "no floor yet"


def test_a_quota_answers_across_provinces_and_instead_of_the_account(site):
    far = words(first_area="310000", first_current="500", on="2026-11-22")
    assert site.get(TYPED, far).context["outcome"].pooled_fen == 0, "only a quota reaches so far"
    unnamed = site.get(TYPED, far | {"first_quota": "60"})
    assert "须在授权中写明" in unnamed.content.decode(), "in 上海 every use has to be named"
    page = site.get(TYPED, far | {"first_quota": "60", "first_named": "on"})
    assert "能用，家人付 ¥60.00" in page.content.decode()
    assert "共济额度" in page.content.decode()


def test_wallet_and_family_fund_are_asked_before_relatives(site):
    asked = words(wallet="10", fund="30", fund_area="350200", first_current="500")
    page = site.get(TYPED, asked)
    taken = [(row.source_code, row.taken_fen) for row in page.context["sources"]]
    assert taken == [
        ("own", 0),
        ("wallet", 1_000),
        ("family_fund", 3_000),
        ("relative", 9_000),
    ]


def test_a_wallet_used_elsewhere_says_so_and_what_helps(site):
    page = site.get(TYPED, words(wallet="200", wallet_area="350200", first_prior="")).content
    assert "使用地" in page.decode()


def test_with_a_family_fund_alone_nobody_is_sent_to_the_other_door(site):
    asked = words(fund="500", fund_area="350200", first_current="", first_prior="")
    page = site.get(TYPED, asked).content.decode()
    assert "能用，家人付 ¥130.00" in page
    assert "亲情账户只是出示医保码，不付钱" not in page


def test_nobody_with_money_means_the_other_door_is_named(site):
    page = site.get(TYPED, words(first_current="", first_prior="")).content.decode()
    assert "用不上家人的钱" in page
    assert "亲情账户只是出示医保码，不付钱" in page


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"personal": "-1"}, "personal"),
        ({"personal": ""}, "personal"),
        ({"own_paid": "131"}, "own_paid"),
        ({"use": "x"}, "use"),
        ({"level": "9"}, "level"),
        ({"area": ""}, "area"),
        ({"on": "heute"}, "on"),
        ({"first_prior": "1e3"}, "first_prior"),
    ],
)
def test_what_cannot_be_meant_is_asked_again(site, wrong, says):
    page = site.get(TYPED, words(**wrong))
    assert page.status_code == 200
    assert list(page.context["form"].errors) == [says]
    assert "outcome" not in page.context


def test_nobody_is_looked_up(site):
    site.get(TYPED, words())
    with CaptureQueriesContext(connection) as asked:
        site.get(TYPED, words())
    tables = [each["sql"] for each in asked]
    assert len(tables) == 1, tables
    assert 'FROM "policy_area"' in tables[0]


# --- with the real family ------------------------------------------------------------------


@pytest.fixture
def family():
    return household()


@pytest.fixture
def mei(client, family):
    user = build.phone_user(member=family.mei)
    client.force_login(user, "django.contrib.auth.backends.ModelBackend")
    return client


def mine(client, **said):
    return client.get(MINE, {"personal": "130", "use": "outpatient", "level": "1"} | said)


def test_the_estimate_is_the_preview_of_that_bill(mei, family):
    page = mine(mei)
    previewed = services.preview(
        bill=build.bill(family.mei, 13000, place=family.clinic),
        backdate_days=0,
        by=build.till(family.clinic),
        at=build.NOON,
    )
    told = page.context["outcome"]
    lines = [(line.source, line.binding_id, line.part, line.amount_fen) for line in told.lines]
    assert lines == [
        (line.source, line.binding_id, line.part, line.amount_fen) for line in previewed.lines
    ]
    assert told.decision.considered == previewed.decision.considered
    assert "能用，家人付 ¥130.00" in page.content.decode()
    names = [row.payer for row in page.context["sources"] if row.payer_id]
    assert names == ["王伟（其他兄弟姐妹）", "兰（其他兄弟姐妹）"], "the own family by name"


def test_an_estimate_keeps_and_reserves_nothing(mei):
    before = (Settlement.objects.count(), Entry.objects.count())
    with CaptureQueriesContext(connection) as asked:
        mine(mei)
    wrote = [each["sql"] for each in asked if each["sql"].startswith(("INSERT", "UPDATE"))]
    locked = [each["sql"] for each in asked if "FOR " in each["sql"] and "UPDATE" in each["sql"]]
    assert [sql for sql in wrote if "session" not in sql] == []
    assert locked == []
    assert (Settlement.objects.count(), Entry.objects.count()) == before
    assert len(asked) <= 10, [each["sql"][:80] for each in asked]


def test_nobody_learns_a_relatives_balance_by_asking_for_more(mei):
    """Up to what home already shows of a relative's money; beyond, the page says why not."""
    most = TOLD_AT_MOST_FEN // 100
    assert "outcome" in mine(mei, personal=str(most)).context
    refused = mine(mei, personal=f"{most}.01")
    assert "outcome" not in refused.context
    assert "等于告诉您家人账户里有多少钱" in refused.content.decode()


def test_a_relatives_reason_is_told_without_the_balance(mei):
    page = mine(mei, personal="2000").content.decode()
    assert "账户已尽其所有" in page
    assert "账户余额" not in page


def test_somebody_nobody_pays_for_is_asked_about_the_other_door(client, family):
    alone = build.resident("陈志强", area=HERE)
    user = build.phone_user("13900139000", member=alone)
    client.force_login(user, "django.contrib.auth.backends.ModelBackend")
    assert "只绑定过亲情账户" in mine(client).content.decode()
    bill = build.settle(alone, 5000, place=family.clinic)
    assert "只绑定过亲情账户" in client.get(f"/usage/{bill.uid}/").content.decode()
    assert "只绑定过亲情账户" in client.get("/usage/").content.decode()


def test_a_family_that_pays_is_told_of_no_other_door(mei, family):
    bill = build.settle(family.mei, 90000, place=family.clinic)
    assert "只绑定过亲情账户" not in mei.get(f"/usage/{bill.uid}/").content.decode()
    assert "只绑定过亲情账户" not in mei.get("/usage/").content.decode()


def test_a_charge_is_that_of_a_bill(family):
    bill = build.bill(family.mei, 13000, place=family.clinic, own_paid=1000)
    asked = charge(on=build.TODAY, use="outpatient", level=1, personal_fen=13000, own_paid_fen=1000)
    # The question is about no place in particular.
    visit = replace(bill.charge.visit, area="")
    assert asked == replace(bill.charge, visit=visit)
