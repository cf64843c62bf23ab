"""What is advised is true: changing that one thing changes the answer of the same bill."""

import dataclasses
import random
from datetime import date
from functools import cache

import pytest

from pooling.bindings.usability import Unusable
from pooling.settlements import reasons, remedies, sources, waterfall
from pooling.settlements.bounds import Reason
from pooling.settlements.remedies import Remedy
from tests.settlements import chance

#: Nothing went wrong there.
FINE = {Reason.COVERED, Reason.NOTHING_TO_PAY, Reason.ALREADY_COVERED}
#: Only an area could change these; nobody is sent to do anything.
RULED = {
    *(Reason.REST_IS_OWN_PAID, Reason.AREA_BINDING_SETTLEMENT, Reason.AREA_RELATIVE_SETTLEMENT),
    Unusable.USE_NOT_IN_AREA,
    *(Unusable.PREMIUM_PAID_FIRST, Unusable.PREMIUM_NOT_REFUNDED, Reason.NOT_CLAIMANT),
    *(Unusable.PRODUCT_NOT_LISTED, Unusable.PRODUCT_NOT_FOR_RELATIVE),
}


@cache
def answers(wanted: int = 4_000):
    """Return (input, considered) of many random bills, every third where one payer must do."""
    lots = random.Random(20261122)
    found = []
    for number in range(wanted):
        given = chance.any_input(lots.randint)
        if number % 3 == 0:
            given = one_payer_must_do(given)
        found += [(given, item) for item in waterfall.split(given).considered]
    return found


def one_payer_must_do(given):
    ruled = {"payers_per_settlement": "one", "payer_order": "rank", "pays_own_paid": True}
    clauses = given.rules[given.rules_area]
    changed = {
        name: dataclasses.replace(clauses[name], value=value) for name, value in ruled.items()
    }
    rules = given.rules | {given.rules_area: clauses | changed}
    charge = dataclasses.replace(given.charge, acct_used_flag=2, personal_fen=60)
    return dataclasses.replace(given, rules=rules, charge=charge)


@cache
def by_remedy():
    """Return remedy → (input, considered, considered then) where it helps."""
    found = {}
    for given, item in answers():
        for remedy, then in remedies.that_help(given, item):
            found.setdefault(remedy, []).append((given, item, then))
    return found


def test_every_reason_has_a_way_out_or_none_on_purpose():
    assert set(remedies.FOR) | FINE | RULED == set(Reason) | set(Unusable)
    assert not set(remedies.FOR) & (FINE | RULED)
    found = [*remedies.FOR.values(), *remedies.FOR_SOURCE.values()]
    assert {remedy for each in found for remedy in each} == set(Remedy)


@pytest.mark.parametrize("remedy", Remedy)
def test_following_an_advice_changes_the_answer(remedy):
    for _given, item, then in by_remedy()[remedy]:
        more = then.could_give_fen > item.could_give_fen or then.taken_fen > item.taken_fen
        assert more or then.reason != item.reason
        assert then.binding == item.binding
        assert then.source == item.source or remedy is Remedy.SET_QUOTA


@pytest.mark.parametrize("remedy", Remedy)
def test_following_an_advice_can_be_all_that_is_needed(remedy):
    """For each kind some bill would simply have been paid."""
    if remedy is Remedy.CORRECT:
        assert any(then.could_give_fen for _given, _item, then in by_remedy()[remedy])
        return
    assert any(then.taken_fen > item.taken_fen for _given, item, then in by_remedy()[remedy])


@pytest.mark.django_db
def test_whoever_got_less_than_was_needed_hears_what_next():
    for given, item in answers()[:1500]:
        if item.reason in FINE:
            assert reasons.advice(given, item) == ""
        else:
            for reader in (reasons.PATIENT, reasons.PAYER, reasons.STAFF):
                said = reasons.advice(given, item, reader)
                assert said.endswith("。"), item.reason
                assert "%" not in said, item.reason


@pytest.mark.django_db
def test_the_patient_and_the_till_learn_no_figure_from_an_advice():
    for given, item in answers()[-1500:]:
        assert "¥" not in reasons.advice(given, item)
        assert "¥" not in reasons.advice(given, item, reasons.PAYER)


def capped(reason, day, *, cap, used, area=None):
    """Return a bill of 10 over a purse of 100, one cap in the way; `area` names its clause."""
    given = chance.any_input(lambda low, high: low)
    rules = {
        name: dataclasses.replace(clause, value=chance.NEUTRAL[name])
        for name, clause in given.rules["361100"].items()
    }
    caps, spent = sources.Caps(), sources.Used()
    if area:
        rules[area] = dataclasses.replace(rules[area], value=cap)
    else:
        caps = sources.Caps(**{remedies._CAP_OF[reason]: cap})
    field = {"day": "day_fen", "month": "month_fen", "year": "year_fen"}
    period = remedies._WAITED_OUT[reason]
    over_all = "payer_" if "payer" in reason else ""
    spent = sources.Used(**{over_all + field[period]: used})
    return dataclasses.replace(
        given,
        charge=sources.Charge(sources.Visit(day, "outpatient", 1), 10, 0, 2),
        patient=sources.Patient(False, "390", "361100", "1"),
        own=sources.NO_PURSE,
        rules={"361100": rules},
        candidates=(
            sources.Candidate(
                binding=1,
                payer=2,
                rank=1,
                bound_at=None,
                authorisation=sources.Authorisation("active", date(2026, 1, 1)),
                standing=sources.Payer(False, "1", "361100"),
                purse=sources.Purse(parts=(sources.Part("prior", 5, 100),)),
                caps=caps,
                used=spent,
            ),
        ),
    )


@pytest.mark.parametrize(
    ("reason", "area", "day", "again"),
    [
        (Reason.CAP_DAY, None, date(2028, 2, 28), "2028年2月29日"),
        (Reason.CAP_DAY, None, date(2028, 2, 29), "2028年3月1日"),
        (Reason.CAP_MONTH, None, date(2028, 2, 29), "2028年3月1日"),
        (Reason.CAP_MONTH, None, date(2026, 12, 31), "2027年1月1日"),
        (Reason.CAP_YEAR, None, date(2028, 2, 29), "2029年1月1日"),
        (Reason.CAP_PAYER_MONTH, None, date(2027, 1, 31), "2027年2月1日"),
        (Reason.AREA_PAYER_MONTH, "cap_payer_month_fen", date(2027, 2, 28), "2027年3月1日"),
        (Reason.AREA_BINDING_YEAR, "cap_binding_year_fen", date(2027, 2, 28), "2028年1月1日"),
    ],
)
def test_waiting_is_advised_with_its_day_and_only_where_it_helps(reason, area, day, again):
    def advice(cap, used):
        given = capped(reason, day, cap=cap, used=used, area=area)
        (item,) = [one for one in waterfall.split(given).considered if one.binding]
        assert item.reason == reason
        return reasons.advice(given, item)

    assert f"{again}起可以支付" in advice(5, 5)
    assert f"{again}起可以支付" in advice(5, 2)
    # The whole cap went to this very bill, or there never is anything: waiting is no help.
    for cap, used in ((5, 0), (0, 0), (0, 3)):
        assert "起可以支付" not in advice(cap, used)
    assert ("调高" in advice(0, 0)) is (area is None)
    assert ("个人无法改变" in advice(0, 0)) is (area is not None)


def test_a_resident_without_account_hears_that_relatives_may_pay_all_the_same():
    given = capped(Reason.CAP_DAY, date(2026, 11, 22), cap=9, used=0)
    given = dataclasses.replace(given, own=sources.NO_PURSE)
    own = next(one for one in waterfall.split(given).considered if one.source == "own")
    assert own.reason == Reason.OWN_MISSING
    assert reasons.advice(given, own).startswith("不影响用家人的钱支付")


def test_below_the_floor_it_is_not_any_contribution_that_helps():
    given = capped(
        Reason.AREA_PAYER_MONTH, date(2026, 11, 22), cap=99, used=0, area="cap_payer_month_fen"
    )
    rules = given.rules["361100"]
    floor = dataclasses.replace(rules["floor_fen"], value=500)
    given = dataclasses.replace(given, rules={"361100": rules | {"floor_fen": floor}})
    (item,) = [one for one in waterfall.split(given).considered if one.binding]
    assert item.reason == Reason.FLOOR
    assert reasons.advice(given, item) == "账户余额超过应保留的数额后，超出的部分可以支付。"


def test_what_else_stands_in_the_way_is_told_but_not_what_money_there_is():
    given = capped(Reason.CAP_DAY, date(2026, 11, 22), cap=9, used=0)
    (one,) = given.candidates
    stopped = dataclasses.replace(one.authorisation, frozen=True, declined=True)

    def advice(reader, **facts):
        changed = dataclasses.replace(one, authorisation=stopped, **facts)
        bill = dataclasses.replace(given, candidates=(changed,))
        (item,) = [each for each in waterfall.split(bill).considered if each.binding]
        assert item.reason == Unusable.FROZEN
        return reasons.advice(bill, item, reader)

    assert "不过还有：被共济人选择了停用" in advice(reasons.PATIENT)
    # Whoever turns a relative's account off is not to be reported for it.
    assert "停用" not in advice(reasons.PAYER)
    stopped = dataclasses.replace(one.authorisation, frozen=True)
    empty = advice(reasons.PATIENT, purse=sources.Purse())
    assert empty == advice(reasons.PATIENT) == "共济人恢复使用后即可支付。"
    assert "¥0.09" in advice(reasons.STAFF)
