"""Paying an account out: for lawful reasons only, by two people, whole, once, and for good."""

from datetime import timedelta
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.models import Member
from pooling.audit.models import Event
from pooling.cases.models import Case
from pooling.funds import lawful, outgoing, selectors, services
from pooling.funds.models import Payment, Payout
from pooling.funds.services import NotYours, Refused
from pooling.ledger import selectors as books
from pooling.ledger.models import Posting
from pooling.notices.models import Notice
from pooling.policy import parameters
from tests import build
from tests.exercise import times

AREA, ABROAD = "999900", "888800"
EVERY = list(parameters.PAYOUT_CASES)
TODAY = build.TODAY
LAST_WEEK = TODAY - timedelta(days=7)
database = pytest.mark.django_db


def lies_in(code):
    """Return what lies in a scheme account."""
    account = build.scheme_account(code)
    return sum(Posting.objects.filter(account=account).values_list("amount_fen", flat=True))


def saver(*, until=LAST_WEEK, died_on=None, born="1956-03-05", **facts):
    """Return somebody's account of 30.00 + 70.00; by default they left the insurance a week ago."""
    owner = build.member("王德福", born=born, died_on=died_on)
    build.enrolment(owner, area=AREA, until=until, **facts)
    return build.personal_account(owner, current=30_00, prior=70_00, area=AREA)


@pytest.fixture
def account(db):
    build.area(AREA, payout_cases=EVERY)
    return saver()


def refused(code, account, *given, **more):
    with pytest.raises(Refused) as refusal:
        build.payout(account, *given, **more)
    assert refusal.value.code == code
    return refusal.value


# --- the reasons ------------------------------------------------------------------------------


@database
@pytest.mark.parametrize("reason", EVERY)
def test_only_reasons_the_area_knows_and_each_names_the_clause(reason):
    build.area(AREA, payout_cases=[each for each in EVERY if each != reason])
    died_on = LAST_WEEK if reason == "death" else None
    refusal = refused("payout_case_not_here", saver(died_on=died_on), reason, since=LAST_WEEK)
    assert refusal.rule.name == "payout_cases"
    assert "不能提取个人账户" in refusal.sentence


@database
def test_where_nobody_ruled_nothing_is_paid_out():
    build.area(AREA)
    refused("payout_case_not_here", saver(died_on=LAST_WEEK), "death", build.heir("王敏"))


def owner(*rows, died_on=None, has_another=False):
    insured = tuple(lawful.Insured(*row) for row in rows)
    return lawful.Owner(AREA, build.day("2020-01-01"), died_on, insured, has_another)


SINCE = build.day("2020-01-01")
WORKS = ("310", AREA, "1", SINCE, None)
#: The last day of the insurance was yesterday; or is today.
LEFT, LEAVES = ("310", AREA, "1", SINCE, TODAY), ("310", AREA, "1", SINCE, TODAY + timedelta(1))
STOPPED, PAUSED = ("310", AREA, "4", TODAY, None), ("310", AREA, "2", TODAY, None)
RESIDENT = ("390", AREA, "1", TODAY, None)
MOVED, THERE = ("390", ABROAD, "1", TODAY, None), ("310", ABROAD, "1", TODAY, None)


@pytest.mark.parametrize(
    ("reason", "who", "since", "code"),
    [
        ("death", owner(WORKS), None, "payout_not_dead"),
        ("death", owner(WORKS, died_on=TODAY), None, ""),
        ("death", owner(WORKS, died_on=TODAY + timedelta(1)), None, "payout_not_dead"),
        ("left", owner(LEFT, died_on=TODAY), None, "payout_dead"),
        ("illness", owner(WORKS, died_on=TODAY), TODAY, "payout_dead"),
        ("emigration", owner(LEFT), None, ""),
        ("emigration", owner(STOPPED), None, ""),
        ("emigration", owner(LEAVES), None, "payout_still_insured"),
        ("emigration", owner(LEFT, RESIDENT), None, "payout_still_insured"),
        ("emigration", owner(LEFT, MOVED), None, "payout_still_insured"),
        ("not_accepted", owner(LEFT, MOVED), None, ""),
        ("not_accepted", owner(LEFT, THERE), None, ""),
        ("not_accepted", owner(LEFT), None, ""),
        ("not_accepted", owner(LEFT, THERE, has_another=True), None, "payout_account_elsewhere"),
        ("not_accepted", owner(LEAVES, MOVED), None, "payout_still_insured_here"),
        ("not_accepted", owner(LEFT, RESIDENT), None, "payout_still_insured_here"),
        ("left", owner(LEFT), None, ""),
        ("left", owner(LEFT, RESIDENT), None, ""),
        ("left", owner(LEAVES), None, "payout_still_employed"),
        ("left", owner(PAUSED), None, "payout_still_employed"),
        ("left", owner(LEFT, THERE), None, "payout_still_employed"),
        ("resettled", owner(WORKS), TODAY, ""),
        ("resettled", owner(WORKS), None, "payout_day_missing"),
        ("resettled", owner(WORKS), TODAY + timedelta(1), "payout_day_missing"),
        ("army", owner(PAUSED), TODAY, ""),
        ("army", owner(LEFT), TODAY, ""),
        ("army", owner(WORKS), TODAY, "payout_still_employed"),
        ("army", owner(PAUSED), None, "payout_day_missing"),
        ("illness", owner(WORKS), TODAY, ""),
        ("illness", owner(WORKS), None, "payout_day_missing"),
    ],
)
def test_what_the_registry_says_to_each_reason(reason, who, since, code):
    assert lawful.objection(reason, who, TODAY, since) == code


@database
@pytest.mark.parametrize(
    ("reason", "facts", "more", "code"),
    [
        ("death", {}, {}, "payout_not_dead"),
        ("left", {"died_on": LAST_WEEK}, {}, "payout_dead"),
        ("emigration", {"until": None}, {}, "payout_still_insured"),
        ("not_accepted", {"until": None}, {}, "payout_still_insured_here"),
        ("left", {"until": None}, {}, "payout_still_employed"),
        ("army", {"until": None}, {"since": LAST_WEEK}, "payout_still_employed"),
        ("resettled", {}, {}, "payout_day_missing"),
        ("illness", {}, {}, "payout_day_missing"),
    ],
)
def test_each_reason_is_refused_with_a_sentence_and_the_clause(reason, facts, more, code):
    build.area(AREA, payout_cases=EVERY)
    refusal = refused(code, saver(**facts), reason, **more)
    assert refusal.sentence.endswith("。")
    assert refusal.rule.name == "payout_cases"


@database
@pytest.mark.parametrize(
    ("reason", "facts", "more"),
    [
        ("emigration", {}, {}),
        ("not_accepted", {}, {}),
        ("left", {}, {}),
        ("resettled", {"until": None}, {"since": LAST_WEEK}),
        ("army", {"status": "2", "until": None}, {"since": LAST_WEEK}),
        ("illness", {"until": None}, {"since": LAST_WEEK}),
    ],
)
def test_each_reason_pays_everything_out_and_closes(reason, facts, more):
    build.area(AREA, payout_cases=EVERY)
    account = saver(**facts)
    payout = build.paid_out(account, reason, **more)
    assert (payout.amount_fen, payout.event_on) == (100_00, LAST_WEEK)
    account.refresh_from_db()
    assert account.closed_on == TODAY
    assert build.holdings(account.member) == (0, 0)
    assert lies_in("scheme:payouts") == 100_00
    assert books.check() == []


@database
def test_an_account_there_takes_the_money_so_it_is_not_paid_out(account):
    build.enrolment(account.member, area=ABROAD, since=LAST_WEEK)
    build.area(ABROAD)
    build.payout(account, "not_accepted")
    Payment.objects.all().delete()
    Payout.objects.get().payees.all().delete()
    Payout.objects.all().delete()
    build.personal_account(account.member, current=1_00, area=ABROAD)
    refused("payout_account_elsewhere", account, "not_accepted")


# --- from when on, and with what --------------------------------------------------------------


@database
def test_months_are_waited_to_the_day_as_wuhan_does():
    build.built_in_areas("420100")
    person = build.member("王德福")
    build.enrolment(person, area="420100", until="2026-09-22")
    there = build.personal_account(person, prior=1_00, area="420100")
    eve = build.moment("2026-11-21 23:59")
    refusal = refused("payout_too_early", there, "emigration", at=eve)
    assert refusal.rule.name == "payout_wait_months"
    assert "2026-11-22" in refusal.sentence
    build.payout(there, "emigration", at=build.moment("2026-11-22 00:00"))


@database
def test_the_month_after_from_a_day_on_as_quanzhou_does():
    build.built_in_areas("350500")
    person = build.member("王德福", died_on="2026-10-31")
    build.enrolment(person, area="350500")
    there = build.personal_account(person, prior=1_00, area="350500")
    son, eve = build.heir("王伟"), build.moment("2026-11-09 23:59")
    refusal = refused("payout_too_early", there, "death", son, at=eve)
    assert refusal.rule.name == "payout_from_day"
    build.payout(there, "death", son, at=build.moment("2026-11-10 00:00"))


@database
def test_papers_of_the_reason_and_those_the_area_wants_besides_as_xian_does():
    build.built_in_areas("610100")
    person = build.member("王德福")
    build.enrolment(person, area="610100", until=LAST_WEEK)
    there = build.personal_account(person, prior=1_00, area="610100")
    brought = {"payee_id", "payee_account", "ended_proof", "payout_form", "payout_promise"}
    for paper in brought:
        refusal = refused("payout_papers_missing", there, "left", papers=brought - {paper})
        assert refusal.rule.name == "payout_papers"
        assert refusal.sentence.startswith("还缺材料：")
    assert build.payout(there, "left", papers=brought).papers == sorted(brought)


@pytest.mark.parametrize(
    ("reason", "event", "months", "from_day", "first"),
    [
        ("left", "2026-11-22", 0, None, "2026-11-22"),
        ("left", "2026-12-31", 2, None, "2027-02-28"),
        ("left", "2026-11-30", 0, 10, "2026-12-10"),
        ("left", "2026-11-30", 2, 10, "2027-01-30"),
        ("resettled", "2026-05-22", 6, 10, "2026-11-22"),
    ],
)
def test_the_first_day(reason, event, months, from_day, first):
    found = lawful.earliest(reason, build.day(event), months=months, from_day=from_day)
    assert found == build.day(first)


# --- two people -------------------------------------------------------------------------------


def approve(payout, by=902, **more):
    return services.approve_payout(payout_id=payout.pk, by=build.clerk(by), at=build.NOON, **more)


def test_who_proposed_decides_neither_way(account):
    payout = build.payout(account)
    for verb, more in ((services.approve_payout, {}), (services.refuse_payout, {"remark": "否"})):
        with pytest.raises(Refused) as refusal:
            verb(payout_id=payout.pk, by=build.clerk(), at=build.NOON, **more)
        assert (refusal.value.code, refusal.value.status) == ("payout_four_eyes", 403)
    assert build.holdings(account.member) == (30_00, 70_00)


def test_members_and_machines_do_neither(account):
    for by in (build.member_actor(account.member), build.JOB):
        with pytest.raises(NotYours, match="工作人员"):
            build.payout(account, by=by)
    payout = build.payout(account)
    with pytest.raises(NotYours):
        services.approve_payout(payout_id=payout.pk, by=build.JOB, at=build.NOON)


def test_one_waits_at_a_time_and_is_decided_once(account):
    payout = build.payout(account)
    refused("payout_waits", account)
    approve(payout)
    with pytest.raises(Refused) as again:
        approve(payout, by=903)
    assert again.value.code == "payout_decided"
    refused("payout_nothing", account)
    assert lies_in("scheme:payouts") == 100_00


def test_refused_nothing_moves_and_another_may_be_proposed(account):
    payout = build.payout(account)
    by = build.clerk(902)
    services.refuse_payout(payout_id=payout.pk, remark="户口簿看不清", by=by, at=build.NOON)
    payout.refresh_from_db()
    assert (payout.state, payout.remark) == ("refused", "户口簿看不清")
    assert Payment.objects.get().state == "dropped"
    assert build.holdings(account.member) == (30_00, 70_00)
    approve(build.payout(account))


def test_what_changed_since_the_proposal_counts_at_the_decision(account):
    payout = build.payout(account)
    build.enrolment(account.member, area=AREA, since=TODAY)
    with pytest.raises(Refused) as refusal:
        approve(payout)
    assert refusal.value.code == "payout_still_employed"
    assert build.holdings(account.member) == (30_00, 70_00)


def test_nothing_in_it_is_not_paid_out(account):
    account = build.personal_account(build.employee(area=AREA, born="1960-01-01"), area=AREA)
    payout = build.payout(account, "illness", since=LAST_WEEK)
    with pytest.raises(Refused) as refusal:
        approve(payout)
    assert refusal.value.code == "payout_nothing"
    account.refresh_from_db()
    assert account.closed_on is None


# --- what is elsewhere comes home first -------------------------------------------------------


@database
def test_quotas_transfers_and_shares_come_home_first():
    build.area(AREA, payout_cases=EVERY, model="pooled_transfer", quota_across_provinces=True)
    build.area(ABROAD, wallet_open=True)
    wei = build.employee("王伟", area=AREA)
    mother = build.resident("张桂兰", area=ABROAD, born="1957-11-02", gender="2")
    build.relation(wei, mother, "52")
    there = build.personal_account(wei, current=100_00, prior=300_00, area=AREA)
    build.quota(wei, mother, 50_00)
    fund = build.family_fund(wei)
    build.pay_in(fund, wei, 40_00)
    build.wallet(mother)
    build.next_rules(AREA, since="2026-12-01", payout_cases=EVERY, wallet_open=True)
    later = build.moment("2026-12-01 10:00")
    sent = build.transfer(wei, mother, 60_00, at=later)
    assert sum(build.holdings(wei)) == 250_00
    payout = build.paid_out(there, "illness", since=LAST_WEEK, at=later)
    assert (payout.prior_fen, payout.current_fen) == (300_00, 100_00)
    sent.refresh_from_db()
    fund.refresh_from_db()
    assert (sent.state, fund.closed_at) == ("cancelled", later)
    assert selectors.open_quota(wei.pk, mother.pk) is None
    assert not Case.objects.filter(kind="suspense").exists()
    assert Notice.objects.filter(member=mother, kind="quota_released").exists()
    assert books.check() == []


@database
def test_of_the_dead_it_comes_by_suspense_and_joins_and_so_does_what_waited_there():
    build.area(AREA, payout_cases=EVERY, model="quota")
    wei, mei = build.employee("王伟", area=AREA), build.resident("李梅", area=AREA, gender="2")
    there = build.personal_account(wei, current=100_00, area=AREA)
    build.quota(wei, mei, 30_00)
    Member.objects.filter(pk=wei.pk).update(died_on=LAST_WEEK)
    payout = build.paid_out(there, "death", build.heir("李梅", member_id=mei.pk))
    assert (payout.current_fen, payout.suspense_fen, payout.amount_fen) == (70_00, 30_00, 100_00)
    case = Case.objects.get(kind="suspense")
    assert (case.state, case.decided_by_rule) == ("approved", "payout")
    assert (lies_in("scheme:suspense"), lies_in("scheme:payouts")) == (0, 100_00)
    told = Notice.objects.filter(kind="payout_approved")
    assert [notice.member_id for notice in told] == [mei.pk]


def suspended(account, fen):
    """Let money of an account wait in suspense."""
    suspense, opening = (build.scheme_account(f"scheme:{name}") for name in ("suspense", "opening"))
    build.post((opening, -fen), (suspense, fen))
    values = {"amount_fen": fen, "account": account.pk}
    return build.waiting_case(
        account.member, kind="suspense", reason_code="account_closed", reason_values=values
    )


def test_what_waits_for_another_account_stays(account):
    build.area(ABROAD)
    other = build.personal_account(account.member, prior=1_00, area=ABROAD)
    mine, theirs = suspended(account, 5_00), suspended(other, 7_00)
    assert build.paid_out(account).suspense_fen == 5_00
    states = [Case.objects.get(pk=case.pk).state for case in (mine, theirs)]
    assert states == ["approved", "waiting"]
    assert lies_in("scheme:suspense") == 7_00


def test_what_comes_back_after_the_closing_can_be_paid_out_too(account):
    build.paid_out(account)
    suspended(account, 5_00)
    payout = build.paid_out(account)
    assert (payout.suspense_fen, payout.amount_fen) == (5_00, 5_00)
    assert lies_in("scheme:suspense") == 0


# --- to whom ----------------------------------------------------------------------------------


@pytest.fixture
def estate(db):
    build.area(AREA, payout_cases=["death"])
    return saver(died_on=LAST_WEEK)


def test_the_living_get_all_of_it_themselves(account):
    stranger = build.member("赵强")
    for to in (
        [build.heir("王敏")],
        [services.To(**build.BANK, member_id=stranger.pk)],
        [services.To(**build.BANK, member_id=account.member_id, share=Fraction(1, 2))] * 2,
    ):
        refused("payout_to_the_owner", account, "left", *to)


def test_heirs_get_their_shares_and_the_fen_left_over_goes_to_the_first(estate):
    wife = build.resident("张桂兰", area=AREA, gender="2")
    heirs = [build.heir("", "1/3", member_id=wife.pk), build.heir("王伟", "1/3")]
    payout = build.paid_out(estate, "death", *heirs, build.heir("王敏", "1/3"))
    payees = outgoing.payees(payout)
    assert [(each.name, each.amount_fen) for each in payees] == [
        ("张桂兰", 33_34), ("王伟", 33_33), ("王敏", 33_33),
    ]  # fmt: skip
    assert {payment.state for payment in Payment.objects.all()} == {"ready"}


@pytest.mark.parametrize(
    ("shares", "shown"),
    [(["1/2", "1/3"], "5/6"), (["1/2", "1/2", "1/1000"], "1001/1000"), (["2", "-1"], "1")],
)
def test_shares_that_are_not_the_whole_are_refused(estate, shares, shown):
    heirs = [build.heir("王伟", share) for share in shares]
    assert shown in refused("payout_shares", estate, "death", *heirs).sentence


def test_a_dead_heir_is_not_paid_nor_the_dead_themselves(estate):
    brother = build.member("王德禄", died_on=TODAY)
    for heir in (brother.pk, estate.member_id):
        refused("payout_heir_dead", estate, "death", build.heir("", member_id=heir))
    with pytest.raises(Refused, match="至少填写一位"):
        services.propose_payout(
            personal_account_id=estate.pk, reason="death", papers=build.ALL_PAPERS, to=[],
            by=build.clerk(), at=build.NOON,
        )  # fmt: skip


@pytest.mark.parametrize(
    ("heir", "code"),
    [
        ({"name": "=HYPERLINK(1)"}, "payout_payee_name"),
        ({"name": "王"}, "payout_payee_name"),
        ({"name": "王,伟"}, "payout_payee_name"),
        ({"bank_account": "1234567"}, "payout_bank_account"),
        ({"bank_account": "6222x0213"}, "payout_bank_account"),
        ({"bank_account": "1" * 31}, "payout_bank_account"),
        ({"bank": "+行"}, "payout_bank"),
    ],
)
def test_what_a_bank_cannot_read_is_refused(estate, heir, code):
    refused(code, estate, "death", services.To(**{**build.BANK, "name": "王伟", **heir}))


def test_names_and_bank_accounts_are_nowhere_in_plain(estate):
    build.paid_out(estate, "death", build.heir("古丽·买买提"))
    payment = Payment.objects.get()
    assert payment.bank_account == "6222021308001234567"
    for sealed in (payment.bank_account_sealed, payment.payee.name_sealed):
        assert b"6222021308001234567" not in bytes(sealed)
        assert "古丽".encode() not in bytes(sealed)
    for event in Event.objects.filter(verb__contains="pay"):
        assert "古丽" not in str(event.detail)
        assert "6222" not in str(event.detail)


positive = st.integers(1, 40)


@given(amount=st.integers(1, 10**9), weights=st.lists(positive, min_size=1, max_size=9))
@settings(max_examples=times(ci=200, long_run=20_000), deadline=None)
def test_shares_add_up_to_the_fen_and_nobody_is_a_fen_off(amount, weights):
    shares = [Fraction(weight, sum(weights)) for weight in weights]
    parts = lawful.shared_out(amount, shares)
    assert sum(parts) == amount
    for part, share in zip(parts, shares, strict=True):
        assert abs(part - amount * share) < 1


# --- the member hears of it, and the law is in the tables -------------------------------------


def test_the_owner_hears_of_the_proposal_and_of_the_decision(account):
    approve(build.payout(account))
    told = Notice.objects.filter(member=account.member_id).order_by("pk")
    assert [notice.kind for notice in told] == ["payout_proposed", "payout_approved"]


def test_nothing_comes_in_after_the_closing(account):
    build.paid_out(account)
    row = build.contribution_row(account.member, 5_00, area=AREA)
    loaded = services.contribute_many([row], by=build.JOB, at=build.NOON)
    assert "已销户" in loaded.problems[0].reason


def test_a_share_of_less_than_a_fen_is_no_payment(db):
    build.area(AREA, payout_cases=["death"])
    poor = build.member("王德福", died_on=LAST_WEEK)
    there = build.personal_account(poor, prior=1, area=AREA)
    build.paid_out(there, "death", build.heir("王伟", "1/2"), build.heir("王敏", "1/2"))
    tries = Payment.objects.order_by("pk")
    assert [(each.payee.amount_fen, each.state) for each in tries] == [(1, "ready"), (0, "dropped")]
