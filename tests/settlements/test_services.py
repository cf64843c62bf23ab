"""Preview, settle, reverse, refund: what they refuse, and where money goes."""

import inspect
import re
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import resolve

from pooling.audit.models import Event
from pooling.bindings import services as bindings
from pooling.cases.models import Case
from pooling.funds import selectors as funds
from pooling.funds import services as treasury
from pooling.ledger import selectors as books
from pooling.notices import selectors as inbox
from pooling.notices import wording
from pooling.settlements import services, sources, waterfall
from pooling.settlements.models import Line, Settlement
from pooling.settlements.services import (
    AlreadyReversed,
    AlreadySettled,
    BillDoesNotAddUp,
    BusinessTimeOutOfWindow,
    NotAnAmount,
    NothingLeft,
    telling,
)
from pooling.shared.errors import NotFound
from tests import build
from tests.settlements.household import AREA, STRANGERS, balance, household, paid, release

pytestmark = pytest.mark.django_db


def suspense_fen() -> int:
    account = treasury.suspense()
    return books.balances([account])[account]


# --- what a bill must be ------------------------------------------------------------------


@pytest.mark.parametrize(
    "wrong",
    [
        {"total_fen": 13001},
        {"fund_fen": 1},
        {"in_scope_share_fen": -13000, "own_paid_fen": 26000},
        {"use": "gymnastics"},
        {"acct_used_flag": 3},
    ],
)
def test_a_bill_that_does_not_add_up_is_refused(wrong):
    family = household()
    with pytest.raises(BillDoesNotAddUp):
        build.settle(family.mei, 13000, place=family.clinic, **wrong)
    assert balance(family.wei) == (2000, 4000)


NIGHT = build.moment("2026-11-22 05:59")
MORNING = build.moment("2026-11-22 06:00")


@pytest.mark.parametrize(
    ("now", "business_time", "backdate", "allowed"),
    [
        (build.NOON, build.NOON, 0, True),
        (build.NOON, build.NOON + timedelta(minutes=5), 0, True),
        (build.NOON, build.NOON + timedelta(minutes=5, seconds=1), 0, False),
        (build.NOON, build.moment("2026-11-22 00:00"), 0, True),
        (NIGHT, build.moment("2026-11-21 00:00"), 0, True),
        (NIGHT, build.moment("2026-11-20 23:59"), 0, False),
        (MORNING, build.moment("2026-11-21 23:59"), 0, False),
        (build.NOON, build.moment("2026-11-15 12:00"), 0, False),
        (build.NOON, build.moment("2026-11-15 00:00"), 7, True),
        (build.NOON, build.moment("2026-11-14 23:59"), 7, False),
        (build.NOON, build.moment("2026-10-23 00:00"), 99, True),
        (build.NOON, build.moment("2026-10-22 23:59"), 99, False),
        (build.moment("2026-11-22 23:58"), build.moment("2026-11-23 00:01"), 0, False),
    ],
)
def test_the_database_clock_bounds_the_business_time(now, business_time, backdate, allowed):
    family = household()
    bill = build.bill(family.mei, 1000, place=family.clinic, at=business_time)
    by = build.till(family.clinic)
    if allowed:
        settled = services.settle(bill=bill, backdate_days=backdate, by=by, at=now)
        assert settled.business_date == business_time.date()
        assert settled.posted_at == now
    else:
        with pytest.raises(BusinessTimeOutOfWindow):
            services.settle(bill=bill, backdate_days=backdate, by=by, at=now)


@pytest.mark.parametrize("fen", [13000, 500])
def test_a_message_is_settled_once(fen):
    family = household()
    first = build.settle(family.mei, 13000, place=family.clinic, message_id="M1")
    after = balance(family.wei)
    with pytest.raises(AlreadySettled):
        build.settle(family.mei, fen, place=family.clinic, message_id="M1")
    assert balance(family.wei) == after
    assert list(Settlement.objects.all()) == [first]
    elsewhere = build.institution(area=AREA)
    assert build.settle(family.mei, fen, place=elsewhere, message_id="M1").pk != first.pk


def test_an_equal_bill_that_cost_no_account_money_is_settled_once_too():
    family = household()
    build.settle(family.mei, 13000, place=family.clinic, message_id="M1", flag=0)
    with pytest.raises(AlreadySettled):
        build.settle(family.mei, 13000, place=family.clinic, message_id="M1", flag=0)


def test_an_unknown_patient_is_refused():
    family = household()
    bill = build.bill(family.mei, 1000, place=family.clinic, patient_id=10**9)
    for verb in (services.preview, services.settle):
        with pytest.raises(NotFound):
            verb(bill=bill, backdate_days=0, by=build.till(family.clinic), at=build.NOON)


# --- preview, and the stored decision ------------------------------------------------------


def test_a_preview_is_what_settling_then_does_and_leaves_nothing_behind():
    family = household(floor_fen=1000)
    bill = build.bill(family.mei, 13000, place=family.clinic)
    by = build.till(family.clinic)
    proposal = services.preview(bill=bill, backdate_days=0, by=by, at=build.NOON)
    assert not Settlement.objects.exists()
    assert balance(family.wei) == (2000, 4000)
    settlement = services.settle(bill=bill, backdate_days=0, by=by, at=build.NOON)
    lines = [
        (line.order, line.source, line.part, line.binding_id, line.payer_id, line.amount_fen)
        for line in settlement.lines.all()
    ]
    assert lines == [
        (line.order, line.source, line.part, line.binding_id, line.payer_id, line.amount_fen)
        for line in proposal.lines
    ]
    for name in ("own_fen", "pooled_fen", "cash_fen", "balance_after_fen", "rules_version"):
        assert getattr(settlement, name) == getattr(proposal, name)
    assert settlement.decision == proposal.decision.to_json()


def test_the_stored_input_alone_reproduces_the_decision():
    family = household(payers_per_settlement="one", floor_fen=1000)
    settlement = Settlement.objects.get(pk=build.settle(family.mei, 13000, place=family.clinic).pk)
    given = sources.from_json(settlement.decision["input"])
    again = waterfall.split(given)
    assert waterfall.Decision(given, again.considered).to_json() == settlement.decision
    assert [line.amount_fen for line in again.lines] == [
        line.amount_fen for line in settlement.lines.all()
    ]


def test_a_settlement_remembers_family_rules_and_buyer():
    family = household()
    buyer = {"name": "赵六", "cert_no": "100101199001011234"}
    settlement = build.settle(family.mei, 1000, place=family.clinic, buyer=buyer)
    settlement = Settlement.objects.get(pk=settlement.pk)
    assert [each["payer"] for each in settlement.family_snapshot] == [family.wei.pk, family.lan.pk]
    assert settlement.rules_version.startswith(f"{AREA}/2020-01-01")
    assert "赵六" in settlement.buyer
    assert "赵六".encode() not in bytes(settlement.buyer_sealed)


def test_the_trail_names_who_settled_what():
    family = household()
    settlement = build.settle(family.mei, 13000, place=family.clinic)
    event = Event.objects.get(verb="settlements.settle")
    assert (event.subject_id, event.actor_kind) == (settlement.pk, "client")
    assert event.detail["pooled_fen"] == 13000


def test_patient_and_payers_are_told_in_neutral_words():
    family = household()
    build.settle(family.mei, 13000, place=family.clinic)
    (to_mei, *_), (to_wei, *_) = (
        inbox.inbox(member_id=person.pk) for person in (family.mei, family.wei)
    )
    assert "¥130.00" in to_mei.sentence
    assert "¥60.00" in to_wei.sentence
    assert "医院" in to_wei.sentence
    assert family.clinic.name not in to_wei.sentence
    assert "¥70.00" not in to_wei.sentence
    for told in (to_mei, to_wei):
        assert resolve(told.link).view_name == "settlements:why"


def test_every_kind_of_notice_has_its_words():
    kinds = re.findall(r'"(settlement\w*)"', inspect.getsource(telling))
    assert set(kinds) <= set(wording.SENTENCES)
    assert {f"{kind}_month" for kind in kinds if "payer" in kind and "missed" not in kind} <= set(
        wording.SENTENCES
    )


# --- caps, by name -------------------------------------------------------------------------

SAME_DAY = build.moment("2026-11-22 11:00")
SAME_MONTH = build.moment("2026-11-02 11:00")
SAME_YEAR = build.moment("2026-10-30 11:00")


@pytest.mark.parametrize(
    ("terms", "clauses", "earlier", "reason"),
    [
        ({"cap_per_settlement_fen": 1000}, {}, None, "cap_per_settlement"),
        ({"cap_per_day_fen": 3000}, {}, SAME_DAY, "cap_per_day"),
        ({"cap_per_month_fen": 3000}, {}, SAME_MONTH, "cap_per_month"),
        ({"cap_per_year_fen": 3000}, {}, SAME_YEAR, "cap_per_year"),
        ({}, {"cap_payer_day_fen": 3000}, SAME_DAY, "cap_area_payer_day"),
        ({}, {"cap_payer_year_fen": 3000}, SAME_YEAR, "cap_area_payer_year"),
        ({}, {"cap_relative_year_fen": 3000}, SAME_YEAR, "cap_area_relative_year"),
        ({}, {"cap_use_year_fen": {"outpatient": 3000}}, SAME_YEAR, "cap_area_use_year"),
    ],
)
def test_a_cap_counts_what_was_used_before(terms, clauses, earlier, reason):
    build.area(AREA, **clauses)
    grandmother = build.resident("奶奶", area=AREA)
    payer = build.employee("王伟", area=AREA)
    build.personal_account(payer, prior=10000, area=AREA)
    build.active_binding(payer, grandmother, **terms)
    clinic = build.institution(area=AREA)
    if earlier:
        build.settle(grandmother, 2000, place=clinic, at=earlier, message_id="earlier")
    settlement = build.settle(grandmother, 5000, place=clinic)
    assert (settlement.pooled_fen, settlement.cash_fen) == (1000, 4000)
    item = settlement.decision["considered"][-1]
    assert item["reason"] == reason
    assert (item["clause"] is not None) == bool(clauses)


@pytest.mark.parametrize(
    ("terms", "earlier"),
    [
        ({"cap_per_day_fen": 3000}, build.moment("2026-11-21 23:59")),
        ({"cap_per_month_fen": 3000}, build.moment("2026-10-31 23:59")),
        ({"cap_per_year_fen": 3000}, build.moment("2025-12-31 23:59")),
    ],
)
def test_a_cap_begins_anew_with_its_period_in_shanghai(terms, earlier):
    build.area(AREA)
    grandmother, payer = build.resident(area=AREA), build.employee(area=AREA)
    build.personal_account(payer, prior=10000, area=AREA)
    build.active_binding(payer, grandmother, at=build.moment("2025-06-01 09:00"), **terms)
    clinic = build.institution(area=AREA)
    build.settle(grandmother, 3000, place=clinic, at=earlier)
    assert build.settle(grandmother, 5000, place=clinic).pooled_fen == 3000


@pytest.mark.parametrize("period", ["cap_per_day_fen", "cap_per_year_fen"])
def test_a_payers_own_cap_holds_over_all_relatives(period):
    family = household()
    brother = build.resident("弟弟", area=AREA)
    build.active_binding(family.wei, brother)
    caps = {"cap_per_day_fen": None, "cap_per_year_fen": None, period: 2500}
    bindings.set_payer_caps(**caps, by=build.member_actor(family.wei), at=build.NOON)
    build.settle(brother, 2000, place=family.clinic)
    settlement = build.settle(family.mei, 1000, place=family.clinic)
    assert paid(family, settlement) == [("Wei", "prior", 500), ("Lan", "prior", 500)]


def test_money_given_back_counts_no_longer():
    family = household()
    bindings.set_payer_caps(
        cap_per_day_fen=3000,
        cap_per_year_fen=None,
        by=build.member_actor(family.wei),
        at=build.NOON,
    )
    reversed_bill = build.settle(family.mei, 2000, place=family.clinic)
    refunded_bill = build.settle(family.mei, 1000, place=family.clinic)
    build.reversal(reversed_bill)
    build.refund(refunded_bill, 400)
    settlement = build.settle(family.mei, 5000, place=family.clinic)
    assert paid(family, settlement)[0] == ("Wei", "prior", 2400)


def test_a_cap_of_the_relative_counts_earlier_lines_of_the_same_bill():
    family = household(cap_relative_year_fen=10000)
    settlement = build.settle(family.mei, 13000, place=family.clinic)
    assert paid(family, settlement)[-2:] == [("Lan", "prior", 4000), ("cash", "", 3000)]


# --- who cannot pay ------------------------------------------------------------------------


def as_side(binding, verb, person):
    verb(binding_id=binding.pk, by=build.member_actor(person), at=build.NOON)


def dies(person):
    person.died_on = build.TODAY
    person.save(update_fields=["died_on"])


def insurance(person, status):
    person.enrolments.update(status=status)


@pytest.mark.parametrize(
    ("happens", "clauses", "reason"),
    [
        (lambda f: as_side(f.from_wei, bindings.freeze, f.wei), {}, "frozen_by_payer"),
        (lambda f: as_side(f.from_wei, bindings.decline, f.mei), {}, "declined_by_relative"),
        (lambda f: dies(f.wei), {}, "payer_dead"),
        (lambda f: dies(f.mei), {}, "patient_dead"),
        (lambda f: insurance(f.wei, "4"), {}, "payer_insurance_ended"),
        (lambda f: insurance(f.wei, "2"), {"paused_payer": "stops"}, "payer_paused"),
        (lambda f: insurance(f.mei, "4"), {}, "patient_not_insured"),
        (lambda f: insurance(f.mei, "2"), {}, "patient_status_not_normal"),
        (lambda f: f.mei.enrolments.update(insutype="310"), {"patient_types": ["390"]},
         "patient_type_not_allowed"),
        (lambda f: f.mei.enrolments.update(area="999800"), {"scope": "same_area"},
         "areas_out_of_scope"),
        (lambda f: f.mei.enrolments.update(area="888800"), {}, "other_province_needs_quota"),
        (lambda f: f.mei.enrolments.update(area="888800"), {"quota_across_provinces": True},
         "no_quota_across_provinces"),
        (lambda f: None, {"model": "quota"}, "area_pays_from_quota_only"),
        (lambda f: None, {"uses": ["inpatient"]}, "use_not_allowed_by_area"),
        (lambda f: None, {"shareable_parts": "prior", "floor_fen": 6000}, "floor_kept"),
    ],
)  # fmt: skip
def test_who_cannot_pay_says_why(happens, clauses, reason):
    family = household(**clauses)
    happens(family)
    settlement = build.settle(family.mei, 1000, place=family.clinic)
    (item,) = (
        each for each in settlement.decision["considered"] if each["binding"] == family.from_wei.pk
    )
    assert (item["reason"], item["taken_fen"]) == (reason, 0)


def test_residents_pay_outpatient_bills_from_relatives_up_to_the_areas_level_only():
    family = household(resident_outpatient_max_level=2)
    big = build.institution(area=AREA, level=3)
    assert build.settle(family.mei, 1000, place=big).pooled_fen == 0
    assert build.settle(family.mei, 1000, place=big, use="inpatient").pooled_fen == 1000
    assert build.settle(family.mei, 1000, place=family.clinic).pooled_fen == 1000


def test_a_paused_payer_goes_on_by_default():
    family = household()
    insurance(family.wei, "2")
    assert build.settle(family.mei, 1000, place=family.clinic).pooled_fen == 1000


def test_own_money_outlives_the_insurance_but_not_its_owner():
    family = household(mei_is_employed=True)
    build.personal_account(family.mei, current=500, area=AREA)
    insurance(family.mei, "4")
    settlement = build.settle(family.mei, 200, place=family.clinic)
    assert (settlement.own_fen, settlement.balance_after_fen) == (200, 300)
    dies(family.mei)
    assert build.settle(family.mei, 200, place=family.clinic).cash_fen == 200


def test_the_till_may_ask_for_cash_only_or_own_money_only():
    family = household(mei_is_employed=True, flag_1_own_only=True)
    build.personal_account(family.mei, current=500, area=AREA)
    assert build.settle(family.mei, 100, place=family.clinic, flag=0).cash_fen == 100
    settlement = build.settle(family.mei, 800, place=family.clinic, flag=1)
    assert (settlement.own_fen, settlement.pooled_fen, settlement.cash_fen) == (500, 0, 300)


def test_both_insurances_make_the_patient_an_employee():
    family = household(mei_is_employed=True, patient_types=["310"])
    build.enrolment(family.mei, "390", area=AREA)
    assert build.settle(family.mei, 100, place=family.clinic).pooled_fen == 100
    family.mei.enrolments.filter(insutype="310").update(status="4")
    assert build.settle(family.mei, 100, place=family.clinic).pooled_fen == 0


# --- giving back ---------------------------------------------------------------------------


def test_a_settlement_is_reversed_at_most_once_and_by_its_institution_only():
    family = household()
    settlement = build.settle(family.mei, 13000, place=family.clinic)
    elsewhere = build.institution(area=AREA)
    with pytest.raises(NotFound):
        services.reverse(
            settlement_id=settlement.pk, institution_id=elsewhere.pk, reason="",
            by=build.till(elsewhere), at=build.NOON,
        )  # fmt: skip
    build.reversal(settlement)
    with pytest.raises(AlreadyReversed):
        build.reversal(settlement)
    with pytest.raises(AlreadyReversed):
        build.refund(settlement, 1)
    assert balance(family.wei) == (2000, 4000)


def test_a_reversal_gives_back_only_what_was_not_refunded():
    family = household()
    settlement = build.settle(family.mei, 13000, place=family.clinic)
    build.refund(settlement, 10000)
    build.reversal(settlement)
    assert balance(family.wei) == (2000, 4000)
    assert balance(family.lan) == (0, 50000)
    assert all(line.returned_fen == line.amount_fen for line in Line.objects.all())
    assert books.check() == []


@pytest.mark.parametrize("fen", [0, -1])
def test_a_refund_moves_at_least_one_fen(fen):
    family = household()
    settlement = build.settle(family.mei, 13000, place=family.clinic)
    with pytest.raises(NotAnAmount):
        build.refund(settlement, fen)


def test_refunds_are_bounded_by_what_is_left():
    family = household()
    settlement = build.settle(family.mei, 70000, place=family.clinic)
    assert settlement.cash_fen == 54000
    assert [each.amount_fen for each in build.refund(settlement, 54000).lines.all()] == [54000]
    build.refund(settlement, 15999)
    with pytest.raises(NothingLeft):
        build.refund(settlement, 2)
    build.refund(settlement, 1)
    settlement.refresh_from_db()
    assert settlement.status == "refunded"
    with pytest.raises(NothingLeft):
        build.reversal(settlement)
    with pytest.raises(NothingLeft):
        build.refund(settlement, 1)
    assert balance(family.wei) == (2000, 4000)


def test_a_cash_bill_can_be_refunded_and_reversed_without_touching_the_books():
    family = household()
    settlement = build.settle(family.mei, 1000, place=family.clinic, flag=0)
    assert settlement.entry is None
    assert build.refund(settlement, 400).entry is None
    assert build.reversal(settlement).reversal_entry is None


def test_money_of_a_year_that_has_ended_returns_as_prior_money():
    family = household()
    settlement = build.settle(family.mei, 6000, place=family.clinic)
    treasury.roll_over(year=2027, by=build.JOB, at=build.moment("2027-01-01 02:00"))
    build.reversal(settlement, at=build.moment("2027-01-05 10:00"))
    assert balance(family.wei) == (0, 6000)
    assert books.check() == []


def test_money_whose_account_has_closed_waits_in_suspense_with_a_case():
    family = household()
    settlement = build.settle(family.mei, 13000, place=family.clinic)
    (account,) = funds.of_member(family.wei.pk)
    treasury.close(personal_account_id=account.pk, on=build.TODAY, by=build.JOB, at=build.NOON)
    build.reversal(settlement)
    assert suspense_fen() == 6000
    assert balance(family.wei) == (0, 0)
    assert balance(family.lan) == (0, 50000)
    case = Case.objects.get(kind="suspense")
    assert (case.member_id, case.reason_code) == (family.wei.pk, "account_closed")
    assert case.reason_values["amount_fen"] == 6000
    assert case.state == "waiting"


def test_money_of_somebody_who_died_waits_in_suspense_with_a_case():
    family = household()
    settlement = build.settle(family.mei, 13000, place=family.clinic)
    dies(family.lan)
    refund = build.refund(settlement, 7000)
    assert suspense_fen() == 7000
    assert Case.objects.get(kind="suspense").reason_code == "owner_dead"
    assert refund.lines.all()[0].ledger_account_id == treasury.suspense()


def test_a_bill_without_personal_part_is_settled_and_reversed_like_any_other():
    family = household()
    settlement = build.settle(family.mei, 0, place=family.clinic, fund=5000)
    assert list(settlement.lines.all()) == []
    assert {item["reason"] for item in settlement.decision["considered"][1:]} == {"nothing_to_pay"}
    assert build.reversal(settlement).status == "reversed"


def test_a_refund_tells_the_patients_own_balance():
    family = household(mei_is_employed=True)
    build.personal_account(family.mei, current=500, area=AREA)
    settlement = build.settle(family.mei, 1000, place=family.clinic)
    assert settlement.balance_after_fen == 0
    assert build.refund(settlement, 700).balance_after_fen == 200


def test_limits_are_restored_by_a_reversal_after_release():
    family = household()
    first = build.settle(family.mei, 13000, place=family.clinic)
    release(family.from_wei)
    build.reversal(first)
    again = build.settle(family.mei, 13000, place=family.clinic)
    assert paid(family, again) == [("Lan", "prior", 10000), ("cash", "", 3000)]


# --- what it costs -------------------------------------------------------------------------


def statements(work) -> list[str]:
    """Return the statements of a piece of work, savepoints aside.

    Nor does finding the institution's payable count: its id is remembered once committed,
    which a test that rolls back never does.
    """
    with CaptureQueriesContext(connection) as captured:
        work()
    asked = [each["sql"] for each in captured]
    return [sql for sql in asked if "SAVEPOINT" not in sql and "'payable:" not in sql]


@pytest.mark.parametrize("payers", [1, 2, 6])
def test_statements_do_not_grow_with_the_number_of_payers(payers):
    build.area(AREA)
    patient, clinic = build.resident(area=AREA), build.institution(area=AREA)
    for _ in range(payers):
        payer = build.employee(area=AREA)
        build.personal_account(payer, current=500, prior=500, area=AREA)
        build.active_binding(payer, patient)
    by = build.till(clinic)
    build.settle(patient, 100, place=clinic)  # the first use opens the payable and reads rules
    bill = build.bill(patient, payers * 900, place=clinic)
    looked = statements(lambda: services.preview(bill=bill, backdate_days=0, by=by, at=build.NOON))
    settled = statements(lambda: services.settle(bill=bill, backdate_days=0, by=by, at=build.NOON))
    assert len(looked) == 2, looked
    assert len(settled) == 8, settled


def test_what_caps_have_used_is_read_through_the_indexes():
    family = household()
    bill = build.bill(family.mei, 1000, place=family.clinic)
    by = build.till(family.clinic)
    asked = statements(lambda: services.preview(bill=bill, backdate_days=0, by=by, at=build.NOON))
    (with_sums,) = (sql for sql in asked if 'AS "given"' in sql)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(STRANGERS)
        cursor.execute("ANALYZE settlements_line")
        cursor.execute(f"EXPLAIN {with_sums}")
        plan = " ".join(row[0] for row in cursor.fetchall())
        transaction.set_rollback(True)
    assert "settlements_line_of_payer" in plan
    assert "settlements_line_of_patient" in plan
    assert "Seq Scan on settlements_line" not in plan


def test_whatever_a_bill_asks_has_an_index():
    family = household()
    bill = build.bill(family.mei, 1000, place=family.clinic)
    by = build.till(family.clinic)
    asked = statements(lambda: services.settle(bill=bill, backdate_days=0, by=by, at=build.NOON))
    questions = [sql for sql in asked if sql.startswith("SELECT") and "policy_" not in sql]
    assert len(questions) == 4
    with transaction.atomic(), connection.cursor() as cursor:
        # Few rows are cheapest read whole; forbidden, it is done only where nothing else can be.
        cursor.execute("SET LOCAL enable_seqscan = off")
        for question in questions:
            cursor.execute(f"EXPLAIN {question}")
            plan = "\n".join(row[0] for row in cursor.fetchall())
            assert "Seq Scan" not in plan, plan
