"""Under its own rules every stored decision comes out again, from its stored JSON alone."""

import json
import random
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from pooling.bindings import services as bindings
from pooling.reports import selectors
from pooling.settlements import selectors as settlements
from pooling.settlements.models import Settlement
from pooling.settlements.sources import from_json
from pooling.settlements.waterfall import Decision
from tests import build
from tests.ledger.tampering import tampered
from tests.settlements.household import household

pytestmark = pytest.mark.django_db

HOME, NEXT_DOOR, FAR = "999900", "999800", "980100"
USES = ("outpatient", "inpatient", "pharmacy_drugs", "checkup")
#: What an input of the first engine named; later clauses joined with neutral defaults.
FIRST_CLAUSES = {
    *("own_part_order", "pays_own_paid", "flag_1_own_only", "payer_order"),
    *("payers_per_settlement", "model", "shareable_parts", "floor_fen", "paused_payer", "scope"),
    *("uses", "patient_types", "patient_status_normal", "resident_outpatient_max_level"),
    *("cap_payer_day_fen", "cap_payer_year_fen", "cap_relative_year_fen", "cap_use_year_fen"),
}


def areas() -> None:
    """Three areas in two provinces; each rules otherwise, and anew from the middle of the year."""
    build.area(HOME, "甲市", floor_fen=2000, cap_payer_day_fen=20_000)
    build.area(NEXT_DOOR, "乙市", payer_order="highest_available", uses=["outpatient", "inpatient"])
    build.area(FAR, "丙市", shareable_parts="prior")
    build.next_rules(
        HOME,
        since="2026-07-01",
        payers_per_settlement="one",
        pays_own_paid=False,
        own_part_order=["prior", "current"],
        cap_use_year_fen={"outpatient": 30_000},
    )
    build.next_rules(NEXT_DOOR, since="2026-07-01", scope="same_area", cap_relative_year_fen=25_000)
    build.next_rules(FAR, since="2026-06-15", floor_fen=5000, flag_1_own_only=True)


def people(chance: random.Random):
    """Return patients, and their payers' authorisations in and out of their own area."""
    patients = [
        build.resident("梅", area=HOME),
        build.employee("强", area=NEXT_DOOR),
        build.resident("玉", area=FAR),
    ]
    payers = [build.employee(f"出{area}", area=area) for area in (HOME, NEXT_DOOR, NEXT_DOOR, FAR)]
    for payer, area in zip(payers, (HOME, NEXT_DOOR, NEXT_DOOR, FAR), strict=True):
        build.personal_account(
            payer,
            current=chance.randrange(5_000, 60_000),
            prior=chance.randrange(5_000, 60_000),
            area=area,
        )
    build.personal_account(patients[1], current=9_000, prior=6_000, area=NEXT_DOOR)
    bound = [
        build.active_binding(
            payer,
            patient,
            rank=rank,
            cap_per_settlement_fen=chance.choice([None, 4_000, 9_000]),
            cap_per_month_fen=chance.choice([None, 12_000]),
        )
        for patient in patients
        for rank, payer in enumerate(payers[:3] if patient is not patients[2] else payers[3:], 1)
        if payer is not patient
    ]
    return patients, bound


def a_year(chance: random.Random, bills: int = 70) -> None:
    """Settle bills all over a year, give some back, freeze and thaw authorisations."""
    areas()
    patients, bound = people(chance)
    clinic, hospital = build.institution(area=HOME), build.institution(area=HOME, level=3)
    pharmacy = build.institution(area=HOME, type="pharmacy")
    at = build.moment("2026-01-03 08:00")
    frozen = None
    for _ in range(bills):
        at += timedelta(hours=chance.randrange(24, 200))
        if chance.random() < 0.15:
            if frozen is None:
                frozen = chance.choice(bound)
                bindings.freeze(binding_id=frozen.pk, by=build.member_actor(frozen.payer), at=at)
            else:
                bindings.thaw(binding_id=frozen.pk, by=build.member_actor(frozen.payer), at=at)
                frozen = None
        fen, use = chance.randrange(1, 16_000), chance.choice(USES)
        settled = build.settle(
            chance.choice(patients),
            fen,
            place=pharmacy if use == "pharmacy_drugs" else chance.choice([clinic, hospital]),
            at=at,
            use=use,
            own_paid=chance.choice([0, 0, fen // 3]),
            flag=chance.choice([2, 2, 2, 1, 0]),
        )
        back = chance.random()
        if back < 0.1:
            build.reversal(settled, at=at)
        elif back < 0.2:
            build.refund(settled, fen // 2 or 1, at=at)


@pytest.fixture(params=[1, 2026])
def year(request):
    a_year(random.Random(request.param))


def test_a_random_year_comes_out_again(year):
    rows = list(Settlement.objects.order_by("pk").prefetch_related("lines"))
    told = {item["reason"] for row in rows for item in row.decision["considered"]}
    versions = {stamp for row in rows for stamp in row.rules_version.split()}
    assert len(told) >= 8, told
    assert {f"{HOME}/2020-01-01", f"{HOME}/2026-07-01"} <= versions
    for row in rows:
        stored = json.loads(json.dumps(row.decision))
        outcome = settlements.again(stored)
        made_again = Decision(from_json(stored["input"]), outcome.considered)
        assert made_again.to_json() == stored
        assert [
            (line.source, line.part, line.ledger_account_id, line.payer_id, line.amount_fen)
            for line in outcome.lines
        ] == [
            (line.source, line.part, line.ledger_account_id, line.payer_id, line.amount_fen)
            for line in row.lines.all()
        ]
    assert list(selectors.decisions_made_again()) == [(row.pk, True) for row in rows]


def test_an_input_of_the_first_engine_comes_out_the_same(year):
    """Its areas say nothing of what came later, so nothing is lost by forgetting it."""
    for row in Settlement.objects.all():
        old = json.loads(json.dumps(row.decision))
        for clauses in old["input"]["rules"].values():
            for name in set(clauses) - FIRST_CLAUSES:
                del clauses[name]
        now, then = settlements.again(row.decision), settlements.again(old)
        assert (then.lines, then.own_fen, then.pooled_fen) == (
            now.lines,
            now.own_fen,
            now.pooled_fen,
        )
        assert [(item.reason, item.taken_fen) for item in then.considered] == [
            (item.reason, item.taken_fen) for item in now.considered
        ]


def check():
    said = StringIO()
    call_command("check_decisions", stdout=said)
    return said.getvalue()


def test_the_command_counts_what_differs(monkeypatch):
    monkeypatch.setattr(selectors, "CHUNK", 2)
    family = household()
    bills = [build.settle(family.mei, 900, place=family.clinic) for _ in range(5)]
    assert "已核对 5 笔结算的决定，不同 0 笔" in check()
    for broken in (
        f"UPDATE settlements_line SET amount_fen = 899 WHERE settlement_id = {bills[3].pk}",
        "UPDATE settlements_settlement SET pooled_fen = 899, cash_fen = 1"
        f" WHERE id = {bills[3].pk}",
        "UPDATE settlements_settlement SET decision = decision #- '{input,own}'"
        f" WHERE id = {bills[3].pk}",
    ):
        with tampered(broken), pytest.raises(CommandError, match=rf"\[{bills[3].pk}\]"):
            check()
    assert "不同 0 笔" in check()
