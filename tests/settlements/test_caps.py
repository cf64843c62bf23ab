"""Every kind of cap on the real books: never exceeded, used to the last fen, freed by what returns.

Which money counts together is told here a second time, line by line, and not as the portal asks it.
"""

import dataclasses
from datetime import date, datetime, time
from typing import NamedTuple

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pooling.bindings import services as bindings
from pooling.settlements import waterfall
from pooling.settlements.models import Line
from pooling.shared.periods import SHANGHAI
from tests import build
from tests.exercise import times
from tests.settlements import chance

AREA = "999900"
CAP = 100
LATER = datetime(2029, 6, 1, 12, tzinfo=SHANGHAI)
#: Both sides of a border of day, month and year, 29 February among them.
DAYS = [
    *(date(2026, 12, 31), date(2027, 1, 1)),
    *(date(2028, 2, 28), date(2028, 2, 29), date(2028, 3, 1)),
]


class Kind(NamedTuple):
    """Whose money counts together, over which time; `where` the cap is set."""

    together: tuple[str, ...]
    period: str
    where: str = "area"


BINDING, PAYER, RELATIVE = ("payer_id", "patient_id"), ("payer_id",), ("patient_id",)
KINDS = {
    "cap_per_settlement_fen": Kind(BINDING, "settlement", "binding"),
    "cap_per_day_fen": Kind(BINDING, "day", "binding"),
    "cap_per_month_fen": Kind(BINDING, "month", "binding"),
    "cap_per_year_fen": Kind(BINDING, "year", "binding"),
    "own_day": Kind(PAYER, "day", "cap_per_day_fen"),
    "own_month": Kind(PAYER, "month", "cap_per_month_fen"),
    "own_year": Kind(PAYER, "year", "cap_per_year_fen"),
    "cap_binding_settlement_fen": Kind(BINDING, "settlement"),
    "cap_binding_day_fen": Kind(BINDING, "day"),
    "cap_binding_month_fen": Kind(BINDING, "month"),
    "cap_binding_year_fen": Kind(BINDING, "year"),
    "cap_payer_day_fen": Kind(PAYER, "day"),
    "cap_payer_month_fen": Kind(PAYER, "month"),
    "cap_payer_year_fen": Kind(PAYER, "year"),
    "cap_relative_settlement_fen": Kind(RELATIVE, "settlement"),
    "cap_relative_day_fen": Kind(RELATIVE, "day"),
    "cap_relative_month_fen": Kind(RELATIVE, "month"),
    "cap_relative_year_fen": Kind(RELATIVE, "year"),
    "cap_use_month_fen": Kind((*BINDING, "use"), "month"),
    "cap_use_year_fen": Kind((*BINDING, "use"), "year"),
}


class Home:
    """Two payers with plenty, each bound to two patients, and one cap in force."""

    def __init__(self, name: str):
        self.kind, self.name = KINDS[name], name
        of_area = {"outpatient": CAP} if name.startswith("cap_use") else CAP
        build.area(AREA, **({name: of_area} if self.kind.where == "area" else {}))
        self.patients = [build.resident(who, area=AREA) for who in ("梅", "弟弟")]
        self.payers = [build.employee(who, area=AREA) for who in ("伟", "兰")]
        self.clinic = build.institution(area=AREA)
        agreed = {name: CAP} if self.kind.where == "binding" else {}
        for rank, payer in enumerate(self.payers, 1):
            build.personal_account(payer, current=3_000, prior=3_000, area=AREA)
            for patient in self.patients:
                build.active_binding(payer, patient, rank=rank, **agreed)
            if self.kind.where.startswith("cap_"):
                none = dict.fromkeys(("cap_per_day_fen", "cap_per_month_fen", "cap_per_year_fen"))
                own = none | {self.kind.where: CAP}
                bindings.set_payer_caps(**own, by=build.member_actor(payer), at=build.NOON)

    def settle(self, step):
        at = datetime.combine(step["day"], time(12), SHANGHAI)
        patient = self.patients[step["patient"]]
        return build.settle(patient, step["fen"], place=self.clinic, at=at, use=step["use"])

    def counted(self) -> dict[tuple, int]:
        """Return what counts together → fen net of what went back."""
        sums: dict[tuple, int] = {}
        for line in Line.objects.filter(payer__isnull=False):
            key = self.key(line, line.business_date, line.settlement_id)
            sums[key] = sums.get(key, 0) + line.amount_fen - line.returned_fen
        return {key: fen for key, fen in sums.items() if "inpatient" not in key}

    def key(self, facts, day, settlement_id) -> tuple:
        period = {
            "settlement": settlement_id,
            "day": day,
            "month": (day.year, day.month),
            "year": day.year,
        }
        together = (getattr(facts, name) for name in self.kind.together)
        return (*together, period[self.kind.period])

    def keys_of(self, settlement):
        """Yield what a bill's money counts with, a payer at a time."""
        for payer in self.payers:
            facts = _Facts(payer.pk, settlement.patient_id, settlement.use)
            yield self.key(facts, settlement.business_date, settlement.pk)


class _Facts(NamedTuple):
    payer_id: int
    patient_id: int
    use: str


STEPS = st.lists(
    st.fixed_dictionaries(
        {
            "what": st.sampled_from(["settle", "settle", "settle", "refund", "reverse"]),
            "patient": st.integers(0, 1),
            "fen": st.integers(1, 260) | st.sampled_from([CAP - 1, CAP, CAP + 1, 2 * CAP + 1]),
            "day": st.sampled_from(DAYS),
            "use": st.sampled_from(["outpatient", "outpatient", "inpatient"]),
            "which": st.integers(0, 20),
        }
    ),
    min_size=6,
    max_size=9,
)


@pytest.mark.django_db
@pytest.mark.parametrize("name", KINDS)
def test_a_cap_is_never_exceeded_and_always_used_up(name):
    home = Home(name)

    @settings(
        max_examples=times(ci=8, long_run=500),
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(steps=STEPS)
    def live(steps):
        with transaction.atomic():
            bills = []
            for step in steps:
                take(home, bills, step)
                over = {key: fen for key, fen in home.counted().items() if fen > CAP}
                assert over == {}
            transaction.set_rollback(True)

    live()


def take(home, bills, step):
    """Do one thing; a bill that left cash has used up whatever it counts with, to the fen."""
    if step["what"] == "settle" or not bills:
        settlement = home.settle(step)
        bills.append(settlement)
        if settlement.cash_fen and not (
            home.name.startswith("cap_use") and step["use"] == "inpatient"
        ):
            counted = home.counted()
            assert {counted.get(key, 0) for key in home.keys_of(settlement)} == {CAP}
        return
    settlement = bills[step["which"] % len(bills)]
    settlement.refresh_from_db()
    left = settlement.personal_part_fen - settlement.refunded_fen
    if settlement.status == "reversed" or not left:
        return
    if step["what"] == "reverse":
        build.reversal(settlement, at=LATER)
    else:
        build.refund(settlement, min(left, step["fen"]), at=LATER)


@pytest.mark.django_db
@pytest.mark.parametrize("name", [name for name in KINDS if KINDS[name].period != "settlement"])
def test_what_goes_back_may_be_used_again(name):
    home = Home(name)
    step = {"patient": 0, "fen": 4 * CAP, "day": date(2028, 2, 29), "use": "outpatient"}
    first = home.settle(step)
    assert home.settle(step).pooled_fen == 0
    build.refund(first, first.cash_fen + 30, at=LATER)
    assert home.settle(step).pooled_fen == 30
    build.reversal(first, at=LATER)
    assert home.settle(step).pooled_fen == first.pooled_fen - 30


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("period", "last", "next_one"),
    [
        ("day", date(2028, 2, 28), date(2028, 2, 29)),
        ("day", date(2028, 2, 29), date(2028, 3, 1)),
        ("month", date(2028, 2, 29), date(2028, 3, 1)),
        ("month", date(2027, 2, 28), date(2027, 3, 1)),
        ("year", date(2026, 12, 31), date(2027, 1, 1)),
    ],
)
@pytest.mark.parametrize("whose", ["binding", "payer", "relative"])
def test_a_cap_begins_again_at_its_border_and_not_before(period, last, next_one, whose):
    home = Home(f"cap_{whose}_{period}_fen")
    step = {"patient": 0, "fen": 4 * CAP, "use": "outpatient"}
    full = home.settle(step | {"day": last}).pooled_fen
    assert full in (CAP, 2 * CAP)
    assert home.settle(step | {"day": last}).pooled_fen == 0
    assert home.settle(step | {"day": next_one}).pooled_fen == full


# -- raising a cap never lowers what is given, as a promise of the pure split ------------------

RULED = [name for name, kind in KINDS.items() if kind.where == "area"]
SET = [field.name for field in dataclasses.fields(chance.Caps)]


def raised(bill, name, by):
    """Return the bill with one cap, of the area or of the payers, higher."""
    if name in SET:
        candidates = tuple(
            dataclasses.replace(
                one,
                caps=dataclasses.replace(one.caps, **{name: more(getattr(one.caps, name), by)}),
            )
            for one in bill.candidates
        )
        return dataclasses.replace(bill, candidates=candidates)
    rules = {
        area: clauses
        | {name: dataclasses.replace(clauses[name], value=more(clauses[name].value, by))}
        for area, clauses in bill.rules.items()
    }
    return dataclasses.replace(bill, rules=rules)


def more(cap, by):
    if isinstance(cap, dict):
        return {use: fen + by for use, fen in cap.items()}
    return None if cap is None else cap + by


@pytest.mark.parametrize("name", [*RULED, *SET])
@settings(
    max_examples=times(ci=15, long_run=2_000),
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
@given(data=st.data())
def test_raising_a_cap_never_lowers_what_is_given(name, data):
    bill = chance.any_input(lambda low, high: data.draw(st.integers(low, high)))
    higher = raised(bill, name, data.draw(st.integers(1, 9)))
    before, after = waterfall.could_give(bill), waterfall.could_give(higher)
    assert all(after[binding] >= fen for binding, fen in before.items())
    clauses = {name: clause.value for name, clause in bill.rules[bill.rules_area].items()}
    # Where one payer ends it, or the richest goes first, a little more may change who that is.
    in_turn = clauses["payer_order"] != "highest_available"
    if in_turn and clauses["payers_per_settlement"] == "many":
        assert waterfall.split(higher).pooled_fen >= waterfall.split(bill).pooled_fen
