"""Reversed or refunded after everything changed: money finds its way home, or waits with a case.

Wei's 60 (current 20, prior 40) paid a whole bill, from the account itself, from a quota or from a
share of a family fund. Then something happens, and the bill is given back whole or in pieces.
"""

import pytest

from accounts.services import members
from pooling.bindings import services as bindings
from pooling.cases.models import Case
from pooling.funds import services as funds
from pooling.ledger import selectors as ledger
from pooling.ledger.models import Posting
from pooling.policy import parameters
from pooling.settlements.selectors import books
from tests import build
from tests.settlements.household import AREA
from tests.settlements.test_races import nothing_invented

pytestmark = pytest.mark.django_db

BILL = 60_00
MODELS = {"account": "direct_debit", "quota": "quota", "fund": "pooled_transfer"}
OTHER = {"account": "quota", "quota": "direct_debit", "fund": "direct_debit"}
DECEMBER, JANUARY = build.moment("2026-12-02 10:00"), build.moment("2027-01-05 10:00")


class Family:
    """Wei and his son, whose bill Wei's money has paid."""

    def __init__(self, source):
        self.source = source
        # Old enough that every reason to pay an account out may hold.
        self.wei = build.employee("王伟", area=AREA, born="1956-03-05")
        self.son = build.resident("王小雨", area=AREA, born="1990-02-02")
        self.account = build.personal_account(self.wei, current=20_00, prior=40_00, area=AREA)
        self.clinic = build.institution(area=AREA)
        self.binding = self.quota = self.fund = None
        if source == "fund":
            build.relation(self.wei, self.son, "20")
            self.fund = build.family_fund(self.wei, self.son)
            build.pay_in(self.fund, self.wei, BILL)
        else:
            self.binding = build.active_binding(self.wei, self.son, "20")
        if source == "quota":
            self.quota = build.quota(self.wei, self.son, BILL)
        self.bill = build.settle(self.son, BILL, place=self.clinic)
        assert self.bill.pooled_fen == BILL


@pytest.fixture(params=MODELS)
def family(request):
    build.area(AREA, model=MODELS[request.param], payout_cases=list(parameters.PAYOUT_CASES))
    yield Family(request.param)
    assert ledger.check() == []
    assert books.check() == []
    assert nothing_invented()


# --- what happens -------------------------------------------------------------------------


def nothing(family):
    return DECEMBER


def is_paid_out(family):
    # The little that came in since is what there is to pay out.
    build.contribution(family.wei, 1_00, area=AREA)
    build.paid_out(family.account, "illness", since=build.TODAY)
    return DECEMBER


def dies(family):
    wei = family.wei
    row = members.MemberRow(
        line=2,
        psn_no=wei.psn_no,
        name=wei.name,
        cert_type=wei.cert_type,
        cert_no=wei.cert_no,
        birth_date=wei.birth_date,
        gender=wei.gender,
        died_on=build.TODAY,
    )
    members.load_members([row], by=build.JOB, at=build.NOON)
    return DECEMBER


def ends(family):
    by = build.member_actor(family.wei)
    if family.fund:
        funds.close_fund(fund_id=family.fund.pk, by=by, at=build.NOON)
    else:
        bindings.release(binding_id=family.binding.pk, by=by, at=build.NOON)
    return DECEMBER


def area_leaves_the_model(family):
    build.next_rules(AREA, since="2026-12-01", model=OTHER[family.source])
    return DECEMBER


def year_rolls(family):
    funds.roll_over(year=2027, by=build.JOB, at=build.moment("2027-01-01 00:40"))
    return JANUARY


def everything_but_an_end(family):
    area_leaves_the_model(family)
    ends(family)
    return year_rolls(family)


# --- where the money is afterwards --------------------------------------------------------


def lies(family) -> dict[str, tuple[int, int]]:
    """Return what of the bill is where: current and prior; of suspense, all and in cases."""
    suspense = Posting.objects.filter(account=build.scheme_account("scheme:suspense"))
    in_suspense = sum(suspense.values_list("amount_fen", flat=True))
    waiting = Case.objects.filter(kind="suspense", state="waiting", member=family.wei)
    in_cases = sum(case.reason_values["amount_fen"] for case in waiting)
    places = {
        "account": build.holdings(family.wei),
        "quota": build.frozen(family.quota) if family.quota else (0, 0),
        "fund": shared(family) if family.fund else (0, 0),
        "suspense": (in_suspense, in_cases),
    }
    return {place: fen for place, fen in places.items() if any(fen)}


def shared(family):
    share = family.fund.members.get(member=family.wei)
    share.refresh_from_db()
    return share.current.balance_fen, share.prior.balance_fen


HOMES = {
    nothing: lambda source: {source: (20_00, 40_00)},
    is_paid_out: lambda source: {"suspense": (BILL, BILL)},
    dies: lambda source: {"suspense": (BILL, BILL)},
    ends: lambda source: {"account": (20_00, 40_00)},
    area_leaves_the_model: lambda source: {source: (20_00, 40_00)},
    year_rolls: lambda source: {source: (0, BILL)},
    everything_but_an_end: lambda source: {"account": (0, BILL)},
}
#: Whole, in two refunds, and the rest after a refund.
WAYS = {"whole": (None,), "in two": (25_00, 35_00), "the rest": (25_00, None)}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("event", HOMES, ids=lambda event: event.__name__)
def test_money_finds_its_way_home_or_waits_with_a_case(family, event, way):
    at = event(family)
    for fen in WAYS[way]:
        if fen is None:
            build.reversal(family.bill, at=at)
        else:
            build.refund(family.bill, fen, at=at)
    assert lies(family) == HOMES[event](family.source)
    family.bill.refresh_from_db()
    assert family.bill.status == ("refunded" if way == "in two" else "reversed")


@pytest.mark.parametrize("event", HOMES, ids=lambda event: event.__name__)
def test_it_finds_home_once(family, event):
    at = event(family)
    build.reversal(family.bill, at=at)
    for again in (build.reversal, lambda bill, at: build.refund(bill, 1, at=at)):
        with pytest.raises(build.settlements.AlreadyReversed):
            again(family.bill, at=at)
    assert lies(family) == HOMES[event](family.source)
