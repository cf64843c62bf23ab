"""A premium paid first and asked back: claimed with a receipt, decided by another, paid once."""

import pytest

from pooling.cases import documents
from pooling.cases.models import Case
from pooling.cases.services import FourEyes
from pooling.counter import services as desk
from pooling.funds import services as treasury
from pooling.funds.models import Payment, Payout, PersonalAccount
from pooling.funds.services.payments import Answer
from pooling.ledger import selectors as books
from pooling.settlements import services
from pooling.settlements.models import Settlement
from pooling.settlements.selectors import usage
from pooling.settlements.services import PremiumAlreadyPaid, claims
from pooling.settlements.services.claims import ClaimRefused, Wish
from pooling.shared.errors import NotFound
from tests import build
from tests.settlements.household import AREA, balance, household, paid
from tests.settlements.test_premiums import pay_premium

pytestmark = pytest.mark.django_db

REVIEWER = build.clerk(902)


def area_that_refunds(**more):
    return household(premium_form={"resident_premium": "refund", "ltc_premium": "both"}, **more)


def wish(insured, fen: int = 5000, **changes) -> Wish:
    asked = {
        "insured_id": insured.pk,
        "use": "resident_premium",
        "year": 2027,
        "paid_on": build.TODAY,
        "amount_fen": fen,
        "bank": "上饶银行",
        "bank_account": "6222020000000000000",
    }
    return Wish(**asked | changes)


def begun(member, asked: Wish) -> Case:
    return claims.begin(wish=asked, by=build.member_actor(member), at=build.NOON)


def handed_in(member, asked: Wish, *, accepted: bool = True) -> Case:
    """Return a claim with its receipt, which a reviewer has looked at."""
    case = begun(member, asked)
    receipt = build.paper(case, kind=claims.RECEIPT)
    case = documents.hand_in(case_id=case.pk, by=build.member_actor(member), at=build.NOON)
    if accepted:
        documents.accept(document_id=receipt.pk, by=REVIEWER, at=build.NOON)
    return case


def granted(case, by=REVIEWER) -> Settlement:
    desk.approve(case, remark="", by=by, at=build.NOON)
    return Settlement.objects.get(claim=case)


def to_the_bank() -> list[tuple[str, str, int]]:
    """Return whom the bank will pay how much: name, account and fen."""
    ready = Payment.objects.filter(state="ready").select_related("payee").order_by("pk")
    return [(row.payee.name, row.bank_account, row.payee.amount_fen) for row in ready]


def owed_fen() -> int:
    account = treasury.refunds_payable(AREA)
    return books.balances([account])[account]


def test_the_claimants_account_alone_pays_and_the_scheme_owes_it_to_them():
    family = area_that_refunds()
    case = handed_in(family.wei, wish(family.mei))
    assert (case.state, case.decided_by) == ("waiting", "")
    assert balance(family.wei) == (2000, 4000)
    settlement = granted(case)
    assert paid(family, settlement) == [("Wei", "prior", 4000), ("Wei", "current", 1000)]
    assert (owed_fen(), to_the_bank()) == (0, [("王伟", "6222020000000000000", 5000)])
    assert PersonalAccount.objects.get(member=family.wei).closed_on is None
    assert (settlement.premium_year, settlement.institution.code) == (2027, f"R{AREA}")
    case.refresh_from_db()
    assert (case.state, case.decided_by) == ("approved", REVIEWER.name)
    [row] = usage.usage_for(family.wei.pk).given
    assert (row.premium, row.amount_fen) == ("居民医保缴费 · 2027年度", 5000)


def test_more_than_the_account_holds_stays_paid_by_who_paid_it():
    family = area_that_refunds()
    settlement = granted(handed_in(family.wei, wish(family.mei, 9000)))
    assert (settlement.pooled_fen, settlement.cash_fen) == (6000, 3000)
    assert [fen for _name, _account, fen in to_the_bank()] == [6000]
    assert sum(balance(family.lan)) == 50000


def test_the_own_premium_comes_from_the_own_account_alone():
    family = area_that_refunds(mei_is_employed=True)
    build.personal_account(family.mei, prior=4500, area=AREA)
    settlement = granted(handed_in(family.mei, wish(family.mei)))
    assert paid(family, settlement) == [("own", "prior", 4500), ("cash", "", 500)]
    assert to_the_bank() == [("梅", "6222020000000000000", 4500)]


def test_the_bank_is_told_in_the_next_file_and_what_comes_back_waits_for_people():
    family = area_that_refunds()
    granted(handed_in(family.wei, wish(family.mei)))
    file = treasury.make_bank_file(area=AREA, by=build.JOB, at=build.NOON)
    assert (file.lines, file.total_fen) == (1, 5000)
    [payment] = Payment.objects.all()
    said = Answer(2, payment.reference, "returned", 5000, "户名不符")
    treasury.load_answers([said], by=build.JOB, at=build.NOON)
    waiting = Case.objects.get(kind="suspense")
    assert (waiting.member, waiting.reason_values["amount_fen"]) == (family.wei, 5000)


def test_a_claim_and_a_withdrawal_of_the_account_do_not_stand_in_each_others_way():
    family = area_that_refunds()
    account = PersonalAccount.objects.get(member=family.wei)
    facts = {"event_on": build.TODAY, "proposed_at": build.NOON, "proposed_by": "staff:901"}
    Payout.objects.create(personal_account=account, reason="left", **facts)
    granted(handed_in(family.wei, wish(family.mei)))
    assert Payout.objects.get(reason="premium").amount_fen == 5000


def test_nobody_decides_their_own_claim_and_none_without_its_receipt():
    family = area_that_refunds()
    case = handed_in(family.wei, wish(family.mei), accepted=False)
    with pytest.raises(ClaimRefused, match="采信缴费凭证"):
        granted(case)
    [receipt] = case.documents.all()
    documents.accept(document_id=receipt.pk, by=REVIEWER, at=build.NOON)
    with pytest.raises(FourEyes):
        claims.grant(case_id=case.pk, by=build.member_actor(family.wei), at=build.NOON)
    granted(case)


def test_a_premium_is_given_back_or_paid_once():
    family = area_that_refunds()
    first, second = (handed_in(family.wei, wish(family.mei, 100)) for _again in range(2))
    granted(first)
    with pytest.raises(PremiumAlreadyPaid):
        granted(second)
    with pytest.raises(ClaimRefused, match="已经结算过"):
        begun(family.wei, wish(family.mei))
    with pytest.raises(PremiumAlreadyPaid):
        pay_premium(family.mei)


def test_each_listed_product_is_given_back_once_by_its_name():
    family = household(
        premium_form={"commercial_insurance": "refund"},
        commercial_products={"惠民保": [], "医惠保": []},
    )
    bought = {"use": "commercial_insurance", "fen": 100}
    for product in ("惠民保", "医惠保"):
        granted(handed_in(family.wei, wish(family.mei, product=product, **bought)))
    with pytest.raises(ClaimRefused, match="惠民保已经结算过"):
        begun(family.wei, wish(family.mei, product="惠民保", **bought))
    with pytest.raises(ClaimRefused, match="不在其中"):
        begun(family.wei, wish(family.mei, product="惠民", **bought))


def test_no_till_takes_back_what_went_to_a_bank():
    family = area_that_refunds()
    settlement = granted(handed_in(family.wei, wish(family.mei)))
    till = build.till(settlement.institution)
    known = {"settlement_id": settlement.pk, "institution_id": settlement.institution_id}
    with pytest.raises(NotFound):
        services.reverse(**known, reason="误", by=till, at=build.NOON)


def test_a_claim_turned_down_moves_nothing_and_says_why():
    family = area_that_refunds()
    case = handed_in(family.wei, wish(family.mei))
    with pytest.raises(ClaimRefused):
        desk.refuse(case, reason_code="because", remark="", by=REVIEWER, at=build.NOON)
    desk.refuse(case, reason_code="receipt_differs", remark="", by=REVIEWER, at=build.NOON)
    case.refresh_from_db()
    assert (case.state, case.reason_code) == ("refused", "receipt_differs")
    assert (owed_fen(), balance(family.wei)) == (0, (2000, 4000))


def test_a_stranger_asks_nothing_back_for_somebody():
    family = area_that_refunds()
    stranger = build.employee("陌生人", area=AREA)
    build.personal_account(stranger, prior=9000, area=AREA)
    with pytest.raises(ClaimRefused, match="没有为这位家人开通共济"):
        begun(stranger, wish(family.mei))


@pytest.mark.parametrize(
    ("clauses", "changes", "said"),
    [
        ({"premium_form": {}}, {}, "不办事后报销"),
        ({"uses": ["outpatient"]}, {}, "不允许共济用于"),
        ({}, {"use": "outpatient"}, "只有保费"),
        ({}, {"amount_fen": 0}, "大于零"),
        ({}, {"paid_on": build.day("2025-11-20")}, "一年以内"),
        ({}, {"paid_on": build.day("2026-11-23")}, "一年以内"),
        ({}, {"year": 2028}, "参保年度"),
        ({}, {"bank": "1"}, "银行的名称"),
    ],
)
def test_what_cannot_be_asked_back_is_said_at_once(clauses, changes, said):
    family = household(**{"premium_form": {"resident_premium": "refund"}} | clauses)
    with pytest.raises(ClaimRefused, match=said):
        begun(family.wei, wish(family.mei, **changes))
    assert Case.objects.count() == 0
