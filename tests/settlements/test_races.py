"""Two at once, on real connections: no fen lost, none invented, nothing spent twice."""

import pytest

from pooling.audit.models import Event
from pooling.bindings import services as bindings
from pooling.ledger import selectors as books
from pooling.ledger.models import Account, Posting
from pooling.settlements import services
from pooling.settlements.models import Settlement
from pooling.settlements.services import AlreadySettled, NothingLeft
from tests import build
from tests.at_once import at_once
from tests.exercise import times
from tests.settlements import worked
from tests.settlements.household import AREA, balance, household, paid

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

MONEY = 6000


@pytest.fixture
def family():
    """Wei alone can pay: he has 60, Lan has frozen hers."""
    family = household()
    lan = build.member_actor(family.lan)
    bindings.freeze(binding_id=family.from_lan.pk, by=lan, at=build.NOON)
    yield family
    assert books.check() == []
    assert nothing_invented()


def nothing_invented() -> bool:
    """What was paid in is what everybody holds, institutions included."""
    held = sum(books.balances(Account.objects.values_list("pk", flat=True)).values())
    return held == 0 and not Posting.objects.filter(balance_after_fen__lt=0).exists()


def bill_of(family, patient, fen, **facts):
    """Return a till's whole work: settle one bill."""
    place = build.institution(area=AREA) if facts.pop("elsewhere", False) else family.clinic
    bill = build.bill(patient, fen, place=place, **facts)
    by = build.till(place)
    return lambda: services.settle(bill=bill, backdate_days=0, by=by, at=build.NOON)


def refill(family):
    """Bring Wei back to 60."""
    missing = MONEY - sum(balance(family.wei))
    if missing:
        build.contribution(family.wei, missing, part="prior", area=AREA)


def test_10_two_tills_on_one_payer_never_take_his_money_twice(family):
    brother = build.resident("弟弟", area=AREA)
    build.active_binding(family.wei, brother)
    for pair in range(times(ci=120, long_run=20_000)):
        other = brother if pair % 2 else family.mei
        settled = at_once(
            bill_of(family, family.mei, MONEY), bill_of(family, other, MONEY, elsewhere=True)
        )
        assert sorted((each.pooled_fen, each.cash_fen) for each in settled) == [
            (0, MONEY),
            (MONEY, 0),
        ]
        assert sum(balance(family.wei)) == 0
        if pair == 0:
            both = [line for each in settled for line in paid(family, each)]
            assert sorted(both) == sorted(worked.lines("10"))
        refill(family)


def test_no_debit_follows_a_release(family):
    by = build.member_actor(family.wei)
    binding = family.from_wei
    for _ in range(times(ci=100, long_run=20_000)):
        settled, released = at_once(
            bill_of(family, family.mei, 1000),
            lambda pk=binding.pk: bindings.release(binding_id=pk, by=by, at=build.NOON),
        )
        assert released.state == "released"
        # Both hold the same locks while they write their trace, so its order is theirs.
        trail = Event.objects.filter(verb__in=["settlements.settle", "bindings.release"])
        last, before = trail.order_by("-pk")[:2]
        assert {last.verb, before.verb} == {"settlements.settle", "bindings.release"}
        debited_first = last.verb == "bindings.release"
        assert settled.pooled_fen == (1000 if debited_first else 0)
        refill(family)
        binding = build.active_binding(family.wei, family.mei, rank=1)


def test_a_reversal_and_a_settlement_share_the_money_that_comes_back(family):
    for _ in range(times(ci=100, long_run=20_000)):
        first = build.settle(family.mei, MONEY, place=family.clinic)
        second, reversed_bill = at_once(
            bill_of(family, family.mei, MONEY),
            lambda pk=first.pk: services.reverse(
                settlement_id=pk,
                institution_id=family.clinic.pk,
                reason="",
                by=build.till(family.clinic),
                at=build.NOON,
            ),
        )
        assert reversed_bill.status == "reversed"
        assert second.pooled_fen in (0, MONEY)
        assert sum(balance(family.wei)) == MONEY - second.pooled_fen
        refill(family)


def test_the_same_message_twice_at_once_is_settled_once(family):
    for pair in range(times(ci=100, long_run=20_000)):
        # With 10 there is enough for both: equal movements would find each other's entry.
        fen = MONEY if pair % 2 else 1000
        twins = at_once(*[bill_of(family, family.mei, fen, message_id=f"M{pair}")] * 2)
        refused = [each for each in twins if isinstance(each, AlreadySettled)]
        assert len(refused) == 1
        assert Settlement.objects.filter(message_id=f"M{pair}").count() == 1
        assert sum(balance(family.wei)) == MONEY - fen
        refill(family)


def test_two_relatives_never_exceed_the_payers_own_cap_over_all(family):
    brother = build.resident("弟弟", area=AREA)
    build.active_binding(family.wei, brother)
    by = build.member_actor(family.wei)
    bindings.set_payer_caps(cap_per_day_fen=5000, cap_per_year_fen=None, by=by, at=build.NOON)
    for _ in range(times(ci=50, long_run=20_000)):
        settled = at_once(
            bill_of(family, family.mei, 4000), bill_of(family, brother, 4000, elsewhere=True)
        )
        assert sorted(each.pooled_fen for each in settled) == [1000, 4000]
        for each in settled:
            build.reversal(each)


def test_two_refunds_at_once_return_no_more_than_was_paid(family):
    for _ in range(times(ci=40, long_run=20_000)):
        bill = build.settle(family.mei, MONEY, place=family.clinic)

        def refund(pk=bill.pk):
            return services.refund(
                settlement_id=pk,
                institution_id=family.clinic.pk,
                amount_fen=4000,
                reason="",
                by=build.till(family.clinic),
                at=build.NOON,
            )

        results = at_once(refund, refund)
        assert [isinstance(each, NothingLeft) for each in results].count(True) == 1
        assert sum(balance(family.wei)) == 4000
        build.reversal(bill)
